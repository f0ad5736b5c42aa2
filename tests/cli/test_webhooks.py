"""`groundlevel webhooks …`: triggering, seeing and repeating, on one database."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from tests.cli.commands import Commands

from groundlevel.areas.webhooks import Courier, signer
from groundlevel.cli.operate import operating
from groundlevel.cli.webhooks_listen import Listening, Telling, end_of_log, happened
from groundlevel.cli.webhooks_sending import aim_of
from groundlevel.cli.webhooks_trigger import WAYS
from groundlevel.outside.posting import Answer, Here, Recorded


@pytest.fixture
def demo(commands: Commands) -> Commands:
    """A demo in which nothing waits to be told."""
    commands.ids = commands.demo()  # pyright: ignore
    assert send(commands).sent == []
    return commands


def listen_to(demo: Commands, *events: str) -> str:
    """Have the demo's app told; its id."""
    from groundlevel.areas.marketplace.app_operators import WebhookChange, set_webhook
    from groundlevel.areas.marketplace.apps import WebhookEvent

    with operating(demo.database) as operator:
        app = demo.ids["ids"]["appId"]  # pyright: ignore
        change = WebhookChange(url="https://app.example/hook", events={event: WebhookEvent() for event in events})
        operator.do(lambda ctx: set_webhook(ctx, app, change))
    return app


def send(demo: Commands, *answers: Answer) -> Recorded:
    """What a worker would send now, to a receiver that answers so."""
    recorded = Recorded(*answers)

    async def go(operator: Any) -> None:
        courier = Courier(operator.store, operator.now, Here(recorded, operator.do(signer)))
        await courier.drain()
        await courier.end()

    with operating(demo.database) as operator:
        asyncio.run(go(operator))
    return recorded


@pytest.mark.parametrize("event", WAYS)
def test_every_event_that_is_offered_happens(demo: Commands, event: str) -> None:
    app = listen_to(demo, event)
    told = demo.json("webhooks", "trigger", event)
    assert told["type"] == event
    (sent,) = send(demo).sent
    assert sent[0] == "https://app.example/hook"
    assert f'"appId":"{app}"'.encode() in sent[2]


def test_a_triggered_event_has_what_was_set_and_can_be_followed(demo: Commands) -> None:
    listen_to(demo, "ContactCreate")
    made = demo.json("webhooks", "trigger", "ContactCreate", "--set", "email=anna@example.com", "--set", 'tags=["a"]')
    assert (made["email"], made["tags"]) == ("anna@example.com", ["a"])
    send(demo, Answer(500, body="no"))
    (one,) = demo.json("webhooks", "list", "--status", "waiting")
    assert (one["type"], one["attempts"], one["lastStatus"]) == ("ContactCreate", 1, 500)
    whole = demo.json("webhooks", "show", one["webhookId"])
    assert (whole["payload"]["email"], whole["history"][0]["answer"]) == ("anna@example.com", "no")
    assert "ContactCreate" in demo.run("webhooks", "list")
    assert "anna@example.com" in demo.run("webhooks", "show", one["webhookId"])


def test_pausing_and_sending_again(demo: Commands) -> None:
    app = listen_to(demo, "ContactCreate")
    demo.run("webhooks", "pause", app)
    demo.json("webhooks", "trigger", "ContactCreate")
    assert send(demo).sent == []
    assert [e["state"] for e in demo.json("webhooks", "endpoints")] == ["paused"]
    assert "1 wait" in demo.run("webhooks", "resume", app)
    (sent,) = send(demo).sent
    (one,) = demo.json("webhooks", "list")
    demo.run("webhooks", "replay", one["webhookId"])
    assert send(demo).sent[0][2] == sent[2]
    assert demo.run("webhooks", "replay", "--since", "2020-01-01T00:00:00Z").startswith("0 are sent again")
    assert "one of the two" in demo.run("webhooks", "replay", code=1)


def test_mistakes_are_explained(demo: Commands) -> None:
    assert "What can: ContactCreate" in demo.run("webhooks", "trigger", "Nothing", code=1)
    assert "name=value" in demo.run("webhooks", "trigger", "ContactCreate", "--set", "email", code=1)
    assert "--set:" in demo.run("webhooks", "trigger", "ContactCreate", "--set", "nothing=1", code=1)
    assert "not found" in demo.run("webhooks", "show", "none", code=1)
    assert "--forward-to" in demo.run("webhooks", "listen", "--forward-to", "nowhere", code=1)


def test_listening_shows_and_forwards_what_happens_from_now_on(demo: Commands) -> None:
    demo.json("webhooks", "trigger", "ContactCreate")
    wanted = Listening("http://127.0.0.1:3000/hook", "", "", frozenset({"ContactCreate"}))
    with operating(demo.database) as operator:
        last, recorded = end_of_log(operator), Recorded(Answer(201, ms=3))
        assert list(happened(operator, wanted, last)) == []
        demo.json("webhooks", "trigger", "ContactCreate", "--set", "firstName=Anna")
        found = [(row, said) for row, said in happened(operator, wanted, last) if said]
        telling = Telling(Here(recorded, operator.do(signer)), None, wanted.forward_to)
        (line,) = [asyncio.run(telling.tell(*one)) for one in found]
    assert line.endswith("-> 201  3 ms")
    (url, headers, body) = recorded.sent[0]
    assert (url, b'"firstName":"Anna"' in body) == (wanted.forward_to, True)
    assert {"X-GHL-Signature", "X-WH-Signature"} <= set(headers)


def test_keys_are_shown(demo: Commands) -> None:
    keys = demo.json("keys", "webhooks")
    assert keys == demo.json("keys", "webhooks")
    assert keys["ed25519"].startswith("-----BEGIN PUBLIC KEY-----")
    assert "X-GHL-Signature (WEBHOOK_SIGNATURE_PUBLIC_KEY" in demo.run("keys", "webhooks")
    assert "new keys" in demo.run("keys", "rotate-webhooks")
    assert demo.json("keys", "webhooks")["earlier"][0]["rsa"] == keys["rsa"]
    assert keys["rsa"].splitlines()[1] in demo.run("keys", "webhooks")


def test_the_demo_may_send_to_this_machine(demo: Commands, tmp_path: Path) -> None:
    with operating(demo.database) as operator:
        assert aim_of(operator.store, operator.settings).allows("127.0.0.1")
