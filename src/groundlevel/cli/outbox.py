"""What `groundlevel outbox` does: see what leaves, follow it, send it again, forget it."""

import asyncio
import json
import sys
import time
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import unquote

import msgspec

from groundlevel.areas.outbox.contents import get_outgoing_attachment, get_outgoing_source
from groundlevel.areas.outbox.operators import (
    ClearWanted,
    OutboxWanted,
    OutgoingSeen,
    forget_outgoing,
    get_outgoing,
    list_outbox,
)
from groundlevel.areas.outbox.operators import (
    send_again as sent_again,
)
from groundlevel.areas.outbox.outgoing import Outgoing
from groundlevel.cli import say
from groundlevel.cli.operate import Operator, operating
from groundlevel.cli.outbox_commands import Which
from groundlevel.cli.trouble import Trouble
from groundlevel.kernel.binding import Content

LOOK_S, FOLLOWED, WORDS = 0.5, 200, 60
"""How often it is looked what is new, among how many of the latest, and how many letters of a text a line has."""


def show_all(database: str, which: Which, limit: int, *, as_json: bool) -> None:
    """Show messages, the latest first."""
    query = _wanted(which, limit)
    with operating(database) as operator:
        found = operator.look(lambda ctx: list_outbox(ctx, query)).outbox
    if as_json:
        say.as_json(msgspec.to_builtins(found))
    elif not found:
        say.line("Nothing is to leave and nothing has left, or nothing of that kind.")
    else:
        rows = [[o.date_added, o.id, o.channel, o.to, _by(o), _state(o), _words(o)] for o in found]
        say.table(["written", "id", "channel", "to", "by", "state", "what"], rows)


def follow(database: str, which: Which, *, as_json: bool) -> None:
    """Show what is new until it is interrupted."""
    with operating(database) as operator:
        following = Following(operator, which)
        say.ERR.print("What happens from now on; Ctrl-C ends it.")
        try:
            while True:
                for one in following.news():
                    print(msgspec.json.encode(one).decode(), flush=True) if as_json else say.line(line_of(one))
                time.sleep(LOOK_S)
        except KeyboardInterrupt:
            say.ERR.print("Ended.")


class Following:
    """Knows what was there when it was last asked, so that it can say what is new: messages and their states."""

    def __init__(self, operator: Operator, which: Which) -> None:
        self.operator, self.query = operator, _wanted(which, FOLLOWED)
        self.known = {one.id: _moved(one) for one in self._look()}

    def news(self) -> list[OutgoingSeen]:
        """What was added or has come further since, the latest last; of the latest messages."""
        found = self._look()
        new = [one for one in reversed(found) if self.known.get(one.id) != _moved(one)]
        self.known = {one.id: _moved(one) for one in found}
        return new

    def _look(self) -> list[OutgoingSeen]:
        return self.operator.look(lambda ctx: list_outbox(ctx, self.query)).outbox


def line_of(one: OutgoingSeen) -> str:
    """A message and how far it has come, in a line."""
    return f"{one.date_added}  {one.id}  {one.channel}  {one.to}  {_state(one)}  {_words(one)}".rstrip()


def show(database: str, id: str, *, as_json: bool) -> None:
    """Show one message: to whom and by whom, its words, what goes with it, and what became of it."""
    with operating(database) as operator:
        one = operator.look(lambda ctx: get_outgoing(ctx, id))
    if as_json:
        say.as_json(json.loads(msgspec.json.encode(one)))
        return
    say.panel(one.subject or f"{one.channel} to {one.to}", _facts(one))
    say.line(one.text or "(no text)")
    for number, url in enumerate(one.attachments):
        say.line(f"\nattachment {number}: {url}")
    say.line("")
    for step in one.history:
        why = ": ".join(filter(None, (step.code, step.reason)))
        say.line(f"{step.at}  {step.state}{f'  ({why})' if why else ''}")


def show_html(database: str, id: str) -> None:
    """Print the HTML of a mail."""
    with operating(database) as operator:
        one = operator.look(lambda ctx: get_outgoing(ctx, id))
    if not one.html:
        raise Trouble("The message has no HTML.")
    print(one.html)


