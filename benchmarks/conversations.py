"""`python -m benchmarks.conversations`: searches of conversations, and messages that are sent.

How long searches of every kind take in one location with two hundred thousand conversations, and in one with ten; and
how many texts a second are taken in, while a worker lets them go into a record of what would have left.
"""

import random
import shutil
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from cyclopts import App as Command
from cyclopts import Parameter
from msgspec.structs import replace

from benchmarks import report
from benchmarks.generator import Load, request
from benchmarks.growing import Kinds, compared
from benchmarks.installation import Account, groundlevel, install, opened, stored
from benchmarks.large import AT_ONCE
from benchmarks.measures import Result
from benchmarks.people import email
from benchmarks.postgres import spread_over_cores
from benchmarks.processes import DATA, LOAD_CORE, pin
from groundlevel.areas.contacts import CONTACTS
from groundlevel.areas.conversations import CONVERSATIONS, conversation_id
from groundlevel.areas.conversations.conversation import Conversation, of_contact
from groundlevel.areas.outbox import OUTBOX
from groundlevel.kernel.app import App
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.kernel.store import Exists
from groundlevel.kernel.wire import epoch_ms, iso

SIZES, QUICK_SIZES = (10_000, 200_000), (1_000, 10_000)
LIMIT_MS, PORT, WANTED = 25.0, 8477, 1_000
AT_ONCE_SENT = 128
USERS, FOLLOWERS = 20, 100
TYPES = ("TYPE_SMS",) * 5 + ("TYPE_EMAIL",) * 3 + ("TYPE_CALL", "TYPE_WHATSAPP")
NOW = datetime(2026, 6, 1, tzinfo=UTC)
command = Command(name="benchmarks.conversations", help="Measure searches of conversations, and sending.")


class Talks(msgspec.Struct):
    """A database of one location's conversations: where it is, how to ask it, and some of their contacts."""

    path: Path
    account: Account
    size: int
    contacts: list[str]
    seconds: float


def talks(size: int) -> Talks:
    """The database of this size; built if there is none yet."""
    shape = [CONVERSATIONS.index, CONVERSATIONS.sparse, CONVERSATIONS.text, CONVERSATIONS.many]
    folder = DATA / f"talks-{size}-{sha256(repr(shape).encode()).hexdigest()[:10]}"
    card = folder / "card.json"
    if not card.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        card.write_bytes(msgspec.json.encode(_build(folder / "groundlevel.db", size), enc_hook=str))
    return msgspec.json.decode(card.read_bytes(), type=Talks, dec_hook=lambda kind, value: kind(value))


