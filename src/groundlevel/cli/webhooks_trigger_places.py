"""Ways to let events of users and sub-accounts happen: see `webhooks_trigger`."""

from collections.abc import Callable
from typing import Any

import msgspec

from groundlevel.areas.locations.writing import LocationChange, NewLocation, create_location, put_location
from groundlevel.areas.users.writing import NewUser, UserChange, create_user, delete_user, update_user
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.wire import new_id

Fields = dict[str, Any]
Do = Callable[[Ctx, Fields], object]


def _user(ctx: Ctx, fields: Fields) -> str:
    said = {
        "companyId": ctx.company_id, "firstName": "Trigger", "lastName": "User", "type": "account", "role": "user",
        "email": f"trigger-{new_id().lower()}@example.com", "password": f"Aa1!{new_id()}",
        "locationIds": [ctx.location_id],
    }  # fmt: skip
    return create_user(ctx, msgspec.convert(said | fields, NewUser)).id


def _changed_user(ctx: Ctx, fields: Fields) -> None:
    update_user(ctx, _user(ctx, {}), msgspec.convert(fields or {"lastName": "Changed"}, UserChange))


def _location(ctx: Ctx, fields: Fields) -> None:
    said = {"companyId": ctx.company_id, "name": "Trigger"}
    create_location(ctx, msgspec.convert(said | fields, NewLocation))


def _changed_location(ctx: Ctx, fields: Fields) -> None:
    """Of the sub-account itself: its website, unless something else is said."""
    said = {"companyId": ctx.company_id, **(fields or {"website": "https://trigger.example"})}
    put_location(ctx, ctx.location_id, msgspec.convert(said, LocationChange))


OF_PLACES: dict[str, Do] = {
    "UserCreate": _user,
    "UserUpdate": _changed_user,
    "UserDelete": lambda ctx, fields: delete_user(ctx, _user(ctx, fields)),
    "LocationCreate": _location,
    "LocationUpdate": _changed_location,
}
"""Event -> what is done for it."""
