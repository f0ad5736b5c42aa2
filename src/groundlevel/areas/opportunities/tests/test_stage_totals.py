"""The figures kept of stages are what the opportunities add up to, whatever happened to them."""

import random
from collections import defaultdict
from typing import Any

from groundlevel.areas.opportunities.tests.conftest import Deals

STATUSES = ("open", "won", "lost", "abandoned")


def test_what_is_kept_is_what_adds_up(deals: Deals) -> None:
    pick, location = random.Random(5), deals.box.location
    deals.allow_duplicates()
    contact, ids = deals.box.new_contact(firstName="Anna"), list[str]()
    for _ in range(60):
        said: dict[str, Any] = {
            "pipelineStageId": pick.choice(deals.stages), "status": pick.choice(STATUSES),
            "monetaryValue": pick.choice((0, 0.1, 19.99, 1 / 3, 1e9)), "forecastProbability": pick.choice((None, 33)),
        }  # fmt: skip
        if not ids or pick.random() < 0.5:
            ids.append(deals.new(contact, **said)["id"])
        elif pick.random() < 0.8:
            part = dict(pick.sample(sorted(said.items()), 2))
            assert location.put(f"/opportunities/{pick.choice(ids)}", json=part).status_code == 200
        else:
            assert location.delete(f"/opportunities/{ids.pop(pick.randrange(len(ids)))}").status_code == 200
    of_pipeline = {"field": "pipeline_id", "operator": "eq", "value": deals.pipeline["id"]}
    reply = deals.search(filters=[of_pipeline])
    sums: dict[str, list[float]] = defaultdict(lambda: [0] * 6)
    for one in reply["opportunities"]:
        value, likely = one["monetaryValue"], one["monetaryValue"] * one["effectiveProbability"] / 100
        is_open, is_won = one["status"] == "open", one["status"] == "won"
        parts = (1, value, likely, value * is_open, likely * is_open, value * is_won)
        sums[one["pipelineStageId"]] = [a + b for a, b in zip(sums[one["pipelineStageId"]], parts, strict=True)]
    assert (reply["total"], len(reply["opportunities"])) == (len(ids), len(ids))
    for stage in reply["stageAggregations"]:
        expected = sums[stage.pop("pipelineStageId")]
        assert all(abs(a - b) <= 0.01 for a, b in zip(stage.values(), expected, strict=True)), (stage, expected)
