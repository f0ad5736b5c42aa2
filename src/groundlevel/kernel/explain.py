"""The second look at a request that did not fit its type: every violation, in the words clients know.

The good request never comes here. The texts are those of the validator behind the hosted service.
"""

import re
from typing import Any, cast

import msgspec
from msgspec import inspect as shape

_PLAIN: dict[type, tuple[str, type | tuple[type, ...]]] = {
    shape.StrType: ("a string", str),
    shape.IntType: ("an integer number", int),
    shape.FloatType: ("a number conforming to the specified constraints", (int, float)),
    shape.BoolType: ("a boolean value", bool),
    shape.DictType: ("an object", dict),
}


def violations(value: Any, tp: Any, *, strict: bool = True) -> list[str]:
    """Everything about `value` that keeps it from being a `tp`. Not strict: texts may stand for numbers (queries)."""
    info = shape.type_info(tp)
    if isinstance(info, shape.StructType) and isinstance(value, dict):
        return _members(value, info, "", strict)
    return _look(value, info, "body", strict)


def _look(value: Any, info: shape.Type, name: str, strict: bool) -> list[str]:
    extra: dict[str, Any] = {}
    while isinstance(info, shape.Metadata):
        extra |= cast(dict[str, Any], info.extra or {})  # pyright: ignore[reportUnknownMemberType]
        info = info.type
    if isinstance(info, shape.StructType):
        return _members(value, info, name, strict)
    if isinstance(info, shape.UnionType):
        return _either(value, info, name, strict)
    if isinstance(info, shape.ListType):
        return _items(value, info, name, strict)
    if isinstance(info, shape.LiteralType | shape.EnumType):
        allowed = list(info.values) if isinstance(info, shape.LiteralType) else [m.value for m in info.cls]
        fits = any(type(value) is type(a) and value == a for a in allowed)
        return [] if fits else [f"{name} must be one of the following values: {', '.join(map(str, allowed))}"]
    found = _plain(value, info, name, strict)
    return [f"{name} {extra['explain']}"] if found and "explain" in extra else found


def _members(value: Any, info: shape.StructType, name: str, strict: bool) -> list[str]:
    if not isinstance(value, dict):
        return [f"{name} must be an object"]
    given: dict[str, Any] = value  # pyright: ignore[reportUnknownVariableType]
    known = {f.encode_name: f for f in info.fields}
    inside = f"{name}." if name else ""
    found: list[str] = []
    if info.forbid_unknown_fields:
        found += [f"{inside}property {key} should not exist" for key in given if key not in known]
    for key, field in known.items():
        if key in given:
            found += _look(given[key], field.type, inside + key, strict)
        elif field.required:
            found += _look(None, field.type, inside + key, strict)
    return found


def _either(value: Any, info: shape.UnionType, name: str, strict: bool) -> list[str]:
    """Fits one of the types, or is told what the first one wants (None and 'not sent' are not wants)."""
    if value is None and any(isinstance(t, shape.NoneType) for t in info.types):
        return []
    choices = [t for t in info.types if not isinstance(t, shape.NoneType)]
    tried = [_look(value, t, name, strict) for t in choices]
    return [] if not tried or any(not t for t in tried) else min(tried, key=len)


def _items(value: Any, info: shape.ListType, name: str, strict: bool) -> list[str]:
    if not isinstance(value, list):
        return [f"{name} must be an array"]
    items: list[Any] = value  # pyright: ignore[reportUnknownVariableType]
    found: list[str] = []
    if info.max_length is not None and len(items) > info.max_length:
        found.append(f"{name} must contain no more than {info.max_length} elements")
    if info.min_length is not None and len(items) < info.min_length:
        found.append(f"{name} must contain at least {info.min_length} elements")
    inner = info.item_type
    while isinstance(inner, shape.Metadata):
        inner = inner.type
    if isinstance(inner, shape.StructType):
        return found + [text for i, item in enumerate(items) for text in _look(item, inner, f"{name}.{i}", strict)]
    wrong = next((text for item in items for text in _look(item, info.item_type, name, strict)), None)
    return [*found, f"each value in {wrong}"] if wrong else found


def _plain(value: Any, info: shape.Type, name: str, strict: bool) -> list[str]:
    if isinstance(info, shape.AnyType | shape.RawType):
        return []
    if isinstance(info, shape.NoneType):
        return [] if value is None else [f"{name} must be null"]
    words, wanted = _PLAIN.get(type(info), ("valid", object))
    if not strict and isinstance(value, str) and not isinstance(info, shape.StrType):
        value = _loosely(value, info)
    if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
        return [f"{name} must be {words}"]
    if isinstance(info, shape.StrType):
        return _text(cast(str, value), info, name)
    return _number(value, info, name) if isinstance(info, shape.IntType | shape.FloatType) else []


def _loosely(value: str, info: shape.Type) -> Any:
    wanted = {"IntType": int, "FloatType": float, "BoolType": bool}.get(type(info).__name__)
    try:
        return msgspec.convert(value, wanted, strict=False) if wanted else value
    except msgspec.ValidationError:
        return value


def _text(value: str, info: shape.StrType, name: str) -> list[str]:
    if info.max_length is not None and len(value) > info.max_length:
        return [f"{name} must be shorter than or equal to {info.max_length} characters"]
    if info.min_length is not None and len(value) < info.min_length:
        return [f"{name} must be longer than or equal to {info.min_length} characters"]
    if info.pattern and not re.search(info.pattern, value):
        return [f"{name} must match {info.pattern} regular expression"]
    return []


def _number(value: Any, info: shape.IntType | shape.FloatType, name: str) -> list[str]:
    if info.le is not None and value > info.le:
        return [f"{name} must not be greater than {info.le}"]
    if info.ge is not None and value < info.ge:
        return [f"{name} must not be less than {info.ge}"]
    return []
