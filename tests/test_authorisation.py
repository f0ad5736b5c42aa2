"""Who may do what: every operation, refused for every reason there is, and when refused nothing has changed."""

import shutil
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.furnished import RIVAL, RIVALS_PLACE, token_of_app
from tests.place import Place

from groundlevel.conftest import Box, furnished
from groundlevel.kernel.app import NOT_ITS_CLASS, NOT_ITS_COMPANY, NOT_ITS_LOCATION
from groundlevel.kernel.area import OPERATOR, PUBLIC, Operation
from groundlevel.kernel.binding import bound
from groundlevel.kernel.caller import TOKENS, hashed
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import LOG
from groundlevel.kernel.store import Owners
from groundlevel.kernel.store.table import TABLES
from groundlevel.main import all_areas

OPERATIONS = [op for area in all_areas() for op in area.operations]
EVERYTHING = 1_000_000
NOT_ITS_SCOPE, BAD_TOKEN, NO_TOKEN = (
    "The token is not authorized for this scope.",
    "Invalid Private Integration token",
    "Invalid JWT",
)
OTHERWISE = {"/jobs/": 404, "/totp/confirm": 400, "/oauth/token": 400, "/upload-file": 400, "/medias/folder": 400}
OTHERWISE |= {"/imports/upload": 422, "/upload/initiate": 200, "/upload/complete": 404, "/messages/upload": 400}
OTHERWISE["/messages/outbound"] = 400
"""There is no job; no code is a plausible one; a client's credentials are no token; there is no file, and no folder;
and no provider of calls is one of texts."""


def contents(box: Box) -> list[tuple[str, str, bytes]]:
    """Every row of every table and of the log: what must be the same after a refusal."""
    db = box.sandbox.app.store.read(Owners(system=True))
    rows = [
        (table.name, owner, msgspec.json.encode(doc))
        for table in TABLES.values()
        for owner, doc in db.across_owners(table, limit=EVERYTHING)
    ]
    log = [(LOG, str(number), str(rest).encode()) for number, *rest in db.log_after(LOG, 0, EVERYTHING)]
    return sorted(rows) + log


@pytest.fixture
def place(box: Box) -> Iterator[Place]:
    """A furnished installation; whatever the test does, the store must be in order afterwards."""
    yield Place(box)
    assert box.sandbox.app.store.check() == []


