"""Where webhooks go, and how each place is doing: /operator/webhooks/endpoints"""

from collections.abc import Iterator

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from groundlevel.areas.marketplace import APPS
from groundlevel.areas.webhooks.area import area
from groundlevel.areas.webhooks.deliveries import DELIVERIES
from groundlevel.areas.webhooks.endpoints import DIRECT, ENDPOINTS, address_of, app_endpoint, endpoint_of
from groundlevel.areas.webhooks.integrations import SUBSCRIPTIONS
from groundlevel.areas.webhooks.operators import without_values
from groundlevel.areas.webhooks.policies import PolicyName
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import NotFound
from groundlevel.kernel.store import Eq
from groundlevel.kernel.wire import Body, Wire, sent

COUNTED = 1_000


class EndpointChange(Body):
    """What to change; what is not sent stays. `policy`: how often and when what failed is sent again."""

    paused: bool | UnsetType = UNSET
    policy: PolicyName | UnsetType = UNSET


class EndpointSeen(Wire, omit_defaults=False):
    """An endpoint. state: `ok`, `paused`, `failing` (its last deliveries failed) or `left alone` (until a moment).

    waiting, failed: how many deliveries, counted to 1,000. url: values in it are hidden.
    """

    id: str
    name: str
    url: str
    state: str
    policy: str
    waiting: int
    failed: int
    failures: int
    until: str | None = None


class ManyEndpoints(Wire):
    """Endpoints: those of apps, of private integrations, and of conversation providers."""

    endpoints: list[EndpointSeen]


@area.get("/operator/webhooks/endpoints", scope=OPERATOR)
def list_endpoints(ctx: Ctx) -> ManyEndpoints:
    """Every place that is told of events, and how it is doing."""
    return ManyEndpoints(endpoints=[_seen(ctx, id, name) for id, name in _named(ctx)])


@area.get("/operator/webhooks/endpoints/{endpointId}", scope=OPERATOR)
def get_endpoint(ctx: Ctx, endpoint_id: str) -> EndpointSeen:
    """One of them. 404 for an unknown one."""
    return _seen(ctx, endpoint_id, _name_or_404(ctx, endpoint_id))


@area.put("/operator/webhooks/endpoints/{endpointId}", scope=OPERATOR)
def update_endpoint(ctx: Ctx, endpoint_id: str, body: EndpointChange) -> EndpointSeen:
    """Pause an endpoint (its deliveries wait, for up to 30 days), let it go on (at once), or change its policy."""
    name, before, fields = _name_or_404(ctx, endpoint_id), endpoint_of(ctx.db, endpoint_id), sent(body)
    changed = replace(before, **fields)
    if before.paused and not changed.paused:
        changed = replace(changed, failures=0, until=None)
    ctx.db.put(ENDPOINTS, changed)
    return _seen(ctx, endpoint_id, name)


def _named(ctx: Ctx) -> Iterator[tuple[str, str]]:
    for app in ctx.db.find(APPS, limit=1_000):
        events = ["", *(name for name, event in app.webhook_events.items() if event.url)]
        found = {app_endpoint(app, event)[0]: event for event in reversed(events)}
        yield from ((id, f"{app.name}: {event}" if event else app.name) for id, event in found.items() if id)
    yield from ((one.id, f"private integration {one.token_id}") for one in ctx.db.find(SUBSCRIPTIONS, limit=1_000))
    yield from ((one.id, f"provider {one.name}") for one in ctx.db.find(DIRECT, limit=1_000))


def _name_or_404(ctx: Ctx, id: str) -> str:
    if direct := ctx.db.get(DIRECT, id):
        return f"provider {direct.name}"
    app = ctx.db.get(APPS, id.partition(".")[0])
    if app is None and ctx.db.get(SUBSCRIPTIONS, id) is None:
        raise NotFound(f"Endpoint with id {id} not found")
    return f"{app.name}{': ' if '.' in id else ''}{id.partition('.')[2]}" if app else "private integration"


def _seen(ctx: Ctx, id: str, name: str) -> EndpointSeen:
    one = endpoint_of(ctx.db, id)
    failed = ctx.db.count(DELIVERIES, Eq("endpoint_id", id), Eq("status", "failed"), up_to=COUNTED)
    waiting = ctx.db.count(DELIVERIES, Eq("endpoint_id", id), Eq("status", "waiting"), up_to=COUNTED)
    state = "failing" if one.failures else "ok"
    state = "paused" if one.paused else "left alone" if one.until and one.until > ctx.stamp else state
    return EndpointSeen(
        id=id, name=name, url=without_values(address_of(ctx.db, id)), state=state, policy=one.policy, waiting=waiting,
        failed=failed, failures=one.failures, until=one.until,
    )  # fmt: skip
