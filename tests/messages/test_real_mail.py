"""Mail between an installation and people whose servers are Postfix and Dovecot."""

import ssl
import time
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from imaplib import IMAP4_SSL
from smtplib import SMTP
from typing import Any, TypeVar

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from icalendar import Calendar
from tests.messages.mail_servers import PASSWORD, USER, Servers, mail_servers

from groundlevel.areas.conversations import Intake, Mailboxes
from groundlevel.areas.conversations.tests.test_mail import Server
from groundlevel.conftest import LOCATION, Box
from groundlevel.outside.aim import LOOPBACK, aim_at
from groundlevel.outside.mail.reading import read

T = TypeVar("T")
KEY = generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
WORD = PASSWORD.replace(" ", "_")


class Anna:
    """A person with a mailbox at client.example."""

    def __init__(self, servers: Servers, context: ssl.SSLContext) -> None:
        self.servers, self.context = servers, context

    def inbox(self) -> list[bytes]:
        with IMAP4_SSL("localhost", self.servers.imap, ssl_context=self.context) as line:
            line.login("anna@client.example", WORD)
            line.select("INBOX", readonly=True)
            numbers = line.search(None, "ALL")[1][0].split()
            return [line.fetch(number.decode(), "(RFC822)")[1][0][1] for number in numbers]  # type: ignore[index,misc]

    def sends(self, message: EmailMessage) -> None:
        with SMTP("127.0.0.1", self.servers.smtp) as smtp:
            smtp.send_message(message)


def soon(what: Callable[[], T]) -> T:
    """What comes of it, as soon as that is something."""
    until = time.monotonic() + 15
    while not (found := what()):
        assert time.monotonic() < until, "it does not come"
        time.sleep(0.05)
    return found


class Shop:
    """A sub-account whose mail goes by these servers, and its contact Anna."""

    def __init__(self, box: Box, servers: Servers, intake: Intake) -> None:
        self.box, self.mailboxes = box, Mailboxes(intake, aim_at(*LOOPBACK))
        settings = {
            "host": "localhost", "port": servers.smtp, "security": "starttls", "user": USER, "password": WORD,
            "fromAddress": "Shop & Söhne <hi@shop.example>", "dkimDomain": "shop.example", "dkimSelector": "s",
            "dkimKey": KEY,
            "imap": {"host": "localhost", "port": servers.imap, "user": "hi@box.example", "password": WORD},
        }  # fmt: skip
        reply = box.operator.put(f"/operator/locations/{LOCATION}/email", json=settings)
        self.record = reply.json()["dkimRecord"].encode()
        self.anna = box.new_contact(firstName="Anna", email="anna@client.example")

    def sends(self, **said: object) -> str:
        """The id of a mail that has left."""
        body = {"type": "Email", "contactId": self.anna, "subject": "Größe", "html": "<p>Passt ✓</p>", **said}
        reply = self.box.location.post("/conversations/messages", json=body)
        assert reply.status_code == 200, reply.text
        self.box.leave()
        return reply.json()["emailMessageId"]

    def email(self, id: str) -> dict[str, Any]:
        return self.box.location.get(f"/conversations/messages/email/{id}").json()

    def thread(self) -> list[str]:
        """The ids of all mail with Anna, which is one thread."""
        place = {"locationId": LOCATION, "contactId": self.anna}
        found = self.box.location.get("/conversations/search", params=place).json()["conversations"][0]
        messages = self.box.location.get(f"/conversations/{found['id']}/messages").json()["messages"]["messages"]
        assert len(messages) == 1
        return messages[0]["meta"]["email"]["messageIds"]

    def looks(self) -> list[str]:
        """The same, after its mailbox was read."""
        self.box.sandbox.move_clock(timedelta(minutes=3))
        assert self.mailboxes.turn()
        return self.thread()


