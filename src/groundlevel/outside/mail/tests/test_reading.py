"""What is read of mails as they really are."""

import re
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from groundlevel.outside.mail.reading import Mail, read
from groundlevel.outside.mail.tests.awkward import FROM, MAILS, PLAIN, USUAL, mixed


def told(mail: Mail) -> dict[str, Any]:
    """What the table says of a mail."""
    return {
        "sender": (mail.sender.name, mail.sender.email) if mail.sender else None,
        "to": [one.email for one in mail.to], "subject": mail.subject, "text": mail.text, "html": mail.html,
        "files": [(f.name, f.content_type, f.content, *([f.cid] if f.cid else [])) for f in mail.attachments],
        "automatic": mail.automatic, "faults": mail.faults,
        **({"bounces": [(b.recipient, b.action, b.status, b.reason, b.message_id, b.envelope, b.hard)
                        for b in mail.bounces]} if mail.bounces else {}),
        **({"complaint": (mail.complaint.kind, mail.complaint.recipient, mail.complaint.message_id)}
           if mail.complaint else {}),
    }  # fmt: skip


@pytest.mark.parametrize("name", MAILS)
def test_what_comes_of_awkward_mails(name: str) -> None:
    content, expected = MAILS[name]
    assert told(read(content)) == USUAL | expected


def test_threads_are_found_whatever_stands_around_the_ids() -> None:
    mail = read(FROM + b"In-Reply-To: Your mail of Monday <a@b>\r\nReferences: <x@y>\r\n\t<a@\r\n b><a@b>\r\n\r\nHi")
    assert (mail.message_id, mail.in_reply_to, mail.references) == ("1@example.com", ["a@b"], ["x@y", "a@b"])
    assert read(b"Message-ID: naked@id\r\n\r\n").message_id == "naked@id"


def test_what_is_too_much_is_not_taken_apart() -> None:
    deep = PLAIN
    for number in range(60):
        fence = f"n{number}".encode()
        deep = b'Content-Type: multipart/mixed; boundary="%s"\r\n\r\n--%s\r\n%s\r\n--%s--' % (fence, fence, deep, fence)
    many = mixed(*[b"Content-Type: image/png\r\n\r\nx"] * 300)
    deeper, files = read(FROM + deep), read(many)
    assert (deeper.text, deeper.faults) == ("", ["its parts are nested too deep"])
    assert len(files.attachments) == 50
    assert files.faults[-1] == "it has too many parts"
    bomb = read(FROM + b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n" * 5_000)
    assert (bomb.sender and bomb.sender.email, bomb.faults) == (
        "ann@example.com", ["it is too large or too deep to be taken apart"],
    )  # fmt: skip
    html = read(FROM + b"Content-Type: text/html\r\n\r\n" + b"<div>" * 100_000 + b"Hi")
    assert html.html == "Hi"


BROKEN = st.sampled_from([content for content, _ in MAILS.values()])
PIECES = st.sampled_from(
    [b"--b\r\n", b"--b--", b"\r\n\r\n", b"=?utf-8?B?", b"?=", b"Content-Type: multipart/mixed; boundary=b\r\n", b"\0",
     b"\xff", b"Content-Type: message/rfc822\r\n", b"<", b">", b'"', b"filename*0*=", b"From: ", b"Date: ", b"("]
)  # fmt: skip


@given(BROKEN, st.lists(st.tuples(st.integers(0, 2_000), st.integers(0, 40), st.one_of(PIECES, st.binary(max_size=9)))))
@example(b"Content-Type: text/plain; charset*=x''%\r\nDate: \xff\r\nFrom: <<@>\r\n\r\n", [])
def test_whatever_comes_is_read(content: bytes, changes: list[tuple[int, int, bytes]]) -> None:
    for at, length, piece in changes:
        content = content[:at] + piece + content[at + length :]
    mail = read(content)
    assert "\0" not in repr(told(mail)).replace("\\0", "") and mail.text.encode() is not None
    assert not re.search(r"<script|\son\w+=|javascript:", mail.html)


@given(st.text(max_size=200), st.text(max_size=300), st.binary(max_size=300))
def test_what_a_program_writes_well_is_read_as_it_was_meant(subject: str, text: str, file: bytes) -> None:
    subject = " ".join("".join(c for c in subject if c.isprintable()).split())
    text = "".join(c for c in text if c.isprintable())
    message = EmailMessage()
    message["From"], message["Subject"] = "a@example.com", subject
    message.set_content(text)
    message.add_attachment(file, maintype="application", subtype="x", filename="f")
    mail = read(message.as_bytes())
    assert (mail.text, [one.content for one in mail.attachments]) == (text.rstrip("\n"), [file])
