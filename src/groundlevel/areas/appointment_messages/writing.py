"""Writing to one receiver of a notification: to a contact in its conversation, to others by the outbox alone."""

from zoneinfo import ZoneInfo

from msgspec import Struct

from groundlevel.areas.appointment_messages.facts import Invited, Occasion, facts_of, invitation_to, zone_named
from groundlevel.areas.appointment_messages.receivers import CHANNELS, Receiver, reached_at
from groundlevel.areas.appointment_messages.told import AT_ONCE, TOLD, Told
from groundlevel.areas.appointment_messages.words import Words, usual_words, written_words
from groundlevel.areas.calendars import Notification, NotificationKind, Who, stored
from groundlevel.areas.contacts import Contact
from groundlevel.areas.conversations import Sending, note_activity, own_mail, send
from groundlevel.areas.locations import own_location, template_or_400
from groundlevel.areas.merge_tags import About, merged
from groundlevel.areas.outbox import Outgoing, gateway_for, post
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest, Unprocessable
from groundlevel.kernel.store import Eq
from groundlevel.kernel.wire import new_id
from groundlevel.outside.mail.composing import Uncomposable, address_in

AUTOMATIC = {"Auto-Submitted": "auto-generated"}
"""Says to mail programs that nobody has written it, so that none answers by itself (RFC 3834)."""


class Notice(Struct, frozen=True):
    """A notification of one time of an appointment. id: what it is known by, however often it is looked at."""

    id: str
    of: Occasion
    by: Notification
    contact: Contact | None

    @property
    def kind(self) -> NotificationKind:
        """What it tells."""
        return self.by.notification_type

    @property
    def mail(self) -> bool:
        """Whether it goes by mail."""
        return self.by.channel == "email"

    def about(self, ctx: Ctx, zone: ZoneInfo) -> About:
        """Whom and what its texts are about."""
        return About(contact_id=self.of.one.contact_id, more=facts_of(ctx, self.of, zone))

    def note(self, ctx: Ctx, what: str) -> None:
        """Say in the contact's conversation what became of it."""
        if self.contact:
            note_activity(ctx, self.contact, "APPOINTMENT", f"The {self.kind} of {self.of.one.title} {what}")


def write(ctx: Ctx, notice: Notice, to: Receiver) -> None:
    """Write to somebody. 400 where that cannot be, with the reason."""
    if notice.by.channel == "inApp":
        return _mention(ctx, notice, to)
    if to.contact:
        sent = send(ctx, to.contact, _to_contact(ctx, notice, to.contact))
        id, message_id = sent.email.id if sent.email else sent.message.id, sent.message.id
    else:
        id, message_id = post(ctx, None, _to_address(ctx, notice, to)).id, ""
    one = notice.of.one
    told = Told(
        id=id, notice_id=notice.id, notification_id=notice.by.id, appointment_id=one.id, contact_id=one.contact_id,
        kind=notice.kind, start_time=stored(notice.of.start), to=to.key, message_id=message_id,
    )  # fmt: skip
    ctx.db.put(TOLD, told)
    return None


def _mention(ctx: Ctx, notice: Notice, to: Receiver) -> None:
    """A user finds it in the conversation with the contact, among those it is mentioned in."""
    if not to.user_id:
        raise BadRequest("only users are told in the app")
    if notice.contact:
        text = notice.by.body or usual_words(notice.kind, mail=False, inside=True).text
        about = notice.about(ctx, zone_named(own_location(ctx).timezone))
        note_activity(ctx, notice.contact, "APPOINTMENT", _worded(ctx, text, about), mentions=[to.user_id])


def _to_contact(ctx: Ctx, notice: Notice, contact: Contact) -> Sending:
    words = _words(ctx, notice, inside=False)
    about = notice.about(ctx, zone_named(contact.timezone, own_location(ctx).timezone))
    return Sending(
        channel=CHANNELS[notice.by.channel], text=words.text, html=words.html, subject=words.subject, more=about.more,
        sender=_sender(ctx, notice), source="workflow", headers=AUTOMATIC if notice.mail else {},
        appointment_id=notice.of.one.id,
        invitation=_invitation(ctx, notice, Who(contact.email or "", contact.name or ""), inside=False),
    )  # fmt: skip


def _to_address(ctx: Ctx, notice: Notice, to: Receiver) -> Outgoing:
    """What goes to an address that is no contact's business here. 400 where there is none."""
    channel = CHANNELS[notice.by.channel]
    address = reached_at(ctx, channel, to.to)
    if not address:
        raise BadRequest("no address is known" if notice.mail else "no number is known")
    words, gateway = _words(ctx, notice, inside=True), gateway_for(ctx, channel)
    about = notice.about(ctx, zone_named(own_location(ctx).timezone))
    return Outgoing(
        id=new_id(), location_id=ctx.location_id, company_id=ctx.company_id, contact_id="", message_id="",
        channel=channel, state="waiting", date_added=ctx.stamp, to=address,
        lane=f"{gateway.id if gateway else ''} {address}", via="gateway" if gateway else "nobody",
        via_id=gateway.id if gateway else "", source="workflow", headers=AUTOMATIC if notice.mail else {},
        sender=_sender(ctx, notice) or (own_mail(ctx) if notice.mail else ""),
        text=_worded(ctx, words.text, about), html=_worded(ctx, words.html, about, html=True),
        subject=_worded(ctx, words.subject, about),
        invitation=_invitation(ctx, notice, Who(address, to.called), inside=True),
    )  # fmt: skip


def _words(ctx: Ctx, notice: Notice, *, inside: bool) -> Words:
    """What the notification says, else its template, else the usual."""
    by, subject, body = notice.by, notice.by.subject or "", notice.by.body or ""
    if not body and by.template_id:
        try:
            content = template_or_400(ctx, by.template_id).template
            subject, body = subject or content.subject or "", (content.html if notice.mail else content.body) or ""
        except BadRequest as gone:
            notice.note(ctx, f"says the usual: {gone.messages[0]}")
    if body:
        return written_words(notice.kind, subject, body, mail=notice.mail)
    usual = usual_words(notice.kind, mail=notice.mail, inside=inside)
    return Words(subject or usual.subject, usual.text, usual.html)


def _worded(ctx: Ctx, text: str, about: About, *, html: bool = False) -> str:
    try:
        return merged(ctx, text, about, html=html)
    except Unprocessable:
        return text  # it is no template, but has braces in it


def _sender(ctx: Ctx, notice: Notice) -> str:
    """From whom it is, if the notification says it."""
    by = notice.by
    if not notice.mail:
        return by.from_number or ""
    if not by.from_name:
        return by.from_address or ""
    try:
        return f"{by.from_name} <{by.from_address or address_in(own_mail(ctx))}>"
    except Uncomposable:
        return ""


def _invitation(ctx: Ctx, notice: Notice, to: Who, *, inside: bool) -> str:
    """What goes with mail that says when an appointment is, or that it is no more."""
    gone = notice.kind == "cancellation"
    if not notice.mail or not to.email or not (gone or notice.kind in AT_ONCE):
        return ""
    said = ctx.db.count(TOLD, Eq("appointment_id", notice.of.one.id), up_to=10_000)
    return invitation_to(ctx, notice.of, Invited(to, said, gone, inside))
