"""What sends requests out, as the rest of the program sees it; a version for tests; and one that begins when needed."""

from collections.abc import Callable
from typing import Protocol

from msgspec import Struct


class Answer(Struct, frozen=True):
    """What came of a request. `status` 0: no answer, and `error` says why. `ms`: how long it took."""

    status: int = 0
    headers: dict[str, str] = {}
    body: str = ""
    error: str = ""
    ms: float = 0.0


class Outgoing(Protocol):
    """Sends requests out."""

    async def post(self, url: str, headers: dict[str, str], body: bytes) -> Answer:
        """POST these bytes. Whatever goes wrong is told in the answer."""
        ...

    async def close(self) -> None:
        """Release all connections."""
        ...


class Recorded:
    """For tests and trials: keeps what would go out, and answers as it was told to."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.sent: list[tuple[str, dict[str, str], bytes]] = []

    async def post(self, url: str, headers: dict[str, str], body: bytes) -> Answer:
        """The next of the answers it was given; 200 once there are no more."""
        self.sent.append((url, headers, body))
        return self.answers.pop(0) if self.answers else Answer(200)

    async def close(self) -> None:
        """Nothing is held."""


class OnceNeeded:
    """Begins with the first request: what sends takes 15 MB, and many workers never send."""

    def __init__(self, begin: Callable[[], Outgoing]) -> None:
        self.begin = begin
        self.real: Outgoing | None = None

    async def post(self, url: str, headers: dict[str, str], body: bytes) -> Answer:
        """See `Outgoing`."""
        if self.real is None:
            self.real = self.begin()
        return await self.real.post(url, headers, body)

    async def close(self) -> None:
        """See `Outgoing`."""
        if self.real:
            await self.real.close()
