"""Says at the end what the tests ran on."""

import os
from urllib.parse import urlsplit

import pytest

from groundlevel.testing_stores import LOCAL


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line: which stores and counters were covered, and which were not found."""
    if not hasattr(terminalreporter.config, "workerinput"):
        terminalreporter.write_line(f"Covered: {'; '.join([_sqlite(), _postgres(), _redis()])}.")


def _sqlite() -> str:
    import apsw

    return f"SQLite {apsw.sqlite_lib_version()}"


def _postgres() -> str:
    import psycopg

    server = os.environ.get("GROUNDLEVEL_TEST_POSTGRES") or LOCAL
    try:
        with psycopg.connect(server, dbname="postgres", connect_timeout=3) as db:
            return f"PostgreSQL {db.info.parameter_status('server_version')} at {urlsplit(server).hostname}"
    except psycopg.OperationalError:
        return "no PostgreSQL (GROUNDLEVEL_TEST_POSTGRES names one)"


def _redis() -> str:
    from redis import Redis
    from redis.exceptions import RedisError
    from tests.servers import USUAL_REDIS

    server = os.environ.get("GROUNDLEVEL_TEST_REDIS") or USUAL_REDIS
    try:
        with Redis.from_url(server, socket_timeout=1) as redis:
            return f"Redis {redis.info('server')['redis_version']} at {urlsplit(server).hostname}"
    except RedisError:
        return "no Redis here (one from a package, or GROUNDLEVEL_TEST_REDIS names one)"
