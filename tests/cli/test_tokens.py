"""The life of a token: made, used, replaced, ended."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.commands import Commands

from groundlevel.kernel.settings import Settings
from groundlevel.kernel.testing import Sandbox, sandbox
from groundlevel.main import build


@pytest.fixture
def served(commands: Commands, tmp_path: Path) -> Iterator[tuple[Sandbox, str]]:
    """A server in this process on the demo, and its sub-account."""
    location = commands.demo()["locationId"]
    with sandbox(lambda _: build(Settings(database=commands.database, log_requests=False)), tmp_path) as box:
        yield box, location


def _status(box: Sandbox, location: str, token: str) -> int:
    box.app.callers.remembered.clear()
    return box.client(token).get(f"/locations/{location}").status_code


def test_from_making_to_revoking(commands: Commands, served: tuple[Sandbox, str]) -> None:
    box, location = served
    made = commands.json("token", "create", "shop", "--location", location, "--scope", "locations.readonly")
    assert made["scopes"] == ["locations.readonly"]
    assert _status(box, location, made["token"]) == 200

    turned = commands.json("token", "rotate", made["id"])
    assert (_status(box, location, made["token"]), _status(box, location, turned["token"])) == (200, 200)

    again = commands.json("token", "rotate", turned["id"], "--now")
    assert (_status(box, location, turned["token"]), _status(box, location, again["token"])) == (401, 200)

    listed = {t["id"]: t for t in commands.json("token", "list")}
    assert listed[again["id"]]["hint"] == again["token"][-4:]
    assert not any("token" in t for t in listed.values())

    commands.run("token", "revoke", again["id"])
    assert _status(box, location, again["token"]) == 401


def test_a_revocation_shows_within_a_second(commands: Commands, served: tuple[Sandbox, str]) -> None:
    box, location = served
    made = commands.json("token", "create", "shop", "--location", location)
    client = box.client(made["token"])
    assert client.get(f"/locations/{location}").status_code == 200
    commands.run("token", "revoke", made["id"])
    since = time.monotonic()
    while client.get(f"/locations/{location}").status_code == 200:
        assert time.monotonic() - since < 1.0


def test_without_scopes_it_may_do_everything_of_its_kind(commands: Commands) -> None:
    told = commands.demo()
    location = commands.json("token", "create", "a", "--location", told["locationId"])["scopes"]
    agency = commands.json("token", "create", "b", "--company", told["companyId"])["scopes"]
    assert "contacts.write" in location
    assert "companies.readonly" not in location
    assert "companies.readonly" in agency
    assert "locations.readonly" in set(agency) & set(location)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("create", "x"), "either --location ID or --company ID"),
        (("create", "x", "--location", "nowhere"), "no sub-account nowhere"),
        (("create", "x", "--company", "nobody"), "Company with id nobody not found"),
        (("create", "x", "--location", "y", "--scope", "all"), "No operation asks for all"),
        (("revoke", "nothing"), "Token with id nothing not found"),
        (("rotate", "nothing"), "Token with id nothing not found"),
    ],
)
def test_mistakes_are_told_in_a_sentence(commands: Commands, words: tuple[str, ...], said: str) -> None:
    commands.run("init")
    assert said in commands.run("token", *words, code=1)


def test_an_operator_gets_another_key(commands: Commands, served: tuple[Sandbox, str]) -> None:
    box, _ = served
    first, second = (commands.json("token", "operator")["operatorToken"] for _ in range(2))
    box.app.callers.remembered.clear()
    assert [box.client(key).get("/operator/clock").status_code for key in (first, second)] == [401, 200]
