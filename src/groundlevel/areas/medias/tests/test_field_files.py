"""Files for custom fields."""

from pathlib import Path
from typing import Any

import pytest

from groundlevel.areas.medias.tests.test_medias import PNG, fetched, listed
from groundlevel.conftest import Box

PDF = b"%PDF-1.7\n" + bytes(50)


@pytest.fixture(autouse=True)
def kept_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GROUNDLEVEL_FILES", str(tmp_path / "kept"))
    return tmp_path / "kept"


def send(box: Box, files: dict[str, Any], **said: str) -> Any:
    return box.location.post(f"/locations/{box.location_id}/customFields/upload", data=said, files=files)


def test_files_are_taken_in_for_a_field_and_shown_in_no_list(box: Box, kept_here: Path) -> None:
    field = {"name": "Papers", "dataType": "FILE_UPLOAD", "acceptedFormat": [".pdf", ".PNG"], "isMultipleFile": True}
    made = box.location.post(f"/locations/{box.location_id}/customFields", json=field)
    field_id = made.json()["customField"]["id"]
    reply = send(box, {"one_1": ("Plan.pdf", PDF), "two": ("dot.png", PNG)}, id=field_id)
    assert reply.status_code == 200, reply.text
    told = reply.json()
    urls = told["uploadedFiles"]
    assert told == {
        "uploadedFiles": urls,
        "meta": [
            {"fieldname": "one_1", "originalname": "Plan.pdf", "encoding": "7bit", "mimetype": "application/pdf",
             "size": 59, "url": urls["one_1"]},
            {"fieldname": "two", "originalname": "dot.png", "encoding": "7bit", "mimetype": "image/png",
             "size": 108, "url": urls["two"]},
        ],
    }  # fmt: skip
    assert (fetched(box, urls["one_1"]).content, fetched(box, urls["two"]).content) == (PDF, PNG)
    assert listed(box, fetchAll="true") == []
    value = {"one_1": {"url": urls["one_1"], "meta": {"originalname": "Plan.pdf"}}}
    id = box.new_contact(firstName="Anna", customFields=[{"id": field_id, "field_value": value}])
    (shown,) = box.location.get(f"/contacts/{id}").json()["contact"]["customFields"]
    assert shown == {"id": field_id, "value": value}

    kept = len([*kept_here.rglob("*.*")])
    refused = send(box, {"one": ("run.sh", b"#!/bin/sh")})
    assert (refused.status_code, refused.json()["message"]) == (400, "Files of the kind sh are not kept")
    refused = send(box, {"one": ("a.pdf", PDF), "two": ("b.pdf", PDF)}, maxFiles="1")
    assert (refused.status_code, refused.json()["message"]) == (400, "No more than 1 files can be sent")
    refused = send(box, {}, maxFiles="16")
    assert (refused.status_code, refused.json()["message"]) == (422, ["maxFiles must be from 1 to 15"])
    assert len([*kept_here.rglob("*.*")]) == kept
    refused = send(box, {"one": ("dot.gif", b"GIF89a" + bytes(20))}, id=field_id)
    assert refused.json()["message"] == "dot.gif is not of a format that the field accepts: pdf, png"
    assert send(box, {}).json() == {"uploadedFiles": {}, "meta": []}
