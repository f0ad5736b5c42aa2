"""Workflows: /workflows"""

from typing import Literal

from groundlevel.areas.workflows.area import area
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Wire

Status = Literal["draft", "published"]
MOST_LISTED = 10_000


class Workflow(Wire):
    """A workflow; `version` counts its changes."""

    id: str
    name: str
    status: Status
    version: int
    created_at: str
    updated_at: str
    location_id: str


class WorkflowsWanted(Body):
    """Whose workflows."""

    location_id: str


class ManyWorkflows(Wire):
    """Workflows, newest first."""

    workflows: list[Workflow]


WORKFLOWS = declare(Table("workflows", Workflow, order="created_at"))


@area.get("/workflows", scope="workflows.readonly")
def get_workflow(ctx: Ctx, query: WorkflowsWanted) -> ManyWorkflows:
    """The sub-account's workflows, newest first, at most 10,000."""
    return ManyWorkflows(workflows=ctx.db.find(WORKFLOWS, limit=MOST_LISTED))


def workflow_or_400(ctx: Ctx, workflow_id: str) -> Workflow:
    """The sub-account's workflow with this id; 400 where there is none."""
    workflow = ctx.db.get(WORKFLOWS, workflow_id)
    if workflow is None:
        raise BadRequest(f"Workflow with id {workflow_id} not found")
    return workflow
