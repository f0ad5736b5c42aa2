"""Files that mean harm: refused, or kept as what they cannot do harm as."""

from pathlib import Path

import pytest

from groundlevel.areas.medias.kinds import Refused, check_drawing, clean_name, kind_of
from groundlevel.conftest import Box

PNG, GIF, JPEG = b"\x89PNG\r\n\x1a\n" + bytes(64), b"GIF89a" + bytes(64), b"\xff\xd8\xff\xe0" + bytes(64)
PDF, ZIP, OLE = b"%PDF-1.7\n", b"PK\x03\x04" + bytes(64), bytes.fromhex("d0cf11e0a1b11ae1") + bytes(64)
PAGE, EXE, ELF = b"<!DOCTYPE html><script>alert(1)</script>", b"MZ\x90\0" + bytes(64), b"\x7fELF\2\1\1" + bytes(64)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg">%s</svg>'
LAUGHS = b'<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><svg>&b;</svg>'

REFUSED = {
    "a page": ("page.html", PAGE),
    "a page in capitals": ("PAGE.HTM", PAGE),
    "a page as XHTML": ("page.xhtml", b"<html xmlns='http://www.w3.org/1999/xhtml'/>"),
    "a page called a picture": ("page.png", PAGE),
    "a page called a text": ("page.txt", PAGE),
    "a page called a table": ("page.csv", b"  \n<html><body onload=alert(1)>"),
    "a script in a text": ("notes.txt", b"hello <script>alert(1)</script>"),
    "a script": ("x.js", b"alert(1)"),
    "a script of a server": ("x.php", b"<?php system($_GET['c']);"),
    "the same called a picture": ("x.jpg", b"<?php system($_GET['c']);"),
    "the same behind a picture's name": ("x.png.php", PNG),
    "the same with a dot behind": ("x.php.", PNG),
    "the same with NUL between": ("x.php\0.exe", PNG),
    "a page for a server": ("x.jsp", b"<% %>"),
    "a setting for a server": (".htaccess", b"AddType text/html .png"),
    "a program": ("setup.exe", EXE),
    "a program called a picture": ("photo.jpg", EXE),
    "a program with its name turned round": ("photo\u202egpj.exe", EXE),
    "a program called a text": ("readme.txt", EXE),
    "a program for Linux called a text": ("readme.txt", ELF),
    "a program for Linux called a film": ("film.mp4", ELF),
    "a shell script called a table": ("t.csv", b"#!/bin/sh\nrm -rf /\n"),
    "a shortcut": ("x.lnk", b"L\0\0\0"),
    "a document with macros": ("x.docm", ZIP),
    "an archive called a picture": ("x.png", ZIP),
    "a document called an archive": ("x.zip", OLE),
    "a picture called a document": ("x.pdf", PNG),
    "a page in front of a document": ("x.pdf", b"<html>" + PDF),
    "a page called a calendar": ("x.ics", PAGE),
    "a script in a card": ("x.vcf", b"BEGIN:VCARD\nNOTE:<script>alert(1)</script>"),
    "a drawing with a script": ("x.svg", SVG % b"<script>alert(1)</script>"),
    "a drawing with a script of another name": ("x.svg", SVG % b"<s:script xmlns:s='http://www.w3.org/2000/svg'/>"),
    "a drawing that reacts": ("x.svg", SVG % b'<g onload="alert(1)"/>'),
    "a drawing that leads to a script": ("x.svg", SVG % b'<a href="java&#115;cript:alert(1)"/>'),
    "a drawing with a page in it": ("x.svg", SVG % b"<foreignObject><iframe/></foreignObject>"),
    "a drawing that changes itself": ("x.svg", SVG % b'<animate attributeName="href" to="javascript:alert(1)"/>'),
    "a drawing that multiplies": ("x.svg", LAUGHS),
    "a drawing in another code": ("x.svg", "<svg onload='alert(1)'/>".encode("utf-16")),
    "a drawing in seven bits": ("x.svg", b'<?xml version="1.0" encoding="UTF-7"?><svg>+ADw-script+AD4-</svg>'),
    "a drawing with a style sheet": ("x.svg", b'<?xml-stylesheet href="x.xsl"?><svg/>'),
    "a page called a drawing": ("x.svg", PAGE),
    "nothing": ("x.png", b""),
    "no name": ("", PNG),
    "only dots": ("../..", PNG),
}
HARMLESS = {
    "a picture that is a script too": ("x.gif", b"GIF89a/*" + bytes(8) + b"*/=1;alert(1)//", "image/gif", "inline"),
    "a picture with a page behind": ("x.png", PNG + PAGE, "image/png", "inline"),
    "a picture with a program of a server in it": ("x.jpg", JPEG + b"<?php system('id'); ?>", "image/jpeg", "inline"),
    "a picture with an archive behind": ("x.gif", GIF + ZIP, "image/gif", "inline"),
    "a film with a page in it": ("x.mp4", b"\0\0\0\x18ftypisom" + PAGE, "video/mp4", "inline"),
    "a document with a script": ("x.pdf", PDF + b"/OpenAction << /S /JavaScript >>", "application/pdf", "attachment"),
    "a document that is an archive too": ("x.pdf", PDF + ZIP, "application/pdf", "attachment"),
    "an archive that unpacks to much": ("x.zip", ZIP + b"\0" * 4_000, "application/zip", "attachment"),
    "an archive with a way out": ("x.zip", ZIP + b"../../etc/cron.d/x", "application/zip", "attachment"),
    "a formula": ("x.csv", b"=cmd|' /C calc'!A0,1\n", "text/csv; charset=utf-8", "attachment"),
    "a drawing": ("x.svg", SVG % b"<circle r='1'/>", "image/svg+xml", "attachment"),
    "a way out in a name": ("..\\..\\windows\\x.png", PNG, "image/png", "inline"),
    "a header in a name": ('x"\r\nSet-Cookie: a=b\r\n.png', PNG, "image/png", "inline"),
    "a page in a name": ("<script>alert(1)</script>.png", PNG, "image/png", "inline"),
    "a very long name": ("x" * 1_000 + ".png", PNG, "image/png", "inline"),
}


