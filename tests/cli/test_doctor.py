"""What the doctor finds."""

import socket
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace
from tests.cli.commands import Commands
from tests.servers import redis_url

from groundlevel.areas.operator import INSTALLATION, installation
from groundlevel.cli.doctor import clock_behind, clock_moved, counting, disk, findings, listening, time_of_day, work
from groundlevel.cli.lock import take
from groundlevel.cli.operate import operating
from groundlevel.kernel.jobs import JOBS, Job
from groundlevel.kernel.wire import iso

NOW = datetime.now(UTC)


def test_all_is_well_after_init(commands: Commands) -> None:
    commands.run("init")
    said = commands.run("doctor", "--port", str(_free_port()))
    assert said.endswith("All is well.\n")


def test_a_taken_port(commands: Commands) -> None:
    commands.run("init")
    with socket.create_server(("127.0.0.1", 0)) as other:
        found = list(listening(commands.path, other.getsockname()[1]))
    assert [f.state for f in found] == ["wrong"]
    assert "is taken by another program" in found[0].text


def test_our_own_server_is_no_trouble(commands: Commands) -> None:
    commands.run("init")
    with take(commands.path, "http://127.0.0.1:1"):
        found = list(listening(commands.path, 8080))
    assert found[0].state == "fine"
    assert "http://127.0.0.1:1" in found[0].text


def test_no_database_and_no_database_of_ours(commands: Commands) -> None:
    assert any("groundlevel init" in f.text for f in findings(commands.database, _free_port()))
    commands.path.parent.mkdir()
    commands.path.write_bytes(b"no database at all, but long enough to be looked at" * 40)
    wrong = [f for f in findings(commands.database, _free_port()) if f.state == "wrong"]
    assert "not an SQLite database, or is damaged" in wrong[0].text


def test_a_damaged_database(commands: Commands) -> None:
    commands.demo()
    with commands.path.open("r+b") as file:
        file.seek(4096 * 30)
        file.write(b"\xa5" * 4096 * 40)
    wrong = [f for f in findings(commands.database, _free_port()) if f.state == "wrong"]
    assert wrong
    assert "restore your last backup" in wrong[0].advice
    assert commands.path.exists()


def test_clocks(commands: Commands) -> None:
    commands.demo()
    assert [f.state for f in time_of_day(datetime(1970, 1, 2, tzinfo=UTC))] == ["wrong"]
    with operating(commands.database) as operator:
        assert not list(clock_moved(operator.store, NOW))
        assert [f.state for f in clock_behind(operator.store, NOW - timedelta(days=1))] == ["note"]
        operator.do(lambda ctx: ctx.db.put(INSTALLATION, replace(installation(ctx.db), clock_offset=3600.0)))
        found = list(clock_moved(operator.store, NOW))
        assert (found[0].state, "1:00:00" in found[0].text) == ("note", True)


def test_work_that_waits_or_failed(commands: Commands) -> None:
    commands.run("init")
    with operating(commands.database) as operator:
        assert [f.state for f in work(operator.store, NOW)] == ["fine"]
        late = Job(id="1", name="x", args={}, date_added=iso(NOW), due=iso(NOW - timedelta(hours=1)))
        operator.do(lambda ctx: ctx.db.put(JOBS, late))
        operator.do(lambda ctx: ctx.db.put(JOBS, replace(late, id="2", due=None)))
        assert [f.text.split(" ", 1)[1] for f in work(operator.store, NOW)] == [
            f"jobs are overdue, the oldest since {late.due}.",
            "jobs have failed for good.",
        ]
    assert "2 things to put right." in _said(commands)


def test_the_disk_is_looked_at_even_before_the_folder_is_there(commands: Commands) -> None:
    assert next(f.state for f in disk(commands.path.parent / "not" / "yet")) in ("fine", "note", "wrong")


def _said(commands: Commands) -> str:
    commands.capture.readouterr()
    from groundlevel.cli.doctor import report

    assert report(commands.database, _free_port()) == 1
    return commands.capture.readouterr().out


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def test_the_server_that_counts_for_all_processes() -> None:
    assert counting(redis_url()).state == "fine"
    away = counting("redis://:secret@127.0.0.1:1")
    assert (away.state, "secret" in away.text) == ("wrong", False)
    assert "Until then each process grants every app its whole budget" in away.advice
    assert "write redis://127.0.0.1:6379" in counting("somewhere").text
