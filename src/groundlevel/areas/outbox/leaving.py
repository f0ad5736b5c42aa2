"""What a worker takes out of the outbox and what it brings back: each step in a unit of work, nothing is sent here.

Taking marks a message before anything of it is written to a gateway. So a worker that is killed leaves a mark, and who
finds it knows that the message may have left: it is given again only to a gateway that sends nothing twice.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from groundlevel.areas.medias import found_at
from groundlevel.areas.outbox.events import Became, Left
from groundlevel.areas.outbox.gateways import GATEWAYS, Gateway
from groundlevel.areas.outbox.outgoing import EVERYBODYS, OUTBOX, Outgoing, closed_to, contact_of, due_by
from groundlevel.areas.outbox.providers import PROVIDERS
from groundlevel.areas.outbox.steps import after, arrived, begun, handed, lost, recorded, refused
from groundlevel.areas.webhooks import Provider, ProviderOutboundMessage, send_to_provider
from groundlevel.kernel.caller import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.settings import Settings
from groundlevel.kernel.store import In, Owners, Range, Sort, Unit
from groundlevel.kernel.wire import iso
from groundlevel.outside.transport import Report

MOST, DEEP = 200, 1_000
"""Messages that are looked at together, and at most in one queue."""


class Parcel(Struct, frozen=True):
    """A message that is about to be given to a gateway. names: what the files with it are called."""

    one: Outgoing
    gateway: Gateway
    names: dict[str, str] = {}


class Outcome(Struct, frozen=True):
    """What came of it. `chance` in [0, 1) varies a wait."""

    parcel: Parcel
    report: Report
    idempotent: bool
    chance: float = 0.5


class Leaving:
    """One unit of work over the outbox, for whoever sees the system's rows. room: how many more a gateway takes now.

    safe: whether a gateway of this kind sends nothing twice.
    """

    def __init__(self, db: Unit, now: datetime, settings: Settings, safe: Callable[[Gateway], bool]) -> None:
        self.db, self.now, self.settings, self.safe = db, now, settings, safe
        self.kept: list[Outgoing] = []
        self.parcels: list[Parcel] = []
        self.places: dict[tuple[str, str], Ctx] = {}
        self.gateways: dict[tuple[str, str], Gateway | None] = {}
        self.crowded = False

    def take(self, room: Callable[[str], int]) -> bool:
        """Go through what is due: what is to be sent is in `parcels` then. Whether anything was done."""
        for queue in list(self._queues()):
            self._take(queue, room(queue))
        done = bool(self.kept)
        self.flush()
        return done

    def due(self, room: Callable[[str], int]) -> bool:
        """Whether there is anything to take."""
        return any(room(queue) > 0 for queue in self._queues())

    def _queues(self) -> Iterator[str]:
        """Those with something due: a step in the index for each queue that has anything at all."""
        last = ""
        while found := self.db.find(OUTBOX, Range("due", ">", last), sort=(Sort("due"),), limit=1):
            queue, at, _ = (found[0].due or "").split(" ")
            if at <= iso(self.now):
                yield queue
            last = f"{queue}!"  # behind `<queue> `

    def _take(self, queue: str, room: int) -> None:
        """What is due in one queue, in order; what goes to an address waits for what went there before.

        What was tried before comes first: it is due later than all that waits for it, however much that is. What is
        only recorded arrives at once, where more is due than is looked at together: that spares it a second look.
        """
        all_due = Range("due", ">", f"{queue} "), Range("due", "<=", due_by(queue, iso(self.now)))
        held, last, looked = set[str](), f"{queue} ", 0
        if queue != EVERYBODYS and room > 0:
            tried = self.db.claim(OUTBOX, *all_due, Range("held", ">", ""), sort=(Sort("due"),), limit=room)
            if self._paused(tried):
                return
            for one in tried:
                self._go(one)
            held, room = {one.lane for one in tried}, room - len(tried)
        while room > 0 and looked < DEEP:
            most = min(MOST, room * 4)
            found = self.db.claim(OUTBOX, Range("due", ">", last), all_due[1], sort=(Sort("due"),), limit=most)
            if self._paused(found):
                return
            held |= self._held(one.lane for one in found if one.queue != EVERYBODYS)
            self.crowded = len(found) == most
            for one in found:
                if room > 0 and not one.held and one.lane not in held:
                    room -= 1
                    self._go(one)
                    held |= {one.lane} if one.queue != EVERYBODYS else set[str]()
            looked, last = looked + len(found), (found[-1].due or "") if found else ""
            self.crowded = False
            if len(found) < most:
                return

    def _paused(self, some: list[Outgoing]) -> bool:
        """Whether nothing of a queue is to leave for now."""
        gateway = self._gateway(some[0]) if some and some[0].via == "gateway" else None
        return gateway is not None and gateway.paused

    def settle(self, outcomes: Iterable[Outcome]) -> None:
        """Write what came of attempts, unless somebody else has looked after them since."""
        for outcome in outcomes:
            one = self.db.get(OUTBOX, outcome.parcel.one.id)
            if one is None or one.state != "sending" or one.attempts != outcome.parcel.one.attempts:
                continue
            chance, idempotent = outcome.chance, outcome.idempotent
            self._keep(one, after(one, outcome.report, self.now, chance, idempotent=idempotent))
        self.flush()

    def flush(self) -> None:
        """Write what has changed."""
        if self.kept:
            self.db.put_many(OUTBOX, self.kept)
            self.kept.clear()

    def _held(self, lanes: Iterable[str]) -> set[str]:
        wanted = tuple(set(lanes))
        found = self.db.find(OUTBOX, In("held", wanted), limit=10 * MOST) if wanted else []
        return {one.lane for one in found}

    def _go(self, one: Outgoing) -> None:
        """The next step of one message."""
        if one.state == "sent":  # only recorded, and there by now
            return self._keep(one, arrived(one, self.now))
        gateway = self._gateway(one) if one.via == "gateway" else None
        if one.state == "sending" and not (gateway and self.safe(gateway)):
            return self._keep(one, lost(one, self.now))
        ctx = self.at(one)
        contact = contact_of(ctx, one)
        if contact is None and one.contact_id:
            return self._keep(one, refused(one, "the contact was removed", "", self.now))
        if closed := closed_to(ctx, contact, one):
            return self._keep(one, refused(one, closed.message, closed.code, self.now))
        if one.via == "provider":
            return self._hand_over(ctx, one)
        if one.via == "nobody":
            gone = recorded(one, self.now)
            return self._keep(one, arrived(gone, self.now) if self.crowded else gone)
        if gateway is None:
            return self._keep(one, refused(one, "its gateway was disconnected", "", self.now))
        ready = begun(one, self.now)
        self.kept.append(ready)
        self.parcels.append(Parcel(ready, gateway, _names(ctx, one)))
        return None

    def _hand_over(self, ctx: Ctx, one: Outgoing) -> None:
        """To an app's provider, which says itself what becomes of it. Without an address it fetches it."""
        provider = ctx.db.get(PROVIDERS, one.via_id)
        if provider is None:
            return self._keep(one, refused(one, "its provider was disconnected", "", self.now))
        if provider.url:
            to = Provider(id=provider.id, name=provider.name, url=provider.url, app_id=provider.app_id)
            send_to_provider(ctx, to, _for_provider(one, provider.type))
        gone = handed(one, self.now)
        self.kept.append(gone)
        if one.scheduled_for:
            self._tell(gone, "sent", first=True)
        return None

    def _keep(self, before: Outgoing, one: Outgoing) -> None:
        self.kept.append(one)
        became: dict[str, Became] = {"sent": "sent", "delivered": "delivered", "failed": "failed", "unclear": "failed"}
        if one.state in became and one.state != before.state:
            self._tell(one, became[one.state], first=one.state == "sent" or before.state == "waiting")

    def _tell(self, one: Outgoing, became: Became, *, first: bool) -> None:
        """first: whether it leaves only now, if it had been scheduled."""
        first = first and one.scheduled_for is not None and became in ("sent", "delivered")
        self.at(one).emit(
            Left(
                id=one.id, message_id=one.message_id, became=became, code=one.code, reason=one.reason, first=first,
            )
        )  # fmt: skip

    def at(self, one: Outgoing) -> Ctx:
        """Where a message is from."""
        key = one.location_id, one.company_id
        if key not in self.places:
            db = self.db.elsewhere(Owners(one.location_id, one.company_id, system=True))
            self.places[key] = Ctx(OPERATOR, db, self.now, self.settings)
        return self.places[key]

    def _gateway(self, one: Outgoing) -> Gateway | None:
        key = one.location_id, one.via_id
        if key not in self.gateways:
            self.gateways[key] = self.at(one).db.get(GATEWAYS, one.via_id)
        return self.gateways[key]


def _names(ctx: Ctx, one: Outgoing) -> dict[str, str]:
    """What the files are called that are kept here."""
    found = ((url, found_at(ctx.db, url.rpartition("/")[2])) for url in one.attachments)
    return {url: media.name for url, media in found if media}


def _for_provider(one: Outgoing, type: str) -> ProviderOutboundMessage:
    """What the provider is told of it."""
    said = ProviderOutboundMessage(
        contact_id=one.contact_id, location_id=one.location_id, message_id=one.message_id,
        type="Email" if one.channel == "Email" else "Call" if type == "Call" else "SMS" if type == "SMS" else "Custom",
        attachments=one.attachments, user_id=one.user_id or None, reply_to_alt_id=one.answers or None,
    )  # fmt: skip
    if one.html or one.subject or one.channel == "Email":
        return replace(
            said, email_message_id=one.id, email_to=[one.to], email_from=one.sender or None,
            subject=one.subject or None, html=one.html or None, message=one.text or None,
        )  # fmt: skip
    return replace(said, phone=one.to, message=one.text or None)