def look(name: str, content: bytes) -> str:
    kind = kind_of(name, content[:4_096])
    if kind.extension == "svg":
        check_drawing(content.decode("utf-8-sig", errors="replace"))
    return kind.content_type


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused(what: str) -> None:
    with pytest.raises(Refused):
        look(*REFUSED[what])


@pytest.mark.parametrize("what", HARMLESS)
def test_it_is_kept_as_what_it_says(what: str) -> None:
    name, content, content_type, _ = HARMLESS[what]
    assert look(name, content) == content_type
    clean = clean_name(name)
    assert not set('/\\"<>\r\n') & set(clean) and len(clean) <= 200 and not clean.startswith(".")


def test_over_http_nothing_hostile_is_kept_and_nothing_kept_is_hostile(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a browser would send them, each claiming to be a page."""
    monkeypatch.setenv("GROUNDLEVEL_FILES", str(tmp_path / "kept"))
    for what, (name, content) in REFUSED.items():
        reply = box.location.post("/medias/upload-file", files={"file": (name, content, "text/html")})
        assert (what, reply.status_code in (400, 422)) == (what, True), reply.text
    assert list((tmp_path / "kept").rglob("*")) == []
    for what, (name, content, content_type, how) in HARMLESS.items():
        made = box.location.post("/medias/upload-file", files={"file": (name, content, "text/html")})
        assert made.status_code == 200, (what, made.text)
        path = made.json()["url"].removeprefix("http://127.0.0.1:8080")
        shown = box.sandbox.client(None).get(path)
        said = shown.headers
        assert (what, said["content-type"], said["content-disposition"].split(";")[0]) == (what, content_type, how)
        assert (shown.content, said["x-content-type-options"]) == (content, "nosniff")
        assert "sandbox" in said["content-security-policy"]
        assert "set-cookie" not in said
    kept = [p for p in (tmp_path / "kept").rglob("*") if p.is_file()]
    assert {p.parent for p in kept} == {tmp_path / "kept" / box.location_id}
    assert len(kept) == len(HARMLESS)
    for path in (f"/files/{box.location_id}/../../x", f"/files/{box.location_id}/%2e%2e%2fx.png", "/files/a/b"):
        assert box.sandbox.client(None).get(path).status_code == 404
    assert box.sandbox.client(None).get(f"/files/{box.other_location_id}/{kept[0].name}").status_code == 404
