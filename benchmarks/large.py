"""Databases of a given size, made once and kept in benchmarks/.data until what contacts look like changes."""

import hashlib
import shutil
import time
from pathlib import Path
from typing import Any

import msgspec
from rich.progress import Progress

from benchmarks import people
from benchmarks.installation import Account, add_in_bulk, install, opened
from benchmarks.processes import DATA
from groundlevel.areas.contacts import CONTACTS

AT_ONCE = 10_000
KEPT_IDS = 20_000


class Large(msgspec.Struct):
    """A database of one large sub-account: where it is, how to ask it, and ids from all over it."""

    path: Path
    account: Account
    ids: list[str]
    size: int
    seconds: float


def large(size: int) -> Large:
    """The database of this size; built if there is none yet."""
    folder = DATA / f"{size}-{_shape()}"
    card = folder / "card.json"
    if not card.exists():
        for old in DATA.glob(f"{size}-*"):
            shutil.rmtree(old)
        folder.mkdir(parents=True)
        made = _build(folder / "groundlevel.db", size)
        card.write_bytes(msgspec.json.encode(made, enc_hook=str))
    return msgspec.json.decode(card.read_bytes(), type=Large, dec_hook=lambda kind, value: kind(value))


def _shape() -> str:
    """Of what the file depends on: changes when contacts are kept or indexed in another way."""
    parts: list[Any] = [CONTACTS.index, CONTACTS.sparse, CONTACTS.text, CONTACTS.many, CONTACTS.type.__struct_fields__]
    made = Path(people.__file__).read_text()
    return hashlib.sha256(repr([*parts, made]).encode()).hexdigest()[:10]


def _build(path: Path, size: int) -> Large:
    began = time.perf_counter()
    ids: list[str] = []
    with opened(path) as app, Progress() as progress:
        account = install(app)
        adding = progress.add_task(f"{size:,} contacts", total=size)
        with app.store.bulk_loading({CONTACTS: ()}, size):
            for first in range(0, size, AT_ONCE):
                numbers = range(first, min(first + AT_ONCE, size))
                ids += add_in_bulk(app, account, numbers)[:: max(1, size // KEPT_IDS)]
                progress.advance(adding, len(numbers))
        indexing = progress.add_task("text index", total=size)
        while app.store.tend():
            progress.advance(indexing, 500)
        progress.update(indexing, completed=size)
    return Large(path, account, ids, size, time.perf_counter() - began)
