"""Files and folders of a sub-account."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response

from groundlevel.areas.medias.medias import MEDIAS
from groundlevel.conftest import Box
from groundlevel.kernel.store import Owners
from groundlevel.outside.files import place_of

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


@pytest.fixture(autouse=True)
def kept_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GROUNDLEVEL_FILES", str(tmp_path / "kept"))
    return tmp_path / "kept"


def upload(box: Box, name: str = "dot.png", content: bytes = PNG, **said: str) -> Response:
    return box.location.post("/medias/upload-file", data=said, files={"file": (name, content, "text/html")})


def uploaded(box: Box, name: str = "dot.png", content: bytes = PNG, **said: str) -> dict[str, str]:
    box.sandbox.move_clock(timedelta(seconds=1))
    reply = upload(box, name, content, **said)
    assert reply.status_code == 200, reply.text
    return reply.json()


def listed(box: Box, **params: Any) -> list[dict[str, Any]]:
    usual = {"altId": box.location_id, "altType": "location", "sortBy": "createdAt", "sortOrder": "asc", "type": "file"}
    reply = box.location.get("/medias/files", params=usual | params)
    assert reply.status_code == 200, reply.text
    return reply.json()["files"]


def fetched(box: Box, url: str, method: str = "GET", **headers: str) -> Response:
    return box.sandbox.client(None).request(method, url.removeprefix("http://127.0.0.1:8080"), headers=headers)


def test_a_file_is_taken_in_shown_and_deleted(box: Box, kept_here: Path) -> None:
    here = {"altId": box.location_id, "altType": "location"}
    dot = uploaded(box, name="../../Dot \u202e.png", content=PNG)
    url = f"http://127.0.0.1:8080/files/{box.location_id}/{dot['fileId']}.png"
    assert dot == {"fileId": dot["fileId"], "url": url}
    (file,) = listed(box)
    assert file == {
        "_id": dot["fileId"], **here, "name": "Dot .png", "type": "file", "createdAt": file["createdAt"],
        "updatedAt": file["createdAt"], "url": url, "path": f"{box.location_id}/{dot['fileId']}.png",
        "contentType": "image/png", "category": "image", "size": 108,
    }  # fmt: skip
    shown = fetched(box, url)
    assert (shown.status_code, shown.content) == (200, PNG)
    told = ("content-type", "content-disposition", "x-content-type-options", "content-length", "accept-ranges")
    assert [shown.headers[name] for name in told] == [
        "image/png", "inline; filename=\"Dot .png\"; filename*=UTF-8''Dot%20.png", "nosniff", "108", "bytes",
    ]  # fmt: skip
    assert shown.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert fetched(box, url, "HEAD").headers["content-length"] == "108"
    assert fetched(box, url, **{"If-None-Match": shown.headers["etag"]}).status_code == 304
    for range, status, part, where in (
        ("bytes=0-7", 206, PNG[:8], "bytes 0-7/108"), ("bytes=-4", 206, PNG[-4:], "bytes 104-107/108"),
        ("bytes=100-", 206, PNG[100:], "bytes 100-107/108"), ("bytes=108-", 416, b"", "bytes */108"),
    ):  # fmt: skip
        reply = fetched(box, url, Range=range)
        assert (reply.status_code, reply.content, reply.headers["content-range"]) == (status, part, where)
    renamed = box.location.post(f"/medias/{dot['fileId']}", json=here | {"name": "evil.html"}).json()
    assert renamed == {"updated": True, "traceId": renamed["traceId"]}
    assert 'filename="evil.html.png"' in fetched(box, url).headers["content-disposition"]

    path = f"/medias/{dot['fileId']}"
    assert box.location.delete(path, params=here).json()["deleted"] is True
    again = box.location.delete(path, params=here)
    assert (again.status_code, again.json()["message"]) == (400, f"Media with id {dot['fileId']} not found")
    assert fetched(box, url).status_code == 404
    box.sandbox.work()
    assert [p for p in kept_here.rglob("*") if p.is_file()] == []


def test_folders_hold_files_and_take_them_along(box: Box, kept_here: Path) -> None:
    here = {"altId": box.location_id, "altType": "location"}
    made = box.location.post("/medias/folder", json=here | {"name": "Logos"})
    assert (made.status_code, made.json()["name"], made.json()["type"]) == (200, "Logos", "folder")
    logos = made.json()["_id"]
    inner = box.location.post("/medias/folder", json=here | {"name": "Old", "parentId": logos}).json()["_id"]
    first, second = uploaded(box, "b.png", parentId=logos), uploaded(box, "a.png", parentId=inner)
    film = uploaded(box, "film.mp4", b"\0\0\0\x18ftypisom" + bytes(50))
    assert [f["name"] for f in listed(box)] == ["film.mp4"]
    assert [f["name"] for f in listed(box, parentId=logos)] == ["b.png"]
    assert [f["name"] for f in listed(box, fetchAll="true", sortBy="name")] == ["a.png", "b.png", "film.mp4"]
    assert [f["name"] for f in listed(box, fetchAll="true", sortBy="size", limit=1)] == ["film.mp4"]
    assert [f["name"] for f in listed(box, fetchAll="true", type="image", sortOrder="desc")] == ["a.png", "b.png"]
    assert [f["name"] for f in listed(box, fetchAll="true", query="FIL")] == ["film.mp4"]
    assert [f["name"] for f in listed(box, type="folder")] == ["Logos"]
    for wrong in (film["fileId"], "nobody"):
        assert upload(box, "c.png", parentId=wrong).status_code == 400
        assert box.location.post("/medias/folder", json=here | {"name": "x", "parentId": wrong}).status_code == 400

    changes = [{"id": first["fileId"], "name": "B.png"}, {"id": "nobody", "name": "x"}]
    told = box.location.put("/medias/update-files", json=here | {"filesToBeUpdated": changes})
    assert told.json() == [{"id": first["fileId"], "updated": True}, {"id": "nobody", "updated": False}]
    assert [f["name"] for f in listed(box, parentId=logos)] == ["B.png"]
    trash = here | {"filesToBeDeleted": [{"_id": logos}], "status": "trashed"}
    assert box.location.put("/medias/delete-files", json=trash).json() == [{"id": logos, "deleted": True}]
    box.sandbox.work()
    assert [f["name"] for f in listed(box, fetchAll="true")] == ["film.mp4"]
    assert fetched(box, second["url"]).status_code == 404
    assert len([p for p in kept_here.rglob("*") if p.is_file()]) == 5, "what is trashed is kept"
    both = here | {"filesToBeDeleted": [{"_id": logos}, {"_id": "nobody"}], "status": "deleted"}
    assert [one["deleted"] for one in box.location.put("/medias/delete-files", json=both).json()] == [True, False]
    box.sandbox.move_clock(timedelta(hours=2))
    for _ in range(3):
        box.sandbox.work()
    rows = box.sandbox.do(Owners(box.location_id), lambda ctx: ctx.db.find(MEDIAS))
    assert ([r.name for r in rows], len([p for p in kept_here.rglob("*") if p.is_file()])) == (["film.mp4"], 1)


def test_a_file_that_is_kept_elsewhere_is_noted(box: Box) -> None:
    said = {"hosted": "true", "fileUrl": "https://example.com/a/b.jpg?x=1"}
    noted = box.location.post("/medias/upload-file", data=said)
    assert (noted.status_code, noted.json()["url"]) == (200, said["fileUrl"])
    assert [(f["name"], f["url"]) for f in listed(box)] == [("b.jpg", said["fileUrl"])]
    for wrong in ("", "javascript:alert(1)", "file:///etc/passwd", "https://a b", "http://[::1"):
        reply = box.location.post("/medias/upload-file", data=said | {"fileUrl": wrong})
        assert (reply.status_code, reply.json()["message"]) == (422, ["fileUrl must be a URL address"])
    for body in ({}, {"file": "a text"}, {"hosted": False}):
        empty = box.location.post("/medias/upload-file", json=body)
        assert (empty.status_code, empty.json()["message"]) == (422, ["file should not be empty"])


def test_what_never_became_a_record_is_removed(box: Box, kept_here: Path) -> None:
    assert upload(box, parentId="nobody").status_code == 400
    assert len([p for p in kept_here.rglob("*") if p.is_file()]) == 1
    box.sandbox.move_clock(timedelta(minutes=61))
    assert box.sandbox.work() == 1
    assert [p for p in kept_here.rglob("*") if p.is_file()] == []


def test_files_go_with_their_sub_account(box: Box, kept_here: Path) -> None:
    gone = uploaded(box)
    there = box.other.post("/medias/upload-file", files={"file": ("dot.png", PNG)}).json()
    assert box.other.get("/medias/files", params={"altId": box.location_id, "altType": "location"}).status_code == 422
    box.agency.delete(f"/locations/{box.location_id}", params={"deleteTwilioAccount": "false"})
    box.sandbox.work()
    assert (fetched(box, gone["url"]).status_code, fetched(box, there["url"]).status_code) == (404, 200)
    assert [p.stem for p in kept_here.rglob("*") if p.is_file()] == [there["fileId"]]


def test_where_files_are_kept(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GROUNDLEVEL_FILES")
    assert place_of(box.sandbox.app.settings).endswith((".db.files", "groundlevel/files"))
