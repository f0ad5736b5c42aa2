"""The life of an opportunity, and what is told of it."""

from datetime import timedelta
from typing import Any

from groundlevel.areas.opportunities.tests.conftest import Deals, new_pipeline


def test_a_new_opportunity_is_told_with_its_contact(deals: Deals) -> None:
    box, location = deals.box, deals.box.location
    anna = box.new_contact(
        firstName="Anna",
        email="anna@client.com",
        phone="+14155550123",
        companyName="Bakery",
        tags=["vip"],
        source="fair",
    )
    made = deals.new(anna, name="A big cake", monetaryValue=120.5, assignedTo=box.user_id)
    first = made["createdAt"]
    assert made == {
        "id": made["id"], "name": "A big cake", "monetaryValue": 120.5, "pipelineId": deals.pipeline["id"],
        "pipelineStageId": deals.stages[0], "status": "open", "contactId": anna, "locationId": box.location_id,
        "createdAt": first, "updatedAt": first, "lastStatusChangeAt": first, "lastStageChangeAt": first,
        "lastActionDate": first, "indexVersion": "1", "source": "fair", "assignedTo": box.user_id,
        "effectiveProbability": 25, "customFields": [], "followers": [],
        "contact": {
            "id": anna, "name": "Anna", "companyName": "Bakery", "email": "anna@client.com", "phone": "+14155550123",
            "tags": ["vip"],
        },
    }  # fmt: skip
    assert location.get(f"/opportunities/{made['id']}").json() == {"opportunity": made}


def test_changes_are_dated_and_told(deals: Deals) -> None:
    box, location, (_, offered, _) = deals.box, deals.box.location, deals.stages
    anna = box.new_contact(firstName="Anna", source="fair")
    made = deals.new(anna, name="A big cake", monetaryValue=120.5, assignedTo=box.user_id)
    first, at = made["createdAt"], f"/opportunities/{made['id']}"
    box.sandbox.move_clock(timedelta(hours=1))
    moved = location.put(at, json={"pipelineStageId": offered, "monetaryValue": 200}).json()["opportunity"]
    later = moved["updatedAt"]
    assert later > first
    assert moved == made | {
        "pipelineStageId": offered, "monetaryValue": 200, "effectiveProbability": 50, "updatedAt": later,
        "lastActionDate": later, "lastStageChangeAt": later, "indexVersion": "2",
    }  # fmt: skip
    box.sandbox.move_clock(timedelta(hours=1))
    assert location.put(f"{at}/status", json={"status": "won"}).json() == {"success": True, "succeded": True}
    won = location.get(at).json()["opportunity"]
    assert (won["status"], won["effectiveProbability"], won["lastStageChangeAt"]) == ("won", 100, later)
    assert won["lastStatusChangeAt"] == won["updatedAt"] > later
    assert location.put(at, json={"status": "won"}).json()["opportunity"] == won, "nothing changed"
    assert box.v2.delete(at).json() == {"succeded": True}
    gone = location.get(at)
    assert (gone.status_code, gone.json()["message"]) == (400, f"Opportunity with id {made['id']} not found")
    assert deals.told() == [
        "OpportunityCreate", "OpportunityUpdate", "OpportunityStageUpdate", "OpportunityMonetaryValueUpdate",
        "OpportunityUpdate", "OpportunityStatusUpdate", "OpportunityDelete",
    ]  # fmt: skip
    last = box.sandbox.events()[-1]
    assert last == {
        "type": "OpportunityDelete", "locationId": box.location_id, "id": made["id"], "contactId": anna,
        "monetaryValue": 200, "name": "A big cake", "pipelineId": deals.pipeline["id"], "pipelineStageId": offered,
        "status": "won", "dateAdded": first, "source": "fair", "assignedTo": box.user_id,
    }  # fmt: skip


