"""Text out of the bytes of mails as they really are: wrong charsets, wrong Base64, raw bytes in headers. Pure.

Nothing here raises, whatever it is given.
"""

import binascii
import codecs
import html
import quopri
import re

NAMES = {
    "gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "ks_c_5601-1987": "cp949", "ks_c_5601": "cp949",
    "euc-kr": "cp949", "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "us-ascii": "utf-8",
    "ascii": "utf-8", "iso-8859-8-i": "iso8859-8", "iso-8859-8-e": "iso8859-8", "iso-8859-9": "cp1254",
    "shift_jis": "cp932", "x-sjis": "cp932", "shift-jis": "cp932", "windows-31j": "cp932", "big5": "big5hkscs",
    "utf8mb4": "utf-8", "unicode-1-1-utf-8": "utf-8", "unicode-1-1-utf-7": "utf-7", "cp-850": "cp850",
    "x-mac-roman": "mac_roman", "macintosh": "mac_roman", "x-user-defined": "cp1252", "default": "utf-8",
}  # fmt: skip
"""What mails call a charset -> what it is. As browsers do, the wider one of the same family is taken."""
_TEXTUAL = re.compile(
    r"(utf[-_](8|8[-_]sig|7|16|32)([-_][bl]e)?|iso8859[-_]\d+|cp\d+|koi8[-_][rtu]|big5\w*|gb\w+|euc_\w+|shift_\w+|"
    r"iso2022_\w+|mac[-_]\w+|johab|hz|tis[-_]620|latin[-_]?1|ascii)"
)
_WORD = re.compile(r"=\?([A-Za-z0-9_.:*-]{1,60})\?([bBqQ])\?([^?]*)\?=")
_CONTROL = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127))
_BASE64 = re.compile(rb"[A-Za-z0-9+/=]*")
_NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")


def clean(text: str) -> str:
    """Without control characters and halves of characters: what any store takes."""
    return text.translate(_CONTROL).encode("utf-8", "replace").decode("utf-8")


def decoded(content: bytes, charset: str = "") -> str:
    """Text: in the charset that is said, if it can be, else in UTF-8, else as Windows has it in the west."""
    said = _known(charset)
    for name in dict.fromkeys((said, "utf-8")):
        try:
            if name:
                return clean(content.decode(name))
        except (UnicodeError, ValueError):
            continue
    fallback = said if said and said != "utf-8" else "cp1252"
    return clean(content.decode(fallback, "replace"))


def _known(charset: str) -> str:
    """Python's name of a charset; none for one that is unknown, or is no charset."""
    said = charset.strip().strip("\"'").lower().partition("*")[0]
    name = NAMES.get(said, said)
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError, UnicodeError):
        return ""
    return found if _TEXTUAL.fullmatch(found) else ""


def raw(text: str) -> bytes:
    """The bytes of what the parser holds, which keeps those above 127 as halves of characters."""
    try:
        return text.encode("ascii", "surrogateescape")
    except UnicodeError:
        return text.encode("utf-8", "replace")


def header_text(value: str) -> str:
    """A header's text as a person reads it: unfolded, with encoded words and raw bytes decoded."""
    plain = re.sub(r"\r?\n[ \t]*", " ", value)
    if not plain.isascii():
        plain = decoded(raw(plain))
    return " ".join(clean(words_decoded(plain)).split())


def words_decoded(text: str) -> str:
    """With encoded words (RFC 2047) decoded; neighbours of one charset together, since some cut letters in two."""
    out: list[str] = []
    pending, charset, at = b"", "", 0
    for found in _WORD.finditer(text):
        between = text[at : found.start()]
        said = found[1].partition("*")[0].lower()
        if pending and (between.strip() or said != charset):
            out.append(decoded(pending, charset))
            pending = b""
        if between.strip() or at == 0:
            out.append(between)
        content = found[3].encode("utf-8")
        pending += unbase64(content) if found[2] in "bB" else quopri.decodestring(content, header=True)
        charset, at = said, found.end()
    if at == 0:
        return text
    return "".join([*out, decoded(pending, charset), text[at:]])


def unbase64(content: bytes) -> bytes:
    """What is in Base64, as far as it is such: a line of something else ends it, what is missing is left out."""
    lines: list[bytes] = []
    for line in content.split():
        if not _BASE64.fullmatch(line):
            if lines:
                break
            line = _NO_BASE64.sub(b"", line)
        lines.append(line)
    joined = _NO_BASE64.sub(b"", b"".join(lines))
    joined = joined[: len(joined) - 1] if len(joined) % 4 == 1 else joined
    return binascii.a2b_base64(joined + b"=" * (-len(joined) % 4))


def content_decoded(content: bytes, encoding: str) -> bytes:
    """The bytes of a part, whose transfer encoding is said; an unknown one is taken for none."""
    said = encoding.strip().strip("\"'").lower()
    if said == "base64":
        return unbase64(content)
    if said == "quoted-printable":
        return quopri.decodestring(content)
    return _unuued(content) if said in ("x-uuencode", "uuencode", "uue", "x-uue") else content


def _unuued(content: bytes) -> bytes:
    out: list[bytes] = []
    for line in content.splitlines():
        if line.startswith(b"begin "):
            continue
        if line.strip() == b"end":
            break
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:  # many programs write wrong lengths
            length = (((line[0] - 32) & 63) * 4 + 5) // 3 if line else 0
            try:
                out.append(binascii.a2b_uu(line[:length]))
            except binascii.Error:
                continue
    return b"".join(out)


def file_name(said: str, otherwise: str) -> str:
    """What a file may be called here: the last part of what is said, without anything that means more than a name."""
    name = header_text(said).replace("\\", "/").rpartition("/")[2]
    name = re.sub(r'[\x00-\x1f\x7f"<>|:*?‪-‮⁦-⁩]', "", html.unescape(name)).strip(" .")
    if len(name) > 150:
        stem, dot, extension = name.rpartition(".")
        name = f"{stem[:130]}{dot}{extension[:15]}" if dot else name[:150]
    return name or otherwise
