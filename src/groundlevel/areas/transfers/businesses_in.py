"""Businesses of files: one with the same name is changed, which is how people tell them apart."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET

from groundlevel.areas.businesses import BUSINESSES, BusinessChange, NewBusiness, add_business, change_business
from groundlevel.areas.transfers.ahead import Ahead
from groundlevel.areas.transfers.columns import Target, targets_of
from groundlevel.areas.transfers.kinds import Kind
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.explain import violations
from groundlevel.kernel.problems import Unprocessable
from groundlevel.kernel.store import Eq
from groundlevel.kernel.wire import camel, new_hex, sent

FIELDS = {
    "name": "business_name company company_name business organization organisation",
    "phone": "phone_number telephone tel",
    "email": "email_address e-mail mail",
    "website": "url web homepage",
    "address": "address1 street street_address",
    "city": "town",
    "state": "province region county",
    "postal_code": "zip zip_code postcode",
    "country": "country_code",
    "description": "about notes",
}


def targets(ctx: Ctx) -> list[Target]:
    """The fields of businesses."""
    return targets_of(FIELDS, [])


class TakingBusinesses:
    """See `Taking`."""

    def __init__(self, ctx: Ctx) -> None:
        self.location_id = ctx.location_id

    def read(self, cells: Mapping[str, str]) -> NewBusiness:
        """What `POST /businesses` takes."""
        said: dict[str, Any] = {camel(name): text for name, text in cells.items()} | {"locationId": self.location_id}
        try:
            return msgspec.convert(said, NewBusiness)
        except msgspec.ValidationError:
            raise Unprocessable(*violations(said, NewBusiness)) from None

    def foresee(self, db: Ahead, said: Sequence[NewBusiness]) -> None:
        """Which of them there are."""
        db.foresee(BUSINESSES, "name", [body.name for body in said])

    def keep(self, ctx: Ctx, said: NewBusiness) -> str:
        """Change the one of this name, or add one."""
        before = ctx.db.one(BUSINESSES, Eq("name", said.name))
        if before is None:
            return add_business(ctx, said, new_hex()).id
        change = {name: value for name, value in sent(said).items() if name != "location_id" and value is not UNSET}
        change_business(ctx, before.id, BusinessChange(**change))
        return ""


BUSINESSES_IN = Kind("businesses", targets, TakingBusinesses)
