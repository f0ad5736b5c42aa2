"""Setting an installation up, once and again."""

from pathlib import Path

import apsw
import pytest
from tests.cli.commands import Commands

from groundlevel.areas.companies.operators import NewCompany, create_company
from groundlevel.areas.contacts import CONTACTS
from groundlevel.areas.private_integrations.tokens import NewToken, create_token
from groundlevel.cli.operate import operating
from groundlevel.kernel.caller import hashed
from groundlevel.kernel.store import Sort

IDS = {"companyId", "locationId", "userId"}
VALUES = {"agencyToken", "locationToken", "noScopeToken", "operatorToken"}
ONCE = {"userPassword", "appToken"}
OF_APP = {"clientSecret", "refreshToken"}


def test_init_makes_a_database_and_a_key_and_a_second_time_nothing(commands: Commands) -> None:
    first = commands.json("init")
    assert set(first) == {"operatorToken"}
    assert first["operatorToken"].startswith("opk-")
    before = _rows(commands.path, "tokens", "installation", "log_rows")
    assert commands.json("init") == {}
    assert "has an operator's key already" in commands.run("init")
    assert _rows(commands.path, "tokens", "installation", "log_rows") == before


def test_the_demo_tells_what_programs_need(commands: Commands) -> None:
    told = commands.json("init", "--demo")
    assert set(told) == IDS | VALUES | ONCE | {"ids", "userEmail"}
    app = {"appId", "appVersionId", "meterId", "clientId", "clientSecret"}
    deals = {"pipelineId", "pipelineStageId", "lostReasonId", "freshContactForOpportunity"}
    pets = {"schemaKey", "fieldFolderId", "associationKey"}
    plain = {"businessId", "campaignId", "workflowId", "refreshToken", "grantType"}
    desk = {"groupId", "scheduleId", "serviceId"}
    talks = {"conversationProviderId", "callProviderId", "visitorId", "contactId"}
    assert set(told["ids"]) == plain | app | deals | pets | desk | talks
    assert told["appToken"].count(".") == told["ids"]["refreshToken"].count(".") == 2
    assert all(told[name].startswith("pit-") for name in VALUES - {"operatorToken"})


def test_the_demo_again_keeps_its_data_and_replaces_its_tokens(commands: Commands) -> None:
    first = commands.json("init", "--demo")
    mine = commands.json("token", "create", "mine", "--company", first["companyId"])
    second = commands.json("init", "--demo")
    assert not {second["ids"].pop(v) for v in OF_APP} & {first["ids"].pop(v) for v in OF_APP}
    same = {k: v for k, v in first.items() if k not in VALUES | ONCE}
    assert {k: v for k, v in second.items() if k not in VALUES | ONCE} == same
    assert not {second[v] for v in VALUES | ONCE} & {first[v] for v in VALUES | ONCE}
    listed = commands.json("token", "list")
    assert sorted(t["name"] for t in listed) == ["demo agency", "demo no scope", "demo sub-account", "mine"]
    assert mine["id"] in [t["id"] for t in listed]
    assert "the demo's tokens have been replaced" in commands.run("init", "--demo")


def test_the_demo_is_the_same_everywhere(commands: Commands, tmp_path: Path) -> None:
    commands.json("init", "--demo")
    first = _rows(commands.path)
    commands.path = tmp_path / "other.db"
    commands.database = f"sqlite:///{commands.path}"
    commands.json("init", "--demo")
    assert _rows(commands.path) == first
    assert len(first["contacts"]) == 310


def test_recent_contacts_are_plain_leads(commands: Commands) -> None:
    told = commands.json("init", "--demo")
    with operating(commands.database) as operator:
        found = operator.look(
            lambda ctx: ctx.db.find(CONTACTS, sort=(Sort("date_added", True),), limit=20), location=told["locationId"]
        )
    assert all(isinstance(v.value, str) for contact in found for v in contact.custom_fields)
    assert all(len(contact.custom_fields) <= 2 for contact in found)


def test_tokens_are_kept_as_hashes_only(commands: Commands) -> None:
    told = commands.json("init", "--demo")
    kept = commands.path.read_bytes()
    for name in VALUES:
        assert told[name].encode() not in kept
        assert hashed(told[name]).encode() in kept


def test_a_demo_does_not_mix_with_a_real_agency(commands: Commands) -> None:
    commands.json("init")
    with operating(commands.database) as operator:
        company = operator.do(lambda ctx: create_company(ctx, NewCompany(name="Real"))).company
        operator.do(lambda ctx: create_token(ctx, NewToken(name="x", scopes=[])), company=company.id)
    said = commands.run("init", "--demo", code=1)
    assert "Name another with --database" in said


@pytest.mark.parametrize("words", [("serve",), ("worker",), ("token", "list")])
def test_without_a_database_they_say_how_to_make_one(commands: Commands, words: tuple[str, ...]) -> None:
    said = commands.run(*words, code=1)
    assert said.startswith("Error: There is no database at")
    assert f"groundlevel init --database {commands.database}" in " ".join(said.split())


def test_a_wrong_command_ends_with_two(commands: Commands) -> None:
    assert "--port" in commands.run("serve", "--port", "many", code=2)


SEEDED = (
    "contacts",
    "contact_notes",
    "contact_tasks",
    "users",
    "locations",
    "custom_fields",
    "appointments",
    "calendars",
    "calendar_taken",
    "enrolments",
    "log_rows",
)


def _rows(path: Path, *tables: str) -> dict[str, list[object]]:
    db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    return {name: db.execute(f"SELECT doc FROM {name} ORDER BY 1").fetchall() for name in tables or SEEDED}
