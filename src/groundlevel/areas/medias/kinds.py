"""Which files are kept, and as what they are served. Pure.

A file is what its extension says, and its first bytes must agree; what is neither listed nor agrees is refused. What a
browser might run (SVG, PDF, text of any kind, documents) is served to be saved only, and nothing is ever unpacked. The
rest are pictures, films and sounds, which are served as such and as nothing else, whatever else may be hidden in them.
"""

import html
import re
import unicodedata
from collections.abc import Callable

from msgspec import Struct

HEAD = 4_096
"""Bytes that are looked at."""
MB = 1024 * 1024
MOST, MOST_OF_A_VIDEO = 25 * MB, 500 * MB
"""Source: the published contract of media uploads."""
LONGEST_NAME = 200


class Kind(Struct, frozen=True):
    """One kind of file. `shown`: browsers may show it, since they run nothing of it."""

    extension: str
    content_type: str
    category: str
    agrees: Callable[[bytes], bool]
    shown: bool = False

    @property
    def most(self) -> int:
        """How many bytes such a file may have."""
        return MOST_OF_A_VIDEO if self.category == "video" else MOST


class Refused(Exception):
    """A file that is not kept; the text says why."""


def kind_of(file_name: str, head: bytes) -> Kind:
    """What a file is, by its name and its first bytes (`HEAD` of them). Refused for anything that is not kept."""
    extension = extension_of(file_name)
    kind = KINDS.get(extension)
    if kind is None:
        raise Refused(f"Files of the kind {extension or 'without an extension'} are not kept")
    if not head:
        raise Refused("The file is empty")
    if not kind.agrees(head):
        raise Refused(f"The file does not hold what its extension {extension} says")
    return kind


def kind_named(name: str) -> Kind:
    """The kind of a file that is kept, by its name."""
    return KINDS[extension_of(name)]


def clean_name(name: str) -> str:
    """A name without folders, control and direction characters, dots in front, and what no system takes at the end."""
    plain = "".join(c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c)[0] != "C")
    last = re.split(r"[/\\]", plain)[-1]
    found = re.sub(r'[<>:"|?*]', "_", last).strip().lstrip(".").rstrip(". ")
    stem, dot, extension = found.rpartition(".")
    if dot and len(found) > LONGEST_NAME:
        return f"{stem[: LONGEST_NAME - len(extension) - 1]}.{extension[:20]}"
    return found[:LONGEST_NAME]


def extension_of(name: str) -> str:
    """What follows the last dot of the cleaned name, in lower case; empty where there is none."""
    return clean_name(name).rpartition(".")[2].lower() if "." in clean_name(name) else ""


def saved_as(name: str, kind: Kind) -> str:
    """What a browser calls the file when it saves it: the name, ending as the file's kind does."""
    clean = clean_name(name) or "file"
    return clean if extension_of(clean) == kind.extension else f"{clean}.{kind.extension}"


def _begins(*starts: bytes, at: int = 0) -> Callable[[bytes], bool]:
    return lambda head: any(head[at : at + len(start)] == start for start in starts)


def _riff(form: bytes) -> Callable[[bytes], bool]:
    return lambda head: head[:4] == b"RIFF" and head[8:12] == form


def _boxed(*brands: bytes, but: tuple[bytes, ...] = ()) -> Callable[[bytes], bool]:
    """The family of MP4: its first box says of which brand it is."""

    def agrees(head: bytes) -> bool:
        if head[4:8] != b"ftyp":
            return not brands and head[4:8] in (b"moov", b"mdat", b"wide", b"free", b"skip")
        return (not brands or head[8:12] in brands) and head[8:12] not in but

    return agrees


def _text(head: bytes) -> bool:
    """Text in UTF-8 or an older code, that is no page, no script and no program."""
    if any(c in head for c in b"\0\x01\x02\x03\x04\x05\x06\x0e\x0f") or head.startswith((b"MZ", b"\x7fELF", b"#!")):
        return False
    return not ACTIVE.search(head.decode("utf-8", errors="replace"))


