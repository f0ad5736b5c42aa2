"""The one gate: whatever way something is sent, nothing leaves for who does not want it, and the rest does."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundlevel.areas.contacts import CONTACTS
from groundlevel.areas.conversations import Sending, send
from groundlevel.areas.conversations.tests.conftest import Talk
from groundlevel.areas.outbox import OUTBOX, Dispatcher, Transports, refusal
from groundlevel.areas.outbox.transports import KindOfGateway
from groundlevel.areas.webhooks.deliveries import DELIVERIES
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Owners
from groundlevel.outside.aim import aim_at
from groundlevel.outside.transport import Recorded

CHANNELS = ("SMS", "Email", "WhatsApp")
FIELDS = {"SMS": "sms", "Email": "email", "WhatsApp": "whatsApp"}
NUMBERS = count(10_000)
WAYS = ("api", "scheduled", "inside", "job", "provider", "reply", "another's address", "copied", "review")
WILLS = ("nothing", "all", "active", "permanent", "STOP", "STOP then START", "unsubscribed")
Story = tuple[str, str, str, bool, bool]


@dataclass
class Out(Transports):
    """Gateways that record what they are given."""

    talk: Talk
    given: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(self.talk.box.sandbox.app.settings, aim_at())
        self.recorded = Recorded()

    def kind(self, gateway: Any) -> KindOfGateway:
        return KindOfGateway(idempotent=True, opened=lambda *_: self.recorded)

    def of(self, gateway: Any) -> Any:
        return self.recorded

    def leave(self) -> None:
        """Everything that is due leaves."""
        app, now = self.talk.box.sandbox.app, self.talk.box.sandbox.clock.now

        async def go() -> None:
            dispatcher = Dispatcher(app.store, app.settings, now, self)
            await dispatcher.drain()
            await dispatcher.end()

        asyncio.run(go())


def will(talk: Talk, contact: str, channel: str, said: str) -> None:
    """Let the contact want something or not."""
    at, word = f"/contacts/{contact}", "sms" if said.startswith("STOP") else FIELDS[channel]
    location = talk.box.location
    if said == "all":
        assert location.put(at, json={"dnd": True}).status_code == 200
    elif said in ("active", "permanent"):
        assert location.put(at, json={"dndSettings": {word: {"status": said}}}).status_code == 200
    elif said.startswith("STOP"):
        kind = channel if channel != "Email" else "SMS"
        for text in ("STOP", *(("START",) if said.endswith("START") else ())):
            assert talk.comes(contact, type=kind, message=text)["code"] == 200
    elif said == "unsubscribed":
        action = {"type": "default", "subtype_status": "unsubscribed"}
        email = location.get(at).json()["contact"]["email"]
        change = talk.place | {"contactId": contact, "email": email, "subscription_action": action}
        at = "/conversations/preferences/unsubscriptions/user-change"
        assert talk.box.v2.post(at, json=change).status_code == 200


def sent_by(talk: Talk, way: str, channel: str, contact: str, other: str, providers: dict[str, str]) -> None:
    """Send something to the contact this way, or be refused."""
    box, now = talk.box, int(talk.box.sandbox.clock.now().timestamp())
    known = box.location.get(f"/contacts/{contact}").json()["contact"]
    reached = {"toNumber": known["phone"]} if channel != "Email" else {"emailTo": known["email"]}
    said: dict[str, dict[str, Any]] = {
        "api": {}, "scheduled": {"scheduledTimestamp": now + 60}, "reply": {"threadId": None},
        "provider": {"conversationProviderId": providers.get(channel)}, "another's address": reached,
        "copied": {"emailCc": [known["email"].upper()]},
    }  # fmt: skip
    to = other if way in ("another's address", "copied") else contact
    if way in said:
        talk.send(to, type=channel, **{k: v for k, v in said[way].items() if v is not None})
    elif way == "review":
        box.operator.post(f"/operator/locations/{box.location_id}/reviews", json={
            "contactId": contact, "reviewId": "r", "stars": 1})  # fmt: skip
        conversation = talk.found(contactId=contact)[0]["id"]
        body = talk.place | {"conversationId": conversation, "message": "Sorry"}
        box.location.post("/conversations/messages/review-reply", json=body)
    else:

        def work(ctx: Ctx) -> None:
            person = ctx.db.get(CONTACTS, contact)
            assert person
            try:
                send(ctx, person, Sending(channel=channel, text="Reminder", source="workflow"))  # type: ignore[arg-type]
            except BadRequest:
                return

        box.sandbox.do(Owners(box.location_id, box.company_id, system=True), work)


def left(talk: Talk, out: Out) -> list[str]:
    """Everything that has left, by gateways, by providers, or as it would have: to whom."""
    db = talk.box.sandbox.app.store.read(SYSTEM)
    gone = [one for _, one in db.across_owners(OUTBOX, limit=1_000) if one.state in ("sent", "delivered")]
    recorded = [address for one in gone for address in (one.to, *one.cc)]
    given = [address for item in out.recorded.sent for address in (item.to, *item.cc)]
    found = [one for _, one in db.across_owners(DELIVERIES, limit=1_000)]
    return [*recorded, *given, *(one.body for one in found if one.type == "ProviderOutboundMessage")]


stories = st.tuples(
    st.sampled_from(CHANNELS), st.sampled_from(WAYS), st.sampled_from(WILLS), st.booleans(), st.booleans()
)


@pytest.fixture
def connected(talk: Talk) -> tuple[Talk, dict[str, str]]:
    """A sub-account with a provider for each channel that has such."""
    own = {kind: talk.provider(type=kind, url=f"https://p.example/{kind}", default=False) for kind in ("SMS", "Email")}
    return talk, own | {"WhatsApp": own["SMS"]}


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=stories)
def test_nothing_leaves_for_who_does_not_want_it(connected: tuple[Talk, dict[str, str]], story: Story) -> None:
    """channel, way, will, whether the will is said before sending (else while it waits), whether a gateway is there."""
    (talk, providers), (channel, way, wanted, before, gateway) = connected, story
    if (way == "provider" and channel == "WhatsApp") or (way == "copied" and channel != "Email"):
        return
    box, number = talk.box, next(NUMBERS)
    gateways = f"/operator/locations/{box.location_id}/gateways"
    made = box.operator.post(gateways, json={
        "account": "AC", "secret": "s", "sender": "+15550100", "channels": list(CHANNELS)}).json()  # fmt: skip
    if not gateway:
        box.operator.delete(f"{gateways}/{made['id']}")
    contact, other = (
        box.new_contact(firstName=n, phone=f"+1415{n}{number}", email=f"{n}{number}@x.com") for n in ("20", "30")
    )
    known = box.location.get(f"/contacts/{contact}").json()["contact"]
    out = Out(talk)
    if before:
        will(talk, contact, channel, wanted)
    sent_by(talk, way, channel, contact, other, providers)
    if not before:
        will(talk, contact, channel, wanted)
    out.leave()
    talk.box.sandbox.move_clock(timedelta(minutes=5))
    out.leave()
    of = "GMB" if way == "review" else channel
    shut = box.sandbox.do(
        Owners(box.location_id, box.company_id),
        lambda ctx: refusal(
            ctx.db.get(CONTACTS, contact), of, "", unsubscribed=wanted == "unsubscribed" and of == "Email"
        ),
    )
    reached = known["email"] if of == "Email" else known["phone"]
    came = [one for one in left(talk, out) if reached in one.lower() or contact in one]
    if made and gateway:
        box.operator.delete(f"{gateways}/{made['id']}")
    assert (bool(came), story) == (shut is None, story)
