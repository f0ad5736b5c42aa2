"""Where apps are installed: at agencies and at their sub-accounts."""

from collections.abc import Iterable

from msgspec import Struct, field
from msgspec.structs import replace

from groundlevel.areas.companies import Company, check_advanced, company_or_400
from groundlevel.areas.locations import LOCATIONS, LocationAdded, LocationRemoved, location_or_400
from groundlevel.areas.marketplace.apps import App, app_or_404, check_offered, plan_of
from groundlevel.areas.marketplace.events import (
    INSTALL,
    PLAN_CHANGE,
    UNINSTALL,
    UPDATE,
    Trial,
    Uninstalled,
    Whitelabel,
    no_trial,
)
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.problems import Forbidden, NotFound
from groundlevel.kernel.store import Eq, Owners, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire, shown


class Installation(Wire):
    """An app at an agency (`location_id` empty) or at a sub-account. Its id is the app's and the place's.

    approved_locations: the sub-accounts an agency has chosen; meaningless with `approve_all_locations`.
    """

    id: str
    app_id: str
    version_id: str
    company_id: str
    installed_at: str
    location_id: str = ""
    user_id: str = ""
    plan_id: str = ""
    trial: Trial = field(default_factory=no_trial)
    is_bulk: bool = False
    approve_all_locations: bool = False
    install_to_future_locations: bool = False
    approved_locations: list[str] = shown()


INSTALLATIONS = declare(
    Table(
        "installations",
        Installation,
        index=("app_id",),
        sparse=("location_id", "install_to_future_locations"),
        order="installed_at",
        owner="company",
    )
)


class InstallWanted(Struct, frozen=True):
    """What is to be installed where: at the agency itself where `location_id` is empty.

    An agency's is installed at its `approved_locations` (all there are: `approve_all_locations`) too, and later at
    new ones (`install_to_future_locations`). is_bulk: the agency installs it, for sub-accounts.
    """

    company_id: str
    location_id: str = ""
    user_id: str = ""
    plan_id: str = ""
    is_bulk: bool = False
    approve_all_locations: bool = False
    install_to_future_locations: bool = False
    approved_locations: tuple[str, ...] = ()


def installation_id(app_id: str, place_id: str) -> str:
    """An app is at most once at a place, so the two name the installation."""
    return f"{app_id}:{place_id}"


def installation_of(ctx: Ctx, app_id: str, location_id: str = "") -> Installation | None:
    """The app at a sub-account of the agency the call is about, or at the agency itself; None where it is not."""
    return ctx.db.get(INSTALLATIONS, installation_id(app_id, location_id or ctx.company_id))


def installations_of(ctx: Ctx, app_id: str, *, limit: int = 100, skip: int = 0) -> list[Installation]:
    """Where the app is in the agency the call is about, the latest first."""
    return ctx.db.find(INSTALLATIONS, Eq("app_id", app_id), limit=limit, skip=skip)


def installation_or_404(ctx: Ctx, app_id: str, location_id: str = "") -> Installation:
    """The same as `installation_of`; 404 where it is not installed."""
    found = installation_of(ctx, app_id, location_id)
    if found is None:
        raise NotFound(f"App with id {app_id} not found")
    return found


def own_app(ctx: Ctx, app_id: str) -> App:
    """The app, for whoever may speak of it: an app's token only of that app. 404 for an unknown one, 403 for others."""
    if ctx.caller.app_id and ctx.caller.app_id != app_id:
        raise Forbidden("The token does not have access to this app.")
    return app_or_404(ctx, app_id)


def install(ctx: Ctx, app: App, wanted: InstallWanted) -> Installation:
    """Install an app, or its newest version over an earlier one. Emits INSTALL, or UPDATE for another version.

    400 for an unknown agency, sub-account or plan, and where the app is not offered to such; 403 where the agency's
    plan has no apps.
    """
    here = _at(ctx, wanted.company_id)
    company = company_or_400(here, wanted.company_id)
    check_advanced(company)
    check_offered(app, wanted.location_id)
    if wanted.location_id:
        location_or_400(here, wanted.location_id)
    done = _install(here, app, company, wanted)
    if not wanted.location_id:
        for location in _chosen(here, wanted):
            _install(here, app, company, replace(_plain(wanted), location_id=location, is_bulk=True))
    return done


def _chosen(ctx: Ctx, wanted: InstallWanted) -> Iterable[str]:
    if wanted.approve_all_locations:
        return [location.id for location in ctx.db.each(LOCATIONS)]
    return [location_or_400(ctx, id).id for id in dict.fromkeys(wanted.approved_locations)]


def _plain(wanted: InstallWanted) -> InstallWanted:
    return InstallWanted(company_id=wanted.company_id, user_id=wanted.user_id, plan_id=wanted.plan_id)


def _install(ctx: Ctx, app: App, company: Company, wanted: InstallWanted) -> Installation:
    """One place. What was chosen there before is replaced, but a trial goes on."""
    plan, before = plan_of(app, wanted.plan_id), installation_of(ctx, app.id, wanted.location_id)
    days = plan.trial_days if plan else 0
    trial = Trial(on_trial=True, trial_duration=days, trial_start_date=ctx.stamp) if days else no_trial()
    now = Installation(
        id=installation_id(app.id, wanted.location_id or company.id), app_id=app.id, version_id=app.version.id,
        company_id=company.id, location_id=wanted.location_id, user_id=wanted.user_id, plan_id=wanted.plan_id,
        trial=trial, is_bulk=wanted.is_bulk, installed_at=ctx.stamp,
        approve_all_locations=wanted.approve_all_locations, approved_locations=list(wanted.approved_locations),
        install_to_future_locations=wanted.install_to_future_locations,
    )  # fmt: skip
    if before:
        now = replace(now, trial=before.trial, installed_at=before.installed_at)
    ctx.db.put(INSTALLATIONS, now)
    _tell(ctx, company, before, now)
    return now


