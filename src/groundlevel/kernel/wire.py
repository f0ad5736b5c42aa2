"""The shapes that cross the wire: snake_case in code, camelCase outside; ids and moments in the service's forms."""

import random
from collections.abc import Callable
from datetime import UTC, datetime
from os import urandom
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct

from groundlevel.kernel.problems import Unprocessable

_ALPHABET = bytes((b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" * 5)[:256])
_bytes: Callable[[int], bytes] = urandom

ISO_8601 = (
    r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
    r"([T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d([.,]\d{1,9})?)?(Z|z|[+-]([01]\d|2[0-3]):?[0-5]\d)?)?$(?!\n)"
)
When = Annotated[
    str,
    Meta(
        pattern=ISO_8601,
        extra={"explain": "must be a valid ISO 8601 date string"},
        extra_json_schema={"format": "date-time", "examples": ["2027-03-01T15:00:00Z"]},
    ),
]
"""A moment as callers write it: ISO 8601, with or without time and offset (then UTC)."""

Name = Annotated[str, Meta(max_length=1_000)]
"""Text of one line."""
Prose = Annotated[str, Meta(max_length=100_000)]
"""Text of many lines."""


class Wire(Struct, rename="camel", kw_only=True, omit_defaults=True):
    """What is stored and answered. A field that equals its default is left out of the JSON."""


class Body(Wire, forbid_unknown_fields=True):
    """What callers send: an unknown key is refused, as the hosted service does."""


def _empty() -> list[Any]:
    return []


def shown() -> Any:
    """An empty list that is nevertheless written out: `omit_defaults` drops one that comes of `list` itself."""
    return msgspec.field(default_factory=_empty)


def sent(body: Struct) -> dict[str, Any]:
    """The fields of a change that the caller did send, by attribute name."""
    return {f: v for f in body.__struct_fields__ if (v := getattr(body, f)) is not UNSET}


def new_id() -> str:
    """20 letters and digits: contacts, locations, companies, users, notes, tasks, tags and most others."""
    return _bytes(20).translate(_ALPHABET).decode()


def new_hex() -> str:
    """24 hexadecimal digits: businesses, apps, invoices, products, custom objects."""
    return _bytes(12).hex()


def new_uuid() -> str:
    """A version 4 UUID: traces, webhooks, workflows, pipeline stages, secrets."""
    raw = bytearray(_bytes(16))
    raw[6] = raw[6] & 0x0F | 0x40
    raw[8] = raw[8] & 0x3F | 0x80
    text = raw.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def seed_ids(seed: int | None) -> None:
    """Make the ids of this process repeatable (demo data, tests); None makes them unpredictable again."""
    global _bytes
    # not for secrets: tokens are made while no seed is set
    _bytes = urandom if seed is None else random.Random(seed).randbytes  # noqa: S311


def iso(moment: datetime) -> str:
    """`2021-07-02T05:18:26.704Z`: the one form of moments that are stored and answered."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def moment(text: str, name: str) -> datetime:
    """The moment that `text` (a `When`) means. 422 naming the field `name` where the calendar has no such day."""
    try:
        found = datetime.fromisoformat(text.replace(",", ".").upper())
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unprocessable(f"{name} must be a valid ISO 8601 date string") from None


def epoch_ms(text: str) -> int:
    """A stored moment (`iso`) as milliseconds since 1970."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def camel(name: str) -> str:
    """`date_added` -> `dateAdded`."""
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def snake(name: str) -> str:
    """`contactId` -> `contact_id`."""
    return "".join("_" + c.lower() if c.isupper() else c for c in name).lstrip("_")
