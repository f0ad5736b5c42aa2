"""Phone numbers of the gateway to try things with: AvailablePhoneNumbers and IncomingPhoneNumbers of Twilio's REST API.

Nobody sells these numbers and nothing is paid. What was bought is kept on a `Shelf`, wherever that is, and is not
offered again until it is given back. Any valid number can be bought, but for those of `SPECIAL`.
"""

from typing import Any, Protocol

import msgspec
import phonenumbers
from msgspec import Struct
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat

from groundlevel.kernel.wire import new_hex
from groundlevel.outside.numbers import Able
from groundlevel.outside.plausible_numbers import OF_KIND, able, kind_of, offered, town_of

Told = tuple[int, dict[str, Any]]
SPECIAL = {
    "+15005550000": (400, 21422, "The phone number you are attempting to purchase is not available."),
    "+15005550001": (400, 21421, "The phone number you are attempting to purchase is not a valid phone number."),
    "+15005550002": (500, 20500, "An internal server error has occurred"),
}
"""Numbers that cannot be bought, and why; of the last nobody knows. Source: the gateway's numbers for tests."""
PAGE, MOST = 20, 50


class Sold(Struct, frozen=True):
    """A number that an account has bought. `id`: the number in E.164."""

    id: str
    account: str
    sid: str
    name: str
    inbound: str
    kind: str
    address: str | None = None
    bundle: str | None = None


class Shelf(Protocol):
    """Where it is kept what was bought."""

    def get(self, number: str) -> Sold | None:
        """Who has bought the number, if anybody."""
        ...

    def put(self, sold: Sold) -> None:
        """It is bought."""
        ...

    def drop(self, number: str) -> None:
        """It was given back."""
        ...

    def of(self, account: str) -> list[Sold]:
        """What an account has, the oldest first."""
        ...


class Memory:
    """A shelf that forgets with its process."""

    def __init__(self) -> None:
        self.sold: dict[str, Sold] = {}

    def get(self, number: str) -> Sold | None:
        """See `Shelf`."""
        return self.sold.get(number)

    def put(self, sold: Sold) -> None:
        """See `Shelf`."""
        self.sold[sold.id] = sold

    def drop(self, number: str) -> None:
        """See `Shelf`."""
        self.sold.pop(number, None)

    def of(self, account: str) -> list[Sold]:
        """See `Shelf`."""
        return [one for one in self.sold.values() if one.account == account]


class NumberResources(Struct):
    """Both resources of one account."""

    account: str
    shelf: Shelf

    def answer(self, method: str, parts: list[str], said: dict[str, str]) -> Told | None:
        """What a request is answered; None for a path of another resource. parts: the path behind the account."""
        match method, [part.removesuffix(".json") for part in parts]:
            case "GET", ["AvailablePhoneNumbers", country, kind]:
                return self._offer(country.upper(), kind, said)
            case "GET", ["IncomingPhoneNumbers"]:
                wanted = said.get("PhoneNumber", "")
                found = [one for one in self.shelf.of(self.account) if wanted in ("", one.id)]
                return 200, {"incoming_phone_numbers": [told(one) for one in found[:MOST]], "page": 0}
            case "POST", ["IncomingPhoneNumbers"]:
                return self._sell(said)
            case ("GET" | "DELETE") as verb, ["IncomingPhoneNumbers", sid]:
                return self._one(verb, sid)
            case _:
                return None

    def _offer(self, country: str, kind: str, said: dict[str, str]) -> Told:
        if kind not in OF_KIND or country not in phonenumbers.SUPPORTED_REGIONS:
            return refusal(404, 20404, f"There are no numbers of the kind {kind} in {country}")
        pattern = said.get("Contains", "")
        if set(pattern) - set("0123456789*"):
            return refusal(400, 21450, "The pattern may have digits and * only")
        most = min(int(said["PageSize"]), MOST) if said.get("PageSize", "").isdecimal() else PAGE
        fresh = [one for one in offered(country, kind, pattern, MOST, ()) if self.shelf.get(one) is None]
        shown = [offer(one, country, kind) for one in fresh]
        fitting = [one for one in shown if all(_fits(one, name, said) for name in ("SMS", "MMS", "voice"))]
        return 200, {"available_phone_numbers": fitting[:most]}

    def _sell(self, said: dict[str, str]) -> Told:
        number = _parsed(said.get("PhoneNumber", ""))
        kind = kind_of(number) if number else None
        if number is None or kind is None or not phonenumbers.is_valid_number(number):
            special = SPECIAL.get(said.get("PhoneNumber", ""))
            return refusal(*special) if special else refusal(400, 21421, f"{said.get('PhoneNumber')} is no number")
        e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
        if special := SPECIAL.get(e164):
            return refusal(*special)
        if self.shelf.get(e164):
            return refusal(400, 21422, f"{e164} is not available.")
        name = said.get("FriendlyName") or phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
        sold = Sold(
            id=e164, account=self.account, sid=f"PN{new_hex()}{new_hex()[:8]}", name=name,
            inbound=said.get("SmsUrl", ""), kind=kind, address=said.get("AddressSid"), bundle=said.get("BundleSid"),
        )  # fmt: skip
        self.shelf.put(sold)
        return 201, told(sold)

    def _one(self, method: str, sid: str) -> Told:
        found = next((one for one in self.shelf.of(self.account) if one.sid == sid), None)
        if found is None:
            return refusal(404, 20404, f"{sid} was not found")
        if method == "GET":
            return 200, told(found)
        self.shelf.drop(found.id)
        return 204, {}


def offer(e164: str, country: str, kind: str) -> dict[str, Any]:
    """A number that can be bought, as the API tells it."""
    number = phonenumbers.parse(e164)
    town, can = town_of(number), able(number, kind)
    return {
        "friendly_name": phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL), "phone_number": e164,
        "lata": town and town.lata, "locality": town and town.locality, "rate_center": town and _center(town.locality),
        "latitude": town and town.latitude, "longitude": town and town.longitude, "region": town and town.region,
        "postal_code": town and town.postal_code, "iso_country": country, "address_requirements": "none",
        "beta": False, "capabilities": {"voice": can.voice, "SMS": can.sms, "MMS": can.mms, "fax": can.fax},
    }  # fmt: skip


def told(sold: Sold) -> dict[str, Any]:
    """A number that an account has, as the API tells it."""
    can: Able = able(phonenumbers.parse(sold.id), sold.kind)
    return {
        "sid": sold.sid, "account_sid": sold.account, "friendly_name": sold.name, "phone_number": sold.id,
        "sms_url": sold.inbound, "sms_method": "POST", "origin": "twilio", "status": "in-use", "beta": False,
        "address_sid": sold.address, "bundle_sid": sold.bundle, "capabilities": msgspec.to_builtins(can),
    }  # fmt: skip


def refusal(status: int, code: int, message: str) -> Told:
    """How the API refuses."""
    more = f"https://www.twilio.com/docs/errors/{code}"
    return status, {"code": code, "message": message, "more_info": more, "status": status}


def _center(locality: str) -> str:
    return locality.upper()[:10]


def _fits(shown: dict[str, Any], ability: str, said: dict[str, str]) -> bool:
    wanted = said.get(f"{ability.title()}Enabled")
    return wanted is None or shown["capabilities"][ability] == (wanted == "true")


def _parsed(text: str) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text)
    except NumberParseException:
        return None
