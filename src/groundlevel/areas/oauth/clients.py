"""Tokens for an app itself (grant type client_credentials), and what becomes of tokens when an app is uninstalled."""

from groundlevel.areas.marketplace import INSTALLATIONS, App, Installation, Uninstalled
from groundlevel.areas.oauth.grants import Grant, end_grants_at, issue, new_grant
from groundlevel.areas.oauth.problems import TokenProblem
from groundlevel.areas.oauth.refreshing import Granted, granted, narrowed
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.store import Eq


def for_itself(ctx: Ctx, app: App, client_id: str, user_type: str | None, scope: str | None) -> Granted:
    """A token for the only place where the app is installed; no refresh token comes with it (RFC 6749, 4.4.3).

    user_type says whether an agency or a sub-account is meant: without it, an agency. The request has no word for
    which, so 400 where there is none, or more than one.
    """
    wanted = user_type or "Company"
    places = [p for p in places_of(ctx, app) if bool(p.location_id) == (wanted == "Location")]
    if len(places) != 1:
        count = "nowhere" if not places else "at more than one place"
        raise TokenProblem("invalid_grant", f"Invalid grant: the app is installed {count} as {wanted}")
    place = places[0]
    scopes = narrowed(app.scopes, scope)
    grant = Grant(
        id="", date_added="", app_id=app.id, client_id=client_id, version_id=place.version_id, user_type=wanted,
        company_id=place.company_id, location_id=place.location_id, user_id=place.user_id, scopes=scopes,
    )  # fmt: skip
    kept = new_grant(ctx, grant)
    return granted(ctx, kept, issue(ctx, kept, scopes, refreshable=False))


def places_of(ctx: Ctx, app: App) -> list[Installation]:
    """Where an app is installed, in every agency; at most 1,000."""
    return [place for _, place in ctx.db.across_owners(INSTALLATIONS, Eq("app_id", app.id), limit=1_000)]


@on(Uninstalled)
def end_tokens(ctx: Ctx, gone: Uninstalled) -> None:
    """An app's tokens end with its installation, at an agency together with those of its sub-accounts."""
    if gone.agency:
        end_grants_at(ctx, gone.app_id, gone.company_id)
    for location_id in gone.location_ids:
        end_grants_at(ctx, gone.app_id, gone.company_id, location_id)
