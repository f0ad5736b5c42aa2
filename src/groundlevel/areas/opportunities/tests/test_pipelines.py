"""Pipelines, and what becomes of the opportunities in them."""

from typing import Any

from groundlevel.areas.opportunities.tests.conftest import Deals, new_pipeline


def test_a_pipeline_from_first_to_last(deals: Deals) -> None:
    box, operator = deals.box, deals.box.operator
    where, sales = f"/operator/locations/{box.location_id}/pipelines", deals.pipeline
    asked = {"locationId": box.location_id}
    stage = {"showInFunnel": True, "showInPieChart": True}
    assert sales == {
        "id": sales["id"], "locationId": box.location_id, "name": "Sales", "position": 0,
        "dateAdded": sales["dateAdded"], "dateUpdated": sales["dateAdded"], "showInFunnel": True,
        "showInPieChart": True, "useOpportunityProbability": False, "colorRenderMode": "dot",
        "stages": [
            {"id": deals.stages[0], "name": "New", "position": 0, "stageWinProbability": 25, **stage},
            {"id": deals.stages[1], "name": "Offered", "position": 1, "stageWinProbability": 50, **stage},
            {"id": deals.stages[2], "name": "Agreed", "position": 2, "stageWinProbability": 75, **stage},
        ],
    }  # fmt: skip
    upkeep = new_pipeline(box, "Upkeep", {"name": "Last", "position": 5}, {"name": "First", "position": 1})
    assert [s["name"] for s in upkeep["stages"]] == ["First", "Last"]
    assert box.location.get("/opportunities/pipelines", params=asked).json() == {"pipelines": [sales, upkeep]}
    older = box.v2.get("/opportunities/pipelines", params=asked).json()["pipelines"][0]
    assert older == {k: v for k, v in sales.items() if k != "useOpportunityProbability"}
    faults: list[tuple[dict[str, Any], int, Any]] = [
        ({"name": "SALES"}, 400, "Pipeline with name SALES already exists"),
        ({"stages": []}, 422, ["stages must contain at least 1 elements"]),
        ({"stages": [{"name": "a"}, {"name": "A"}]}, 422, ["stages.1.name must be unique"]),
        ({"stages": [{"name": "a", "id": "none"}]}, 400, "Pipeline stage with id none not found"),
        ({"colorRenderMode": "loud"}, 422, ["colorRenderMode must be one of the following values: bg-tint, dot, none"]),
    ]  # fmt: skip
    for fault, status, message in faults:
        added = operator.post(where, json={"name": "Third", "stages": [{"name": "Only"}]} | fault)
        changed = operator.put(f"{where}/{upkeep['id']}", json=fault)
        for reply in (added, changed):
            assert (reply.status_code, reply.json()["message"]) == (status, message), fault


def test_pipelines_change_and_go(deals: Deals) -> None:
    box, operator, sales = deals.box, deals.box.operator, deals.pipeline
    where, asked = f"/operator/locations/{box.location_id}/pipelines", {"locationId": box.location_id}
    upkeep = new_pipeline(box, "Upkeep", "First", "Last")
    first, last = ({"id": s["id"], "name": s["name"]} for s in upkeep["stages"])
    chances = [first | {"stageWinProbability": 5}, last | {"stageWinProbability": 95}]
    said = {"name": "Care", "position": 9, "useOpportunityProbability": True, "stages": chances}
    changed = operator.put(f"{where}/{upkeep['id']}", json=said).json()
    assert [s["stageWinProbability"] for s in changed["stages"]] == [5, 95]
    assert (changed["name"], changed["position"], changed["stages"][0]["id"]) == ("Care", 9, upkeep["stages"][0]["id"])
    assert operator.put(f"{where}/{sales['id']}", json={"position": 10}).json()["position"] == 10
    listed = box.location.get("/opportunities/pipelines", params=asked).json()["pipelines"]
    assert [p["name"] for p in listed] == ["Care", "Sales"]
    assert operator.delete(f"{where}/{upkeep['id']}").json() == {"succeeded": True, "succeded": True}
    gone = operator.delete(f"{where}/{upkeep['id']}")
    assert (gone.status_code, gone.json()["message"]) == (400, f"Pipeline with id {upkeep['id']} not found")


def test_opportunities_of_a_stage_that_is_gone_move_to_the_first_one_left(deals: Deals) -> None:
    box, (first, second, third) = deals.box, deals.stages
    stays, moves = deals.new(name="Stays", pipelineStageId=third), deals.new(name="Moves", monetaryValue=5)
    left = [{"id": id, "name": name} for id, name in ((second, "Offered"), (third, "Agreed"))]
    where = f"/operator/locations/{box.location_id}/pipelines/{deals.pipeline['id']}"
    assert len(box.operator.put(where, json={"stages": left}).json()["stages"]) == 2
    since = len(deals.told())
    box.sandbox.work()
    assert deals.told(since) == ["OpportunityUpdate", "OpportunityStageUpdate"]
    told = {o["name"]: o["pipelineStageId"] for o in deals.search()["opportunities"]}
    assert told == {"Stays": stays["pipelineStageId"], "Moves": second}
    assert first not in told.values()
    stages = deals.search(filters=[{"field": "pipeline_id", "operator": "eq", "value": moves["pipelineId"]}])
    assert [(s["totalCount"], s["totalValue"]) for s in stages["stageAggregations"]] == [(1, 5), (1, 0)]


def test_opportunities_go_with_their_pipeline_and_with_their_contact(deals: Deals) -> None:
    box = deals.box
    anna = box.new_contact(firstName="Anna")
    other = new_pipeline(box, "Other", "Only")
    for n in range(3):
        deals.new(name=f"Deal {n}")
    deals.new(anna, name="Kept", pipelineId=other["id"])
    where = f"/operator/locations/{box.location_id}/pipelines/{deals.pipeline['id']}"
    assert box.operator.delete(where).status_code == 200
    since = len(deals.told())
    box.sandbox.work()
    assert (deals.found(), deals.told(since)) == (["Kept"], ["OpportunityDelete"] * 3)
    box.location.delete(f"/contacts/{anna}")
    assert (deals.found(), deals.told(since)) == ([], ["OpportunityDelete"] * 4)
