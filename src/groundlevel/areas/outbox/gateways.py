"""By whom a sub-account sends and receives by itself: gateways for texts, messengers and mail.

/operator/locations/{locationId}/gateways. What opens the gateway's account is kept under the installation's secret.
"""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType, field
from msgspec.structs import replace

from groundlevel.areas.operator import area
from groundlevel.areas.outbox.consent import Channel
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.settings import Settings
from groundlevel.kernel.store import Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Wire, new_hex, sent
from groundlevel.outside.mail.smtp import Security
from groundlevel.outside.twilio import HOME
from groundlevel.secret import seal, secret_of, unseal

Kind = Literal["twilio", "smtp"]
PURPOSE = "gateway"
"""What the secrets of gateways are sealed for."""
MOST_EACH = 50
MAIL = "The gateway for mail is changed at /operator/locations/{locationId}/email"

Short = Annotated[str, Meta(max_length=200)]
Secret = Annotated[str, Meta(min_length=1, max_length=1_000)]
Base = Annotated[str, Meta(pattern=r"^https?://\S+$", max_length=500, extra={"explain": "must be a URL address"})]
Channels = Annotated[list[Channel], Meta(min_length=1, max_length=11)]


def texts() -> list[Channel]:
    """What a gateway is for unless it says otherwise."""
    return ["SMS"]


class Imap(Wire, omit_defaults=False):
    """A mailbox that is read, without its password."""

    host: str
    port: int
    security: Security
    user: str
    folder: str


class MailWay(Wire, omit_defaults=False):
    """Of a gateway for mail: its server, where answers go, who signs, and the mailbox (see `mailboxes.py`)."""

    host: str
    port: int = 587
    security: Security = "starttls"
    reply_to: str = ""
    plus: bool = True
    dkim_domain: str = ""
    dkim_selector: str = ""
    imap: Imap | None = None


class Gateway(Wire, omit_defaults=False):
    """A gateway of a sub-account, as it is kept. sealed: the secret that opens its account.

    channels: what goes by it. sender: the number or address that its messages come from. service: in place of that,
    which of the gateway's messaging services chooses one. listens: whether it answers STOP, START and HELP itself.
    """

    id: str
    kind: Kind
    name: str
    channels: list[Channel]
    account: str
    sealed: str
    sender: str
    date_added: str
    date_updated: str
    url: str = HOME
    service: str = ""
    listens: bool = True
    paused: bool = False
    mail: MailWay | None = None


class NewGateway(Body):
    """A gateway to connect. account, secret: of Twilio's shape, the account's SID and its auth token."""

    account: Short
    secret: Secret
    kind: Literal["twilio"] = "twilio"
    name: Short = ""
    channels: Channels = field(default_factory=texts)
    sender: Short = ""
    service: Short = ""
    url: Base = HOME
    listens: bool = True


class GatewayChange(Body):
    """What to change about a gateway; what is not sent stays. While it is paused, what goes by it waits."""

    account: Short | UnsetType = UNSET
    secret: Secret | UnsetType = UNSET
    name: Short | UnsetType = UNSET
    channels: Channels | UnsetType = UNSET
    sender: Short | UnsetType = UNSET
    service: Short | UnsetType = UNSET
    url: Base | UnsetType = UNSET
    listens: bool | UnsetType = UNSET
    paused: bool | UnsetType = UNSET


class GatewaySeen(Wire, omit_defaults=False):
    """A gateway as it is shown: everything but its secret. inbound: where it is to send what comes in."""

    id: str
    kind: Kind
    name: str
    channels: list[Channel]
    account: str
    sender: str
    service: str
    url: str
    listens: bool
    paused: bool
    date_added: str
    date_updated: str
    inbound: str


class ManyGateways(Wire):
    """The gateways of a sub-account, oldest first."""

    gateways: list[GatewaySeen]


class GatewayGone(Wire):
    """The reply to disconnecting."""

    succeeded: bool


GATEWAYS = declare(Table("gateways", Gateway, order="date_added"))


@area.get("/operator/locations/{locationId}/gateways", scope=OPERATOR)
def list_gateways(ctx: Ctx, location_id: str) -> ManyGateways:
    """The gateways of a sub-account, oldest first, without their secrets."""
    return ManyGateways(gateways=[seen(ctx, one) for one in gateways_of(ctx)])


