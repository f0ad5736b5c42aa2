"""What is said with the demo's contacts: threads of texts and mails, as people of the staff and contacts write them."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any, Literal

from msgspec import Struct

from groundlevel.areas.contacts import Contact
from groundlevel.areas.conversations import MESSAGES, Sending, conversation_id, send
from groundlevel.areas.conversations.conversations import ConversationChange, update_conversation
from groundlevel.areas.conversations.provided import NewInbound, add_an_inbound_message
from groundlevel.areas.outbox.leaving import MOST, Leaving
from groundlevel.areas.outbox.steps import ARRIVES
from groundlevel.demo.deals import nth_contact
from groundlevel.demo.people import Spell
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.jobs import SYSTEM

Happening = tuple[datetime, Callable[[Ctx], Any]]
THEIRS = "< "
"""How lines of contacts begin."""
EVERY, SETTLED = 5, 16
"""Every how many contacts one is written with, and by how many contacts later it is."""


class Script(Struct, frozen=True):
    """What is said, line by line. files: what comes with the first one."""

    channel: Literal["SMS", "Email"]
    lines: tuple[str, ...]
    subject: str = ""
    files: tuple[str, ...] = ()


SCRIPTS: dict[str, tuple[Script, ...]] = {
    "Harbor Street Dental": (
        Script("SMS", (
            "Hi {{contact.first_name}}, this is Harbor Street Dental. Does Tuesday at nine still suit you?",
            "< Yes, see you then!",
            "Great. Please come ten minutes early for the forms.",
        )),
        Script("SMS", (
            "< Do you take walk-ins for a broken filling?",
            "We do, today until four. Shall I keep you a place?",
            "< Yes please, I am there at two",
        )),
        Script("SMS", (
            "Your night guard has arrived. You can pick it up any day until six.",
            "< Tomorrow after work then",
        )),
        Script("SMS", (
            "It has been six months, {{contact.first_name}}. Shall we find you a time for a cleaning?",
            "< STOP",
        )),
        Script(
            "Email",
            (
                "<p>Thank you for your visit. The plan and what it costs are attached.</p>",
                "< Thank you. Can this be paid in parts?",
                "<p>Of course: three or six parts, as you like.</p>",
            ),
            subject="Your treatment plan",
            files=("https://example.com/harbor-street-dental/price-list.pdf",),
        ),
        Script(
            "Email",
            (
                "< Hello, could you send me the invoice of my last visit for my insurance?",
                "<p>Certainly, you will have it by tomorrow.</p>",
            ),
            subject="Invoice",
        ),
    ),
    "Northside Fitness": (
        Script("SMS", (
            "Hi {{contact.first_name}}, how was the trial session?",
            "< Loved it. What is the monthly price?",
            "79 a month, and the first week is on us.",
            "< Sign me up",
        )),
        Script("SMS", (
            "< Is the yoga class on Wednesday full?",
            "Two places are left. Shall I book you one?",
        )),
        Script("SMS", ("We are closed on Thursday for the holiday. Happy training!",)),
        Script(
            "Email",
            ("<p>Welcome! Here is our class schedule.</p>", "< Thanks, see you on Monday"),
            subject="Your first week",
            files=("https://example.com/northside-fitness/schedule.pdf",),
        ),
    ),
}  # fmt: skip
"""Sub-account -> what is said there."""


def threads(place: str, contacts: int, staff: list[str], today: datetime) -> Iterator[Happening]:
    """Every few contacts are written with, once; a thread that a contact ends is unread, and some are starred."""
    dice = Random(f"{place} talks")  # noqa: S311  (repeatable on purpose)
    begin = today - timedelta(days=240)
    for number in range(0, contacts - SETTLED, EVERY):
        since = Spell(begin + (today - begin) * ((number + SETTLED) / contacts), today)
        happened = _thread(dice.choice(SCRIPTS[place]), number, since.moment(dice), _Writer(dice.choice(staff), dice))
        yield from ((at, do) for at, do in happened if at < today)


class _Writer(Struct):
    """Who of the staff writes, by which dice, and the thread of mail with its last one."""

    user_id: str
    dice: Random
    thread: str | None = None
    mail: str | None = None


def _thread(script: Script, number: int, at: datetime, who: _Writer) -> Iterator[Happening]:
    starred = who.dice.random() < 0.15
    for n, line in enumerate(script.lines):
        files = list(script.files) if n == 0 else []
        yield at, lambda ctx, line=line, files=files: _say(ctx, nth_contact(ctx, number), script, line, who, files)
        if not line.startswith(THEIRS):
            yield at + timedelta(minutes=1), carry
        at += timedelta(minutes=who.dice.randrange(2, 90))
    if starred:
        yield at, lambda ctx: _change(ctx, nth_contact(ctx, number), starred=True)


def _say(ctx: Ctx, contact: Contact, script: Script, line: str, who: _Writer, files: list[str]) -> None:
    """One line, if the contact can be written with on the channel, and wants to be."""
    mail = script.channel == "Email"
    if contact.dnd or not (contact.email if mail else contact.phone):
        return
    if line.startswith(THEIRS):
        said = NewInbound(
            type=script.channel, contact_id=contact.id, message=line.removeprefix(THEIRS),
            subject=script.subject or None, email_message_id=who.mail, attachments=files,
        )  # fmt: skip
        came = add_an_inbound_message(ctx, said)
        who.thread, who.mail = came.message_id, came.email_message_id
        return
    sending = Sending(
        channel=script.channel, text="" if mail else line, html=line if mail else "", subject=script.subject,
        attachments=files, user_id=who.user_id, reply_to=who.mail,
        thread=ctx.db.get(MESSAGES, who.thread) if mail and who.thread else None,
    )  # fmt: skip
    sent = send(ctx, contact, sending)
    who.thread, who.mail = sent.message.id, sent.email.id if sent.email else None
    _change(ctx, contact, unread_count=0)


def _change(ctx: Ctx, contact: Contact, **said: Any) -> None:
    update_conversation(ctx, conversation_id(contact.id), ConversationChange(location_id=ctx.location_id, **said))


def carry(ctx: Ctx) -> None:
    """As a worker would: nobody is connected who carries the demo's messages, so they are recorded, and arrive."""
    for now in (ctx.now, ctx.now + ARRIVES):
        Leaving(ctx.db.elsewhere(SYSTEM), now, ctx.settings, lambda _: True).take(lambda _: MOST)
