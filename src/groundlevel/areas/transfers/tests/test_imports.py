"""Imports and exports through the API, as the console has them done."""

from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response

from groundlevel.areas.transfers import REFUSALS, every_refusal
from groundlevel.conftest import Box
from groundlevel.kernel.store import Owners
from groundlevel.outside.files import place_of


@pytest.fixture(autouse=True)
def kept_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GROUNDLEVEL_FILES", str(tmp_path / "kept"))
    return tmp_path / "kept"


def imports(box: Box, more: str = "") -> str:
    return f"/operator/locations/{box.location_id}/imports{more}"


def sent(box: Box, text: str, **said: str) -> Response:
    return box.operator.post(imports(box, "/upload"), data=said, files={"file": ("people.csv", text.encode())})


def shown(box: Box, one: dict[str, Any], *names: str) -> list[Any]:
    told = box.operator.get(imports(box, f"/{one['id']}")).json()
    return [told[name] for name in names]


def test_a_file_is_sent_mapped_started_and_taken_by_the_worker(box: Box, kept_here: Path) -> None:
    people = [f"P{n},p{n}@example.com,{'12' if n % 100 == 3 else ''},note" for n in range(600)]
    one = sent(box, "\n".join(["Who,Mail,Phone,Memo", *people])).json()
    assert {c["heading"]: c["field"] for c in one["columns"]} == {
        "Who": "", "Mail": "email", "Phone": "phone", "Memo": "",
    }  # fmt: skip
    said = {"columns": {"Who": "firstName"}}
    mapped = box.operator.put(imports(box, f"/{one['id']}"), json=said).json()
    assert mapped["columns"][0] == {"heading": "Who", "field": "first_name"}
    assert mapped["state"] == "waiting" and box.sandbox.work() == 0
    started = box.operator.post(imports(box, f"/{one['id']}/start"))
    assert (started.status_code, started.json()["state"]) == (200, "running")
    assert box.operator.post(imports(box, f"/{one['id']}/start")).status_code == 400
    assert box.operator.put(imports(box, f"/{one['id']}"), json=said).status_code == 400
    box.sandbox.work()
    assert shown(box, one, "state", "rows", "created", "changed", "refused") == ["done", 600, 594, 0, 6]
    assert shown(box, one, "place") == shown(box, one, "size")
    assert list(kept_here.rglob("*.csv")) == []
    page = box.operator.get(imports(box, f"/{one['id']}/refusals"), params={"limit": 2}).json()["refusals"]
    assert [(r["line"], r["reasons"]) for r in page] == [
        (5, ["phone must be a valid phone number"]), (105, ["phone must be a valid phone number"]),
    ]  # fmt: skip
    behind = {"limit": 9, "after": page[-1]["id"]}
    rest = box.operator.get(imports(box, f"/{one['id']}/refusals"), params=behind).json()["refusals"]
    assert [r["line"] for r in rest] == [205, 305, 405, 505]
    found = box.location.post("/contacts/search", json={"locationId": box.location_id, "pageLimit": 1}).json()
    assert (found["total"], found["contacts"][0]["source"]) == (594, "import")


def test_a_removed_import_ends_where_it_is(box: Box, kept_here: Path) -> None:
    one = sent(box, "\n".join(["Email", *(["nobody"] * 300)])).json()
    box.operator.post(imports(box, f"/{one['id']}/start"))
    assert len(list(kept_here.rglob("*.csv"))) == 1
    assert box.operator.delete(imports(box, f"/{one['id']}")).json() == {"succeeded": True}
    box.sandbox.work()
    assert list(kept_here.rglob("*.csv")) == []
    assert box.operator.get(imports(box)).json() == {"imports": []}
    assert box.operator.get(imports(box, f"/{one['id']}")).status_code == 404
    two = sent(box, "\n".join(["Email", *(["nobody"] * 300)])).json()
    box.operator.post(imports(box, f"/{two['id']}/start"))
    box.sandbox.work()
    assert shown(box, two, "state", "refused") == ["done", 300]
    box.operator.delete(imports(box, f"/{two['id']}"))
    box.sandbox.work()
    db = box.sandbox.app.store.read(Owners(box.location_id))
    assert (db.count(REFUSALS), list(every_refusal(db, two["id"]))) == (0, [])


def test_a_file_that_is_lost_is_told(box: Box, kept_here: Path) -> None:
    one = sent(box, "Email\na@example.com").json()
    assert place_of(box.sandbox.app.settings) == str(kept_here)
    for file in kept_here.rglob("*.csv"):
        file.unlink()
    box.operator.post(imports(box, f"/{one['id']}/start"))
    box.sandbox.work()
    assert shown(box, one, "state", "error") == ["failed", "The file is not there any more."]


def test_what_cannot_be_imported_is_refused(box: Box) -> None:
    for text, said, why in (
        (
            "Email",
            {"kind": "shoes"},
            "shoes cannot be imported; these can: contacts, opportunities, businesses, and objects by their keys",
        ),
        ("", {}, "The file has no row of headings."),
        ("Shoe\n1", {}, "None of the columns is a field that we know; say which is which."),
    ):
        refused = sent(box, text, **said)
        assert (refused.status_code, refused.json()["message"]) == (400, why)
    without = box.operator.post(imports(box, "/upload"), json={"file": "/etc/passwd"})
    assert (without.status_code, without.json()["message"]) == (422, ["file should not be empty"])
    one = sent(box, "Email\na@example.com").json()
    wrong = box.operator.put(imports(box, f"/{one['id']}"), json={"columns": {"Shoe": "email"}})
    assert wrong.json()["message"] == "The file has no column Shoe. It has: Email."


def test_records_are_exported_page_by_page(box: Box) -> None:
    ids = sorted(box.new_contact(firstName="P", tags=["a", "b"], email=f"p{n}@example.com") for n in range(3))
    exports = f"/operator/locations/{box.location_id}/exports"
    first = box.operator.get(f"{exports}/contacts", params={"limit": 2}).json()
    rows = [dict(zip(first["columns"], row, strict=True)) for row in first["rows"]]
    assert [row["id"] for row in rows] == ids[:2] and first["next"] == ids[1]
    assert (rows[0]["firstName"], rows[0]["tags"], rows[0]["dnd"], rows[0]["city"]) == ("P", "a; b", "false", "")
    last = box.operator.get(f"{exports}/contacts", params={"limit": 2, "after": ids[1]}).json()
    assert [row[0] for row in last["rows"]] == ids[2:] and last["next"] is None
    assert box.operator.get(f"{exports}/shoes").status_code == 400
