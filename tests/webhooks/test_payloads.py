"""Every event that can happen, against the contract's word on its payload; events raised later join by themselves."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from groundlevel.areas.webhooks import ALWAYS, SCOPES
from groundlevel.cli.webhooks_trigger import WAYS
from groundlevel.conftest import Box
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import Event
from groundlevel.kernel.store import Owners

NAMES = {"INSTALL": "AppInstall", "UNINSTALL": "AppUninstall", "PLAN_CHANGE": "PlanChange"}
"""What the contract calls the events of an app's life."""
CALLED = {**NAMES, "ConversationUnreadUpdate": "ConversationUnreadWebhook"}
"""And every event that it calls otherwise than its payload's type."""
UNPUBLISHED = {"UserCreate", "UserUpdate", "UserDelete"}
"""Events that the service names, without a schema of what they tell."""
KINDS = {"Date": "string", "date": "string", "float": "number", "any": None, "int": "integer"}
"""Types that the contract's schemas name and JSON Schema does not."""


OUR_OWN = {"AppointmentNotification", "InboundWebhook"}
"""Events for whoever reads the log of this installation: no app is told."""


def kinds_of(kind: type[Event]) -> set[str]:
    """The names of all events of areas that are told, of which there is no kind of kind."""
    below = {name for one in kind.__subclasses__() for name in kinds_of(one)}
    ours = kind.__module__.startswith("groundlevel.areas.")  # and not of a test in the same process
    return below or ({kind.__name__} if kind.logged and ours else set())


def mended(schema: Any) -> Any:
    """A schema of the contract's, with types that exist, and `required` as a list. What is `null` is left out by us."""
    if isinstance(schema, list):
        return [mended(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: mended(value) for name, value in schema.items() if (name, value) != ("required", True)}
    if isinstance(kind := found.get("type"), str) and kind in KINDS:
        found = {**found, "type": KINDS[kind]} if KINDS[kind] else {k: v for k, v in found.items() if k != "type"}
    return found


def schema_of(contract: Path, event: str) -> Any:
    """What the contract says of an event's payload; None where it says nothing."""
    told = json.loads((contract / "webhooks.json").read_text()).get(CALLED.get(event, event))
    return mended(told["schema"]) if told else None


@pytest.mark.parametrize("event", WAYS)
def test_a_payload_is_as_the_contract_says(box: Box, contract: Path, event: str) -> None:
    def happen(ctx: Ctx) -> None:
        WAYS[event](ctx, {})

    box.sandbox.do(Owners(box.location_id, box.company_id, system=True), happen)
    said = next(one for one in reversed(box.sandbox.events()) if one["type"] == event)
    schema = schema_of(contract, event)
    assert bool(schema) != (event in UNPUBLISHED), f"the contract says nothing of {event}"
    jsonschema.validate(said, schema or {})


def test_an_apps_life_is_as_the_contract_says(box: Box, contract: Path) -> None:
    operator, place = box.operator, {"companyId": box.company_id, "locationId": box.location_id}
    app = operator.post("/operator/apps", json={"name": "App", "scopes": ["contacts.readonly"]}).json()["id"]
    at = f"/operator/apps/{app}"
    plan = operator.post(f"{at}/plans", json={"name": "Gold", "amount": 5}).json()["planId"]
    operator.post(f"{at}/installations", json=place)
    operator.put(f"{at}/installations/plan", json=place | {"planId": plan})
    operator.post(f"{at}/uninstall", json=place)
    told = {one["type"]: one for one in box.sandbox.events()}
    for event in NAMES:
        jsonschema.validate(told[event], schema_of(contract, event))


def test_every_event_can_be_told_and_tried() -> None:
    """An event without a scope would reach nobody; one that can be told can be triggered."""
    raised = {name for name in kinds_of(Event) if name != "Worked"} - OUR_OWN  # the jobs' own tests
    assert raised <= set(SCOPES) | ALWAYS
    assert raised - ALWAYS <= set(WAYS)
