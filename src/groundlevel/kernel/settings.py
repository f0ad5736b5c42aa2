"""What an operator can choose, in one place."""

from pathlib import Path

from msgspec import Struct

from groundlevel.kernel.problems import BadRequest


class Settings(Struct, frozen=True):
    """How a process runs. `public_url` is what answers call themselves (page links)."""

    database: str
    public_url: str = "http://127.0.0.1:8080"
    burst_limit: int = 100
    daily_limit: int = 200_000
    threads: int = 2
    body_limit: int = 2 * 1024 * 1024
    metrics_from_anywhere: bool = False
    log_requests: bool = True


def database_path(url: str) -> Path:
    """The file a `sqlite:///path` names. 400 for any other kind of address."""
    if url.startswith("sqlite:///"):
        return Path(url.removeprefix("sqlite:///")).expanduser()
    raise BadRequest(f"{url} is not a database this version can open; write sqlite:///path/to/file.db")
