"""What processes have counted, summed up by any of them."""

import os
from pathlib import Path

from groundlevel.cli.ledger import GONE_S, Ledger
from groundlevel.kernel.observe import Metrics


def test_processes_are_counted_together(tmp_path: Path) -> None:
    mine, other = Metrics(), Metrics()
    for seconds in (0.0005, 0.3):
        mine.seen("GET /x", 200, seconds)
        other.seen("GET /x", 200, seconds)
    other.seen("GET /y", 404, 0.3)
    mine.own.limits_shared, other.own.limits_shared, other.own.limits_alone = True, False, 3
    there = Ledger(tmp_path, other)
    there.mine = tmp_path / "other"
    there.write()
    Ledger(tmp_path, mine).write()
    for _ in range(2):
        page = mine.page().decode().splitlines()
        assert 'groundlevel_requests_total{operation="GET /x",status="200"} 4.0' in page
        assert 'groundlevel_requests_total{operation="GET /y",status="404"} 1.0' in page
        assert 'groundlevel_request_seconds_bucket{le="0.001",operation="GET /x"} 2.0' in page
        assert 'groundlevel_request_seconds_sum{operation="GET /x"} 0.601' in page
        assert {"groundlevel_limits_shared 0.0", "groundlevel_limits_fallbacks_total 3.0"} <= set(page)


def test_one_that_has_ended_still_counts_and_its_state_does_not(tmp_path: Path) -> None:
    mine, ended = Metrics(), Metrics()
    ended.seen("GET /x", 200, 0.1)
    mine.own.limits_shared, ended.own.limits_shared = True, False
    there = Ledger(tmp_path, ended)
    there.mine = tmp_path / "ended"
    there.write()
    long_ago = there.mine.stat().st_mtime - 2 * GONE_S
    os.utime(there.mine, (long_ago, long_ago))
    Ledger(tmp_path, mine)
    page = mine.page().decode().splitlines()
    assert 'groundlevel_requests_total{operation="GET /x",status="200"} 1.0' in page
    assert "groundlevel_limits_shared 1.0" in page
