"""Against guessing: attempts are counted for each account and each address, in rows, by all processes together.

An attempt is counted before it is looked at, so many at once are many. The first few are free; after each further one
nobody may try for a while, twice as long each time. A day without attempts forgets them.
"""

from datetime import datetime, timedelta
from hashlib import sha256

from msgspec.structs import replace

from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.jobs import SYSTEM, job
from groundlevel.kernel.store import Table, Unit
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire, iso

FREE_OF_ACCOUNT, FREE_OF_ADDRESS = 5, 50
"""How many attempts cost nothing. Many people may share an address."""
FIRST_S, LONGEST_S = 30, 3_600
FORGOTTEN = timedelta(days=1)


class Attempts(Wire):
    """Failed attempts in the name of one account or from one address (`id`: which, hashed)."""

    id: str
    failures: int
    last: str
    blocked_until: str = ""


ATTEMPTS = declare(Table("sign_in_attempts", Attempts, owner="system"))


def wait_after(failures: int, free: int) -> int:
    """For how many seconds nobody may try, after so many failures."""
    return 0 if failures < free else min(FIRST_S * 2 ** min(failures - free, 30), LONGEST_S)


def account_key(email: str) -> str:
    """What an account's attempts are counted under."""
    return "account:" + sha256(email.encode()).hexdigest()


def address_key(address: str) -> str:
    """What an address's attempts are counted under."""
    return "address:" + sha256(address.encode()).hexdigest()


def try_once(ctx: Ctx, email: str, address: str) -> int:
    """Count an attempt, and say for how many seconds it must wait: 0 if it may be made now.

    One that must wait is not counted.
    """
    both = ((account_key(email), FREE_OF_ACCOUNT), (address_key(address), FREE_OF_ADDRESS))
    left = max(_left(ctx, key) for key, _ in both)
    if left == 0:
        for key, free in both:
            _count(ctx, key, free)
    return left


def forgive(ctx: Ctx, email: str, address: str) -> None:
    """An attempt was good: the account's failures are forgotten, and for its address it does not count."""
    _system(ctx).delete(ATTEMPTS, account_key(email))
    kept = _system(ctx).get(ATTEMPTS, address_key(address))
    if kept:
        _system(ctx).put(ATTEMPTS, replace(kept, failures=max(kept.failures - 1, 0), blocked_until=""))


def _left(ctx: Ctx, key: str) -> int:
    kept = _system(ctx).get(ATTEMPTS, key)
    if kept is None or kept.blocked_until <= ctx.stamp:
        return 0
    return max(1, round((datetime.fromisoformat(kept.blocked_until) - ctx.now).total_seconds()))


def _count(ctx: Ctx, key: str, free: int) -> None:
    kept = _system(ctx).get(ATTEMPTS, key)
    if kept is None:
        ctx.later(forget_attempts, at=ctx.now + FORGOTTEN, key=key)
    failures = 1 if kept is None or kept.last <= iso(ctx.now - FORGOTTEN) else kept.failures + 1
    wait = wait_after(failures, free)
    until = iso(ctx.now + timedelta(seconds=wait)) if wait else ""
    _system(ctx).put(ATTEMPTS, Attempts(id=key, failures=failures, last=ctx.stamp, blocked_until=until))


@job()
def forget_attempts(ctx: Ctx, key: str) -> None:
    """Remove a count a day after its last attempt."""
    kept = _system(ctx).get(ATTEMPTS, key)
    if kept is None:
        return
    ends = datetime.fromisoformat(kept.last) + FORGOTTEN
    if ends <= ctx.now:
        _system(ctx).delete(ATTEMPTS, key)
    else:
        ctx.later(forget_attempts, at=ends, key=key)


def _system(ctx: Ctx) -> Unit:
    return ctx.db.elsewhere(SYSTEM)
