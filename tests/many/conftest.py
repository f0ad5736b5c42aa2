"""Several processes on one PostgreSQL database, and a PostgreSQL server that may be stopped."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.conftest import LiveServer, free_port

from groundlevel.testing_stores import database_for, missing


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Callable[..., list[LiveServer]]]:
    """So many servers, each with its worker, on one database with a demo."""
    made: list[LiveServer] = []

    def start(size: int, *options: str) -> list[LiveServer]:
        first = LiveServer(database_for("postgres", tmp_path, "fleet", flushed=True), *options)
        made.extend([first, *(first.another() for _ in range(size - 1))])
        for server in made:
            server.start()
        return made

    yield start
    for server in made:
        if hasattr(server, "process"):
            server.stop()


class OwnPostgres:
    """A PostgreSQL server of the test's own."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs, self.data, self.port = programs, folder / "data", free_port()
        self.user = "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
        folder.chmod(0o777)
        self.run("initdb", "-D", str(self.data), "-U", "postgres", "-A", "trust", "-E", "UTF8")

    @property
    def url(self) -> str:
        """The address of a database on it."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/own"

    def run(self, program: str, *words: str) -> None:
        """One of its programs, as a user that it agrees to run as."""
        user = self.user if os.getuid() == 0 else None
        command = [str(self.programs / program), *words]
        done = subprocess.run(
            command, user=user, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=60
        )
        assert done.returncode == 0, done.stderr.decode()

    def start(self) -> None:
        """Start it; back when it answers."""
        log, options = str(self.data / "log"), f"-p {self.port} -k {self.data} -c listen_addresses=127.0.0.1"
        self.run("pg_ctl", "-D", str(self.data), "-l", log, "-w", "-o", options, "start")

    def stop(self) -> None:
        """Stop it as if it crashed: connections break off, nothing is tidied up."""
        self.run("pg_ctl", "-D", str(self.data), "-m", "immediate", "-w", "stop")


@pytest.fixture
def own_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnPostgres]:
    """A running server of the test's own."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = shutil.which("initdb") or (installed and str(installed[-1]))
    if not found:
        missing("PostgreSQL's programs are not on this machine")
    folder = tmp_path_factory.mktemp("postgres")
    for above in (folder, *folder.parents[:3]):  # the server runs as another user, who must get there
        if above.owner() == pwd.getpwuid(os.getuid()).pw_name and above != Path("/tmp"):
            above.chmod(0o777 if above == folder else 0o755)
    server = OwnPostgres(Path(str(found)).parent, folder)
    server.start()
    yield server
    server.stop()
