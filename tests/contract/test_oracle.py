"""The contract as an oracle: every reply to every published operation, with rich data, is as its schema says."""

import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from jsonschema import Draft202012Validator
from tests.contract.booked import around_calendars
from tests.contract.calendars import calendars
from tests.contract.deals import opportunities
from tests.contract.numbers import addresses, numbers
from tests.contract.places import places
from tests.contract.talks import talks

from groundlevel.conftest import Box
from groundlevel.kernel.versions import V2, V3
from groundlevel.kernel.wire import snake

FOLDERS = {V2: "v2", V3: "v3"}
FIELDS = {
    "text": {"name": "Size", "dataType": "TEXT", "model": "contact"},
    "number": {"name": "Age", "dataType": "NUMERICAL", "model": "contact"},
    "list": {"name": "Colours", "dataType": "MULTIPLE_OPTIONS", "model": "contact", "options": ["red", "blue"]},
}
VALUES = {"text": "M", "number": 36.5, "list": ["red", "blue"]}
Deviations = dict[tuple[str, str], str]


@pytest.fixture(scope="module")
def reader(contract: Path) -> Iterator[Any]:
    """The contract's own program, for its reading of the schemas."""
    told = importlib.util.spec_from_file_location("published_contract", contract / "conformance.py")
    assert told and told.loader
    module = sys.modules[told.name] = importlib.util.module_from_spec(told)
    told.loader.exec_module(module)
    yield module
    del sys.modules[told.name]


class Oracle:
    """Asks, and holds each reply against what is published of the operation that answered."""

    def __init__(self, box: Box, reader: Any) -> None:
        self.box, self.published = box, dict[tuple[str, str, str], Any]()
        self.asked: set[str] = set()
        self.wrong: dict[str, list[str]] = {}
        for folder in FOLDERS.values():
            for op in reader.read_contract(folder, []):
                self.published[folder, op.method.upper(), op.template] = op

    def ask(self, version: str, method: str, path: str, **said: Any) -> Any:
        """The reply's JSON; what is wrong with it is kept for the end."""
        client = self.box.v2 if version == V2 else self.box.location
        reply = client.request(method, path, **said)
        bound, _ = self.box.sandbox.app.paths.find(method, version, path)
        assert bound, path
        self.asked.add(bound.fn.__name__)
        assert reply.status_code == bound.status, f"{method} {path}: {reply.text}"
        template = "/".join("{}" if p.startswith("{") else p for p in bound.path_in(version).split("/")).rstrip("/")
        if not reply.headers["content-type"].startswith("application/json"):
            return None
        self.judge((FOLDERS[version], method, template), reply)
        return reply.json()

    def judge(self, key: tuple[str, str, str], reply: Response) -> None:
        """Every way in which the reply is not as published."""
        op = self.published[key]
        schema = op.answer_schema(reply.status_code)
        if schema is None:
            return
        errors = Draft202012Validator(schema).iter_errors(reply.json())
        found = [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:150]}" for e in errors]
        if found:
            self.wrong.setdefault(op.name, []).extend(found)


@pytest.fixture
def oracle(box: Box, reader: Any) -> Oracle:
    """One for each test, with an installation of its own."""
    return Oracle(box, reader)


def furnished(oracle: Oracle, version: str) -> dict[str, str]:
    """A contact with everything on it, and what it hangs on."""
    box, ask, here = oracle.box, oracle.ask, oracle.box.location_id
    fields = {
        kind: ask(version, "POST", f"/locations/{here}/customFields", json=field)["customField"]["id"]
        for kind, field in FIELDS.items()
    }
    business = ask(version, "POST", "/businesses/", json={"locationId": here, "name": "Bakery"})
    said = {
        "locationId": here, "firstName": "Ada", "lastName": "Byron", "email": "ada@example.com", "tags": ["a", "b"],
        "phone": "+14155550123", "address1": "1 Way", "city": "London", "state": "X", "country": "GB", "source": "web",
        "postalCode": "1", "website": "https://example.com", "timezone": "Europe/London", "companyName": "Engines",
        "dateOfBirth": "1990-12-10", "assignedTo": box.user_id, "dnd": True, "gender": "female",
        "customFields": [{"id": fields[kind], "value": value} for kind, value in VALUES.items()],
        "dndSettings": {"SMS" if version == V2 else "sms": {"status": "active", "message": "m"}},
    }  # fmt: skip
    contact = ask(version, "POST", "/contacts/", json=said)["contact"]["id"]
    operator, there = box.operator, f"/operator/locations/{here}"
    return {
        "contact": contact, "field": fields["text"],
        "business": next(v["id"] for v in business.values() if isinstance(v, dict)),
        "campaign": operator.post(f"{there}/campaigns", json={"name": "Spring"}).json()["id"],
        "workflow": operator.post(f"{there}/workflows", json={"name": "Welcome"}).json()["id"],
    }  # fmt: skip


