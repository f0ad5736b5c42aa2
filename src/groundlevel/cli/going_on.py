"""How the threads of a worker go on: what ends with trouble is told, and begun anew after a while."""

import time
from collections.abc import Callable

from groundlevel.kernel.log import log

AFTER_TROUBLE_S, LOOK_S = 5.0, 0.1


def go_on(wanted: Callable[[], bool], work: Callable[[], None], trouble: str, **about: str) -> None:
    """Do the work, again and again, while it is wanted. trouble, about: what the log says where it raises."""
    while wanted():
        try:
            work()
        except Exception:  # whatever it was, the worker's other threads go on, and this one tries again
            log.exception(trouble, **about)
            pause(AFTER_TROUBLE_S, wanted)


def pause(seconds: float, wanted: Callable[[], bool]) -> None:
    """Wait so long, or until it is not wanted any more."""
    until = time.monotonic() + seconds
    while wanted() and time.monotonic() < until:
        time.sleep(LOOK_S)
