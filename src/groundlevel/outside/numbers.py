"""Phone numbers at whoever sells them, as the rest of the program sees it: offered, bought, owned.

A seller is a `Seller`. Buying is told in one of three ways, of which the last is the important one: whoever does not
know whether a number was bought says so, and asks later whether it is owned.
"""

from collections.abc import Sequence
from typing import Literal, Protocol

from msgspec import Struct

Kind = Literal["local", "mobile", "tollFree"]


class Able(Struct, frozen=True, rename="lower"):
    """What a number can do."""

    voice: bool = False
    sms: bool = False
    mms: bool = False
    fax: bool = False


class Wanted(Struct, frozen=True):
    """What is looked for: a country (ISO 3166-1 alpha-2), one kind, and a pattern of digits (`*` is any one).

    sms, mms, voice: what it must be able to do; None: no matter.
    """

    country: str
    kind: Kind
    pattern: str = ""
    sms: bool | None = None
    mms: bool | None = None
    voice: bool | None = None


class Offer(Struct, frozen=True):
    """A number that can be bought, in E.164. Where it is: as far as the seller says."""

    number: str
    name: str
    country: str
    able: Able
    lata: str | None = None
    locality: str | None = None
    rate_center: str | None = None
    latitude: str | None = None
    longitude: str | None = None
    region: str | None = None
    postal_code: str | None = None
    address_requirements: str = "none"
    beta: bool = False


class Purchase(Struct, frozen=True):
    """What is to be bought. inbound: where the seller is to send texts to it; it also says whose purchase it was."""

    number: str
    inbound: str
    name: str = ""
    address: str = ""
    bundle: str = ""


class Owned(Struct, frozen=True):
    """A number that the account owns. sid: what the seller calls it."""

    number: str
    sid: str
    name: str = ""
    able: Able = Able()
    inbound: str = ""
    address: str | None = None
    bundle: str | None = None


class Bought(Struct, frozen=True):
    """What came of buying.

    owned: it is the account's now. refused: it is not, for `reason`. unclear: nobody knows; ask whether it is owned.
    """

    outcome: Literal["owned", "refused", "unclear"]
    owned: Owned | None = None
    code: str = ""
    reason: str = ""


class NoAnswer(Exception):
    """A seller could not be asked, or has refused to say; the text says why."""


class Seller(Protocol):
    """Who sells numbers."""

    async def offers(self, wanted: Wanted) -> Sequence[Offer]:
        """Some of what is offered, at most 50. None where the country has no such kind. NoAnswer."""
        ...

    async def buy(self, purchase: Purchase) -> Bought:
        """Buy a number. Whatever goes wrong is told in what comes of it."""
        ...

    async def owned(self, number: str) -> Owned | None:
        """The number, if the account owns it. NoAnswer."""
        ...

    async def release(self, sid: str) -> None:
        """Give a number back; one that is not there any more is as good. NoAnswer."""
        ...

    async def close(self) -> None:
        """Release all connections."""
        ...
