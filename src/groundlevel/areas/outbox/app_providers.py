"""Providers of apps: registered once, and then wherever the app is installed: /operator/apps/{appId}/providers"""

from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta

from groundlevel.areas.marketplace import INSTALL, INSTALLATIONS, AppRemoved, Uninstalled, app_or_404
from groundlevel.areas.operator import area
from groundlevel.areas.outbox.outgoing import at_place
from groundlevel.areas.outbox.providers import (
    PROVIDERS,
    Address,
    KeptProvider,
    ProviderGone,
    ProviderType,
    Title,
    disconnect,
)
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.kernel.problems import NotFound
from groundlevel.kernel.store import Eq, Sort, Table, Unit
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Wire, new_hex

MOST = 10_000
"""Places that an app's new provider is connected to at once."""


class AppProvider(Wire, omit_defaults=False):
    """A provider of an app: what it carries, where its messages go, and what people call it."""

    id: str
    app_id: str
    name: str
    type: ProviderType
    url: str
    alias: str
    date_added: str


class NewAppProvider(Body):
    """A provider to register."""

    name: Title
    type: ProviderType
    url: Address = ""
    alias: Annotated[str, Meta(max_length=250)] = ""


class ManyAppProviders(Wire):
    """The providers of an app, oldest first."""

    providers: list[AppProvider]


APP_PROVIDERS = declare(Table("app_providers", AppProvider, index=("app_id",), order="date_added", owner="system"))


@area.get("/operator/apps/{appId}/providers", scope=OPERATOR)
def list_app_providers(ctx: Ctx, app_id: str) -> ManyAppProviders:
    """The providers of an app, oldest first. 404 for an unknown app."""
    app_or_404(ctx, app_id)
    return ManyAppProviders(providers=ctx.db.find(APP_PROVIDERS, Eq("app_id", app_id), sort=(Sort("date_added"),)))


@area.post("/operator/apps/{appId}/providers", scope=OPERATOR)
def add_app_provider(ctx: Ctx, app_id: str, body: NewAppProvider) -> AppProvider:
    """Register a provider of an app, which is at once wherever the app is installed. 404 for an unknown app.

    It is the default nowhere: a sub-account chooses that.
    """
    app_or_404(ctx, app_id)
    made = AppProvider(
        id=new_hex(), app_id=app_id, name=body.name, type=body.type, url=body.url, alias=body.alias,
        date_added=ctx.stamp,
    )  # fmt: skip
    for there in _places(ctx, app_id):
        there.db.put(PROVIDERS, _at(ctx, made))
    return ctx.db.put(APP_PROVIDERS, made)


@area.delete("/operator/apps/{appId}/providers/{providerId}", scope=OPERATOR)
def remove_app_provider(ctx: Ctx, app_id: str, provider_id: str) -> ProviderGone:
    """Remove a provider of an app, from all sub-accounts too. 404 for an unknown one."""
    made = ctx.db.get(APP_PROVIDERS, provider_id)
    if made is None or made.app_id != app_id:
        raise NotFound(f"Conversation provider with id {provider_id} not found")
    for there in _places(ctx, app_id):
        if kept := there.db.get(PROVIDERS, provider_id):
            disconnect(there, kept)
    return ProviderGone(succeeded=ctx.db.delete(APP_PROVIDERS, provider_id))


@on(INSTALL)
def connect_providers(ctx: Ctx, come: INSTALL) -> None:
    """An app's providers come with it."""
    if come.location_id:
        there = at_place(ctx, come.location_id, come.company_id)
        for made in _system(ctx).find(APP_PROVIDERS, Eq("app_id", come.app_id)):
            there.db.put(PROVIDERS, _at(ctx, made))


@on(Uninstalled)
def disconnect_providers(ctx: Ctx, gone: Uninstalled) -> None:
    """And go with it."""
    for location_id in gone.location_ids:
        there = at_place(ctx, location_id, gone.company_id)
        for kept in there.db.find(PROVIDERS, Eq("app_id", gone.app_id)):
            disconnect(there, kept)


@on(AppRemoved)
def forget_providers(ctx: Ctx, gone: AppRemoved) -> None:
    """An app that is no more has none."""
    for made in _system(ctx).find(APP_PROVIDERS, Eq("app_id", gone.app_id)):
        _system(ctx).delete(APP_PROVIDERS, made.id)


def _at(ctx: Ctx, made: AppProvider) -> KeptProvider:
    return KeptProvider(
        id=made.id, name=made.name, type=made.type, default=False, date_added=ctx.stamp, url=made.url,
        alias=made.alias, app_id=made.app_id,
    )  # fmt: skip


def _places(ctx: Ctx, app_id: str) -> Iterator[Ctx]:
    for _, one in ctx.db.across_owners(INSTALLATIONS, Eq("app_id", app_id), limit=MOST):
        if one.location_id:
            yield at_place(ctx, one.location_id, one.company_id)


def _system(ctx: Ctx) -> Unit:
    return ctx.db.elsewhere(SYSTEM)
