"""What a sub-account's own gateways tell: that something has come in, and what has become of what was sent.

/gateways/{locationId}/{gatewayId}/…, each call signed with the gateway's secret.
"""

from collections.abc import Sequence
from typing import Any, cast

from msgspec.structs import replace

from groundlevel.areas.contacts import CONTACTS, Contact, ContactChange, normal_phone, upserted
from groundlevel.areas.conversations.addresses import BY_PHONE, contact_at, note_address
from groundlevel.areas.conversations.conversation import conversation_of, next_date
from groundlevel.areas.conversations.inbound import Received, receive
from groundlevel.areas.conversations.message import MESSAGES, Fault, Message
from groundlevel.areas.conversations.sending import Sending, send
from groundlevel.areas.conversations.types import type_of
from groundlevel.areas.locations import own_location
from groundlevel.areas.outbox import (
    GATEWAYS,
    LISTENED,
    Channel,
    Gateway,
    follows,
    outgoing,
    put_outgoing,
    secret_in,
    turned,
    word_of,
)
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Eq
from groundlevel.kernel.wire import new_id
from groundlevel.outside.twilio import STATUSES, plain, signed

Fields = Sequence[tuple[str, str]]
MOST_MEDIA, LONGEST = 10, 100_000


def gateway_that_signed(ctx: Ctx, gateway_id: str, url: str, fields: Fields, signature: str) -> Gateway | None:
    """The gateway that a call comes from; None for an unknown one, and for one without the right signature."""
    gateway = ctx.db.get(GATEWAYS, gateway_id)
    if (
        gateway is None
        or gateway.kind != "twilio"
        or not signed(url, fields, secret_in(ctx.settings, gateway), signature)
    ):
        return None
    return gateway


def come_in(ctx: Ctx, gateway: Gateway, fields: Fields) -> str:
    """Keep a message that has come in: the id of the message. What the gateway tells twice is kept once.

    Whoever it is from becomes a contact, if nobody has the number.
    """
    said = dict(fields)
    ref = said.get("MessageSid") or said.get("SmsSid") or ""
    known = next(iter(ctx.db.find(MESSAGES, Eq("alt_id", ref), limit=1)), None) if ref else None
    if known:
        return known.id
    channel, address = plain(said.get("From", ""))
    contact = _whose(ctx, channel, address, said.get("ProfileName", ""))
    count = int(said["NumMedia"]) if said.get("NumMedia", "").isdecimal() else 0
    media = [url for n in range(min(count, MOST_MEDIA)) if (url := said.get(f"MediaUrl{n}"))]
    text = said.get("Body", "")[:LONGEST]
    kind, conversation = cast(Channel, channel), conversation_of(ctx, contact)
    message = Message(
        id=new_id(), conversation_id=conversation.id, contact_id=contact.id, type=type_of(kind), direction="inbound",
        date_added=next_date(ctx, conversation), date_updated=ctx.stamp, body=text,
        status="delivered", attachments=media, alt_id=ref or None, from_=address,
        to=plain(said.get("To", ""))[1] or None,
    )  # fmt: skip
    receive(ctx, contact, Received(message=message, listened=kind if kind in LISTENED else None))
    if not gateway.listens and word_of(text) == "help":
        _help(ctx, contact, kind)
    return message.id


def become(ctx: Ctx, gateway: Gateway, id: str, fields: Fields) -> bool:
    """Note what has become of a message that was sent; whether there is such. What overtook this report stays."""
    one = outgoing(ctx, id)
    if one is None or one.via_id != gateway.id:
        return False
    said = dict(fields)
    status = STATUSES.get(said.get("MessageStatus") or said.get("SmsStatus") or "")
    message = ctx.db.get(MESSAGES, one.message_id)
    if message is None or status is None or not follows(message.status or "pending", status):
        return True
    now: dict[str, Any] = {"gateway_ref": one.gateway_ref or said.get("MessageSid", "")}
    if status == "failed":
        reason = said.get("ErrorMessage", "") or said.get("MessageStatus", "")
        now |= {"state": "failed", "code": said.get("ErrorCode", ""), "reason": reason, "finished_at": ctx.stamp}
    elif status in ("delivered", "read"):
        now |= {"state": "delivered", "finished_at": ctx.stamp}
    elif one.state in ("unclear", "sending"):
        now |= {"state": "sent", "sent_at": ctx.stamp, "finished_at": None}
    now |= {"due": None if one.state != "waiting" else one.due, "held": None}
    kept = turned(one, ctx.stamp, **now) if now.get("state", one.state) != one.state else replace(one, **now)
    put_outgoing(ctx, kept)
    fault = Fault(code=kept.code, message=kept.reason) if status == "failed" else None
    ctx.db.put(MESSAGES, replace(message, status=status, fault=fault, date_updated=ctx.stamp))
    return True


def _whose(ctx: Ctx, channel: str, address: str, name: str) -> Contact:
    """The contact who has written: by the number, or by what the messenger calls it; a new one if there is none."""
    if not address:
        raise BadRequest("From is missing")
    if channel in BY_PHONE:
        number = normal_phone(address, own_location(ctx).country) or address
        found = ctx.db.one(CONTACTS, Eq("phone", number))
        return found or upserted(ctx, own_location(ctx), ContactChange(phone=number, source=channel.lower()), None)
    id = contact_at(ctx, channel, address)
    found = ctx.db.get(CONTACTS, id) if id else None
    if found is None:
        said = ContactChange(name=name[:1_000] or f"{channel} {address}"[:1_000], source=channel.lower())
        found = upserted(ctx, own_location(ctx), said, None)
        note_address(ctx, found.id, channel, address)
    return found


def _help(ctx: Ctx, contact: Contact, channel: Channel) -> None:
    """Say who writes here and how that ends, if the contact may be written to."""
    place = own_location(ctx)
    at = place.phone or place.email
    text = f"{place.name}{f': for help, {at}' if at else ''}. Reply STOP to get no more messages."
    try:
        send(ctx, contact, Sending(channel=channel, text=text, source="workflow"))
    except BadRequest:  # it does not want to be written to
        return
