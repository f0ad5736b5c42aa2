"""What tests across areas start from: an installation in this process, and real servers in their own."""

import atexit
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from copy import copy
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from groundlevel.conftest import box, engine
from groundlevel.testing_stores import ENGINES, Engine, copy_database, database_for, postgres_server

__all__ = ["box", "engine"]

REPOSITORY = Path(__file__).parents[1]
PATIENCE_S = 30


class LiveServer:
    """`groundlevel serve` on a demo database. `kill` ends it as a power cut would; `start` starts it again."""

    def __init__(self, database: str, *options: str) -> None:
        self.database, self.options = database, options
        self.said: list[bytes] = []
        self.credentials = demo_in(database)
        self.location_id: str = self.credentials["locationId"]
        self.token: str = self.credentials["locationToken"]

    def another(self) -> "LiveServer":
        """A second server on the same database, not started yet."""
        return copy(self)

    def start(self) -> "LiveServer":
        """Run it at a free port; back when it answers."""
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.said = []
        where = ("--database", self.database, "--port", str(self.port))
        generous = () if "--burst-limit" in self.options else ("--burst-limit", "1000000", "--daily-limit", "9000000")
        self.process = _groundlevel("serve", *where, *generous, *self.options)
        assert self.process.stdout
        self.process.stdout.close()
        self.ready = threading.Event()
        self.listener = threading.Thread(target=_listen, args=(self.process, self.said, self.ready), daemon=True)
        self.listener.start()
        assert self.ready.wait(PATIENCE_S) and any(b'"serving"' in line for line in self.said), b"".join(
            self.said
        ).decode()
        return self

    def headers(self, token: str | None = None, version: str = "v3") -> dict[str, str]:
        """What every request to it bears."""
        return {"Authorization": f"Bearer {token or self.token}", "Version": version}

    def stop(self) -> None:
        """End it as an operator would."""
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(PATIENCE_S)
        self.listener.join(PATIENCE_S)

    def kill(self) -> None:
        """SIGKILL: it has no chance to tidy up."""
        self.process.kill()
        self.process.wait(PATIENCE_S)

    def troubles(self) -> list[bytes]:
        """The lines it logged about handlers that failed."""
        return [line for line in self.said if b"handler failed" in line or b"Traceback" in line]


def demo_in(database: str) -> dict[str, Any]:
    """A demo installation; its credentials. All demos of this process's tests are copies of one in each store."""
    engine: Engine = "sqlite" if database.startswith("sqlite") else "postgres"
    if engine == "postgres" and not database.startswith(postgres_server()):
        return _made(database)
    like, credentials = _demo(engine)
    if engine == "sqlite":
        shutil.copyfile(like.removeprefix("sqlite:///"), database.removeprefix("sqlite:///"))
    else:
        copy_database(like, database)
    return {**credentials}


@cache
def _demo(engine: Engine) -> tuple[str, dict[str, Any]]:
    folder = Path(tempfile.mkdtemp(prefix="groundlevel-demo-"))
    atexit.register(shutil.rmtree, folder)
    database = database_for(engine, folder, "demo_to_copy", fresh=True)
    return database, _made(database)


def _made(database: str) -> dict[str, Any]:
    made = _groundlevel("init", "--demo", "--json", "--database", database)
    told, errors = made.communicate(timeout=PATIENCE_S * 4)
    assert made.returncode == 0, errors.decode()
    return json.loads(told)


def _listen(process: subprocess.Popen[bytes], said: list[bytes], ready: threading.Event) -> None:
    """Keep what a server logs, to its end; its worker, which outlives a kill for a moment, logs there too."""
    assert process.stderr
    with process.stderr as lines:
        for line in lines:
            said.append(line)
            if b'"serving"' in line:
                ready.set()
    ready.set()


def _groundlevel(*arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "groundlevel.cli", *arguments]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def free_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module", params=ENGINES)
def live(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A running demo installation for the tests of one module, on each store in turn."""
    server = LiveServer(database_for(request.param, tmp_path_factory.mktemp("live"), "live", flushed=True)).start()
    yield server
    server.stop()


@pytest.fixture
def new_server(tmp_path: Path, engine: Engine) -> Iterator[Callable[..., LiveServer]]:
    """Makes demo installations that are not started yet, on each store in turn."""
    made: list[LiveServer] = []

    def make(*options: str) -> LiveServer:
        made.append(LiveServer(database_for(engine, tmp_path, "server", flushed=True), *options))
        return made[-1]

    yield make
    for server in made:
        if hasattr(server, "process"):
            server.stop()


@pytest.fixture(scope="session")
def contract() -> Path:
    """The folder with the published contract. It is not part of the repository: without it such tests are skipped."""
    beside = REPOSITORY.parent / "shared" / "contract"
    folder = Path(os.environ.get("GROUNDLEVEL_CONTRACT") or beside)
    if not (folder / "specs").is_dir():
        pytest.skip(f"the published contract is not at {folder}; GROUNDLEVEL_CONTRACT names another place")
    return folder


@pytest.fixture(scope="session")
def deviations() -> dict[tuple[str, str], str]:
    """(operation, check) -> reason, of `tests/contract/deviations.toml`."""
    import tomllib

    listed = tomllib.loads((REPOSITORY / "tests/contract/deviations.toml").read_text())["deviation"]
    return {(d["operation"], d["check"]): d["reason"] for d in listed}
