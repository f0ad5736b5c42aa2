"""The words of a mail, without its HTML. Pure."""

import html
import re

_HIDDEN = re.compile(r"<(script|style|head|title)\b.*?</\1\s*>|<!--.*?-->", re.DOTALL | re.IGNORECASE)
_LINE = re.compile(r"<(br|/p|/div|/tr|/li|/h[1-6]|/table|/blockquote)\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")


def words_of(text: str) -> str:
    """What a person reads of HTML, line by line."""
    plain = _TAG.sub("", _LINE.sub("\n", _HIDDEN.sub("", text)))
    lines = (" ".join(line.split()) for line in html.unescape(plain).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
