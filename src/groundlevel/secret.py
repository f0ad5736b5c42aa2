"""The installation's secret, which is not in its database, and what is kept only under it.

GROUNDLEVEL_SECRET says it. Otherwise it is 32 random bytes in a file that only its user may read, made when it is first
needed: beside an SQLite database, or in the user's data directory for PostgreSQL. Who has a copy of the database alone
can open nothing that was sealed; several machines over one database must be given the same secret.
"""

import os
from base64 import b64decode, b64encode
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from groundlevel.kernel.settings import Settings, database_path, is_postgres

SHORTEST = 16
"""Characters of a chosen secret."""


class SecretTrouble(Exception):
    """The secret is missing or not the one that was used; the text says what to do."""


def secret_path(settings: Settings) -> Path:
    """Where the secret is, if none is chosen."""
    if is_postgres(settings.database):
        from platformdirs import user_data_path

        return user_data_path("groundlevel") / "secret.key"
    path = database_path(settings.database)
    return path.with_name(path.name + ".secret")


def secret_of(settings: Settings, *, make: bool = True) -> bytes:
    """The installation's secret; a new one is made if there is none, unless something was sealed already (`make`).

    SecretTrouble where the chosen one is too short, the file is damaged, or it is missing and must not be made.
    """
    chosen = settings.secret or os.environ.get("GROUNDLEVEL_SECRET", "")
    if chosen:
        if len(chosen) < SHORTEST:
            raise SecretTrouble(f"GROUNDLEVEL_SECRET must have {SHORTEST} characters or more.")
        return chosen.encode()
    path = secret_path(settings).resolve()
    if not make and not path.exists():
        raise SecretTrouble(f"The installation's secret is missing: restore {path}, or set GROUNDLEVEL_SECRET.")
    return _in_file(path)


@lru_cache(maxsize=100)
def _in_file(path: Path) -> bytes:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(os.urandom(32))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # another process was faster: its secret counts
            os.link(new, path)
        new.unlink()
    secret = path.read_bytes()
    if len(secret) != 32:
        raise SecretTrouble(f"{path} is damaged: restore it from a backup.")
    return secret


def carried(source: Settings, target: Settings) -> bool:
    """Give a copy of an installation the secret of the original; whether it has it now.

    Nothing is to be done where it is chosen. One that the copy has already is not replaced.
    """
    if source.secret or os.environ.get("GROUNDLEVEL_SECRET"):
        return True
    old, new = secret_path(source).resolve(), secret_path(target).resolve()
    if not old.exists():  # nothing was ever sealed
        return True
    if not new.exists():
        new.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(old.read_bytes())
    return new.read_bytes() == old.read_bytes()


def derived(secret: bytes, purpose: str) -> bytes:
    """A key of 32 bytes for one purpose."""
    from cryptography.hazmat.primitives.hashes import SHA256  # 7 MB that a process may never need
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), 32, salt=None, info=f"groundlevel {purpose}".encode()).derive(secret)


def seal(secret: bytes, purpose: str, value: bytes) -> str:
    """The value, encrypted and authenticated (AES-256-GCM), as text."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(12)
    return b64encode(nonce + AESGCM(derived(secret, purpose)).encrypt(nonce, value, purpose.encode())).decode()


def unseal(secret: bytes, purpose: str, sealed: str) -> bytes:
    """What was sealed. SecretTrouble under another secret, or for another purpose."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    raw = b64decode(sealed)
    try:
        return AESGCM(derived(secret, purpose)).decrypt(raw[:12], raw[12:], purpose.encode())
    except InvalidTag:
        raise SecretTrouble(
            "The installation's secret is not the one this was sealed with. "
            "Restore the file, or set GROUNDLEVEL_SECRET to what it was."
        ) from None
