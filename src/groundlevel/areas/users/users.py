"""Users of an agency and its sub-accounts: /users/{userId}"""

import msgspec

from groundlevel.areas.users.area import area
from groundlevel.areas.users.permissions import Permissions
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Has, Sort, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.versions import V2
from groundlevel.kernel.wire import Body, Wire


class Roles(Wire):
    """What a user is: `type` agency or account, `role` admin or user, and the sub-accounts it covers."""

    type: str
    role: str
    location_ids: list[str]
    restrict_sub_account: bool | None = None


class ShownUser(Wire):
    """A person with access. twilio_phone: the number that calls for it come in by, of each sub-account."""

    id: str
    company_id: str
    name: str
    first_name: str
    last_name: str
    email: str
    roles: Roles
    date_added: str
    phone: str | None = None
    extension: str | None = None
    permissions: Permissions = msgspec.field(default_factory=Permissions)
    scopes: list[str] | None = None
    scopes_assigned_to_only: list[str] | None = None
    profile_photo: str | None = None
    twilio_phone: dict[str, str] | None = None
    platform_language: str | None = None
    deleted: bool = False


class User(ShownUser, kw_only=True):
    """A user as it is kept, with what users are searched by. A user who is deleted works nowhere."""

    type: str = ""
    role: str = ""
    name_lower_case: str = ""
    works_at: list[str] = []

    def __post_init__(self) -> None:
        """What is searched by follows from the rest."""
        self.type, self.role, self.name_lower_case = self.roles.type, self.roles.role, self.name.lower()
        self.works_at = [] if self.deleted else self.roles.location_ids


class OfLocation(Body):
    """Whose users."""

    location_id: str


class ManyUsers(Wire):
    """Users."""

    users: list[ShownUser]


USERS = declare(
    Table(
        "users",
        User,
        index=("email", "name", "first_name", "last_name", "type", "role"),
        sparse=("deleted",),
        text=("name_lower_case", "email", "phone"),
        many=("works_at",),
        order="date_added",
        owner="company",
    )
)


@area.get("/users/", scope="users.readonly", only=V2)
def get_user_by_location(ctx: Ctx, query: OfLocation) -> ManyUsers:
    """The sub-account's users by name; at most 1,000."""
    found = ctx.db.find(USERS, Has("works_at", ctx.location_id), sort=(Sort("name"),), limit=1_000)
    return ManyUsers(users=[shown_user(user) for user in found])


@area.get("/users/{userId}", scope="users.readonly", tokens="either")
def get_user(ctx: Ctx, user_id: str) -> ShownUser:
    """One user of the agency; a sub-account sees its own users only."""
    return shown_user(user_or_400(ctx, user_id))


def shown_user(user: User) -> ShownUser:
    """The user as callers see it."""
    return ShownUser(**{name: getattr(user, name) for name in ShownUser.__struct_fields__})


def user_or_400(ctx: Ctx, user_id: str) -> User:
    """The agency's user with this id, or the sub-account's if the call is about one; 400 where there is none."""
    user = ctx.db.get(USERS, user_id)
    if user is None or user.deleted or (ctx.location_id and ctx.location_id not in user.works_at):
        raise BadRequest(f"User with id {user_id} not found")
    return user


def user_of_location(ctx: Ctx, user_id: str) -> User | None:
    """The user, if it works for the sub-account this call is about."""
    user = ctx.db.get(USERS, user_id)
    return user if user and ctx.location_id in user.works_at else None


def check_user(ctx: Ctx, user_id: str | None) -> None:
    """400 for the id of a user who does not work for the sub-account; nobody is fine."""
    if user_id and user_of_location(ctx, user_id) is None:
        raise BadRequest(f"User with id {user_id} not found")
