"""What an installation of the authorisation tests has of apps and of people."""

from typing import Any

from msgspec.structs import replace

from groundlevel.areas.companies import COMPANIES, Company
from groundlevel.areas.locations import Location, LocationSettings, add_location
from groundlevel.areas.oauth.grants import Grant, issue, new_grant
from groundlevel.areas.operator import INSTALLATION, Installation
from groundlevel.areas.people.sessions import SESSIONS, start_session
from groundlevel.areas.users import USERS
from groundlevel.areas.webhooks import signer
from groundlevel.areas.webhooks.planning import plan, unplanned
from groundlevel.areas.webhooks.posting import Taking
from groundlevel.conftest import Box
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.kernel.store import Owners

A_LINK = {"name": "Offer", "redirectTo": "https://example.com"}
A_FILE = {"hosted": "true", "fileUrl": "https://example.com/dot.png"}
A_MENU = {
    "title": "Help", "url": "https://example.com", "icon": {"name": "house", "fontFamily": "fas"}, "locations": [],
    "showOnCompany": True, "showOnLocation": True, "showToAllLocations": True, "openMode": "iframe", "userRole": "all",
}  # fmt: skip
RIVAL, RIVALS_PLACE = "RivalRivalRivalRiv01", "FarFarFarFarFarFar01"


def furnish(ctx: Ctx) -> None:
    """A test installation, in which there is another agency with a sub-account of its own."""
    ctx.db.put(INSTALLATION, Installation(id="installation", test=True))
    ctx.db.put(COMPANIES, Company(id=RIVAL, name="Rival", date_added=ctx.stamp))
    place = Location(
        id=RIVALS_PLACE, company_id=RIVAL, name="Far", date_added=ctx.stamp, settings=LocationSettings()
    )  # fmt: skip
    add_location(ctx, place)


def app_of(box: Box) -> dict[str, str]:
    """The ids of an app at the first sub-account, and of what hangs on it."""
    operator, whose = box.operator, {"locationId": box.location_id, "companyId": box.company_id}
    app = operator.post("/operator/apps", json={"name": "App"}).json()
    at = f"/operator/apps/{app['id']}"
    made = {
        "plans": operator.post(f"{at}/plans", json={"name": "Plan"}).json()["planId"],
        "meters": operator.post(f"{at}/meters", json={"name": "Meter", "price": 1}).json()["meterId"],
        "keys": operator.post(f"{at}/keys", json={}).json()["id"],
    }
    operator.post(f"{at}/installations", json=whose)
    operator.post("/operator/wallets/top-up", json=whose | {"amount": 100})
    said = {"appId": app["id"], "meterId": made["meters"], "eventId": "e", "description": "d", "units": 1}
    charged = box.location.post("/marketplace/billing/charges", json=whose | said)
    return made | {"apps": app["id"], "version": app["versionId"], "charges": charged.json()["chargeId"]}


def hooks_of(box: Box, app_id: str) -> dict[str, str]:
    """The ids of a delivery to the app, of its endpoint, and of a subscription; and keys to sign with."""
    url, sandbox = "https://hooks.example/hook", box.sandbox
    box.operator.put(f"/operator/apps/{app_id}/webhook", json={"url": url})
    sandbox.do(Owners(system=True), signer)
    store, now = sandbox.app.store, sandbox.clock.now()
    logged = unplanned(store, 200, None)
    store.write(SYSTEM, lambda db: plan(Taking(db, now, lambda *_: 0), logged))
    said = {"name": "t", "scopes": [], "companyId": box.company_id}
    first, second = (box.operator.post("/operator/tokens", json=said).json()["id"] for _ in range(2))
    made = box.operator.post("/operator/webhooks/integrations", json={"tokenId": first, "url": url})
    (delivery,) = box.operator.get("/operator/webhooks/deliveries").json()["deliveries"]
    ids = {"deliveries": delivery["webhookId"], "endpoints": app_id, "integrations": made.json()["id"]}
    return ids | {"untold": second}


def fields_of(box: Box) -> dict[str, str]:
    """The ids of a field of contacts and of its folder."""
    place = {"locationId": box.location_id, "objectKey": "contact"}
    folder = box.location.post("/custom-fields/folder", json=place | {"name": "Facts"}).json()["id"]
    said = {"dataType": "TEXT", "fieldKey": "length", "parentId": folder, "showInForms": True}
    field = box.location.post("/custom-fields/", json=place | said).json()["field"]
    return {"folder": folder, "custom-fields": field["id"]}


def objects_of(box: Box, contact_id: str) -> dict[str, str]:
    """The ids of an object, of a record, of an association with contacts, of a relation, and of a lonely record."""
    place, pet = {"locationId": box.location_id}, "custom_objects.pet"
    primary = {"key": "name", "name": "Name", "dataType": "TEXT"}
    said = {"key": pet, "labels": {"singular": "Pet", "plural": "Pets"}, "primaryDisplayPropertyDetails": primary}
    assert box.location.post("/objects/", json=place | said).status_code == 201
    record, lonely = (
        box.location.post(f"/objects/{pet}/records", json=place | {"properties": {"name": name}}).json()["record"]["id"]
        for name in ("Rex", "Tom")
    )
    ends = {
        "firstObjectKey": "contact",
        "firstObjectLabel": "Owner",
        "secondObjectKey": pet,
        "secondObjectLabel": "Pet",
    }
    by = box.location.post("/associations/", json=place | ends | {"key": "owns"}).json()["id"]
    related = {"associationId": by, "firstRecordId": contact_id, "secondRecordId": record}
    relation = box.location.post("/associations/relations", json=place | related).json()["id"]
    keys = dict.fromkeys(("objects", "object-key", "objectKey"), pet)
    return keys | {"records": record, "associations": by, "relations": relation, "key": "owns", "lonely": lonely}


