"""One location with a million contacts: how long searches take, and whether a read still costs what it did."""

import itertools
import json
import random
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from benchmarks.generator import Load, ask
from benchmarks.installation import Account, groundlevel
from benchmarks.large import Large, large
from benchmarks.measures import Plan, Result, Seen, Side, alternate, under
from benchmarks.people import CITIES, RARE_NAME_EVERY, email, names, phone_digits

LARGE, SMALL = 8474, 8475
LIMIT_MS = 25.0
MOST_S = 120.0
"""When asking ends, finished or not: the shuffled order leaves something of every kind."""
Kinds = dict[str, list[bytes]]


def searches(account: Account, size: int, each: int) -> Kinds:
    """Kind of question -> requests of that kind, no two alike where the kind allows it."""
    pick = random.Random(7)

    def some(of: int = size) -> int:
        return pick.randrange(of)

    def found(*filters: Any, **more: Any) -> bytes:
        return account.search(filters=list(filters), **more)

    kinds = {
        "text: a common first name": lambda: account.search(query=names(some())[0].lower()),
        "text: a common last name": lambda: account.search(query=names(some())[1].lower()),
        "text: first and last name": lambda: account.search(query=" ".join(names(some())).lower()),
        "text: a name nobody shares": lambda: account.search(
            query=f"quillfeather{some(max(1, size // RARE_NAME_EVERY))}"
        ),
        "text: nothing has it": lambda: account.search(query=f"zzyx{some()}"),
        "text: part of an email": lambda: account.search(query=email(some())[3:20]),
        "text: every email has it": lambda: account.search(query="example"),
        "text: part of a phone": lambda: account.search(query=phone_digits(some())[2:]),
        "text: area code": lambda: account.search(query=phone_digits(some())[:3]),
        "text: two letters": lambda: account.search(query=names(some())[0][:2].lower()),
        "list: a common last name": lambda: account.list(f"&query={names(some())[1]}"),
    }
    kinds |= _filtered(account, some, found)
    return {name: [make() for _ in range(each)] for name, make in kinds.items()}


def _filtered(account: Account, some: Any, found: Any) -> dict[str, Any]:
    def eq(field: str, value: Any) -> dict[str, Any]:
        return {"field": field, "operator": "eq", "value": value}

    def by(field: str, direction: str = "asc") -> dict[str, Any]:
        return {"sort": [{"field": field, "direction": direction}]}

    def days(first: int, last: int) -> dict[str, Any]:
        return {"field": "dateAdded", "operator": "range", "value": {"gte": _day(first), "lte": _day(last)}}

    def city() -> dict[str, Any]:
        return eq("city", CITIES[some(len(CITIES))])

    level = f"customFields.{account.field_id}"
    return {
        "tag: rare": lambda: found(eq("tags", "press")),
        "tag: one of 500": lambda: found(eq("tags", f"segment-{some(500)}")),
        "tag: a third has it": lambda: found(eq("tags", "customer")),
        "tag: a third, by name": lambda: found(eq("tags", "customer"), **by("firstNameLowerCase")),
        "city": lambda: found(city()),
        "city, by first name": lambda: found(city(), **by("firstNameLowerCase")),
        "city, by date updated": lambda: found(city(), **by("dateUpdated", "desc")),
        "city and tag": lambda: found(city(), eq("tags", f"segment-{some(500)}")),
        "city and common tag, by date updated": lambda: found(
            city(), eq("tags", "customer"), **by("dateUpdated", "desc")
        ),
        "assigned to": lambda: found(eq("assignedTo", account.user_id)),
        "assigned to, by last name": lambda: found(eq("assignedTo", account.user_id), **by("lastNameLowerCase")),
        "added in a week": lambda: found(days(day := 1 + some(330), day + 7)),
        "added in a week, by first name": lambda: found(
            days(day := 1 + some(330), day + 7), **by("firstNameLowerCase")
        ),
        "custom field": lambda: found(eq(level, f"level {some(1_000)}")),
        "custom field, by date updated": lambda: found(eq(level, f"level {some(1_000)}"), **by("dateUpdated", "desc")),
        "one of two cities": lambda: found({"group": "OR", "filters": [city(), city()]}),
        "a city or a tag": lambda: found({"group": "OR", "filters": [city(), eq("tags", f"segment-{some(500)}")]}),
        "email": lambda: found(eq("email", email(some()))),
        "name and text": lambda: found(city(), query=names(some())[1].lower()),
        "no filter, by date updated": lambda: found(**by("dateUpdated", "desc")),
    }


