"""Mails as they should not be, but are: written by hand, each with what is to come of it (besides what is usual)."""

from base64 import b64encode
from typing import Any

FROM = b"From: Ann <ann@example.com>\r\nTo: shop@example.net\r\nSubject: Hello\r\nMessage-ID: <1@example.com>\r\n"
USUAL: dict[str, Any] = {
    "sender": ("Ann", "ann@example.com"), "to": ["shop@example.net"], "subject": "Hello", "text": "Hi", "html": "",
    "files": [], "automatic": False, "faults": [],
}  # fmt: skip


def mixed(*parts: bytes, kind: bytes = b"mixed", head: bytes = b"") -> bytes:
    """A mail of these parts."""
    inside = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts)
    return FROM + head + b"Content-Type: multipart/" + kind + b'; boundary="b"\r\n\r\n' + inside + b"--b--\r\n"


def tnef(*attributes: tuple[int, bytes]) -> bytes:
    """A winmail.dat."""
    out = (0x223E9F78).to_bytes(4, "little") + b"\1\0"
    for attribute, data in attributes:
        out += b"\2" + attribute.to_bytes(4, "little") + len(data).to_bytes(4, "little") + data + b"\0\0"
    return out


PLAIN = b"Content-Type: text/plain; charset=utf-8\r\n\r\nHi"
HTML = b"Content-Type: text/html; charset=utf-8\r\n\r\n<p>Hi</p>"
PDF = b"Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b64encode(b"%PDF-1.4")
WINMAIL = tnef((0x0002800C, b"Hi\0"), (0x00069002, b"\0" * 14), (0x00018010, b"plan.xls\0"), (0x0006800F, b"cells"))
NESTED = b"Content-Type: message/rfc822\r\n\r\nFrom: bea@example.org\r\nSubject: Inner\r\n\r\nInside"
DSN = (
    b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\nOriginal-Envelope-Id: key7\r\n"
    b"\r\nFinal-Recipient: rfc822; gone@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    b"Diagnostic-Code: smtp; 550 5.1.1 User\r\n  unknown\r\n"
)
ORIGINAL = b"Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: <m1@shop.example>\r\nTo: gone@example.org\r\n"
ARF = (
    b"Content-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nVersion: 1\r\n"
    b"Original-Rcpt-To: <b@example.org>\r\n"
)
LOST = ["the boundary of its parts is missing or wrong"]
BOUNCE = ("gone@example.org", "failed", "5.1.1", "550 5.1.1 User unknown", "m1@shop.example", "key7", True)

