"""What users sign in with: a password, and a one-time code if they have set that up."""

import hmac
import os
from base64 import b32encode
from functools import cache
from typing import Annotated

from argon2.exceptions import InvalidHashError, VerificationError
from msgspec import Meta
from msgspec.structs import replace
from pyotp.totp import TOTP
from pyotp.utils import build_uri

from groundlevel.areas.people.area import area
from groundlevel.areas.people.guessing import ATTEMPTS, account_key
from groundlevel.areas.people.sessions import end_sessions
from groundlevel.areas.users import HASHER, USERS, PasswordChosen, User, UserGone
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Eq, Table, Unit
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Wire
from groundlevel.secret import seal, secret_of, unseal

PURPOSE = "one-time codes"
STEP_S = 30
"""How long a one-time code is the one; its neighbours are taken too (RFC 6238, 5.2)."""

Password = Annotated[str, Meta(min_length=12, max_length=200)]
Code = Annotated[str, Meta(max_length=20)]


class Credential(Wire):
    """How a user signs in; the id is the user's. totp: the codes' sealed key; totp_new: one not confirmed yet."""

    id: str
    company_id: str
    email: str
    password: str
    totp: str = ""
    totp_new: str = ""
    totp_step: int = 0


class NewPassword(Body):
    """The password a user shall have: 12 to 200 characters."""

    password: Password


class OneTimeCode(Body):
    """A code that the user's app shows."""

    code: Code


class Done(Wire):
    """It is done."""

    succeeded: bool


class NewKey(Wire):
    """The key of a user's one-time codes, shown once: as text, and as an address for an authenticator app."""

    secret: str
    uri: str


CREDENTIALS = declare(Table("credentials", Credential, index=("email",), owner="system"))


@area.put("/operator/companies/{companyId}/users/{userId}/password", scope=OPERATOR)
def set_password(ctx: Ctx, company_id: str, user_id: str, body: NewPassword) -> Done:
    """Give a user a password (12 to 200 characters). Ends the user's sessions, and forgets failed attempts.

    400 for an unknown user.
    """
    user = user_or_400(ctx, user_id)
    said = PasswordChosen(
        user_id=user.id, company_id=user.company_id, email=user.email, hash=HASHER.hash(body.password)
    )  # fmt: skip
    keep_password(ctx, said)
    return Done(succeeded=True)


@on(PasswordChosen)
def keep_password(ctx: Ctx, said: PasswordChosen) -> None:
    """Let a user sign in with this password alone, from now on; who is signed in is so no more."""
    kept = _system(ctx).get(CREDENTIALS, said.user_id) or Credential(
        id=said.user_id, company_id=said.company_id, email="", password=""
    )
    email = said.email.lower()
    _system(ctx).put(CREDENTIALS, replace(kept, email=email, password=said.hash))
    _system(ctx).delete(ATTEMPTS, account_key(email))
    end_sessions(ctx, said.user_id)


@on(UserGone)
def forget_password(ctx: Ctx, gone: UserGone) -> None:
    """Who is deleted signs in no more, and is signed in nowhere."""
    _system(ctx).delete(CREDENTIALS, gone.user_id)
    end_sessions(ctx, gone.user_id)


@area.post("/operator/companies/{companyId}/users/{userId}/totp", scope=OPERATOR)
def begin_totp(ctx: Ctx, company_id: str, user_id: str) -> NewKey:
    """Make a key for one-time codes (TOTP). It counts once a code of it has been confirmed; 400 without a password."""
    user, kept = user_or_400(ctx, user_id), credential_or_400(ctx, user_id)
    secret = b32encode(os.urandom(20)).decode()
    sealed = seal(secret_of(ctx.settings), PURPOSE, secret.encode())
    _system(ctx).put(CREDENTIALS, replace(kept, totp_new=sealed))
    return NewKey(secret=secret, uri=build_uri(secret, user.email, issuer="Groundlevel"))


@area.post("/operator/companies/{companyId}/users/{userId}/totp/confirm", scope=OPERATOR, status=200)
def confirm_totp(ctx: Ctx, company_id: str, user_id: str, body: OneTimeCode) -> Done:
    """Ask for one-time codes from now on. 400 for a code that is not of the new key."""
    kept = credential_or_400(ctx, user_or_400(ctx, user_id).id)
    step = step_of(ctx, kept.totp_new, body.code, 0) if kept.totp_new else 0
    if not step:
        raise BadRequest("The one-time code is not right")
    _system(ctx).put(CREDENTIALS, replace(kept, totp=kept.totp_new, totp_new="", totp_step=step))
    end_sessions(ctx, user_id)
    return Done(succeeded=True)


@area.delete("/operator/companies/{companyId}/users/{userId}/totp", scope=OPERATOR)
def remove_totp(ctx: Ctx, company_id: str, user_id: str) -> Done:
    """Ask for one-time codes no more. 400 for a user without a password."""
    kept = credential_or_400(ctx, user_or_400(ctx, user_id).id)
    _system(ctx).put(CREDENTIALS, replace(kept, totp="", totp_new="", totp_step=0))
    return Done(succeeded=True)


def user_or_400(ctx: Ctx, user_id: str) -> User:
    """The user of the agency the call is about."""
    user = ctx.db.get(USERS, user_id)
    if user is None or user.deleted:
        raise BadRequest(f"User with id {user_id} not found")
    return user


def credential_or_400(ctx: Ctx, user_id: str) -> Credential:
    """How the user signs in."""
    kept = _system(ctx).get(CREDENTIALS, user_id)
    if kept is None:
        raise BadRequest("The user has no password yet")
    return kept


def credentials_of(ctx: Ctx, email: str) -> list[Credential]:
    """Those with this address: one, but for people who work for several agencies."""
    return _system(ctx).find(CREDENTIALS, Eq("email", email), limit=5)


@cache
def nobodys() -> str:
    """What is looked at for addresses that nobody has, so that these take as long."""
    return HASHER.hash("nobody's password")


def matching(password: str, kept: list[Credential]) -> Credential | None:
    """The one whose password it is. Takes some 50 ms for each; for none as long as for one."""
    found = None
    for one in kept or [Credential(id="", company_id="", email="", password=nobodys())]:
        try:
            HASHER.verify(one.password, password)
            found = found or one
        except (VerificationError, InvalidHashError):
            continue
    return found if found and found.id else None


def step_of(ctx: Ctx, sealed: str, code: str, after: int) -> int:
    """The time step whose code it is, if that is later than `after` (a code is good once); else 0."""
    totp = TOTP(unseal(secret_of(ctx.settings, make=False), PURPOSE, sealed).decode())
    said, now = code.replace(" ", "").encode(), int(ctx.now.timestamp()) // STEP_S
    fits = [s for s in (now - 1, now, now + 1) if hmac.compare_digest(totp.generate_otp(s).encode(), said)]
    return next((step for step in fits if step > after), 0)


def used(ctx: Ctx, kept: Credential, step: int) -> None:
    """Remember that the code of a step has been used."""
    _system(ctx).put(CREDENTIALS, replace(kept, totp_step=step))


def _system(ctx: Ctx) -> Unit:
    return ctx.db.elsewhere(SYSTEM)
