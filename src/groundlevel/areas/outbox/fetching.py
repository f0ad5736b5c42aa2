"""Files that go with mail: those that are kept here come from where they are kept, others from their addresses."""

import re
from urllib.parse import unquote, urlsplit

from groundlevel.areas.medias import kind_named
from groundlevel.kernel.settings import Settings
from groundlevel.outside import files
from groundlevel.outside.aim import Aim
from groundlevel.outside.mail.composing import Attached
from groundlevel.outside.mail.smtp import MOST_BYTES, NotThere

KEPT = re.compile(r"[A-Za-z0-9]{1,100}/[0-9a-f]{24}\.[a-z0-9]{1,5}")
OTHER = "application/octet-stream"
GONE = (400, 401, 403, 404, 410, 413, 415)
"""What a server answers for what will not be there later either."""


class Fetching:
    """Gets files one by one. aim: which hosts they may be at."""

    def __init__(self, settings: Settings, aim: Aim) -> None:
        self.settings, self.aim = settings, aim
        self.own = f"{settings.public_url.rstrip('/')}/files/"

    async def fetch(self, url: str, name: str) -> Attached:
        """See `Fetch`."""
        if url.startswith(self.own):
            return await self._kept(url.removeprefix(self.own), name)
        from groundlevel.outside.http import Internet

        internet = Internet(self.aim)
        try:
            seen = await internet.get(url, {"User-Agent": "Groundlevel-Messages/1", "Connection": "close"}, MOST_BYTES)
        finally:
            await internet.close()
        if seen.status != 200 or seen.error:
            raise NotThere(f"{url}: {seen.error or f'answered {seen.status}'}", final=seen.status in GONE)
        called = name or unquote(urlsplit(url).path.rpartition("/")[2]) or "attachment"
        return Attached(called, seen.headers.get("content-type", OTHER), bytes(seen.body))

    async def _kept(self, key: str, name: str) -> Attached:
        content = bytearray()
        if not KEPT.fullmatch(key):
            raise NotThere(f"{self.own}{key} is no file", final=True)
        try:
            async for part in files.read(self.settings, key, 0, MOST_BYTES):
                content += part
        except FileNotFoundError:
            raise NotThere(f"{self.own}{key} is not there any more", final=True) from None
        return Attached(name or key.rpartition("/")[2], kind_named(key).content_type, bytes(content))
