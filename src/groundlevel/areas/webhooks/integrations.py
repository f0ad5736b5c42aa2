"""Private integrations that are told of events, too: /operator/webhooks/integrations

The hosted service tells only apps; people have asked for this.
"""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from groundlevel.areas.webhooks.area import area
from groundlevel.areas.webhooks.scopes import SCOPES
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.caller import TOKENS, Token
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.kernel.problems import BadRequest, NotFound
from groundlevel.kernel.store import Eq, Table, Unit
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Name, Wire, new_hex, sent

HTTPS = r"^(https://[^\s/?#@]+|http://[\w.-]+(:\d+)?|http://\[::1\](:\d+)?)([/?][^\s#]*)?$(?!\n)"
HookAddress = Annotated[
    str, Meta(pattern=HTTPS, max_length=2_000, extra={"explain": "must be an http or https address"})
]
"""Where to send. Without TLS only to hosts that the operator allows, which is looked at when something is sent."""
Events = Annotated[list[Name], Meta(max_length=200)]


class NewSubscription(Body):
    """Whom to tell where of what. Without `events`: of everything that the token's scopes cover."""

    token_id: Name
    url: HookAddress
    events: Events = []


class SubscriptionChange(Body):
    """What to change; what is not sent stays."""

    url: HookAddress | UnsetType = UNSET
    events: Events | UnsetType = UNSET


class Subscription(Wire):
    """Where a private integration is told of which events (none named: of all that its scopes cover)."""

    id: str
    token_id: str
    url: str
    date_added: str
    company_id: str
    events: list[str] = []
    location_id: str | None = None


class ManySubscriptions(Wire):
    """Subscriptions, newest first."""

    subscriptions: list[Subscription]


class SubscriptionGone(Wire):
    """The reply to removing one."""

    succeeded: bool


SUBSCRIPTIONS = declare(
    Table(
        "webhook_subscriptions", Subscription, sparse=("location_id", "company_id"), unique=("token_id",),
        order="date_added", owner="system",
    )
)  # fmt: skip


@area.post("/operator/webhooks/integrations", scope=OPERATOR)
def create_subscription(ctx: Ctx, body: NewSubscription) -> Subscription:
    """Tell a private integration of events, from the next one on. 400 for an unknown token, 409 for a second time."""
    db = ctx.db.elsewhere(SYSTEM)
    token = db.get(TOKENS, body.token_id)
    if token is None or token.token_class not in ("Location", "Company") or token.app_id:
        raise BadRequest(f"Token with id {body.token_id} not found")
    made = Subscription(
        id=new_hex(), token_id=token.id, url=body.url, date_added=ctx.stamp, events=_known(body.events),
        company_id=token.company_id, location_id=token.location_id or None,
    )  # fmt: skip
    return db.put(SUBSCRIPTIONS, made)


@area.get("/operator/webhooks/integrations", scope=OPERATOR)
def list_subscriptions(ctx: Ctx) -> ManySubscriptions:
    """The private integrations that are told of events, newest first; at most 1,000."""
    return ManySubscriptions(subscriptions=ctx.db.find(SUBSCRIPTIONS, limit=1_000))


@area.put("/operator/webhooks/integrations/{subscriptionId}", scope=OPERATOR)
def update_subscription(ctx: Ctx, subscription_id: str, body: SubscriptionChange) -> Subscription:
    """Change where a private integration is told, or of what. What waits goes to the new address."""
    fields = sent(body)
    if "events" in fields:
        fields["events"] = _known(fields["events"])
    return ctx.db.put(SUBSCRIPTIONS, replace(_subscription_or_404(ctx, subscription_id), **fields))


@area.delete("/operator/webhooks/integrations/{subscriptionId}", scope=OPERATOR)
def delete_subscription(ctx: Ctx, subscription_id: str) -> SubscriptionGone:
    """Tell a private integration no more. What waits for it fails."""
    return SubscriptionGone(succeeded=ctx.db.delete(SUBSCRIPTIONS, _subscription_or_404(ctx, subscription_id).id))


def _subscription_or_404(ctx: Ctx, id: str) -> Subscription:
    found = ctx.db.get(SUBSCRIPTIONS, id)
    if found is None:
        raise NotFound(f"Subscription with id {id} not found")
    return found


def _known(events: list[str]) -> list[str]:
    if unknown := sorted(set(events) - set(SCOPES)):
        raise BadRequest(f"There are no events {', '.join(unknown)}")
    return list(dict.fromkeys(events))


Subscribed = list[tuple[Subscription, Token]]


def subscribed(db: Unit, location_id: str, company_id: str) -> Subscribed:
    """The subscriptions at a place, each with its token. For a unit that writes and sees the system's rows."""
    return [(one, token) for one in subscriptions_of(db, location_id, company_id) if (token := token_of(db, one))]


def subscriptions_of(db: Unit, location_id: str, company_id: str) -> list[Subscription]:
    """The subscriptions at a place: a sub-account, or an agency itself."""
    if location_id:
        return db.find(SUBSCRIPTIONS, Eq("location_id", location_id), limit=1_000)
    of_company = db.find(SUBSCRIPTIONS, Eq("company_id", company_id), limit=1_000) if company_id else []
    return [one for one in of_company if not one.location_id]


def told_integrations(at: Subscribed, event: str, now: str) -> list[Subscription]:
    """Those of them that are told of an event: by what they ask for, and by what their tokens may know."""
    return [one for one, token in at if _wants(one, event, token, now)]


def _wants(one: Subscription, event: str, token: Token, now: str) -> bool:
    if token.expires_at is not None and token.expires_at <= now:
        return False
    return SCOPES.get(event) in token.scopes and (not one.events or event in one.events)


def token_of(db: Unit, one: Subscription) -> Token | None:
    """The token a subscription is of. One that was rotated has handed it on to its successor."""
    token = db.get(TOKENS, one.token_id)
    if token is not None and token.replaced_by:
        successor = db.get(TOKENS, token.replaced_by)
        if successor is not None:
            db.put(SUBSCRIPTIONS, replace(one, token_id=successor.id))
            return successor
    return token
