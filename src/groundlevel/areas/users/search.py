"""Finding users: /users/search"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from groundlevel.areas.users.area import area
from groundlevel.areas.users.users import USERS, ManyUsers, ShownUser, shown_user
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import Unprocessable
from groundlevel.kernel.store import Condition, Eq, Has, In, Not, Sort, Text
from groundlevel.kernel.wire import Body, Name, Wire, camel, snake

NOT_DELETED = Not(Eq("deleted", True))
Number = Annotated[str, Meta(pattern=r"^\d{1,7}$(?!\n)", extra={"explain": "must be a number string"})]


class UsersWanted(Body):
    """Which users of an agency, and in which order. `ids` are separated by commas."""

    company_id: Name
    query: Annotated[str, Meta(max_length=250)] | None = None
    skip: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 25
    location_id: Name | None = None
    type: Name | None = None
    role: Name | None = None
    ids: Annotated[str, Meta(max_length=5_000)] | None = None
    sort: Literal["dateAdded", "name", "firstName", "lastName", "email"] = "dateAdded"
    sort_direction: Literal["asc", "desc"] = "asc"
    enabled2way_sync: bool | None = None


class UsersFound(ManyUsers, kw_only=True):
    """A stretch of the users found, and how many there are in all."""

    count: int


class ByEmail(Body):
    """Users of an agency by e-mail addresses, separated by commas. `projection`: which fields to tell, or `all`."""

    company_id: Name
    emails: Annotated[str, Meta(max_length=25_000)]
    deleted: bool = False
    skip: Number | Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    limit: Number | Annotated[int, Meta(ge=1, le=1_000)] = 25
    projection: Annotated[str, Meta(max_length=1_000)] = "id,email"


class Projected(Wire):
    """The fields asked for of each user, and how many users there are in all."""

    users: list[dict[str, Any]]
    count: int


@area.get("/users/search", scope="users.readonly", tokens="either", slow=True)
def search_users(ctx: Ctx, query: UsersWanted) -> UsersFound:
    """Users of the agency by name, e-mail or phone, sub-account, type, role and ids; a sub-account finds its own only.

    `limit` of them (25 unless said, at most 1,000) after `skip`. `enabled2waySync` is accepted and has no effect.
    403 for another agency.
    """
    wanted = list[Condition]()
    if ctx.location_id:
        wanted.append(Has("works_at", ctx.location_id))
    wanted += [Eq(name, value) for name, value in (("type", query.type), ("role", query.role)) if value is not None]
    if query.ids is not None:
        wanted.append(In("id", tuple(dict.fromkeys(query.ids.split(",")))))
    if query.query and query.query.strip():
        wanted.append(Text(query.query.strip().lower()))
    wanted.append(NOT_DELETED)
    order = (Sort(snake(query.sort), descending=query.sort_direction == "desc"),)
    found = ctx.db.find(USERS, *wanted, sort=order, limit=query.limit, skip=query.skip)
    return UsersFound(users=[shown_user(user) for user in found], count=ctx.db.count(USERS, *wanted))


@area.post(
    "/users/search/filter-by-email", scope="users.readonly", tokens="agency", status=200, reads=True, slow=True
)  # fmt: skip
def filter_users_by_email(ctx: Ctx, body: ByEmail) -> Projected:
    """Users of the agency with these e-mail addresses (at most 100), or (`deleted`) those of them who were deleted.

    Of each its id and address, unless `projection` names other fields. 422 for unknown ones. 403 for another agency.
    """
    emails = list(dict.fromkeys(email.strip().lower() for email in body.emails.split(",") if email.strip()))
    if not emails or len(emails) > 100:
        raise Unprocessable("emails must name 1 to 100 addresses")
    fields = _fields(body.projection)
    deleted = Eq("deleted", True) if body.deleted else NOT_DELETED
    wanted = (In("email", tuple(emails)), deleted)
    skip, limit = int(body.skip), int(body.limit)
    if not 1 <= limit <= 1_000:
        raise Unprocessable("limit must be between 1 and 1000")
    found = [msgspec.to_builtins(shown_user(user)) for user in ctx.db.find(USERS, *wanted, limit=limit, skip=skip)]
    told = [{name: value for name, value in user.items() if name in fields} for user in found]
    return Projected(users=told, count=ctx.db.count(USERS, *wanted))


def _fields(projection: str) -> set[str]:
    known = {camel(name) for name in ShownUser.__struct_fields__}
    asked = {name.strip() for name in projection.split(",")}
    if "all" in asked:
        return known
    if unknown := sorted(asked - known):
        raise Unprocessable(*(f"projection: users have no field {name}" for name in unknown))
    return asked
