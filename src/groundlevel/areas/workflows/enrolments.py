"""Who is in which workflow: /contacts/{contactId}/workflow/{workflowId}"""

from typing import Literal

from msgspec.structs import replace

from groundlevel.areas.contacts import ContactDelete, Succeeded, contact_or_400
from groundlevel.areas.workflows.area import area
from groundlevel.areas.workflows.workflows import workflow_or_400
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.jobs import job
from groundlevel.kernel.store import Eq, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, When, Wire, iso, moment


class Enrolment(Wire):
    """A contact in a workflow, now or from `start_time` on; its id is made of theirs, so that nobody is in twice."""

    id: str
    contact_id: str
    workflow_id: str
    status: Literal["scheduled", "active"]
    start_time: str
    date_added: str


class Start(Body):
    """From when on the contact is in the workflow; at once where nothing is said."""

    event_start_time: When | None = None


ENROLMENTS = declare(Table("enrolments", Enrolment, index=("contact_id", "workflow_id"), order="date_added"))


@area.post("/contacts/{contactId}/workflow/{workflowId}", scope="contacts.write", status=200)
def add_contact_to_workflow(ctx: Ctx, contact_id: str, workflow_id: str, body: Start) -> Succeeded:
    """Put a contact into a workflow, at once or from `eventStartTime` on if that is in the future.

    One that waits to be in it gets the new time; one that is in it already stays. 400 for an unknown one of either.
    """
    contact, workflow = contact_or_400(ctx, contact_id), workflow_or_400(ctx, workflow_id)
    key = _key(contact.id, workflow.id)
    start = moment(body.event_start_time, "eventStartTime") if body.event_start_time else ctx.now
    there = ctx.db.get(ENROLMENTS, key)
    if there and there.status == "active":
        return Succeeded()
    enrolment = Enrolment(
        id=key, contact_id=contact.id, workflow_id=workflow.id, status="scheduled" if start > ctx.now else "active",
        start_time=iso(max(start, ctx.now)), date_added=there.date_added if there else ctx.stamp,
    )  # fmt: skip
    ctx.db.put(ENROLMENTS, enrolment)
    if enrolment.status == "scheduled":
        ctx.later(start_enrolment, at=start, enrolment_id=key)
    return Succeeded()


@area.delete("/contacts/{contactId}/workflow/{workflowId}", scope="contacts.write")
def delete_contact_from_workflow(ctx: Ctx, contact_id: str, workflow_id: str, body: Start) -> Succeeded:
    """Take a contact out of a workflow, or have it wait for it no more; `eventStartTime` is taken and means nothing.

    400 for an unknown one of either.
    """
    contact, workflow = contact_or_400(ctx, contact_id), workflow_or_400(ctx, workflow_id)
    ctx.db.delete(ENROLMENTS, _key(contact.id, workflow.id))
    return Succeeded()


@job()
def start_enrolment(ctx: Ctx, enrolment_id: str) -> None:
    """Let a contact into the workflow it waits for, unless it waits no more or for a later moment."""
    there = ctx.db.get(ENROLMENTS, enrolment_id)
    if there and there.status == "scheduled" and there.start_time <= ctx.stamp:
        ctx.db.put(ENROLMENTS, replace(there, status="active"))


@on(ContactDelete)
def leave_workflows(ctx: Ctx, event: ContactDelete) -> None:
    """A contact that is gone is in no workflow."""
    drop_enrolments(ctx, "contact_id", event.id)


def drop_enrolments(ctx: Ctx, field: str, id: str) -> None:
    """Remove all enrolments of a contact (`contact_id`) or in a workflow (`workflow_id`)."""
    for enrolment in ctx.db.each(ENROLMENTS, Eq(field, id)):
        ctx.db.delete(ENROLMENTS, enrolment.id)


def _key(contact_id: str, workflow_id: str) -> str:
    return f"{contact_id}.{workflow_id}"
