"""The load generator: keep-alive HTTP/1.1 over a handful of raw sockets, one request in flight on each.

It runs in this process, on one core, and is the same for every server that is compared. Requests are bytes made
beforehand (or as they are sent, where each must differ); of an answer it reads the status and where it ends.
"""

import gc
import select
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

ADDRESS = "127.0.0.1"
TIMEOUT_S = 30.0
Latencies = list[tuple[float, int]]


@dataclass
class Round:
    """What one round of load saw: how many answers, in how long, how slow each, with which statuses."""

    answers: int
    seconds: float
    latencies: Latencies = field(default_factory=Latencies, repr=False)
    statuses: Counter[bytes] = field(default_factory=Counter[bytes])

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds

    def quantile(self, q: float, kind: int | None = None) -> float:
        """The latency, in ms, that the share `q` of the answers (of one kind) stayed under."""
        found = sorted(s for s, k in self.latencies if kind is None or k == kind)
        return 1000 * found[min(len(found) - 1, int(q * len(found)))] if found else float("nan")


def request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """The bytes of a request."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {ADDRESS}", *(f"{k}: {v}" for k, v in headers.items())]
    if body or method != "GET":
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def complete(data: bytes) -> bool:
    """Whether `data` is a whole answer, by its content-length or its last chunk."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return False
    at = data.find(b"ontent-", 0, end)
    while at >= 0 and data[at + 7 : at + 15].lower() != b"length: ":
        at = data.find(b"ontent-", at + 7, end)
    if at < 0:
        head = data[:end].lower()
        return data.endswith(b"0\r\n\r\n") if b"transfer-encoding: chunked" in head else b" 204 " in head
    return len(data) - end - 4 >= int(data[at + 15 : data.index(b"\r\n", at)])


def connect(port: int) -> socket.socket:
    """A connection without delays of its own."""
    sock = socket.create_connection((ADDRESS, port), timeout=TIMEOUT_S)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def ask(port: int, raw: bytes) -> tuple[int, bytes]:
    """One request on a connection of its own: status and body (chunks undone)."""
    with connect(port) as sock:
        sock.sendall(raw)
        data = b""
        while not complete(data):
            part = sock.recv(1 << 18)
            if not part:
                raise ConnectionError(f"port {port} hung up: {data[:200]!r}")
            data += part
    head, _, body = data.partition(b"\r\n\r\n")
    if b"chunked" in head.lower():
        body = _unchunked(body)
    return int(head[9:12]), body


def _unchunked(body: bytes) -> bytes:
    out = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        n = int(size, 16)
        out, body = out + body[:n], body[n + 2 :]
        if n == 0:
            return out
    return out


class Load:
    """Connections to one server, kept open between rounds.

    awake: never sleeps, as waking a core takes longer than answering does. Not for servers that want its core too.
    """

    def __init__(self, port: int, connections: int = 16, *, awake: bool = True) -> None:
        self.wait_s = 0.0 if awake else TIMEOUT_S
        self.socks = {s.fileno(): s for s in (connect(port) for _ in range(connections))}
        self.poll = select.epoll()
        for fd in self.socks:
            self.poll.register(fd, select.EPOLLIN)

    def run(
        self, requests: Iterator[tuple[bytes, int]], seconds: float, every: Callable[[float], None] | None = None
    ) -> Round:
        """Send requests for so long, or until there are no more. `every` is called about once a second."""
        done = Round(0, 0.0)
        gc.collect()
        gc.disable()
        try:
            began = time.perf_counter()
            self._drive(requests, began, seconds, done, every)
            done.seconds = time.perf_counter() - began
        finally:
            gc.enable()
        done.answers = len(done.latencies)
        return done

    def _drive(
        self,
        requests: Iterator[tuple[bytes, int]],
        began: float,
        seconds: float,
        done: Round,
        every: Callable[[float], None] | None,
    ) -> None:
        now, until, tick, wait_s = time.perf_counter, began + seconds, began + 1.0, self.wait_s
        waiting: dict[int, tuple[float, int]] = {}
        at = began
        parts: dict[int, bytes] = {}
        seen, latencies, poll = done.statuses, done.latencies, self.poll.poll
        receive = {fd: s.recv for fd, s in self.socks.items()}
        send = {fd: s.send for fd, s in self.socks.items()}
        for fd in self.socks:
            if (first := next(requests, None)) is not None:
                waiting[fd] = now(), first[1]
                send[fd](first[0])
        while waiting:
            ready = poll(wait_s)
            if not ready:
                if now() - at > TIMEOUT_S:
                    raise TimeoutError(f"no answer for {TIMEOUT_S} s")
                continue
            for fd, _ in ready:
                data = receive[fd](262_144)
                if not data:
                    raise ConnectionError("the server hung up")
                if fd in parts:
                    data = parts.pop(fd) + data
                if not complete(data):
                    parts[fd] = data
                    continue
                at = now()
                sent, kind = waiting.pop(fd)
                latencies.append((at - sent, kind))
                seen[data[9:12]] += 1
                following = next(requests, None) if at < until else None
                if following is not None:
                    waiting[fd] = at, following[1]
                    send[fd](following[0])
            if every and now() > tick:
                tick += 1.0
                every(now() - began)

    def close(self) -> None:
        """Hang up."""
        self.poll.close()
        for sock in self.socks.values():
            sock.close()
