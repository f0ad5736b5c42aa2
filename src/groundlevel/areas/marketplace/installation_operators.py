"""Where an app is installed, as an operator sees and changes it: /operator/apps/{appId}/installations"""

from typing import Annotated

from msgspec import Meta

from groundlevel.areas.companies import company_or_400
from groundlevel.areas.marketplace.apps import app_or_404
from groundlevel.areas.marketplace.installations import (
    INSTALLATIONS,
    Installation,
    InstallWanted,
    change_plan,
    install,
    installation_or_404,
    uninstall,
)
from groundlevel.areas.operator import area
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.store import Eq
from groundlevel.kernel.wire import Body, Name, Wire


class NewInstallation(Body):
    """Where to install an app: at the agency, unless a sub-account is named. See `InstallWanted`."""

    company_id: Name
    location_id: Name | None = None
    user_id: Name = ""
    plan_id: str = ""
    approve_all_locations: bool = False
    install_to_future_locations: bool = False
    approved_locations: Annotated[list[Name], Meta(max_length=10_000)] = []


class Place(Body):
    """An agency, or one of its sub-accounts."""

    company_id: Name
    location_id: Name | None = None


class PlanChosen(Place, kw_only=True):
    """The pricing plan for a place; empty for none."""

    plan_id: str = ""


class ManyInstallations(Wire):
    """Installations of an app, by agency."""

    installations: list[Installation]


class Taken(Wire):
    """The reply to uninstalling: from how many places."""

    uninstalled: int


@area.get("/operator/apps/{appId}/installations", scope=OPERATOR)
def list_installations(ctx: Ctx, app_id: str) -> ManyInstallations:
    """Where an app is installed, in all agencies; at most 1,000."""
    found = ctx.db.across_owners(INSTALLATIONS, Eq("app_id", app_or_404(ctx, app_id).id), limit=1_000)
    return ManyInstallations(installations=[one for _, one in found])


@area.post("/operator/apps/{appId}/installations", scope=OPERATOR)
def install_app(ctx: Ctx, app_id: str, body: NewInstallation) -> Installation:
    """Install an app, as a person of the agency would by consent; again, to update it."""
    wanted = InstallWanted(
        company_id=body.company_id, location_id=body.location_id or "", user_id=body.user_id, plan_id=body.plan_id,
        is_bulk=bool(not body.location_id and (body.approve_all_locations or body.approved_locations)),
        approve_all_locations=body.approve_all_locations, approved_locations=tuple(body.approved_locations),
        install_to_future_locations=body.install_to_future_locations,
    )  # fmt: skip
    return install(ctx, app_or_404(ctx, app_id), wanted)


@area.put("/operator/apps/{appId}/installations/plan", scope=OPERATOR)
def change_installed_plan(ctx: Ctx, app_id: str, body: PlanChosen) -> Installation:
    """Choose another pricing plan of an app where it is installed. 400 for an unknown plan."""
    app = app_or_404(ctx, app_id)
    return change_plan(ctx, app, installation_or_404(ctx, app.id, body.location_id or ""), body.plan_id)


@area.post("/operator/apps/{appId}/uninstall", scope=OPERATOR, status=200)
def uninstall_app(ctx: Ctx, app_id: str, body: Place) -> Taken:
    """Take an app from a sub-account, or from an agency and all of its sub-accounts. Its tokens there end.

    400 for an unknown agency.
    """
    app, _ = app_or_404(ctx, app_id), company_or_400(ctx, body.company_id)
    locations = [body.location_id] if body.location_id else []
    return Taken(uninstalled=uninstall(ctx, app, body.company_id, locations, agency=not body.location_id))
