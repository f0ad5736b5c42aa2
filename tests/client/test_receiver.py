"""The receiver for developers, with real deliveries: through Flask, Falcon, Starlette, FastAPI and plain WSGI."""

import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from redis import Redis
from tests.servers import redis_url

from groundlevel.areas.contacts import ContactCreate
from groundlevel.areas.webhooks.tests.conftest import Came, Hooks, hooks, receiver
from groundlevel.client.webhooks import (
    FalconResource,
    MemorySeen,
    Receiver,
    RedisSeen,
    Refused,
    Seen,
    SqliteSeen,
    Told,
    asgi,
    flask_view,
    wsgi,
)
from groundlevel.client.webhooks.seen import BEGUN_S, DONE_S
from groundlevel.kernel.wire import new_id

__all__ = ["hooks", "receiver"]


@pytest.fixture
def came(hooks: Hooks) -> Came:
    """A delivery: a contact was made."""
    hooks.box.new_contact(firstName="Änna", email="anna@example.com", tags=["a"])
    hooks.deliver()
    (one,) = hooks.receiver.came
    return one


def made(hooks: Hooks, **other: Any) -> Receiver:
    """A receiver with both keys of the installation, at its time."""
    keys = hooks.box.operator.get("/operator/webhooks/keys").json()
    return Receiver(**{"ed25519": keys["ed25519"], "rsa": keys["rsa"], "now": hooks.box.sandbox.clock.now, **other})


def test_a_delivery_is_believed_and_handed_over_once(hooks: Hooks, came: Came) -> None:
    ours, seen = made(hooks), list[tuple[str, Told]]()
    ours.on(ContactCreate)(lambda told: seen.append(("contact", told)))
    ours.on("NoteCreate")(lambda told: seen.append(("note", told)))
    ours.on()(lambda told: seen.append(("all", told)))
    assert [ours.take(came.headers, came.raw) for _ in range(3)] == [True, False, False]
    assert [kind for kind, _ in seen] == ["contact", "all"]
    told, event = seen[0][1], seen[0][1].event
    assert isinstance(event, ContactCreate)
    assert (event.first_name, event.email, event.tags) == ("Änna", "anna@example.com", ["a"])
    assert (told.location_id, told.app_id, told.said) == (hooks.box.location_id, hooks.app_id, came.body)


def test_what_is_not_believed(hooks: Hooks, came: Came) -> None:
    ours, headers = made(hooks), came.headers
    later = made(hooks, now=lambda: hooks.box.sandbox.clock.now() + timedelta(days=5))
    earlier = made(hooks, now=lambda: hooks.box.sandbox.clock.now() - timedelta(minutes=6))
    swapped = {**headers, "x-ghl-signature": headers["x-wh-signature"]}
    tried = [
        (ours, headers, came.raw.replace(b"anna", b"eve_")), (ours, headers, came.raw + b" "),
        (ours, {**headers, "x-ghl-signature": ""}, came.raw), (ours, {**headers, "x-wh-signature": "N/A"}, came.raw),
        (ours, {}, came.raw), (ours, swapped, came.raw), (later, headers, came.raw), (earlier, headers, came.raw),
    ]  # fmt: skip
    for one, given, raw in tried:
        with pytest.raises(Refused) as refused:
            one.take(given, raw)
        assert refused.value.status == 401
    assert ours.believed({name.upper(): value for name, value in headers.items()}, came.raw).type == "ContactCreate"
    with pytest.raises(ValueError, match="needs a public key"):
        Receiver()


def test_keys_may_be_of_one_kind_and_as_one_line(hooks: Hooks, came: Came) -> None:
    pem = hooks.box.operator.get("/operator/webhooks/keys").json()["ed25519"]
    line = "".join(pem.splitlines()[1:-1])
    other = "MCowBQYDK2VwAyEA" + "A" * 43 + "="
    assert made(hooks, ed25519=[other, line], rsa=()).take(
        {"X-GHL-Signature": came.headers["x-ghl-signature"]}, came.raw
    )
    with pytest.raises(Refused):
        made(hooks, ed25519=other, rsa=()).take(came.headers, came.raw)


def test_what_a_handler_cannot_do_comes_again(hooks: Hooks, came: Came) -> None:
    ours, tries = made(hooks), list[int]()

    @ours.on("ContactCreate")
    def fail(_: Told) -> None:
        tries.append(1)
        assert len(tries) > 1

    with pytest.raises(AssertionError):
        ours.take(came.headers, came.raw)
    assert ours.take(came.headers, came.raw)
    assert len(tries) == 2


