"""Where uploaded files are kept: a folder, or a bucket of any service that speaks S3.

GROUNDLEVEL_FILES says which: a folder, or `s3://bucket/prefix` (with the usual variables of AWS for keys, region and
endpoint). Otherwise it is a folder beside an SQLite database, or in the user's data directory for PostgreSQL. Several
machines over one database must be given the same place. Nothing here is read into memory whole.
"""

import asyncio
import io
import os
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from groundlevel.kernel.settings import Settings, database_path, is_postgres

Parts = AsyncGenerator[bytes, None]
CHUNK = 1024 * 1024
"""Bytes that are in memory at a time, of each file that comes or goes."""


def place_of(settings: Settings) -> str:
    """The folder or address at which an installation keeps its files."""
    chosen = settings.files or os.environ.get("GROUNDLEVEL_FILES", "")
    if chosen:
        return chosen
    if is_postgres(settings.database):
        from platformdirs import user_data_path

        return str(user_data_path("groundlevel") / "files")
    path = database_path(settings.database)
    return str(path.with_name(path.name + ".files"))


async def keep(settings: Settings, key: str, file: IO[bytes]) -> None:
    """Keep what a file holds, from its beginning, under a key that is new."""
    import obstore

    async def parts() -> AsyncIterator[bytes]:
        await asyncio.to_thread(file.seek, 0)
        while part := await asyncio.to_thread(file.read, CHUNK):
            yield part

    store = _store(place_of(settings))
    await obstore.put_async(store, key, parts(), chunk_size=5 * CHUNK, max_concurrency=2)


async def read(settings: Settings, key: str, first: int, last: int) -> Parts:
    """The bytes from `first` to `last` of what is kept, piece by piece. FileNotFoundError where there is nothing."""
    import obstore

    found = await obstore.get_async(_store(place_of(settings)), key, options={"range": (first, last + 1)})
    async for part in found.stream(min_chunk_size=CHUNK):
        yield bytes(part)


def opened(settings: Settings, key: str, size: int) -> BinaryIO:
    """What is kept, of which the length is known, to read as a file, from any place."""
    return cast(BinaryIO, io.BufferedReader(_Kept(settings, key, size), CHUNK))


class _Kept(io.RawIOBase):
    """Each read asks for a stretch."""

    def __init__(self, settings: Settings, key: str, size: int) -> None:
        self.store, self.key, self.size, self.at = _store(place_of(settings)), key, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        self.at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self.at, io.SEEK_END: self.size}[whence]
        return self.at

    def readinto(self, buffer: Any, /) -> int:
        import obstore

        length = min(len(buffer), self.size - self.at)
        if length <= 0:
            return 0
        part = bytes(obstore.get_range(self.store, self.key, start=self.at, length=length))
        buffer[: len(part)] = part
        self.at += len(part)
        return len(part)


def forget(settings: Settings, keys: Iterable[str]) -> None:
    """Remove what is kept under these keys; what is not there is fine."""
    import obstore

    for key in keys:
        try:
            obstore.delete(_store(place_of(settings)), key)
        except FileNotFoundError:
            continue


def keys_under(settings: Settings, prefix: str, most: int) -> list[str]:
    """Some keys that begin with a prefix (the name of a folder)."""
    import obstore

    store: Any = obstore  # its own types leave what is listed open
    found_in_portions: Any = store.list(_store(place_of(settings)), prefix, chunk_size=most)
    for found in found_in_portions:
        return [one["path"] for one in found]
    return []


@lru_cache(maxsize=8)
def _store(place: str) -> Any:
    from obstore.store import LocalStore, from_url

    if "://" in place:
        return from_url(place)
    return LocalStore(prefix=Path(place).expanduser(), mkdir=True)
