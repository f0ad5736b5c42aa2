"""Where an app is installed: GET /oauth/installed-locations, before v3 GET /oauth/installedLocations"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from groundlevel.areas.locations import LOCATIONS, Location
from groundlevel.areas.marketplace import INSTALLATIONS, Installation, installation_of
from groundlevel.areas.oauth.area import area
from groundlevel.areas.oauth.location_tokens import FOR_APPS
from groundlevel.areas.users import USERS
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest, Problem, Unauthorized
from groundlevel.kernel.store import Eq
from groundlevel.kernel.versions import V2, V3
from groundlevel.kernel.wire import Body, Name, Wire

MOST = 100


class Wanted(Body, kw_only=True):
    """Which of the agency's sub-accounts: those where the app is installed, or (isInstalled=false) is not."""

    company_id: Name
    app_id: Name
    query: Name | None = None
    is_installed: bool = True
    version_id: Name | None = None
    on_trial: bool | None = None
    plan_id: Name | None = None
    location_id: Name | None = None


class OlderPage(Wanted, kw_only=True):
    """The same, `limit` of them after `skip`."""

    skip: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    limit: Annotated[int, Meta(ge=1, le=MOST)] = 20


class Page(Wanted, kw_only=True):
    """The same, `pageSize` (1 to 100) of them; `pageToken` as the reply before named it.

    restrictToUserLocations: only sub-accounts of the user who has installed the app.
    """

    page_size: float = 20
    page_token: Name | None = None
    restrict_to_user_locations: bool = False


class InstalledLocation(Wire, omit_defaults=False):
    """A sub-account, and whether the app is installed there: which version, since when."""

    id: str = msgspec.field(name="_id")
    name: str
    address: str
    is_installed: bool
    version_id: str | msgspec.UnsetType = msgspec.UNSET
    installed_at: str | msgspec.UnsetType = msgspec.UNSET


class OlderList(Wire):
    """A stretch of them, and how many there are in all."""

    locations: list[InstalledLocation]
    count: int
    install_to_future_locations: bool


class Pagination(Wire):
    """Where in the list one is."""

    total_records: int
    has_next_page: bool
    has_prev_page: bool
    current_page_size: int
    next_page_token: str | None = None
    prev_page_token: str | None = None


class Metadata(Wire):
    """What the list was chosen and sorted by."""

    filter_applied: dict[str, Any]
    sort_applied: dict[str, str]


class NewerList(Wire):
    """A page of them."""

    items: list[InstalledLocation]
    pagination: Pagination
    metadata: Metadata
    install_to_future_locations: bool


class AipProblem(Problem):
    """A refusal in the envelope of Google's API improvement proposals. 400."""

    status, title = 400, "Bad Request"
    code = "INVALID_ARGUMENT"

    def __init__(self, message: str, resolution: str, **details: str) -> None:
        super().__init__(message)
        self.resolution, self.details = resolution, details

    def body(self, trace_id: str) -> dict[str, Any]:  # noqa: ARG002
        """`{"error": {"code", "message", "details", "resolution"}}`."""
        told = {"code": self.code, "message": self.messages[0], "details": self.details, "resolution": self.resolution}
        return {"error": told}


class AipNotFound(AipProblem):
    """404, in the same envelope."""

    status, title = 404, "Not Found"
    code = "RESOURCE_NOT_FOUND"


@area.get("/oauth/installedLocations", scope="oauth.readonly", tokens="agency", only=V2, slow=True)
def get_installed_location_before_v3(ctx: Ctx, query: OlderPage) -> OlderList:
    """Sub-accounts of the agency where the app is installed, the latest first; with isInstalled=false, where it is not.

    400 for another app's id, 401 for a token that is of no app, 403 for another agency's.
    """
    if query.app_id != _own_app(ctx):
        raise BadRequest(f"App with id {query.app_id} not found")
    found = _found(ctx, query)
    return OlderList(
        locations=found[query.skip : query.skip + query.limit], count=len(found),
        install_to_future_locations=_to_future(ctx, query.app_id),
    )  # fmt: skip


