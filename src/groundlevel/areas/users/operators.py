"""Users, as an operator makes them: /operator/companies/{companyId}/users"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from groundlevel.areas.companies import company_or_400
from groundlevel.areas.locations import location_or_400
from groundlevel.areas.operator import area
from groundlevel.areas.users.users import USERS, Roles, User
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Eq
from groundlevel.kernel.wire import Body, Name, new_id

Email = Annotated[
    str, Meta(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$(?!\n)", max_length=254, extra={"explain": "must be an email"})
]


class NewRoles(Body):
    """What a new user is, and for which sub-accounts."""

    type: Literal["agency", "account"] = "account"
    role: Literal["admin", "user"] = "user"
    location_ids: Annotated[list[Name], Meta(max_length=1_000)] = []


class NewUser(Body):
    """What an operator says of a new user."""

    first_name: Annotated[str, Meta(min_length=1, max_length=1_000)]
    email: Email
    last_name: Name = ""
    phone: Name | None = None
    roles: NewRoles = msgspec.field(default_factory=NewRoles)


@area.post("/operator/companies/{companyId}/users", scope=OPERATOR)
def create_operator_user(ctx: Ctx, company_id: str, body: NewUser) -> User:
    """Add a user to an agency. 400 for an unknown agency or sub-account, and for an e-mail address that is taken."""
    company_or_400(ctx, company_id)
    email = body.email.lower()
    if ctx.db.one(USERS, Eq("email", email)) is not None:
        raise BadRequest(f"User with email {email} already exists")
    locations = [location_or_400(ctx, id).id for id in dict.fromkeys(body.roles.location_ids)]
    user = User(
        id=new_id(), company_id=company_id, name=f"{body.first_name} {body.last_name}".strip(),
        first_name=body.first_name, last_name=body.last_name, email=email, phone=body.phone,
        roles=Roles(type=body.roles.type, role=body.roles.role, location_ids=locations), date_added=ctx.stamp,
    )  # fmt: skip
    return ctx.db.put(USERS, user)
