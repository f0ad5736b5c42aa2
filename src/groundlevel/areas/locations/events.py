"""What can happen to a sub-account, for other areas to react to."""

from typing import ClassVar

from groundlevel.kernel.events import Event


class LocationAdded(Event):
    """An agency has a new sub-account."""

    logged: ClassVar[bool] = False
    company_id: str
    location_id: str


class LocationRemoved(Event):
    """A sub-account was removed from its agency."""

    logged: ClassVar[bool] = False
    company_id: str
    location_id: str
