"""What can be imported: the fields that its columns can be, and how a row of cells becomes a record."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct

from groundlevel.areas.transfers.ahead import Ahead
from groundlevel.areas.transfers.columns import Target
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.store import Table


class Taking(Protocol):
    """How rows of a file with certain columns become records."""

    def read(self, cells: Mapping[str, str]) -> Any:
        """A row's filled cells, by their columns' targets, as the API's own shape. Unprocessable with every fault."""
        ...

    def foresee(self, db: Ahead, said: Sequence[Any]) -> None:
        """Read what the rules will ask for each of these."""
        ...

    def keep(self, ctx: Ctx, said: Any) -> str:
        """Add a record, or change the one that is meant; the id of a new one. A Problem where it is refused."""
        ...


class Kind(Struct, frozen=True):
    """One kind of records. found_by: by which fields rules find records of which tables; nothing where it is open."""

    name: str
    targets: Callable[[Ctx], list[Target]]
    taking: Callable[[Ctx], Taking]
    found_by: Mapping[Table[Any], Collection[str]] = {}
