"""Names and phones, in the forms they are kept in."""

import re
from typing import Any

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundlevel.areas.contacts.identity import names, normal_phone

PHONES = [
    ("+14155552671", "US", "+14155552671"),
    ("+1 (415) 555-2671 ext. 9", "US", "+14155552671"),
    ("4155552671", "US", "+14155552671"),
    ("018-123 45 67", "SE", "+46181234567"),
    ("0046 18 123 45 67", "SE", "+46181234567"),
    ("020 7946 0018", "gb", "+442079460018"),
    ("+46181234567", "", "+46181234567"),
    ("018-123 45 67", "", None),
    ("018-123 45 67", "Sweden", None),
    ("+１４１５５５５２６７１", "US", "+14155552671"),
    ("123", "US", None),
    ("call me", "US", None),
    ("", "US", None),
    ("+0123456789", "US", None),
    ("+1234567890123456", "US", None),
]


@pytest.mark.parametrize(("text", "country", "kept"), PHONES)
def test_phones(text: str, country: str, kept: str | None) -> None:
    assert normal_phone(text, country) == kept


@given(st.text(alphabet="+0123456789 ()-.x٣３", max_size=20), st.sampled_from(["US", "SE", "", "XX"]))
def test_a_phone_is_in_e164_or_none_and_stays_as_it_is(text: str, country: str) -> None:
    kept = normal_phone(text, country)
    assert kept is None or re.fullmatch(r"\+[1-9][0-9]{7,14}", kept)
    assert kept is None or normal_phone(kept, "SE") == kept


NAMES: list[tuple[dict[str, Any], tuple[str | None, str | None], tuple[str | None, str | None, str | None]]] = [
    ({"name": "Anna Alm"}, (None, None), ("Anna", "Alm", "Anna Alm")),
    ({"name": "  Anna   Maria Alm "}, (None, None), ("Anna", "Maria Alm", "Anna Maria Alm")),
    ({"name": None}, ("Anna", "Alm"), (None, None, None)),
    ({"name": "Bo"}, ("Anna", "Alm"), ("Bo", None, "Bo")),
    ({"first_name": "Bo"}, ("Anna", "Alm"), ("Bo", "Alm", "Bo Alm")),
    ({"last_name": None}, ("Anna", "Alm"), ("Anna", None, "Anna")),
    ({"first_name": "Åsa", "name": "X Y"}, (None, "Ek"), ("Åsa", "Ek", "Åsa Ek")),
]


@pytest.mark.parametrize(("changes", "before", "after"), NAMES)
def test_names(changes: dict[str, Any], before: tuple[Any, Any], after: tuple[Any, Any, Any]) -> None:
    first, last, full = after
    assert names(changes, *before) == {
        "first_name": first,
        "last_name": last,
        "name": full,
        "first_name_lower_case": first and first.lower(),
        "last_name_lower_case": last and last.lower(),
        "full_name_lower_case": full and full.lower(),
    }


@given(
    st.from_regex(r"[2-9][0-9]{2}[2-9][0-9]{6}", fullmatch=True),
    st.sampled_from(["{}{}{}", "({}) {}-{}", "{}-{}-{}", "{}.{}.{}", "{} {} {}"]),
    st.sampled_from(["US", "CA"]),
)
def test_the_short_way_for_national_numbers_is_the_librarys(digits: str, written: str, country: str) -> None:
    text = written.format(digits[:3], digits[3:6], digits[6:])
    number = phonenumbers.parse(text, country)
    assert normal_phone(text, country) == phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
