"""An installation with one record of every kind, and requests that it could answer."""

from dataclasses import dataclass, field
from typing import Any

from httpx2 import Response
from msgspec import inspect as shape
from tests.booked import around_calendars
from tests.furnished import (
    app_of,
    calendars_of,
    deals_of,
    fields_of,
    furnish,
    hooks_of,
    objects_of,
    person_of,
    records_of,
)
from tests.plausible import TEXTS, plausible
from tests.talking import numbers_of, talk_of

from groundlevel.conftest import Box
from groundlevel.kernel.area import OPERATOR, Operation
from groundlevel.kernel.binding import bound
from groundlevel.kernel.store import Owners

SAME = {"app": "apps", "location": "locations"}
"""Segments of paths that go before the ids of others."""
A_CONTACT = {"email": "a@example.com", "phone": "+14155550177"}
A_TASK = {"title": "Call", "dueDate": "2027-03-01T10:00:00Z", "completed": False}


@dataclass
class Place:
    """An installation with one record of every kind in its first sub-account, and a rival agency.

    ids: those of the records, where they are there already.
    """

    box: Box
    ids: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.ids:
            self.furnish()

    def furnish(self) -> None:
        """Make the records."""
        box, here = self.box, self.box.location_id
        box.sandbox.do(Owners(system=True), furnish)
        operator, location = box.operator, box.location
        made = {
            "campaigns": operator.post(f"/operator/locations/{here}/campaigns", json={"name": "Spring"}),
            "workflow": operator.post(f"/operator/locations/{here}/workflows", json={"name": "Welcome"}),
            "businesses": location.post("/businesses/", json={"locationId": here, "name": "Bakery"}),
            "contacts": location.post("/contacts/", json={"locationId": here, **A_CONTACT}),
            "customFields": location.post(
                f"/locations/{here}/customFields", json={"name": "Size", "dataType": "TEXT", "model": "contact"}
            ),
            "tags": location.post(f"/locations/{here}/tags", json={"name": "Kept"}),
            "tokens": operator.post("/operator/tokens", json={"name": "t", "scopes": [], "companyId": box.company_id}),
        }
        self.ids = {name: id_of(reply) for name, reply in made.items()}
        contact = f"/contacts/{self.ids['contacts']}"
        self.ids |= {
            "notes": id_of(location.post(f"{contact}/notes", json={"body": "A note"})),
            "tasks": id_of(location.post(f"{contact}/tasks", json=A_TASK)),
            "workflows": self.ids["workflow"], "business": self.ids["businesses"], "users": box.user_id,
            "locations": here, "companies": box.company_id, "update": "add", "jobs": "0" * 24,
        }  # fmt: skip
        self.ids |= app_of(box) | person_of(box) | fields_of(box)
        self.ids |= objects_of(box, self.ids["contacts"])
        self.ids |= hooks_of(box, self.ids["apps"]) | records_of(box) | deals_of(box)
        self.ids |= calendars_of(box)
        self.ids |= around_calendars(box, self.ids["calendars"], self.ids["contacts"])
        self.ids |= talk_of(box, self.ids["apps"], self.ids["contacts"])
        self.ids |= numbers_of(box)

    def token(self, kind: Any, scopes: list[str], company: str = "", location: str = "") -> str:
        """A new token's value."""
        return self.box.sandbox.token(kind, scopes, company or self.box.company_id, location)

    def path(self, op: Operation, version: str, **others: str) -> str:
        """The path with the ids of records that are there; `others` stand in for some of them."""
        before, parts = "", list[str]()
        for part in op.path_in(version).split("/"):
            kind = SAME.get(before, before)
            kind = f"{op.area.name} {kind}" if f"{op.area.name} {kind}" in self.ids else kind
            parts.append((others.get(kind) or self.ids[kind]) if part.startswith("{") else part)
            before = part
        return "/".join(parts)

    def ask(self, op: Operation, version: str, token: str | None, **others: str) -> Response:
        """A request that has everything it needs but, maybe, the right to be answered."""
        shapes = bound(op, version)
        known = {
            **dict.fromkeys(("locationId", "location_id"), others.get("locations", self.ids["locations"])),
            "companyId": self.ids["companies"],
            "businessId": self.ids["businesses"], "contactId": self.ids["contacts"], "appId": self.ids["apps"],
            "meterId": self.ids["meters"], "appVersionId": self.ids["version"],
            "tokenId": self.ids["untold"], "parentId": self.ids["folder"], "pipelineId": self.ids["pipelines"],
            "calendarId": self.ids["calendars"],
            "associationId": self.ids["associations"], "firstRecordId": self.ids["contacts"],
            "conversationId": self.ids["conversations"], "visitorId": self.ids["visitors"],
            "conversationProviderId": self.ids["custom"], "subtype_id": self.ids["custom-subtypes"],
            "secondRecordId": self.ids["lonely"], "userId": self.ids["users"],
            "staff.id": self.ids["users"], "services.id": self.ids["catalog"],
            "altId": others.get("locations", self.ids["locations"]), **TEXTS,
            "verify": self.ids["contacts"],
            "phoneNumber": self.ids["owned"] if op.scope == OPERATOR else "+14155550144",
        }  # fmt: skip
        query = plausible(shape.type_info(shapes.query), known) if shapes.query else {}
        body = plausible(shape.type_info(shapes.body), known) if shapes.body else None
        client = self.box.sandbox.client(token, version)
        return client.request(op.method, self.path(op, version, **others), params=query, json=body)


def id_of(reply: Response) -> str:
    """The id of what was made, wherever the reply has it."""
    assert reply.status_code in (200, 201), reply.text
    told = reply.json()
    return told.get("id") or next(v["id"] for v in told.values() if isinstance(v, dict))
