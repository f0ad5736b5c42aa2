"""Reading a stranger's calendar in a process of its own, which ends when it takes too long or too much memory."""

import resource
import subprocess
import sys
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from groundlevel.areas.calendars.ical_reading import Busy, NoCalendar, busy_times

WITHIN_S, MEMORY = 15, 1_000 * 1024 * 1024
"""How long reading may take, and how many bytes of memory."""


class Asked(Struct):
    """What is read of a calendar: between which moments (in seconds), and in which zone."""

    zone: str
    first: int
    last: int


class Read(Struct):
    """What came of it."""

    times: list[tuple[int, int]] = []
    left_out: int = 0
    error: str = ""


def read_apart(raw: bytes, asked: Asked) -> Read:
    """`busy_times` of a calendar, or what is wrong with it."""
    command = [sys.executable, "-m", "groundlevel.areas.calendars.reading_apart"]
    said = msgspec.json.encode(asked) + b"\n" + raw
    try:
        done = subprocess.run(command, input=said, capture_output=True, timeout=2 * WITHIN_S, check=False)  # noqa: S603
        return msgspec.json.decode(done.stdout, type=Read)
    except (subprocess.TimeoutExpired, msgspec.DecodeError):
        return Read(error="the calendar takes too long to be read")


def read(said: bytes) -> Read:
    """What the other process answers."""
    head, _, raw = said.partition(b"\n")
    asked = msgspec.json.decode(head, type=Asked)
    first, last = (datetime.fromtimestamp(moment, UTC) for moment in (asked.first, asked.last))
    try:
        busy: Busy = busy_times(raw, ZoneInfo(asked.zone), first, last)
    except NoCalendar as wrong:
        return Read(error=str(wrong))
    return Read(busy.times, busy.left_out)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CPU, (WITHIN_S, WITHIN_S))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    sys.stdout.buffer.write(msgspec.json.encode(read(sys.stdin.buffer.read())))
