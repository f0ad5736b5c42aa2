"""Every way in which a message can start, as tests go it: a registry, which the source is compared with.

A way says by which functions of the program it goes (`through`). Whoever calls `send`, `post` or what is under them,
and is not gone through by any way, fails `test_every_function_that_sends_is_gone_through`; so a new way comes here.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlencode

import httpx2
from msgspec.structs import replace

import groundlevel.areas
from groundlevel.areas.contacts import CONTACTS
from groundlevel.areas.conversations import Sending, send
from groundlevel.areas.conversations.messages import Kind
from groundlevel.areas.conversations.tests.conftest import Talk
from groundlevel.areas.outbox import OUTBOX, put_outgoing
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Eq, Owners
from groundlevel.outside.twilio import sign

CHANNELS: tuple[str, ...] = tuple(kind for kind in get_args(Kind) if kind != "Custom")
"""Those of the API; what is `Custom` goes as what its provider carries."""
TOLD_BY = ("SMS", "Email", "WhatsApp")
"""Those by which people are told of appointments."""
SENDERS = {"send", "post", "put_outgoing", "send_to_provider"}
NOT_A_WAY = {
    "conversations.sending.send": "the one way itself",
    "conversations.gateway_hooks.become": "notes what became of one",
    "conversations.mail_reports._fail": "notes what became of one",
    "outbox.outgoing.post": "the gate itself",
    "outbox.outgoing.put_outgoing": "writes down what others say",
    "outbox.outgoing.withdraw": "takes one back",
    "outbox.second_thoughts.take_back": "takes one back",
    "outbox.leaving.Leaving": "lets them leave, past the gate once more",
}
"""Functions that touch what is to leave, and why nothing starts there."""


@dataclass
class Person:
    """Somebody who is written to, on a channel. other: somebody else, whom it may be written to in place of."""

    talk: Talk
    channel: str
    id: str
    other: str
    providers: dict[str, str]
    gateway: dict[str, Any] | None
    calendar: "Reminding"
    known: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.known = self.talk.box.location.get(f"/contacts/{self.id}").json()["contact"]

    @property
    def reached(self) -> str:
        return self.known["email"] if self.channel == "Email" else self.known["phone"]

    def api(self, way: str, to: str = "", client: httpx2.Client | None = None, **said: Any) -> None:
        """Send by the API; it may be refused."""
        body = {"type": self.channel, "contactId": to or self.id, "message": mark(way, self), **said}
        (client or self.talk.box.location).post("/conversations/messages", json=body)

    def do(self, work: Callable[[Ctx], Any]) -> Any:
        box = self.talk.box
        return box.sandbox.do(Owners(box.location_id, box.company_id, system=True), work)


@dataclass(frozen=True)
class Way:
    """How one starts. of: on which channels; through: by which functions (`area.module.function`)."""

    name: str
    start: Callable[[Person], None]
    of: tuple[str, ...]
    through: tuple[str, ...]


WAYS: dict[str, Way] = {}


def mark(way: str, person: Person) -> str:
    """What a message says by which it is found among all that leave."""
    return f"[{way} {person.channel} {person.id}]"


def way(
    name: str, *through: str, of: tuple[str, ...] = CHANNELS
) -> Callable[[Callable[[Person], None]], Callable[[Person], None]]:
    """Let it be a way."""

    def register(start: Callable[[Person], None]) -> Callable[[Person], None]:
        WAYS[name] = Way(name, start, of, through)
        return start

    return register


# --- by the API ---

API = "conversations.messages.send_a_new_message"


@way("api", API)
def by_the_api(to: Person) -> None:
    to.api("api")


@way("v2", API)
def by_the_older_api(to: Person) -> None:
    to.api("v2", client=to.talk.box.v2)


@way("scheduled", API)
def scheduled(to: Person) -> None:
    to.api("scheduled", scheduledTimestamp=int(to.talk.box.sandbox.clock.now().timestamp()) + 60)


@way("provider", API, of=("SMS", "Email"))
def by_a_provider_of_its_own(to: Person) -> None:
    to.api("provider", conversationProviderId=to.providers[to.channel])


@way("custom", API, of=("SMS", "Email"))
def as_custom(to: Person) -> None:
    to.api("custom", type="Custom", conversationProviderId=to.providers[to.channel])


@way("reply", API, of=("SMS", "Email"))
def in_reply(to: Person) -> None:
    came = to.talk.comes(to.id, type=to.channel, message="A question", subject="Q", emailFrom=to.known["email"])
    to.api("reply", replyMessageId=came.get("emailMessageId") or came["messageId"])


@way("another's address", API, of=TOLD_BY)
def at_another_contacts_address(to: Person) -> None:
    said = {"emailTo": to.reached} if to.channel == "Email" else {"toNumber": to.reached}
    to.api("another's address", to=to.other, **said)


@way("copied", API, of=("Email",))
def in_copy(to: Person) -> None:
    to.api("copied", to=to.other, emailCc=[to.reached.upper()])


@way("blind copy", API, of=("Email",))
def in_blind_copy(to: Person) -> None:
    to.api("blind copy", to=to.other, emailBcc=[f"Somebody <{to.reached}>"])


@way("forwarded", API, of=("Email",))
def sent_on(to: Person) -> None:
    came = to.talk.comes(to.other, type="Email", message="Pass it on", subject="Q")
    forward = {"isForwarded": True, "messageId": came["messageId"], "toEmail": to.reached}
    to.api("forwarded", to=to.other, forward=forward)


@way("review", "conversations.reviews.send_review_reply", of=("GMB",))
def in_reply_to_a_review(to: Person) -> None:
    box = to.talk.box
    said = {"contactId": to.id, "reviewId": "r", "stars": 1}
    box.operator.post(f"/operator/locations/{box.location_id}/reviews", json=said)
    conversation = to.talk.found(contactId=to.id)[0]["id"]
    body = to.talk.place | {"conversationId": conversation, "message": mark("review", to)}
    box.location.post("/conversations/messages/review-reply", json=body)


# --- by the program itself ---


@way("inside", "conversations.sending.send", of=(*CHANNELS, "GMB"))
def by_another_area(to: Person) -> None:
    def work(ctx: Ctx) -> None:
        person = ctx.db.get(CONTACTS, to.id)
        assert person
        try:
            send(ctx, person, Sending(channel=to.channel, text=mark("inside", to), source="workflow"))  # type: ignore[arg-type]
        except BadRequest:
            return

    to.do(work)


@way("help", "conversations.gateway_hooks._help", of=("SMS",))
def in_answer_to_help(to: Person) -> None:
    """Only where a gateway is there that leaves answering to us. What is answered is the same for everybody."""
    if to.gateway:
        fields = [("From", to.known["phone"]), ("To", "+15550100"), ("Body", "HELP"), ("MessageSid", f"SM{to.id}")]
        signature = sign(to.gateway["inbound"], fields, "s")
        path = to.gateway["inbound"].removeprefix(to.talk.box.sandbox.app.settings.public_url)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature}
        client = to.talk.box.sandbox.client(None)
        assert client.post(path, content=urlencode(fields).encode(), headers=headers).status_code == 200


@way("sent again", "outbox.operators.send_again", of=("SMS", "Email"))
def again(to: Person) -> None:
    """What has failed is sent once more by an operator."""
    to.api("sent again")

    def fail(ctx: Ctx) -> list[str]:
        found = ctx.db.find(OUTBOX, Eq("contact_id", to.id), limit=100)
        mine = [one for one in found if mark("sent again", to) in one.text]
        return [put_outgoing(ctx, replace(one, state="failed", due=None)).id for one in mine]

    for id in to.do(fail):
        assert to.talk.box.operator.post(f"/operator/outbox/{id}/send-again").status_code == 200


class Reminding:
    """A calendar that tells of its appointments in all ways that it has."""

    def __init__(self, talk: Talk) -> None:
        self.talk, box = talk, talk.box
        said = {"locationId": box.location_id, "name": "Visits", "teamMembers": [{"userId": box.user_id}]}
        self.id: str = box.location.post("/calendars/", json=said).json()["calendar"]["id"]
        self.at = f"/calendars/{self.id}/notifications"
        hour = {"beforeTime": [{"timeOffset": 1, "unit": "hours"}]}
        for channel in TOLD_BY:
            for name, when in (("confirmation", {}), ("reminder", hour)):
                body = f"[{name} {channel} {{{{contact.id}}}}]"
                self.tell({"channel": channel.lower(), "notificationType": name, "body": body} | when)
        named = {"notificationType": "confirmation", "receiverType": "emails"}
        self.named = {one: self.tell(named | {"channel": one.lower(), "isActive": False}) for one in TOLD_BY}

    def tell(self, said: dict[str, Any]) -> str:
        reply = self.talk.box.location.post(self.at, json=[{"receiverType": "contact"} | said])
        assert reply.status_code == 200, reply.text
        return reply.json()[0]["_id"]

    def book(self, contact: str) -> None:
        box = self.talk.box
        start = box.sandbox.clock.now() + timedelta(hours=1, minutes=1)
        said = {"calendarId": self.id, "locationId": box.location_id, "contactId": contact}
        free = {"startTime": start.isoformat(), "ignoreFreeSlotValidation": True}
        assert box.location.post("/calendars/events/appointments", json=said | free).status_code == 200


TOLD = ("appointment_messages.writing.write",)


@way("confirmation", *TOLD, of=TOLD_BY)
def told_of_a_booking(to: Person) -> None:
    to.calendar.book(to.id)


@way("reminder", *TOLD, of=TOLD_BY)
def reminded(_: Person) -> None:
    """Of what was booked above, a minute later."""


@way("told at an address", *TOLD, of=TOLD_BY)
def told_at_an_address(to: Person) -> None:
    named = {"Email": "additionalEmailIds", "SMS": "additionalPhoneNumbers", "WhatsApp": "additionalWhatsappNumbers"}
    calendar = to.calendar
    where = f"{calendar.at}/{calendar.named[to.channel]}"
    said = {"body": mark("told at an address", to), named[to.channel]: [to.reached], "isActive": True}
    assert to.talk.box.location.put(where, json=said).status_code == 200
    calendar.book(to.other)
    to.talk.box.sandbox.work()
    assert to.talk.box.location.put(where, json={"isActive": False}).status_code == 200


# --- what there is in the source ---


def senders() -> Iterator[str]:
    """`area.module.function` of everything in the areas that puts a message on its way, or touches one there."""
    root = Path(groundlevel.areas.__path__[0])
    for file in sorted(root.glob("*/*.py")):
        for top in ast.parse(file.read_text()).body:
            if isinstance(top, ast.FunctionDef | ast.ClassDef) and any(_sends(node) for node in ast.walk(top)):
                yield f"{file.parent.name}.{file.stem}.{top.name}"


def _sends(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    written = bool(node.args) and isinstance(node.args[0], ast.Name) and node.args[0].id == "OUTBOX"
    puts = isinstance(node.func, ast.Attribute) and node.func.attr.startswith("put") and written
    return puts or (isinstance(node.func, ast.Name) and node.func.id in SENDERS)