def _build(path: Path, size: int) -> Talks:
    began = time.perf_counter()
    with opened(path) as app:
        made = Talks(path, install(app), size, [], 0)
        with app.store.bulk_loading({CONTACTS: (), CONVERSATIONS: ()}, size):
            for first in range(0, size, AT_ONCE):
                made.contacts += _add(app, made.account, range(first, min(first + AT_ONCE, size)))
        while app.store.tend():
            pass
    made.contacts, made.seconds = made.contacts[:: max(1, size // 5_000)], time.perf_counter() - began
    return made


def _add(app: App, account: Account, numbers: range) -> list[str]:
    people = [(n, stored(account, n, NOW)) for n in numbers]

    def work(db: Any) -> None:
        for n, one in people:
            contact = replace(one, assigned_to=f"user{n % USERS}" if n % 2 else None)
            db.put(CONTACTS, contact)
            db.put(CONVERSATIONS, talk(n, contact))

    app.store.write(account.owners, work)
    return [one.id for _, one in people]


def talk(n: int, contact: Any) -> Conversation:
    """Conversation n as Groundlevel keeps it, last heard of half-minutes ago; one in ten is fresh, two are unread."""
    pick = random.Random(n)
    last = iso(NOW - timedelta(seconds=30 * (n * 7_919 % 1_000_003)))
    bare = Conversation(
        id=conversation_id(contact.id), contact_id=contact.id, date_added=contact.date_added, last_message_date=last,
        date_updated=last, state="fresh", **of_contact(contact), followers=[f"follower{n % FOLLOWERS}"],
    )  # fmt: skip
    if n % 10 == 0:
        return bare
    inbound, unread = pick.random() < 0.5, pick.randrange(10) < 2
    return replace(
        bare, state="unread" if unread else "read", unread_count=1 if unread else 0,
        starred=n % 40 == 1 or None, last_message_type=pick.choice(TYPES), last_message_body=f"Message {n}",
        last_message_direction="inbound" if inbound else "outbound", last_action=None if inbound else "manual",
        last_manual_message_date=last if n % 3 else None, mentions=[f"user{n % USERS}"] if n % 50 == 1 else [],
    )  # fmt: skip


def searches(of: Talks, pick: random.Random) -> Kinds:
    """Kind of question -> a new one of it."""

    def found(**query: Any) -> bytes:
        asked = urlencode({"locationId": of.account.location_id, **query})
        return request("GET", f"/conversations/search?{asked}", of.account.headers)

    def user() -> str:
        return f"user{2 * pick.randrange(USERS // 2) + 1}"

    def ago(most: int) -> int:
        return epoch_ms(iso(NOW - timedelta(seconds=30 * pick.randrange(most))))

    def days() -> dict[str, int]:
        first = ago(of.size)
        return {"startDate": first, "endDate": first + 3 * 86_400_000}

    return {
        "latest": found,
        "oldest first": lambda: found(sort="asc"),
        "latest by people": lambda: found(sortBy="last_manual_message_date"),
        "unread": lambda: found(status="unread"),
        "read": lambda: found(status="read"),
        "recents": lambda: found(status="recents"),
        "starred": lambda: found(status="starred"),
        "a user's": lambda: found(assignedTo=user()),
        "two users'": lambda: found(assignedTo=f"{user()},{user()}"),
        "nobody's": lambda: found(assignedTo="unassigned"),
        "a user's unread": lambda: found(assignedTo=user(), status="unread"),
        "a user's or nobody's unread": lambda: found(assignedTo=f"{user()},unassigned", status="unread"),
        "a follower's": lambda: found(followers=f"follower{pick.randrange(FOLLOWERS)}"),
        "where a user is mentioned": lambda: found(mentions="user1"),
        "last a mail": lambda: found(lastMessageType="TYPE_EMAIL"),
        "last a mail, unread": lambda: found(lastMessageType="TYPE_EMAIL", status="unread"),
        "last heard from them": lambda: found(lastMessageDirection="inbound"),
        "last heard from people here": lambda: found(lastMessageDirection="outbound", lastMessageAction="manual"),
        "begun in three days": lambda: found(**days()),
        "a contact's": lambda: found(contactId=pick.choice(of.contacts)),
        "a later page": lambda: found(startAfterDate=ago(of.size)),
        "text: an e-mail": lambda: found(query=email(pick.randrange(of.size))[:-4]),
        "text: a name": lambda: found(query=pick.choice(("anna", "smith", "garcia", "lee"))),
        "text: a name, unread": lambda: found(query=pick.choice(("anna", "smith")), status="unread"),
        "a hundred at once": lambda: found(limit=100),
    }


def sent_a_second(of: Talks, seconds: float) -> Iterator[Result]:
    """Texts that are taken in by one process while its worker records them; each is on the disk when it is answered."""
    copy = of.path.with_name("sending.db")
    with opened(of.path):
        pass  # what is in its journal goes into the file
    shutil.copyfile(of.path, copy)

    def texts() -> Iterator[tuple[bytes, int]]:
        n = 0
        while True:
            n += 1
            said = {"type": "SMS", "contactId": of.contacts[n % len(of.contacts)], "message": f"Text number {n}"}
            yield request("POST", "/conversations/messages", of.account.headers, msgspec.json.encode(said)), 0

    with groundlevel(copy, PORT, of.account, "sending") as server:
        spread_over_cores(server)  # the worker works beside it, where the load generator waits
        load = Load(PORT, AT_ONCE_SENT, awake=False)
        load.run(texts(), seconds / 4)
        done = load.run(texts(), seconds)
        load.close()
    if set(done.statuses) != {b"200"}:
        raise RuntimeError(f"answered {dict(done.statuses)}")
    with opened(copy) as app:
        system = app.store.read(SYSTEM)
        left, waiting = system.count(OUTBOX), system.count(OUTBOX, Exists("due"))
    detail = f"p99 {done.quantile(0.99):.1f} ms; {left - waiting:,} of {left:,} had left when it stopped"
    yield Result("texts sent", f"{done.rate:,.0f}/s", detail, "", f"≥ {WANTED:,}/s", done.rate >= WANTED)


@command.default
def run(*, quick: Annotated[bool, Parameter(negative="")] = False) -> int:
    """Measure; ends with 1 if a claim does not hold.

    Parameters
    ----------
    quick
        Only show that everything runs, with small databases.
    """
    pin(LOAD_CORE)
    small, big = (talks(size) for size in (QUICK_SIZES if quick else SIZES))
    found = list(compared("conversation", small, big, searches, 20 if quick else 200, LIMIT_MS))
    found += sent_a_second(small, 2.0 if quick else 10.0)
    report.printed(found)
    return int(not quick and any(r.held is False for r in found))


if __name__ == "__main__":
    sys.exit(command(result_action="return_value"))