def _card(begin: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.removeprefix(b"\xef\xbb\xbf").lstrip().upper().startswith(begin) and _text(head)


def _drawing(head: bytes) -> bool:
    """The beginning of an SVG picture in UTF-8. The whole of it is looked through by `check_drawing`."""
    try:
        text = head.decode("utf-8-sig") if len(head) < HEAD else head[: HEAD - 4].decode("utf-8-sig", errors="ignore")
    except UnicodeDecodeError:
        return False
    return "\0" not in text and re.match(DRAWING, text) is not None


def check_drawing(text: str) -> None:
    """Refused for an SVG picture that would run something, or is written so that it cannot be told."""
    plain = html.unescape(html.unescape(text))
    if ENTITIES.search(text) or ACTIVE_DRAWING.search(plain) or "\0" in plain or "\ufffd" in text:
        raise Refused("The picture holds something that could be run")


DRAWING = re.compile(r"\s*(<\?xml[^>]*\?>\s*|<!--.*?-->\s*|<!DOCTYPE svg[^>\[]*>\s*)*<svg[\s>]", re.DOTALL)
ACTIVE = re.compile(r"^\s*<(\?php|\?xml|!doctype|html|head|body|script|svg|iframe)|<script|<\?php", re.IGNORECASE)
ENTITIES = re.compile(r"<!ENTITY|<!DOCTYPE[^>]*\[|<\?xml-stylesheet|encoding\s*=\s*[\"'](?!utf-?8[\"'])", re.IGNORECASE)
ACTIVE_DRAWING = re.compile(
    r"<[\w-]*:?(script|foreignobject|iframe|embed|object|handler|listener|animate\w*|set)\b|\son[a-z]+\s*=|"
    r"(java|vb)script\s*:|data\s*:\s*(text|image/svg|application)|@import|expression\s*\(",
    re.IGNORECASE,
)
_ZIP, _OLE = _begins(b"PK\x03\x04", b"PK\x05\x06"), _begins(bytes.fromhex("d0cf11e0a1b11ae1"))
_PICTURES = (b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis")
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
KINDS = {
    kind.extension: kind
    for kind in (
        Kind("png", "image/png", "image", _begins(b"\x89PNG\r\n\x1a\n"), True),
        Kind("jpg", "image/jpeg", "image", _begins(b"\xff\xd8\xff"), True),
        Kind("jpeg", "image/jpeg", "image", _begins(b"\xff\xd8\xff"), True),
        Kind("gif", "image/gif", "image", _begins(b"GIF87a", b"GIF89a"), True),
        Kind("webp", "image/webp", "image", _riff(b"WEBP"), True),
        Kind("bmp", "image/bmp", "image", _begins(b"BM"), True),
        Kind("ico", "image/x-icon", "image", _begins(b"\0\0\1\0"), True),
        Kind("tif", "image/tiff", "image", _begins(b"II*\0", b"MM\0*"), True),
        Kind("tiff", "image/tiff", "image", _begins(b"II*\0", b"MM\0*"), True),
        Kind("heic", "image/heic", "image", _boxed(*_PICTURES), True),
        Kind("avif", "image/avif", "image", _boxed(*_PICTURES), True),
        Kind("svg", "image/svg+xml", "image", _drawing),
        Kind("mp4", "video/mp4", "video", _boxed(but=_PICTURES), True),
        Kind("m4v", "video/x-m4v", "video", _boxed(but=_PICTURES), True),
        Kind("mov", "video/quicktime", "video", _boxed(but=_PICTURES), True),
        Kind("webm", "video/webm", "video", _begins(b"\x1aE\xdf\xa3"), True),
        Kind("mkv", "video/x-matroska", "video", _begins(b"\x1aE\xdf\xa3"), True),
        Kind("avi", "video/x-msvideo", "video", _riff(b"AVI "), True),
        Kind("mpg", "video/mpeg", "video", _begins(b"\0\0\1\xba", b"\0\0\1\xb3"), True),
        Kind("mpeg", "video/mpeg", "video", _begins(b"\0\0\1\xba", b"\0\0\1\xb3"), True),
        Kind("mp3", "audio/mpeg", "audio", _begins(b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xfa"), True),
        Kind("wav", "audio/wav", "audio", _riff(b"WAVE"), True),
        Kind("ogg", "audio/ogg", "audio", _begins(b"OggS"), True),
        Kind("flac", "audio/flac", "audio", _begins(b"fLaC"), True),
        Kind("aac", "audio/aac", "audio", _begins(b"\xff\xf1", b"\xff\xf9"), True),
        Kind("m4a", "audio/mp4", "audio", _boxed(but=_PICTURES), True),
        Kind("pdf", "application/pdf", "document", _begins(b"%PDF-")),
        Kind("rtf", "application/rtf", "document", _begins(b"{\\rtf")),
        Kind("doc", "application/msword", "document", _OLE),
        Kind("xls", "application/vnd.ms-excel", "document", _OLE),
        Kind("ppt", "application/vnd.ms-powerpoint", "document", _OLE),
        Kind("docx", f"{_OFFICE}wordprocessingml.document", "document", _ZIP),
        Kind("xlsx", f"{_OFFICE}spreadsheetml.sheet", "document", _ZIP),
        Kind("pptx", f"{_OFFICE}presentationml.presentation", "document", _ZIP),
        Kind("odt", f"{_OPEN}text", "document", _ZIP),
        Kind("ods", f"{_OPEN}spreadsheet", "document", _ZIP),
        Kind("odp", f"{_OPEN}presentation", "document", _ZIP),
        Kind("zip", "application/zip", "document", _ZIP),
        Kind("rar", "application/vnd.rar", "document", _begins(b"Rar!\x1a\x07")),
        Kind("txt", "text/plain; charset=utf-8", "document", _text),
        Kind("csv", "text/csv; charset=utf-8", "document", _text),
        Kind("ics", "text/calendar; charset=utf-8", "document", _card(b"BEGIN:VCALENDAR")),
        Kind("vcf", "text/vcard; charset=utf-8", "document", _card(b"BEGIN:VCARD")),
    )
}
"""Every kind of file that is kept, by extension."""
