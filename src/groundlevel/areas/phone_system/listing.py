"""Active numbers of a sub-account: /phone-system/numbers/location/{locationId}"""

from typing import Annotated, Literal

from msgspec import Meta

from groundlevel.areas.operator import installation
from groundlevel.areas.outbox import gateway_for
from groundlevel.areas.phone_system.area import area
from groundlevel.areas.phone_system.numbers import NUMBERS, ActiveNumber, seen
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import NotFound
from groundlevel.kernel.store import Condition, Contains, Exists, Not, Sort
from groundlevel.kernel.versions import V2, V3
from groundlevel.kernel.wire import Body, Wire

Status = Literal["active", "suspended", "closed"]
NOT_CONNECTED = "Phone system is not connected to this account"
BY_DATE = (Sort("date_added"), Sort("id"))


class NumbersWanted(Body):
    """Which numbers. page: from 0. search_filter: a piece of the number. skip_number_pool: leave out those in pools."""

    page_size: Annotated[int, Meta(ge=1, le=1_000)] = 1_000
    page: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    search_filter: Annotated[str, Meta(max_length=50)] = ""
    skip_number_pool: bool = True


class NumbersWantedNow(NumbersWanted, kw_only=True):
    """The same. include_rcs_sender_ids: whether senders of RCS are told, too; there are none."""

    include_rcs_sender_ids: bool = False


class Numbers(Wire, omit_defaults=False):
    """A page of numbers, oldest first. is_under_ghl: whether the installation, and no gateway, provides them."""

    numbers: list[ActiveNumber]
    is_under_ghl: bool
    page_size: int
    page: int
    account_status: Status


class RcsSender(Wire):
    """A sender of RCS."""

    number: str
    number_type: str


class NumbersNow(Wire):
    """The same under v3, with how many there are."""

    numbers: list[ActiveNumber]
    is_under_lc: bool
    page_size: int
    page: int
    account_status: Status
    total: int
    rcs_sender_ids: list[RcsSender] | None = None


class NumbersToldNow(Wire):
    """The reply under v3."""

    status: Literal["success"]
    data: NumbersNow
    message: str
    status_code: int


@area.get("/phone-system/numbers/location/{locationId}", scope="phonenumbers.read", only=V2)
def active_numbers(ctx: Ctx, location_id: str, query: NumbersWanted) -> Numbers:
    """The sub-account's numbers, oldest first, without those in pools unless `skipNumberPool` is false.

    404 where there is neither a gateway for texts nor a number.
    """
    found, _ = _page(ctx, query)
    return Numbers(
        numbers=found, is_under_ghl=gateway_for(ctx, "SMS") is None, page_size=query.page_size, page=query.page,
        account_status=_status(ctx),
    )  # fmt: skip


@area.get("/phone-system/numbers/location/{locationId}", scope="phonenumbers.read", only=V3)
def list_active_numbers(ctx: Ctx, location_id: str, query: NumbersWantedNow) -> NumbersToldNow:
    """The sub-account's numbers, oldest first, without those in pools unless `skipNumberPool` is false.

    404 where there is neither a gateway for texts nor a number.
    """
    found, total = _page(ctx, query)
    told = NumbersNow(
        numbers=found, is_under_lc=gateway_for(ctx, "SMS") is None, page_size=query.page_size, page=query.page,
        account_status=_status(ctx), total=total, rcs_sender_ids=[] if query.include_rcs_sender_ids else None,
    )  # fmt: skip
    return NumbersToldNow(status="success", data=told, message="Numbers found", status_code=200)


def _page(ctx: Ctx, query: NumbersWanted) -> tuple[list[ActiveNumber], int]:
    where: list[Condition] = [Not(Exists("pool_id"))] if query.skip_number_pool else []
    if query.search_filter:
        where.append(Contains("phone_number", query.search_filter))
    skip = query.page * query.page_size
    found = ctx.db.find(NUMBERS, *where, sort=BY_DATE, limit=query.page_size, skip=skip)
    if not found and not _connected(ctx):
        raise NotFound(NOT_CONNECTED)
    return [seen(one) for one in found], ctx.db.count(NUMBERS, *where)


def _connected(ctx: Ctx) -> bool:
    return bool(gateway_for(ctx, "SMS") or ctx.db.count(NUMBERS, up_to=1) or installation(ctx.db).test)


def _status(ctx: Ctx) -> Status:
    gateway = gateway_for(ctx, "SMS")
    return "suspended" if gateway and gateway.paused else "active"
