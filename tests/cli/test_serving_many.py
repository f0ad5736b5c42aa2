"""Several processes behind one port: started, replaced and stopped without anybody noticing."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from redis import Redis
from tests.cli.commands import Commands
from tests.cli.storm import SlowUpload, Storm, hang_up, read_answer
from tests.cli.test_serving import alive, until
from tests.conftest import LiveServer
from tests.servers import redis_url

from groundlevel.areas.contacts import CONTACTS
from groundlevel.kernel.limits import INTERVAL_MS
from groundlevel.kernel.settings import Settings
from groundlevel.kernel.shared_limits import PREFIX
from groundlevel.kernel.store import Owners
from groundlevel.main import open_store
from groundlevel.testing_stores import database_for

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks at processes as Linux shows them")

Serve = Callable[..., LiveServer]


def demo(folder: Path, workers: int, *options: str) -> LiveServer:
    """A demo installation on PostgreSQL, not served yet."""
    return LiveServer(database_for("postgres", folder, "many"), "--workers", str(workers), *options)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """One that two processes serve, for all tests that do not end it."""
    live = demo(tmp_path_factory.mktemp("many"), 2).start()
    yield live
    live.stop()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Serves one of the test's own by so many processes."""
    made: list[LiveServer] = []

    def start(workers: int, *options: str) -> LiveServer:
        made.append(demo(tmp_path, workers, *options))
        return made[-1].start()

    yield start
    for live in made:
        live.stop()


def children(live: LiveServer, kind: str = "answer") -> list[int]:
    """The processes that answer (or work) for it."""
    pid = live.process.pid
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(one) for one in found if kind in _words(int(one))]


