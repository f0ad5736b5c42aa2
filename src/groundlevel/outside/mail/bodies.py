"""What of a mail's parts is its text, its HTML, a file, or a report; and HTML made harmless. Pure; never raises."""

import re

from msgspec import Struct

from groundlevel.outside.mail.decoding import decoded
from groundlevel.outside.mail.parts import NAMED, Part
from groundlevel.outside.mail.winmail import unpacked

MOST_TEXT, MOST_HTML, MOST_FILES = 500_000, 1_000_000, 50
"""Letters of text and of HTML, and files, that are kept."""
MOST_DEEP, MOST_WORK, MOST_SIGNS = 150, 1_000_000, 100_000
"""Elements within one another, and that many times all elements, up to which HTML is taken for such: a browser's
reading of tags that are never closed takes time with the product of both."""
_IS_HTML = re.compile(r"\s*(<!doctype\s+html|<html[\s>])", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")


def _words(text: str) -> set[str]:
    return set(text.split())


TAGS = _words(
    "a abbr b bdi bdo big blockquote br caption center cite code col colgroup dd del details dfn div dl dt em font h1 "
    "h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strike strong sub summary sup table tbody td "
    "tfoot th thead tr tt u ul var"
)
ATTRIBUTES = {
    "*": _words("align bgcolor border cellpadding cellspacing class color colspan dir face height lang rowspan size "
                "style title valign width"),
    "a": {"href", "name"}, "img": {"src", "alt"}, "ol": {"start", "type"}, "blockquote": {"cite", "type"},
}  # fmt: skip
STYLES = _words(
    "background-color border border-bottom border-collapse border-color border-left border-radius border-right "
    "border-spacing border-style border-top border-width color direction display font font-family font-size font-style "
    "font-variant font-weight height letter-spacing line-height list-style-type margin margin-bottom margin-left "
    "margin-right margin-top max-height max-width min-height min-width padding padding-bottom padding-left "
    "padding-right padding-top table-layout text-align text-decoration text-indent text-transform vertical-align "
    "white-space width word-break word-wrap"
)


class Attachment(Struct, frozen=True):
    """A file. cid: how the HTML calls it, if it does."""

    name: str
    content_type: str
    content: bytes
    cid: str = ""


class Bodies:
    """What the parts of a mail are, gathered one by one."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        self.texts: list[str] = []
        self.htmls: list[str] = []
        self.attachments: list[Attachment] = []
        self.statuses: list[str] = []
        self.feedback = ""
        self.original = ""

    def add(self, part: Part) -> None:
        """Take a part for what it is."""
        if part.kind in ("message/delivery-status", "message/global-delivery-status"):
            self.statuses += re.split(r"\r?\n(?:[ \t]*\r?\n)+", decoded(part.content).strip())
        elif part.kind == "message/feedback-report":
            self.feedback = decoded(part.content)
        elif part.kind in ("text/rfc822-headers", "message/global-headers"):
            self.original = decoded(part.content)
        elif part.kind in ("message/rfc822", "message/global") and (self.statuses or self.feedback):
            self.original = decoded(part.content[:200_000])
        elif part.kind == "application/ms-tnef" or part.name.lower() == "winmail.dat":
            self._unpack(part)
        elif part.kind in ("text/plain", "text/html") and not part.attached and not (part.name and self.texts):
            self._text(part)
        elif part.kind == "text/enriched" and part.alternative:
            return
        else:
            self._file(part.name or NAMED.get(part.kind, "attachment"), part.kind, part.content, part.cid)

    def plain(self) -> str:
        """The text."""
        return "\n".join(self.texts)[:MOST_TEXT]

    def html(self) -> str:
        """The HTML, as it came."""
        return "\n".join(self.htmls)

    def _text(self, part: Part) -> None:
        text = decoded(part.content, part.charset or _declared(part))
        is_html = part.kind == "text/html" or _IS_HTML.match(text)
        if is_html and part.kind == "text/plain":
            self.faults.append("its HTML is said to be plain text")
        kept = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
        (self.htmls if is_html else self.texts).append(kept)

    def _unpack(self, part: Part) -> None:
        text, files = unpacked(part.content)
        if not text and not files:
            return self._file(part.name or NAMED[part.kind], part.kind, part.content, part.cid)
        if text and not self.texts and not self.htmls:
            self.texts.append(text.replace("\r\n", "\n").rstrip("\n"))
        for name, content in files:
            self._file(name or "attachment", "application/octet-stream", content, "")
        return None

    def _file(self, name: str, kind: str, content: bytes, cid: str) -> None:
        if len(self.attachments) >= MOST_FILES:
            self.faults.append(f"it has more than {MOST_FILES} files")
        elif content or name:
            self.attachments.append(Attachment(name, kind, content, cid))


def _declared(part: Part) -> str:
    """The charset that HTML says of itself, if the mail does not."""
    found = re.search(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", part.content[:4_000], re.I)
    return found[1].decode("ascii") if found and part.kind == "text/html" else ""


def sanitised(html: str) -> str:
    """HTML without anything that runs, loads by itself other than images, or leaves its place; empty if none is left.

    What is nested beyond any sense loses all its tags.
    """
    if not html:
        return ""
    import nh3  # whoever reads no mail needs none of it

    cut = html[:MOST_HTML]
    if cut.count("&") > MOST_SIGNS:  # each takes longer than the one before
        cut = cut.replace("&", " ")
    if not _sensible(cut):
        cut = re.sub(r"<[^<>]*>?", " ", cut)
    return nh3.clean(
        cut, tags=TAGS, attributes=ATTRIBUTES, url_schemes={"http", "https", "mailto", "tel", "cid"},
        filter_style_properties=STYLES, clean_content_tags={"script", "style", "title"},
        link_rel="noopener noreferrer nofollow",
    ).strip()  # fmt: skip


def _sensible(html: str) -> bool:
    """Whether it is worth reading as a browser would."""
    opened = deepest = every = 0
    for closing, name in _TAG.findall(html):
        every += 1
        if name.lower() not in ("br", "img", "hr", "meta", "link", "input", "col", "p", "li", "td", "tr", "th"):
            opened = max(opened + (-1 if closing else 1), 0)
            deepest = max(deepest, opened)
    return deepest <= MOST_DEEP and deepest * every <= MOST_WORK