@pytest.mark.parametrize("kind", ["memory", "sqlite", "redis"])
def test_each_is_taken_once(tmp_path: Path, kind: str) -> None:
    moment = [1_000.0]
    makers: dict[str, Callable[[], Seen]] = {
        "memory": lambda: MemorySeen(2, now=lambda: moment[0]),
        "sqlite": lambda: SqliteSeen(tmp_path / "seen.db", now=lambda: moment[0]),
        "redis": lambda: RedisSeen(Redis.from_url(redis_url()), f"test:{new_id()}:"),
    }
    seen = makers[kind]()
    assert [seen.begin("a"), seen.begin("a")] == ["new", "busy"]
    seen.done("a")
    assert [seen.begin("a"), seen.begin("b")] == ["done", "new"]
    seen.forget("b")
    assert seen.begin("b") == "new"
    if kind == "sqlite":
        assert makers[kind]().begin("a") == "done", "another process"
    if kind != "redis":  # whose clock is its own
        moment[0] += BEGUN_S + 1
        assert [seen.begin("b"), seen.begin("a")] == ["new", "done"], "whoever began it has died"
        moment[0] += DONE_S
        assert seen.begin("a") == "new"
    if kind == "memory":
        assert [seen.begin("c"), seen.begin("b")] == ["new", "new"], "the oldest is forgotten"


def by_flask(ours: Receiver, headers: dict[str, str], raw: bytes) -> tuple[int, str]:
    from flask import Flask

    app = Flask("hooks")
    app.add_url_rule("/hook", view_func=flask_view(ours), methods=["POST"])
    reply = app.test_client().post("/hook", data=raw, headers=headers)
    return reply.status_code, reply.text


def by_falcon(ours: Receiver, headers: dict[str, str], raw: bytes) -> tuple[int, str]:
    from falcon import App
    from falcon.testing import TestClient

    app = App()
    app.add_route("/hook", FalconResource(ours))
    reply = TestClient(app).simulate_post("/hook", body=raw, headers=headers)
    return reply.status_code, reply.text


def by_wsgi(ours: Receiver, headers: dict[str, str], raw: bytes) -> tuple[int, str]:
    from io import BytesIO

    environ: dict[str, Any] = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    setup_testing_defaults(environ)
    environ |= {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": str(len(raw)), "wsgi.input": BytesIO(raw)}
    said: list[str] = []
    (text,) = wsgi(ours)(environ, lambda status, _: said.append(status))
    return int(said[0][:3]), text.decode()


def by_asgi(app: Any, ours: Receiver, headers: dict[str, str], raw: bytes) -> tuple[int, str]:
    import asyncio

    import httpx2

    app.mount("/hook", asgi(ours))

    async def go() -> httpx2.Response:
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://test") as client:
            return await client.post("/hook/", content=raw, headers=headers)

    reply = asyncio.run(go())
    return reply.status_code, reply.text


def by_starlette(*given: Any) -> tuple[int, str]:
    from starlette.applications import Starlette

    return by_asgi(Starlette(), *given)


def by_fastapi(*given: Any) -> tuple[int, str]:
    from fastapi import FastAPI

    return by_asgi(FastAPI(), *given)


def test_behind_every_framework(hooks: Hooks, came: Came) -> None:
    names = ("content-type", "x-ghl-signature", "x-wh-signature")
    headers = {name: came.headers[name] for name in names}
    for ask in (by_flask, by_falcon, by_wsgi, by_starlette, by_fastapi):
        ours, emails = made(hooks), list[str]()
        ours.on("ContactCreate")(lambda told, emails=emails: emails.append(told.said["email"]))  # pyright: ignore
        answers = [ask(ours, headers, came.raw), ask(ours, headers, came.raw)]
        assert (answers, emails) == ([(200, "ok"), (200, "known")], ["anna@example.com"]), ask.__name__
        assert ask(ours, headers, came.raw.replace(b"anna", b"eve_"))[0] == 401
        failing = made(hooks)
        failing.on()(lambda _: 1 / 0)
        assert ask(failing, headers, came.raw) == (500, "it could not be handled")


def test_it_needs_nothing_of_the_server() -> None:
    """Who only receives need not load stores, servers or areas."""
    heavy = "{'apsw', 'psycopg', 'granian', 'uvloop', 'starlette', 'redis', 'structlog'}"
    code = (
        "import sys, groundlevel.client.webhooks; names = {n.split('.')[0] for n in sys.modules};"
        "ours = [n for n in sys.modules if n.startswith('groundlevel.') and 'client' not in n];"
        f"print(sorted(names & {heavy}), ours)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[] []"
