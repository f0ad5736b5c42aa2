"""Endpoints: where apps and private integrations are told of events, and how each is doing.

An app has one under its own id, and one more (`<app>.<event>`) for each event that goes to an address of its own. A
private integration's is under the id of its subscription, a conversation provider's (`provider:<id>`) has a row of its
own. Of how endpoints are doing, only what differs from the usual is kept.
"""

from datetime import datetime

from msgspec.structs import replace

from groundlevel.areas.marketplace import APPS, App
from groundlevel.areas.webhooks.integrations import SUBSCRIPTIONS
from groundlevel.areas.webhooks.policies import Circuit, PolicyName
from groundlevel.kernel.store import Table, Unit
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire, iso

PROVIDER = "provider:"


class Endpoint(Wire):
    """How an endpoint is doing. `failures` in a row; `until`: it is left alone to then. See `Circuit`."""

    id: str
    paused: bool = False
    policy: PolicyName = "standard"
    failures: int = 0
    until: str | None = None

    @property
    def circuit(self) -> Circuit:
        """Its failures, as what is to be thought about them."""
        return Circuit(self.failures, datetime.fromisoformat(self.until) if self.until else None)

    def with_circuit(self, circuit: Circuit) -> "Endpoint":
        """The same after an attempt."""
        return replace(self, failures=circuit.failures, until=iso(circuit.until) if circuit.until else None)


class Direct(Wire):
    """An endpoint that is sent messages as they are: its name, and where it is."""

    id: str
    name: str
    url: str


DIRECT = declare(Table("webhook_direct", Direct, owner="system"))
ENDPOINTS = declare(Table("webhook_endpoints", Endpoint, owner="system"))


def endpoint_of(db: Unit, id: str) -> Endpoint:
    """How an endpoint is doing; all is well where nothing is known of it."""
    return db.get(ENDPOINTS, id) or Endpoint(id=id)


def app_endpoint(app: App, event: str) -> tuple[str, str]:
    """The endpoint and the address at which an app is told of an event; both empty where it has none."""
    own = app.webhook_events.get(event)
    if own is not None and own.url:
        return f"{app.id}.{event}", own.url
    return (app.id, app.webhook_url) if app.webhook_url else ("", "")


def direct_id(provider_id: str) -> str:
    """The endpoint of a conversation provider."""
    return f"{PROVIDER}{provider_id}"


def address_of(db: Unit, id: str) -> str:
    """Where an endpoint is now; empty where it is no more. What waits for it goes where it is when it is sent."""
    if id.startswith(PROVIDER):
        direct = db.get(DIRECT, id)
        return direct.url if direct else ""
    app_id, _, event = id.partition(".")
    if app := db.get(APPS, app_id):
        found, url = app_endpoint(app, event) if event else (app.id, app.webhook_url or "")
        return url if found == id else app.webhook_url or ""
    subscription = db.get(SUBSCRIPTIONS, id)
    return subscription.url if subscription else ""
