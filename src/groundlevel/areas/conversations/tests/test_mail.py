"""Mail by a sub-account's own server, both ways."""

import asyncio
import re
from base64 import b64encode
from collections.abc import Iterator
from threading import Event, Thread
from typing import Any

import pytest

from groundlevel.areas.conversations import Intake
from groundlevel.areas.conversations.tests.conftest import MAIL, Talk
from groundlevel.conftest import COMPANY, LOCATION
from groundlevel.kernel.store import Owners
from groundlevel.outside.mail.reading import Mail, read
from groundlevel.outside.mail.receiving import Place, listen

FROM = "Home <hi@shop.example>"


class Server:
    """A server of this machine that takes mail for everybody but `nobody@…`; or for whom a keeper knows."""

    def __init__(self, keeper: Any = None) -> None:
        self.mails: list[Mail] = []
        self.contents: list[bytes] = []
        self.keeper, self.port, self.ready, self.done = keeper or self, 0, Event(), Event()
        self.thread = Thread(target=lambda: asyncio.run(self.run()), daemon=True)
        self.thread.start()
        assert self.ready.wait(5)

    async def run(self) -> None:
        server = await listen(Place("127.0.0.1", 0), self.keeper)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            self.ready.set()
            await asyncio.to_thread(self.done.wait)

    def whose(self, address: str) -> str | None:
        return None if address.startswith("nobody@") else "anybody"

    def keep(self, whose: str, content: bytes, envelope: list[str]) -> None:
        self.mails.append(read(content))
        self.contents.append(content)

    def close(self) -> None:
        self.done.set()
        self.thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    one = Server()
    yield one
    one.close()


class Post:
    """The sub-account's mail."""

    def __init__(self, talk: Talk, server: Server) -> None:
        self.talk, self.box, self.server = talk, talk.box, server
        self.settings = f"/operator/locations/{LOCATION}/email"
        self.intake = Intake(self.box.sandbox.app.store, self.box.sandbox.app.settings, self.box.sandbox.clock.now)

    def connect(self, **said: Any) -> dict[str, Any]:
        body = {
            "host": "127.0.0.1",
            "port": self.server.port,
            "security": "none",
            "fromAddress": FROM,
        }
        reply = self.box.operator.put(self.settings, json=body | said)
        return reply.json() | {"code": reply.status_code}

    def goes(self, **said: Any) -> tuple[dict[str, Any], Mail]:
        """A mail that is sent: the reply, and what the server got."""
        reply = self.talk.send(type="Email", subject="Offer", html="<p>Hello</p>", **{"message": None, **said})
        self.box.leave()
        return reply, self.server.mails[-1]

    def comes(self, content: str, *envelope: str) -> str | None:
        text = re.sub(r"\n *", "\n", content.strip("\n ")).replace("\n", "\r\n").encode()
        return self.intake.take(Owners(LOCATION, COMPANY, system=True), text, list(envelope))

    def dnd(self) -> dict[str, Any] | None:
        contact = self.box.location.get(f"/contacts/{self.talk.anna}").json()["contact"]
        return contact.get("dndSettings", {}).get("email")


ANSWER = f"""
    From: Anna <anna@home.example>
    To: {{to}}
    Subject: Re: Offer
    Message-ID: <a1@home.example>
    In-Reply-To: <{{id}}>
    Content-Type: multipart/mixed; boundary=b

    --b
    Content-Type: text/html

    <p>Yes <img src="cid:p"><script>x</script></p>
    --b
    Content-Type: application/pdf; name=offer.pdf
    Content-ID: <p>
    Content-Transfer-Encoding: base64

    {b64encode(b"%PDF-1.4 offer").decode()}
    --b
    Content-Type: application/x-thing; name=thing.exe

    program
    --b--
    """


@pytest.fixture
def post(talk: Talk, server: Server) -> Post:
    return Post(talk, server)


