"""What of a file is sent to whom asks for its address. Pure, but for finding it."""

import re
from urllib.parse import quote

from msgspec import Struct

from groundlevel.areas.medias.kinds import KINDS, saved_as
from groundlevel.areas.medias.medias import MEDIAS, Media
from groundlevel.kernel.store import Unit

NAMED = re.compile(r"([0-9a-f]{24})\.([a-z0-9]{1,5})")
RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


class Served(Struct, frozen=True):
    """What is sent: bytes `first` to `last` of what is kept under `key`, with these headers."""

    status: int
    headers: dict[str, str]
    key: str = ""
    first: int = 0
    last: int = -1


def found_at(db: Unit, name: str) -> Media | None:
    """The file at the last part of an address; None for one that is not there, or not any more."""
    told = NAMED.fullmatch(name)
    media = db.get(MEDIAS, told[1]) if told else None
    there = media is not None and told and media.key and media.state != "trashed" and media.key.endswith(f".{told[2]}")
    return media if there else None


def served(media: Media, wanted_range: str = "", known_tag: str = "") -> Served:
    """How a file is sent: shown by browsers only if they run nothing of it, and never as anything else than it is."""
    assert media.key is not None
    size, kind = media.size or 0, KINDS[media.key.rpartition(".")[2]]
    name, tag = saved_as(media.name, kind), f'"{media.id}"'
    plain = re.sub(r"[^A-Za-z0-9 ._()-]", "_", name)
    headers = {
        "Content-Type": kind.content_type,
        "Content-Disposition": f'{"inline" if kind.shown else "attachment"}; filename="{plain}"; '
        f"filename*=UTF-8''{quote(name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; media-src 'self'; "
        "img-src 'self'",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "public, max-age=300",
        "Accept-Ranges": "bytes",
        "ETag": tag,
    }
    if known_tag and tag in known_tag:
        return Served(304, headers)
    stretch = _stretch(wanted_range, size)
    if stretch is None:
        return Served(416, headers | {"Content-Range": f"bytes */{size}"})
    first, last = stretch
    whole = (first, last) == (0, size - 1)
    if not whole:
        headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    headers["Content-Length"] = str(last - first + 1)
    return Served(200 if whole else 206, headers, media.key, first, last)


def _stretch(wanted: str, size: int) -> tuple[int, int] | None:
    """The first and last byte asked for; None where there are none such. What is not understood means all of it."""
    told = RANGE.fullmatch(wanted.strip())
    if not told or (not told[1] and not told[2]):
        return 0, size - 1
    if not told[1]:
        length = min(int(told[2]), size)
        return (size - length, size - 1) if length else None
    first, last = int(told[1]), min(int(told[2] or size), size - 1)
    return (first, last) if first <= last else None
