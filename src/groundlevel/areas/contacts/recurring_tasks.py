"""Tasks that are made again and again: /locations/{locationId}/recurring-tasks"""

from datetime import timedelta
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from groundlevel.areas.contacts.area import area
from groundlevel.areas.contacts.contact import contact_or_400
from groundlevel.areas.contacts.events import ContactDelete
from groundlevel.areas.contacts.recurrence import Rule, next_of, start_of
from groundlevel.areas.contacts.tasks import TASKS, Task, add_task
from groundlevel.areas.users import check_user
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.jobs import job
from groundlevel.kernel.problems import BadRequest, Unprocessable
from groundlevel.kernel.store import Eq, Has, Range, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Name, Prose, Wire, iso, new_id, sent

Title = Annotated[str, Meta(min_length=1, max_length=1_000)]
Contacts = Annotated[list[Name], Meta(max_length=100)]
Owners = Annotated[list[Name], Meta(max_length=10)]


class RecurringTaskInput(Body):
    """What is to be made, for which contacts, and when. `ignore_task_creation`: no task is made at once."""

    title: Title
    rrule_options: Rule
    description: Prose = ""
    contact_ids: Contacts = []
    owners: Owners = []
    ignore_task_creation: bool = False


class RecurringTaskChange(Body):
    """What to change; what is not sent stays. `ignore_task_creation` is taken and has no effect."""

    title: Title | UnsetType = UNSET
    rrule_options: Rule | UnsetType = UNSET
    description: Prose | UnsetType = UNSET
    contact_ids: Contacts | UnsetType = UNSET
    owners: Owners | UnsetType = UNSET
    ignore_task_creation: bool | UnsetType = UNSET


class RecurringTask(Wire):
    """What makes tasks, as it is shown. `total_occurrence`: how often it has made some."""

    id: str
    title: str
    description: str
    location_id: str
    created_at: str
    updated_at: str
    rrule_options: Rule
    total_occurrence: int
    deleted: bool
    contact_id: str | None = None
    assigned_to: str | None = None


class KeptRecurringTask(RecurringTask, kw_only=True):
    """The same as it is kept. `next_at`: when it makes tasks next, if it does."""

    contact_ids: list[str] = []
    owners: list[str] = []
    next_at: str | None = None


class OneRecurringTask(Wire):
    """The reply about one."""

    recurring_task: RecurringTask


class RecurringTaskGone(Wire):
    """The reply to deleting."""

    id: str
    success: bool


RECURRING = declare(Table("recurring_tasks", KeptRecurringTask, many=("contact_ids",), order="created_at"))


@area.post("/locations/{locationId}/recurring-tasks", scope="locations/tasks.write")
def create_recurring_task(ctx: Ctx, location_id: str, body: RecurringTaskInput) -> OneRecurringTask:
    """Have a task made for each contact and owner, again and again; the first ones at once if the rule has begun.

    400 for contacts and users that are not the sub-account's, 422 for a rule that never comes true.
    """
    fields = sent(body)
    at_once = not fields.pop("ignore_task_creation") and start_of(body.rrule_options) <= ctx.now
    made = KeptRecurringTask(
        **fields, id=new_id(), location_id=location_id, created_at=ctx.stamp, updated_at=ctx.stamp, total_occurrence=0,
        deleted=False,
    )  # fmt: skip
    made = _checked(ctx, made)
    if at_once:
        made = _make(ctx, made)
    return OneRecurringTask(recurring_task=_seen(_planned(ctx, made, first=True)))


@area.get("/locations/{locationId}/recurring-tasks/{id}", scope="locations/tasks.readonly")
def get_recurring_task_by_id(ctx: Ctx, location_id: str, id: str) -> OneRecurringTask:
    """What makes tasks; 400 where there is none with this id."""
    return OneRecurringTask(recurring_task=_seen(_recurring_or_400(ctx, id)))


@area.put("/locations/{locationId}/recurring-tasks/{id}", scope="locations/tasks.write")
def update_recurring_task(ctx: Ctx, location_id: str, id: str, body: RecurringTaskChange) -> OneRecurringTask:
    """Change what will be made from now on; tasks that are there stay as they are."""
    fields = sent(body)
    fields.pop("ignore_task_creation", None)
    changed = _checked(ctx, replace(_recurring_or_400(ctx, id), **fields, updated_at=ctx.stamp))
    return OneRecurringTask(recurring_task=_seen(_planned(ctx, changed, first="rrule_options" in fields)))


