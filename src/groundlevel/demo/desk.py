"""What the demo has around its calendars: hours, a room, equipment, services, and what is told of appointments."""

from typing import Any

import msgspec

from groundlevel.areas.calendars.notifications import NewNotification, create_event_notification
from groundlevel.areas.calendars.resources import NewResource, create_calendar_resource
from groundlevel.areas.calendars.schedules import NewSchedule, create_schedule
from groundlevel.areas.calendars.service_catalog import NewService, create_service_catalog
from groundlevel.areas.calendars.service_locations import NewServiceLocation, create_service_location
from groundlevel.areas.locations import own_location
from groundlevel.kernel.ctx import Ctx

ROOMS = {"Harbor Street Dental": ("Treatment rooms", 2, 0), "Northside Fitness": ("Training floor", 4, 0)}
"""Sub-account -> its room, how many appointments it has room for, and the number of the calendar that needs it."""
EQUIPMENT = {"Harbor Street Dental": ("3D scanner", 2), "Northside Fitness": ("Body composition scale", 3)}
"""Sub-account -> its equipment, and the number of the calendar that needs it."""
SERVICES: dict[str, tuple[tuple[str, int, int], ...]] = {
    "Harbor Street Dental": (("Whitening", 60, 380), ("Polishing", 20, 90), ("Night guard fitting", 30, 520)),
    "Northside Fitness": (("Sports massage", 45, 70), ("Nutrition advice", 30, 40)),
}
"""Sub-account -> its services: what they are called, how many minutes they take, and what they cost."""
NOTIFICATIONS: tuple[dict[str, Any], ...] = (
    {"receiverType": "contact", "channel": "email", "notificationType": "confirmation", "subject": "See you soon"},
    {"receiverType": "contact", "channel": "sms", "notificationType": "reminder", "body": "See you soon",
     "beforeTime": [{"timeOffset": 1, "unit": "days"}, {"timeOffset": 1, "unit": "hours"}]},
    {"receiverType": "contact", "channel": "email", "notificationType": "followup", "subject": "How was it?",
     "afterTime": [{"timeOffset": 2, "unit": "hours"}]},
)  # fmt: skip


def set_up_desk(ctx: Ctx, place: str, staff: list[str], calendars: list[str]) -> dict[str, str]:
    """Everything that is there before anybody books; the ids that the demo tells."""
    here = {"locationId": ctx.location_id}
    room, at_once, number = ROOMS[place]
    tool, of = EQUIPMENT[place]
    for kind, name, calendar, counts in (("rooms", room, number, (1, at_once)), ("equipments", tool, of, (1, 1))):
        said = {"name": name, "description": "", "quantity": counts[0], "outOfService": 0, "capacity": counts[1]}
        body = msgspec.convert(here | said | {"calendarIds": [calendars[calendar]]}, NewResource)
        create_calendar_resource(ctx, kind, body)
    hours = {"from": "07:30", "to": "12:30"}
    rules = [{"type": "wday", "day": day, "intervals": [hours]} for day in ("monday", "tuesday", "wednesday", "friday")]
    mornings = {"name": "Mornings", "userId": staff[2], "timezone": own_location(ctx).timezone, "rules": rules}
    schedule = create_schedule(ctx, msgspec.convert(here | mornings | {"calendarIds": calendars[:1]}, NewSchedule))
    own = own_location(ctx)
    at = {"name": own.name, "slug": "main", "address": f"{own.address}, {own.city}", "phone": own.phone}
    create_service_location(ctx, msgspec.convert(here | at, NewServiceLocation))
    services = [_service(ctx, name, minutes, price, staff[1:]) for name, minutes, price in SERVICES[place]]
    return {"scheduleId": schedule.schedule.id, "serviceId": services[0]}


def say_what_is_told(ctx: Ctx, calendars: list[str]) -> None:
    """What is told of appointments from now on, in all calendars."""
    said = msgspec.convert(list(NOTIFICATIONS), list[NewNotification])
    for calendar_id in calendars:
        create_event_notification(ctx, calendar_id, said)


def _service(ctx: Ctx, name: str, minutes: int, price: int, staff: list[str]) -> str:
    said = {
        "locationId": ctx.location_id, "name": name, "slug": name.lower().replace(" ", "-"),
        "staff": [{"id": id} for id in staff], "serviceDuration": minutes, "postBuffer": 5,
        "payment": {"amount": price},
        "variations": [{"name": "First time", "serviceDuration": minutes + 15}],
    }  # fmt: skip
    return create_service_catalog(ctx, msgspec.convert(said, NewService)).service.id