def show_source(database: str, id: str) -> None:
    """Print a mail as a server is given it, to the byte."""
    with operating(database) as operator:
        found = operator.look(lambda ctx: get_outgoing_source(ctx, id))
        written = asyncio.run(_read(found))
    sys.stdout.flush()
    sys.stdout.buffer.write(written)


def save_attachments(database: str, id: str, folder: Path) -> None:
    """Put the files that go with a message into a folder, each under a name that is free there."""
    folder.mkdir(parents=True, exist_ok=True)
    with operating(database) as operator:
        one = operator.look(lambda ctx: get_outgoing(ctx, id))
        for number, url in enumerate(one.attachments):
            found = operator.look(lambda ctx, n=number: get_outgoing_attachment(ctx, id, str(n)))
            if found.status != 200:
                say.line(f"It is kept elsewhere: {url}")
                continue
            path = _free(folder, _named(found))
            path.write_bytes(asyncio.run(_read(found)))
            say.line(f"Saved {path}")
    if not one.attachments:
        say.line("No files go with it.")


def send_again(database: str, id: str) -> None:
    """Send one again."""
    with operating(database) as operator:
        operator.do(lambda ctx: sent_again(ctx, id))
    say.line("It leaves again now.")


def clear(database: str, asked: dict[str, str]) -> None:
    """Forget what is over, all of it."""
    query: ClearWanted = _checked({name: value for name, value in asked.items() if value}, ClearWanted)
    removed, more = 0, True
    with operating(database) as operator:
        while more:
            told = operator.do(lambda ctx: forget_outgoing(ctx, query))
            removed, more = removed + told.removed, told.more
    say.line(f"{removed} forgotten.")


def _wanted(which: Which, limit: int) -> OutboxWanted:
    asked = {
        "channel": which.channel, "state": which.state, "to": which.to, "contactId": which.contact,
        "locationId": which.location, "since": which.since, "limit": limit,
    }  # fmt: skip
    return _checked({name: value for name, value in asked.items() if value}, OutboxWanted)


def _facts(one: Outgoing) -> list[tuple[str, str]]:
    """What there is to say of a message besides its words."""
    state = ": ".join(filter(None, (one.state, one.code, one.reason)))
    rows = [
        ("id", one.id), ("channel", one.channel), ("from", one.sender), ("to", one.to), ("cc", ", ".join(one.cc)),
        ("bcc", ", ".join(one.bcc)), ("by", _by(one)), ("state", state), ("scheduled", one.scheduled_for or ""),
        ("attempts", str(one.attempts)), ("sub-account", one.location_id), ("contact", one.contact_id),
        ("message", one.message_id), ("gateway's id", one.gateway_ref),
    ]  # fmt: skip
    rows += [(name, value) for name, value in one.headers.items()]
    return [(name, value) for name, value in rows if value]


def _by(one: Outgoing | OutgoingSeen) -> str:
    return "nobody: recorded only" if one.via == "nobody" else one.via


def _state(one: OutgoingSeen) -> str:
    later = f" until {one.scheduled_for}" if one.scheduled_for and one.state == "waiting" else ""
    return f"{one.state}{later}{f' ({one.reason})' if one.reason else ''}"


def _words(one: OutgoingSeen) -> str:
    said = " ".join((one.subject or one.text).split())
    return f"{said[:WORDS]}…" if len(said) > WORDS else said


def _moved(one: OutgoingSeen) -> tuple[str, int]:
    return one.state, one.attempts


async def _read(content: Content) -> bytes:
    assert content.parts
    return b"".join([part async for part in content.parts()])


def _named(content: Content) -> str:
    """What a file is called, and nothing of a path."""
    said = unquote(content.headers["Content-Disposition"].rpartition("''")[2])
    return PurePath(said.replace("\\", "/")).name.lstrip(".") or "attachment"


def _free(folder: Path, name: str) -> Path:
    path, number = folder / name, 2
    while path.exists():
        path, number = folder / f"{number} {name}", number + 1
    return path


def _checked(said: dict[str, Any], shape: Any) -> Any:
    try:
        return msgspec.convert(said, shape)
    except msgspec.ValidationError as wrong:
        raise Trouble(f"{wrong}.") from None
