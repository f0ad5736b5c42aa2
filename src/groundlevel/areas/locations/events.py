"""What can happen to a sub-account, for other areas to react to."""

from typing import ClassVar

from groundlevel.kernel.events import Event


class LocationCreate(Event):
    """An agency added a sub-account."""

    id: str
    company_id: str
    name: str
    email: str | None = None


class LocationUpdate(Event):
    """A sub-account's data or settings changed."""

    id: str
    company_id: str
    name: str
    email: str | None = None


class LocationAdded(Event):
    """An agency has a new sub-account."""

    logged: ClassVar[bool] = False
    company_id: str
    location_id: str


class LocationRemoved(Event):
    """A sub-account was removed from its agency. carrier_too: its account at the carrier of its numbers goes, too."""

    logged: ClassVar[bool] = False
    company_id: str
    location_id: str
    carrier_too: bool = False