MAILS: dict[str, tuple[bytes, dict[str, Any]]] = {
    "as it should be": (FROM + b"\r\nHi\r\n", {}),
    "line ends of Unix": (FROM.replace(b"\r\n", b"\n") + b"\nHi\n", {}),
    "line ends of old Macs in the text": (FROM + b"\r\nHi\rthere\r", {"text": "Hi\nthere"}),
    "out of a mailbox file": (b"From ann@example.com Mon Jan  1 00:00:00 2024\n" + FROM + b"\r\nHi", {}),
    "nothing at all": (b"", {"sender": None, "to": [], "subject": "", "text": ""}),
    "no headers": (b"\r\n\r\nHi", {"sender": None, "to": [], "subject": "", "text": "Hi"}),
    "no body": (FROM, {"text": ""}),
    "raw UTF-8 in headers": (
        FROM.replace(b"Hello", "Grüße".encode()).replace(b"Ann", "Änn".encode()) + b"\r\nHi",
        {"subject": "Grüße", "sender": ("Änn", "ann@example.com")},
    ),
    "raw Latin-1 in headers": (FROM.replace(b"Hello", b"Gr\xfc\xdfe") + b"\r\nHi", {"subject": "Grüße"}),
    "encoded words that cut a letter in two": (
        FROM.replace(b"Hello", b"=?utf-8?Q?Gr=C3?=\r\n =?utf-8?Q?=BC=C3=9Fe?=") + b"\r\nHi", {"subject": "Grüße"},
    ),
    "encoded words with spaces in them": (
        FROM.replace(b"Hello", b"=?utf-8?Q?Gr=C3=BC=C3=9F e?= da") + b"\r\nHi", {"subject": "Grüß e da"},
    ),
    "a comma in an encoded name": (
        FROM.replace(b"Ann <", b"=?utf-8?Q?Ann=2C_Dr=2E?= <") + b"\r\nHi", {"sender": ("Ann, Dr.", "ann@example.com")},
    ),
    "a comma in a bare name": (
        FROM.replace(b"Ann <", b"Smith, Ann <") + b"\r\nHi", {"sender": ("Ann", "ann@example.com")},
    ),
    "an address in capitals without brackets": (
        FROM.replace(b"Ann <ann@example.com>", b"ANN@Example.COM (Ann)") + b"\r\nHi", {},
    ),
    "an unknown charset": (
        FROM + b"Content-Type: text/plain; charset=x-unknown\r\n\r\nGr\xc3\xbc\xc3\x9fe", {"text": "Grüße"},
    ),
    "a charset that is none": (FROM + b"Content-Type: text/plain; charset=zip\r\n\r\nHi", {}),
    "Windows' quotes said to be Latin-1": (
        FROM + b"Content-Type: text/plain; charset=iso-8859-1\r\n\r\n\x93Hi\x94", {"text": "“Hi”"},
    ),
    "Latin-1 said to be UTF-8": (
        FROM + b"Content-Type: text/plain; charset=utf-8\r\n\r\nGr\xfc\xdfe", {"text": "Grüße"},
    ),
    "Japanese": (
        FROM + b"Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n" + "こんにちは".encode("iso2022_jp"),
        {"text": "こんにちは"},
    ),
    "zero bytes": (FROM + b"\r\nH\0i\x07", {"text": "Hi"}),
    "Base64 without its padding": (
        FROM + b"Content-Transfer-Encoding: base64\r\n\r\n" + b64encode(b"Hello you").rstrip(b"=") + b"\r\n",
        {"text": "Hello you"},
    ),
    "Base64 with a list's footer behind it": (
        FROM + b"Content-Transfer-Encoding: base64\r\n\r\n" + b64encode(b"Hello") + b"\r\n-- \r\nlist, see http://x/\r\n",
        {"text": "Hello"},
    ),
    "Base64 that is none": (FROM + b"Content-Transfer-Encoding: base64\r\n\r\n\xff\xfe!!", {"text": ""}),
    "broken quoted-printable": (
        FROM + b"Content-Transfer-Encoding: quoted-printable\r\n\r\nHi=ZZ =C3=BC=\r\n!", {"text": "Hi=ZZ ü!"},
    ),
    "an unknown transfer encoding": (FROM + b"Content-Transfer-Encoding: ebcdic\r\n\r\nHi", {}),
    "a boundary that is not said": (
        FROM + b"Content-Type: multipart/mixed\r\n\r\n--b\r\n" + PLAIN + b"\r\n--b\r\n" + PDF + b"\r\n--b--\r\n",
        {"files": [("a.pdf", "application/pdf", b"%PDF-1.4")], "faults": LOST},
    ),
    "another boundary than is said": (
        mixed(PLAIN, PDF).replace(b'"b"', b'"c"'),
        {"files": [("a.pdf", "application/pdf", b"%PDF-1.4")], "faults": LOST},
    ),
    "a multipart that is none": (FROM + b"Content-Type: multipart/mixed; boundary=x\r\n\r\nHi", {}),
    "cut off in the middle": (
        mixed(PLAIN, PDF)[:-11], {"files": [("a.pdf", "application/pdf", b"%PDF-1.")]},
    ),
    "text and HTML": (mixed(PLAIN, HTML, kind=b"alternative"), {"html": "<p>Hi</p>"}),
    "HTML only": (FROM + HTML, {"text": "", "html": "<p>Hi</p>"}),
    "HTML said to be text": (
        FROM + b"\r\n<!DOCTYPE html><html><body><p>Hi</p></body></html>",
        {"text": "", "html": "<p>Hi</p>", "faults": ["its HTML is said to be plain text"]},
    ),
    "HTML that would run": (
        FROM + b"Content-Type: text/html\r\n\r\n<p onclick=x()>Hi<script>x()</script><img src=cid:i@x onerror=x()>"
        b"<a href='javascript:x()'>a</a><form action=/x><input></form><iframe src=//x></iframe><style>*{}</style>",
        {"text": "", "html": '<p>Hi<img src="cid:i@x"><a rel="noopener noreferrer nofollow">a</a></p>'},
    ),
    "an image in the HTML": (
        mixed(HTML, b"Content-Type: image/png\r\nContent-ID: <i@x>\r\n\r\n\x89PNG", kind=b"related"),
        {"text": "", "html": "<p>Hi</p>", "files": [("image.png", "image/png", b"\x89PNG", "i@x")]},
    ),
    "text around a file": (mixed(PLAIN, PDF, PLAIN.replace(b"Hi", b"Bye")), {
        "text": "Hi\nBye", "files": [("a.pdf", "application/pdf", b"%PDF-1.4")],
    }),
    "a file whose name is in parts": (
        mixed(PLAIN, b"Content-Type: text/x\r\nContent-Disposition: attachment; filename*0*=utf-8''%C3%9Cber;\r\n"
                     b" filename*1=sicht.txt\r\n\r\nx"),
        {"files": [("Übersicht.txt", "text/x", b"x")]},
    ),
    "a file whose name is an encoded word, and a path": (
        mixed(PLAIN, b'Content-Type: application/x; name="=?utf-8?B?' + b64encode("../../Ü.txt".encode())
              + b'?="\r\n\r\nx'),
        {"files": [("Ü.txt", "application/x", b"x")]},
    ),
    "a text that is attached": (
        mixed(PLAIN, b"Content-Type: text/plain\r\nContent-Disposition: attachment; filename=n.txt\r\n\r\nNote"),
        {"files": [("n.txt", "text/plain", b"Note")]},
    ),
    "an invitation": (
        mixed(PLAIN, b"Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR", kind=b"alternative"),
        {"files": [("invite.ics", "text/calendar", b"BEGIN:VCALENDAR")]},
    ),
    "a forwarded mail": (
        mixed(PLAIN, NESTED),
        {"files": [("message.eml", "message/rfc822", b"From: bea@example.org\nSubject: Inner\n\nInside")]},
    ),
    "Outlook's own package": (
        mixed(b"Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n"
              + b64encode(WINMAIL)),
        {"files": [("plan.xls", "application/octet-stream", b"cells")]},
    ),
    "a package that is none": (
        mixed(PLAIN, b"Content-Type: application/ms-tnef\r\n\r\nnothing"),
        {"files": [("winmail.dat", "application/ms-tnef", b"nothing")]},
    ),
    "uuencoded": (
        mixed(PLAIN, b"Content-Type: application/x; name=a\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\n"
                     b"begin 644 a\r\n\"2&D \r\n`\r\nend\r\n"),
        {"files": [("a", "application/x", b"Hi")]},
    ),
    "several subjects and senders": (FROM + b"Subject: Other\r\nFrom: eve@example.org\r\n\r\nHi", {}),
    "a header without a colon": (FROM + b"this is no header\r\n\r\nHi", {"text": "this is no header\n\nHi"}),
    "an out-of-office reply": (FROM + b"Auto-Submitted: auto-replied\r\n\r\nHi", {"automatic": True}),
    "not automatic, it says": (FROM + b"Auto-Submitted: no\r\n\r\nHi", {}),
    "an old kind of reply": (FROM + b"X-Autoreply: yes\r\n\r\nHi", {"automatic": True}),
    "a mailing list": (FROM + b"Precedence: Bulk\r\n\r\nHi", {"automatic": True}),
    "a bounce": (
        mixed(PLAIN, DSN, ORIGINAL, kind=b"report; report-type=delivery-status"),
        {"automatic": True, "bounces": [BOUNCE]},
    ),
    "a bounce with its status coded": (
        mixed(PLAIN, DSN.partition(b"\r\n\r\n")[0] + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
              + b64encode(DSN.partition(b"\r\n\r\n")[2]), ORIGINAL, kind=b"report"),
        {"automatic": True, "bounces": [BOUNCE]},
    ),
    "a bounce with the whole mail": (
        mixed(PLAIN, DSN, b"Content-Type: message/rfc822\r\n\r\nMessage-ID:\r\n <m1@shop.example>\r\n\r\nHi",
              kind=b"report"),
        {"automatic": True, "bounces": [BOUNCE]},
    ),
    "a delay": (
        mixed(PLAIN, DSN.replace(b"failed", b"delayed").replace(b"5.1.1", b"4.4.1"), ORIGINAL, kind=b"report"),
        {"automatic": True, "bounces": [
            ("gone@example.org", "delayed", "4.4.1", "550 4.4.1 User unknown", "m1@shop.example", "key7", False)]},
    ),
    "a bounce in words, as by Exim": (
        FROM + b"X-Failed-Recipients: gone@example.org\r\nAuto-Submitted: auto-replied\r\n\r\nIt failed:\r\n"
        b"  550 5.1.1 no such user\r\n\r\n------ copy ------\r\nMessage-ID: <m1@shop.example>\r\n",
        {"automatic": True, 
         "text": "It failed:\n  550 5.1.1 no such user\n\n------ copy ------\nMessage-ID: <m1@shop.example>",
         "bounces": [("gone@example.org", "failed", "5.1.1", "550 5.1.1 no such user", "m1@shop.example", "", True)]},
    ),
    "a bounce in words, as by qmail": (
        FROM.replace(b"ann@", b"MAILER-DAEMON@").replace(b"Hello", b"failure notice")
        + b"\r\nHi. This is the program.\r\n\r\n<gone@example.org>:\r\nno mailbox here. (#5.1.1)\r\n",
        {"automatic": True, "sender": ("Ann", "mailer-daemon@example.com"), "subject": "failure notice",
         "text": "Hi. This is the program.\n\n<gone@example.org>:\nno mailbox here. (#5.1.1)",
         "bounces": [("gone@example.org", "failed", "5.1.1", "no mailbox here. (#5.1.1)", "", "", True)]},
    ),
    "a complaint": (
        mixed(PLAIN, ARF, ORIGINAL, kind=b"report; report-type=feedback-report"),
        {"automatic": True, "complaint": ("abuse", "b@example.org", "m1@shop.example")},
    ),
}  # fmt: skip
