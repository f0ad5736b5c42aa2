"""What a question to the store is made of. Values only: each store turns them into its own SQL."""

from typing import Literal

from msgspec import Struct

Scalar = str | int | float | bool


class Eq(Struct, frozen=True):
    """The field equals the value."""

    field: str
    value: Scalar


class In(Struct, frozen=True):
    """The field equals one of the values."""

    field: str
    values: tuple[Scalar, ...]


class Range(Struct, frozen=True):
    """The field compares so with the value. Text compares by code point; a missing field never does."""

    field: str
    op: Literal["<", "<=", ">", ">="]
    value: Scalar


class Prefix(Struct, frozen=True):
    """The field begins with the value, to the letter."""

    field: str
    value: str


class Contains(Struct, frozen=True):
    """The field has the value somewhere in it, whatever the case of ASCII letters."""

    field: str
    value: str


class Has(Struct, frozen=True):
    """A list field (of `Table.many`) has the element."""

    field: str
    value: Scalar


class HasRange(Struct, frozen=True):
    """A list field (of `Table.many`) has an element of the value's kind (text, number) that compares so with it.

    also: with what of the same kind the same element compares besides, and how: the other end of a stretch.
    """

    field: str
    op: Literal["<", "<=", ">", ">="]
    value: Scalar
    also: tuple[Literal["<", "<=", ">", ">="], Scalar] | None = None


class Exists(Struct, frozen=True):
    """The field has a value: not missing, null, an empty text or an empty list."""

    field: str


class Text(Struct, frozen=True):
    """One of the table's text fields has the value in it (begins with it, where it is under three characters)."""

    value: str


class Not(Struct, frozen=True):
    """The condition does not hold (a missing field makes every comparison false, and its negation true)."""

    condition: "Condition"


class All(Struct, frozen=True):
    """Each condition holds."""

    conditions: tuple["Condition", ...]


class Any_(Struct, frozen=True):
    """At least one condition holds."""

    conditions: tuple["Condition", ...]


Condition = Eq | In | Range | Prefix | Contains | Has | HasRange | Exists | Text | Not | All | Any_


class Sort(Struct, frozen=True):
    """One key of an order. Missing values come last either way; the id, in the same direction, breaks ties."""

    field: str
    descending: bool = False


def flat(conditions: tuple[Condition, ...]) -> list[Condition]:
    """The conditions that must all hold, with groups of AND, and groups of one, opened."""
    out: list[Condition] = []
    for c in conditions:
        while isinstance(c, Any_) and len(c.conditions) == 1:
            c = c.conditions[0]
        out.extend(flat(c.conditions) if isinstance(c, All) else [c])
    return out
