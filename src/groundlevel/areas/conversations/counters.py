"""How often what happened to a mail. Pure."""

from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from groundlevel.kernel.wire import Body

Number = Annotated[int, Meta(ge=0, le=1_000_000)]


class Counters(Body, rename=None):
    """Of each kind of event, how many. A number of 0 says nothing."""

    delivered: Number = 0
    opened: Number = 0
    clicked: Number = 0
    replied: Number = 0
    failed: Number = 0
    accepted: Number = 0
    rejected: Number = 0
    unsubscribed: Number = 0
    complained: Number = 0
    stored: Number = 0
    permanent_fail: Number = 0
    temporary_fail: Number = 0


IMPLIES = (
    (("clicked", "complained", "unsubscribed", "replied"), "opened"),
    (("opened",), "delivered"),
    (("delivered", "permanent_fail", "temporary_fail"), "accepted"),
)
"""Any of these -> that happened once at least. Source: the published description of the operation, in its order."""


def merged(kept: Counters, said: Counters) -> Counters:
    """What was reported before and is reported now, added up, with what that implies."""
    names = Counters.__struct_fields__
    both = {name: min(getattr(kept, name) + getattr(said, name), 1_000_000) for name in names}
    for causes, implied in IMPLIES:
        if not both[implied] and any(both[cause] for cause in causes):
            both[implied] = 1
    return replace(kept, **both)
