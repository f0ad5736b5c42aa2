"""Users, as an operator makes them: /operator/companies/{companyId}/users"""

from typing import Annotated

import msgspec
from msgspec import Meta

from groundlevel.areas.companies import company_or_400
from groundlevel.areas.locations import location_or_400
from groundlevel.areas.operator import area
from groundlevel.areas.users.users import Roles, ShownUser, User, shown_user
from groundlevel.areas.users.writing import Email, Role, Type, add_user, check_email, name_of
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.wire import Body, Name, new_id


class NewRoles(Body):
    """What a new user is, and for which sub-accounts."""

    type: Type = "account"
    role: Role = "user"
    location_ids: Annotated[list[Name], Meta(max_length=1_000)] = []


class NewOperatorUser(Body):
    """What an operator says of a new user."""

    first_name: Annotated[str, Meta(min_length=1, max_length=1_000)]
    email: Email
    last_name: Name = ""
    phone: Name | None = None
    roles: NewRoles = msgspec.field(default_factory=NewRoles)


@area.post("/operator/companies/{companyId}/users", scope=OPERATOR)
def create_operator_user(ctx: Ctx, company_id: str, body: NewOperatorUser) -> ShownUser:
    """Add a user to an agency. 400 for an unknown agency or sub-account, and for an e-mail address that is taken."""
    company_or_400(ctx, company_id)
    email = body.email.lower()
    check_email(ctx, email)
    locations = [location_or_400(ctx, id).id for id in dict.fromkeys(body.roles.location_ids)]
    user = User(
        id=new_id(), company_id=company_id, name=name_of(body.first_name, body.last_name), email=email,
        first_name=body.first_name, last_name=body.last_name, phone=body.phone, date_added=ctx.stamp,
        roles=Roles(type=body.roles.type, role=body.roles.role, location_ids=locations),
    )  # fmt: skip
    return shown_user(add_user(ctx, user))
