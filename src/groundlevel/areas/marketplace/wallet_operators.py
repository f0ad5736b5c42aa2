"""Wallets, as an operator fills and sees them: /operator/wallets"""

from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from groundlevel.areas.companies import company_or_400
from groundlevel.areas.marketplace.wallets import (
    WALLETS,
    Entry,
    Wallet,
    book,
    entries_of,
    micros,
    movement,
    usd,
    wallet_of,
)
from groundlevel.areas.operator import area
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.wire import Body, Name, Wire


class WalletsOf(Body):
    """Whose wallets."""

    company_id: Name


class Movements(WalletsOf, kw_only=True):
    """Whose movements, the agency's unless a sub-account is named; at most how many."""

    location_id: Name | None = None
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 100


class TopUp(WalletsOf, kw_only=True):
    """Money to put into a wallet, in USD: the agency's, unless a sub-account is named."""

    amount: Annotated[float, Meta(ge=0.01, le=1_000_000)]
    location_id: Name | None = None
    note: Name = ""


class WalletSeen(Wire, omit_defaults=False):
    """A wallet; its balance in USD. Its id is the agency's or the sub-account's."""

    id: str
    balance: float
    currency: str
    entries: int


class EntrySeen(Wire, omit_defaults=False):
    """A movement, and the balance after it, in USD."""

    number: int
    kind: str
    amount: float
    balance: float
    date_added: str
    charge_id: str | None
    note: str


class ManyWallets(Wire):
    """Wallets."""

    wallets: list[WalletSeen]


class ManyEntries(Wire):
    """Movements, the latest first."""

    entries: list[EntrySeen]


@area.get("/operator/wallets", scope=OPERATOR)
def list_wallets(ctx: Ctx, query: WalletsOf) -> ManyWallets:
    """The wallets of an agency and of its sub-accounts, newest first; at most 1,000."""
    company_or_400(ctx, query.company_id)
    return ManyWallets(wallets=[seen(wallet) for wallet in ctx.db.find(WALLETS, limit=1_000)])


@area.get("/operator/wallets/entries", scope=OPERATOR)
def list_wallet_entries(ctx: Ctx, query: Movements) -> ManyEntries:
    """What went into a wallet and out of it, the latest first."""
    company_or_400(ctx, query.company_id)
    found = entries_of(ctx, query.location_id or query.company_id, query.limit)
    return ManyEntries(entries=[_entry(entry) for entry in found])


@area.post("/operator/wallets/top-up", scope=OPERATOR, status=200)
def top_up_wallet(ctx: Ctx, body: TopUp) -> WalletSeen:
    """Put money into a wallet; the first makes it. A sub-account with one of its own pays from it from then on."""
    company_or_400(ctx, body.company_id)
    place = body.location_id or body.company_id
    wallet = wallet_of(ctx, place) or Wallet(id=place, date_added=ctx.stamp)
    book(ctx, wallet, replace(movement(ctx, wallet, "top_up", micros(body.amount)), note=body.note))
    return seen(wallet_of(ctx, place) or wallet)


def seen(wallet: Wallet) -> WalletSeen:
    """A wallet as operators see it."""
    return WalletSeen(id=wallet.id, balance=usd(wallet.balance), currency=wallet.currency, entries=wallet.entries)


def _entry(entry: Entry) -> EntrySeen:
    return EntrySeen(
        number=entry.number, kind=entry.kind, amount=usd(entry.amount), balance=usd(entry.balance),
        date_added=entry.date_added, charge_id=entry.charge_id, note=entry.note,
    )  # fmt: skip
