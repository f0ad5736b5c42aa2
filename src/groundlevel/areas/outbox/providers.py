"""By which programs of others a sub-account sends: /locations/{locationId}/conversationChannels/{type}

A provider is an app's, and then at every sub-account where that app is installed; or it is connected to one sub-account
alone, whose private integrations speak for it.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from groundlevel.areas.locations import area
from groundlevel.areas.operator import area as operators
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Eq, Sort, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.versions import V3
from groundlevel.kernel.wire import Body, Wire, new_hex, sent

ProviderType = Literal["SMS", "Email", "Custom", "Call"]
HTTPS = r"^(https?://.+)?$"
Address = Annotated[str, Meta(pattern=HTTPS, max_length=2_000, extra={"explain": "must be a URL address"})]
Title = Annotated[str, Meta(min_length=1, max_length=250)]


class KeptProvider(Wire, omit_defaults=False):
    """A provider at a sub-account. `default`: the one that is taken where none is named, one of each type at most.

    url: where its messages go; without one they wait in the outbox. alias: what people call it there.
    app_id: whose it is; empty: the sub-account's own. Only such an app says what became of its messages.
    """

    id: str
    name: str
    type: ProviderType
    default: bool
    date_added: str
    url: str = ""
    alias: str = ""
    app_id: str = ""


class NewProvider(Body):
    """A provider to connect. The first one of a type is its default, unless `default` says otherwise."""

    name: Title
    type: ProviderType
    default: bool | None = None
    url: Address = ""
    alias: Annotated[str, Meta(max_length=250)] = ""


class ProviderChange(Body):
    """What to change about a provider; what is not sent stays."""

    name: Title | UnsetType = UNSET
    default: bool | UnsetType = UNSET
    url: Address | UnsetType = UNSET
    alias: Annotated[str, Meta(max_length=250)] | UnsetType = UNSET


class ManyProviders(Wire):
    """The providers of a sub-account, oldest first."""

    providers: list[KeptProvider]


class Provider(Wire, omit_defaults=False):
    """A provider as it is shown."""

    id: str = msgspec.field(name="_id")
    name: str
    type: ProviderType
    default: bool


class Entry(Wire):
    """One way to send."""

    conversation_provider: Provider


class Channels(Wire):
    """The ways to send, by type; a type that was not asked for is missing."""

    sms: list[Entry] | None = msgspec.field(name="SMS", default=None)
    email: list[Entry] | None = msgspec.field(name="Email", default=None)


class ConversationChannel(Wire):
    """The reply about a sub-account's channels."""

    conversation_channel: Channels


class ProviderGone(Wire):
    """The reply to disconnecting."""

    succeeded: bool


PROVIDERS = declare(
    Table("conversation_providers", KeptProvider, index=("type",), sparse=("app_id",), order="date_added")
)
OLDEST = (Sort("date_added"),)


@area.get("/locations/{locationId}/conversationChannels/{type}", scope="locations.readonly", only=V3)
def get_conversation_channel(ctx: Ctx, location_id: str, type: str) -> ConversationChannel:
    """The providers by which the sub-account sends texts (`SMS`) or mail (`Email`), oldest first; at most 100.

    400 for another type.
    """
    if type not in ("SMS", "Email"):
        raise BadRequest("type must be one of the following values: SMS, Email")
    found = [
        Entry(conversation_provider=Provider(id=p.id, name=p.alias or p.name, type=p.type, default=p.default))
        for p in ctx.db.find(PROVIDERS, Eq("type", type), sort=OLDEST)
    ]
    return ConversationChannel(conversation_channel=Channels(**{type.lower(): found}))


@operators.get("/operator/locations/{locationId}/providers", scope=OPERATOR)
def list_providers(ctx: Ctx, location_id: str) -> ManyProviders:
    """The providers of a sub-account, those of apps among them, oldest first; at most 1,000."""
    return ManyProviders(providers=ctx.db.find(PROVIDERS, sort=OLDEST, limit=1_000))


@operators.post("/operator/locations/{locationId}/providers", scope=OPERATOR)
def connect_provider(ctx: Ctx, location_id: str, body: NewProvider) -> KeptProvider:
    """Connect a provider of its own to a sub-account. A new default takes the place of the one before."""
    before = default_provider(ctx, body.type)
    default = before is None if body.default is None else body.default
    made = KeptProvider(
        id=new_hex(), name=body.name, type=body.type, default=False, date_added=ctx.stamp, url=body.url,
        alias=body.alias,
    )  # fmt: skip
    return _keep(ctx, made, default=default)


@operators.put("/operator/locations/{locationId}/providers/{providerId}", scope=OPERATOR)
def change_provider(ctx: Ctx, location_id: str, provider_id: str, body: ProviderChange) -> KeptProvider:
    """Change a provider at a sub-account, or make it the default of its type or not. 400 for an unknown one."""
    said = sent(body)
    default = said.pop("default", UNSET)
    kept = provider_or_400(ctx, provider_id)
    return _keep(ctx, replace(kept, **said), default=kept.default if default is UNSET else default)


@operators.delete("/operator/locations/{locationId}/providers/{providerId}", scope=OPERATOR)
def disconnect_provider(ctx: Ctx, location_id: str, provider_id: str) -> ProviderGone:
    """Disconnect a provider; the oldest one left of its type becomes the default. 400 for an unknown one."""
    disconnect(ctx, provider_or_400(ctx, provider_id))
    return ProviderGone(succeeded=True)


def disconnect(ctx: Ctx, provider: KeptProvider) -> None:
    """Take a provider from the sub-account; its oldest like follows it as the default."""
    ctx.db.delete(PROVIDERS, provider.id)
    left = ctx.db.find(PROVIDERS, Eq("type", provider.type), sort=OLDEST, limit=1)
    if provider.default and left:
        ctx.db.put(PROVIDERS, replace(left[0], default=True))


def provider_or_400(ctx: Ctx, provider_id: str) -> KeptProvider:
    """The sub-account's provider with this id; 400 in the service's words where there is none."""
    found = ctx.db.get(PROVIDERS, provider_id)
    if found is None:
        raise BadRequest(f"Conversation provider with id {provider_id} not found")
    return found


def provider_for_caller(ctx: Ctx, provider_id: str) -> KeptProvider:
    """The provider that a caller names, if it may speak for it: an app for its own, others for any that is here.

    400 in the hosted service's words: for an id that no provider has, and for another app's.
    """
    found = ctx.db.get(PROVIDERS, provider_id)
    if found is None:
        raise BadRequest("Invalid conversationProviderId")
    if ctx.caller.app_id and found.app_id != ctx.caller.app_id:
        raise BadRequest(f"You don't have access to the conversationProvider with id: {provider_id}")
    return found


def default_provider(ctx: Ctx, type: ProviderType) -> KeptProvider | None:
    """The one that is taken where none is named."""
    return next((p for p in ctx.db.find(PROVIDERS, Eq("type", type), limit=1_000) if p.default), None)


def _keep(ctx: Ctx, provider: KeptProvider, *, default: bool) -> KeptProvider:
    before = default_provider(ctx, provider.type)
    if before and default and before.id != provider.id:
        ctx.db.put(PROVIDERS, replace(before, default=False))
    return ctx.db.put(PROVIDERS, replace(provider, default=default))
