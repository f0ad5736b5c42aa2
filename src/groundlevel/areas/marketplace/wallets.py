"""Wallets: prepaid money of agencies and sub-accounts, and every movement of it.

Money is counted in millionths of a US dollar, because units may cost a fraction of a cent. A balance changes only with
an entry; the unit of work that writes both has read the balance, so two at once cannot both spend the same money.
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from msgspec.structs import replace

from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Eq, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire

MICROS = 1_000_000
NO_FUNDS = "Insufficient funds"


class Wallet(Wire, omit_defaults=False):
    """What an agency or a sub-account (its id is the wallet's) has left, in millionths; `entries`: how many so far."""

    id: str
    date_added: str
    balance: int = 0
    entries: int = 0
    currency: str = "USD"


class Entry(Wire, omit_defaults=False):
    """A movement: `amount` in millionths, negative where money was spent; `balance` is what it was after it."""

    id: str
    wallet_id: str
    number: int
    kind: Literal["top_up", "charge", "refund"]
    amount: int
    balance: int
    date_added: str
    charge_id: str | None = None
    note: str = ""


WALLETS = declare(Table("wallets", Wallet, order="date_added", owner="company"))
ENTRIES = declare(Table("wallet_entries", Entry, index=("wallet_id",), order="number", owner="company"))


def micros(usd: float) -> int:
    """Dollars in millionths."""
    return times(MICROS, usd)


def times(amount: int, units: float) -> int:
    """So many times an amount: the nearest whole one, half a one up. `units` as it is written, not as it is stored."""
    return int((amount * Decimal(str(units))).quantize(Decimal(1), ROUND_HALF_UP))


def usd(amount: int) -> float:
    """Millionths in dollars."""
    return amount / MICROS


def wallet_of(ctx: Ctx, place_id: str) -> Wallet | None:
    """The wallet of a sub-account or of the agency the call is about, if money was ever put into it."""
    return ctx.db.get(WALLETS, place_id)


def paying_wallet(ctx: Ctx, location_id: str) -> Wallet | None:
    """Who pays for a sub-account: its own wallet, or the agency's where it has none."""
    own = wallet_of(ctx, location_id) if location_id else None
    return own or wallet_of(ctx, ctx.company_id)


def book(ctx: Ctx, wallet: Wallet, entry: Entry) -> Entry:
    """Move money: the entry and the new balance. 400 where more would be spent than there is."""
    balance = wallet.balance + entry.amount
    if balance < 0:
        raise BadRequest(NO_FUNDS)
    number = wallet.entries + 1
    ctx.db.put(WALLETS, replace(wallet, balance=balance, entries=number))
    return ctx.db.put(ENTRIES, replace(entry, id=f"{wallet.id}:{number}", number=number, balance=balance))


def movement(
    ctx: Ctx, wallet: Wallet, kind: Literal["top_up", "charge", "refund"], amount: int, charge_id: str | None = None
) -> Entry:
    """An entry to book: what it is, and how much; number and balance come with the booking."""
    return Entry(
        id="", wallet_id=wallet.id, number=0, kind=kind, amount=amount, balance=0, date_added=ctx.stamp,
        charge_id=charge_id,
    )  # fmt: skip


def entries_of(ctx: Ctx, wallet_id: str, limit: int) -> list[Entry]:
    """The movements of a wallet, the latest first."""
    return ctx.db.find(ENTRIES, Eq("wallet_id", wallet_id), limit=limit)
