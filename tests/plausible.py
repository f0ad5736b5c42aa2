"""Requests that have everything they need: what is required, and values that fit it."""

from typing import Any

from msgspec import inspect as shape

TEXTS = {
    "email": "plausible@example.com",
    "phone": "+14155550123",
    "dueDate": "2027-03-01T10:00:00Z",
    "startDate": "2027-03-01T10:00:00Z",
    "startTime": "2027-03-01T10:00:00Z",
    "endTime": "2027-03-01T11:00:00Z",
    "timezone": "Europe/Vienna",
    "country": "US",
    "countryCode": "US",
    "dataType": "TEXT",
    "type": "add",
    "apiKey": "plausible",
    "subject": "Plausible",
    "html": "<p>Plausible</p>",
    "since": "2027-03-01T10:00:00Z",
    "url": "https://plausible.example/hook",
    "redirectTo": "https://plausible.example/offer",
    "password": "Plausible-password-1",
    "objectKey": "contact",
    "firstObjectKey": "contact",
    "secondObjectKey": "contact",
    "filename": "plausible.png",
    "isTyping": "true",
    "legal_reason": "It asked for it.",
    "sender": "+14155550123",
    "fromAddress": "plausible@example.com",
}
"""Values for members that have a form of their own."""


def plausible(info: Any, known: dict[str, str], name: str = "") -> Any:
    """A value that the type takes: what is required, and what is known by its name wherever it may stand.

    What is known as "staff.id" is meant in `staff` only.
    """
    while isinstance(info, shape.Metadata):
        info = info.type
    if isinstance(info, shape.StructType):
        known = known | {k.partition(".")[2]: v for k, v in known.items() if name and k.startswith(f"{name}.")}
        wanted = (f for f in info.fields if f.required or (f.encode_name in known and f.encode_name != "type"))
        return {f.encode_name: plausible(f.type, known, f.encode_name) for f in wanted}
    if isinstance(info, shape.UnionType):
        return plausible(next(t for t in info.types if not isinstance(t, shape.NoneType)), known, name)
    if isinstance(info, shape.LiteralType):
        return info.values[0]
    if isinstance(info, shape.ListType):
        least = [plausible(info.item_type, known, name)] * (info.min_length or 0)
        return [known["locationId"]] if name == "locationIds" else least
    simple = {shape.BoolType: False, shape.IntType: 1, shape.FloatType: 1.0, shape.DictType: {}}
    return simple.get(type(info), known.get(name) or "plausible")
