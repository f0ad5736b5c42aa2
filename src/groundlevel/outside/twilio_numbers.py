"""Phone numbers by a gateway that speaks Twilio's REST API: AvailablePhoneNumbers and IncomingPhoneNumbers.

Source: Twilio's public reference of both resources (2010-04-01). The pattern of a search and what is read of answers
are pure.
"""

from collections.abc import Sequence
from typing import Any, Protocol
from urllib.parse import urlencode

import msgspec
from msgspec import Struct

from groundlevel.outside.numbers import Able, Bought, Kind, NoAnswer, Offer, Owned, Purchase, Wanted
from groundlevel.outside.posting import Answer
from groundlevel.outside.twilio import VERSION, Account, Told, authorization

RESOURCES: dict[Kind, str] = {"local": "Local", "mobile": "Mobile", "tollFree": "TollFree"}
MOST, MOST_BYTES = 50, 500_000
"""Numbers that are asked for at once, and bytes of an answer that are read."""
AGENT = "Groundlevel-Numbers/1"


class Asking(Protocol):
    """Sends a request of any method out, and brings the answer."""

    async def exchange(self, method: str, url: str, headers: dict[str, str], body: bytes, most: int) -> Answer:
        """Ask. Whatever goes wrong is told in the answer."""
        ...

    async def close(self) -> None:
        """Release all connections."""
        ...


class _Offers(Struct):
    available_phone_numbers: list[dict[str, Any]] = []


class _Owned(Struct):
    incoming_phone_numbers: list[dict[str, Any]] = []


class TwilioNumbers:
    """See `Seller`."""

    def __init__(self, account: Account, asking: Asking) -> None:
        self.account, self.asking = account, asking

    async def offers(self, wanted: Wanted) -> Sequence[Offer]:
        """See `Seller`."""
        path = f"AvailablePhoneNumbers/{wanted.country}/{RESOURCES[wanted.kind]}.json"
        answer = await self._ask("GET", path, query_of(wanted))
        if answer.status == 404:  # the country has none of this kind
            return []
        return [offer_in(one) for one in _read(answer, _Offers).available_phone_numbers]

    async def buy(self, purchase: Purchase) -> Bought:
        """See `Seller`."""
        return bought(await self._ask("POST", "IncomingPhoneNumbers.json", form_of(purchase)))

    async def owned(self, number: str) -> Owned | None:
        """See `Seller`."""
        answer = await self._ask("GET", "IncomingPhoneNumbers.json", [("PhoneNumber", number), ("PageSize", "1")])
        found = [owned_in(one) for one in _read(answer, _Owned).incoming_phone_numbers]
        return next((one for one in found if one.number == number), None)

    async def release(self, sid: str) -> None:
        """See `Seller`."""
        answer = await self._ask("DELETE", f"IncomingPhoneNumbers/{sid}.json", [])
        if answer.status not in (200, 204, 404):
            raise NoAnswer(reason_of(answer))

    async def _ask(self, method: str, path: str, fields: list[tuple[str, str]]) -> Answer:
        url, headers, body = f"{self.account.url}/{VERSION}/Accounts/{self.account.sid}/{path}", self._headers(), b""
        if method == "POST":
            headers["Content-Type"], body = "application/x-www-form-urlencoded", urlencode(fields).encode()
        elif fields:
            url = f"{url}?{urlencode(fields)}"
        return await self.asking.exchange(method, url, headers, body, MOST_BYTES)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": authorization(self.account), "User-Agent": AGENT, "Connection": "close"}

    async def close(self) -> None:
        """See `Seller`."""
        await self.asking.close()


def query_of(wanted: Wanted) -> list[tuple[str, str]]:
    """What is looked for, as the API has it."""
    said = {"SmsEnabled": wanted.sms, "MmsEnabled": wanted.mms, "VoiceEnabled": wanted.voice}
    fields = [("PageSize", str(MOST))] + ([("Contains", wanted.pattern)] if wanted.pattern else [])
    return fields + [(name, str(value).lower()) for name, value in said.items() if value is not None]


def form_of(purchase: Purchase) -> list[tuple[str, str]]:
    """The body of a purchase."""
    fields = {
        "PhoneNumber": purchase.number, "FriendlyName": purchase.name, "SmsUrl": purchase.inbound, "SmsMethod": "POST",
        "AddressSid": purchase.address, "BundleSid": purchase.bundle,
    }  # fmt: skip
    return [(name, value) for name, value in fields.items() if value]


def bought(answer: Answer) -> Bought:
    """What an answer means for the purchase: who does not know says so."""
    if 200 <= answer.status < 300:
        try:
            return Bought("owned", owned_in(msgspec.json.decode(answer.body, type=dict[str, Any])))
        except (msgspec.MsgspecError, KeyError):
            return Bought("unclear", reason="its answer cannot be read")
    said = reason_of(answer)
    if 400 <= answer.status < 500 or answer.status == 503 or (answer.status == 0 and not answer.begun):
        return Bought("refused", code=str(_told(answer).code or answer.status or ""), reason=said)
    return Bought("unclear", code=str(answer.status or ""), reason=said)


def offer_in(told: dict[str, Any]) -> Offer:
    """An offer, as the API tells it."""
    return Offer(
        number=told["phone_number"], name=told.get("friendly_name") or told["phone_number"],
        country=told.get("iso_country") or "", able=able_in(told), lata=told.get("lata"),
        locality=told.get("locality"), rate_center=told.get("rate_center"), latitude=_text(told.get("latitude")),
        longitude=_text(told.get("longitude")), region=told.get("region"), postal_code=told.get("postal_code"),
        address_requirements=told.get("address_requirements") or "none", beta=bool(told.get("beta")),
    )  # fmt: skip


def owned_in(told: dict[str, Any]) -> Owned:
    """A number of the account's, as the API tells it."""
    return Owned(
        number=told["phone_number"], sid=told["sid"], name=told.get("friendly_name") or "", able=able_in(told),
        inbound=told.get("sms_url") or "", address=told.get("address_sid"), bundle=told.get("bundle_sid"),
    )  # fmt: skip


def able_in(told: dict[str, Any]) -> Able:
    """What a number can do; the two resources write the names differently."""
    said: dict[str, Any] = told.get("capabilities") or {}
    named = {name.lower(): bool(value) for name, value in said.items()}
    return Able(**{name: named.get(name, False) for name in Able.__struct_fields__})


def reason_of(answer: Answer) -> str:
    """Why something was not done, in the gateway's words where it has some."""
    return _told(answer).message or answer.error or f"it answered {answer.status}"


def _read(answer: Answer, shape: type[Any]) -> Any:
    if answer.status != 200:
        raise NoAnswer(reason_of(answer))
    try:
        return msgspec.json.decode(answer.body, type=shape)
    except msgspec.MsgspecError:
        raise NoAnswer("its answer cannot be read") from None


def _told(answer: Answer) -> Told:
    try:
        return msgspec.json.decode(answer.body, type=Told)
    except msgspec.MsgspecError:
        return Told()


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
