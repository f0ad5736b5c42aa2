"""Rooms of which an appointment needs one, whichever is free. Pure. All moments are seconds since 1970."""

from collections.abc import Sequence

from groundlevel.areas.calendars.rules import Stretch, merged
from groundlevel.areas.calendars.slots import Party, Question, full

ROOMS = "rooms"
"""What all rooms together are called."""


def one_of(rooms: Sequence[Party], question: Question) -> list[Party]:
    """The rooms as whoever looks for slots asks about them: one that is busy for slots for which no room is free.

    A room is free for a slot if it is for all of it and its buffers; two that are free for a half each are of no use.
    """
    if len(rooms) < 2:
        return list(rooms)
    closed = _blocked(rooms[0], question)
    for room in rooms[1:]:
        closed = _common(closed, _blocked(room, question))
    reach = question.duration + question.after - 1
    return [Party(ROOMS, busy=[(first + reach, last - question.before) for first, last in closed])]


def room_at(rooms: Sequence[Party], question: Question, start: int) -> str | None:
    """The first room that is free for the slot that begins then, if there is one."""
    for room in rooms:
        if not any(first <= start < last for first, last in _blocked(room, question)):
            return room.id
    return None


def _blocked(room: Party, question: Question) -> list[Stretch]:
    """When no slot can begin for this room's sake: from a moment until before another."""
    reach = question.duration + question.after
    taken = [*room.busy, *full(room.own, room.seats)]
    return merged([(start - reach + 1, end + question.before) for start, end in taken])


def _common(some: Sequence[Stretch], others: Sequence[Stretch]) -> list[Stretch]:
    """The time that lies in both."""
    found: list[Stretch] = []
    left, right = 0, 0
    while left < len(some) and right < len(others):
        (a, b), (c, d) = some[left], others[right]
        if max(a, c) < min(b, d):
            found.append((max(a, c), min(b, d)))
        if b < d:
            left += 1
        else:
            right += 1
    return found