def contacts(oracle: Oracle, version: str, ids: dict[str, str]) -> None:
    """The record itself, lists and searches."""
    ask, here, at = oracle.ask, oracle.box.location_id, f"/contacts/{ids['contact']}"
    place = {"locationId": here}
    ask(version, "GET", at)
    ask(version, "PUT", at, json={"lastName": "Lovelace"})
    ask(version, "POST", "/contacts/upsert", json={**place, "email": "ada@example.com"})
    ask(version, "POST", "/contacts/upsert", json={**place, "email": "new@example.com"})
    ask(version, "POST", "/contacts/search", json={**place, "pageLimit": 20})
    ask(version, "GET", "/contacts/search/duplicate", params={**place, "email": "ada@example.com"})
    ask(
        version,
        "POST",
        "/contacts/bulk/business",
        json={**place, "ids": [ids["contact"]], "businessId": ids["business"]},
    )
    ask(version, "GET", f"/contacts/business/{ids['business']}", params=place)
    bulk = {**place, "contacts": [ids["contact"], "nobody"], "tags": ["c"]}
    ask(version, "POST", "/contacts/bulk/tags/update/add", json=bulk)
    ask(version, "POST", "/contacts/bulk/tags/update/remove", json=bulk)
    if version == V2:
        ask(version, "GET", "/contacts/", params={**place, "limit": 1})


def hanging_on(oracle: Oracle, version: str, ids: dict[str, str]) -> None:
    """What hangs on a contact, to its end."""
    ask, at, user = oracle.ask, f"/contacts/{ids['contact']}", oracle.box.user_id
    note = ask(version, "POST", f"{at}/notes", json={"body": "Called", "userId": user})["note"]["id"]
    ask(version, "GET", f"{at}/notes")
    ask(version, "GET", f"{at}/notes/{note}")
    ask(version, "PUT", f"{at}/notes/{note}", json={"body": "Called twice"})
    ask(version, "DELETE", f"{at}/notes/{note}")
    said = {"title": "Call", "body": "b", "dueDate": "2027-03-01T10:00:00Z", "completed": False, "assignedTo": user}
    task = ask(version, "POST", f"{at}/tasks", json=said)["task"]["id"]
    ask(version, "GET", f"{at}/tasks")
    ask(version, "GET", f"{at}/tasks/{task}")
    ask(version, "PUT", f"{at}/tasks/{task}", json={"title": "Write"})
    ask(version, "PUT", f"{at}/tasks/{task}/completed", json={"completed": True})
    ask(version, "DELETE", f"{at}/tasks/{task}")
    for what, value in (("tags", ["x"]), ("followers", [user])):
        ask(version, "POST", f"{at}/{what}", json={what: value})
        ask(version, "DELETE", f"{at}/{what}", json={what: value})
    ask(version, "GET", f"{at}/appointments")
    campaign, workflow = f"{at}/campaigns/{ids['campaign']}", f"{at}/workflow/{ids['workflow']}"
    ask(version, "POST", campaign, json={})
    ask(version, "DELETE", campaign)
    ask(version, "DELETE", f"{at}/campaigns/{'removeAll' if version == V2 else 'remove-all'}")
    ask(version, "POST", workflow, json={})
    ask(version, "DELETE", workflow, json={})
    ask(version, "DELETE", at)


