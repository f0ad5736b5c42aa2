"""How a sub-account sends and receives mail by itself: /operator/locations/{locationId}/email

It is the gateway of the channel `Email`: a server that takes its mail, the key that signs it, and a mailbox or a name
for this installation's own receiver. What opens them is kept under the installation's secret.
"""

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from groundlevel.areas.operator import area
from groundlevel.areas.outbox.gateways import GATEWAYS, PURPOSE, Gateway, Imap, MailWay, gateways_of, secret_in
from groundlevel.areas.outbox.mail_rows import own_addresses, read_from_now
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import NotFound, Unprocessable
from groundlevel.kernel.settings import Settings
from groundlevel.kernel.wire import Body, Wire, new_hex
from groundlevel.outside.mail.composing import Uncomposable, address_in, ascii_domain
from groundlevel.outside.mail.dkim import BadKey, record_of
from groundlevel.outside.mail.plus import plain_address
from groundlevel.outside.mail.smtp import Security
from groundlevel.secret import seal, secret_of

Host = Annotated[str, Meta(pattern=r"^[A-Za-z0-9._:-]{1,253}$", extra={"explain": "must be the name of a host"})]
Port = Annotated[int, Meta(ge=1, le=65_535)]
Short = Annotated[str, Meta(max_length=320)]
Secret = Annotated[str, Meta(max_length=1_000)]
Key = Annotated[str, Meta(max_length=10_000)]
SELECTOR = r"^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)?$"


class Keys(Wire):
    """What opens the servers and signs the mail; kept sealed, as JSON."""

    password: str = ""
    imap_password: str = ""
    dkim_key: str = ""


class NewImap(Body):
    """A mailbox to read. folder: of it. password: what is not sent stays as it was."""

    host: Host
    user: Short
    port: Port = 993
    security: Security = "tls"
    password: Secret | UnsetType = UNSET
    folder: Annotated[str, Meta(min_length=1, max_length=200)] = "INBOX"


class EmailSettings(Body):
    """A server that takes mail, and what belongs to it.

    fromAddress: `Name <name@host>`, unless a message says otherwise. replyTo: the address that answers go to, that one
    if it is not sent; with `plus`, each conversation has its own (`name+…@host`), which the mailbox or receiver must
    take. Passwords and the key (PEM) stay as they were if they are not sent.
    """

    host: Host
    from_address: Short
    port: Port = 587
    security: Security = "starttls"
    user: Short = ""
    password: Secret | UnsetType = UNSET
    reply_to: Short = ""
    plus: bool = True
    dkim_domain: Annotated[str, Meta(max_length=253)] = ""
    dkim_selector: Annotated[str, Meta(pattern=SELECTOR, extra={"explain": "must be a label of DNS"})] = ""
    dkim_key: Key | UnsetType = UNSET
    imap: NewImap | None = None


class EmailSeen(Wire, omit_defaults=False):
    """The same as it is shown: without what opens it.

    dkimRecord: what DNS is to say at `<selector>._domainkey.<domain>`.
    """

    gateway_id: str
    host: str
    port: int
    security: Security
    user: str
    from_address: str
    reply_to: str
    plus: bool
    dkim_domain: str
    dkim_selector: str
    dkim_record: str
    imap: Imap | None
    paused: bool
    date_added: str
    date_updated: str


class EmailGone(Wire):
    """The reply to disconnecting."""

    succeeded: bool


@area.get("/operator/locations/{locationId}/email", scope=OPERATOR)
def get_email(ctx: Ctx, location_id: str) -> EmailSeen:
    """How a sub-account sends and receives mail. 404 where nothing is connected."""
    return _seen(ctx, mail_gateway_or_404(ctx))


