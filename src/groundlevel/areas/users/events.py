"""What can happen to users, with the payloads that webhooks carry."""

from typing import ClassVar

from groundlevel.areas.users.permissions import Permissions
from groundlevel.areas.users.users import User
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import Event


class UserEvent(Event):
    """What all events of a user say of it: for a sub-account one each, for the agency one with all sub-accounts."""

    id: str
    first_name: str
    last_name: str
    email: str
    role: str
    permissions: Permissions
    location_id: str | None = None
    company_id: str | None = None
    locations: list[str] | None = None
    phone: str | None = None
    extension: str | None = None


class UserCreate(UserEvent):
    """A user was added."""


class UserUpdate(UserEvent):
    """A user changed."""


class UserDelete(UserEvent):
    """A user was deleted."""


class PasswordChosen(Event):
    """A user shall have this password from now on. `hash`: what of it is kept."""

    logged: ClassVar[bool] = False
    user_id: str
    company_id: str
    email: str
    hash: str


class UserGone(Event):
    """A user may do nothing any more."""

    logged: ClassVar[bool] = False
    user_id: str
    company_id: str


def tell(ctx: Ctx, kind: type[UserCreate] | type[UserUpdate] | type[UserDelete], user: User) -> None:
    """Say what happened to a user: to each of its sub-accounts, or to its agency for a user of the agency's."""
    said = {name: getattr(user, name) for name in ("id", "first_name", "last_name", "email", "phone", "extension")}
    said |= {"role": user.roles.role, "permissions": user.permissions}
    if user.roles.type == "account" and user.roles.location_ids:
        for location_id in user.roles.location_ids:
            ctx.emit(kind(**said, location_id=location_id))
    else:
        ctx.emit(kind(**said, company_id=user.company_id, locations=user.roles.location_ids))
