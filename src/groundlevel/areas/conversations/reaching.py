"""How a contact can be written to: /operator/locations/{locationId}/conversations/{conversationId}/channels"""

from typing import Literal

from groundlevel.areas.contacts import Contact
from groundlevel.areas.conversations.addresses import BY_PHONE, address_of, known_addresses
from groundlevel.areas.conversations.conversation import contact_in, conversation_or_400
from groundlevel.areas.conversations.sending import way_of, with_number
from groundlevel.areas.operator import area as operators
from groundlevel.areas.outbox import Outgoing, Via, closed_to
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.wire import Wire

Reached = Literal["SMS", "Email", "WhatsApp", "RCS", "FB", "IG", "TIKTOK", "Live_Chat"]
EVERY: tuple[Reached, ...] = ("SMS", "Email", "WhatsApp", "RCS", "FB", "IG", "TIKTOK", "Live_Chat")
ALWAYS = ("SMS", "Email")
"""The channels that are told of also where nothing can be sent, so that one sees why."""


class Reach(Wire, omit_defaults=False):
    """A channel: the address it would go to and by whom, or why nothing can be sent (and its code, where it has one).

    via: `nobody` says that it would be recorded only.
    """

    channel: Reached
    to: str
    via: Via
    refused: str
    code: str


class Channels(Wire):
    """The channels of a contact."""

    channels: list[Reach]


@operators.get("/operator/locations/{locationId}/conversations/{conversationId}/channels", scope=OPERATOR)
def list_channels(ctx: Ctx, location_id: str, conversation_id: str) -> Channels:
    """How the contact of a conversation can be written to now, and where it cannot, why: in the words of the refusal.

    SMS and Email always; others where somebody carries them, messengers where the contact has written by them. 400 for
    an unknown conversation.
    """
    contact = contact_in(ctx, conversation_or_400(ctx, conversation_id))
    met = known_addresses(ctx, contact.id)
    found = [_reach(ctx, contact, channel) for channel in EVERY]
    return Channels(channels=[one for one in found if _is_of_use(one, met)])


def _is_of_use(one: Reach, met: set[str]) -> bool:
    if one.channel in ALWAYS or one.channel in met:
        return True
    return one.channel in BY_PHONE and one.via != "nobody"


def _reach(ctx: Ctx, contact: Contact, channel: Reached) -> Reach:
    way = way_of(ctx, channel)
    if channel == "SMS" and way.via != "provider":
        way, _ = with_number(ctx, way, "")
    try:
        to = address_of(ctx, contact, channel, known_only=way.via == "gateway")
    except BadRequest as no:
        return Reach(channel=channel, to="", via=way.via, refused=str(no), code="")
    draft = Outgoing(
        id="", location_id=ctx.location_id, company_id=ctx.company_id, contact_id=contact.id, message_id="",
        channel=channel, state="waiting", date_added=ctx.stamp, to=to, lane="",
    )  # fmt: skip
    closed = closed_to(ctx, contact, draft)
    refused, code = (closed.message, closed.code) if closed else ("", "")
    return Reach(channel=channel, to=to, via=way.via, refused=refused, code=code)
