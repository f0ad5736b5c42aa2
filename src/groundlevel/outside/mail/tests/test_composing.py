"""Mails as they are written: what programs and people read of them, and who signed them."""

import email
from datetime import UTC, datetime
from email import policy

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from groundlevel.areas.calendars import Who, invitation
from groundlevel.areas.calendars.ical_writing import Entry
from groundlevel.outside.mail.composing import Attached, Letter, Uncomposable, composed, message_id, one_click
from groundlevel.outside.mail.dkim import BadKey, Signing, record_of, signature
from groundlevel.outside.mail.reading import read

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
PLAIN = Letter(id=message_id("k1", "Shop.example"), date=NOW, sender="Shop, Inc. <a@shop.example>", to=("b@x.org",))
PDF = Attached("Übersicht 1.pdf", "application/pdf", b"%PDF-1.4\n\0")


def pem(key: object) -> str:
    """A private key as operators have it."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()  # type: ignore[attr-defined]


KEYS = {"rsa": pem(generate_private_key(65537, 2048)), "ed25519": pem(Ed25519PrivateKey.generate())}


def test_a_plain_mail_to_the_letter() -> None:
    letter = Letter(
        id=PLAIN.id, date=NOW, sender=PLAIN.sender, to=PLAIN.to, subject="Grüße", text="Hi\n.\nBye",
        headers={"Reply-To": "r+1@shop.example", "In-Reply-To": "<q@x.org>", "References": "<p@x.org> <q@x.org>",
                 "Bcc": "secret@x.org", "From": "other@x.org", "Bad name": "x", "X-Injected": "a\r\nBcc: eve@x.org",
                 **one_click("https://crm.example/unsubscribe/" + "x" * 90)},
    )  # fmt: skip
    assert composed(letter).decode("ascii").split("\r\n") == [
        "Message-ID: <k1@shop.example>", "Date: Sun, 01 Mar 2026 09:30:00 +0000",
        'From: "Shop, Inc." <a@shop.example>', "To: b@x.org", "Subject: =?utf-8?b?R3LDvMOfZQ==?=",
        "Reply-To: r+1@shop.example", "In-Reply-To: <q@x.org>", "References: <p@x.org> <q@x.org>",
        "X-Injected: a Bcc: eve@x.org", "List-Unsubscribe: <https://crm.example/unsubscribe/" + "x" * 90 + ">",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click", 'Content-Type: text/plain; charset="utf-8"',
        "Content-Transfer-Encoding: 7bit", "MIME-Version: 1.0", "", "Hi", ".", "Bye", "",
    ]  # fmt: skip


def test_text_html_and_files_are_the_same_bytes_at_each_attempt() -> None:
    letter = Letter(
        id=PLAIN.id, date=NOW, sender="Grüße & Co <a@münchen.example>", to=("B <b@x.org>",), cc=("c@x.org",),
        text="Hi", html="<p>Hi ü</p>", attachments=(PDF, Attached("a.eml", "message/rfc822", b"x")),
    )  # fmt: skip
    written = composed(letter)
    assert written == composed(letter)
    mail = read(written)
    assert (mail.sender and mail.sender.name, mail.sender and mail.sender.email) == (
        "Grüße & Co",
        "a@xn--mnchen-3ya.example",
    )
    assert ([one.email for one in mail.to], [one.email for one in mail.cc]) == (["b@x.org"], ["c@x.org"])
    assert (mail.text, mail.html, mail.date) == ("Hi", "<p>Hi ü</p>", "2026-03-01T09:30:00+00:00")
    assert [(one.name, one.content_type, one.content) for one in mail.attachments] == [
        ("Übersicht 1.pdf", "application/pdf", b"%PDF-1.4\n\0"), ("a.eml", "application/octet-stream", b"x"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "wrong", ["", "nobody", "a@b@c", "a b@x.org", "a@", "ü@x.org", "a@-x", "<a@x.org> b", "a@x.org\nBcc: e@x"]
)
def test_what_is_no_address_is_refused(wrong: str) -> None:
    with pytest.raises(Uncomposable):
        composed(Letter(id=PLAIN.id, date=NOW, sender="a@shop.example", to=(wrong,)))


@given(st.text(max_size=300), st.text(max_size=80), st.text(max_size=300), st.text(max_size=300))
def test_what_is_written_is_read_again(subject: str, name: str, text: str, html: str) -> None:
    name = name.replace("<", "").replace(">", "")
    letter = Letter(
        id=PLAIN.id, date=NOW, sender=f"{name} <a@shop.example>", to=PLAIN.to, subject=subject, text=f"{text}.",
        html=f"<p>{html}</p>", headers={"X-Any": subject},
    )  # fmt: skip
    written = composed(letter)
    assert max(len(line) for line in written.split(b"\r\n")) < 998
    assert b"\n" not in written.replace(b"\r\n", b"") and b"\r" not in written.replace(b"\r\n", b"")
    mail, parsed = read(written), email.message_from_bytes(written, policy=policy.default)
    assert mail.subject == parsed["Subject"] == " ".join(plain(subject).split())
    assert mail.sender and mail.sender.email == "a@shop.example"
    assert mail.text == (plain(text) + ".").replace("\r\n", "\n").replace("\r", "\n").strip("\n")


def plain(text: str) -> str:
    """Without control characters."""
    return "".join(c for c in text if c in "\t\n\r" or not (ord(c) < 32 or ord(c) == 127))


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize("body", ["", "Hi", "a  b \t\n\n\n", "\n.\n" * 50, "ü" * 2_000])
def test_signatures_are_right_in_the_eyes_of_another_library(kind: str, body: str) -> None:
    letter = Letter(
        id=PLAIN.id, date=NOW, sender=PLAIN.sender, to=PLAIN.to, subject="A  ü", text=body, attachments=(PDF,),
        headers=one_click("https://crm.example/u/1"),
    )  # fmt: skip
    written = composed(letter)
    header = signature(written, Signing("shop.example", "s1", KEYS[kind]), NOW)

    def dns(name: bytes, timeout: int = 5) -> bytes:
        assert name == b"s1._domainkey.shop.example."
        return record_of(KEYS[kind]).encode()

    assert dkim.verify(header + written, dnsfunc=dns) is True
    for changed in (
        written.replace(b"Subject: ", b"Subject: Re: "), written.replace(b"/u/1", b"/u/2"),
        b"From: eve@x.org\r\n" + written, written.replace(b"--\r\n", b"--\r\nx\r\n"),
    ):  # fmt: skip
        assert dkim.verify(header + changed, dnsfunc=dns) is False


def test_keys_that_are_none_are_refused() -> None:
    for key in ("", "no key", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----"):
        with pytest.raises(BadKey):
            record_of(key)


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_an_invitation_is_shown_as_one_and_is_a_file_besides(method: str) -> None:
    who, entry = Who("b@x.org", "B, Jr."), Entry("u1@x", "Besuch für B", 1_800_000_000, 1_800_003_600, 1_790_000_000)
    file = invitation(method, entry, Who("a@shop.example"), [who], 3).decode()  # type: ignore[arg-type]
    written = composed(
        Letter(
            id=PLAIN.id,
            date=NOW,
            sender=PLAIN.sender,
            to=PLAIN.to,
            text="Hi",
            html="<p>Hi</p>",
            invitation=file,
        )
    )
    parts = [one for one in email.message_from_bytes(written, policy=policy.default).walk() if not one.is_multipart()]
    kinds = ["text/plain", "text/html", "text/calendar", "application/ics"]
    assert [one.get_content_type() for one in parts] == kinds
    assert (parts[2]["content-type"].params["method"], parts[3].get_filename()) == (method, "invite.ics")
    for part in parts[2:]:
        (event,) = Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")
        assert (str(event["summary"]), event["sequence"], str(event["uid"])) == ("Besuch für B", 3, "u1@x")
    assert (read(written).text, read(written).html) == ("Hi", "<p>Hi</p>")
