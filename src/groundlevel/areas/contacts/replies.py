"""Replies that say no more than that it was done."""

from typing import Annotated

from groundlevel.kernel.versions import V3, Since
from groundlevel.kernel.wire import Wire


class Succeeded(Wire, omit_defaults=False):
    """Done. Both spellings are sent, as the service does; the right one since v3."""

    succeeded: Annotated[bool, Since(V3)] = True
    succeded: bool = True


class Traced(Succeeded, kw_only=True):
    """Done, and the id of this call in the log."""

    trace_id: str
