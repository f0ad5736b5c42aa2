"""Pools of numbers: /phone-system/number-pools, and how operators make them."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import fields, replace

from groundlevel.areas.operator import area as operator
from groundlevel.areas.phone_system.area import area
from groundlevel.areas.phone_system.numbers import NUMBERS, CallService, number_or_400
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Eq, Sort, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Name, Prose, Wire, new_hex, sent

MOST, MOST_NUMBERS = 1_000, 1_000
PoolName = Annotated[str, Meta(min_length=1, max_length=200)]
Members = Annotated[list[Annotated[str, Meta(max_length=50)]], Meta(max_length=MOST_NUMBERS)]


class PoolsWanted(Body):
    """Whose; a sub-account's token says that itself."""

    location_id: Name = ""


class PoolNumber(Wire):
    """A number in a pool."""

    phone_number: str
    friendly_name: str


class NumberPool(Wire, omit_defaults=False):
    """A pool. forwarding_number: where calls go on to; whisper_message: what whoever takes them hears first."""

    id: str
    name: str
    location_id: str
    numbers: list[PoolNumber]
    forwarding_number: str
    whisper: bool
    whisper_message: str
    call_recording: bool
    is_active: bool
    inbound_call_service: CallService | None = None


class ManyPools(Wire, omit_defaults=False):
    """The reply: pools, oldest first."""

    success: bool
    data: list[NumberPool]
    total: int


class NewPool(Body):
    """A pool to make. numbers: of the sub-account's own, such as are in no pool yet."""

    name: PoolName
    numbers: Members = []
    forwarding_number: Name = ""
    whisper: bool = False
    whisper_message: Prose = ""
    call_recording: bool = False
    is_active: bool = True
    inbound_call_service: CallService | None = None


class PoolChange(Body):
    """What to change about a pool; what is not sent stays. numbers: all that are in it from now on."""

    name: PoolName | UnsetType = UNSET
    numbers: Members | UnsetType = UNSET
    forwarding_number: Name | UnsetType = UNSET
    whisper: bool | UnsetType = UNSET
    whisper_message: Prose | UnsetType = UNSET
    call_recording: bool | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET
    inbound_call_service: CallService | None | UnsetType = UNSET


class Pool(Wire, omit_defaults=False):
    """A pool as it is kept; its numbers say that they are in it."""

    id: str
    name: str
    date_added: str
    forwarding_number: str = ""
    whisper: bool = False
    whisper_message: str = ""
    call_recording: bool = False
    is_active: bool = True
    inbound_call_service: CallService | None = None


class PoolGone(Wire):
    """The reply to removing one."""

    succeeded: bool


POOLS = declare(Table("number_pools", Pool, order="date_added"))


@area.get("/phone-system/number-pools", scope="numberpools.read")
def get_number_pool_list(ctx: Ctx, query: PoolsWanted) -> ManyPools:
    """The sub-account's pools of numbers, oldest first; at most 1,000."""
    found = ctx.db.find(POOLS, sort=(Sort("date_added"), Sort("id")), limit=MOST)
    return ManyPools(success=True, data=[_seen(ctx, pool) for pool in found], total=len(found))


@operator.post("/operator/locations/{locationId}/number-pools", scope=OPERATOR)
def create_number_pool(ctx: Ctx, location_id: str, body: NewPool) -> NumberPool:
    """Make a pool. 400 for a number that is not the sub-account's, or is in another pool, and past 1,000 pools."""
    if ctx.db.count(POOLS) >= MOST:
        raise BadRequest(f"A sub-account has at most {MOST} pools")
    said = {name: value for name, value in sent(body).items() if name != "numbers"}
    pool = ctx.db.put(POOLS, Pool(id=new_hex(), date_added=ctx.stamp, **said))
    _fill(ctx, pool.id, body.numbers)
    return _seen(ctx, pool)


@operator.put("/operator/locations/{locationId}/number-pools/{poolId}", scope=OPERATOR)
def change_number_pool(ctx: Ctx, location_id: str, pool_id: str, body: PoolChange) -> NumberPool:
    """Change a pool. 400 for an unknown one, and for numbers as above."""
    pool, said = _pool_or_400(ctx, pool_id), sent(body)
    numbers = said.pop("numbers", None)
    pool = ctx.db.put(POOLS, replace(pool, **said))
    if numbers is not None:
        _fill(ctx, pool.id, numbers)
    return _seen(ctx, pool)


@operator.delete("/operator/locations/{locationId}/number-pools/{poolId}", scope=OPERATOR)
def delete_number_pool(ctx: Ctx, location_id: str, pool_id: str) -> PoolGone:
    """Remove a pool; its numbers stay the sub-account's. 400 for an unknown one."""
    pool = _pool_or_400(ctx, pool_id)
    _fill(ctx, pool.id, [])
    return PoolGone(succeeded=ctx.db.delete(POOLS, pool.id))


def _fill(ctx: Ctx, pool_id: str, numbers: list[str]) -> None:
    """Have these numbers, and no others, in a pool."""
    wanted = {one.id: one for one in (number_or_400(ctx, number) for number in numbers)}
    for one in wanted.values():
        if one.pool_id not in (None, pool_id):
            raise BadRequest(f"{one.id} is in another pool")
        ctx.db.put(NUMBERS, replace(one, pool_id=pool_id, date_updated=ctx.stamp))
    for one in ctx.db.find(NUMBERS, Eq("pool_id", pool_id), limit=MOST_NUMBERS * 2):
        if one.id not in wanted:
            ctx.db.put(NUMBERS, replace(one, pool_id=None, date_updated=ctx.stamp))


def _seen(ctx: Ctx, pool: Pool) -> NumberPool:
    members = ctx.db.find(NUMBERS, Eq("pool_id", pool.id), sort=(Sort("date_added"), Sort("id")), limit=MOST_NUMBERS)
    told = {f.name: getattr(pool, f.name) for f in fields(Pool) if f.name != "date_added"}
    numbers = [PoolNumber(phone_number=one.id, friendly_name=one.friendly_name or one.id) for one in members]
    return NumberPool(**told, location_id=ctx.location_id, numbers=numbers)


def _pool_or_400(ctx: Ctx, id: str) -> Pool:
    found = ctx.db.get(POOLS, id)
    if found is None:
        raise BadRequest(f"Number pool with id {id} not found")
    return found
