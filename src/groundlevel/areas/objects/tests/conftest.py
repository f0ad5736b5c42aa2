"""An object to try things with: pets, as a sub-account defines them."""

from dataclasses import dataclass
from typing import Any

import pytest

from groundlevel.conftest import Box

PET = "custom_objects.pet"


@dataclass
class Pets:
    """The object, its records and whatever is asked of them. `folder`: the id of the folder that came with it."""

    box: Box
    schema: dict[str, Any]
    folder: str

    def ask(self, method: str, path: str, status: int = 200, **said: Any) -> Any:
        """The reply of the sub-account's client, which must have this status."""
        reply = self.box.location.request(method, path, **said)
        assert reply.status_code == status, reply.text
        return reply.json()

    def field(self, key: str, kind: str, **said: Any) -> dict[str, Any]:
        """A new field of pets."""
        body = {
            "locationId": self.box.location_id, "objectKey": PET, "parentId": self.folder, "showInForms": True,
            "dataType": kind, "fieldKey": key, "name": key.title(), **said,
        }  # fmt: skip
        return self.ask("POST", "/custom-fields/", 201, json=body)["field"]

    def add(self, key: str = PET, said: dict[str, Any] | None = None, **properties: Any) -> dict[str, Any]:
        """A new record with these properties."""
        body = {"locationId": self.box.location_id, "properties": properties, **(said or {})}
        return self.ask("POST", f"/objects/{key}/records", 201, json=body)["record"]

    def found(self, key: str = PET, **said: Any) -> dict[str, Any]:
        """What a search answers."""
        body = {"locationId": self.box.location_id, "page": 1, "pageLimit": 20, **said}
        return self.ask("POST", f"/objects/{key}/records/search", json=body)

    def names(self, *filters: dict[str, Any], **said: Any) -> list[Any]:
        """The names of the pets that are found, in order."""
        records = self.found(filters=list(filters), **said)["records"]
        return [one["properties"].get("name") for one in records]

    def refusal(self, method: str, path: str, **said: Any) -> tuple[int, Any]:
        """The status and message of a refusal."""
        reply = self.box.location.request(method, path, **said)
        return reply.status_code, reply.json().get("message")


def define(box: Box, key: str = PET, singular: str = "Pet", kind: str = "TEXT") -> dict[str, Any]:
    """A new object, shown by its name."""
    body = {
        "locationId": box.location_id, "key": key, "labels": {"singular": singular, "plural": f"{singular}s"},
        "primaryDisplayPropertyDetails": {"key": "name", "name": "Name", "dataType": kind},
    }  # fmt: skip
    reply = box.location.post("/objects/", json=body)
    assert reply.status_code == 201, reply.text
    return reply.json()["object"]


@pytest.fixture
def pets(box: Box) -> Pets:
    """Pets have a name, and nothing else yet."""
    schema, place = define(box), {"locationId": box.location_id}
    (folder,) = box.location.get(f"/custom-fields/object-key/{PET}", params=place).json()["folders"]
    return Pets(box, schema, folder["id"])
