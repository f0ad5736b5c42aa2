"""`groundlevel outbox …`: what would have left, on one database."""

import asyncio
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from tests.cli.commands import Commands

from groundlevel.areas.medias import ROOT, Kept, kind_named, recorded
from groundlevel.areas.outbox import OUTBOX, Dispatcher, Transports, turned
from groundlevel.cli.operate import operating
from groundlevel.cli.outbox import Following, line_of
from groundlevel.cli.outbox_commands import Which
from groundlevel.outside import files
from groundlevel.outside.aim import aim_at

HTML = "<p>Hello <b>Anna</b></p>"


@pytest.fixture
def demo(commands: Commands) -> Commands:
    """A demo in which a text and a mail were sent to one contact."""
    commands.demo()
    with operating(commands.database) as operator:  # what the demo's people have said is another story
        operator.do(lambda ctx: [ctx.db.delete(OUTBOX, one.id) for one in ctx.db.find(OUTBOX, limit=1_000)])
    commands.json("webhooks", "trigger", "OutboundMessage", "--set", "message=See you soon")
    commands.contact = commands.json("outbox")[0]["contactId"]  # pyright: ignore
    mail = ("type=Email", "subject=Offer", f"html={HTML}", f"contactId={commands.contact}")  # pyright: ignore
    commands.json("webhooks", "trigger", "OutboundMessage", *(word for one in mail for word in ("--set", one)))
    return commands


def leave(demo: Commands) -> None:
    """Let what is due leave, as a worker would."""

    async def go(operator: Any) -> None:
        transports = Transports(operator.settings, aim_at())
        dispatcher = Dispatcher(operator.store, operator.settings, operator.now, transports)
        await dispatcher.drain()
        await dispatcher.end()

    with operating(demo.database) as operator:
        asyncio.run(go(operator))


def test_it_lists_what_would_have_left(demo: Commands) -> None:
    mail, text = demo.json("outbox")
    assert (mail["channel"], mail["subject"], mail["state"], mail["via"]) == ("Email", "Offer", "waiting", "nobody")
    assert (text["channel"], text["text"]) == ("SMS", "See you soon")
    assert demo.json("outbox", "list", "--channel", "SMS") == [text]
    assert demo.json("outbox", "--to", "@example.com") == [mail]
    assert demo.json("outbox", "--contact", text["contactId"], "--limit", "1") == [mail]
    assert demo.json("outbox", "--since", text["dateAdded"], "--location", text["locationId"]) == [mail, text]
    assert demo.json("outbox", "--state", "failed") == []
    said = demo.run("outbox")
    assert all(part in said for part in ("nobody: recorded only", "waiting", "See you soon", mail["id"]))
    assert "Nothing is to leave" in demo.run("outbox", "--since", "2999-01-01")
    assert "channel" in demo.run("outbox", "--channel", "Pigeon", code=1)


def test_it_shows_one_whole(demo: Commands, tmp_path: Path) -> None:
    mail, text = demo.json("outbox")
    leave(demo)
    whole = demo.json("outbox", "show", mail["id"])
    assert (whole["html"], [step["state"] for step in whole["history"]]) == (HTML, ["waiting", "sent"])
    assert demo.run("outbox", "show", mail["id"], "--html") == f"{HTML}\n"
    source = demo.run("outbox", "show", mail["id"], "--source")
    assert source.startswith(f"Message-ID: <{mail['id']}@")
    assert "Subject: Offer" in source
    said = demo.run("outbox", "show", text["id"])
    assert all(part in said for part in ("See you soon", text["to"], "sent"))
    assert "No files" in demo.run("outbox", "show", text["id"], "--save-attachments", str(tmp_path))
    assert "no HTML" in demo.run("outbox", "show", text["id"], "--html", code=1)
    assert "no mail" in demo.run("outbox", "show", text["id"], "--source", code=1)
    assert "not found" in demo.run("outbox", "show", "none", code=1)


def test_it_follows_what_happens(demo: Commands) -> None:
    with operating(demo.database) as operator:
        following = Following(operator, Which(channel="SMS"))
        assert following.news() == []
        leave(demo)
        assert [(one.channel, one.state) for one in following.news()] == [("SMS", "sent")]
        demo.json("webhooks", "trigger", "OutboundMessage", "--set", "message=And\nanother")
        (line,) = map(line_of, following.news())
        assert line.endswith("waiting  And another")
        assert following.news() == []


def test_it_sends_again_and_forgets(demo: Commands) -> None:
    _, text = demo.json("outbox")
    assert "only what has failed or is unclear" in demo.run("outbox", "send-again", text["id"], code=1)
    assert demo.run("outbox", "clear") == "0 forgotten.\n"
    leave(demo)
    with operating(demo.database) as operator:

        def fail(ctx: Any) -> None:
            one = ctx.db.get(OUTBOX, text["id"])
            ctx.db.put(OUTBOX, turned(one, ctx.stamp, state="failed", due=None))

        operator.do(fail)
    assert demo.run("outbox", "send-again", text["id"]) == "It leaves again now.\n"
    assert [one["state"] for one in demo.json("outbox", "--channel", "SMS")] == ["waiting"]
    assert "before" in demo.run("outbox", "clear", "--before", "then", code=1)


def test_it_saves_what_goes_with_a_message_under_free_names(demo: Commands, tmp_path: Path) -> None:
    mail, _ = demo.json("outbox")
    with operating(demo.database) as operator:
        id = "ab" * 12
        key = f"{mail['locationId']}/{id}.txt"
        asyncio.run(files.keep(operator.settings, key, BytesIO(b"plain")))

        def attach(ctx: Any) -> None:
            kept = Kept(id, key, "../plan.txt", 5, kind_named(key))
            url = recorded(ctx, kept, ROOT, "of a message").url
            one = turned(ctx.db.get(OUTBOX, mail["id"]), ctx.stamp, attachments=[url, "https://x.example/b.png"])
            ctx.db.put(OUTBOX, one)

        operator.do(attach, location=mail["locationId"])
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "plan.txt").write_text("mine")
    said = demo.run("outbox", "show", mail["id"], "--save-attachments", str(tmp_path / "out"))
    assert "kept elsewhere: https://x.example/b.png" in said
    assert {path.name: path.read_text() for path in (tmp_path / "out").iterdir()} == {
        "plan.txt": "mine", "2 plan.txt": "plain",
    }  # fmt: skip
