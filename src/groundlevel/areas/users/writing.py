"""Adding, changing and deleting users: /users"""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from groundlevel.areas.locations import location_or_400
from groundlevel.areas.users.area import area
from groundlevel.areas.users.events import PasswordChosen, UserCreate, UserDelete, UserGone, UserUpdate, tell
from groundlevel.areas.users.passwords import Password, hash_password
from groundlevel.areas.users.permissions import PermissionsChange, Scopes, check_scopes
from groundlevel.areas.users.users import USERS, Roles, ShownUser, User, shown_user, user_or_400
from groundlevel.kernel.app import NOT_ITS_LOCATION
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest, Forbidden
from groundlevel.kernel.store import Eq
from groundlevel.kernel.versions import Was
from groundlevel.kernel.wire import Body, Name, Wire, new_id, sent

Email = Annotated[
    str, Meta(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$(?!\n)", max_length=254, extra={"explain": "must be an email"})
]
FirstName = Annotated[str, Meta(min_length=1, max_length=1_000)]
Type = Literal["account", "agency"]
Role = Literal["admin", "user"]
LocationIds = Annotated[list[Name], Meta(max_length=10_000)]
Language = Literal[
    "en_US", "es", "fr_CA", "fr_FR", "nl", "de", "pt_PT", "pt_BR", "it", "sv", "da", "fi", "no"
]  # fmt: skip
Numbers = dict[str, Annotated[str, Meta(max_length=30)]]


class Details(Body):
    """What may be said of a user beside name, password and roles.

    twilio_phone: the number of each sub-account, in place of those before; an empty one is none.
    """

    phone: Name | UnsetType = UNSET
    permissions: PermissionsChange | UnsetType = UNSET
    scopes: Scopes | UnsetType = UNSET
    scopes_assigned_to_only: Scopes | UnsetType = UNSET
    profile_photo: Name | UnsetType = UNSET
    twilio_phone: Numbers | UnsetType = UNSET
    platform_language: Language | UnsetType = UNSET


class NewUser(Details, kw_only=True):
    """A user to add."""

    company_id: Name
    first_name: FirstName
    last_name: Name
    email: Email
    password: Password
    type: Type
    role: Role
    location_ids: LocationIds


class UserChange(Details, kw_only=True):
    """A change; what is not sent stays. `email` is taken and has no effect, as the service says."""

    company_id: Name | UnsetType = UNSET
    first_name: FirstName | UnsetType = UNSET
    last_name: Name | UnsetType = UNSET
    email: Name | UnsetType = UNSET
    password: Password | UnsetType = UNSET
    type: Type | UnsetType = UNSET
    role: Role | UnsetType = UNSET
    location_ids: LocationIds | UnsetType = UNSET


class UserGoes(Wire):
    """The reply to deleting."""

    succeeded: Annotated[bool, Was("succeded")]
    message: str


@area.post("/users/", scope="users.write", tokens="either", steps=(hash_password,))
def create_user(ctx: Ctx, body: NewUser) -> ShownUser:
    """Add a user to the agency. A sub-account adds such as work for it alone.

    400 for an e-mail address that is taken and for unknown sub-accounts, 403 for another agency's.
    """
    email = body.email.lower()
    check_email(ctx, email)
    roles = Roles(type=body.type, role=body.role, location_ids=_locations(ctx, body.location_ids))
    user = User(
        id=new_id(), company_id=ctx.company_id, name=name_of(body.first_name, body.last_name), email=email,
        first_name=body.first_name, last_name=body.last_name, roles=roles, date_added=ctx.stamp,
    )  # fmt: skip
    user = replace(user, **_details(ctx, user, sent(body)))
    _check_own(ctx, user)
    ctx.emit(PasswordChosen(user_id=user.id, company_id=user.company_id, email=email, hash=body.password))
    return shown_user(add_user(ctx, user))


@area.put("/users/{userId}", scope="users.write", tokens="either", steps=(hash_password,))
def update_user(ctx: Ctx, user_id: str, body: UserChange) -> ShownUser:
    """Change a user; what is not sent stays as it is. A sub-account changes only such as work for it alone (else 403).

    The e-mail address stays, whatever is sent. A new password ends the user's sessions.
    """
    user = user_or_400(ctx, user_id)
    _check_own(ctx, user)
    said = sent(body)
    roles = {name: said[name] for name in ("type", "role") if name in said}
    if "location_ids" in said:
        roles["location_ids"] = _locations(ctx, said["location_ids"])
    names = {name: said[name] for name in ("first_name", "last_name") if name in said}
    changed = replace(user, **names, **_details(ctx, user, said), roles=replace(user.roles, **roles))
    changed = replace(changed, name=name_of(changed.first_name, changed.last_name))
    _check_own(ctx, changed)
    if body.password:
        chosen = PasswordChosen(user_id=user.id, company_id=user.company_id, email=user.email, hash=body.password)
        ctx.emit(chosen)
    tell(ctx, UserUpdate, changed)
    return shown_user(ctx.db.put(USERS, changed))


@area.delete("/users/{userId}", scope="users.write", tokens="either")
def delete_user(ctx: Ctx, user_id: str) -> UserGoes:
    """Delete a user: its sessions end now. A sub-account deletes only such as work for it alone (else 403)."""
    user = user_or_400(ctx, user_id)
    _check_own(ctx, user)
    tell(ctx, UserDelete, user)
    ctx.emit(UserGone(user_id=user.id, company_id=user.company_id))
    ctx.db.put(USERS, replace(user, deleted=True))
    told = f"Queued deleting user with e-mail {user.email} and name {user.name}. Will take effect in a few minutes."
    return UserGoes(succeeded=True, message=told)


def add_user(ctx: Ctx, user: User) -> User:
    """Keep a new user, and say that it is there."""
    tell(ctx, UserCreate, user)
    return ctx.db.put(USERS, user)


def check_email(ctx: Ctx, email: str) -> None:
    """400 for an address that a user of the agency has."""
    if any(not user.deleted for user in ctx.db.find(USERS, Eq("email", email))):
        raise BadRequest(f"User with email {email} already exists")


def name_of(first: str, last: str) -> str:
    """The whole name."""
    return f"{first} {last}".strip()


def _check_own(ctx: Ctx, user: User) -> None:
    """403 where a sub-account would decide on one who works elsewhere too, or for the agency."""
    if ctx.location_id and (user.roles.type != "account" or set(user.roles.location_ids) != {ctx.location_id}):
        raise Forbidden(NOT_ITS_LOCATION)


def _locations(ctx: Ctx, ids: list[str]) -> list[str]:
    """The sub-accounts, each once; 400 for one that is not the agency's."""
    return [location_or_400(ctx, id).id for id in dict.fromkeys(ids)]


def _details(ctx: Ctx, user: User, said: dict[str, Any]) -> dict[str, Any]:
    """What a body says beside names, password and roles. 422 for scopes there are none of."""
    fields = {name: said[name] for name in Details.__struct_fields__ if name in said}
    check_scopes(fields.get("scopes"), fields.get("scopes_assigned_to_only"))
    if "permissions" in fields:
        fields["permissions"] = replace(user.permissions, **sent(fields["permissions"]))
    if "twilio_phone" in fields:
        fields["twilio_phone"] = {id: number for id, number in fields["twilio_phone"].items() if number}
        _locations(ctx, list(fields["twilio_phone"]))
    return fields
