"""Synchronous code that gives way to the event loop while it waits.

A handler is a plain function. On the loop it runs in a greenlet: when it has to wait (for an answer of the database,
for a connection, for a while) the loop goes on with others, and comes back to it where it stopped. On a thread without
a loop the same calls simply wait.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from greenlet import getcurrent, greenlet

R = TypeVar("R")


class Turn(greenlet):
    """A piece of work on the loop, which may stop in the middle and be gone on with by `switch`."""

    def __init__(self, work: Callable[[], Any]) -> None:
        super().__init__(self._until_done)
        self.work, self.loop = work, asyncio.get_running_loop()
        self.ended: asyncio.Future[Any] = self.loop.create_future()

    def _until_done(self) -> None:
        try:
            result = self.work()
        except BaseException as error:
            if not self.ended.cancelled():
                self.ended.set_exception(error)
        else:
            if not self.ended.cancelled():
                self.ended.set_result(result)

    def park(self) -> Any:
        """Let the loop go on until somebody calls `switch`; what was handed over with it."""
        assert self.parent
        return self.parent.switch()

    def wait_for(self, what: Awaitable[R]) -> R:
        """The result of something that the loop waits for meanwhile."""
        task = asyncio.ensure_future(what, loop=self.loop)
        task.add_done_callback(lambda _: self.switch())
        self.park()
        return task.result()


async def in_turns(work: Callable[[], R]) -> R:
    """The result of work that gives way while it waits. It is done to its end, also for a caller who hangs up."""
    turn = Turn(work)
    turn.switch()
    try:
        return await turn.ended
    except asyncio.CancelledError:
        if not turn.dead:
            turn.ended = turn.loop.create_future()
            await asyncio.wait({turn.ended})
        raise


def this_turn() -> Turn | None:
    """The turn that this code is in; None on a thread of its own."""
    current = getcurrent()
    return current if isinstance(current, Turn) else None


def pause(seconds: float) -> None:
    """Wait so long."""
    turn = this_turn()
    if turn is None:
        time.sleep(seconds)
    else:
        turn.loop.call_later(seconds, turn.switch)
        turn.park()
