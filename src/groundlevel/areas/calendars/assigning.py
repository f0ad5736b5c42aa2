"""Who of those who are free gets an appointment. Pure (source: the hosted service's page on round robin calendars)."""

from collections.abc import Collection, Sequence

from msgspec import Struct

from groundlevel.areas.calendars.calendar import EventType, TeamMember


class Turn(Struct, array_like=True):
    """How many appointments of a calendar a user has, and when it was the user's turn last: at which booking of it."""

    count: int = 0
    last: int = 0


class Turns(Struct):
    """How appointments of a calendar went round. `bookings`: how many there were, whatever became of them."""

    bookings: int = 0
    of: dict[str, Turn] = {}


def choose(members: Sequence[TeamMember], free: Collection[str], by: EventType, turns: Turns) -> str:
    """The member who gets it, of those that are free; there is at least one.

    For availability: whoever has the highest priority, and of these whose last turn is the longest ago. For equal
    distribution: whoever has the fewest appointments, and of these likewise. Then whoever is named first.
    """
    can = [member for member in members if member.user_id in free]
    known = _caught_up([member.user_id for member in members], turns)

    def for_availability(member: TeamMember) -> tuple[float, ...]:
        return -member.priority, known[member.user_id].last

    def for_distribution(member: TeamMember) -> tuple[float, ...]:
        turn = known[member.user_id]
        return turn.count, -member.priority, turn.last

    equal = by == "RoundRobin_OptimizeForEqualDistribution"
    return min(can, key=for_distribution if equal else for_availability).user_id


def given(members: Sequence[str], turns: Turns, user_id: str) -> Turns:
    """How it went round once the user has one more."""
    known = _caught_up(members, turns)
    mine = known.get(user_id) or Turn()
    now = turns.bookings + 1
    return Turns(now, {**turns.of, **known, user_id: Turn(mine.count + 1, now)})


def returned(turns: Turns, user_id: str) -> Turns:
    """How it went round when one of the user's appointments is nobody's any more."""
    mine = turns.of.get(user_id) or Turn(1)
    return Turns(turns.bookings, {**turns.of, user_id: Turn(mine.count - 1, mine.last)})


def _caught_up(members: Sequence[str], turns: Turns) -> dict[str, Turn]:
    """The turns of all members. Who is new has as few as any of the others: not all of them to catch up with."""
    fewest = min((turns.of[one].count for one in members if one in turns.of), default=0)
    return {one: turns.of.get(one) or Turn(fewest, 0) for one in members}