def around(oracle: Oracle, version: str, ids: dict[str, str]) -> None:
    """What contacts lean on."""
    ask, here = oracle.ask, oracle.box.location_id
    for path in ("/campaigns/", "/workflows/", "/businesses/"):
        ask(version, "GET", path, params={"locationId": here})
    ask(version, "GET", f"/businesses/{ids['business']}")
    ask(version, "PUT", f"/businesses/{ids['business']}", json={"name": "Mill"})
    ask(version, "DELETE", f"/businesses/{ids['business']}")
    field = f"/locations/{here}/customFields/{ids['field']}"
    ask(version, "GET", f"/locations/{here}/customFields")
    ask(version, "GET", field)
    ask(version, "PUT", field, json={"name": "Length"})
    ask(version, "DELETE", field)
    tag = ask(version, "POST", f"/locations/{here}/tags", json={"name": "Vip"})["tag"]["id"]
    ask(version, "GET", f"/locations/{here}/tags")
    ask(version, "GET", f"/locations/{here}/tags/{tag}")
    ask(version, "PUT", f"/locations/{here}/tags/{tag}", json={"name": "Top"})
    ask(version, "DELETE", f"/locations/{here}/tags/{tag}")
    ask(version, "GET", f"/locations/{here}")
    ask(version, "GET", f"/users/{oracle.box.user_id}")
    ask(version, "GET", "/users/search", params={"companyId": oracle.box.company_id, "locationId": here})
    ask(version, "GET", "/locations/search", params={"companyId": oracle.box.company_id})


def apps(oracle: Oracle, version: str, _: dict[str, str]) -> None:
    """What apps ask where they are installed, to their end there."""
    ask, operator, here = oracle.ask, oracle.box.operator, oracle.box.location_id
    whose = {"locationId": here, "companyId": oracle.box.company_id}
    app = operator.post("/operator/apps", json={"name": "Texter"}).json()
    at = f"/operator/apps/{app['id']}"
    plan = operator.post(f"{at}/plans", json={"name": "Monthly", "amount": 9, "features": ["a"]}).json()["planId"]
    meter = operator.post(f"{at}/meters", json={"name": "Messages", "price": 0.01}).json()["meterId"]
    operator.post(f"{at}/installations", json=whose | {"planId": plan, "userId": oracle.box.user_id})
    operator.post("/operator/wallets/top-up", json=whose | {"amount": 5})
    operator.put(f"/operator/companies/{oracle.box.company_id}", json={"domain": "a.example", "logoUrl": "https://l"})

    billing, of_app = "/marketplace/billing/charges", {"appId": app["id"]}
    said = whose | of_app | {"meterId": meter, "eventId": "e", "description": "d", "units": 2.5, "userId": "u"}
    charge = ask(version, "POST", billing, json=said)["chargeId"]
    ask(version, "GET", f"{billing}/{charge}")
    ask(version, "DELETE", f"{billing}/{charge}")
    ask(version, "GET", billing)
    ask(version, "GET", f"{billing}/has-funds")
    tokens = {"type": "oauth2", "accessToken": "a", "refreshToken": "r", "accountId": "x"}
    migration = {"locationId": here, "appVersionId": app["versionId"], **of_app, **tokens}
    ask(version, "POST", "/marketplace/external-auth/migration", json=migration)
    key = operator.post(f"{at}/keys", json={}).json()
    client = {"clientId": key["id"], "clientSecret": key["clientSecret"]}
    granted = client | {"grantType": "client_credentials", "userType": "Location"}
    ask(version, "POST", "/oauth/token", json=granted if version == V3 else {snake(k): v for k, v in granted.items()})
    ask(version, "GET", f"/marketplace/app/{app['id']}/rebilling-config/location/{here}")
    ask(version, "GET", f"/marketplace/app/{app['id']}/installations")
    key = oracle.box.operator.post(f"/operator/apps/{app['id']}/keys", json={}).json()
    client = {"clientId": key["id"], "clientSecret": key["clientSecret"], "grantType": "client_credentials"}
    ask(version, "POST", "/oauth/token", json={**client, "userType": "Location"})
    ask(version, "DELETE", f"/marketplace/app/{app['id']}/installations", json={"locationId": here})


