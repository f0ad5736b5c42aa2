"""`python -m benchmarks.records`: one location with half a million records of its own objects, and with ten thousand.

How long searches of every kind take in each, those along relations included, and how much longer in the larger.
"""

import random
import shutil
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import msgspec
from cyclopts import App as Command
from cyclopts import Parameter

from benchmarks import report
from benchmarks.generator import request
from benchmarks.growing import Kinds, compared
from benchmarks.installation import Account, install, opened
from benchmarks.large import AT_ONCE
from benchmarks.people import names
from benchmarks.processes import DATA, LOAD_CORE, pin
from groundlevel.areas.associations.relating import RELATIONS, Relation
from groundlevel.areas.custom_fields import CUSTOM_FIELDS, CustomField, DataType, FieldOption, Property
from groundlevel.areas.objects import OBJECTS, RECORDS, ObjectSchema, Record
from groundlevel.areas.objects.events import ToldLabels
from groundlevel.areas.objects.record import Author
from groundlevel.areas.objects.reindexing import indexed
from groundlevel.kernel.app import App
from groundlevel.kernel.wire import iso, new_hex, new_id

SIZES, QUICK_SIZES = (10_000, 500_000), (1_000, 10_000)
PET, CAR = "custom_objects.pet", "custom_objects.car"
KINDS, LEVELS, HUB = ("dog", "cat", "bird", "fish", "horse"), 1_000, 1_000
FIELDS: tuple[tuple[str, DataType], ...] = (
    ("name", "TEXT"), ("age", "NUMERICAL"), ("kind", "SINGLE_OPTIONS"), ("level", "TEXT"), ("born", "DATE"),
)  # fmt: skip
NOW = datetime(2026, 6, 1, tzinfo=UTC)
command = Command(name="benchmarks.records", help="Measure searches of records.")


class Herd(msgspec.Struct):
    """A database of one location's records: where it is, how to ask it, and what they are related to.

    people: ids of contacts with some records each. hub: the id of one with a thousand.
    """

    path: Path
    account: Account
    size: int
    schemas: list[ObjectSchema]
    association: str
    people: list[str]
    hub: str
    seconds: float


def herd(size: int) -> Herd:
    """The database of this size; built if there is none yet."""
    folder = DATA / f"records-{size}-{len(repr([RECORDS.index, RECORDS.text, RECORDS.many, RELATIONS.sparse]))}"
    card = folder / "card.json"
    if not card.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        card.write_bytes(msgspec.json.encode(_build(folder / "groundlevel.db", size), enc_hook=str))
    return msgspec.json.decode(card.read_bytes(), type=Herd, dec_hook=lambda kind, value: kind(value))


