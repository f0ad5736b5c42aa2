"""When the services of a booking are given, by whom and with what."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from groundlevel.areas.calendars.availability import things_of
from groundlevel.areas.calendars.booking import NOT_AVAILABLE
from groundlevel.areas.calendars.crew import needs_of
from groundlevel.areas.calendars.hours import rules_in
from groundlevel.areas.calendars.rooms import one_of
from groundlevel.areas.calendars.rules import Rules, Stretch
from groundlevel.areas.calendars.schedules import schedules_for
from groundlevel.areas.calendars.service_catalog import Service, Times
from groundlevel.areas.calendars.slots import Party, Question, takers
from groundlevel.areas.calendars.taken import taken
from groundlevel.areas.users import user_of_location
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest

ALWAYS = Rules("UTC", (((0, 1_440),),) * 7)
"""When a user can be booked for a service that none of the user's schedules applies to."""


class Step(Struct, frozen=True):
    """A service of a booking, how much longer it takes by what is added, and who shall give it, if it is said."""

    service: Service
    times: Times
    longer: int = 0
    staff_id: str | None = None

    @property
    def seconds(self) -> int:
        """How long it takes."""
        return round(self.times.duration.total_seconds()) + self.longer

    @property
    def padding(self) -> tuple[int, int]:
        """The time that is kept free before and after it."""
        return round(self.times.before.total_seconds()), round(self.times.after.total_seconds())


class Given(Struct, frozen=True):
    """A service with its time, who gives it, and the rooms and equipment that it needs."""

    step: Step
    start: int
    end: int
    user_id: str
    resources: list[str]


class How(Struct, frozen=True):
    """How strictly times are looked at. but: appointments that are about to move."""

    unchecked: bool = False
    any_time: bool = False
    but: frozenset[str] = frozenset()


def one_after_another(lengths: Sequence[int], start: int, end: int) -> list[Stretch] | None:
    """When services of these lengths are given between two moments, the last to the end; None if there is no room."""
    found: list[Stretch] = []
    at = start
    for length in lengths:
        found.append((at, at + length))
        at += length
    if at > end or not found:
        return None
    return [*found[:-1], (found[-1][0], end)]


def planned(ctx: Ctx, steps: Sequence[Step], times: Sequence[Stretch], how: How) -> list[Given]:
    """Who gives each of them: who is said, or the first who is free of its staff. 400 if nobody is."""
    return [_given(ctx, step, time, how) for step, time in zip(steps, times, strict=True)]


def _given(ctx: Ctx, step: Step, time: Stretch, how: How) -> Given:
    staff = [one.id for one in step.service.staff if user_of_location(ctx, one.id)]
    if step.staff_id and step.staff_id not in staff:
        raise BadRequest(f"User with id {step.staff_id} does not give the service {step.service.name}")
    needs = needs_of(ctx, step.service.id)
    asked = [step.staff_id] if step.staff_id else staff
    (start, end), (before, after) = time, step.padding
    held = taken(ctx, (*asked, *(one.id for one in needs)), (start - before, end + after))
    held = {id: [one for one in every if one.event_id not in how.but] for id, every in held.items()}
    schedules = schedules_for(ctx, step.service.id)
    rules = {id: rules_in(one.timezone, one.rules) for id, one in schedules.items()}
    things = things_of(needs, held)
    question = Question(
        since=start, until=start + 1, duration=end - start, interval=60, before=before, after=after,
        soonest=0 if how.any_time else round(ctx.now.timestamp()),
        someone=[Party(id, rules.get(id, ALWAYS), [(one.start, one.end) for one in held[id]]) for id in asked],
    )  # fmt: skip
    needed = [*things.equipment, *one_of(things.rooms, question)]
    free = asked if how.unchecked else takers(replace(question, everyone=needed), start)
    if not free:
        raise BadRequest(NOT_AVAILABLE)
    return Given(step, start, end, free[0], things.at(start, question))
