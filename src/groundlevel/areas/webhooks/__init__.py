"""Webhooks: every event reaches whoever asked for it, signed and in order; each delivery can be seen and sent again."""

from groundlevel.areas.webhooks.courier import Courier
from groundlevel.areas.webhooks.envelope import envelope
from groundlevel.areas.webhooks.inbound import InboundWebhook, come_in
from groundlevel.areas.webhooks.keys import keys_made, signer
from groundlevel.areas.webhooks.provider_messages import (
    Provider,
    ProviderOutboundMessage,
    send_to_provider,
    waiting_for,
    withdraw_from_provider,
)
from groundlevel.areas.webhooks.scopes import ALWAYS, SCOPES

__all__ = [
    "ALWAYS",
    "SCOPES",
    "Courier",
    "InboundWebhook",
    "Provider",
    "ProviderOutboundMessage",
    "come_in",
    "envelope",
    "keys_made",
    "send_to_provider",
    "signer",
    "waiting_for",
    "withdraw_from_provider",
]
