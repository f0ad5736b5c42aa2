"""Who the demo's contacts are and what is said of them. Pure: everything comes from the generator passed in."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from msgspec import Struct

from groundlevel.demo.data import FIRST, HEARD, LAST, Field, Place


class Spell(Struct, frozen=True):
    """A stretch of time."""

    start: datetime
    end: datetime

    def at(self, part: float) -> datetime:
        """The moment when that part of it is over."""
        return self.start + (self.end - self.start) * part

    def moment(self, dice: Random) -> datetime:
        """Any moment of it, in working hours (UTC) and whole minutes."""
        day = self.at(dice.random()).replace(hour=0, minute=0, second=0, microsecond=0)
        found = day + timedelta(minutes=dice.randrange(15 * 60, 23 * 60))
        return min(max(found, self.start), self.end)


def person(place: Place, number: int, dice: Random) -> dict[str, Any]:
    """Name, address, phone and the rest of one contact; `number` keeps them apart."""
    first, last = dice.choice(FIRST), dice.choice(LAST)
    city, area_code, postal_code = place.cities[number % len(place.cities)]
    plain = last.lower().replace("'", "").replace("ö", "o")
    said: dict[str, Any] = {
        "first_name": first,
        "last_name": last,
        "email": f"{first.lower()}.{plain}{number}@example.com",
        "phone": f"+1{area_code}55501{number // len(place.cities):02d}",
        "city": city,
        "state": place.state,
        "country": "US",
        "postal_code": postal_code,
        "timezone": place.timezone,
        "source": dice.choice(place.sources),
    }
    if dice.random() < 0.6:
        said["address1"] = f"{dice.randrange(1, 2400)} {dice.choice(place.streets)}"
    if dice.random() < 0.08:
        del said["phone"]
    elif dice.random() < 0.08:
        del said["email"]
    return said


def about_customer(place: Place, dice: Random) -> dict[str, Any]:
    """What is known of somebody who has bought."""
    said: dict[str, Any] = {"tags": dice.sample(place.customer_tags, dice.randint(1, 2))}
    if dice.random() < 0.5:
        born = datetime(1950, 1, 1) + timedelta(days=dice.randrange(20_000))  # noqa: DTZ001  (a day, not a moment)
        said["date_of_birth"] = born.date().isoformat()
    if dice.random() < 0.05:
        said["dnd"] = True
    return said


def about_lead(place: Place, dice: Random) -> dict[str, Any]:
    """What is known of somebody who has only asked."""
    return {"tags": dice.sample(place.lead_tags, 1)}


def value_of(field: Field, when: Spell, dice: Random) -> Any:
    """Something to put into a custom field."""
    match field.type:
        case "SINGLE_OPTIONS" | "RADIO":
            return dice.choice(field.options)
        case "MULTIPLE_OPTIONS" | "CHECKBOX":
            return sorted(dice.sample(field.options, dice.randint(1, 2)))
        case "NUMERICAL":
            return dice.randrange(1, 30)
        case "MONETORY":
            return dice.randrange(1_000, 60_000) / 100
        case "DATE":
            return when.moment(dice).date().isoformat()
        case _:
            return dice.choice(HEARD)
