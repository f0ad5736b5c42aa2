"""A table is a struct plus what you search by."""

from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, Generic, Literal, TypeVar

import msgspec
from msgspec import Struct

from groundlevel.kernel.wire import camel

T = TypeVar("T", bound=Struct)

Owner = Literal["location", "company", "system"]
Kind = Literal["text", "number", "boolean", "any"]


@dataclass(frozen=True, eq=False)
class Table(Generic[T]):
    """Rows of (owner, id, document). The columns for searching are generated from the document, so they agree with it.

    index: fields that are looked up, ranged over or sorted by (attribute names; one index each, the owner first).
    sparse: the same for fields that are not sorted by; records without them cost nothing.
    unique: fields no two documents of an owner may share.
    order: the field lists are sorted by, descending, unless they say otherwise; every index continues with it.
    text: fields searched for a piece of text; kept in lower case by whoever writes the document.
    many: list fields whose elements are looked up. A list of `{id, value}` is looked up as `field.<id>`.
    owner: whose rows these are. "system" rows belong to nobody and are reached by operators and the kernel only.
    """

    name: str
    type: type[T]
    index: tuple[str, ...] = ()
    sparse: tuple[str, ...] = ()
    unique: tuple[str, ...] = ()
    order: str = ""
    text: tuple[str, ...] = ()
    many: tuple[str, ...] = ()
    owner: Owner = "location"
    encoder: msgspec.json.Encoder = field(default_factory=msgspec.json.Encoder, repr=False)

    @cached_property
    def decoder(self) -> msgspec.json.Decoder[T]:
        """Reads a stored document."""
        return msgspec.json.Decoder(self.type)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """All generated columns, the default order among them."""
        names = (*self.unique, *self.index, *self.sparse, *((self.order,) if self.order else ()), *self.text)
        return tuple(dict.fromkeys(names))

    @cached_property
    def sorted_by(self) -> frozenset[str]:
        """The fields with an index that has every record."""
        return frozenset((*self.index, self.order)) - {""}

    @cached_property
    def found_by(self) -> frozenset[str]:
        """The fields with an index for looking up."""
        return self.sorted_by | frozenset(self.sparse)

    @cached_property
    def wire_names(self) -> dict[str, str]:
        """Attribute name -> name in the document."""
        return {f.name: f.encode_name for f in msgspec.structs.fields(self.type)}

    def member(self, name: str) -> str:
        """The document's member for an attribute; a dotted name reaches into objects."""
        head, *rest = name.split(".")
        return ".".join([self.wire_names.get(head, camel(head)), *rest])

    def kind(self, field: str) -> Kind:
        """What values a field has, by its declared type: "any" where it says nothing or several things."""
        return _kind(self.type, field)

    @cached_property
    def of_texts(self) -> frozenset[str]:
        """The list fields whose elements are texts and nothing else."""
        told = msgspec.inspect.type_info(self.type)
        assert isinstance(told, msgspec.inspect.StructType)
        lists = [(f.name, f.type) for f in told.fields if isinstance(f.type, msgspec.inspect.ListType)]
        return frozenset(name for name, kind in lists if isinstance(kind.item_type, msgspec.inspect.StrType))

    @cached_property
    def required(self) -> frozenset[str]:
        """The fields that every document has."""
        return frozenset(f.name for f in msgspec.structs.fields(self.type) if f.required)

    def read(self, doc: Any) -> T:
        """The struct a stored document is."""
        return self.decoder.decode(doc)


_KINDS: dict[type, Kind] = {
    msgspec.inspect.StrType: "text",
    msgspec.inspect.FloatType: "number",
    msgspec.inspect.IntType: "number",
    msgspec.inspect.BoolType: "boolean",
}


@cache
def _kind(shape: type[Struct], field: str) -> Kind:
    kinds = _kinds(msgspec.inspect.type_info(shape), field.split("."))
    return kinds.pop() if len(kinds) == 1 else "any"


def _kinds(told: msgspec.inspect.Type, path: list[str]) -> set[Kind]:
    """The kinds of values at the end of a path into a type."""
    match told:
        case msgspec.inspect.UnionType(types):
            return {kind for one in types for kind in _kinds(one, path)}
        case msgspec.inspect.NoneType():
            return set()
        case msgspec.inspect.StructType(fields=fields) if path:
            return {kind for f in fields if f.name == path[0] for kind in _kinds(f.type, path[1:])}
        case msgspec.inspect.LiteralType(values) if not path:
            return {"text" if all(isinstance(v, str) for v in values) else "any"}
        case _:
            return {"any"} if path else {_KINDS.get(type(told), "any")}


TABLES: dict[str, Table[Any]] = {}
"""Every declared table, by name: what a store makes ready at start-up."""


def declare(table: Table[T]) -> Table[T]:
    """Remember a table; ValueError when its name is taken."""
    if TABLES.setdefault(table.name, table) is not table:
        raise ValueError(f"two tables are called {table.name}")
    return table
