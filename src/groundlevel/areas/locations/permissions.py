"""Which parts of the product a sub-account may use: /locations/{locationId}/permissions"""

import typing
from typing import Annotated, Literal

from msgspec import Meta

from groundlevel.areas.locations.area import area
from groundlevel.areas.locations.locations import location_or_400
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.store import Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.versions import V3
from groundlevel.kernel.wire import Body, Wire, shown

Part = Literal[
    "2-way-text-messaging", "gmb-messaging", "web-chat", "reputation-management", "facebook-messenger",
    "gmb-call-tracking", "missed-call-text-back", "text-to-pay", "calendar", "crm", "opportunities", "email-marketing",
    "form-builder", "survey-builder", "trigger-links", "html-builder", "sms-email-templates", "funnels", "websites",
    "workflow", "membership", "all-reports", "triggers", "campaigns", "launchpad",
]  # fmt: skip
PARTS: tuple[Part, ...] = typing.get_args(Part)


class PermissionsChange(Body):
    """The parts that a sub-account may use from now on; no others."""

    permissions: Annotated[list[Part], Meta(max_length=len(PARTS))]


class Permissions(Wire):
    """The parts that a sub-account may use."""

    permissions: list[Part] = shown()


class KeptPermissions(Permissions, kw_only=True):
    """The row of a sub-account whose agency has chosen; its id is the sub-account's."""

    id: str


PERMISSIONS = declare(Table("location_permissions", KeptPermissions))


@area.get("/locations/{locationId}/permissions", scope="locations/write", tokens="agency", only=V3)
def get_location_permissions(ctx: Ctx, location_id: str) -> Permissions:
    """The parts of the product that the sub-account may use: all of them, until its agency chooses."""
    location_or_400(ctx, location_id)
    kept = ctx.db.get(PERMISSIONS, location_id)
    return Permissions(permissions=kept.permissions if kept else list(PARTS))


@area.put("/locations/{locationId}/permissions", scope="locations/write", tokens="agency", only=V3)
def update_location_permissions(ctx: Ctx, location_id: str, body: PermissionsChange) -> Permissions:
    """Choose the parts of the product that the sub-account may use, in place of those before."""
    location_or_400(ctx, location_id)
    chosen = list(dict.fromkeys(body.permissions))
    ctx.db.put(PERMISSIONS, KeptPermissions(id=location_id, permissions=chosen))
    return Permissions(permissions=chosen)
