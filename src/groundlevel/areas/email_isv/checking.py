"""Whether an agency's addresses are verified, and what each costs: /operator/companies/{companyId}/email-verification

Verifying costs this installation nothing, so it is free unless an operator asks for money: then whoever pays for the
sub-account (its own wallet, or its agency's) pays for each address that something can be said of.
"""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from groundlevel.areas.companies import company_or_400
from groundlevel.areas.marketplace import book, micros, movement, paying_wallet, usd
from groundlevel.areas.operator import area
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.store import Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Wire, sent

Price = Annotated[float, Meta(ge=0, le=1_000)]


class Checking(Wire, omit_defaults=False):
    """An agency's; its id. price: of an address, in millionths of a US dollar."""

    id: str
    enabled: bool = True
    price: int = 0


class CheckingSeen(Wire, omit_defaults=False):
    """The same as it is told. price: in US dollars."""

    enabled: bool
    price: float


class CheckingChange(Body):
    """What to change; what is not sent stays. price: of an address, in US dollars."""

    enabled: bool | UnsetType = UNSET
    price: Price | UnsetType = UNSET


CHECKING = declare(Table("email_checking", Checking, owner="company"))


@area.get("/operator/companies/{companyId}/email-verification", scope=OPERATOR)
def get_email_verification(ctx: Ctx, company_id: str) -> CheckingSeen:
    """Whether the agency's sub-accounts can have addresses verified, and what one costs. 400 for an unknown agency."""
    company_or_400(ctx, company_id)
    return _seen(checking_of(ctx))


@area.put("/operator/companies/{companyId}/email-verification", scope=OPERATOR)
def change_email_verification(ctx: Ctx, company_id: str, body: CheckingChange) -> CheckingSeen:
    """Let the agency's sub-accounts have addresses verified or not, and say what one costs. 400 for an unknown one."""
    company_or_400(ctx, company_id)
    said = sent(body)
    if "price" in said:
        said["price"] = micros(said["price"])
    return _seen(ctx.db.put(CHECKING, replace(checking_of(ctx), **said)))


def checking_of(ctx: Ctx) -> Checking:
    """The agency's row, or what it would say."""
    return ctx.db.get(CHECKING, ctx.company_id) or Checking(id=ctx.company_id)


def paid(ctx: Ctx, address: str) -> bool:
    """Whether the verification of an address could be paid for, which it is then."""
    price = checking_of(ctx).price
    if not price:
        return True
    wallet = paying_wallet(ctx, ctx.location_id)
    if wallet is None or wallet.balance < price:
        return False
    book(ctx, wallet, replace(movement(ctx, wallet, "charge", -price), note=f"Verification of {address}"))
    return True


def _seen(checking: Checking) -> CheckingSeen:
    return CheckingSeen(enabled=checking.enabled, price=usd(checking.price))