def person_of(box: Box) -> dict[str, str]:
    """The ids of a key of the agency's, and of a session of a user who has a password and a key for one-time codes."""
    agency = f"/operator/companies/{box.company_id}"
    user = f"{agency}/users/{box.user_id}"
    assert box.operator.put(f"{user}/password", json={"password": "plausible password"}).status_code == 200
    assert box.operator.post(f"{user}/totp").status_code == 201

    def start(ctx: Ctx) -> str:
        anna = ctx.db.get(USERS, box.user_id)
        assert anna
        start_session(ctx, anna, "", "")
        return ctx.db.find(SESSIONS)[0].id

    session = box.sandbox.do(Owners(company=box.company_id, system=True), start)
    return {"sessions": session, "api-keys": box.operator.post(f"{agency}/api-keys", json={}).json()["id"]}


def records_of(box: Box) -> dict[str, str]:
    """The ids of what the sub-account is set up with."""
    here, there = f"/locations/{box.location_id}", f"/operator/locations/{box.location_id}"
    rule = {"intervalType": "yearly", "interval": 1, "startDate": "2027-03-01", "dueAfterSeconds": 60}
    made = {
        "customValues": box.location.post(f"{here}/customValues", json={"name": "Hours", "value": "9 to 5"}),
        "recurring-tasks": box.location.post(f"{here}/recurring-tasks", json={"title": "t", "rruleOptions": rule}),
        "templates": box.operator.post(f"{there}/templates", json={"name": "t", "type": "sms", "body": "b"}),
        "inbound": box.operator.post(f"{there}/inbound", json={"name": "i"}),
        "providers": box.operator.post(f"{there}/providers", json={"name": "p", "type": "SMS"}),
        "links": box.location.post("/links/", json={"locationId": box.location_id} | A_LINK),
        "custom-menus": box.agency.post("/custom-menus/", json=A_MENU),
        "medias": box.location.post("/medias/upload-file", data=A_FILE),
        "imports": box.operator.post(f"{there}/imports/upload", files={"file": ("a.csv", b"Email\na@example.com")}),
    }
    ids = {name: _id_of(reply.json()) for name, reply in made.items()}
    return ids | {"conversationChannels": "SMS", "id": ids["links"], "exports": "contacts"}


def _id_of(told: dict[str, Any]) -> str:
    return told.get("id") or told.get("fileId") or next(v["id"] for v in told.values() if isinstance(v, dict))


def token_of_app(box: Box, app_id: str) -> str:
    """An access token of an app at the agency, with every scope."""
    grant = Grant(
        id="", date_added="", app_id=app_id, client_id=f"{app_id}-abcd1234", version_id="", user_type="Company",
        company_id=box.company_id, scopes=box.sandbox.scopes,
    )  # fmt: skip

    def give(ctx: Ctx) -> str:
        kept = new_grant(ctx, replace(grant, user_id=box.user_id))
        return issue(ctx, kept, grant.scopes).access_token

    return box.sandbox.do(SYSTEM, give)


def deals_of(box: Box) -> dict[str, str]:
    """The ids of an opportunity, of its pipeline, and of a reason to lose one."""
    here = f"/operator/locations/{box.location_id}"
    said = {"name": "Sales", "stages": [{"name": "New"}]}
    made = {"pipelines": box.operator.post(f"{here}/pipelines", json=said).json()["id"]}
    made["lost-reasons"] = box.operator.post(f"{here}/lost-reasons", json={"name": "Too dear"}).json()["id"]
    deal = {"locationId": box.location_id, "pipelineId": made["pipelines"], "name": "Deal", "status": "open"}
    reply = box.location.post("/opportunities/", json=deal | {"contactId": box.new_contact(firstName="Deal")})
    return made | {"opportunities": reply.json()["opportunity"]["id"]}


def calendars_of(box: Box) -> dict[str, str]:
    """The ids of a calendar, of a group of calendars, and of an appointment and a blocked time."""
    here = {"locationId": box.location_id}
    group = box.location.post("/calendars/groups", json=here | {"name": "g", "description": "d", "slug": "g"})
    team = [{"userId": box.user_id}]
    calendar = box.location.post("/calendars/", json=here | {"name": "Calls", "teamMembers": team})
    there = here | {"calendarId": calendar.json()["calendar"]["id"]}
    said = {"contactId": box.new_contact(firstName="Early"), "startTime": "2027-03-02T09:00:00Z"}
    event = box.location.post("/calendars/events/appointments", json=there | said).json()["id"]
    times = {"startTime": "2027-03-03T09:00:00Z", "endTime": "2027-03-03T10:00:00Z"}
    block = box.location.post("/calendars/events/block-slots", json=there | times).json()["id"]
    ids = {"groups": group.json()["group"]["id"], "calendars": there["calendarId"]}
    return ids | {"appointments": event, "events": event, "block-slots": block}