def _tell(ctx: Ctx, company: Company, before: Installation | None, now: Installation) -> None:
    kind, where = ("Location", now.location_id) if now.location_id else ("Company", None)
    if before is None:
        ctx.emit(
            INSTALL(
                app_id=now.app_id, version_id=now.version_id, install_type=kind, company_id=company.id,
                company_name=company.name, is_whitelabel_company=bool(company.domain), trial=now.trial,
                whitelabel_details=whitelabel_of(company),
                location_id=where, user_id=now.user_id or None, plan_id=now.plan_id or None,
            )
        )  # fmt: skip
    elif before.version_id != now.version_id:
        ctx.emit(
            UPDATE(
                app_id=now.app_id, version_id=now.version_id, previous_version_id=before.version_id, install_type=kind,
                company_id=company.id, location_id=where, user_id=now.user_id or None,
            )
        )  # fmt: skip
    if before and before.plan_id != now.plan_id:
        _tell_plan(ctx, now, before.plan_id)


def whitelabel_of(company: Company) -> Whitelabel:
    """The agency's own name for the service, if it has one."""
    return Whitelabel(domain=company.domain, logo_url=company.logo_url) if company.domain else Whitelabel()


def _tell_plan(ctx: Ctx, now: Installation, before: str) -> None:
    ctx.emit(
        PLAN_CHANGE(
            app_id=now.app_id, company_id=now.company_id, location_id=now.location_id or None,
            user_id=now.user_id or None, current_plan_id=before, new_plan_id=now.plan_id,
        )
    )  # fmt: skip


def change_plan(ctx: Ctx, app: App, installation: Installation, plan_id: str) -> Installation:
    """Choose another pricing plan, which ends a trial. Emits PLAN_CHANGE. 400 for an unknown plan."""
    plan_of(app, plan_id)
    now = ctx.db.put(INSTALLATIONS, replace(installation, plan_id=plan_id, trial=no_trial()))
    if now.plan_id != installation.plan_id:
        _tell_plan(ctx, now, installation.plan_id)
    return now


def uninstall(ctx: Ctx, app: App, company_id: str, location_ids: Iterable[str] = (), *, agency: bool = False) -> int:
    """Take an app from sub-accounts; from the agency with all of them if `agency`. How many places there were.

    Emits UNINSTALL for each. Other areas end what it may do there (`Uninstalled`).
    """
    here, location_ids = _at(ctx, company_id), list(dict.fromkeys(location_ids))
    if agency:
        found = list(here.db.each(INSTALLATIONS, Eq("app_id", app.id)))
    else:
        found = [one for id in location_ids if (one := installation_of(here, app.id, id))]
        _disapprove(here, app, location_ids)
    places = [one.location_id for one in found if one.location_id]
    for one in found:
        here.db.delete(INSTALLATIONS, one.id)
        here.emit(UNINSTALL(app_id=app.id, company_id=company_id, location_id=one.location_id or None))
    if found or agency:
        here.emit(Uninstalled(app_id=app.id, company_id=company_id, location_ids=places, agency=agency))
    return len(found)


def _disapprove(ctx: Ctx, app: App, location_ids: Iterable[str]) -> None:
    """What a sub-account has ended, its agency's choice no longer names."""
    chosen = installation_of(ctx, app.id)
    if chosen and set(chosen.approved_locations) & set(location_ids):
        left = [id for id in chosen.approved_locations if id not in set(location_ids)]
        ctx.db.put(INSTALLATIONS, replace(chosen, approved_locations=left))


def uninstall_everywhere(ctx: Ctx, app: App) -> int:
    """Take an app from all agencies and their sub-accounts; from how many places."""
    gone = 0
    while found := ctx.db.across_owners(INSTALLATIONS, Eq("app_id", app.id), limit=1_000):
        gone += sum(uninstall(ctx, app, company_id, agency=True) for company_id in {owner for owner, _ in found})
    return gone


@on(LocationAdded)
def install_at_new_location(ctx: Ctx, added: LocationAdded) -> None:
    """Apps whose agency wants them at future sub-accounts come to a new one at once."""
    here = _at(ctx, added.company_id)
    for one in list(here.db.each(INSTALLATIONS, Eq("install_to_future_locations", value=True))):
        wanted = InstallWanted(added.company_id, added.location_id, one.user_id, one.plan_id, is_bulk=True)
        _install(here, app_or_404(here, one.app_id), company_or_400(here, added.company_id), wanted)


@on(LocationRemoved)
def uninstall_from_gone_location(ctx: Ctx, gone: LocationRemoved) -> None:
    """A sub-account's apps go with it."""
    here = _at(ctx, gone.company_id)
    for one in list(here.db.each(INSTALLATIONS, Eq("location_id", gone.location_id))):
        uninstall(here, app_or_404(here, one.app_id), gone.company_id, [gone.location_id])


def _at(ctx: Ctx, company_id: str) -> Ctx:
    """The same call, about an agency: installations are its rows, whoever has it installed."""
    return Ctx(ctx.caller, ctx.db.elsewhere(Owners(company=company_id, system=True)), ctx.now, ctx.settings, ctx.clock)