def test_mail_goes_both_ways(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    intake = Intake(box.sandbox.app.store, box.sandbox.app.settings, box.sandbox.clock.now)
    receiver = Server(intake)
    with mail_servers(receiver.port) as servers:
        monkeypatch.setenv("SSL_CERT_FILE", str(servers.certificate))
        context = ssl.create_default_context(cafile=str(servers.certificate))
        anna, shop = Anna(servers, context), Shop(box, servers, intake)
        answer = it_is_signed_and_answered(shop, anna)
        what_nobody_takes_has_failed(shop)
        a_mailbox_is_read_once(shop, anna, answer)
        an_invitation_arrives_signed(shop, anna)
    receiver.close()


def it_is_signed_and_answered(shop: Shop, anna: Anna) -> EmailMessage:
    first = shop.sends()
    assert shop.email(first)["status"] == "sent"
    (raw,) = soon(anna.inbox)
    assert dkim.verify(raw, dnsfunc=lambda name, timeout=5: shop.record)
    mail = read(raw)
    assert (mail.subject, mail.text, mail.html) == ("Größe", "Passt ✓", "<p>Passt ✓</p>")

    answer = EmailMessage()
    answer["From"], answer["To"] = "Anna <anna@client.example>", mail.reply_to.email if mail.reply_to else ""
    answer["Subject"], answer["In-Reply-To"] = "Re: Größe", f"<{mail.message_id}>"
    answer["Message-ID"] = "<a1@client.example>"
    answer.set_content("Danke! 😀")
    answer.add_attachment(b"%PDF-1.4 x", maintype="application", subtype="pdf", filename="Maß.pdf")
    anna.sends(answer)
    came = soon(lambda: shop.thread()[1:])[-1]
    kept = shop.email(came)
    assert (kept["body"], kept["replyToMessageId"]) == ("Danke! 😀", first)
    (file,) = kept["attachments"]
    assert shop.box.sandbox.client("").get(file).content == b"%PDF-1.4 x"

    shop.sends(replyMessageId=came, attachments=[file])
    second = read(soon(lambda: anna.inbox()[1:])[0])
    assert second.in_reply_to == ["a1@client.example"]
    assert second.references == [mail.message_id, "a1@client.example"]
    assert [(one.name, one.content) for one in second.attachments] == [("Maß.pdf", b"%PDF-1.4 x")]
    return answer


def what_nobody_takes_has_failed(shop: Shop) -> None:
    """At once where the server knows it, and by a report where another one refuses it later."""
    box = shop.box
    assert shop.email(shop.sends(contactId=box.new_contact(email="nobody@client.example")))["status"] == "failed"
    gone = box.new_contact(firstName="Gone", email="x@shop.example")  # taken by Postfix, refused by our receiver
    back = shop.sends(contactId=gone)
    soon(lambda: shop.email(back)["status"] == "failed")
    dnd = box.location.get(f"/contacts/{gone}").json()["contact"]["dndSettings"]["email"]
    assert (shop.email(back)["error"]["code"], dnd["message"]) == ("5.1.1", "HARD_BOUNCE")


def a_mailbox_is_read_once(shop: Shop, anna: Anna, mail: EmailMessage) -> None:
    del mail["To"], mail["Message-ID"]
    mail["To"], mail["Message-ID"] = "hi@box.example", "<a2@client.example>"
    anna.sends(mail)
    assert shop.email(soon(lambda: shop.looks()[3:])[0])["body"] == "Danke! 😀"
    with IMAP4_SSL("localhost", anna.servers.imap, ssl_context=anna.context) as line:
        line.login("hi@box.example", WORD)
        line.select("INBOX")
        assert line.search(None, "SEEN")[1] == [b"1"]
    assert len(shop.looks()) == 4


def an_invitation_arrives_signed(shop: Shop, anna: Anna) -> None:
    location, before = shop.box.location, len(anna.inbox())
    said = {"locationId": LOCATION, "name": "Visits", "teamMembers": [{"userId": shop.box.user_id}]}
    calendar = location.post("/calendars/", json=said).json()["calendar"]["id"]
    told = {"receiverType": "contact", "channel": "email", "notificationType": "confirmation"}
    assert location.post(f"/calendars/{calendar}/notifications", json=[told]).status_code == 200
    start = (shop.box.sandbox.clock.now() + timedelta(days=2)).isoformat()
    booking = {"calendarId": calendar, "locationId": LOCATION, "contactId": shop.anna, "startTime": start}
    booked = location.post("/calendars/events/appointments", json=booking | {"ignoreFreeSlotValidation": True}).json()
    shop.box.sandbox.work()
    shop.box.leave()
    (raw,) = soon(lambda: anna.inbox()[before:])
    assert dkim.verify(raw, dnsfunc=lambda name, timeout=5: shop.record)
    (part,) = [one for one in message_from_bytes(raw).walk() if one.get_content_type() == "text/calendar"]
    (event,) = Calendar.from_ical(str(part.get_payload(decode=True), "utf-8")).walk("VEVENT")
    assert (part.get_param("method"), str(event["uid"]).partition("@")[0]) == ("REQUEST", booked["id"])
    assert str(event["attendee"]) == "mailto:anna@client.example"
