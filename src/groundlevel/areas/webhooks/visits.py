"""Operators at the console: sessions that begin with the operator's key and end with it."""

import hmac
from datetime import timedelta
from secrets import token_urlsafe

from groundlevel.kernel.caller import TOKENS, hashed
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.jobs import SYSTEM, job
from groundlevel.kernel.store import Eq, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire, iso, new_hex

LASTS = timedelta(hours=12)


class Visit(Wire):
    """A session. Only a hash of what the browser has is kept; `token_id` is the key it began with."""

    id: str
    hash: str
    token_id: str
    date_added: str
    expires_at: str


VISITS = declare(Table("console_visits", Visit, unique=("hash",), order="date_added", owner="system"))


def begin_visit(ctx: Ctx, key: str) -> str:
    """A new session for who has an operator's key; its value, which nobody had before. Empty for another key."""
    db, digest = ctx.db.elsewhere(SYSTEM), hashed(key.strip())
    token = db.one(TOKENS, Eq("hash", digest))
    if token is None or not hmac.compare_digest(token.hash, digest) or token.token_class != "Operator":
        return ""
    if token.expires_at is not None and token.expires_at <= ctx.stamp:
        return ""
    value, ends = token_urlsafe(32), ctx.now + LASTS
    visit = Visit(
        id=new_hex(), hash=hashed(value), token_id=token.id, date_added=ctx.stamp, expires_at=iso(ends)
    )  # fmt: skip
    db.put(VISITS, visit)
    ctx.later(forget_visit, at=ends, visit_id=visit.id)
    return value


def visit_of(ctx: Ctx, value: str) -> Visit | None:
    """The session that a browser's value is of; None for none that is still good, or whose key has ended."""
    db, digest = ctx.db.elsewhere(SYSTEM), hashed(value)
    visit = db.one(VISITS, Eq("hash", digest)) if value else None
    if visit is None or not hmac.compare_digest(visit.hash, digest) or visit.expires_at <= ctx.stamp:
        return None
    token = db.get(TOKENS, visit.token_id)
    return visit if token and (token.expires_at is None or token.expires_at > ctx.stamp) else None


def end_visit(ctx: Ctx, value: str) -> None:
    """End a session, if there is such."""
    db = ctx.db.elsewhere(SYSTEM)
    if visit := db.one(VISITS, Eq("hash", hashed(value))):
        db.delete(VISITS, visit.id)


@job()
def forget_visit(ctx: Ctx, visit_id: str) -> None:
    """Remove a session whose time is over."""
    ctx.db.elsewhere(SYSTEM).delete(VISITS, visit_id)
