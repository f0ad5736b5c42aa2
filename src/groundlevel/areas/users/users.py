"""Users of an agency and its sub-accounts: /users/{userId}"""

from groundlevel.areas.users.area import area
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire


class Roles(Wire):
    """What a user is: `type` agency or account, `role` admin or user, and the sub-accounts it covers."""

    type: str
    role: str
    location_ids: list[str]


class User(Wire):
    """A person with access."""

    id: str
    company_id: str
    name: str
    first_name: str
    last_name: str
    email: str
    roles: Roles
    date_added: str
    phone: str | None = None
    deleted: bool = False


USERS = declare(Table("users", User, index=("email",), order="date_added", owner="company"))


@area.get("/users/{userId}", scope="users.readonly", tokens="either")
def get_user(ctx: Ctx, user_id: str) -> User:
    """One user of the agency; a sub-account sees its own users only."""
    user = ctx.db.get(USERS, user_id)
    if user is None or (ctx.location_id and ctx.location_id not in user.roles.location_ids):
        raise BadRequest(f"User with id {user_id} not found")
    return user


def user_of_location(ctx: Ctx, user_id: str) -> User | None:
    """The user, if it works for the sub-account this call is about."""
    user = ctx.db.get(USERS, user_id)
    return user if user and not user.deleted and ctx.location_id in user.roles.location_ids else None


def check_user(ctx: Ctx, user_id: str | None) -> None:
    """400 for the id of a user who does not work for the sub-account; nobody is fine."""
    if user_id and user_of_location(ctx, user_id) is None:
        raise BadRequest(f"User with id {user_id} not found")
