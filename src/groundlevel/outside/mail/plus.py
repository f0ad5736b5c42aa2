"""What stands behind the plus of an address, by which an answer finds its conversation. Pure.

Letters there survive as small ones only, at some servers, so an id of this installation is written as a number, and
signed: nobody finds a conversation by trying.
"""

import hashlib
import hmac

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SMALL = "0123456789abcdefghijklmnopqrstuvwxyz"
SIGNED, LONGEST = 10, 30
"""Letters of the signature, and of an id."""


def plussed(address: str, key: bytes, id: str) -> str:
    """The address with the id in it: `name+<id>@host`. Without a name that has room for it, the address itself."""
    local, _, domain = address.rpartition("@")
    if not id.isascii() or not id.isalnum() or len(id) > LONGEST:
        return address
    tag = f"{_written(int_of('1' + id))}{_signature(key, id)}"
    return f"{local}+{tag}@{domain}" if len(local) + 1 + len(tag) <= 64 else address


def id_behind(address: str, key: bytes) -> str:
    """The id in an address; empty where there is none, or one that this key has not signed."""
    tag = address.rpartition("@")[0].partition("+")[2].lower()
    if not tag.isascii() or not tag.isalnum() or not SIGNED < len(tag) <= 64:
        return ""
    id = _id(int(tag[:-SIGNED], 36))
    return id if id and hmac.compare_digest(_signature(key, id), tag[-SIGNED:]) else ""


def plain_address(address: str) -> str:
    """The address without what is behind a plus, in small letters."""
    local, at, domain = address.strip().lower().rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"


def int_of(digits: str) -> int:
    """The number that is written with 62 digits."""
    number = 0
    for digit in digits:
        number = number * 62 + _DIGITS.index(digit)
    return number


def _id(number: int) -> str:
    out = ""
    while number:
        number, digit = divmod(number, 62)
        out = _DIGITS[digit] + out
    return out[1:] if out[:1] == "1" else ""


def _written(number: int) -> str:
    out = ""
    while number:
        number, digit = divmod(number, 36)
        out = _SMALL[digit] + out
    return out


def _signature(key: bytes, id: str) -> str:
    digest = hmac.new(key, id.encode(), hashlib.sha256).digest()
    return _written(int.from_bytes(digest[:16], "big"))[-SIGNED:].rjust(SIGNED, "0")
