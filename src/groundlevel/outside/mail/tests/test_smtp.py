"""Mail by SMTP: what each answer of a server means, and a server that hangs up when nobody knows."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from groundlevel.outside.aim import aim_at
from groundlevel.outside.mail.composing import Attached
from groundlevel.outside.mail.reading import read
from groundlevel.outside.mail.smtp import NotThere, Server, Smtp, said
from groundlevel.outside.transport import Item, Report

ITEM = Item(key="k1", channel="Email", to="b@x.org", sender="Shop <a@shop.example>", text="Hi\n.\n", subject="S")


class Receiver:
    """A server that answers as it is told: `answers` by the verb, or by `RCPT <address>`, `GO` and `DOT` of a mail.

    None: it hangs up there. What it has taken is in `taken`, what it hung up on after the whole mail in `hung_up`.
    """

    def __init__(self, answers: dict[str, str | None] | None = None) -> None:
        self.answers = answers or {}
        self.taken: list[tuple[list[str], bytes]] = []
        self.hung_up: list[bytes] = []
        self.lines = self.port = 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Receiver"]:
        server = await asyncio.start_server(self.talk, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield self

    def answer(self, to: str, usual: str) -> str | None:
        """What it says to something."""
        return self.answers.get(to, usual)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.lines += 1
        writer.write(b"220 here\r\n")
        to: list[str] = []
        while command := (await reader.readline()).decode().strip():
            verb = command[:4].upper()
            if verb == "RCPT":
                address = command.partition("<")[2].partition(">")[0]
                said = self.answer(f"RCPT {address}", "250 ok")
                to += [address] if said and said.startswith("2") else []
            elif verb == "DATA":
                said = self.answer("GO", "354 go")
                if said and said.startswith("354"):
                    writer.write(f"{said}\r\n".encode())
                    mail = (await reader.readuntil(b"\r\n.\r\n"))[:-3].replace(b"\r\n..", b"\r\n.")
                    said = self.answer("DOT", "250 taken")
                    if self.takes(said):
                        self.taken.append((to, mail))
                    self.hung_up += [mail] if said is None else []
                    to = []
            else:
                said = self.answer(verb, {"EHLO": "250 here", "QUIT": "221 bye"}.get(verb, "250 ok"))
                to = [] if verb in ("MAIL", "RSET") else to
            if said is None:
                break
            writer.write(f"{said}\r\n".encode())
            if verb == "QUIT":
                break
        writer.close()

    def takes(self, said: str | None) -> bool:
        """Whether it takes what it is asked for so."""
        return said is None or said.startswith("2")


def told(answers: dict[str, str | None], *items: Item) -> tuple[list[Report], Receiver]:
    """What comes of mails at a server that answers so."""

    async def go() -> tuple[list[Report], Receiver]:
        async with Receiver(answers).open() as receiver:
            smtp = channel(receiver)
            reports = [await smtp.send(one) for one in items or (ITEM,)]
            await smtp.close()
            return reports, receiver

    return asyncio.run(go())


def channel(receiver: Receiver) -> Smtp:
    """A way to it."""
    return Smtp(Server("127.0.0.1", receiver.port, "none"), aim_at("127.0.0.1"), fetch)


async def fetch(url: str, name: str) -> Attached:
    """Files, one of which is gone for good and one for now."""
    if "gone" in url or "away" in url:
        raise NotThere(f"{url} cannot be had", final="gone" in url)
    return Attached("a.txt", "text/plain", b"file")


def test_a_mail_arrives_as_it_was_meant() -> None:
    item = Item(
        key="k2", channel="Email", to="b@x.org", sender="Shop <a@shop.example>", text="Hi\n.\n", subject="S",
        cc=("C <c@x.org>",), bcc=("d@x.org",), attachments=("http://x/1",), headers={"In-Reply-To": "<q@x.org>"},
    )  # fmt: skip
    reports, receiver = told({}, ITEM, item)
    assert reports == [Report("accepted", "k1@shop.example"), Report("accepted", "k2@shop.example")]
    assert (receiver.lines, [to for to, _ in receiver.taken]) == (1, [["b@x.org"], ["b@x.org", "c@x.org", "d@x.org"]])
    first, second = (read(mail) for _, mail in receiver.taken)
    assert (first.text, first.subject, second.in_reply_to) == ("Hi\n.", "S", ["q@x.org"])
    assert [(one.name, one.content) for one in second.attachments] == [("a.txt", b"file")]
    assert b"d@x.org" not in receiver.taken[1][1]


def test_what_each_answer_means() -> None:
    outcomes: list[tuple[dict[str, str | None], Report]] = [
        ({"MAIL": "550 5.7.1 not you"}, said(550, "a@shop.example: 5.7.1 not you")),
        ({"RCPT b@x.org": "550 5.1.1 unknown"}, said(550, "b@x.org: 5.1.1 unknown")),
        ({"RCPT b@x.org": "451 later"}, said(451, "b@x.org: later")),
        ({"GO": "451 4.3.0 busy"}, said(451, "4.3.0 busy")),
        ({"DOT": "554 5.6.0 no"}, said(554, "5.6.0 no")),
        ({"DOT": "452 4.3.1 full"}, said(452, "4.3.1 full")),
    ]  # fmt: skip
    for answers, expected in outcomes:
        reports, receiver = told(answers)
        assert (reports, receiver.taken) == ([expected], [])
    assert said(550, "b@x.org: 5.1.1 unknown") == Report("refused", code="5.1.1", reason="550 b@x.org: 5.1.1 unknown")
    assert said(451, "later") == Report("again", code="451", reason="451 later")


def test_a_connection_that_ends_is_certain_before_the_mail_and_unclear_behind_it() -> None:
    for where in ("EHLO", "MAIL", "RCPT b@x.org"):
        reports, receiver = told({where: None})
        assert ([one.outcome for one in reports], receiver.taken) == (["again"], [])
    reports, receiver = told({"DOT": None})
    assert ([one.outcome for one in reports], len(receiver.taken)) == (["unclear"], 1)
    unreachable = Smtp(Server("127.0.0.1", receiver.port, "none"), aim_at("127.0.0.1"), fetch)
    assert asyncio.run(unreachable.send(ITEM)).outcome == "again"


def test_what_cannot_be_written_is_refused_and_nobody_is_asked() -> None:
    def item(**fields: object) -> Item:
        return Item(**{"key": "k", "channel": "Email", "to": "b@x.org", "sender": "a@shop.example", **fields})  # type: ignore[arg-type]

    reports, receiver = told(
        {}, item(to="nobody"), item(sender="Shop"), item(attachments=("gone",)), item(attachments=("away",)),
        item(cc=("x",)),
    )  # fmt: skip
    assert [one.outcome for one in reports] == ["refused", "refused", "refused", "again", "refused"]
    assert receiver.lines == 0


def test_nothing_goes_without_tls_or_into_a_private_network_unless_the_host_is_named() -> None:
    for server in (Server("127.0.0.1", 25, "none"), Server("127.0.0.1", 25, "starttls"), Server("10.1.2.3", 25, "tls")):
        report = asyncio.run(Smtp(server, aim_at(), fetch).send(ITEM))
        assert (report.outcome, "allows it" in report.reason) == ("again", True)
    _, receiver = told({}, ITEM)
    smtp = Smtp(Server("127.0.0.1", receiver.port, "starttls"), aim_at("127.0.0.1"), fetch)
    assert asyncio.run(smtp.send(ITEM)).outcome == "again"  # it does not offer TLS


class Fickle(Receiver):
    """Hangs up wherever chance wants it, at the end of mails too, which it then may have taken."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self.chance = chance

    def answer(self, to: str, usual: str) -> str | None:
        return None if self.chance.random() < (0.4 if to == "DOT" else 0.06) else usual

    def takes(self, said: str | None) -> bool:
        return said is not None or self.chance.random() < 0.5


