"""What a process says of itself: one log line a request, and counters for Prometheus. Tokens are never in either."""

import asyncio
import sys
from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct, json
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from groundlevel.kernel.log import structlog

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
"""Upper bounds of the histogram of answer times, in seconds."""


def start_logging() -> None:
    """Lines for people on a terminal, JSON elsewhere; on standard error.

    Tracebacks are plain: pretty ones show local variables, and tokens are among these.
    """
    people = sys.stderr.isatty()
    shared: list[Any] = [structlog.processors.TimeStamper(fmt="iso", utc=True)]
    if people:
        structlog.configure(
            processors=[
                *shared,
                structlog.processors.add_log_level,
                structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
            ],
            logger_factory=structlog.PrintLoggerFactory(sys.stderr),
            cache_logger_on_first_use=True,
        )
        return
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, structlog.processors.JSONRenderer(_dumps)],
        logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )


def _dumps(event: dict[str, Any], **_: Any) -> bytes:
    return json.encode(event, enc_hook=str)


class RequestLine(Struct, frozen=True, kw_only=True):
    """What is said of a request. Who called is told by the id of the token, never by the token."""

    event: str = "request"
    timestamp: str
    method: str
    path: str
    status: int
    ms: float
    version: str
    token: str | None
    trace_id: str | None


class RequestLog:
    """One line a request: JSON, or words on a terminal. What one turn of the loop says is written at once."""

    def __init__(self) -> None:
        self.waiting: list[RequestLine] = []

    def add(self, line: RequestLine) -> None:
        """Have a line written at the end of this turn of the loop."""
        if not self.waiting:
            asyncio.get_running_loop().call_soon(self.write)
        self.waiting.append(line)

    def write(self) -> None:
        """Write what waits."""
        lines, self.waiting = self.waiting, []
        if sys.stderr.isatty():
            said = [f"{x.timestamp} {x.method} {x.path} {x.status} {x.ms} ms {x.trace_id or ''}" for x in lines]
            sys.stderr.write("\n".join((*said, "")))
        else:
            sys.stderr.buffer.write(json.Encoder().encode_lines(lines))
        sys.stderr.flush()


class Counted(Struct):
    """What a process has counted: requests by operation and status, how long they took, and its budgets' keeping.

    `limits_shared`: whether the counter server counts for all, None where none was named; `limits_alone`: how many
    requests this process has counted by itself meanwhile.
    """

    requests: dict[tuple[str, int], int] = {}
    times: dict[str, list[float]] = {}
    limits_shared: bool | None = None
    limits_alone: int = 0


class Metrics(Collector):
    """What Prometheus reads. Counting is two additions; rendering does the rest.

    `total` gives what is told: what this process has counted, or all that answer at the same address.
    """

    def __init__(self) -> None:
        self.own = Counted()
        self.total: Callable[[], Counted] = lambda: self.own
        self.registry = CollectorRegistry()
        self.registry.register(self)

    def seen(self, operation: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        key, own = (operation, status), self.own
        own.requests[key] = own.requests.get(key, 0) + 1
        times = own.times.get(operation)
        if times is None:
            times = own.times[operation] = [0.0] * (len(BOUNDS) + 2)
        times[bisect_left(BOUNDS, seconds)] += 1
        times[-1] += seconds

    def collect(self) -> Iterator[Metric]:
        """Called by the registry."""
        told = self.total()
        requests = CounterMetricFamily("groundlevel_requests", "Answered requests", labels=["operation", "status"])
        for (operation, status), n in told.requests.items():
            requests.add_metric([operation, str(status)], n)
        yield requests
        seconds = HistogramMetricFamily("groundlevel_request_seconds", "Time to answer", labels=["operation"])
        for operation, times in told.times.items():
            total, buckets = 0.0, list[tuple[str, float]]()
            for bound, n in zip((*BOUNDS, float("inf")), times, strict=False):
                total += n
                buckets.append(("+Inf" if bound == float("inf") else str(bound), total))
            seconds.add_metric([operation], buckets, sum_value=times[-1])
        yield seconds
        if told.limits_shared is not None:
            shared, alone = "Whether the counter server counts for all", "Requests counted by one process alone"
            yield GaugeMetricFamily("groundlevel_limits_shared", shared, told.limits_shared)
            yield CounterMetricFamily("groundlevel_limits_fallbacks", alone, told.limits_alone)

    def page(self) -> bytes:
        """The text that Prometheus reads."""
        return generate_latest(self.registry)