@area.delete("/locations/{locationId}/recurring-tasks/{id}", scope="locations/tasks.write")
def delete_recurring_task(ctx: Ctx, location_id: str, id: str) -> RecurringTaskGone:
    """Make no more tasks; those that are there stay."""
    return RecurringTaskGone(id=id, success=ctx.db.delete(RECURRING, _recurring_or_400(ctx, id).id))


@job()
def make_recurring_tasks(ctx: Ctx, recurring_id: str, planned_at: str) -> None:
    """Make the tasks of one moment, if it is still meant. Moments that passed meanwhile are not made up for."""
    recurring = ctx.db.get(RECURRING, recurring_id)
    if recurring is not None and recurring.next_at == planned_at:
        _planned(ctx, _make(ctx, recurring))


@on(ContactDelete)
def forget_contact(ctx: Ctx, gone: ContactDelete) -> None:
    """Nothing recurs for a contact that is gone."""
    for recurring in ctx.db.each(RECURRING, Has("contact_ids", gone.id)):
        left = [id for id in recurring.contact_ids if id != gone.id]
        if left:
            ctx.db.put(RECURRING, replace(recurring, contact_ids=left))
        else:
            ctx.db.delete(RECURRING, recurring.id)


def _make(ctx: Ctx, recurring: KeptRecurringTask) -> KeptRecurringTask:
    """Make a task for each contact and owner, but for those whose last one is overdue (unless the rule says so)."""
    rule = recurring.rrule_options
    due, made = iso(ctx.now + timedelta(seconds=rule.due_after_seconds)), 0
    for contact_id in recurring.contact_ids or [""]:
        late = (Eq("contact_id", contact_id), Eq("completed", False), Range("due_date", "<", ctx.stamp))
        if not rule.create_task_if_over_due and ctx.db.one(TASKS, Eq("recurring_id", recurring.id), *late):
            continue
        for owner in recurring.owners or [None]:
            task = Task(
                id=new_id(), contact_id=contact_id, title=recurring.title, body=recurring.description or None,
                due_date=due, completed=False, date_added=ctx.stamp, assigned_to=owner, recurring_id=recurring.id,
            )  # fmt: skip
            add_task(ctx, task)
            made += 1
    return replace(recurring, total_occurrence=recurring.total_occurrence + 1) if made else recurring


def _planned(ctx: Ctx, recurring: KeptRecurringTask, *, first: bool = False) -> KeptRecurringTask:
    """Keep it, with a job for its next moment. `first`: 422 where the rule has no moment at all."""
    rule = recurring.rrule_options
    over = rule.count is not None and recurring.total_occurrence >= rule.count
    at = None if over else next_of(rule, ctx.now)
    if first and at is None and not recurring.total_occurrence:
        raise Unprocessable("rruleOptions must name a moment to come")
    planned = replace(recurring, next_at=iso(at) if at else None)
    if planned.next_at and (first or planned.next_at != recurring.next_at):
        ctx.later(make_recurring_tasks, at=at, recurring_id=planned.id, planned_at=planned.next_at)
    return ctx.db.put(RECURRING, planned)


def _checked(ctx: Ctx, recurring: KeptRecurringTask) -> KeptRecurringTask:
    """Each contact and owner once, and of this sub-account. 400 for others."""
    contacts, owners = list(dict.fromkeys(recurring.contact_ids)), list(dict.fromkeys(recurring.owners))
    for id in contacts:
        contact_or_400(ctx, id)
    for id in owners:
        check_user(ctx, id)
    first, whose = next(iter(contacts), None), next(iter(owners), None)
    return replace(recurring, contact_ids=contacts, owners=owners, contact_id=first, assigned_to=whose)


def _recurring_or_400(ctx: Ctx, id: str) -> KeptRecurringTask:
    found = ctx.db.get(RECURRING, id)
    if found is None:
        raise BadRequest(f"Recurring task with id {id} not found")
    return found


def _seen(kept: KeptRecurringTask) -> RecurringTask:
    return RecurringTask(**{name: getattr(kept, name) for name in RecurringTask.__struct_fields__})
