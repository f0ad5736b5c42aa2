"""The one gate: whatever way something is sent, nothing leaves for who does not want it, and the rest does."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.messages.ways import CHANNELS, NOT_A_WAY, WAYS, Person, Reminding, mark, senders

from groundlevel.areas.contacts import CONTACTS, close_channel
from groundlevel.areas.conversations.tests.conftest import Talk
from groundlevel.areas.outbox import OUTBOX, Dispatcher, Transports
from groundlevel.areas.outbox.transports import KindOfGateway
from groundlevel.areas.webhooks.deliveries import DELIVERIES
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.outside.aim import aim_at
from groundlevel.outside.transport import Recorded

FIELDS = {"SMS": "sms", "RCS": "rcs", "Email": "email", "WhatsApp": "whatsApp", "IG": "fb", "FB": "fb", "GMB": "gmb"}
LISTENS = ("SMS", "RCS", "WhatsApp")
NUMBERS = count(10_000)
WILLS = (
    "nothing", "all", "active", "permanent", "STOP", "STOP then START", "unsubscribed", "by the link", "bounced",
    "on another channel", "nothing comes in",
)  # fmt: skip
CARRIERS = ("nobody", "gateway", "provider")
Story = tuple[str, str, bool, str]


@dataclass
class Out(Transports):
    """Gateways that record what they are given."""

    talk: Talk

    def __post_init__(self) -> None:
        super().__init__(self.talk.box.sandbox.app.settings, aim_at())
        self.recorded = Recorded()

    def kind(self, gateway: Any) -> KindOfGateway:
        return KindOfGateway(idempotent=True, opened=lambda *_: self.recorded)

    def of(self, gateway: Any) -> Any:
        return self.recorded

    def leave(self, *, after: timedelta = timedelta()) -> None:
        """Everything that is due leaves, some time from now."""
        sandbox = self.talk.box.sandbox
        sandbox.move_clock(after)
        sandbox.work()
        app, now = sandbox.app, sandbox.clock.now

        async def go() -> None:
            dispatcher = Dispatcher(app.store, app.settings, now, self)
            await dispatcher.drain()
            await dispatcher.end()

        asyncio.run(go())


def closes(will: str, channel: str) -> bool:
    """Whether nothing may leave for who wants this, on this channel. STOP and the like are said as `say` does."""
    if will in ("nothing", "STOP then START", "on another channel", "nothing comes in"):
        return False
    if will == "STOP":
        return channel in LISTENS
    if will in ("unsubscribed", "by the link", "bounced"):
        return channel == "Email"
    return True


def say(person: Person, will: str, channel: str) -> None:
    """Let the contact want something or not, of the channel."""
    talk, location, at = person.talk, person.talk.box.location, f"/contacts/{person.id}"
    changes: dict[str, dict[str, Any]] = {
        "all": {"dnd": True},
        "active": {"dndSettings": {FIELDS.get(channel, ""): {"status": "active"}}},
        "permanent": {"dndSettings": {FIELDS.get(channel, ""): {"status": "permanent"}}},
        "on another channel": {"dndSettings": {"call": {"status": "active"}}},
        "nothing comes in": {"inboundDndSettings": {"all": {"status": "active"}}},
    }  # fmt: skip
    if will in changes:
        assert location.put(at, json=changes[will]).status_code == 200
    elif will.startswith("STOP"):
        kind = channel if channel in LISTENS else "SMS"
        for text in ("STOP", *(("START",) if will.endswith("START") else ())):
            assert talk.comes(person.id, type=kind, message=text)["code"] == 200
    elif will == "unsubscribed":
        action = {"type": "default", "subtype_status": "unsubscribed"}
        change = talk.place | {"contactId": person.id, "email": person.known["email"], "subscription_action": action}
        at = "/conversations/preferences/unsubscriptions/user-change"
        assert talk.box.v2.post(at, json=change).status_code == 200
    elif will in ("by the link", "bounced"):

        def close(ctx: Ctx) -> None:
            contact = ctx.db.get(CONTACTS, person.id)
            assert contact
            close_channel(ctx, contact, "email", "UNSUBSCRIBE_LINK" if will == "by the link" else "HARD_BOUNCE")

        person.do(close)


def left(talk: Talk, out: Out) -> str:
    """All that has left, by gateways, by providers, or as it would have."""
    db = talk.box.sandbox.app.store.read(SYSTEM)
    gone = [one for _, one in db.across_owners(OUTBOX, limit=10_000) if one.state in ("sent", "delivered")]
    given = [f"{item.text} {item.html} {item.to}" for item in out.recorded.sent]
    found = [one for _, one in db.across_owners(DELIVERIES, limit=10_000)]
    handed = [one.body for one in found if one.type == "ProviderOutboundMessage"]
    return "\n".join([*(f"{one.text} {one.html} {one.to}" for one in gone), *given, *handed])


class World:
    """A sub-account, and who carries what it sends."""

    def __init__(self, talk: Talk) -> None:
        self.talk, self.calendar = talk, Reminding(talk)
        kinds = ("SMS", "Email")
        self.own = {kind: talk.provider(type=kind, url=f"https://p.example/{kind}", default=False) for kind in kinds}

    def person(self, channel: str, carrier: str) -> Person:
        """Somebody new, whose channel is carried so from now on."""
        box, number = self.talk.box, next(NUMBERS)
        at = f"/operator/locations/{box.location_id}"
        for made in box.operator.get(f"{at}/gateways").json()["gateways"]:
            box.operator.delete(f"{at}/gateways/{made['id']}")
        for made in box.operator.get(f"{at}/providers").json()["providers"]:
            if made["id"] not in self.own.values():
                box.operator.delete(f"{at}/providers/{made['id']}")
        for id in self.own.values():
            box.operator.put(f"{at}/providers/{id}", json={"default": False})
        gateway = None
        if carrier == "gateway":
            said = {"account": "AC", "secret": "s", "sender": "+15550100", "listens": False}
            gateway = box.operator.post(
                f"{at}/gateways", json=said | {"channels": ["SMS", "RCS", "Email", "WhatsApp"]}
            ).json()
        elif carrier == "provider":
            for kind in ("SMS", "Email"):
                self.talk.provider(type=kind, url=f"https://p.example/usual-{kind}", default=True)
        contact, other = (
            box.new_contact(firstName=n, phone=f"+1415{n}{number}", email=f"{n}{number}@x.com") for n in ("20", "30")
        )
        return Person(self.talk, channel, contact, other, self.own, gateway, self.calendar)


@pytest.fixture
def world(talk: Talk) -> World:
    return World(talk)


stories = st.tuples(
    st.sampled_from((*CHANNELS, "GMB")), st.sampled_from(WILLS), st.booleans(), st.sampled_from(CARRIERS)
)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=stories)
def test_nothing_leaves_for_who_does_not_want_it_and_the_rest_does(world: World, story: Story) -> None:
    """channel, will, whether the will is said before anything is sent (else while it waits), and by whom it goes."""
    channel, will, before, carrier = story
    if will in ("active", "permanent") and channel not in FIELDS:
        return  # it is closed with all others only
    person, out = world.person(channel, carrier), Out(world.talk)
    ways = [one for one in WAYS.values() if channel in one.of and (one.name != "help" or person.gateway)]
    if before:
        say(person, will, channel)
    for one in ways:
        one.start(person)
    person.talk.box.sandbox.work()
    if not before:
        say(person, will, channel)
    out.leave()
    out.leave(after=timedelta(minutes=5))
    gone = left(world.talk, out)
    expected = set() if closes(will, channel) else {one.name for one in ways}
    helped = any("Reply STOP" in line and person.known["phone"] in line for line in gone.splitlines())
    seen = {one.name for one in ways if mark(one.name, person) in gone} | ({"help"} if helped else set())
    assert (seen, story) == (expected, story)


def test_every_function_that_sends_is_gone_through() -> None:
    gone_through = {function for one in WAYS.values() for function in one.through}
    assert set(senders()) == gone_through | set(NOT_A_WAY)