@pytest.fixture(scope="session")
def like(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The folder of a furnished installation, to be copied, and the ids in it."""
    folder = tmp_path_factory.mktemp("like")
    with pytest.MonkeyPatch.context() as its_own:
        its_own.setenv("GROUNDLEVEL_FILES", str(folder / "files"))
        with furnished("sqlite", folder) as box:
            ids = Place(box).ids
    return folder, ids


@pytest.fixture
def copied(like: tuple[Path, dict[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """The same as `place`, sooner, and on one store only. Its files are its own too: operations remove some."""
    monkeypatch.setenv("GROUNDLEVEL_FILES", str(shutil.copytree(like[0] / "files", tmp_path / "files")))
    with furnished("sqlite", tmp_path, like[0] / "product.db") as box:
        yield Place(box, like[1])
        assert box.sandbox.app.store.check() == []


def told(message: str) -> dict[str, Any]:
    """How the gateway words a refusal."""
    return {"statusCode": 401, "message": message}


def refusals(place: Place, op: Operation) -> dict[str, tuple[str | None, str]]:
    """Every token that must not do, and what is answered to it. A token has all scopes unless it says otherwise."""
    scopes, home, key = place.box.sandbox.scopes, place.box.location_id, place.box.sandbox.token("Operator", [])
    gone = place.token("Location", scopes, location=home)
    end(place.box, gone)
    wrong: dict[str, tuple[str | None, str]] = {
        "no token": (None, NO_TOKEN),
        "an unknown token": ("pit-00000000-0000-4000-8000-000000000000", BAD_TOKEN),
        "an expired token": (gone, BAD_TOKEN),
        "nonsense": ("eyJhbGciOiJIUzI1NiJ9.e30.c2ln", NO_TOKEN),
    }
    location, agency = place.token("Location", scopes, location=home), place.token("Company", scopes)
    if op.scope == OPERATOR:
        return wrong | {"a sub-account": (location, NO_TOKEN), "an agency": (agency, NO_TOKEN)}
    wrong["the operator's key"] = (key, NO_TOKEN)
    others = [s for s in scopes if s != op.scope]
    if op.tokens != "agency":
        wrong["a sub-account without the scope"] = (place.token("Location", others, location=home), NOT_ITS_SCOPE)
        wrong["a sub-account without scopes"] = (place.token("Location", [], location=home), NOT_ITS_SCOPE)
    else:
        wrong["a sub-account"] = (location, NOT_ITS_CLASS)
    if op.tokens != "location":
        wrong["an agency without the scope"] = (place.token("Company", others), NOT_ITS_SCOPE)
    else:
        wrong["an agency"] = (agency, NOT_ITS_CLASS)
    return wrong


def end(box: Box, value: str) -> None:
    """Let a token's time be over."""
    digest = hashed(value)

    def expire(ctx: Ctx) -> None:
        token = next(t for _, t in ctx.db.across_owners(TOKENS, limit=EVERYTHING) if t.hash == digest)
        ctx.db.put(TOKENS, msgspec.structs.replace(token, expires_at=ctx.stamp))

    box.sandbox.do(Owners(system=True), expire)


def named(op: Operation) -> str:
    """How a test is called."""
    return f"{op.method} {op.path}"


def by_area(operations: list[Operation]) -> Any:
    """Parametrizes a test by area: what is refused leaves the installation fit for the next operation."""
    areas = sorted({op.area.name for op in operations})
    groups = [[op for op in operations if op.area.name == area] for area in areas]
    return pytest.mark.parametrize("operations", groups, ids=areas)


@by_area([op for op in OPERATIONS if op.scope != PUBLIC])
def test_every_operation_refuses_whom_it_must(place: Place, operations: list[Operation]) -> None:
    for op in operations:
        wrong = refusals(place, op)
        before = contents(place.box)
        for version in op.versions:
            for why, (token, message) in wrong.items():
                reply = place.ask(op, version, token)
                assert (named(op), why, reply.status_code, reply.json()) == (named(op), why, 401, told(message))
        assert contents(place.box) == before, named(op)


def rightful(place: Place, op: Operation) -> str:
    """A token that may do it."""
    scopes, home = place.box.sandbox.scopes, place.box.location_id
    if op.scope == OPERATOR:
        return place.box.sandbox.token("Operator", [])
    if op.area.name == "oauth":
        return token_of_app(place.box, place.ids["apps"])
    return place.token("Company", scopes) if op.tokens == "agency" else place.token("Location", scopes, location=home)


def is_answered(place: Place, op: Operation) -> None:
    """The right token gets the status of success. OTHERWISE: where that cannot be shown so."""
    reply = place.ask(op, op.versions[-1], rightful(place, op))
    expected = next((status for part, status in OTHERWISE.items() if part in op.path), op.status)
    assert (named(op), reply.status_code) == (named(op), expected), reply.text


@pytest.mark.parametrize("op", OPERATIONS, ids=named)
def test_the_same_request_is_answered_with_the_right_token(copied: Place, op: Operation) -> None:
    """So that the refusals above are for their reason, and for no other."""
    is_answered(copied, op)


@by_area([op for op in OPERATIONS if op.reads])
def test_so_are_all_reads_on_either_store(place: Place, operations: list[Operation]) -> None:
    for op in operations:
        is_answered(place, op)


ABOUT_A_LOCATION = [op for op in OPERATIONS if op.scope != OPERATOR and bound(op, op.versions[-1]).where_location]


@by_area(ABOUT_A_LOCATION)
def test_another_location_cannot_be_named(place: Place, operations: list[Operation]) -> None:
    """In the path, the query or the body; by a sub-account's token, or by that of an agency it does not belong to."""
    box, scopes = place.box, place.box.sandbox.scopes
    location, agency = place.token("Location", scopes, location=box.location_id), place.token("Company", scopes)
    before = contents(box)
    for op in operations:
        wrong = [(location, box.other_location_id), (location, RIVALS_PLACE)] if op.tokens != "agency" else []
        wrong += [(agency, RIVALS_PLACE)] if op.tokens != "location" else []
        for version, (caller, other) in product(op.versions, wrong):
            reply = place.ask(op, version, caller, locations=other)
            assert (named(op), reply.status_code, reply.json()["message"]) == (named(op), 403, NOT_ITS_LOCATION)
        assert contents(box) == before, named(op)


ABOUT_A_COMPANY = [op for op in OPERATIONS if op.scope != OPERATOR and bound(op, op.versions[-1]).where_company]


@by_area(ABOUT_A_COMPANY)
def test_another_agency_cannot_be_named(place: Place, operations: list[Operation]) -> None:
    callers = {"agency": place.token("Company", place.box.sandbox.scopes, RIVAL)}
    callers["location"] = callers["either"] = place.token("Location", place.box.sandbox.scopes, RIVAL, RIVALS_PLACE)
    before = contents(place.box)
    for op, version in [(one, version) for one in operations for version in one.versions]:
        reply = place.ask(op, version, callers[op.tokens], locations=RIVALS_PLACE)
        assert (named(op), reply.status_code, reply.json()["message"]) == (named(op), 403, NOT_ITS_COMPANY)
        assert contents(place.box) == before, named(op)


NO_RECORDS = {"locationId", "companyId", "type", "recordId", "resourceType"}
"""The last is the id of a record of any object, and only its relations are told: it may have none."""
WITH_RECORDS = [op for op in OPERATIONS if op.scope != OPERATOR and set(op.parameters) - NO_RECORDS]


@by_area(WITH_RECORDS)
def test_records_of_another_location_are_unknown(place: Place, operations: list[Operation]) -> None:
    """A neighbour knows the ids of ours, and has every scope: the answer is as for an id that nobody has."""
    box = place.box
    neighbour = place.token("Location", box.sandbox.scopes, location=box.other_location_id)
    rival = place.token("Company", box.sandbox.scopes, RIVAL)
    before = contents(box)
    for op, version in [(one, version) for one in operations for version in one.versions]:
        agency = op.tokens == "agency"
        where = RIVALS_PLACE if agency else box.other_location_id
        reply = place.ask(op, version, rival if agency else neighbour, locations=where, companies=RIVAL)
        message = reply.json().get("message", "")
        unknown = {id for id in place.ids.values() if message.endswith(f"with id {id} not found")}
        assert (named(op), reply.status_code in (400, 404), len(unknown)) == (named(op), True, 1), reply.text
        assert contents(box) == before, named(op)
