"""What leaves the installation for contacts: whether it may, by whom, and what became of it."""

from groundlevel.areas.outbox.consent import DND, LISTENED, Channel, Refusal, refusal, word_of
from groundlevel.areas.outbox.dispatching import Dispatcher
from groundlevel.areas.outbox.events import Became, Left
from groundlevel.areas.outbox.forgetting import tidy
from groundlevel.areas.outbox.gateways import (
    GATEWAYS,
    Gateway,
    gateway_for,
    gateway_or_400,
    inbound_address,
    secret_in,
)
from groundlevel.areas.outbox.mail_rows import MAILBOXES, MailboxRead, whose_mail
from groundlevel.areas.outbox.mailboxes import keys_in, mail_gateway
from groundlevel.areas.outbox.outgoing import (
    OUTBOX,
    Outgoing,
    Via,
    closed_to,
    outgoing,
    post,
    put_outgoing,
    turned,
    withdraw,
)
from groundlevel.areas.outbox.providers import (
    KeptProvider,
    ProviderType,
    default_provider,
    provider_for_caller,
    provider_or_400,
)
from groundlevel.areas.outbox.steps import follows
from groundlevel.areas.outbox.subscriptions import (
    ONE_ON_ONE,
    SUBSCRIPTIONS,
    SUBTYPES,
    SubscriptionChange,
    Subscriptions,
    Subtype,
    subscriptions_at,
)
from groundlevel.areas.outbox.transports import Transports

__all__ = [
    "DND",
    "GATEWAYS",
    "LISTENED",
    "MAILBOXES",
    "ONE_ON_ONE",
    "OUTBOX",
    "SUBSCRIPTIONS",
    "SUBTYPES",
    "Became",
    "Channel",
    "Dispatcher",
    "Gateway",
    "KeptProvider",
    "Left",
    "MailboxRead",
    "Outgoing",
    "ProviderType",
    "Refusal",
    "SubscriptionChange",
    "Subscriptions",
    "Subtype",
    "Transports",
    "Via",
    "closed_to",
    "default_provider",
    "follows",
    "gateway_for",
    "gateway_or_400",
    "inbound_address",
    "keys_in",
    "mail_gateway",
    "outgoing",
    "post",
    "provider_for_caller",
    "provider_or_400",
    "put_outgoing",
    "refusal",
    "secret_in",
    "subscriptions_at",
    "tidy",
    "turned",
    "whose_mail",
    "withdraw",
    "word_of",
]
