"""What merge tags stand for: `contact`, `user`, `location`, `custom_values`, `trigger_link` and `right_now`."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from markupsafe import Markup
from msgspec import Struct

from groundlevel.areas.contacts import CONTACTS, Contact
from groundlevel.areas.custom_fields import fields_of
from groundlevel.areas.links import LINKS, address_of
from groundlevel.areas.locations import CUSTOM_VALUES, own_location
from groundlevel.areas.users import USERS
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.store import Eq

Namespaces = dict[str, Any]
Fill = Callable[[str, Namespaces], str]
"""A text and the values for it to what becomes of it."""

OF_CONTACT = (
    "id", "name", "first_name", "last_name", "email", "phone", "company_name", "address1", "city", "state", "country",
    "postal_code", "website", "timezone", "gender", "date_of_birth", "source", "type",
)  # fmt: skip
OF_USER = ("id", "name", "first_name", "last_name", "email", "phone", "extension")
OF_LOCATION = (
    "id", "name", "address", "city", "state", "country", "postal_code", "website", "email", "phone", "timezone",
)  # fmt: skip


class About(Struct, frozen=True):
    """Whom a text is about. Without a user, `user` is the one whom the contact is assigned to.

    more: what else it may refer to, as the area knows that writes it: name -> values.
    """

    contact_id: str = ""
    user_id: str = ""
    more: Namespaces = {}


class Lazy(Mapping[str, Any]):
    """Values that are looked up when a text first asks for one of them."""

    def __init__(self, look_up: Callable[[], dict[str, Any]]) -> None:
        self.look_up, self.found = look_up, cast("dict[str, Any] | None", None)

    def _values(self) -> dict[str, Any]:
        if self.found is None:
            self.found = self.look_up()
        return self.found

    def __getitem__(self, name: str) -> Any:
        return self._values()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values())

    def __len__(self) -> int:
        return len(self._values())


class Each(Mapping[str, Any]):
    """Values of which there may be thousands: each is looked up by its name, and there is no going through them."""

    def __init__(self, look_up: Callable[[str], Any]) -> None:
        self.look_up = look_up

    def __getitem__(self, name: str) -> Any:
        found = self.look_up(name)
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def values_for(ctx: Ctx, about: About, fill: Fill, *, html: bool) -> Namespaces:
    """Everything a text about them may refer to. A custom value may itself refer to all but custom values."""
    names: Namespaces = {
        "contact": Lazy(lambda: _contact(ctx, about)),
        "user": Lazy(lambda: _user(ctx, about)),
        "location": Lazy(lambda: _with_address(own_location(ctx), OF_LOCATION, "address")),
        "trigger_link": Each(lambda id: _link(ctx, about, id)),
        "right_now": Lazy(lambda: _moment(ctx.now.astimezone(ZoneInfo(own_location(ctx).timezone)))),
        **about.more,
    }

    def custom_value(name: str) -> str | None:
        kept = ctx.db.one(CUSTOM_VALUES, Eq("field_key", f"{{{{ custom_values.{name} }}}}"))
        if kept is None:
            return None
        text = fill(kept.value, names) if "{{" in kept.value or "{%" in kept.value else kept.value
        return Markup(text) if html else text  # noqa: S704 - the sub-account's own words

    return names | {"custom_values": Each(custom_value)}


def _contact(ctx: Ctx, about: About) -> dict[str, Any]:
    contact = ctx.db.get(CONTACTS, about.contact_id) if about.contact_id else None
    if contact is None:
        return {}
    held = {value.id: value.value for value in contact.custom_fields}
    fields = {
        f.field_key.removeprefix("contact."): _told(held[f.id]) for f in fields_of(ctx, "contact") if f.id in held
    }
    return fields | _with_address(contact, OF_CONTACT, "address1") | {"tags": ", ".join(contact.tags)}


def _user(ctx: Ctx, about: About) -> dict[str, Any]:
    id = about.user_id
    if not id and about.contact_id:
        contact: Contact | None = ctx.db.get(CONTACTS, about.contact_id)
        id = (contact.assigned_to if contact else None) or ""
    user = ctx.db.get(USERS, id) if id else None
    return {name: getattr(user, name) for name in OF_USER if getattr(user, name)} if user else {}


def _with_address(record: Struct, names: tuple[str, ...], street: str) -> dict[str, Any]:
    """The values of a record that texts may refer to, and its address in one line."""
    values = {name: getattr(record, name) for name in names if getattr(record, name)}
    town = " ".join(values[name] for name in ("state", "postal_code") if name in values)
    line = [values.get(street), values.get("city"), town, values.get("country")]
    return values | {"full_address": ", ".join(part for part in line if part)}


def _link(ctx: Ctx, about: About, id: str) -> str | None:
    link = ctx.db.get(LINKS, id)
    return address_of(ctx.settings, link, about.contact_id) if link else None


def _moment(now: datetime) -> dict[str, Any]:
    """Of the sub-account's clock on the wall."""
    return {
        "second": f"{now:%S}", "minute": f"{now:%M}", "hour": f"{now:%H}", "hour_ampm": f"{now:%I %p}".lstrip("0"),
        "day": now.day, "day_of_week": f"{now:%A}", "month": now.month, "month_name": f"{now:%B}", "year": now.year,
        "time": f"{now:%I:%M %p}".lstrip("0"), "little_endian_date": f"{now:%d/%m/%Y}",
        "middle_endian_date": f"{now:%m/%d/%Y}",
    }  # fmt: skip


def _told(value: Any) -> Any:
    """A custom field's value in a text."""
    if isinstance(value, list):
        return ", ".join(str(_told(one)) for one in cast(list[Any], value))
    if isinstance(value, dict):
        return ", ".join(str(_told(one)) for one in cast(dict[str, Any], value).values())
    return value
