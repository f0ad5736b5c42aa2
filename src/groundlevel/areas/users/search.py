"""Finding users: /users/search"""

from typing import Annotated, Literal

from msgspec import Meta

from groundlevel.areas.users.area import area
from groundlevel.areas.users.users import USERS, User
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.wire import Body, Name, Wire, snake


class UsersWanted(Body):
    """Which users of an agency, and in which order. `ids` are separated by commas."""

    company_id: Name
    query: Name | None = None
    skip: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 25
    location_id: Name | None = None
    type: Name | None = None
    role: Name | None = None
    ids: Annotated[str, Meta(max_length=5_000)] | None = None
    sort: Literal["dateAdded", "name", "firstName", "lastName", "email"] = "dateAdded"
    sort_direction: Literal["asc", "desc"] = "asc"
    enabled2way_sync: bool | None = None


class UsersFound(Wire):
    """A stretch of the users found, and how many there are in all."""

    users: list[User]
    count: int


@area.get("/users/search", scope="users.readonly", tokens="either", slow=True)
def search_users(ctx: Ctx, query: UsersWanted) -> UsersFound:
    """Users of the agency by name, e-mail or phone, sub-account, type, role and ids; a sub-account finds its own only.

    `limit` of them (25 unless said, at most 1,000) after `skip`. `enabled2waySync` is accepted and has no effect.
    403 for another agency.
    """
    found = [user for user in ctx.db.each(USERS) if not user.deleted and _fits(user, query, ctx.location_id)]
    field = snake(query.sort)
    found.sort(key=lambda user: (getattr(user, field), user.id), reverse=query.sort_direction == "desc")
    return UsersFound(users=found[query.skip : query.skip + query.limit], count=len(found))


def _fits(user: User, query: UsersWanted, location_id: str) -> bool:
    text = (query.query or "").lower()
    return (
        (not location_id or location_id in user.roles.location_ids)
        and (query.type is None or query.type == user.roles.type)
        and (query.role is None or query.role == user.roles.role)
        and (query.ids is None or user.id in query.ids.split(","))
        and any(text in value.lower() for value in (user.name, user.email, user.phone or ""))
    )
