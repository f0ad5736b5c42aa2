"""By whom a sub-account sends: /locations/{locationId}/conversationChannels/{type}"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from groundlevel.areas.locations.area import area
from groundlevel.areas.operator import area as operators
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Eq, Sort, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.versions import V3
from groundlevel.kernel.wire import Body, Wire, new_id

ChannelType = Literal["SMS", "Email"]


class KeptProvider(Wire, omit_defaults=False):
    """A provider of a sub-account. `default`: the one that is taken where none is named, one of each type."""

    id: str
    name: str
    type: ChannelType
    default: bool
    date_added: str


class NewProvider(Body):
    """A provider to connect. The first one of a type is its default."""

    name: Annotated[str, Meta(min_length=1, max_length=250)]
    type: ChannelType
    default: bool = False


class Provider(Wire, omit_defaults=False):
    """A provider as it is shown."""

    id: str = msgspec.field(name="_id")
    name: str
    type: ChannelType
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


PROVIDERS = declare(Table("conversation_providers", KeptProvider, index=("type",), order="date_added"))


@area.get("/locations/{locationId}/conversationChannels/{type}", scope="locations.readonly", only=V3)
def get_conversation_channel(ctx: Ctx, location_id: str, type: str) -> ConversationChannel:
    """The providers by which the sub-account sends texts (`SMS`) or mail (`Email`), oldest first; at most 100.

    400 for another type.
    """
    if type not in ("SMS", "Email"):
        raise BadRequest("type must be one of the following values: SMS, Email")
    found = [
        Entry(conversation_provider=Provider(id=p.id, name=p.name, type=p.type, default=p.default))
        for p in ctx.db.find(PROVIDERS, Eq("type", type), sort=(Sort("date_added"),))
    ]
    return ConversationChannel(conversation_channel=Channels(**{type.lower(): found}))


@operators.post("/operator/locations/{locationId}/providers", scope=OPERATOR)
def connect_provider(ctx: Ctx, location_id: str, body: NewProvider) -> KeptProvider:
    """Connect a provider to a sub-account. A new default takes the place of the one before."""
    before = _default_of(ctx, body.type)
    if before and body.default:
        ctx.db.put(PROVIDERS, replace(before, default=False))
    made = KeptProvider(
        id=new_id(), name=body.name, type=body.type, default=body.default or before is None, date_added=ctx.stamp
    )  # fmt: skip
    return ctx.db.put(PROVIDERS, made)


@operators.delete("/operator/locations/{locationId}/providers/{providerId}", scope=OPERATOR)
def disconnect_provider(ctx: Ctx, location_id: str, provider_id: str) -> ProviderGone:
    """Disconnect a provider; the oldest one left of its type becomes the default. 400 for an unknown one."""
    provider = ctx.db.get(PROVIDERS, provider_id)
    if provider is None:
        raise BadRequest(f"Provider with id {provider_id} not found")
    ctx.db.delete(PROVIDERS, provider.id)
    left = ctx.db.find(PROVIDERS, Eq("type", provider.type), sort=(Sort("date_added"),), limit=1)
    if provider.default and left:
        ctx.db.put(PROVIDERS, replace(left[0], default=True))
    return ProviderGone(succeeded=True)


def _default_of(ctx: Ctx, type: ChannelType) -> KeptProvider | None:
    return next((p for p in ctx.db.find(PROVIDERS, Eq("type", type)) if p.default), None)
