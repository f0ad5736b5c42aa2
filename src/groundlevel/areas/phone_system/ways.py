"""Of whom a sub-account buys its numbers: its gateway for texts; in a test installation, else of the simulated one."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from msgspec import Struct

from groundlevel.areas.operator import installation
from groundlevel.areas.outbox import GATEWAYS, Gateway, gateway_for, inbound_address, secret_in
from groundlevel.areas.phone_system.simulated import Within, account_of
from groundlevel.kernel.app import App
from groundlevel.kernel.caller import NOBODY
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest, Unavailable
from groundlevel.kernel.request import Request
from groundlevel.kernel.settings import Settings
from groundlevel.outside.aim import LOOPBACK, aim_at
from groundlevel.outside.numbers import NoAnswer, Seller
from groundlevel.outside.twilio import Account
from groundlevel.outside.twilio_numbers import TwilioNumbers

T = TypeVar("T")
NO_GATEWAY = (
    "The sub-account has no gateway for texts to get numbers by: connect one at /operator/locations/{id}/gateways"
)


class Way(Struct, frozen=True):
    """Which account numbers are bought at, by which gateway; None: the simulated one.

    inbound: where texts are to come in. demo: whether gateways may be on this machine.
    """

    account: Account
    gateway: Gateway | None = None
    inbound: str = ""
    demo: bool = False

    @property
    def gateway_id(self) -> str:
        """The gateway's; "": the simulated one's."""
        return self.gateway.id if self.gateway else ""

    @property
    def sender(self) -> str:
        """Where its texts come from unless they say otherwise; "": from nowhere yet."""
        return (self.gateway.service or self.gateway.sender) if self.gateway else ""


def way_of(ctx: Ctx, gateway_id: str | None = None) -> Way:
    """The sub-account's way, or the one by a gateway of its own. 400 where there is none, which says what to do."""
    kept = installation(ctx.db)
    gateway = gateway_for(ctx, "SMS") if gateway_id is None else ctx.db.get(GATEWAYS, gateway_id)
    if gateway and gateway.kind == "twilio":
        return way_by(ctx.settings, gateway, inbound_address(ctx, gateway), demo=bool(kept.demo))
    if kept.test and not gateway and not gateway_id:
        return Way(account_of(ctx.location_id))
    raise BadRequest(NO_GATEWAY.replace("{id}", ctx.location_id))


def way_by(settings: Settings, gateway: Gateway, inbound: str, *, demo: bool) -> Way:
    """The way by a gateway."""
    return Way(Account(gateway.account, secret_in(settings, gateway), gateway.url), gateway, inbound, demo)


def in_unit(app: App, request: Request, work: Callable[[Ctx], T], *, write: bool) -> Awaitable[T]:
    """Something of a step, in a unit of work of its own."""
    caller = request.caller or NOBODY
    return app.store.perform(
        request.owners, lambda db: work(Ctx(caller, db, request.now, app.settings, app.clock)), write=write
    )


def seller_at(settings: Settings, way: Way, within: App | None = None) -> Seller:
    """Who sells there. within: the process whose simulator may be asked."""
    if way.gateway is None:
        assert within
        return TwilioNumbers(way.account, Within(within))
    from groundlevel.outside.http import Internet  # whoever never buys needs none

    return TwilioNumbers(way.account, Internet(aim_at(*settings.webhooks_to, *(LOOPBACK if way.demo else ()))))


async def asked(app: App, way: Way, question: Callable[[Seller], Awaitable[T]]) -> T:
    """What the seller says. 503 where the gateway cannot be asked."""
    seller = seller_at(app.settings, way, app)
    try:
        return await question(seller)
    except NoAnswer as trouble:
        raise Unavailable(f"The gateway could not be asked: {trouble}") from None
    finally:
        await seller.close()


def asked_by_job(settings: Settings, way: Way, question: Callable[[Seller], Awaitable[T]]) -> T:
    """The same for a job, before its unit of work. NoAnswer where the gateway cannot be asked: it is tried again."""

    async def ask() -> T:
        seller = seller_at(settings, way)
        try:
            return await question(seller)
        finally:
            await seller.close()

    return asyncio.run(ask())
