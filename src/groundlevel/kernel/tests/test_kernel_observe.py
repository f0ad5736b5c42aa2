"""What a process says of itself: counters and log lines, and never a token."""

import io
import json
import sys
from collections.abc import Callable, Iterator

import httpx2
import pytest
import structlog

from groundlevel.kernel import app as application
from groundlevel.kernel.area import Area
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.observe import Metrics, start_logging
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.testing import Sandbox
from groundlevel.kernel.wire import Wire


class Tried(Wire):
    """Nothing to say."""


class Output(io.TextIOWrapper):
    """Standard error, kept."""

    def said(self) -> bytes:
        buffer = self.buffer
        assert isinstance(buffer, io.BytesIO)
        return buffer.getvalue()


Listen = Callable[[], Output]


@pytest.fixture
def listen(monkeypatch: pytest.MonkeyPatch) -> Iterator[Listen]:
    """Keep what the process writes from now on, with its logging started as `serve` starts it."""
    before = structlog.get_config()

    def start() -> Output:
        out = Output(io.BytesIO(), write_through=True)
        monkeypatch.setattr(sys, "stderr", out)
        start_logging()
        monkeypatch.setattr(application, "log", structlog.get_logger())
        return out

    yield start
    structlog.configure(**before)


@pytest.fixture
def trial(serve: Callable[..., Sandbox]) -> Sandbox:
    """An operation that succeeds, is refused or fails as asked."""
    area = Area("trial", "Trial")

    @area.get("/try/{how}", scope="try.readonly")
    def try_it(ctx: Ctx, how: str) -> Tried:
        if how == "refused":
            raise BadRequest("Not like this")
        if how == "failing":
            raise RuntimeError("a bug")
        return Tried()

    return serve(area, log_requests=True)


def ask(trial: Sandbox, token: str, how: str) -> httpx2.Response:
    reply = trial.client(token).get(f"/try/{how}")
    trial.transport.loop.run_until_complete(_turn())
    return reply


async def _turn() -> None:
    """Let the loop go round once."""


def test_a_line_a_request_and_never_a_token(trial: Sandbox, listen: Listen) -> None:
    stderr = listen()
    token = trial.token("Location", ["try.readonly"], "c", "l")
    replies = [ask(trial, token, how) for how in ("good", "refused", "failing")]
    replies.append(ask(trial, "pit-made-up-by-somebody", "good"))
    assert [r.status_code for r in replies] == [200, 400, 500, 401]
    lines = [json.loads(line) for line in stderr.said().splitlines()]
    requests = [line for line in lines if line["event"] == "request"]
    assert [(r["method"], r["path"], r["status"], r["version"]) for r in requests] == [
        ("GET", "/try/good", 200, "v3"), ("GET", "/try/refused", 400, "v3"), ("GET", "/try/failing", 500, "v3"),
        ("GET", "/try/good", 401, "v3"),
    ]  # fmt: skip
    assert len({r["token"] for r in requests[:3]}) == 1
    assert (requests[3]["token"], requests[0]["trace_id"]) == (None, None)
    assert requests[1]["trace_id"] == replies[1].json()["traceId"]
    assert token.encode() not in stderr.said()
    assert token[4:].encode() not in stderr.said()
    assert b"made-up-by-somebody" not in stderr.said()


def test_a_bug_is_logged_with_its_trace_and_told_without_internals(trial: Sandbox, listen: Listen) -> None:
    stderr = listen()
    reply = ask(trial, trial.token("Location", ["try.readonly"], "c", "l"), "failing")
    trace = reply.json()["traceId"]
    assert reply.json() == {
        "statusCode": 500, "message": "Internal server error", "error": "Internal Server Error", "traceId": trace,
    }  # fmt: skip
    bug = next(line for line in map(json.loads, stderr.said().splitlines()) if line["event"] == "handler failed")
    assert (bug["operation"], bug["trace_id"]) == ("GET /try/{how}", trace)
    assert "RuntimeError: a bug" in bug["exception"]


def test_requests_are_counted_by_operation_and_status(trial: Sandbox, listen: Listen) -> None:
    token = trial.token("Location", ["try.readonly"], "c", "l")
    listen()
    for how in ("good", "good", "refused", "failing"):
        ask(trial, token, how)
    trial.client(token).get("/nowhere/secret")
    page = trial.app.metrics.page().decode().splitlines()
    counted = sorted(line for line in page if line.startswith("groundlevel_requests_total"))
    assert counted == [
        'groundlevel_requests_total{operation="GET /try/{how}",status="200"} 2.0',
        'groundlevel_requests_total{operation="GET /try/{how}",status="400"} 1.0',
        'groundlevel_requests_total{operation="GET /try/{how}",status="500"} 1.0',
        'groundlevel_requests_total{operation="unknown",status="404"} 1.0',
    ]
    assert 'groundlevel_request_seconds_count{operation="GET /try/{how}"} 4.0' in page
    assert not [line for line in page if "secret" in line or token in line]


def test_answer_times_fall_into_their_buckets() -> None:
    metrics = Metrics()
    for seconds in (0.0005, 0.001, 0.002, 0.3, 9.0):
        metrics.seen("GET /x", 200, seconds)
    page = metrics.page().decode().splitlines()
    buckets = {
        line.split('le="')[1].split('"')[0]: float(line.split(" ")[-1]) for line in page if "seconds_bucket" in line
    }
    assert (buckets["0.001"], buckets["0.0025"], buckets["0.5"], buckets["2.5"], buckets["+Inf"]) == (2, 3, 4, 4, 5)
    assert 'groundlevel_request_seconds_sum{operation="GET /x"} 9.3035' in page
