"""What of a removed sub-account's numbers is the system's: claims, and what the simulated gateway has sold."""

from datetime import timedelta

from msgspec.structs import replace

from groundlevel.areas.locations import LocationRemoved
from groundlevel.areas.phone_system.claims import CLAIMS, Claim, claims, claims_of, free, unjob
from groundlevel.areas.phone_system.numbers import NUMBERS
from groundlevel.areas.phone_system.settling import give_back
from groundlevel.areas.phone_system.simulated import Rows, account_of
from groundlevel.areas.phone_system.ways import way_of
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.jobs import job
from groundlevel.kernel.problems import BadRequest

PORTION, AGAIN = 500, timedelta(minutes=1)


@on(LocationRemoved)
def forget_location(ctx: Ctx, gone: LocationRemoved) -> None:
    """A sub-account's numbers are nobody's after it, and are given back to its gateways if its carrier's account goes.

    Its gateways go with it, so they are read now. Once more later, for calls under way.
    """
    while some := claims_of(ctx, gone.location_id, PORTION):
        for claim in some:
            _let_go(ctx, claim, back=gone.carrier_too)
    shelf = Rows(claims(ctx))
    for sold in shelf.of(account_of(gone.location_id).sid):
        shelf.drop(sold.id)
    ctx.later(clear_claims, at=ctx.now + AGAIN, location_id=gone.location_id)


@job()
def clear_claims(ctx: Ctx, location_id: str) -> None:
    """What calls that were under way have claimed for a removed sub-account."""
    for claim in claims_of(ctx, location_id, PORTION):
        free(ctx, claim.id)


def _let_go(ctx: Ctx, claim: Claim, *, back: bool) -> None:
    if not (back and claim.gateway_id):
        return free(ctx, claim.id)
    try:
        way = way_of(ctx, claim.gateway_id)
    except BadRequest:  # the gateway was disconnected
        return free(ctx, claim.id)
    unjob(ctx, claim)
    number = ctx.db.get(NUMBERS, claim.id)
    work = give_back(ctx, way, claim.id, number.sid if number else "")
    claims(ctx).put(CLAIMS, replace(claim, state="leaving", location_id="", job_id=work.id))
    return None
