"""Phone numbers as a country could have them: valid by its plan, the same for the same question. Nobody is asked.

Pure. Which numbers are valid, and of which kind, is known by `phonenumbers`. Of North America they are in the exchange
555, as those of films are, unless a pattern says otherwise.
"""

from collections.abc import Collection, Iterator
from random import Random

import phonenumbers
from msgspec import Struct
from phonenumbers import PhoneNumber, PhoneNumberType

from groundlevel.outside.numbers import Able

TRIES = 600
LEADING = {"Local": 6, "Mobile": 6, "TollFree": 7}
"""How many digits of a country's example for a kind may change."""
OF_KIND = {
    "Local": (PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE),
    "Mobile": (PhoneNumberType.MOBILE,),
    "TollFree": (PhoneNumberType.TOLL_FREE,),
}
NORTH_AMERICA, EXCHANGE = 1, "555"


class Town(Struct, frozen=True):
    """Where numbers of an area code are."""

    locality: str
    region: str
    postal_code: str
    lata: str
    latitude: str
    longitude: str


TOWNS = {
    "212": Town("New York", "NY", "10001", "132", "40.750600", "-73.997200"),
    "213": Town("Los Angeles", "CA", "90012", "730", "34.061400", "-118.238500"),
    "305": Town("Miami", "FL", "33130", "460", "25.767500", "-80.205600"),
    "312": Town("Chicago", "IL", "60604", "358", "41.878500", "-87.628200"),
    "415": Town("San Francisco", "CA", "94103", "722", "37.772600", "-122.411200"),
    "512": Town("Austin", "TX", "78701", "558", "30.271300", "-97.742600"),
    "617": Town("Boston", "MA", "02108", "128", "42.357600", "-71.068400"),
    "206": Town("Seattle", "WA", "98104", "674", "47.603600", "-122.325600"),
    "303": Town("Denver", "CO", "80202", "656", "39.751900", "-104.997100"),
    "404": Town("Atlanta", "GA", "30303", "438", "33.752800", "-84.390100"),
}
"""Some area codes of the United States, and their towns."""


def offered(country: str, kind: str, pattern: str, most: int, taken: Collection[str]) -> list[str]:
    """At most so many numbers (E.164) that are valid in the country, of the kind, and have the pattern's digits.

    pattern: digits that stand together somewhere, `*` being any one; as long as a number, it is the whole number.
    taken: numbers that are not offered. None for a country without such a kind, and where chance finds none.
    """
    found: dict[str, None] = {}
    for number in _drawn(country, kind, pattern):
        e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        if e164 not in taken and fits(number, country, kind):
            found[e164] = None
            if len(found) == most:
                break
    return list(found)


def fits(number: PhoneNumber, country: str, kind: str) -> bool:
    """Whether it is a valid number of that kind there."""
    is_there = phonenumbers.is_valid_number_for_region(number, country)
    return is_there and phonenumbers.number_type(number) in OF_KIND[kind]


def kind_of(number: PhoneNumber) -> str | None:
    """Of which kind a number is; None for one that nobody would sell."""
    kind = phonenumbers.number_type(number)
    return next((name for name, kinds in OF_KIND.items() if kind in kinds), None)


def able(number: PhoneNumber, kind: str) -> Able:
    """What such a number can do: everything in North America, elsewhere no pictures, and texts by mobiles only."""
    if number.country_code == NORTH_AMERICA:
        return Able(voice=True, sms=True, mms=True, fax=kind == "Local")
    return Able(voice=True, sms=kind == "Mobile")


def town_of(number: PhoneNumber) -> Town | None:
    """Where it is, if that is known here."""
    return TOWNS.get(str(number.national_number)[:3]) if number.country_code == NORTH_AMERICA else None


def _drawn(country: str, kind: str, pattern: str) -> Iterator[PhoneNumber]:
    """Candidates: every other one is like the country's example for the kind, the rest are any digits."""
    example = _example(country, kind)
    if example is None:
        return
    digits = phonenumbers.national_significant_number(example)
    dice = Random(f"{country} {kind} {pattern}")  # noqa: S311  (repeatable on purpose)
    for n in range(TRIES):
        text = list(_begun(digits, country, kind, dice) if n % 2 == 0 else _any(len(digits), dice))
        at = dice.randrange(len(text) - len(pattern) + 1) if len(pattern) <= len(text) else 0
        for place, digit in enumerate(pattern[: len(text)], at):
            text[place] = digit if digit != "*" else text[place]
        yield PhoneNumber(example.country_code, int("".join(text)), italian_leading_zero=text[0] == "0" or None)


def _example(country: str, kind: str) -> PhoneNumber | None:
    found = phonenumbers.example_number_for_type(country, OF_KIND[kind][0])
    return found if found and fits(found, country, kind) else None


def _begun(example: str, country: str, kind: str, dice: Random) -> str:
    if country == "US" and kind == "Local":
        return f"{dice.choice(list(TOWNS))}{EXCHANGE}{_any(4, dice)}"
    if phonenumbers.country_code_for_region(country) == NORTH_AMERICA:
        return f"{example[:3]}{EXCHANGE}{_any(4, dice)}"
    kept = max(1, len(example) - LEADING[kind])
    return example[:kept] + _any(len(example) - kept, dice)


def _any(many: int, dice: Random) -> str:
    return "".join(dice.choice("0123456789") for _ in range(many))
