"""The parts of a mail, one after the other, with what they say of themselves. Pure; never raises."""

import re
from collections.abc import Iterator
from email import policy
from email.message import Message
from email.parser import BytesParser
from typing import Any, cast

from msgspec import Struct

from groundlevel.outside.mail.decoding import content_decoded, decoded, file_name, header_text

MOST_PARTS, DEEPEST = 200, 25
NAMED = {
    "text/calendar": "invite.ics", "message/rfc822": "message.eml", "application/ms-tnef": "winmail.dat",
    "application/pdf": "attachment.pdf", "image/png": "image.png", "image/jpeg": "image.jpg", "image/gif": "image.gif",
    "text/plain": "attachment.txt", "text/html": "attachment.html", "text/vcard": "contact.vcf",
}  # fmt: skip
_FENCE = re.compile(rb"^--([^\s-][^\r\n]{0,69}?)[ \t]*\r?$", re.MULTILINE)


class Part(Struct):
    """A leaf. alternative: whether it says the same as another one. content: its bytes, decoded.

    A mail within the mail is one leaf, too (`message/rfc822`), with the bytes of that mail.
    """

    kind: str
    content: bytes
    charset: str
    name: str
    attached: bool
    alternative: bool
    cid: str


def parts_of(message: "Message[str, str]", faults: list[str]) -> Iterator[Part]:
    """The leaves, in order. What is too deep or too many is left out, and a fault."""
    stack: list[tuple[Message[str, str], int, bool]] = [(message, 0, False)]
    seen = 0
    while stack:
        part, depth, alternative = stack.pop()
        seen += 1
        if seen > MOST_PARTS or depth > DEEPEST:
            faults.append("it has too many parts" if seen > MOST_PARTS else "its parts are nested too deep")
            if seen > MOST_PARTS:
                return
            continue
        kind = _kind(part)
        inner = _inner(part, kind, faults)
        if inner is None:
            yield _leaf(part, kind, faults, alternative=alternative)
        else:
            within = alternative or kind == "multipart/alternative"
            stack += [(one, depth + 1, within) for one in reversed(inner)]


def _kind(part: "Message[str, str]") -> str:
    """Its type; `text/plain` for what cannot be read, as long as it says nothing at all."""
    said = _header(part, "content-type")
    if not said.strip():
        return "text/plain"
    found = re.match(r"\s*([A-Za-z0-9!#$&^_.+-]+)\s*/\s*([A-Za-z0-9!#$&^_.+-]+)", said)
    if found:
        return f"{found[1]}/{found[2]}".lower()
    word = said.split(";")[0].strip().lower()
    return {"text": "text/plain", "html": "text/html"}.get(word, "application/octet-stream")


def _inner(part: "Message[str, str]", kind: str, faults: list[str]) -> "list[Message[str, str]] | None":
    """The parts of a part that has some, also of one that forgot to say where they end."""
    payload: Any = part.get_payload()
    if not kind.startswith("multipart/"):
        return None
    if isinstance(payload, list):
        return [one for one in cast("list[Any]", payload) if isinstance(one, Message)]
    content = _raw(part)
    fence = _FENCE.search(content)
    if fence is None:
        return None
    faults.append("the boundary of its parts is missing or wrong")
    boundary = fence[1].removesuffix(b"--").replace(b'"', b"").replace(b"\\", b"")
    head = b'Content-Type: multipart/mixed; boundary="' + boundary + b'"\n\n'
    try:
        again: Any = BytesParser(policy=policy.compat32).parsebytes(head + content).get_payload()
    except Exception:
        return None
    return [one for one in cast("list[Any]", again) if isinstance(one, Message)] if isinstance(again, list) else None


def _leaf(part: "Message[str, str]", kind: str, faults: list[str], *, alternative: bool) -> Part:
    encoding = _header(part, "content-transfer-encoding").split(";")[0]
    content = content_decoded(_content(part, kind, faults), encoding)
    if kind.startswith("multipart/"):
        kind = "text/plain"
    disposition = _header(part, "content-disposition").strip().lower()
    said = _param(part, "filename", "content-disposition") or _param(part, "name", "content-type")
    return Part(
        kind=kind, content=content, charset=_param(part, "charset", "content-type"),
        name=file_name(said, "") if said else "", attached=disposition.startswith("attachment"),
        alternative=alternative, cid=_header(part, "content-id").strip().strip("<>")[:200],
    )  # fmt: skip


def _content(part: "Message[str, str]", kind: str, faults: list[str]) -> bytes:
    """The bytes of a leaf as they came; of a mail within, of that mail; of a report, block by block."""
    payload: Any = part.get_payload()
    if not isinstance(payload, list):
        return _raw(part)
    out: list[bytes] = []
    for one in cast("list[Any]", payload)[:MOST_PARTS]:
        try:
            out.append(one.as_bytes(policy=policy.compat32))
        except Exception:  # what is in it cannot be written again
            faults.append(f"a part of the kind {kind} cannot be kept whole")
            out.append("".join(f"{name}: {value}\n" for name, value in one.raw_items()).encode("utf-8", "replace"))
    return b"\n".join(out)


def _raw(part: "Message[str, str]") -> bytes:
    """The bytes of a part as they came: the package gives them only where it knows of no encoding."""
    del part["Content-Transfer-Encoding"]
    try:
        content: Any = part.get_payload(decode=True)
    except Exception:
        content = None
    return content if isinstance(content, bytes) else b""


def _header(part: "Message[str, str]", name: str) -> str:
    return next((str(value) for key, value in part.raw_items() if key.lower() == name), "")


def _param(part: "Message[str, str]", name: str, header: str) -> str:
    """A parameter of a header, also in its parts (RFC 2231); some only look for it by eye."""
    try:
        found = part.get_param(name, None, header)
    except Exception:
        found = None
    if isinstance(found, tuple):
        charset, _, value = found
        return decoded(value.encode("latin-1", "replace"), charset or "")
    if isinstance(found, str):
        return header_text(found)
    by_eye = re.search(rf"(?i)\b{name}\s*=\s*(\"[^\"]*\"?|[^\s;]+)", header_text(_header(part, header)))
    return by_eye[1].strip('"') if by_eye else ""
