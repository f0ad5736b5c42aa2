"""Which transport a gateway is, by its kind. A new kind of gateway is a line here."""

from collections.abc import Callable
from datetime import datetime

import msgspec

from groundlevel.areas.outbox.fetching import Fetching
from groundlevel.areas.outbox.gateways import Gateway, Kind, secret_in, status_address
from groundlevel.areas.outbox.mailboxes import Keys
from groundlevel.areas.outbox.outgoing import Outgoing
from groundlevel.kernel.settings import Settings
from groundlevel.outside.aim import Aim
from groundlevel.outside.mail.dkim import Signing
from groundlevel.outside.mail.smtp import Server, Smtp
from groundlevel.outside.transport import Item, Transport
from groundlevel.outside.twilio import Account, Twilio

LONGEST_ANSWER = 10_000
"""Letters of a gateway's answer that are read."""


class KindOfGateway:
    """What is known of a kind before one is opened, and how one is opened: with its secret."""

    def __init__(self, *, idempotent: bool, opened: Callable[[Gateway, str, Aim, Settings], Transport]) -> None:
        self.idempotent, self.opened = idempotent, opened


def _twilio(gateway: Gateway, secret: str, aim: Aim, settings: Settings) -> Transport:
    from groundlevel.outside.http import Internet  # whoever serves sends nothing

    account = Account(gateway.account, secret, gateway.url, gateway.service)
    return Twilio(account, Internet(aim, LONGEST_ANSWER))


def _smtp(gateway: Gateway, secret: str, aim: Aim, settings: Settings) -> Transport:
    way, keys = gateway.mail, msgspec.json.decode(secret, type=Keys)
    assert way
    server = Server(way.host, way.port, way.security, gateway.account, keys.password)
    return Smtp(server, aim, Fetching(settings, aim).fetch, signing_of(gateway, secret))


def signing_of(gateway: Gateway, secret: str) -> Signing | None:
    """Who signs the mail that goes by a gateway; None where nobody does. secret: what opens it."""
    way, keys = gateway.mail, msgspec.json.decode(secret, type=Keys)
    return Signing(way.dkim_domain, way.dkim_selector, keys.dkim_key) if way and keys.dkim_key else None


KINDS: dict[Kind, KindOfGateway] = {
    "twilio": KindOfGateway(idempotent=Twilio.idempotent, opened=_twilio),
    "smtp": KindOfGateway(idempotent=Smtp.idempotent, opened=_smtp),
}


class Transports:
    """The gateways that a worker has open. aim: which hosts they may be at."""

    def __init__(self, settings: Settings, aim: Aim) -> None:
        self.settings, self.aim = settings, aim
        self.open: dict[tuple[str, str], Transport] = {}

    def kind(self, gateway: Gateway) -> KindOfGateway:
        """What is known of its kind."""
        return KINDS[gateway.kind]

    def of(self, gateway: Gateway) -> Transport:
        """The gateway, opened with what is said of it now."""
        key = gateway.id, gateway.date_updated
        if key not in self.open:
            self.open[key] = self.kind(gateway).opened(
                gateway, secret_in(self.settings, gateway), self.aim, self.settings
            )
        return self.open[key]

    def item(self, one: Outgoing, gateway: Gateway, names: dict[str, str]) -> Item:
        """What the gateway is given. names: what the files at their addresses are called."""
        usual = "" if gateway.service else gateway.sender
        callback = status_address(self.settings, one.location_id, gateway, one.id)
        return item_of(one, one.sender or usual, names, callback)

    async def close(self) -> None:
        """Release everything."""
        for transport in self.open.values():
            await transport.close()


def item_of(one: Outgoing, sender: str, names: dict[str, str], callback: str = "") -> Item:
    """A message as whoever carries it sees it."""
    return Item(
        key=one.id, channel=one.channel, to=one.to, sender=sender, text=one.text, subject=one.subject, html=one.html,
        cc=tuple(one.cc), bcc=tuple(one.bcc), headers=one.headers, attachments=tuple(one.attachments), names=names,
        callback=callback, at=datetime.fromisoformat(one.written_at), invitation=one.invitation,
    )  # fmt: skip
