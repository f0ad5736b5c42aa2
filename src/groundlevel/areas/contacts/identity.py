"""Names, emails and phones, in the forms they are kept and compared in. Pure."""

import re
from functools import lru_cache
from typing import Any

import phonenumbers

_E164 = re.compile(r"\+[1-9][0-9]{7,14}")


_NATIONAL = re.compile(r"\(?([2-9][0-9]{2})\)?[-. ]?([2-9][0-9]{2})[-. ]?([0-9]{4})")
"""As most numbers are written in the United States and Canada: read without the library, with the same result."""


@lru_cache(maxsize=2_000)
def normal_phone(text: str, country: str) -> str | None:
    """The number in E.164, read as in `country` (two letters) where it says no country itself; None for no number.

    A number that is in E.164 already is kept as it is; formatting, spaces and extensions are dropped.
    """
    text = text.strip()
    if _E164.fullmatch(text):
        return text
    if country in ("US", "CA") and (plain := _NATIONAL.fullmatch(text)):
        return f"+1{plain[1]}{plain[2]}{plain[3]}"
    try:
        number = phonenumbers.parse(text, country.upper() if len(country) == 2 else None)
    except phonenumbers.NumberParseException:
        return None
    found = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return found if _E164.fullmatch(found) else None


def names(changes: dict[str, Any], first: str | None, last: str | None) -> dict[str, str | None]:
    """All forms of a contact's name after a change; `first` and `last` are what it was.

    `first_name` and `last_name` win over `name`, which is split at its first space.
    """
    if "name" in changes and "first_name" not in changes and "last_name" not in changes:
        first, _, last = (changes["name"] or "").strip().partition(" ")
    first = (changes.get("first_name", first) or "").strip() or None
    last = (changes.get("last_name", last) or "").strip() or None
    full = " ".join(part for part in (first, last) if part) or None
    return {
        "name": full,
        "first_name": first,
        "last_name": last,
        "first_name_lower_case": first and first.lower(),
        "last_name_lower_case": last and last.lower(),
        "full_name_lower_case": full and full.lower(),
    }
