"""The official Python SDK through pipelines and opportunities."""

from typing import Any

from highlevel import HighLevel
from tests.sdk.test_python_sdk import story


def test_an_opportunity_from_first_to_last(live: Any) -> None:
    place, user = live.location_id, live.credentials["userId"]

    async def tell(sdk: HighLevel, _: list[Any]) -> None:
        service = sdk.opportunities
        pipeline = (await service.get_pipelines(place))["pipelines"][0]
        first, second = (stage["id"] for stage in pipeline["stages"][:2])
        contact = (await sdk.contacts.create_contact({"locationId": place, "email": "deal.sdk@example.com"}))["contact"]
        whole = {"locationId": place, "pipelineId": pipeline["id"], "contactId": contact["id"]}
        made = (await service.create_opportunity({**whole, "name": "By SDK", "status": "open"}))["opportunity"]
        id = made["id"]
        assert (made["pipelineStageId"], made["monetaryValue"]) == (first, 0)
        assert made["contact"]["email"] == "deal.sdk@example.com"
        change = {"pipelineStageId": second, "monetaryValue": 250, "forecastExpectedCloseDate": "03/01/2027"}
        changed = (await service.update_opportunity(id, change))["opportunity"]
        assert (changed["pipelineStageId"], changed["forecastExpectedCloseDate"]) == (second, "2027-03-01")
        assert (await service.get_opportunity(id))["opportunity"] == changed
        follow = {"followers": [user]}
        assert (await service.add_followers_opportunity(id, follow))["followersAdded"] == [user]
        assert (await service.remove_followers_opportunity(id, follow))["followersRemoved"] == [user]
        upserted = await service.upsert_opportunity(
            {"locationId": place, "pipelineId": pipeline["id"], "id": id, "name": "By upsert", "followers": [user],
             "isRemoveAllFollowers": False, "followersActionType": "add"}
        )  # fmt: skip
        assert (upserted["new"], upserted["opportunity"]["name"]) == (False, "By upsert")
        await searched(service, place, id, pipeline["id"])
        reasons = (await service.get_lost_reason(place, get_count=True, limit=10))["lostReasons"]
        lost = {"status": "lost", "lostReasonId": reasons[0]["id"]}
        assert (await service.update_opportunity_status(id, lost))["success"] is True
        assert (await service.get_opportunity(id))["opportunity"]["lostReasonId"] == reasons[0]["id"]
        assert (await service.delete_opportunity(id))["success"] is True

    story(live, tell)


async def searched(service: Any, place: str, id: str, pipeline_id: str) -> None:
    """It is found both ways, and the figures of its stage count it."""
    found = await service.search_opportunity(place, q="deal.sdk", pipeline_id=pipeline_id, limit=5, get_notes=True)
    assert ([o["id"] for o in found["opportunities"]], found["meta"]["total"]) == ([id], 1)
    beside = {"notes": True, "tasks": True, "calendarEvents": True, "unReadConversations": True}
    body = {"locationId": place, "limit": 20, "page": 1, "query": "deal.sdk", "searchAfter": []}
    told = await service.search_opportunities_advanced({**body, "additionalDetails": beside})
    assert ([o["id"] for o in told["opportunities"]], told["total"]) == ([id], 1)
    of_pipeline = {"field": "pipeline_id", "operator": "eq", "value": pipeline_id}
    board = await service.search_opportunities_advanced({**body, "query": "", "filters": [of_pipeline]})
    assert sum(stage["totalCount"] for stage in board["stageAggregations"]) == board["total"] > 1
