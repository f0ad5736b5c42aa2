"""What the oracle asks of opportunities."""

from typing import Any

from groundlevel.kernel.versions import V2


def opportunities(oracle: Any, version: str, _: dict[str, str]) -> None:
    """A pipeline, and an opportunity with everything on it, to its end."""
    ask, here, user = oracle.ask, oracle.box.location_id, oracle.box.user_id
    place, there = {"locationId": here}, f"/operator/locations/{here}"
    stages = [{"name": "New", "color": "#fff"}, {"name": "Next"}]
    pipeline = oracle.box.operator.post(
        f"{there}/pipelines", json={"name": f"Sales {version}", "stages": stages}
    ).json()
    reason = oracle.box.operator.post(f"{there}/lost-reasons", json={"name": f"Dear {version}"}).json()["id"]
    field = {"name": "Deal size", "dataType": "TEXT", "model": "opportunity"}
    size = ask(version, "POST", f"/locations/{here}/customFields", json=field)["customField"]["id"]
    contact = oracle.box.new_contact(email="deal@example.com", companyName="Mill", tags=["a"])
    said = {
        **place, "pipelineId": pipeline["id"], "contactId": contact, "name": "Deal", "status": "open",
        "monetaryValue": 9.5, "assignedTo": user, "customFields": [{"id": size, "field_value": "XL"}],
    }  # fmt: skip
    forecast = {} if version == V2 else {"forecastExpectedCloseDate": "2027-03-01", "forecastProbability": 40}
    id = ask(version, "POST", "/opportunities/", json=said | forecast)["opportunity"]["id"]
    at = f"/opportunities/{id}"
    ask(version, "GET", at)
    ask(version, "PUT", at, json={"pipelineStageId": pipeline["stages"][1]["id"]})
    ask(version, "PUT", f"{at}/status", json={"status": "lost", "lostReasonId": reason})
    ask(version, "POST", f"{at}/followers", json={"followers": [user]})
    ask(version, "GET", "/opportunities/pipelines", params=place)
    ask(version, "GET", "/opportunities/lost-reason", params=place | {"getCount": True})
    name = "location_id" if version == V2 else "locationId"
    ask(version, "GET", "/opportunities/search", params={name: here, "getNotes": True, "limit": 1})
    of_pipeline = {"field": "pipeline_id", "operator": "eq", "value": pipeline["id"]}
    ask(version, "POST", "/opportunities/search", json=place | {"limit": 5, "filters": [of_pipeline]})
    upserted = {"pipelineId": pipeline["id"], "id": id, "followers": [], "name": "Other"}
    ask(version, "POST", "/opportunities/upsert", json=place | upserted)
    ask(version, "DELETE", f"{at}/followers", json={"followers": [user]})
    ask(version, "DELETE", at)