def test_what_is_wrong_is_told_and_changes_nothing(deals: Deals) -> None:
    box = deals.box
    anna, made = box.new_contact(firstName="Anna"), deals.new(name="Kept")
    other = new_pipeline(box, "Other", "Only")
    nobody = {"assignedTo": "NobodyNobodyNobody01"}
    stray = {"pipelineStageId": other["stages"][0]["id"]}
    faults: list[tuple[dict[str, Any], int, Any]] = [
        ({"status": "all"}, 422, ["status must be one of the following values: abandoned, lost, open, won"]),
        ({"name": ""}, 422, ["name must be longer than or equal to 1 characters"]),
        ({"monetaryValue": "much", "source": "x"}, 422, [
            "property source should not exist",
            "monetaryValue must be a number conforming to the specified constraints",
        ]),
        ({"forecastExpectedCloseDate": "soon"}, 422, ["forecastExpectedCloseDate must be a valid date"]),
        ({"forecastProbability": 101}, 422, ["forecastProbability must not be greater than 100"]),
        ({"pipelineId": "nowhere"}, 400, "Pipeline with id nowhere not found"),
        (stray, 400, f"Pipeline stage with id {stray['pipelineStageId']} not found"),
        (nobody, 400, "User with id NobodyNobodyNobody01 not found"),
    ]  # fmt: skip
    before, events = deals.search()["opportunities"], len(deals.told())
    for fault, status, message in faults:
        for reply in (deals.ask(anna, **fault), box.location.put(f"/opportunities/{made['id']}", json=fault)):
            assert (reply.status_code, reply.json()["message"]) == (status, message), fault
    reply = deals.ask("NobodyNobodyNobody01")
    assert (reply.status_code, reply.json()["message"]) == (400, "Contact with id NobodyNobodyNobody01 not found")
    assert (deals.search()["opportunities"], len(deals.told())) == (before, events)


def test_a_contact_has_one_opportunity_in_a_pipeline_unless_its_location_allows_more(deals: Deals) -> None:
    box, location = deals.box, deals.box.location
    anna = box.new_contact(firstName="Anna")
    first = deals.new(anna)
    refused = deals.ask(anna)
    told = refused.json()
    assert refused.status_code == 400
    assert told.pop("traceId")
    assert told == {
        "statusCode": 400, "message": "Can not create duplicate opportunity for the contact.", "error": "Bad Request",
        "code": "OPPORTUNITY_NO_DUPLICATE", "meta": {"existingId": first["id"]},
    }  # fmt: skip
    other = new_pipeline(box, "Other", "Only")
    second = deals.new(anna, pipelineId=other["id"])
    back = location.put(f"/opportunities/{second['id']}", json={"pipelineId": deals.pipeline["id"]})
    assert (back.status_code, back.json()["code"]) == (400, "OPPORTUNITY_NO_DUPLICATE")
    deals.allow_duplicates()
    moved = location.put(f"/opportunities/{second['id']}", json={"pipelineId": deals.pipeline["id"]})
    assert moved.json()["opportunity"]["pipelineStageId"] == deals.stages[0]
    assert deals.new(anna)["contactId"] == anna


def test_an_expected_end_slips(deals: Deals) -> None:
    box, location = deals.box, deals.box.location
    made = deals.new(forecastExpectedCloseDate="03/01/2027", forecastProbability=80)
    expected = {
        "forecastExpectedCloseDate": "2027-03-01", "forecastOriginalCloseDate": "2027-03-01",
        "forecastSlippageCount": 0, "forecastDaysSlipped": 0, "forecastProbability": 80, "effectiveProbability": 80,
    }  # fmt: skip
    assert {k: v for k, v in made.items() if "orecast" in k or k == "effectiveProbability"} == expected
    at = f"/opportunities/{made['id']}"
    for day in ("2027.03.11", "2027/03/06", "03-16-2027", "2027-03-16T10:00:00Z"):
        told = location.put(at, json={"forecastExpectedCloseDate": day}).json()["opportunity"]
    assert (told["forecastExpectedCloseDate"], told["forecastOriginalCloseDate"]) == ("2027-03-16", "2027-03-01")
    assert (told["forecastSlippageCount"], told["forecastDaysSlipped"]) == (2, 20)
    assert told["forecastLastSlippedAt"] <= told["updatedAt"]
    cleared = location.put(at, json={"forecastExpectedCloseDate": None, "forecastProbability": None})
    assert "forecastExpectedCloseDate" not in cleared.json()["opportunity"]
    assert cleared.json()["opportunity"]["effectiveProbability"] == 25
    older = box.v2.get(at).json()["opportunity"]
    assert not [name for name in older if "orecast" in name or name == "effectiveProbability"]
    refused = box.v2.put(at, json={"forecastProbability": 5})
    assert refused.json()["message"] == ["property forecastProbability should not exist"]