def _words(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except (FileNotFoundError, ProcessLookupError):
        return []


def ask(live: LiveServer, method: str, path: str, token: str = "", **more: Any) -> httpx2.Response:
    """One request on a connection of its own, so that any of the processes may get it."""
    with httpx2.Client(base_url=live.url, headers=live.headers(token or None)) as client:
        return client.request(method, path, **more)


def kept(live: LiveServer) -> set[str]:
    """The ids of all contacts there are."""
    store = open_store(Settings(database=live.database, threads=1))
    try:
        unit = store.read(Owners(location=live.location_id))
        return {contact.id for contact in unit.find(CONTACTS, limit=1_000_000)}
    finally:
        store.close()


def events(live: LiveServer) -> list[str]:
    """What the processes have logged, in order."""
    return [line.split(b'"event":"')[1].split(b'"')[0].decode() for line in live.said if b'"event":"' in line]


def test_one_that_dies_is_started_again(many: LiveServer) -> None:
    first = children(many)
    os.kill(first[0], signal.SIGKILL)
    until(lambda: len(now := children(many)) == 2 and first[0] not in now)
    assert ask(many, "GET", "/health").is_success


def test_any_process_tells_what_all_have_counted(many: LiveServer) -> None:
    path = f"/locations/{many.location_id}/customFields"
    for _ in range(20):
        ask(many, "GET", path).raise_for_status()
    line = 'groundlevel_requests_total{operation="GET /locations/{locationId}/customFields",status="200"} 20.0'
    until(lambda: all(line in ask(many, "GET", "/metrics").text for _ in range(6)))


def test_a_rolling_restart_under_load_loses_nothing(many: LiveServer) -> None:
    before = children(many) + until(lambda: children(many, "worker"))
    with Storm(many) as storm:
        until(lambda: len(storm.made) > 50)
        many.process.send_signal(signal.SIGHUP)
        until(lambda: "all processes are replaced" in events(many))
    assert (set(storm.statuses), storm.lost) == ({201}, {})
    assert not {*before} & {*children(many), *children(many, "worker")}
    assert not [one for one in before if alive(one)]
    assert {*storm.made} <= kept(many)
    assert many.troubles() == []


def test_a_successor_that_does_not_start_replaces_nobody(many: LiveServer) -> None:
    before = children(many)
    many.process.send_signal(signal.SIGHUP)
    until(lambda: len(children(many)) == 3)
    (successor,) = {*children(many)} - {*before}
    os.kill(successor, signal.SIGKILL)
    until(lambda: "server stays: its successor died" in events(many))
    assert children(many) == before
    assert ask(many, "GET", "/health").is_success


def test_a_moved_clock_and_a_revoked_token_show_everywhere_within_a_second(many: LiveServer) -> None:
    operator, location = many.credentials["operatorToken"], f"/locations/{many.location_id}"
    ask(many, "PUT", "/operator/clock", operator, json={"seconds": 86_400}).raise_for_status()
    body = {"name": "brief", "scopes": ["locations.readonly"], "locationId": many.location_id}
    made = ask(many, "POST", "/operator/tokens", operator, json=body).json()
    for _ in range(10):
        ask(many, "GET", location, made["token"]).raise_for_status()
    ask(many, "DELETE", f"/operator/tokens/{made['id']}", operator).raise_for_status()
    time.sleep(1)
    assert {ask(many, "GET", location, made["token"]).status_code for _ in range(10)} == {401}
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()[:10]
    assert {ask(many, "GET", "/operator/clock", operator).json()["now"][:10] for _ in range(10)} <= {tomorrow}


def test_none_outlives_the_first(serve: Serve) -> None:
    live = serve(2)
    last = (*children(live), *until(lambda: children(live, "worker")))
    live.kill()
    until(lambda: not [one for one in last if alive(one)])


@pytest.mark.parametrize("workers", [1, 2])
def test_stopping_under_load_cuts_nobody_off(serve: Serve, workers: int) -> None:
    live = serve(workers)
    there = (*children(live), *until(lambda: children(live, "worker")))
    assert len(there) == (1 if workers == 1 else 3)
    upload = SlowUpload(live, "slow@example.com")
    with Storm(live) as storm:
        until(lambda: len(storm.made) > 50)
        live.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        assert live.process.poll() is None, "it waits for the upload"
        assert upload.finish() == 201
        assert live.process.wait(20) == 0
    assert set(storm.statuses) == {201}
    assert not [how for how in storm.lost if how.startswith("kept")]
    assert {*storm.made} <= kept(live)
    assert not [one for one in there if alive(one)]
    assert live.troubles() == []


def test_of_250_requests_at_once_exactly_100_pass(serve: Serve) -> None:
    live = serve(4, "--limits", redis_url(), "--burst-limit", "100")
    assert len(children(live)) == 4

    async def one() -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", live.port)
        said = "".join(f"{k}: {v}\r\n" for k, v in {**live.headers(), "Host": "localhost"}.items())
        writer.write(f"GET /locations/{live.location_id} HTTP/1.1\r\n{said}\r\n".encode())
        status, _, _ = await read_answer(reader)
        await hang_up((reader, writer))
        return status

    async def all_at_once() -> list[int]:
        return await asyncio.gather(*(one() for _ in range(250)))

    while time.time() * 1000 % INTERVAL_MS > INTERVAL_MS - 4_000:  # they have to fall into one window
        time.sleep(0.1)
    statuses = asyncio.run(all_at_once())
    assert (statuses.count(200), statuses.count(429)) == (100, 150)
    with Redis.from_url(redis_url()) as redis:
        redis.delete(*redis.scan_iter(f"{PREFIX}*{live.location_id}*"))


def test_several_processes_need_a_server_for_the_data(commands: Commands) -> None:
    commands.run("init")
    assert "One process serves an SQLite file" in commands.run("serve", "--workers", "2", code=1)
    assert "processes cannot answer" in commands.run("serve", "--workers", "0", code=1)


def test_limits_are_shared_by_an_address_only(commands: Commands) -> None:
    commands.run("init")
    assert "write redis://127.0.0.1:6379" in commands.run("serve", "--limits", "memory", code=1)
