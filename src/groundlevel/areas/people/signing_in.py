"""Signing in, in three steps: two units of work, and between them the password, which takes long to check."""

from msgspec import Struct

from groundlevel.areas.people.credentials import Credential, credentials_of, step_of, used
from groundlevel.areas.people.guessing import forgive, try_once
from groundlevel.areas.people.sessions import start_session
from groundlevel.areas.users import USERS
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.store import Owners


class Attempt(Struct, frozen=True):
    """Who wants to sign in, from where. `code`: of the second step, if the person has one."""

    email: str
    password: str
    code: str = ""
    address: str = ""
    agent: str = ""

    @property
    def account(self) -> str:
        """The e-mail address as accounts are known by."""
        return self.email.strip().lower()


class Outcome(Struct, frozen=True):
    """A session's value; or for how many seconds to wait; or that a one-time code is needed; or nothing of it."""

    session: str = ""
    wait_s: int = 0
    needs_code: bool = False


def begin(ctx: Ctx, attempt: Attempt) -> tuple[int, list[Credential]]:
    """Count the attempt; for how many seconds it must wait, or else with whose passwords to compare."""
    wait = try_once(ctx, attempt.account, attempt.address)
    return wait, [] if wait else credentials_of(ctx, attempt.account)


def finish(ctx: Ctx, attempt: Attempt, credential: Credential) -> Outcome:
    """The password was right: check the one-time code, if one is asked for, and start a session."""
    user = ctx.db.elsewhere(Owners(company=credential.company_id)).get(USERS, credential.id)
    if user is None or user.deleted or user.email.lower() != attempt.account:
        return Outcome()
    if credential.totp:
        step = step_of(ctx, credential.totp, attempt.code, credential.totp_step) if attempt.code else 0
        if not step:
            return Outcome(needs_code=True)
        used(ctx, credential, step)
    forgive(ctx, attempt.account, attempt.address)
    return Outcome(session=start_session(ctx, user, attempt.agent, attempt.address))