def test_lost_for_a_reason(deals: Deals) -> None:
    box, location = deals.box, deals.box.location
    reasons = f"/operator/locations/{box.location_id}/lost-reasons"
    dear = box.operator.post(reasons, json={"name": "Too dear"}).json()
    late = box.operator.post(reasons, json={"name": "Too late"}).json()
    taken = box.operator.post(reasons, json={"name": "too LATE"})
    assert (taken.status_code, taken.json()["message"]) == (400, "Lost reason with name too LATE already exists")
    at = f"/opportunities/{deals.new()['id']}"
    refused = location.put(f"{at}/status", json={"status": "won", "lostReasonId": dear["id"]})
    assert refused.json()["message"] == ["lostReasonId must be sent with the status lost only"]
    assert location.put(f"{at}/status", json={"status": "lost", "lostReasonId": dear["id"]}).status_code == 200
    lost = location.get(at).json()["opportunity"]
    assert (lost["status"], lost["lostReasonId"], lost["effectiveProbability"]) == ("lost", dear["id"], 0)
    assert box.operator.delete(f"{reasons}/{dear['id']}").json() == {"succeeded": True, "succeded": True}
    assert location.get(at).json()["opportunity"]["lostReasonId"] == dear["id"]
    gone = location.put(f"{at}/status", json={"status": "lost", "lostReasonId": dear["id"]})
    assert gone.json()["message"] == f"Lost reason with id {dear['id']} not found"
    asked = {"locationId": box.location_id, "getCount": True}
    told = location.get("/opportunities/lost-reason", params=asked).json()
    assert told == {"lostReasons": [late], "total": 1}
    for more, names in (({"deleted": True}, ["Too dear"]), ({"query": "LATE"}, ["Too late"]), ({"name": "Too"}, [])):
        told = location.get("/opportunities/lost-reason", params=asked | more).json()
        assert ([r["name"] for r in told["lostReasons"]], told["total"]) == (names, len(names))
    location.put(f"{at}/status", json={"status": "open"})
    assert "lostReasonId" not in location.get(at).json()["opportunity"]
    renamed = box.operator.put(f"{reasons}/{dear['id']}", json={"name": "Expensive", "deleted": False}).json()
    assert (renamed["name"], "deleted" in renamed) == ("Expensive", False)


def test_upsert_finds_by_id_then_by_contact_and_pipeline_else_adds(deals: Deals) -> None:
    box = deals.box
    anna = box.new_contact(firstName="Anna", lastName="Alm")
    whole = {"locationId": box.location_id, "pipelineId": deals.pipeline["id"]}
    follow: dict[str, Any] = {"followers": [box.user_id], "isRemoveAllFollowers": False, "followersActionType": "add"}

    def upsert(**said: Any) -> dict[str, Any]:
        reply = box.location.post("/opportunities/upsert", json=whole | said)
        assert reply.status_code == 200, reply.text
        return reply.json()

    made = upsert(contactId=anna, **follow)
    told = made["opportunity"]
    assert (made["new"], told["name"], told["status"], told["followers"]) == (True, "Anna Alm", "open", [box.user_id])
    again = upsert(contactId=anna, name="Renamed", monetaryValue=7)
    assert (again["new"], again["opportunity"]["id"], again["opportunity"]["name"]) == (False, told["id"], "Renamed")
    assert again["opportunity"]["followers"] == [box.user_id]
    left = upsert(id=told["id"], pipelineStageId=deals.stages[2], **follow | {"followersActionType": "remove"})
    assert (left["opportunity"]["followers"], left["opportunity"]["pipelineStageId"]) == ([], deals.stages[2])
    upsert(id=told["id"], **follow)
    assert upsert(id=told["id"], isRemoveAllFollowers=True)["opportunity"]["followers"] == []
    unknown = box.location.post("/opportunities/upsert", json=whole | {"id": "nobody"})
    assert (unknown.status_code, unknown.json()["message"]) == (400, "Opportunity with id nobody not found")
    neither = box.location.post("/opportunities/upsert", json=whole)
    assert (neither.status_code, neither.json()["message"]) == (422, ["contactId should not be empty"])


