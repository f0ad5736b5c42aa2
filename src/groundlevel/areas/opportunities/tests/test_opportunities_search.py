"""Both searches: what they find, in which order, and what they tell beside."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from groundlevel.areas.opportunities.tests.conftest import Deals, new_pipeline


@pytest.fixture
def market(deals: Deals) -> Deals:
    """Four opportunities, an hour apart: Apple, Bread, Cake and Date."""
    box, (_, offered, agreed) = deals.box, deals.stages
    other = new_pipeline(box, "Other", "Only")
    box.location.post(f"/locations/{box.location_id}/tags", json={"name": "vip"})
    people: list[dict[str, Any]] = [
        {"firstName": "Ann", "lastName": "Lee", "email": "ann@one.com", "source": "fair", "country": "CA"},
        {"firstName": "Bob", "companyName": "Mill", "phone": "+14155550101", "source": "fair"},
        {"firstName": "Cid", "email": "cid@two.com"},
        {"firstName": "Dan", "companyName": "Mill & Co"},
    ]
    said: list[dict[str, Any]] = [
        {"name": "Apple", "monetaryValue": 10},
        {"name": "Bread", "monetaryValue": 30, "pipelineStageId": offered, "assignedTo": box.user_id},
        {"name": "Cake", "monetaryValue": 20, "pipelineStageId": agreed, "status": "won"},
        {"name": "date", "monetaryValue": 40, "pipelineId": other["id"], "status": "lost"},
    ]
    for person, deal in zip(people, said, strict=True):
        deals.new(box.new_contact(**person), **deal)
        box.sandbox.move_clock(timedelta(hours=1))
    return deals


def eq(field: str, value: Any) -> dict[str, Any]:
    """A filter."""
    return {"field": field, "operator": "eq", "value": value}


def test_filters(market: Deals) -> None:
    made = {o["name"]: o for o in market.search()["opportunities"]}
    box, apple, bread = market.box, made["Apple"], made["Bread"]
    box.location.post(f"/opportunities/{bread['id']}/followers", json={"followers": [box.user_id]})
    in_stage = eq("pipeline_stage_id", bread["pipelineStageId"])
    tests: list[tuple[Any, str]] = [
        (eq("id", apple["id"]), "Apple"),
        (eq("id", [apple["id"], bread["id"]]), "Bread Apple"),
        ({"field": "id", "operator": "not_eq", "value": apple["id"]}, "date Cake Bread"),
        (eq("name", "bread"), "Bread"),
        ({"field": "name", "operator": "contains", "value": "A"}, "date Cake Bread Apple"),
        ({"field": "name", "operator": "not_contains", "value": "ca"}, "date Bread Apple"),
        (eq("monetary_value", 30), "Bread"),
        ({"field": "monetary_value", "operator": "range", "value": {"gte": 20, "lt": 40}}, "Cake Bread"),
        (eq("pipeline_id", apple["pipelineId"]), "Cake Bread Apple"),
        (eq("pipeline_stage_id", bread["pipelineStageId"]), "Bread"),
        (eq("status", ["open", "won"]), "Cake Bread Apple"),
        ({"field": "lost_reason_id", "operator": "exists"}, ""),
        (eq("source", "fair"), "Bread Apple"),
        (eq("assigned_to", box.user_id), "Bread"),
        ({"field": "assigned_to", "operator": "not_exists"}, "date Cake Apple"),
        (eq("followers", box.user_id), "Bread"),
        (eq("contact_id", apple["contactId"]), "Apple"),
        (eq("contact_name", "ann lee"), "Apple"),
        ({"field": "company_name", "operator": "contains", "value": "mill"}, "date Bread"),
        (eq("email", "CID@two.com"), "Cake"),
        (eq("phone", "+14155550101"), "Bread"),
        ([in_stage, eq("status", "open")], "Bread"),
        ([in_stage, eq("status", "won")], ""),
        ([in_stage, eq("assigned_to", box.user_id), eq("status", "open"), eq("status", "open")], "Bread"),
        ([in_stage, eq("assigned_to", "nobody")], ""),
        ([in_stage, eq("pipeline_id", made["date"]["pipelineId"])], ""),
        ([in_stage, *(eq("pipeline_id", id) for id in ("x", "y", bread["pipelineId"]))], ""),
        ({"field": "date_added", "operator": "range", "value": {"gt": bread["createdAt"]}}, "date Cake"),
        ({"field": "last_stage_change_date", "operator": "range", "value": {"lte": apple["createdAt"]}}, "Apple"),
        ({"group": "OR", "filters": [eq("name", "cake"), eq("email", "ann@one.com")]}, "Cake Apple"),
    ]
    for test, names in tests:
        every = test if isinstance(test, list) else [test]
        assert " ".join(market.found(*every)) == names, test
    for query, names in (("lee", "Apple"), ("one.com", "Apple"), ("5550101", "Bread"), ("MILL", "date Bread")):
        assert " ".join(market.found(query=query)) == names, query
    box.location.put(f"/contacts/{apple['contactId']}", json={"lastName": "Ray", "companyName": "Mill"})
    assert market.found(eq("contact_name", "ann ray"), eq("company_name", "mill")) == ["Apple"]
    assert market.found(query="ann lee") == []


def test_orders_pages_and_places(market: Deals) -> None:
    orders = {
        ("date_added", "asc"): "Apple Bread Cake date", ("name", "desc"): "date Cake Bread Apple",
        ("monetary_value", "asc"): "Apple Cake Bread date",
        ("last_status_change_date", "desc"): "date Cake Bread Apple",
        ("date_updated", "asc"): "Apple Bread Cake date",
    }  # fmt: skip
    for (field, direction), names in orders.items():
        sort, seen, after = [{"field": field, "direction": direction}], list[str](), list[Any]()
        assert " ".join(market.found(sort=sort)) == names
        while len(seen) < 4:
            (one,) = market.search(sort=sort, limit=1, searchAfter=after)["opportunities"]
            seen.append(one["name"])
            after = [str(part) for part in one["searchAfter"]]
        assert " ".join(seen) == names
        assert market.search(sort=sort, limit=1, searchAfter=after)["opportunities"] == []
    assert [market.found(limit=3, page=page) for page in (0, 1, 2)] == [
        ["date", "Cake", "Bread"], ["date", "Cake", "Bread"], ["Apple"],
    ]  # fmt: skip
    faults: list[tuple[dict[str, Any], list[str]]] = [
        ({"limit": 501}, ["limit must not be greater than 500"]),
        ({"limit": 500, "page": 21}, ["page * limit must not be greater than 10000; go on with searchAfter"]),
        ({"sort": [{"field": "tags", "direction": "asc"}]}, [
            "sort.field tags is not a field that opportunities can be sorted by"
        ]),
        ({"filters": [eq("colour", "red"), eq("monetary_value", "much")]}, [
            "filters.0.field colour is not a field that can be searched", "filters.1.value must be a number",
        ]),
        ({"searchAfter": ["x"]}, ["searchAfter must be the searchAfter of a record found with the same sort"]),
    ]  # fmt: skip
    for fault, message in faults:
        said = {"locationId": market.box.location_id, "limit": 10} | fault
        reply = market.box.location.post("/opportunities/search", json=said)
        assert (reply.status_code, reply.json()["message"]) == (422, message)


def test_what_is_told_beside(market: Deals) -> None:
    box, location = market.box, market.box.location
    apple = market.search(filters=[eq("name", "apple")])["opportunities"][0]
    at = f"/contacts/{apple['contactId']}"
    note = location.post(f"{at}/notes", json={"body": "Likes red ones"}).json()["note"]
    task = location.post(
        f"{at}/tasks", json={"title": "Call", "dueDate": "2027-03-01T10:00:00Z", "completed": False}
    ).json()["task"]
    times = {"startTime": "2027-03-01T10:00:00Z", "endTime": "2027-03-01T11:00:00Z"}
    event = box.operator.post(
        f"/operator/locations/{box.location_id}/appointments",
        json={"contactId": apple["contactId"], "title": "Tasting", **times},
    ).json()
    assert (apple["notes"], apple["tasks"], apple["calendarEvents"]) == ([], [], [])
    wanted = {"notes": True, "tasks": True, "calendarEvents": True, "unReadConversations": True}
    found = market.search(additionalDetails=wanted)["opportunities"]
    told = {o["name"]: (o["notes"], o["tasks"], o["calendarEvents"]) for o in found}
    assert told["Apple"] == ([note], [task], [event])
    assert told["Cake"] == ([], [], [])
    asked = {"locationId": box.location_id, "q": "apple", "getNotes": True, "getTasks": True}
    (one,) = location.get("/opportunities/search", params=asked).json()["opportunities"]
    assert (one["notes"], one["tasks"], one["calendarEvents"]) == ([note], [task], [])


def test_the_older_search(market: Deals) -> None:
    box = market.box
    made = {o["name"]: o for o in market.search()["opportunities"]}
    apple, bread = made["Apple"], made["Bread"]
    campaign = box.operator.post(f"/operator/locations/{box.location_id}/campaigns", json={"name": "Spring"}).json()[
        "id"
    ]
    box.location.post(f"/contacts/{bread['contactId']}/campaigns/{campaign}", json={})
    tests: list[tuple[dict[str, Any], dict[str, Any], str]] = [
        ({}, {}, "date Cake Bread Apple"),
        ({"q": "mill"}, {}, "date Bread"),
        ({"status": "open"}, {}, "Bread Apple"),
        ({"status": "all", "order": "added_asc"}, {}, "date Cake Bread Apple"),
        ({"id": apple["id"]}, {}, "Apple"),
        ({"country": "CA"}, {}, "Apple"),
        ({"campaignId": campaign}, {}, "Bread"),
        ({"campaignId": "none"}, {}, ""),
        ({"date": "01-01-2020", "endDate": "01-02-2020"}, {}, ""),
        ({"date": "01-01-2020", "endDate": "12-31-2999"}, {}, "date Cake Bread Apple"),
        ({"pipelineId": apple["pipelineId"]}, {"pipeline_id": apple["pipelineId"]}, "Cake Bread Apple"),
        ({"pipelineStageId": bread["pipelineStageId"]}, {"pipeline_stage_id": bread["pipelineStageId"]}, "Bread"),
        ({"contactId": apple["contactId"]}, {"contact_id": apple["contactId"]}, "Apple"),
        ({"assignedTo": box.user_id}, {"assigned_to": box.user_id}, "Bread"),
    ]
    for newer, older, names in tests:
        for client, said in (
            (box.location, {"locationId": box.location_id} | newer),
            (box.v2, {"location_id": box.location_id} | (older or newer)),
        ):
            reply = client.get("/opportunities/search", params=said)
            assert reply.status_code == 200, reply.text
            assert " ".join(o["name"] for o in reply.json()["opportunities"]) == names, said
            assert reply.json()["meta"]["total"] == len(names.split())


def test_what_the_older_search_refuses(deals: Deals) -> None:
    box = deals.box
    refused = box.v2.get("/opportunities/search", params={"locationId": box.location_id, "sortBy": "x"})
    assert refused.json()["message"] == [
        "property locationId should not exist", "property sortBy should not exist", "location_id must be a string",
    ]  # fmt: skip
    wrong = box.location.get(
        "/opportunities/search", params={"locationId": box.location_id, "date": "x", "endDate": "y"}
    )
    assert wrong.json()["message"] == ["date must be a date, mm-dd-yyyy", "endDate must be a date, mm-dd-yyyy"]
    over = box.location.get("/opportunities/search", params={"locationId": box.location_id, "limit": 101})
    assert (over.status_code, over.json()["message"]) == (422, ["limit must not be greater than 100"])


def test_the_next_page_is_at_its_address(market: Deals) -> None:
    box = market.box
    for client, name in ((box.location, "locationId"), (box.v2, "location_id")):
        page = client.get("/opportunities/search", params={name: box.location_id, "limit": 3, "getNotes": True}).json()
        last, meta = page["opportunities"][-1], page["meta"]
        assert (meta["total"], meta["currentPage"], meta["nextPage"], meta["startAfterId"]) == (4, 1, 2, last["id"])
        next_url = urlsplit(meta["nextPageUrl"])
        said = dict(parse_qsl(next_url.query))
        assert (next_url.path, said[name], said["getNotes"]) == ("/opportunities/search", box.location_id, "true")
        rest = client.get("/opportunities/search", params=said).json()
        assert [o["name"] for o in rest["opportunities"]] == ["Apple"]
        assert (rest["meta"]["currentPage"], rest["meta"]["prevPage"], "nextPage" in rest["meta"]) == (2, 1, False)


def test_the_figures_of_stages(market: Deals) -> None:
    box, (new, offered, agreed) = market.box, market.stages
    apple = market.search(filters=[eq("name", "apple")])["opportunities"][0]
    box.location.put(f"/opportunities/{apple['id']}", json={"forecastProbability": 90})

    def figures(*filters: Any, **said: Any) -> dict[str, list[float]]:
        reply = market.search(filters=list(filters), **said)
        assert reply["aggregations"] == {"stages": reply["stageAggregations"]}
        return {s.pop("pipelineStageId"): list(s.values()) for s in reply["stageAggregations"]}

    of_pipeline = eq("pipeline_id", market.pipeline["id"])
    every = {new: [1, 10, 9, 10, 9, 0], offered: [1, 30, 15, 30, 15, 0], agreed: [1, 20, 20, 0, 0, 20]}
    nothing = [0, 0, 0, 0, 0, 0]
    assert figures(of_pipeline) == every
    assert figures(of_pipeline, eq("status", "open")) == every | {agreed: nothing}
    assert figures(of_pipeline, eq("pipeline_stage_id", offered)) == {offered: every[offered]}
    assert figures(of_pipeline, query="mill") == {new: nothing, offered: every[offered], agreed: nothing}
    assert figures({"group": "AND", "filters": [of_pipeline, eq("source", "fair")]}) == every | {agreed: nothing}
    assert "stageAggregations" not in market.search()
    asked = {"locationId": box.location_id, "pipelineId": market.pipeline["id"]}
    told = box.location.get("/opportunities/search", params=asked).json()["aggregations"]["stages"]
    assert [s["totalValue"] for s in told] == [10, 30, 20]
    box.location.delete(f"/opportunities/{apple['id']}")
    assert figures(of_pipeline) == every | {new: nothing}
    older = box.v2.post(
        "/opportunities/search", json={"locationId": box.location_id, "limit": 1, "filters": [of_pipeline]}
    )
    assert "stageAggregations" not in older.json()
    assert len(older.json()["aggregations"]["stages"]) == 3