def _day(back: int) -> str:
    """So many days into the year that the contacts were added over."""
    return (datetime(2025, 6, 20, tzinfo=UTC) + timedelta(days=back)).strftime("%Y-%m-%dT00:00:00.000Z")


def searching(plan: Plan, on: Large, port: int) -> tuple[list[Result], list[str]]:
    """Every kind, all mixed, by one client: latency from the first byte sent to the last received."""
    kinds = searches(on.account, on.size, plan.per_query)
    for name, requests in kinds.items():
        status, body = ask(port, requests[0])
        if status != 200:
            raise RuntimeError(f"{name}: {status} {body[:300]!r}")
    shares = {name: json.loads(ask(port, requests[0])[1]) for name, requests in kinds.items()}
    mixed = [(raw, i) for i, requests in enumerate(kinds.values()) for raw in requests]
    random.Random(3).shuffle(mixed)
    load = Load(port, 1)
    load.run(iter(mixed[: len(mixed) // 5]), MOST_S / 4)
    done = load.run(iter(mixed), MOST_S)
    load.close()
    results: list[Result] = []
    for i, name in enumerate(kinds):
        hits = shares[name].get("total", shares[name].get("count", 0))
        detail = f"median {done.quantile(0.5, i):.2f} ms; e.g. {hits:,} found"
        results.append(under(f"  {name}, p99", done.quantile(0.99, i), LIMIT_MS, "ms", detail))
    for word, texts in (("text search", True), ("filtered search", False)):
        of = {i for i, name in enumerate(kinds) if name.startswith(("text", "list")) == texts}
        every = sorted(s for s, k in done.latencies if k in of)
        p99 = 1000 * every[int(0.99 * len(every))]
        detail = f"median {1000 * median(every):.2f} ms, {len(every):,} questions of {len(of)} kinds"
        results.insert(0, under(f"{word} at {on.size:,}, p99", p99, LIMIT_MS, "ms", detail))
    return results, [f"Mix by one client: {done.rate:,.0f} searches a second."]


def at_scale(plan: Plan) -> tuple[list[Result], list[Seen], list[str]]:
    """Searches in the large location, and reads there next to reads in a small one."""
    big, little = large(plan.large), large(1_000)
    with ExitStack() as stack:
        ours = stack.enter_context(groundlevel(big.path, LARGE, big.account, "large"))
        results, notes = searching(plan, big, LARGE)
        small = stack.enter_context(groundlevel(little.path, SMALL, little.account, "small"))
        seen = alternate(
            plan,
            Side(f"at {big.size:,}", ours, lambda: _reads(big)),
            Side(f"at {little.size:,}", small, lambda: _reads(little)),
        )
    slower = seen[1].rate / seen[0].rate
    ours_told, small_told = f"{seen[0].rate:,.0f}/s", f"{seen[1].rate:,.0f}/s at {little.size:,}"
    reading = Result(
        f"read one of {big.size:,}", ours_told, small_told, f"{slower:.2f} × as slow", "≤ 1.30 ×", slower <= 1.3
    )
    return [reading, *results], seen, notes


def _reads(of: Large) -> Any:
    ids = list(of.ids)
    random.Random(5).shuffle(ids)
    return ((of.account.read(i), 0) for i in itertools.cycle(ids))