@area.post("/operator/locations/{locationId}/gateways", scope=OPERATOR)
def connect_gateway(ctx: Ctx, location_id: str, body: NewGateway) -> GatewaySeen:
    """Connect a gateway: what goes by its channels from now on goes by it. `inbound` tells it where to send what comes.

    400 without a `sender` or a messaging `service`, and past 50 of them.
    """
    if len(gateways_of(ctx)) >= MOST_EACH:
        raise BadRequest(f"A sub-account has at most {MOST_EACH} gateways")
    made = Gateway(
        id=new_hex(), kind=body.kind, name=body.name or body.kind.title(), channels=body.channels, account=body.account,
        sealed=_sealed(ctx, body.secret), sender=body.sender, service=body.service, url=body.url.rstrip("/"),
        listens=body.listens, date_added=ctx.stamp, date_updated=ctx.stamp,
    )  # fmt: skip
    return seen(ctx, _kept(ctx, made))


@area.put("/operator/locations/{locationId}/gateways/{gatewayId}", scope=OPERATOR)
def change_gateway(ctx: Ctx, location_id: str, gateway_id: str, body: GatewayChange) -> GatewaySeen:
    """Change a gateway, pause it or let it go on. 400 for an unknown one, and without a sender or service.

    Of the gateway for mail, all but that is changed at `/operator/locations/{locationId}/email`: 400.
    """
    said: dict[str, Any] = sent(body)
    if gateway_or_400(ctx, gateway_id).mail and said.keys() - {"paused"}:
        raise BadRequest(MAIL)
    if "secret" in said:
        said["sealed"] = _sealed(ctx, said.pop("secret"))
    if "url" in said:
        said["url"] = said["url"].rstrip("/")
    changed = replace(gateway_or_400(ctx, gateway_id), **said, date_updated=ctx.stamp)
    return seen(ctx, _kept(ctx, changed))


@area.delete("/operator/locations/{locationId}/gateways/{gatewayId}", scope=OPERATOR)
def disconnect_gateway(ctx: Ctx, location_id: str, gateway_id: str) -> GatewayGone:
    """Disconnect a gateway. What waits for it fails. 400 for an unknown one, and for the gateway for mail, as above."""
    if gateway_or_400(ctx, gateway_id).mail:
        raise BadRequest(MAIL)
    return GatewayGone(succeeded=ctx.db.delete(GATEWAYS, gateway_id))


def gateways_of(ctx: Ctx) -> list[Gateway]:
    """Those of the sub-account, oldest first."""
    return ctx.db.find(GATEWAYS, limit=MOST_EACH)[::-1]


def gateway_for(ctx: Ctx, channel: Channel) -> Gateway | None:
    """The one that a channel's messages go by: the oldest that has the channel."""
    return next((one for one in gateways_of(ctx) if channel in one.channels), None)


def gateway_or_400(ctx: Ctx, id: str) -> Gateway:
    """The sub-account's gateway; 400 for an unknown one."""
    found = ctx.db.get(GATEWAYS, id)
    if found is None:
        raise BadRequest(f"Gateway with id {id} not found")
    return found


def secret_in(settings: Settings, gateway: Gateway) -> str:
    """What opens the gateway's account."""
    return unseal(secret_of(settings, make=False), PURPOSE, gateway.sealed).decode()


def inbound_address(ctx: Ctx, gateway: Gateway) -> str:
    """Where the gateway is to send what comes in."""
    return f"{ctx.settings.public_url.rstrip('/')}/gateways/{ctx.location_id}/{gateway.id}/inbound"


def status_address(settings: Settings, location_id: str, gateway: Gateway, id: str) -> str:
    """Where the gateway is to tell what becomes of a message."""
    return f"{settings.public_url.rstrip('/')}/gateways/{location_id}/{gateway.id}/status/{id}"


def seen(ctx: Ctx, gateway: Gateway) -> GatewaySeen:
    """A gateway as it is shown."""
    names = (name for name in GatewaySeen.__struct_fields__ if name != "inbound")
    fields = {name: getattr(gateway, name) for name in names}
    return GatewaySeen(**fields, inbound=inbound_address(ctx, gateway))


def _sealed(ctx: Ctx, secret: str) -> str:
    return seal(secret_of(ctx.settings), PURPOSE, secret.encode())


def _kept(ctx: Ctx, gateway: Gateway) -> Gateway:
    if not (gateway.sender or gateway.service):
        raise BadRequest("A gateway needs a sender or a service to send from")
    return ctx.db.put(GATEWAYS, gateway)