def test_followers(deals: Deals) -> None:
    box, location = deals.box, deals.box.location
    at = f"/opportunities/{deals.new()['id']}/followers"
    user = box.user_id
    for expected in ({"followers": [user], "followersAdded": [user]}, {"followers": [user], "followersAdded": []}):
        reply = location.post(at, json={"followers": [user]})
        assert (reply.status_code, reply.json()) == (201, expected)
    assert location.post(at, json={"followers": ["nobody"]}).json()["message"] == "User with id nobody not found"
    assert location.request("DELETE", at, json={"followers": [user]}).json() == {
        "followers": [], "followersRemoved": [user],
    }  # fmt: skip
    location.post(at, json={"followers": [user]})
    everyone = location.request("DELETE", at, params={"isRemoveAllFollowers": True}, json={"followers": []})
    assert everyone.json() == {"followers": [], "followersRemoved": [user]}


def test_custom_fields(deals: Deals) -> None:
    box, location = deals.box, deals.box.location
    where = f"/locations/{box.location_id}/customFields"

    def field(name: str, data_type: str, **more: Any) -> str:
        said = {"name": name, "dataType": data_type, "model": "opportunity", **more}
        return location.post(where, json=said).json()["customField"]["id"]

    size, guests, day = field("Size", "TEXT"), field("Guests", "NUMERICAL"), field("Day", "DATE")
    kinds = field("Kinds", "MULTIPLE_OPTIONS", options=["cake", "bread"])
    given = [
        {"id": size, "fieldValue": "XL"}, {"key": "guests", "field_value": 40}, {"id": kinds, "value": ["cake"]},
        {"id": day, "fieldValue": "2027-03-01"},
    ]  # fmt: skip
    made = deals.new(name="Feast", customFields=given)
    ms = 1803859200000
    assert made["customFields"] == [
        {"id": size, "type": "string", "fieldValue": "XL", "fieldValueString": "XL"},
        {"id": guests, "type": "number", "fieldValue": 40, "fieldValueNumber": 40},
        {"id": kinds, "type": "array", "fieldValue": ["cake"], "fieldValueArray": ["cake"]},
        {"id": day, "type": "date", "fieldValue": ms, "fieldValueDate": ms},
    ]
    deals.new(name="Snack", customFields=[{"id": guests, "fieldValue": 4}])
    for id, value in ((size, "XL"), (guests, 40), (kinds, "cake")):
        assert deals.found({"field": f"custom_fields.{id}", "operator": "eq", "value": value}) == ["Feast"]
    many = {"field": f"custom_fields.{guests}", "operator": "range", "value": {"gt": 3, "lt": 50}}
    assert deals.found(many, sort=[{"field": "name", "direction": "asc"}]) == ["Feast", "Snack"]
    at = f"/opportunities/{made['id']}"
    wrong = location.put(at, json={"customFields": [{"id": guests, "value": "many"}, {"id": "none", "value": 1}]})
    assert (wrong.status_code, len(wrong.json()["message"])) == (422, 2)
    left = location.put(at, json={"customFields": [{"id": size, "fieldValue": ""}]}).json()["opportunity"]
    assert [v["id"] for v in left["customFields"]] == [guests, kinds, day]
    location.delete(f"{where}/{guests}")
    box.sandbox.work()
    assert [v["id"] for v in location.get(at).json()["opportunity"]["customFields"]] == [kinds, day]
