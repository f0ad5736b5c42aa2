"""Who has installed an app, and ending it: /marketplace/app/{appId}/installations"""

from groundlevel.areas.companies import PRICED, company_or_400
from groundlevel.areas.marketplace.area import area
from groundlevel.areas.marketplace.events import Whitelabel
from groundlevel.areas.marketplace.installations import installation_or_404, own_app, uninstall, whitelabel_of
from groundlevel.areas.users import USERS
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import Unprocessable
from groundlevel.kernel.store import Eq, Sort
from groundlevel.kernel.wire import Body, Name, Prose, Wire


class InstallerDetails(Wire):
    """Who has installed an app. What concerns the agency itself is null where a sub-account has it."""

    company_id: str
    company_name: str
    relationship_number: str
    company_email: str | None
    company_owner_full_name: str | None
    user_id: str
    is_whitelabel_company: bool
    company_plan: str | None
    company_high_level_plan: str | None
    location_id: str | None = None
    marketplace_app_plan_id: str | None = None
    whitelabel_details: Whitelabel | None = None


class InstallerSeen(Wire):
    """The reply about an installation."""

    installation_details: InstallerDetails


class Ending(Body):
    """Where to take an app from: one sub-account, or an agency and all of its sub-accounts. `reason` is for people."""

    company_id: Name | None = None
    location_id: Name | None = None
    reason: Prose | None = None


class Ended(Wire):
    """The reply to uninstalling."""

    success: bool


@area.get("/marketplace/app/{appId}/installations", scope="marketplace-installer-details.readonly", tokens="either")
def get_installer_details(ctx: Ctx, app_id: str) -> InstallerSeen:
    """Who has installed the app where the token is of. 404 where it is not installed."""
    found = installation_or_404(ctx, own_app(ctx, app_id).id, ctx.location_id)
    company = company_or_400(ctx, ctx.company_id)
    agency = not found.location_id
    plan = PRICED[company.plan] if agency else None
    whitelabel = whitelabel_of(company) if company.domain else None
    details = InstallerDetails(
        company_id=company.id, company_name=company.name, relationship_number=company.relationship_number or "",
        company_email=company.email if agency else None, company_owner_full_name=_owner(ctx) if agency else None,
        user_id=found.user_id, is_whitelabel_company=bool(company.domain), company_plan=plan,
        company_high_level_plan=plan, location_id=found.location_id or None,
        marketplace_app_plan_id=found.plan_id or None, whitelabel_details=whitelabel,
    )  # fmt: skip
    return InstallerSeen(installation_details=details)


@area.delete("/marketplace/app/{appId}/installations", scope="oauth.write", tokens="either")
def uninstall_application(ctx: Ctx, app_id: str, body: Ending) -> Ended:
    """Take an app from a sub-account; with `companyId` alone, from an agency and all of its sub-accounts.

    Its tokens there end. 404 where it is not installed; 422 where a sub-account's token does not say `locationId`, or
    an agency's says neither.
    """
    app = own_app(ctx, app_id)
    if not body.location_id and (ctx.caller.token_class == "Location" or not body.company_id):
        missing = "locationId" if ctx.caller.token_class == "Location" else "companyId"
        raise Unprocessable(f"{missing} must be a string")
    installation_or_404(ctx, app.id, body.location_id or "")
    uninstall(ctx, app, ctx.company_id, [body.location_id] if body.location_id else [], agency=not body.location_id)
    return Ended(success=True)


def _owner(ctx: Ctx) -> str | None:
    """The agency's first administrator."""
    admins = ctx.db.find(USERS, Eq("type", "agency"), Eq("role", "admin"), sort=(Sort("date_added"),), limit=1)
    return admins[0].name if admins else None
