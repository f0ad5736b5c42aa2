"""64 refreshes of one token at once: one new pair, and everybody gets it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from groundlevel.areas.oauth.tests.conftest import CLIENT, SECRET, Shop
from groundlevel.conftest import Box
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.kernel.store.table import TABLES

SCRIPT = Path(__file__).with_name("storm.py")


def test_everybody_gets_the_one_new_pair(box: Box) -> None:
    """On PostgreSQL by four processes; SQLite is one process's."""
    shop = Shop(box)
    value = shop.exchange(shop.code())["refreshToken"]
    processes = 4 if box.sandbox.app.store.several_processes else 1
    body = {"clientId": CLIENT, "clientSecret": SECRET, "grantType": "refresh_token", "refreshToken": value}
    answers = stormed(box.sandbox.app.settings.database, processes, 64 // processes, json.dumps(body).encode())
    assert [status for status, _ in answers] == [200] * 64
    assert len({text for _, text in answers}) == 1
    tokens = json.loads(answers[0][1])
    assert shop.contacts(tokens["accessToken"]) == 200
    assert box.sandbox.app.store.read(SYSTEM).count(TABLES["refresh_tokens"]) == 2
    assert shop.refresh(tokens["refreshToken"]).status_code == 200


def stormed(database: str, processes: int, each: int, body: bytes) -> list[Any]:
    """What is answered to all of them."""
    command = [sys.executable, str(SCRIPT), database, str(each)]
    running = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(processes)]
    for one in running:
        assert one.stdout and one.stdout.readline() == b"ready\n"
    for one in running:  # all are told before any is read
        assert one.stdin
        one.stdin.write(body)
        one.stdin.close()
    answers: list[Any] = []
    for one in running:
        assert one.stdout
        with one.stdout as said:
            answers += json.loads(said.read())
        assert one.wait(60) == 0
    return answers
