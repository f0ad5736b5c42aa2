"""Sessions of people who have signed in: rows, found by the hash of a random value that only their browser has."""

import hmac
from datetime import timedelta
from hashlib import sha256
from secrets import token_urlsafe

from groundlevel.areas.people.area import area
from groundlevel.areas.users import USERS, User
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.caller import hashed
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.jobs import SYSTEM, job
from groundlevel.kernel.problems import NotFound
from groundlevel.kernel.store import Eq, Owners, Table, Unit
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire, iso, new_hex

LASTS = timedelta(hours=12)
"""A working day: then one signs in again."""


class Session(Wire):
    """A session. `agent` and `address` are what the browser said of itself and where it was."""

    id: str
    hash: str
    user_id: str
    company_id: str
    date_added: str
    expires_at: str
    agent: str = ""
    address: str = ""


class SessionSeen(Wire):
    """A session as it may be shown."""

    id: str
    date_added: str
    expires_at: str
    agent: str
    address: str


class ManySessions(Wire):
    """Sessions, newest first."""

    sessions: list[SessionSeen]


class SessionsEnded(Wire):
    """How many were ended."""

    ended: int


SESSIONS = declare(
    Table("sessions", Session, unique=("hash",), sparse=("user_id",), order="date_added", owner="system")
)


@area.get("/operator/companies/{companyId}/users/{userId}/sessions", scope=OPERATOR)
def list_sessions(ctx: Ctx, company_id: str, user_id: str) -> ManySessions:
    """Where a user is signed in, the latest first."""
    return ManySessions(sessions=[_seen(s) for s in sessions_of(ctx, user_id) if s.company_id == company_id])


@area.delete("/operator/companies/{companyId}/users/{userId}/sessions", scope=OPERATOR)
def end_all_sessions(ctx: Ctx, company_id: str, user_id: str) -> SessionsEnded:
    """Sign a user out everywhere, at once."""
    return SessionsEnded(ended=end_sessions(ctx, user_id, company_id))


@area.delete("/operator/companies/{companyId}/users/{userId}/sessions/{sessionId}", scope=OPERATOR)
def end_session(ctx: Ctx, company_id: str, user_id: str, session_id: str) -> SessionsEnded:
    """Sign a user out at one place. 404 for an unknown session."""
    session = _system(ctx).get(SESSIONS, session_id)
    if session is None or (session.user_id, session.company_id) != (user_id, company_id):
        raise NotFound(f"Session with id {session_id} not found")
    _system(ctx).delete(SESSIONS, session_id)
    return SessionsEnded(ended=1)


def start_session(ctx: Ctx, user: User, agent: str, address: str) -> str:
    """A new session; its value, which nobody had before: it is never one that a browser has brought."""
    value, ends = token_urlsafe(32), ctx.now + LASTS
    session = Session(
        id=new_hex(), hash=hashed(value), user_id=user.id, company_id=user.company_id, date_added=ctx.stamp,
        expires_at=iso(ends), agent=agent[:200], address=address,
    )  # fmt: skip
    _system(ctx).put(SESSIONS, session)
    ctx.later(forget_session, at=ends, session_id=session.id)
    return value


@job()
def forget_session(ctx: Ctx, session_id: str) -> None:
    """Remove a session whose time is over."""
    _system(ctx).delete(SESSIONS, session_id)


def session_of(ctx: Ctx, value: str) -> tuple[Session, User] | None:
    """The session that a browser's value is of, and whose it is; None for none that is still good."""
    digest = hashed(value)
    session = _system(ctx).one(SESSIONS, Eq("hash", digest)) if value else None
    if session is None or not hmac.compare_digest(session.hash, digest) or session.expires_at <= ctx.stamp:
        return None
    user = ctx.db.elsewhere(Owners(company=session.company_id)).get(USERS, session.user_id)
    return None if user is None or user.deleted else (session, user)


def sessions_of(ctx: Ctx, user_id: str) -> list[Session]:
    """A user's sessions, the latest first."""
    found = _system(ctx).find(SESSIONS, Eq("user_id", user_id), limit=1_000)
    return [s for s in found if s.expires_at > ctx.stamp]


def end_sessions(ctx: Ctx, user_id: str, company_id: str = "") -> int:
    """End a user's sessions; how many there were."""
    found = [s for s in sessions_of(ctx, user_id) if company_id in ("", s.company_id)]
    return sum(_system(ctx).delete(SESSIONS, s.id) for s in found)


def end_one(ctx: Ctx, session_id: str, user_id: str) -> None:
    """End one session of a user, if there is such."""
    session = _system(ctx).get(SESSIONS, session_id)
    if session and session.user_id == user_id:
        _system(ctx).delete(SESSIONS, session_id)


def form_key(value: str) -> str:
    """What a form must bring that was shown to the browser with this value (against cross-site request forgery)."""
    return hmac.new(value.encode(), b"form", sha256).hexdigest()


def _seen(session: Session) -> SessionSeen:
    return SessionSeen(
        id=session.id, date_added=session.date_added, expires_at=session.expires_at, agent=session.agent,
        address=session.address,
    )  # fmt: skip


def _system(ctx: Ctx) -> Unit:
    return ctx.db.elsewhere(SYSTEM)
