"""What becomes of purchases that nobody has settled, and of numbers that are given back: jobs.

A job asks the gateway before its unit of work; one that cannot ask is tried again, and is finally kept with its reason.
The simulated gateway is rows, and is asked in the unit of work.
"""

from datetime import datetime
from typing import Any

import msgspec

from groundlevel.areas.outbox import Gateway
from groundlevel.areas.phone_system.claims import CLAIMS, LOOKED_AFTER, Claim, claims, free, hold
from groundlevel.areas.phone_system.numbers import number_from
from groundlevel.areas.phone_system.simulated import SIMULATED, account_of
from groundlevel.areas.phone_system.ways import Way, asked_by_job, way_by
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.jobs import Job, job
from groundlevel.kernel.settings import Settings
from groundlevel.outside.numbers import Owned, Seller
from groundlevel.outside.simulated_numbers import told
from groundlevel.outside.twilio_numbers import owned_in

Kept = dict[str, Any]
"""A gateway as the arguments of a job have it."""


def look_after(ctx: Ctx, way: Way, number: str) -> Job:
    """Have it asked later what became of a purchase, unless that is settled by then."""
    at = ctx.now + LOOKED_AFTER
    return ctx.later(settle_purchase, at=at, number=number, since=ctx.stamp, **_arguments(way))


def give_back(ctx: Ctx, way: Way, number: str, sid: str) -> Job:
    """Have a number given back; without its sid, if it was bought after all.

    It is nobody's job: a sub-account that is gone has numbers to give back, too.
    """
    system = Ctx(ctx.caller, claims(ctx), ctx.now, ctx.settings, ctx.clock)
    return system.later(release_number, number=number, sid=sid, account=way.account.sid, **_arguments(way))


def _arguments(way: Way) -> dict[str, Any]:
    return {"gateway": msgspec.to_builtins(way.gateway), "inbound": way.inbound, "demo": way.demo}


def look(settings: Settings, _: datetime, number: str, gateway: Kept | None, inbound: str, **more: Any) -> Owned | None:
    """The number, if it was bought by this purchase."""
    if gateway is None:
        return None

    async def ask(seller: Seller) -> Owned | None:
        found = await seller.owned(number)
        return found if found and found.inbound == inbound else None

    return asked_by_job(settings, _way(settings, gateway, inbound, more["demo"]), ask)


def release(settings: Settings, _: datetime, number: str, gateway: Kept | None, inbound: str, **more: Any) -> None:
    """Give the number back to the gateway."""
    if gateway is None:
        return

    async def ask(seller: Seller) -> None:
        found = None if more["sid"] else await seller.owned(number)
        if sid := more["sid"] or (found.sid if found and found.inbound == inbound else ""):
            await seller.release(sid)

    asked_by_job(settings, _way(settings, gateway, inbound, more["demo"]), ask)


@job(before=look)
def settle_purchase(ctx: Ctx, number: str, since: str, gateway: Kept | None, came: Owned | None, **_: Any) -> None:
    """The number that was bought after all is the sub-account's; one that was not is nobody's again."""
    claim = claims(ctx).get(CLAIMS, number)
    if claim is None or claim.state != "asked" or claim.date_added != since or claim.location_id != ctx.location_id:
        return
    if gateway is None:
        came = _simulated(ctx, number)
    if came is None:
        free(ctx, number)
        return
    settled(ctx, claim, came, gateway)


def settled(ctx: Ctx, claim: Claim, owned: Owned, gateway: Kept | None) -> None:
    """A purchase that has turned out to be one."""
    by = msgspec.convert(gateway, Gateway) if gateway else None
    number = number_from(ctx, owned, claim.gateway_id, "twilio")
    hold(
        ctx, msgspec.structs.replace(number, fingerprint_id=claim.fingerprint_id), by.service or by.sender if by else ""
    )


@job(before=release)
def release_number(ctx: Ctx, number: str, sid: str, account: str, came: None, **_: Any) -> None:
    """The number is nobody's any more. One of the simulated gateway's can be bought again."""
    sold = claims(ctx).get(SIMULATED, number)
    if sold and sold.account == account:
        claims(ctx).delete(SIMULATED, number)
    claim = claims(ctx).get(CLAIMS, number)
    if claim and claim.state == "leaving":
        free(ctx, number)


def _simulated(ctx: Ctx, number: str) -> Owned | None:
    sold = claims(ctx).get(SIMULATED, number)
    return owned_in(told(sold)) if sold and sold.account == account_of(ctx.location_id).sid else None


def _way(settings: Settings, gateway: Kept, inbound: str, demo: bool) -> Way:
    return way_by(settings, msgspec.convert(gateway, Gateway), inbound, demo=demo)