def test_with_a_server_that_hangs_up_at_random_nothing_is_lost_unsaid_and_nothing_comes_twice() -> None:
    items = [Item(key=f"k{n}", channel="Email", to="b@x.org", sender="a@shop.example", text="x") for n in range(300)]

    async def go() -> tuple[dict[str, str], Counter[str]]:
        async with Fickle(random.Random(7)).open() as receiver:
            smtp, outcomes = channel(receiver), dict[str, str]()

            async def until_known(one: Item) -> None:
                while (report := await smtp.send(one)).outcome == "again":
                    pass
                outcomes[one.key] = report.outcome

            for at in range(0, len(items), 8):
                await asyncio.gather(*(until_known(one) for one in items[at : at + 8]))
            await smtp.close()
            return outcomes, Counter(read(mail).message_id.partition("@")[0] for _, mail in receiver.taken)

    outcomes, arrived = asyncio.run(go())
    assert set(arrived.values()) == {1}
    assert {key for key, outcome in outcomes.items() if outcome == "accepted"} <= set(arrived)
    unclear = {key for key, outcome in outcomes.items() if outcome == "unclear"}
    assert {one.key for one in items} - set(arrived) <= unclear
    assert len(unclear) > 80 and len(unclear & set(arrived)) > 30 and len(unclear - set(arrived)) > 30
