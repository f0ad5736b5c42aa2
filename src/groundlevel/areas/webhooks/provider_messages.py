"""Messages for conversation providers: they go to the provider's own address, as they are, by the same machinery."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from groundlevel.areas.webhooks.deliveries import DELIVERIES, Delivery, finish, start
from groundlevel.areas.webhooks.endpoints import DIRECT, Direct, direct_id
from groundlevel.areas.webhooks.integrations import HTTPS
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.kernel.store import Eq
from groundlevel.kernel.wire import Wire, new_uuid, shown

KIND, MOST_WAITING = "ProviderOutboundMessage", 1_000
Channel = Literal["SMS", "Email", "Custom", "Call"]


class ProviderOutboundMessage(Wire):
    """What a provider is to send. Of an e-mail: email_message_id, email_to, email_from, subject, html; else phone.

    reply_to_alt_id: of another channel, the provider's own id of what is answered.
    """

    contact_id: str
    location_id: str
    message_id: str
    type: Channel
    phone: str | None = None
    message: str | None = None
    attachments: list[str] = shown()
    email_message_id: str | None = None
    email_to: list[str] | None = None
    email_from: str | None = None
    subject: str | None = None
    html: str | None = None
    user_id: str | None = None
    reply_to_alt_id: str | None = None


class Provider(Struct, frozen=True):
    """A conversation provider: its id, what people call it, whose app's it is, and where its messages go."""

    id: str
    name: str
    url: Annotated[str, Meta(pattern=HTTPS, max_length=2_000)]
    app_id: str = ""


def send_to_provider(ctx: Ctx, provider: Provider, message: ProviderOutboundMessage) -> str:
    """Have a message sent to a provider, behind earlier ones to the same contact; the delivery's id.

    A provider whose address has changed since is sent everything that waits for it to the new one.
    """
    db, id = ctx.db.elsewhere(SYSTEM), new_uuid()
    direct = Direct(id=direct_id(provider.id), name=provider.name, url=provider.url)
    if db.get(DIRECT, direct.id) != direct:
        db.put(DIRECT, direct)
    number = ctx.db.append("provider_messages", KIND, Sent(id), ctx.stamp)
    one = Delivery(
        id=id, endpoint_id=direct.id, number=number, type=KIND, status="waiting", date_added=ctx.stamp,
        body=msgspec.json.encode(message).decode(), app_id=provider.app_id, record=message.contact_id,
        location_id=message.location_id, company_id=ctx.company_id,
    )  # fmt: skip
    return start(db, one, ctx.stamp).id


def waiting_for(ctx: Ctx, provider_id: str, contact_id: str) -> dict[str, ProviderOutboundMessage]:
    """What waits to be sent to a provider for a contact, by the ids of the deliveries."""
    lane = f"{direct_id(provider_id)} {contact_id}"
    found = ctx.db.elsewhere(SYSTEM).find(DELIVERIES, Eq("lane", lane), limit=MOST_WAITING)
    return {one.id: msgspec.json.decode(one.body, type=ProviderOutboundMessage) for one in found}


def withdraw_from_provider(ctx: Ctx, delivery_id: str, reason: str) -> None:
    """Have a message not sent to a provider after all, unless that is under way."""
    db = ctx.db.elsewhere(SYSTEM)
    one = db.get(DELIVERIES, delivery_id)
    if one and one.status == "waiting":
        finish(db, one, ctx.stamp, reason)


class Sent(Struct):
    """A row of the log that numbers these deliveries among the others."""

    id: str