@area.put("/operator/locations/{locationId}/email", scope=OPERATOR)
def connect_email(ctx: Ctx, location_id: str, body: EmailSettings) -> EmailSeen:
    """Connect a sub-account to a server that takes its mail, or change all about that.

    422 for addresses that are none, a key that cannot be used, or one without its domain and selector; 400 for an
    address that is another sub-account's.
    """
    before = mail_gateway(ctx)
    keys = _keys(ctx, before, body)
    way = _way(body, keys)
    kept = before or Gateway(
        id=new_hex(), kind="smtp", name="Email", channels=["Email"], account="", sealed="", sender="",
        date_added=ctx.stamp, date_updated=ctx.stamp, url="",
    )  # fmt: skip
    changed = replace(
        kept, account=body.user, sealed=seal(secret_of(ctx.settings), PURPOSE, msgspec.json.encode(keys)),
        sender=body.from_address, mail=way, date_updated=ctx.stamp,
    )  # fmt: skip
    own_addresses(ctx, {plain_address(way.reply_to), plain_address(address_in(body.from_address))})
    anew = before is None or before.mail is None or before.mail.imap != way.imap
    read_from_now(ctx, changed, anew=anew)
    return _seen(ctx, ctx.db.put(GATEWAYS, changed))


@area.delete("/operator/locations/{locationId}/email", scope=OPERATOR)
def disconnect_email(ctx: Ctx, location_id: str) -> EmailGone:
    """Send and receive no more mail. What waits fails. 404 where nothing is connected."""
    gateway = mail_gateway_or_404(ctx)
    own_addresses(ctx, set())
    read_from_now(ctx, replace(gateway, mail=None), anew=True)
    return EmailGone(succeeded=ctx.db.delete(GATEWAYS, gateway.id))


def mail_gateway(ctx: Ctx) -> Gateway | None:
    """The sub-account's way to send mail by itself."""
    return next((one for one in gateways_of(ctx) if one.mail), None)


def mail_gateway_or_404(ctx: Ctx) -> Gateway:
    """The same; 404 where there is none."""
    found = mail_gateway(ctx)
    if found is None:
        raise NotFound("The sub-account is not connected to a server for mail")
    return found


def keys_in(settings: Settings, gateway: Gateway) -> Keys:
    """What opens its servers."""
    return msgspec.json.decode(secret_in(settings, gateway), type=Keys)


def _keys(ctx: Ctx, before: Gateway | None, body: EmailSettings) -> Keys:
    kept = keys_in(ctx.settings, before) if before else Keys()
    said: dict[str, Any] = {"password": body.password if body.user else "", "dkim_key": body.dkim_key}
    if not body.dkim_domain and body.dkim_key is UNSET:
        said["dkim_key"] = ""
    said["imap_password"] = body.imap.password if body.imap else ""
    return replace(kept, **{name: value for name, value in said.items() if value is not UNSET})


def _way(body: EmailSettings, keys: Keys) -> MailWay:
    """What is said, checked."""
    try:
        address = address_in(body.from_address)
        reply_to = address_in(body.reply_to) if body.reply_to else address
        domain = ascii_domain(body.dkim_domain) if body.dkim_domain else ""
        if keys.dkim_key:
            record_of(keys.dkim_key)
    except (Uncomposable, BadKey) as wrong:
        raise Unprocessable(str(wrong)) from None
    if bool(domain) != bool(body.dkim_selector) or bool(domain) != bool(keys.dkim_key):
        raise Unprocessable("dkimDomain, dkimSelector and dkimKey must be given together")
    imap = body.imap and Imap(
        host=body.imap.host, port=body.imap.port, security=body.imap.security, user=body.imap.user,
        folder=body.imap.folder,
    )  # fmt: skip
    return MailWay(
        host=body.host, port=body.port, security=body.security, reply_to=reply_to, plus=body.plus, dkim_domain=domain,
        dkim_selector=body.dkim_selector, imap=imap,
    )  # fmt: skip


def _seen(ctx: Ctx, gateway: Gateway) -> EmailSeen:
    way, key = gateway.mail or MailWay(host=""), keys_in(ctx.settings, gateway).dkim_key
    return EmailSeen(
        gateway_id=gateway.id, host=way.host, port=way.port, security=way.security, user=gateway.account,
        from_address=gateway.sender, reply_to=way.reply_to, plus=way.plus, dkim_domain=way.dkim_domain,
        dkim_selector=way.dkim_selector, dkim_record=record_of(key) if key else "", imap=way.imap,
        paused=gateway.paused, date_added=gateway.date_added, date_updated=gateway.date_updated,
    )  # fmt: skip
