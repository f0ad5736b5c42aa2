"""Which number is whose, in the whole installation: one row for each, from the moment that somebody wants it.

A purchase goes in three steps, so that none is made twice and none is lost:

1. A claim is written, with a job that looks after it. Whoever comes second is refused by it.
2. The gateway is asked, while no unit of work is open.
3. What came of it is settled: the number becomes the sub-account's and the claim stays with it, or the claim goes.

If the third step never happens (a crash, a lost answer), the job asks the gateway whether the number was bought after
all: by this purchase, which is known by the address for texts that it gave.
"""

from datetime import timedelta
from typing import Literal

from msgspec.structs import replace

from groundlevel.areas.phone_system.numbers import NUMBERS, Number, default_number
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.jobs import JOBS, SYSTEM
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Eq, Table, Unit
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire

LOOKED_AFTER = timedelta(minutes=2)
"""When it is asked whether an unsettled purchase was one: a request is over by then."""
TAKEN = "Phone number is no longer available"


class Claim(Wire, omit_defaults=False):
    """Whose a number (its id, in E.164) is. asked: it is being bought; held: it is the sub-account's; leaving: it is
    being given back. job_id: of the job that looks after it. fingerprint_id: of the purchase.
    """

    id: str
    location_id: str
    date_added: str
    state: Literal["asked", "held", "leaving"]
    gateway_id: str = ""
    job_id: str = ""
    fingerprint_id: str = ""


CLAIMS = declare(Table("phone_claims", Claim, index=("location_id",), order="date_added", owner="system"))


def claims(ctx: Ctx) -> Unit:
    """Where they are: everybody's."""
    return ctx.db.elsewhere(SYSTEM)


def claim_or_400(ctx: Ctx, claim: Claim) -> Claim:
    """Want a number; 400 where somebody wants or has it already."""
    if claims(ctx).get(CLAIMS, claim.id):
        raise BadRequest(TAKEN)
    return claims(ctx).put(CLAIMS, claim)


def hold(ctx: Ctx, number: Number, sender: str = "") -> Number:
    """The number is the sub-account's from now on. sender: where its gateway's texts come from.

    Texts come from it, unless they come from another number already.
    """
    claim = claims(ctx).get(CLAIMS, number.id)
    if claim is None:
        claim = Claim(id=number.id, location_id=ctx.location_id, date_added=ctx.stamp, state="held")
    unjob(ctx, claim)
    claims(ctx).put(CLAIMS, replace(claim, state="held", gateway_id=number.gateway_id, job_id=""))
    first = default_number(ctx) is None and sender in ("", number.id) and number.capabilities.sms
    return ctx.db.put(NUMBERS, replace(number, is_default_number=first))


def free(ctx: Ctx, number: str) -> None:
    """Nobody wants the number any more."""
    if claim := claims(ctx).get(CLAIMS, number):
        unjob(ctx, claim)
        claims(ctx).delete(CLAIMS, number)


def unjob(ctx: Ctx, claim: Claim) -> None:
    """It need not be looked after any more."""
    if claim.job_id:
        claims(ctx).delete(JOBS, claim.job_id)


def claims_of(ctx: Ctx, location_id: str, most: int) -> list[Claim]:
    """Those of a sub-account."""
    return claims(ctx).find(CLAIMS, Eq("location_id", location_id), limit=most)