def _build(path: Path, size: int) -> Herd:
    began = time.perf_counter()
    with opened(path) as app:
        account = install(app)
        people = [new_id() for _ in range(max(1, size // 5))]
        made = Herd(path, account, size, _schemas(app, account), new_hex(), people, new_id(), 0)
        with app.store.bulk_loading({RECORDS: (), RELATIONS: ()}, size):
            for first in range(0, size, AT_ONCE):
                _add(app, made, range(first, min(first + AT_ONCE, size)))
        while app.store.tend():
            pass
    made.people, made.seconds = people[:: max(1, len(people) // 5_000)], time.perf_counter() - began
    return made


def _schemas(app: App, account: Account) -> list[ObjectSchema]:
    at, here = iso(datetime(2025, 1, 1, tzinfo=UTC)), account.location_id
    options = [FieldOption(key=kind, label=kind.title()) for kind in KINDS]
    schemas = [
        ObjectSchema(
            id=new_hex(), standard=False, key=key, labels=ToldLabels(singular=key, plural=key), location_id=here,
            primary_display_property=f"{key}.name", date_added=at, date_updated=at,
            searchable_properties=[f"{key}.name", f"{key}.level"],
        )
        for key in (PET, CAR)
    ]  # fmt: skip
    fields = [
        CustomField(
            id=new_id(), name=name, field_key=f"{one.key}.{name}", data_type=kind, position=0, location_id=here,
            model=one.key, date_added=at, options=options if kind == "SINGLE_OPTIONS" else [],
        )
        for one in schemas
        for name, kind in FIELDS
    ]  # fmt: skip

    def work(db: Any) -> None:
        for one in schemas:
            db.put(OBJECTS, one)
        for field in fields:
            db.put(CUSTOM_FIELDS, field)

    app.store.write(account.owners, work)
    return schemas


def _add(app: App, to: Herd, numbers: range) -> None:
    def work(db: Any) -> None:
        for n in numbers:
            record = db.put(RECORDS, stored(to, n))
            people = [to.people[n * 7_919 % len(to.people)], *([to.hub] if n % max(1, to.size // HUB) == 1 else [])]
            for person in people:
                relation = Relation(
                    id=new_hex(), location_id=record.location_id, association_id=to.association,
                    first_object_key="contact", first_record_id=person, second_object_key=record.object_key,
                    second_record_id=record.id, date_added=record.date_added,
                    pair=f"{to.association}:{person}:{record.id}",
                )  # fmt: skip
                db.put(RELATIONS, relation)

    app.store.write(to.account.owners, work)


def stored(to: Herd, n: int) -> Record:
    """Record n as Groundlevel keeps it, added n half-minutes ago; one in ten is a car, the others are pets."""
    schema = to.schemas[n % 10 == 0]
    first, last = names(n)
    at, touched = (iso(NOW - timedelta(seconds=30 * back)) for back in (n, n * 7_919 % 1_000_003))
    author = Author(channel="OAUTH", created_at=at, source="PUBLIC_API", source_id="benchmark")
    day = int(NOW.timestamp() * 1000) // 86_400_000 * 86_400_000 - n % 3_650 * 86_400_000
    values = {"name": f"{first} {last} {n}", "age": n % 5_000, "kind": KINDS[n % 5], "level": f"level {n % LEVELS}"}
    properties = [Property(id=f"{schema.key}.{name}", value=value) for name, value in values.items()]
    record = Record(
        id=new_hex(), location_id=to.account.location_id, object_id=schema.id, object_key=schema.key, date_added=at,
        date_updated=touched, title="", created_by=author, last_updated_by=author,
        owner=[to.account.user_id] if n % 10 == 1 else [],
        properties=[*properties, Property(id=f"{schema.key}.born", value=day, day=True)],
    )  # fmt: skip
    return indexed(schema, record)


def searches(of: Herd, pick: random.Random) -> Kinds:
    """Kind of question -> a new one of it."""

    def found(*filters: Any, key: str = PET, **more: Any) -> bytes:
        body = {"locationId": of.account.location_id, "page": 1, "pageLimit": 20, "filters": list(filters), **more}
        return request("POST", f"/objects/{key}/records/search", of.account.headers, msgspec.json.encode(body))

    def level() -> dict[str, Any]:
        return by("properties.level", f"level {pick.randrange(LEVELS)}")

    def kind() -> dict[str, Any]:
        return by("properties.kind", pick.choice(KINDS))

    def ages() -> dict[str, Any]:
        first = pick.randrange(5_000)
        return by("properties.age", {"gte": first, "lt": first + 10}, "range")

    kinds = {
        "newest": found,
        "newest of the smaller object": lambda: found(key=CAR),
        "one of a thousand values": lambda: found(level()),
        "one of a thousand values, by update": lambda: found(level(), **order("updatedAt", "desc")),
        "one of five choices": lambda: found(kind()),
        "one of five choices, by update": lambda: found(kind(), **order("updatedAt", "desc")),
        "a choice and a value": lambda: found(kind(), level()),
        "a choice and a user's": lambda: found(kind(), by("owner", of.account.user_id)),
        "a number": lambda: found(by("properties.age", pick.randrange(5_000))),
        "a range of numbers": lambda: found(ages()),
        "a range of numbers and a choice": lambda: found(ages(), kind()),
        "a day": lambda: found(by("properties.born", iso(NOW - timedelta(days=pick.randrange(3_650)))[:10])),
        "one of two values": lambda: found({"group": "OR", "filters": [level(), level()]}),
        "a user's": lambda: found(by("owner", of.account.user_id)),
        "by name": lambda: found(**order("properties.name")),
        "a choice, by name": lambda: found(kind(), **order("properties.name")),
    }
    return kinds | _along_and_by_text(of, pick, found)


def _along_and_by_text(of: Herd, pick: random.Random, found: Callable[..., bytes]) -> Kinds:
    """Those along relations, and those for texts."""
    kind = by("properties.kind", "dog")

    def related(id: str) -> dict[str, Any]:
        return by("relations", [by("recordId", [id])], "nested")

    return {
        "nested: related to a contact": lambda: found(related(pick.choice(of.people))),
        "nested: related to a contact, a choice": lambda: found(related(pick.choice(of.people)), kind),
        "nested: related to one with a thousand": lambda: found(related(of.hub)),
        "nested: of a thousand, one value": lambda: found(related(of.hub), kind, **order("updatedAt", "desc")),
        "text: a name": lambda: found(query=f"{' '.join(names(n := pick.randrange(of.size)))} {n}".lower()),
        "text: a level": lambda: found(query=f"level {pick.randrange(LEVELS)}"),
        "text: two letters": lambda: found(query=names(pick.randrange(of.size))[0][:2].lower()),
    }


def by(field: str, value: Any, operator: str = "eq") -> dict[str, Any]:
    """One filter."""
    return {"field": field, "operator": operator, "value": value}


def order(field: str, direction: str = "asc") -> dict[str, Any]:
    """What a search is sorted by."""
    return {"sort": [{"field": field, "direction": direction}]}


@command.default
def run(*, quick: Annotated[bool, Parameter(negative="")] = False) -> int:
    """Measure; ends with 1 if a claim does not hold.

    Parameters
    ----------
    quick
        Only show that everything runs, with small databases.
    """
    pin(LOAD_CORE)
    small, big = (herd(size) for size in (QUICK_SIZES if quick else SIZES))
    found = list(compared("record", small, big, searches, 20 if quick else 150))
    report.printed(found)
    return int(not quick and any(r.held is False for r in found))


if __name__ == "__main__":
    sys.exit(command(result_action="return_value"))
