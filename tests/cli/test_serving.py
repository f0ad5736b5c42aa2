"""Real processes: a server, its worker, and what becomes of them."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.cli.commands import Commands

PATIENCE_S = 20.0


class Server:
    """`groundlevel serve` on the demo."""

    def __init__(self, commands: Commands, log: Path) -> None:
        self.told: dict[str, Any] = commands.demo()
        with socket.create_server(("127.0.0.1", 0)) as found:
            self.port = int(found.getsockname()[1])
        self.log, self.words = log, [sys.executable, "-m", "groundlevel.cli", "serve", "--database", commands.database]
        with log.open("wb") as out:
            self.process = subprocess.Popen([*self.words, "--port", str(self.port)], stdout=out, stderr=out)
        self.client = httpx2.Client(base_url=f"http://127.0.0.1:{self.port}")
        until(lambda: self.answers("/ready"))

    def answers(self, path: str) -> bool:
        """Whether it is there."""
        try:
            return self.client.get(path).status_code == 200
        except httpx2.TransportError:
            assert self.process.poll() is None, self.log.read_text()
            return False

    def ask(self, method: str, path: str, token: str, **more: Any) -> Any:
        """The body of a good answer."""
        headers = {"Authorization": f"Bearer {self.told[token]}", "Version": "v3"}
        reply = self.client.request(method, path, headers=headers, **more)
        assert reply.is_success, reply.text
        return reply.json()

    def worker(self) -> int | None:
        """The worker's process."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return int(children[0]) if children else None


def until(holds: Callable[[], Any]) -> Any:
    """What it returns once it is true."""
    end = time.monotonic() + PATIENCE_S
    while not (found := holds()):
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.02)
    return found


def alive(process: int) -> bool:
    """Whether a process runs (one that has ended and is not yet buried does not)."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.fixture
def server(commands: Commands, tmp_path: Path) -> Iterator[Server]:
    """A running server, ended in any case."""
    made = Server(commands, tmp_path / "log")
    yield made
    made.client.close()
    made.process.kill()
    made.process.wait()


pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks at processes as Linux shows them")


def test_it_answers_works_and_ends_cleanly(server: Server) -> None:
    location = server.told["locationId"]
    assert server.ask("GET", f"/locations/{location}", "locationToken")["location"]["id"] == location
    token = server.ask("GET", "/operator/tokens", "operatorToken", params={"companyId": server.told["companyId"]})
    server.ask("POST", f"/operator/tokens/{token['tokens'][0]['id']}/rotate", "operatorToken", json={})
    assert [j["name"] for j in _jobs(server)] == ["forget_token"]
    server.ask("PUT", "/operator/clock", "operatorToken", json={"seconds": 8 * 86_400})
    until(lambda: not _jobs(server))
    worker = until(server.worker)
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(PATIENCE_S) == 0
    assert not alive(worker)
    log = server.log.read_text()
    assert '"event":"job done"' in log
    assert not any(value in log for name, value in server.told.items() if name.endswith("Token"))


def test_the_worker_is_replaced_when_it_dies_and_ends_when_the_server_is_killed(server: Server) -> None:
    first = until(server.worker)
    os.kill(first, signal.SIGKILL)
    second = until(lambda: (now := server.worker()) and now != first and now)
    assert server.answers("/health")
    server.process.kill()
    server.process.wait()
    until(lambda: not alive(second))


def test_a_second_server_is_refused(server: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as found:
        free = str(found.getsockname()[1])
    second = subprocess.run([*server.words, "--port", free], capture_output=True, text=True, check=False)
    assert second.returncode == 1
    assert f"is being served already, at http://127.0.0.1:{server.port}" in second.stderr


def _jobs(server: Server) -> list[dict[str, Any]]:
    return [j for j in server.ask("GET", "/operator/jobs", "operatorToken")["jobs"] if j["name"] == "forget_token"]
