"""Whatever is stored and asked, the search finds what going through all contacts one by one finds."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundlevel.areas.contacts.contact import CONTACTS, Contact
from groundlevel.areas.custom_fields import FieldValue
from groundlevel.conftest import LOCATION, Box
from groundlevel.kernel.store import Owners

OWNERS = Owners(LOCATION)
NAMES = ["Anna", "annabel", "Änna Ek", "an", 'o"an', "007", "7", "İda", "Ann* (x)"]
CITIES = ["Åby", "åby", "Lund", "lund%", "7"]
TAGS = ["vip", "7", "007", "1e1", "10", "ä"]
DAYS = ["2027-03-01", "2027-03-02", "2027-03-03"]
MOMENTS = [f"{day}T10:00:00.000Z" for day in DAYS]
NUMBERS = [0, 7, 10, 10.5, -3]

maybe = st.none() | st.sampled_from(NAMES)
people = st.builds(
    dict,
    name=maybe,
    city=st.none() | st.sampled_from(CITIES),
    email=st.none() | st.sampled_from(["anna@x.se", "7@x.se", "änna@x.se"]),
    phone=st.none() | st.sampled_from(["+46181234567", "+14155552671"]),
    tags=st.lists(st.sampled_from(TAGS), unique=True, max_size=3),
    number=st.none() | st.sampled_from(NUMBERS),
    born=st.none() | st.sampled_from(DAYS),
    added=st.sampled_from(MOMENTS),
    dnd=st.booleans(),
)


def contact_of(i: int, said: dict[str, Any]) -> Contact:
    name = said["name"]
    value = said["number"]
    return Contact(
        id=f"contact{i:013}", location_id=LOCATION, type="lead", source="web", date_added=said["added"],
        date_updated=said["added"], dnd=said["dnd"], name=name, full_name_lower_case=name and name.lower(),
        city=said["city"], email=said["email"], phone=said["phone"], tags=said["tags"], date_of_birth=said["born"],
        custom_fields=[] if value is None else [FieldValue(id="pin", value=value)],
    )  # fmt: skip


def one_or_more(values: list[Any]) -> st.SearchStrategy[Any]:
    return st.sampled_from(values) | st.lists(st.sampled_from(values), min_size=1, max_size=3)


def ranges(values: list[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(["gt", "gte", "lt", "lte"]), st.sampled_from(values), min_size=1, max_size=2)


def filters_of(field: str, values: list[Any], pieces: list[str], *, ranged: bool) -> list[st.SearchStrategy[Any]]:
    """Filters of one field: equality, pieces, existence and ranges, as far as the field has them."""
    made = [
        st.builds(dict, field=st.just(field), operator=st.sampled_from(["eq", "not_eq"]), value=one_or_more(values)),
        st.builds(dict, field=st.just(field), operator=st.sampled_from(["exists", "not_exists"])),
    ]
    if pieces:
        some = st.sampled_from(["contains", "not_contains"])
        made.append(st.builds(dict, field=st.just(field), operator=some, value=st.sampled_from(pieces)))
    if ranged:
        made.append(st.builds(dict, field=st.just(field), operator=st.just("range"), value=ranges(values)))
    return made


PIECES = ["a", "an", "ann", "nna", "Ä", "änna", "7", "07", '"', 'o"a', "İ", "(x)", "*", "LUND", "Åby", "@x.", "1812"]
simple = st.one_of(
    *filters_of("contactName", NAMES, PIECES, ranged=True),
    *filters_of("city", CITIES, PIECES, ranged=True),
    *filters_of("email", ["anna@x.se", "ÄNNA@x.se", "none"], PIECES, ranged=True),
    *filters_of("phone", ["+46181234567", "7"], PIECES, ranged=True),
    *filters_of("tags", TAGS, TAGS, ranged=False),
    *filters_of("customFields.pin", [*NUMBERS, "7"], [], ranged=False),
    *filters_of("customFields.pin", NUMBERS, [], ranged=True),
    *filters_of("dateOfBirth", DAYS, [], ranged=True),
    *filters_of("dateAdded", MOMENTS, [], ranged=True),
    *filters_of("dnd", [True, False], [], ranged=False),
)
filters = st.recursive(
    simple,
    lambda inner: st.builds(dict, group=st.sampled_from(["AND", "OR"]), filters=st.lists(inner, max_size=3)),
    max_leaves=5,
)
questions = st.builds(
    dict,
    filters=st.lists(filters, max_size=3),
    query=st.sampled_from(["", "", *PIECES[:12], "anna", "x.se"]),
)


# --- the plain way ---

ATTRIBUTES = {
    "contactName": "full_name_lower_case", "city": "city", "email": "email", "phone": "phone", "tags": "tags",
    "dateOfBirth": "date_of_birth", "dateAdded": "date_added", "dnd": "dnd",
}  # fmt: skip
COMPARE = {
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
}


def ascii_lower(text: str) -> str:
    return "".join(c.lower() if c.isascii() else c for c in text)


def fits(contact: Contact, f: dict[str, Any]) -> bool:
    if "group" in f:
        found = [fits(contact, inner) for inner in f["filters"]]
        return any(found) if f["group"] == "OR" else all(found)
    operator: str = f["operator"]
    if operator.startswith("not_"):
        return not fits(contact, f | {"operator": operator[4:]})
    if f["field"] == "customFields.pin":
        held: Any = next((v.value for v in contact.custom_fields), None)
        return compared(held, operator, f.get("value"), lambda v: float(v))
    held = getattr(contact, ATTRIBUTES[f["field"]])
    lower = f["field"] in ("contactName", "email", "tags")
    return compared(held, operator, f.get("value"), lambda v: v.lower() if lower else v)


def compared(held: Any, operator: str, value: Any, normal: Any) -> bool:
    if operator == "exists":
        return held not in (None, "", [])
    if held is None:
        return False
    if operator == "range":
        return all(COMPARE[op](held, normal(bound)) for op, bound in value.items())
    wanted = [normal(v) for v in (value if isinstance(value, list) else [value])]
    if isinstance(held, list):
        return any(w in held for w in wanted)
    if operator == "contains":
        return ascii_lower(wanted[0]) in ascii_lower(held)
    return held in wanted


def has_text(contact: Contact, query: str) -> bool:
    query = query.lower()
    held = [t for t in (contact.full_name_lower_case, contact.email, contact.phone) if t]
    return any(query in t if len(query) > 2 else t.startswith(query) for t in held)


# --- the comparison ---


def write(box: Box, gone: list[Contact], new: list[Contact]) -> None:
    def work(ctx: Any) -> None:
        for contact in gone:
            ctx.db.delete(CONTACTS, contact.id)
        for contact in new:
            ctx.db.put(CONTACTS, contact)

    box.sandbox.do(OWNERS, work)


def check(box: Box, contacts: list[Contact], asked: list[dict[str, Any]]) -> None:
    for question in asked:
        said = {"locationId": LOCATION, "pageLimit": 500, **question}
        reply = box.location.post("/contacts/search", json=said)
        assert reply.status_code == 200, reply.text
        newest = sorted(contacts, key=lambda c: (c.date_added, c.id), reverse=True)
        expected = [c.id for c in newest if all(fits(c, f) for f in question["filters"])]
        if question["query"]:
            with_text = {c.id for c in contacts if has_text(c, question["query"])}
            expected = [id for id in expected if id in with_text]
        assert (question, [c["id"] for c in reply.json()["contacts"]]) == (question, expected)
        assert reply.json()["total"] == len(expected)


def tend(box: Box) -> None:
    while box.sandbox.app.store.tend():
        pass


@settings(
    max_examples=60, deadline=None, database=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(
    first=st.lists(people, min_size=1, max_size=8),
    second=st.lists(people, max_size=8),
    gone=st.sets(st.integers(0, 7), max_size=4),
    asked=st.lists(questions, min_size=3, max_size=6),
)
def test_the_search_finds_what_a_plain_look_finds(
    box: Box, first: list[dict[str, Any]], second: list[dict[str, Any]], gone: set[int], asked: list[dict[str, Any]]
) -> None:
    contacts = {c.id: c for c in (contact_of(i, said) for i, said in enumerate(first))}
    write(box, [], list(contacts.values()))
    check(box, list(contacts.values()), asked)
    tend(box)
    check(box, list(contacts.values()), asked)
    # a contact's dateAdded never changes; the rest of it does
    for i, said in enumerate(second):
        before = contacts.get(contact_of(i, said).id)
        contacts[contact_of(i, said).id] = contact_of(i, said | ({"added": before.date_added} if before else {}))
    leaving = [contacts.pop(id) for id in sorted(contacts) if int(id[-13:]) in gone]
    write(box, leaving, list(contacts.values()))
    check(box, list(contacts.values()), asked)
    tend(box)
    check(box, list(contacts.values()), asked)
    write(box, list(contacts.values()), [])