def test_settings_are_shown_without_what_opens_the_server(post: Post) -> None:
    box = post.box
    assert box.operator.get(post.settings).status_code == 404
    seen = post.connect(user="u", password="p", imap={"host": "127.0.0.1", "user": "u", "password": "q"})
    assert seen == {
        "code": 200, "gatewayId": seen["gatewayId"], "host": "127.0.0.1", "port": post.server.port, "security": "none",
        "user": "u", "fromAddress": FROM, "replyTo": "hi@shop.example", "plus": True, "dkimDomain": "",
        "dkimSelector": "", "dkimRecord": "", "paused": False, "dateAdded": seen["dateAdded"],
        "dateUpdated": seen["dateUpdated"],
        "imap": {"host": "127.0.0.1", "port": 993, "security": "tls", "user": "u", "folder": "INBOX"},
    }  # fmt: skip
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"fromAddress": "nobody"}, "'nobody' is no address of mail"),
        ({"dkimDomain": "shop.example"}, "dkimDomain, dkimSelector and dkimKey must be given together"),
        ({"dkimKey": "x"}, "the key is no private key in PEM, or has a password"),
    ]
    assert [post.connect(**said)["message"] for said, _ in wrong] == [[why] for _, why in wrong]
    neighbour = {"host": "127.0.0.1", "fromAddress": "hi@shop.example"}
    reply = box.operator.put(f"/operator/locations/{box.other_location_id}/email", json=neighbour)
    assert (reply.status_code, reply.json()["message"]) == (400, "hi@shop.example is another sub-account's")
    gateway = f"/operator/locations/{LOCATION}/gateways/{seen['gatewayId']}"
    assert box.operator.delete(gateway).status_code == 400
    assert box.operator.delete(post.settings).json() == {"succeeded": True}
    assert box.operator.get(post.settings).status_code == 404


def test_a_mail_goes_out_its_answer_comes_into_its_thread_and_is_answered(post: Post) -> None:
    talk, box = post.talk, post.box
    post.connect()
    sent, mail = post.goes()
    id = sent["emailMessageId"]
    assert (mail.sender and mail.sender.email, [one.email for one in mail.to]) == ("hi@shop.example", [MAIL])
    assert (mail.subject, mail.text, mail.html) == ("Offer", "Hello", "<p>Hello</p>")
    assert mail.message_id == f"{id}@shop.example"
    assert mail.reply_to and re.fullmatch(r"hi\+[a-z0-9]{30,40}@shop\.example", mail.reply_to.email)
    assert talk.email(id)["status"] == "sent"

    answer = ANSWER.format(to=mail.reply_to.email.upper(), id=mail.message_id)
    came = post.comes(answer)
    assert came
    assert post.comes(answer) is None
    kept = talk.email(came)
    offer, thing = kept["attachments"]
    assert box.sandbox.client("").get(offer).content == b"%PDF-1.4 offer"
    assert thing.endswith(".zip")
    assert (kept["threadId"], kept["replyToMessageId"]) == (sent["messageId"], id)
    assert (kept["direction"], kept["from"]) == ("inbound", "Anna <anna@home.example>")
    assert kept["body"] == f'<p>Yes <img src="{offer}"></p>'
    assert [one["unreadCount"] for one in talk.found()] == [1]

    again, second = post.goes(replyMessageId=came, attachments=[offer])
    assert again["messageId"] == sent["messageId"]
    assert second.in_reply_to == ["a1@home.example"]
    assert second.references == [mail.message_id, "a1@home.example"]
    assert [(one.name, one.content) for one in second.attachments] == [("offer.pdf", b"%PDF-1.4 offer")]


def test_strangers_become_contacts_and_programs_do_not(post: Post) -> None:
    talk = post.talk
    post.connect()
    mail = "From: {}\nTo: hi@shop.example\nSubject: Hi\nMessage-ID: <{}@x>\n{}\n\nHello"
    assert post.comes(mail.format("Bea Ball <bea@x.org>", 1, "X: y"))
    assert talk.names(query="bea@x.org") == ["Bea Ball"]
    assert post.comes(mail.format("news@x.org", 2, "Precedence: bulk")) is None
    assert post.comes(mail.format("hi@shop.example", 3, "X: y")) is None
    assert talk.names(query="news@x.org") == []

    def events() -> int:
        told = post.box.operator.get("/operator/events", params={"limit": 500}).json()["events"]
        return sum(one["type"] == "InboundMessage" for one in told)

    before = events()
    assert post.comes(mail.format(MAIL, 4, "Auto-Submitted: auto-replied"))
    assert (events(), talk.thread()[0]["body"]) == (before, "Hello")
    assert post.comes(mail.format(MAIL, 5, "X: y"))
    assert events() == before + 1


