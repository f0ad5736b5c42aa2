"""Workflows, as an operator makes them: /operator/locations/{locationId}/workflows"""

from typing import Annotated

from msgspec import Meta

from groundlevel.areas.contacts import Succeeded
from groundlevel.areas.operator import area
from groundlevel.areas.workflows.enrolments import drop_enrolments
from groundlevel.areas.workflows.workflows import WORKFLOWS, Status, Workflow, workflow_or_400
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.wire import Body, new_uuid


class NewWorkflow(Body):
    """What an operator says of a new workflow."""

    name: Annotated[str, Meta(min_length=1, max_length=1_000)]
    status: Status = "draft"


@area.post("/operator/locations/{locationId}/workflows", scope=OPERATOR)
def create_workflow(ctx: Ctx, location_id: str, body: NewWorkflow) -> Workflow:
    """Add a workflow to a sub-account; a draft unless said otherwise."""
    workflow = Workflow(
        id=new_uuid(), name=body.name, status=body.status, version=1, created_at=ctx.stamp, updated_at=ctx.stamp,
        location_id=location_id,
    )  # fmt: skip
    return ctx.db.put(WORKFLOWS, workflow)


@area.delete("/operator/locations/{locationId}/workflows/{workflowId}", scope=OPERATOR)
def delete_workflow(ctx: Ctx, location_id: str, workflow_id: str) -> Succeeded:
    """Remove a workflow; its contacts are in it no more. 400 for an unknown one."""
    workflow = workflow_or_400(ctx, workflow_id)
    drop_enrolments(ctx, "workflow_id", workflow.id)
    ctx.db.delete(WORKFLOWS, workflow.id)
    return Succeeded()
