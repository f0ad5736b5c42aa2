"""What guests fill in, and what is wrong with it. Pure."""

import re
from zoneinfo import ZoneInfo

from msgspec import Struct

from groundlevel.areas.calendars.calendar import Calendar
from groundlevel.areas.calendars.guests import Guest
from groundlevel.pages.booking_views import Asked, zone_in
from groundlevel.pages.browser import first

ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
MEANT = {
    "email": "Write your e-mail address as in anna@example.com.",
    "phone": "Write your phone number with its area code, abroad also with +, as in +1 503 555 0100.",
    "name": "Write your name, in fewer than 250 letters.",
}
"""What to do about a value that is not taken."""


class Field(Struct, frozen=True):
    """A line of the form. `kind`: of the input."""

    name: str
    label: str
    kind: str
    autocomplete: str = "off"
    required: bool = False


FIELDS = (
    Field("name", "Your name", "text", "name", required=True),
    Field("email", "E-mail address", "email", "email", required=True),
    Field("phone", "Phone number", "tel", "tel"),
    Field("notes", "Anything we should know?", "prose"),
)


class Form(Struct, frozen=True):
    """A form as it was sent. `do`: which button."""

    slot: int | None
    key: str
    zone: ZoneInfo | None
    do: str
    values: dict[str, str]

    @property
    def guest(self) -> Guest:
        """Who books."""
        said = self.values
        return Guest(said["name"], said["email"], said["phone"], said["notes"][:5_000])

    @property
    def asked(self) -> Asked:
        """The day on which the time lies, as an address would ask for it."""
        return Asked(zone=self.zone, slot=self.slot).day_of_slot()

    def faults(self, calendar: Calendar) -> dict[str, str]:
        """What is missing or cannot be, by field."""
        said, wrong = self.values, dict[str, str]()
        if not 0 < len(said["name"].strip()) <= 250:
            wrong["name"] = MEANT["name"]
        if not ADDRESS.fullmatch(said["email"].strip()) or len(said["email"]) > 250:
            wrong["email"] = MEANT["email"]
        if len(said["phone"]) > 50:
            wrong["phone"] = MEANT["phone"]
        if calendar.consent_label and said["consent"] != "yes":
            wrong["consent"] = "Tick the box if you agree."
        return wrong

    def told(self, messages: list[str]) -> dict[str, str]:
        """The faults that the CRM finds, in words for guests."""
        found: dict[str, str] = {}
        for message in messages:
            field = message.partition(" ")[0]
            found[field if field in MEANT else ""] = MEANT.get(field, message)
        return found


def form_in(sent: dict[str, list[str]]) -> Form:
    """The form, whatever was sent."""
    slot = first(sent, "slot")
    fits = slot.isascii() and slot.isdigit() and len(slot) <= 11
    values = {name: first(sent, name).replace("\0", "") for name in ("name", "email", "phone", "notes", "consent")}
    return Form(
        int(slot) if fits else None, first(sent, "form_key")[:200], zone_in(first(sent, "timezone")),
        first(sent, "do"), values,
    )  # fmt: skip