@area.get("/oauth/installed-locations", scope="oauth.readonly", tokens="agency", only=V3, slow=True)
def get_installed_location(ctx: Ctx, query: Page) -> NewerList:
    """Sub-accounts of the agency where the app is installed, the latest first; with isInstalled=false, where it is not.

    400 for a bad pageSize or pageToken, 401 for a token of no app, 403 for another agency's, 404 for another app.
    """
    if query.app_id != _own_app(ctx):
        text = f"The requested App '{query.app_id}' was not found."
        raise AipNotFound(text, "Use the id of the app that the token is of.", resource="App", identifier=query.app_id)
    size, skip = _size(query.page_size), _skip(query.page_token)
    found = _found(ctx, query, query.restrict_to_user_locations)
    items = found[skip : skip + size]
    more = skip + size < len(found)
    order = {"installedAt": "desc"} if query.is_installed else {"name": "asc"}
    return NewerList(
        items=items,
        pagination=Pagination(
            total_records=len(found), has_next_page=more, has_prev_page=skip > 0, current_page_size=len(items),
            next_page_token=_token(skip + size) if more else None,
            prev_page_token=_token(max(skip - size, 0)) if skip else None,
        ),
        metadata=Metadata(filter_applied=_filters(query), sort_applied=order),
        install_to_future_locations=_to_future(ctx, query.app_id),
    )  # fmt: skip


def _filters(query: Page) -> dict[str, Any]:
    given = {k: v for k, v in msgspec.to_builtins(query).items() if k not in ("pageSize", "pageToken")}
    return {**given, "isInstalled": query.is_installed}


def _own_app(ctx: Ctx) -> str:
    if not ctx.caller.app_id:
        raise Unauthorized(FOR_APPS)
    return ctx.caller.app_id


def _to_future(ctx: Ctx, app_id: str) -> bool:
    whole = installation_of(ctx, app_id)
    return bool(whole and whole.install_to_future_locations)


def _found(ctx: Ctx, wanted: Wanted, of_user: bool = False) -> list[InstalledLocation]:
    places = {one.location_id: one for one in ctx.db.each(INSTALLATIONS, Eq("app_id", wanted.app_id))}
    own = _locations_of_user(ctx) if of_user else None
    found = [
        _shown(location, places.get(location.id))
        for location in ctx.db.each(LOCATIONS)
        if _fits(location, places.get(location.id), wanted) and (own is None or location.id in own)
    ]
    if wanted.is_installed:
        return sorted(found, key=lambda one: (one.installed_at or "", one.id), reverse=True)
    return sorted(found, key=lambda one: (one.name, one.id))


def _fits(location: Location, place: Installation | None, wanted: Wanted) -> bool:
    if bool(place) != wanted.is_installed or wanted.location_id not in (None, location.id):
        return False
    if wanted.query and wanted.query.lower() not in location.name.lower():
        return False
    said = (wanted.version_id, wanted.plan_id, wanted.on_trial)
    have = (place.version_id, place.plan_id, place.trial.on_trial) if place else (None, None, None)
    return all(want in (None, has) for want, has in zip(said, have, strict=True))


def _locations_of_user(ctx: Ctx) -> set[str] | None:
    """The sub-accounts of the user who has installed the app; None for an agency's own people, who have all."""
    user = ctx.db.get(USERS, ctx.caller.user_id) if ctx.caller.user_id else None
    return None if user is None or user.roles.type == "agency" else set(user.roles.location_ids)


def _shown(location: Location, place: Installation | None) -> InstalledLocation:
    region = " ".join(part for part in (location.state, location.postal_code) if part)
    address = ", ".join(part for part in (location.address, location.city, region) if part)
    if place is None:
        return InstalledLocation(id=location.id, name=location.name, address=address, is_installed=False)
    return InstalledLocation(
        id=location.id, name=location.name, address=address, is_installed=True, version_id=place.version_id,
        installed_at=place.installed_at,
    )  # fmt: skip


def _size(size: float) -> int:
    if size != int(size) or not 1 <= size <= MOST:
        raise AipProblem("pageSize must be between 1 and 100", "Ask for 1 to 100 items a page.", field="pageSize")
    return int(size)


def _token(skip: int) -> str:
    return urlsafe_b64encode(msgspec.json.encode({"skip": skip})).rstrip(b"=").decode()


def _skip(token: str | None) -> int:
    if token is None:
        return 0
    try:
        told = msgspec.json.decode(urlsafe_b64decode(token + "=" * (-len(token) % 4)), type=dict[str, int])
        skip = told["skip"]
    except (msgspec.DecodeError, msgspec.ValidationError, ValueError, KeyError):
        skip = -1
    if not 0 <= skip <= 1_000_000:
        raise AipProblem("pageToken is invalid", "Use nextPageToken of the reply before.", field="pageToken")
    return skip