def test_what_bounces_has_failed_and_an_address_that_is_none_is_not_written_to_any_more(post: Post) -> None:
    talk = post.talk
    post.connect()
    sent, mail = post.goes()
    report = """
        From: MAILER-DAEMON@x.org
        Content-Type: multipart/report; report-type=delivery-status; boundary=b

        --b
        Content-Type: message/delivery-status

        Reporting-MTA: dns; x.org

        Final-Recipient: rfc822; {}
        Action: failed
        Status: {}
        Diagnostic-Code: smtp; 550 {} no

        --b
        Content-Type: text/rfc822-headers

        Message-ID: <{}>

        --b--
        """
    post.comes(report.format("eve@x.org", "5.1.1", "5.1.1", mail.message_id))
    assert talk.email(sent["emailMessageId"])["status"] == "sent"
    post.comes(report.format(MAIL, "5.2.2", "5.2.2", mail.message_id))
    failed = talk.email(sent["emailMessageId"])
    assert (failed["status"], failed["error"]) == (
        "failed",
        {"code": "5.2.2", "type": "bounce", "message": "550 5.2.2 no"},
    )
    assert post.dnd() is None
    post.comes(report.format(MAIL, "5.1.1", "5.1.1", mail.message_id))
    assert post.dnd() == {"status": "permanent", "message": "HARD_BOUNCE"}
    refused = talk.send(type="Email", message="Again")
    assert (refused["code"], refused["canonicalCode"]) == (400, "CONVERSATIONS_MSG_UNSUBSCRIBED")


def test_one_click_ends_mail_and_looking_at_the_page_does_not(post: Post) -> None:
    post.connect()
    post.goes()
    link = post.talk.box.operator.get("/operator/outbox").json()["outbox"][0]["id"]
    headers = post.box.operator.get(f"/operator/outbox/{link}").json()["headers"]
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    page, anybody = headers["List-Unsubscribe"].strip("<>"), post.box.sandbox.client("")
    assert anybody.post(page[:-1] + ("0" if page[-1] != "0" else "1")).status_code == 404
    shown = anybody.get(page)
    assert (shown.status_code, f"Get no more mail at {MAIL}?" in shown.text, post.dnd()) == (200, True, None)
    assert anybody.post(page, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert post.dnd() == {"status": "permanent", "message": "UNSUBSCRIBE_LINK"}


def test_a_complaint_and_a_refusal_at_the_door_end_it_as_well(post: Post) -> None:
    talk = post.talk
    post.connect()
    _, mail = post.goes()
    gone = post.box.new_contact(firstName="Gone", email="nobody@x.org")
    sent = talk.send(gone, type="Email", message="Hi")
    post.box.leave()
    refused = talk.email(sent["emailMessageId"])
    assert (refused["status"], refused["error"]["code"]) == ("failed", "5.1.1")
    kept = post.box.location.get(f"/contacts/{gone}").json()["contact"]["dndSettings"]["email"]
    assert kept == {"status": "permanent", "message": "HARD_BOUNCE"}
    post.comes(f"""
        From: fbl@x.org
        Content-Type: multipart/report; report-type=feedback-report; boundary=b

        --b
        Content-Type: message/feedback-report

        Feedback-Type: abuse

        --b
        Content-Type: text/rfc822-headers

        Message-ID: <{mail.message_id}>

        --b--
        """)
    assert post.dnd() == {"status": "permanent", "message": "SPAM_COMPLAINT"}


def test_the_receiver_takes_what_is_ours_and_relays_nothing(post: Post) -> None:
    from smtplib import SMTP, SMTPRecipientsRefused

    post.connect()
    door = Server(post.intake)
    try:
        with SMTP("127.0.0.1", door.port) as smtp:
            smtp.sendmail("bea@x.org", ["hi@shop.example"], b"From: bea@x.org\r\nMessage-ID: <1@x>\r\n\r\nHi")
            smtp.sendmail("bea@x.org", ["hi+any@shop.example"], b"From: bea@x.org\r\nMessage-ID: <1@x>\r\n\r\nHi")
            with pytest.raises(SMTPRecipientsRefused, match="no such address here"):
                smtp.sendmail("bea@x.org", ["someone@else.example"], b"From: bea@x.org\r\n\r\nHi")
    finally:
        door.close()
    found = post.talk.found(query="bea@x.org")
    assert [one["lastMessageBody"] for one in found] == ["Hi"]
    assert len(post.talk.thread(found[0]["id"])) == 1
