"""Which column of a file is which field: guessed by its heading, or said. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from groundlevel.areas.custom_fields import CustomField
from groundlevel.kernel.wire import camel


class Target(Struct, frozen=True):
    """What a column can be: `name` as it is said, and headings that mean it. field: of a custom one."""

    name: str
    headings: tuple[str, ...] = ()
    field: CustomField | None = None


class WrongColumns(Exception):
    """A column is said to be what there is not; the text says which."""


def plain(heading: str) -> str:
    """A heading as it is compared: its letters and digits."""
    return re.sub(r"[\W_]+", "", heading.lower())


def targets_of(fields: Mapping[str, str], custom: Sequence[CustomField]) -> list[Target]:
    """Fields (by name, with further headings between spaces) and custom fields (by key, or the name people gave it)."""
    own = [Target(name, tuple(more.split())) for name, more in fields.items()]
    return own + [Target(field.field_key, (field.name, field.bare_key, field.id), field) for field in custom]


def guessed(headings: Iterable[str], targets: Sequence[Target]) -> list[str]:
    """The target's name for each heading, "" where it means none. The first column that means a target has it."""
    known: dict[str, str] = {}
    for target in targets:
        for heading in (target.name, *target.headings):
            known.setdefault(plain(heading), target.name)
    found: list[str] = []
    for heading in headings:
        name = known.get(plain(heading), "") if plain(heading) else ""
        found.append("" if name in found else name)
    return found


def said(headings: Sequence[str], targets: Sequence[Target], mapping: Mapping[str, str]) -> list[str]:
    """The same, but for the headings that are said to be something; "" leaves a column out. WrongColumns."""
    if strange := [heading for heading in mapping if heading not in headings]:
        raise WrongColumns(f"The file has no column {', '.join(strange)}. It has: {', '.join(headings)}.")
    exact = {alias: t.name for t in targets for alias in (t.field.id if t.field else "", camel(t.name), t.name)}
    if strange := [name for name in mapping.values() if name and name not in exact]:
        can = ", ".join(t.name for t in targets)
        raise WrongColumns(f"There is no field {', '.join(strange)}. A column can be: {can}.")
    wanted = {heading: exact[name] if name else "" for heading, name in mapping.items()}
    guesses = guessed([h if h not in wanted else "" for h in headings], targets)
    taken = {name for name in wanted.values() if name}
    found = [wanted.get(h, "" if guess in taken else guess) for h, guess in zip(headings, guesses, strict=True)]
    if twice := {name for name in found if name and found.count(name) > 1}:
        raise WrongColumns(f"Several columns are said to be {', '.join(sorted(twice))}.")
    if not any(found):
        raise WrongColumns("None of the columns is a field that we know; say which is which.")
    return found
