"""What an operator can choose, in one place."""

from pathlib import Path

from msgspec import Struct

from groundlevel.kernel.problems import BadRequest


class Settings(Struct, frozen=True):
    """How a process runs. `public_url` is what answers call themselves (page links).

    threads: for slow reads in SQLite (0: two), for everything in PostgreSQL (0: eight).
    cache_kb: of an SQLite file, that a connection keeps in memory, one that writes a quarter (0: as it needs to serve).
    limits: where all processes' requests are counted together, e.g. redis://127.0.0.1:6379; "": in memory, by each.
    secret: what keys are kept under; "": GROUNDLEVEL_SECRET or a file of its own (see groundlevel/secret.py).
    files: where uploaded files are kept: a folder or s3://bucket/prefix; "": a folder beside the database.
    upload_limit: bytes of a request with a file, a little more than the file itself may have.
    webhooks_to: hosts besides the public internet's that webhooks may be sent to (see groundlevel/outside/aim.py).
    """

    database: str
    public_url: str = "http://127.0.0.1:8080"
    burst_limit: int = 100
    daily_limit: int = 200_000
    limits: str = ""
    threads: int = 0
    cache_kb: int = 0
    body_limit: int = 2 * 1024 * 1024
    upload_limit: int = 501 * 1024 * 1024
    files: str = ""
    metrics_from_anywhere: bool = False
    log_requests: bool = True
    secret: str = ""
    webhooks_to: tuple[str, ...] = ()


def is_postgres(url: str) -> bool:
    """Whether a database address is one of PostgreSQL's."""
    return url.startswith(("postgresql://", "postgres://"))


def database_path(url: str) -> Path:
    """The file a `sqlite:///path` names. 400 for any other kind of address."""
    if url.startswith("sqlite:///"):
        return Path(url.removeprefix("sqlite:///")).expanduser()
    raise BadRequest(
        f"{url} is not a database this version can open; write sqlite:///path/to/file.db or postgresql://user@host/database"
    )