def objects(oracle: Oracle, version: str, _: dict[str, str]) -> None:
    """An object of the sub-account's own with its fields, a record and what it is related to, to their end."""
    ask, key = oracle.ask, f"custom_objects.{'boat' if version == V2 else 'ship'}"
    place = {"locationId": oracle.box.location_id}
    primary = {"key": "name", "name": "Name", "dataType": "TEXT"}
    said = {"key": key, "labels": {"singular": "Boat", "plural": "Boats"}, "primaryDisplayPropertyDetails": primary}
    ask(version, "POST", "/objects/", json=place | said)
    folder = ask(version, "POST", "/custom-fields/folder", json=place | {"objectKey": key, "name": "More"})["id"]
    ask(version, "PUT", f"/custom-fields/folder/{folder}", json=place | {"name": "Most"})
    common = place | {"objectKey": key, "parentId": folder, "showInForms": True}
    options = [{"key": "a", "label": "A", "url": "https://example.com/a.png"}]
    radio = common | {"dataType": "RADIO", "fieldKey": "kind", "options": options, "allowCustomOption": True}
    field = ask(version, "POST", "/custom-fields/", json=radio)["field"]["id"]
    files = common | {"dataType": "FILE_UPLOAD", "fieldKey": "papers", "acceptedFormats": ".pdf", "maxFileLimit": 2}
    ask(version, "POST", "/custom-fields/", json=files | {"description": "d", "placeholder": "p"})
    ask(version, "GET", f"/custom-fields/{field}")
    ask(version, "GET", f"/custom-fields/object-key/{key}", params=place)
    ask(version, "PUT", f"/custom-fields/{field}", json=place | {"showInForms": False, "name": "Kind"})
    ask(version, "PUT", f"/objects/{key}", json=place | {"searchableProperties": [f"{key}.name"], "description": "d"})
    ask(version, "GET", "/objects/", params=place)
    ask(version, "GET", f"/objects/{key}", params=place | {"fetchProperties": "true"})
    ask(version, "GET", "/objects/contact", params=place | {"fetchProperties": "true"})
    records, user = f"/objects/{key}/records", [oracle.box.user_id]
    full = place | {"properties": {"name": "Aurora", "kind": "a"}, "owner": user, "followers": user}
    record = ask(version, "POST", records, json=full)["record"]["id"]
    ask(version, "GET", f"{records}/{record}")
    ask(version, "PUT", f"{records}/{record}", params=place, json={"properties": {"kind": "other"}})
    ask(version, "POST", f"{records}/search", json=place | {"page": 1, "pageLimit": 5, "query": "auro"})
    associated(oracle, version, key, record)
    ask(version, "DELETE", f"{records}/{record}")
    ask(version, "DELETE", f"/custom-fields/{field}")
    ask(version, "DELETE", f"/custom-fields/folder/{folder}", params=place)


def associated(oracle: Oracle, version: str, key: str, record: str) -> None:
    """An association with contacts, and a relation of the record's."""
    ask, place = oracle.ask, {"locationId": oracle.box.location_id}
    ends = {"firstObjectKey": "contact", "firstObjectLabel": "Owner", "secondObjectKey": key, "secondObjectLabel": "B"}
    by = ask(version, "POST", "/associations/", json=place | ends | {"key": "owns"})["id"]
    one = f"/associations/{by}"
    ask(version, "GET", one)
    ask(version, "GET", "/associations/key/owns", params=place)
    ask(version, "GET", f"/associations/objectKey/{key}", params=place)
    ask(version, "GET", "/associations/", params=place | {"skip": 0, "limit": 10})
    ask(version, "PUT", one, json={"firstObjectLabel": "Skipper", "secondObjectLabel": "Boat"})
    said = {"associationId": by, "firstRecordId": oracle.box.new_contact(firstName="Ann"), "secondRecordId": record}
    relation = ask(version, "POST", "/associations/relations", json=place | said)["id"]
    ask(version, "GET", f"/associations/relations/{record}", params=place | {"skip": 0, "limit": 10})
    ask(version, "DELETE", f"/associations/relations/{relation}", params=place)
    ask(version, "DELETE", one)


@pytest.mark.parametrize("version", [V2, V3])
def test_every_reply_is_as_published(oracle: Oracle, version: str, deviations: Deviations) -> None:
    """What only agencies may ask is left to the contract's own program."""
    ids = furnished(oracle, version)
    every = (contacts, hanging_on, around, apps, objects, opportunities, places)
    for script in (*every, calendars, around_calendars, talks, numbers, addresses):
        script(oracle, version, ids)
    listed = {name for name, check in deviations if check == "oracle" and name.startswith(FOLDERS[version])}
    known = listed | {name for name, check in deviations if check == "shape"}
    other = {name: wrong for name, wrong in oracle.wrong.items() if name not in known}
    assert not other, json.dumps(other, indent=1)
    assert listed - set(oracle.wrong) == set(), "these deviate no longer"
    served = {
        op.fn.__name__
        for area in oracle.box.sandbox.app.areas
        for op in area.operations
        if not area.versionless and version in op.versions and op.tokens != "agency"
    }
    assert served - oracle.asked == set(), "no script asks these"
