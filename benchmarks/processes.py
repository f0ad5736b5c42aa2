"""Servers as child processes, pinned to one core, and what they take of the memory."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from benchmarks.generator import ask

SERVER_CORE, LOAD_CORE = 0, 1
BIN = Path(sys.executable).parent
DATA = Path(__file__).parent / ".data"
START_S = 20.0


class Memory(msgspec.Struct):
    """Of a process and its children, in MB. rss: pages in memory. anonymous: of those, what no file backs.

    `shared_once` counts what processes share only once (PSS). Pages of a mapped database file count in rss.
    """

    rss: float
    anonymous: float
    shared_once: float
    processes: int


class Server:
    """A running server."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, name: str) -> None:
        self.process, self.port, self.name = process, port, name

    def memory(self) -> Memory:
        """What it takes now, all its processes together."""
        fields = [_rollup(pid) for pid in family(self.process.pid)]
        sums = [sum(f.get(name, 0.0) for f in fields) for name in ("Rss", "Anonymous", "Pss")]
        return Memory(*sums, processes=len(fields))

    def cpu_seconds(self) -> float:
        """Processor time that all its processes have used."""
        ticks = 0
        for pid in family(self.process.pid):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")


def machine_seconds() -> float:
    """Processor time that everything on this machine has used: this program and databases too."""
    user, nice, system, _idle, _waiting, *interrupts = map(
        int, Path("/proc/stat").read_text().splitlines()[0].split()[1:8]
    )
    return (user + nice + system + sum(interrupts)) / os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """The process and all its descendants."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(p for child in children for p in family(int(child)))]


def _rollup(pid: int) -> dict[str, float]:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    except OSError:
        return {}
    return {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines}


def pin(core: int) -> None:
    """Keep this process (and those it starts from now on) on one core, where there are several."""
    if core in os.sched_getaffinity(0) or core < (os.cpu_count() or 1):
        os.sched_setaffinity(0, {core})


@contextmanager
def running(command: list[str], port: int, name: str, env: dict[str, str] | None = None) -> Iterator[Server]:
    """A server from its command to its end, which is awaited."""
    DATA.mkdir(exist_ok=True)
    with (DATA / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            stdout=log,
            stderr=log,
            env=os.environ | (env or {}),
            preexec_fn=lambda: pin(SERVER_CORE),
            start_new_session=True,
        )
        try:
            yield Server(process, port, name)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(10)


def answers(server: Server, raw: bytes, good: Callable[[int], bool] = lambda status: status == 200) -> float:
    """Wait for the first good answer to a request; how many seconds that took."""
    began = time.perf_counter()
    while time.perf_counter() - began < START_S:
        if server.process.poll() is not None:
            break
        try:
            if good(ask(server.port, raw)[0]):
                return time.perf_counter() - began
        except (ConnectionError, TimeoutError):
            pass
        time.sleep(0.005)
    raise RuntimeError(f"{server.name} does not answer; see {DATA.name}/{server.name}.log")
