"""Numbers that a sub-account could buy: /phone-system/numbers/location/{locationId}/available"""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Literal

import phonenumbers
from msgspec import Meta, field
from msgspec.structs import asdict

from groundlevel.areas.phone_system.area import area
from groundlevel.areas.phone_system.ways import asked, in_unit, way_of
from groundlevel.kernel.app import App
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import Unprocessable
from groundlevel.kernel.request import Request
from groundlevel.kernel.wire import Body, Name, Wire, epoch_ms
from groundlevel.outside.numbers import Kind, Offer, Seller, Wanted

KINDS: dict[str, Kind] = {"local": "local", "mobile": "mobile", "tollfree": "tollFree", "toll-free": "tollFree"}
NORTH_AMERICA, ITS_DIGITS = 1, 10
Digits = Annotated[str, Meta(pattern=r"^[0-9]{0,15}$(?!\n)", extra={"explain": "must have digits only"})]
Requirements = Literal["none", "any", "local", "foreign"]


class Searched(Body):
    """What is looked for. country_code: ISO 3166-1 alpha-2. number_types: local, mobile, tollFree; without any, all.

    first_part, last_part, anywhere: digits that the number, without its country's, begins with, ends with, has in it.
    """

    country_code: Annotated[str, Meta(max_length=2)]
    number_types: list[Name] = []
    first_part: Digits = ""
    last_part: Digits = ""
    anywhere: Digits = ""
    sms_enabled: bool | None = None
    mms_enabled: bool | None = None
    voice_enabled: bool | None = None


class Found(Searched, kw_only=True):
    """The same with what the gateway offers."""

    offers: Sequence[Offer]


class Abilities(Wire):
    """What a number could do."""

    mms: bool = field(name="MMS")
    sms: bool = field(name="SMS")
    voice: bool


class AvailableNumber(Wire):
    """A number that can be bought; where it is, as far as the gateway says."""

    phone_number: str
    friendly_name: str
    iso_country: str
    address_requirements: Requirements
    beta: bool
    capabilities: Abilities
    lata: str | None = None
    locality: str | None = None
    rate_center: str | None = None
    latitude: str | None = None
    longitude: str | None = None
    region: str | None = None
    postal_code: str | None = None


class AvailableNumbers(Wire, omit_defaults=False):
    """What is offered now. fingerprint_id: of this answer; it may be sent with a purchase."""

    fingerprint_id: str
    numbers: list[AvailableNumber]


async def offers_asked(app: App, request: Request) -> None:
    """Ask the gateway what it offers, before the unit of work. 400 without a gateway, 422 for an unknown country."""
    query: Searched = request.arguments["query"]
    query.country_code = query.country_code.upper()
    if query.country_code not in phonenumbers.SUPPORTED_REGIONS:
        raise Unprocessable("countryCode must be a valid ISO31661 Alpha2 code")
    way = await in_unit(app, request, way_of, write=False)
    wanted = questions(query)

    async def ask(seller: Seller) -> list[Sequence[Offer]]:
        return await asyncio.gather(*(seller.offers(one) for one in wanted))

    offers = [offer for some in await asked(app, way, ask) for offer in some if fits(offer, query)]
    request.arguments["query"] = Found(**asdict(query), offers=offers)


@area.get("/phone-system/numbers/location/{locationId}/available", scope="phonenumbers.read", steps=(offers_asked,))
def available_numbers(ctx: Ctx, location_id: str, query: Searched) -> AvailableNumbers:
    """Numbers that the sub-account's gateway sells now, of a country, of some types, with a pattern or an ability.

    400 without a gateway for texts, 422 for an unknown country, 503 where the gateway does not answer.
    A type that nobody sells there finds nothing. In a test installation without a gateway they are made up: valid, but
    nobody's.
    """
    offers = query.offers if isinstance(query, Found) else ()
    return AvailableNumbers(fingerprint_id=str(epoch_ms(ctx.stamp)), numbers=[_shown(one) for one in offers])


def questions(query: Searched) -> list[Wanted]:
    """One for each type that is wanted and sold anywhere."""
    named = [word.strip().lower() for text in query.number_types for word in text.split(",") if word.strip()]
    kinds: list[Kind] = [KINDS[one] for one in named if one in KINDS] if named else list(KINDS.values())
    unique: dict[Kind, None] = dict.fromkeys(kinds)
    return [
        Wanted(
            country=query.country_code, kind=kind, pattern=pattern_of(query), sms=query.sms_enabled,
            mms=query.mms_enabled, voice=query.voice_enabled,
        )
        for kind in unique
    ]  # fmt: skip


def pattern_of(query: Searched) -> str:
    """The pattern that a gateway is asked for: the whole number where its length is known, else the longest part.

    It may find more than what is wanted, which `fits` leaves out.
    """
    first, last, anywhere = query.first_part, query.last_part, query.anywhere
    free = ITS_DIGITS - len(first) - len(last)
    if phonenumbers.country_code_for_region(query.country_code) == NORTH_AMERICA and (first or last) and free >= 0:
        return f"{first}{'*' * free}{last}"
    return max(first, last, anywhere, key=len)


def fits(offer: Offer, query: Searched) -> bool:
    """Whether an offer is what is wanted, digit by digit."""
    digits = phonenumbers.national_significant_number(phonenumbers.parse(offer.number))
    return digits.startswith(query.first_part) and digits.endswith(query.last_part) and query.anywhere in digits


def _shown(offer: Offer) -> AvailableNumber:
    needs: dict[str, Requirements] = {"any": "any", "local": "local", "foreign": "foreign"}
    return AvailableNumber(
        phone_number=offer.number, friendly_name=offer.name, iso_country=offer.country,
        address_requirements=needs.get(offer.address_requirements, "none"), beta=offer.beta,
        capabilities=Abilities(mms=offer.able.mms, sms=offer.able.sms, voice=offer.able.voice), lata=offer.lata,
        locality=offer.locality, rate_center=offer.rate_center, latitude=offer.latitude, longitude=offer.longitude,
        region=offer.region, postal_code=offer.postal_code,
    )  # fmt: skip
