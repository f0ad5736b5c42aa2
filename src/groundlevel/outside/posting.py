"""What sends requests out, as the rest of the program sees it; a version for tests; and one that begins when needed."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from groundlevel.kernel.log import log

if TYPE_CHECKING:
    from groundlevel.outside.signing import Signer

USER_AGENT, BEGUN = "Groundlevel-Webhooks/1", 6


class Answer(Struct, frozen=True):
    """What came of a request. `status` 0: no answer, and `error` says why. `ms`: how long it took.

    begun: whether any of the request may have gone out.
    """

    status: int = 0
    headers: dict[str, str] = {}
    body: str = ""
    error: str = ""
    ms: float = 0.0
    begun: bool = True


class Letter(Struct, frozen=True, array_like=True):
    """What is to be posted where. `id`: of the delivery, told in the header X-Webhook-Id.

    note: what is noted with the answer if whoever asked for it has died meanwhile (JSON).
    """

    url: str
    id: str
    body: bytes
    note: bytes = b""


Done = Callable[[Answer | None], None]
"""Is told what came of a letter; None: nobody knows, and it is to be sent again some time."""


class Outgoing(Protocol):
    """Sends requests out."""

    async def post(self, url: str, headers: dict[str, str], body: bytes) -> Answer:
        """POST these bytes. Whatever goes wrong is told in the answer."""
        ...

    async def close(self) -> None:
        """Release all connections."""
        ...


class Carrier(Protocol):
    """Signs letters and sends them, many at once."""

    def send(self, letter: Letter, done: Done) -> None:
        """Begin; `done` is called on the loop when it has come to its end, whatever that is."""
        ...

    async def close(self) -> None:
        """Release everything. What is under way is dropped."""
        ...


class Here:
    """Sends from this process, signed."""

    def __init__(self, outgoing: Outgoing, signer: "Signer") -> None:
        self.outgoing, self.signer = outgoing, signer
        self.tasks: set[asyncio.Task[None]] = set()
        self.waiting: deque[tuple[Letter, Done]] = deque()

    def send(self, letter: Letter, done: Done) -> None:
        """See `Carrier`."""
        if not self.waiting:
            asyncio.get_running_loop().call_soon(self._begin)
        self.waiting.append((letter, done))

    def _begin(self) -> None:
        """A few letters in a turn of the loop: answers are read in between, so few are lost when it is killed."""
        for _ in range(min(BEGUN, len(self.waiting))):
            task = asyncio.create_task(self._send(*self.waiting.popleft()))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
        if self.waiting:
            asyncio.get_running_loop().call_soon(self._begin)

    async def _send(self, letter: Letter, done: Done) -> None:
        try:
            answer = await self.post(letter)
        except Exception as trouble:  # ours: it must not be lost for that
            log.exception("a webhook could not be sent", delivery=letter.id)
            answer = Answer(error=f"it could not be sent: {type(trouble).__name__}")
        done(answer)

    async def post(self, letter: Letter) -> Answer:
        """One attempt."""
        headers = {
            "Content-Type": "application/json", "User-Agent": USER_AGENT, "X-Webhook-Id": letter.id,
            **self.signer.headers(letter.body),
        }  # fmt: skip
        return await self.outgoing.post(letter.url, headers, letter.body)

    async def close(self) -> None:
        """See `Carrier`."""
        self.waiting.clear()
        for task in self.tasks:
            task.cancel()
        await self.outgoing.close()


class OnceNeeded:
    """Begins with the first letter: what sends takes some memory, and many workers never send."""

    def __init__(self, begin: Callable[[], Carrier]) -> None:
        self.begin = begin
        self.real: Carrier | None = None

    def send(self, letter: Letter, done: Done) -> None:
        """See `Carrier`."""
        if self.real is None:
            self.real = self.begin()
        self.real.send(letter, done)

    async def close(self) -> None:
        """See `Carrier`."""
        if self.real:
            await self.real.close()


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
