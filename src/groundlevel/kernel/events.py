"""What happened, as rows in the transaction in which it happened. Subscribers read them in order."""

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from groundlevel.kernel.wire import Wire


class Event(Wire, tag_field="type", tag=True):
    """One thing that happened. The class is named as on the wire: its name is the payload's `type`.

    `logged = False`: for other areas to react to in the same transaction, and not told to subscribers.
    """

    logged: ClassVar[bool] = True


E = TypeVar("E", bound=Event)
Reaction = Callable[[Any, Any], None]

REACTIONS: dict[type[Event], list[Reaction]] = {}
"""What other areas do in the same transaction when something happens."""

LOG = "events"


def on(kind: type[E]) -> Callable[[Callable[[Any, E], None]], Callable[[Any, E], None]]:
    """Let a function `(ctx, event)` run whenever such an event is emitted, in the same unit of work."""

    def register(reaction: Callable[[Any, E], None]) -> Callable[[Any, E], None]:
        REACTIONS.setdefault(kind, []).append(reaction)
        return reaction

    return register
