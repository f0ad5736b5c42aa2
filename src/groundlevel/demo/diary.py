"""Calendars of the demo, of several types, and what is booked in them."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct

from groundlevel.areas.calendars.appointment import Status
from groundlevel.areas.calendars.appointment_writing import AppointmentChange, AppointmentInput
from groundlevel.areas.calendars.appointments import create_appointment, edit_appointment
from groundlevel.areas.calendars.blocks import BlockInput, create_block_slot
from groundlevel.areas.calendars.calendar import CalendarType
from groundlevel.areas.calendars.calendars import create_calendar
from groundlevel.areas.calendars.free_slots import SlotsWanted, get_slots
from groundlevel.areas.calendars.groups import NewGroup, create_calendar_group
from groundlevel.areas.calendars.writing import NewCalendar
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.wire import iso

DAY_MS = 86_400_000


class Opening(Struct, frozen=True):
    """A calendar: of which members of the staff, from which hour to which, on which days of the week (0 is Sunday)."""

    name: str
    kind: CalendarType
    members: tuple[int, ...]
    minutes: int
    hours: tuple[int, int]
    days: tuple[int, ...] = (1, 2, 3, 4, 5)
    seats: int = 1
    buffer: int = 0


OPENINGS: dict[str, tuple[Opening, ...]] = {
    "Harbor Street Dental": (
        Opening("Check-up and cleaning", "round_robin", (1, 2), 45, (8, 17), buffer=15),
        Opening("First consultation", "personal", (1,), 30, (13, 17)),
        Opening("Implant consultation", "collective", (1, 2), 60, (9, 12), (2, 4)),
        Opening("Brushing with children", "class_booking", (2,), 60, (15, 17), (3,), seats=8),
        Opening("Open house", "event", (), 60, (10, 14), (6,), seats=20),
    ),
    "Northside Fitness": (
        Opening("Personal training", "round_robin", (1, 2), 60, (6, 20), (1, 2, 3, 4, 5, 6)),
        Opening("Trial session", "round_robin", (1, 2), 30, (10, 19)),
        Opening("Yoga", "class_booking", (2,), 60, (18, 20), (1, 3), seats=12),
        Opening("Body check", "service_booking", (1,), 45, (9, 12)),
    ),
}
"""Sub-account -> its calendars."""


def open_diary(ctx: Ctx, place: str, staff: list[str]) -> tuple[str, list[str]]:
    """Make the calendars of a sub-account, in one group; the group's id, and theirs."""
    group = NewGroup(location_id=ctx.location_id, name="Book online", description="What can be booked", slug="book")
    group_id = create_calendar_group(ctx, group).group.id
    return group_id, [_calendar(ctx, one, staff, group_id) for one in OPENINGS[place]]


def _calendar(ctx: Ctx, one: Opening, staff: list[str], group_id: str) -> str:
    first, last = one.hours
    hour = {"openHour": first, "openMinute": 0, "closeHour": last, "closeMinute": 0}
    said: dict[str, Any] = {
        "locationId": ctx.location_id, "name": one.name, "calendarType": one.kind, "groupId": group_id,
        "teamMembers": [{"userId": staff[n], "isPrimary": n == one.members[0]} for n in one.members],
        "slotDuration": one.minutes, "slotInterval": 30, "slotBuffer": one.buffer, "appoinmentPerSlot": one.seats,
        "openHours": [{"daysOfTheWeek": list(one.days), "hours": [hour]}],
    }  # fmt: skip
    return create_calendar(ctx, msgspec.convert(said, NewCalendar)).calendar.id


def agree(ctx: Ctx, calendar_id: str, contact_id: str, part: float) -> str:
    """Book a contact into one of the free slots from the day after tomorrow on; the appointment's id."""
    since = round((ctx.now + timedelta(days=2)).timestamp() * 1000)
    told = get_slots(ctx, calendar_id, SlotsWanted(start_date=since, end_date=since + 18 * DAY_MS))
    slots: list[str] = [slot for day in told.values() if isinstance(day, dict) for slot in day["slots"]]  # pyright: ignore
    wish = AppointmentInput(
        location_id=ctx.location_id, calendar_id=calendar_id, contact_id=contact_id,
        start_time=slots[int(part * len(slots))],
    )  # fmt: skip
    return create_appointment(ctx, wish).id


def conclude(ctx: Ctx, event_id: str, status: Status) -> None:
    """Say what became of an appointment."""
    edit_appointment(ctx, event_id, AppointmentChange(appointment_status=status))


def take_days_off(ctx: Ctx, user_id: str, first: datetime, days: int) -> None:
    """Somebody is away for some days."""
    until = first + timedelta(days=days)
    body = BlockInput(
        location_id=ctx.location_id, assigned_user_id=user_id, title="Vacation", start_time=iso(first),
        end_time=iso(until),
    )  # fmt: skip
    create_block_slot(ctx, body)
