"""What an endpoint is sent of an event: a flat object, whose exact bytes are signed. Pure."""

from typing import Any

import msgspec


def envelope(said: dict[str, Any], at: str, webhook_id: str, app_id: str = "", version_id: str = "") -> bytes:
    """The body for one endpoint: the event's own fields, and whose app at which version it is told to.

    at: when it happened (ISO 8601, UTC). A private integration has no app, so it is told of none.
    """
    first = {name: said[name] for name in ("type", "locationId", "companyId") if name in said}
    app = {"appId": app_id, "versionId": version_id} if app_id else {}
    own = {name: value for name, value in said.items() if name not in first}
    return msgspec.json.encode({**first, **app, **own, "timestamp": at, "webhookId": webhook_id})


def record_of(said: dict[str, Any]) -> str:
    """What an event is about: later events of the same thing wait until the earlier ones have arrived.

    Of a contact's notes and tasks it is the contact, since receivers keep them with it.
    """
    inner: dict[str, Any] = said.get("appointment") or {}
    found = said.get("contactId") or said.get("id") or said.get("_id") or inner.get("id")
    place = said.get("locationId") or said.get("companyId") or ""
    return str(found or f"{said.get('appId') or said.get('type')}@{place}")
