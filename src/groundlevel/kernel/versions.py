"""Two living versions of one contract: code speaks v3, `as_of` derives what v2 puts on the wire."""

import types
import typing
from collections.abc import Callable
from operator import attrgetter
from typing import Annotated, Any, TypeGuard, get_args, get_origin

import msgspec
from msgspec import NODEFAULT, Struct
from msgspec.structs import FieldInfo

V2, V3 = "2021-07-28", "v3"
VERSIONS = (V2, V3)
"""Oldest first; the code speaks the last one."""

ACCEPTED = {V3: V3, "2023-02-21": V2, V2: V2, "2021-04-15": V2}
"""What a `Version` header may say, and which contract it means."""


class Was(Struct, frozen=True):
    """The wire name a field had before v3."""

    name: str


class Since(Struct, frozen=True):
    """The first version that has the field."""

    version: str


MEETING_ITSELF, MET_ITSELF = "being derived", "being derived, and referred to meanwhile"


def as_of(version: str, tp: Any, memo: dict[Any, Any]) -> Any:
    """The type as `version` puts it on the wire: the same attributes under older names, newer fields left out.

    A type without a difference is returned itself, so the usual case costs nothing. `memo` is kept by the caller,
    one a version.
    """
    if version == V3 or tp is None:
        return tp
    if get_origin(tp) is Annotated:
        inner, *notes = get_args(tp)
        older = as_of(version, inner, memo)
        annotated: Any = Annotated
        return tp if older is inner else annotated[(older, *notes)]
    if _is_struct(tp):
        if tp not in memo:
            memo[tp] = MEETING_ITSELF
            older = _older(version, tp, memo)
            if memo[tp] is MET_ITSELF and older is not tp:
                raise TypeError(f"{tp.__name__} refers to itself, so its fields cannot differ between versions")
            memo[tp] = older
        elif memo[tp] in (MEETING_ITSELF, MET_ITSELF):
            memo[tp] = MET_ITSELF
            return tp
        return memo[tp]
    if args := get_args(tp):
        older = tuple(as_of(version, a, memo) for a in args)
        if older != args:
            if get_origin(tp) in (typing.Union, types.UnionType):
                union: Any = typing.Union
                return union[older]
            origin: Any = get_origin(tp)
            return origin[older]
    return tp


def _is_struct(tp: Any) -> TypeGuard[type[Struct]]:
    return isinstance(tp, type) and issubclass(tp, Struct)


def _older(version: str, tp: type[Struct], memo: dict[Any, Any]) -> type[Struct]:
    hints = typing.get_type_hints(tp, include_extras=True)
    fields: list[tuple[str, Any, Any]] = []
    changed = False
    for f in msgspec.structs.fields(tp):
        notes = getattr(hints[f.name], "__metadata__", ())
        if any(isinstance(n, Since) for n in notes):
            changed = True
            continue
        name = next((n.name for n in notes if isinstance(n, Was)), f.encode_name)
        field_type = as_of(version, f.type, memo)
        changed |= name != f.encode_name or field_type is not f.type
        fields.append((f.name, field_type, msgspec.field(name=name, **_default(f))))
    if not changed:
        return tp
    config = tp.__struct_config__
    return msgspec.defstruct(
        tp.__name__,
        fields,
        kw_only=True,
        omit_defaults=config.omit_defaults,
        forbid_unknown_fields=config.forbid_unknown_fields,
        tag=config.tag,
        tag_field=config.tag_field,
        module=tp.__module__,  # two areas may have a type of one name
        namespace={"__doc__": tp.__doc__},
    )


def _default(f: FieldInfo) -> dict[str, Any]:
    if f.default is not NODEFAULT:
        return {"default": f.default}
    return {"default_factory": f.default_factory} if f.default_factory is not NODEFAULT else {}


Translate = Callable[[Any], Any]


def translator(old: Any, new: Any) -> Translate | None:
    """How a value of the type `old` becomes one of `new`, its twin in another version; None when it is one already.

    A value in which nothing differs is returned itself: on the wire it is the same.
    """
    if old is new:
        return None
    if get_origin(old) is Annotated:
        return translator(get_args(old)[0], get_args(new)[0])
    if _is_struct(old):
        return _between(old, new)
    if get_origin(old) is list:
        each = translator(get_args(old)[0], get_args(new)[0])
        return each and (lambda values: [each(v) for v in values])
    if get_origin(old) is dict:
        each = translator(get_args(old)[1], get_args(new)[1])
        return each and (lambda values: {k: each(v) for k, v in values.items()})
    return _of_union(get_args(old), get_args(new))


def _between(old: type[Struct], new: type[Struct]) -> Translate:
    kept = {f.name: f for f in msgspec.structs.fields(new)}
    fields = [f for f in msgspec.structs.fields(old) if f.name in kept]
    inner = [(f.name, t) for f in fields if (t := translator(f.type, kept[f.name].type))]
    names = tuple(f.name for f in fields)
    values_of: Callable[[Any], tuple[Any, ...]] = attrgetter(*names, *names[:1])  # a second one makes it a tuple
    renamed = len(kept) != len(old.__struct_fields__) or any(f.encode_name != kept[f.name].encode_name for f in fields)

    def turn(value: Any) -> Any:
        changes: dict[str, Any] = {}
        for name, translate in inner:
            before = getattr(value, name)
            after = translate(before)
            if after is not before:
                changes[name] = after
        if not changes and not renamed:
            return value
        return new(**{**dict(zip(names, values_of(value), strict=False)), **changes})

    return turn


def _of_union(old: tuple[Any, ...], new: tuple[Any, ...]) -> Translate | None:
    """Unions hold at most one struct or container beside None and UNSET."""
    pairs = [(get_origin(a) or a, translator(a, b)) for a, b in zip(old, new, strict=True) if a is not b]
    if not pairs:
        return None
    kind, turn = pairs[0]
    return turn and (lambda value: turn(value) if isinstance(value, kind) else value)
