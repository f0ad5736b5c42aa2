"""Tasks about a contact: /contacts/{contactId}/tasks"""

from typing import Any

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from groundlevel.areas.contacts.area import area
from groundlevel.areas.contacts.contact import contact_or_400
from groundlevel.areas.contacts.events import ContactDelete, TaskComplete, TaskCreate, TaskDelete
from groundlevel.areas.contacts.replies import Succeeded
from groundlevel.areas.users import check_user
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.problems import NotFound
from groundlevel.kernel.store import Eq, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Name, Prose, When, Wire, iso, moment, new_id, sent


class TaskInput(Body):
    """A task to add; `due_date` in ISO 8601."""

    title: Name
    due_date: When
    completed: bool
    body: Prose | None = None
    assigned_to: Name | None = None


class TaskChange(Body):
    """What to change about a task."""

    title: Name | UnsetType = UNSET
    due_date: When | UnsetType = UNSET
    completed: bool | UnsetType = UNSET
    body: Prose | None | UnsetType = UNSET
    assigned_to: Name | None | UnsetType = UNSET


class TaskStatus(Body):
    """Whether a task is done."""

    completed: bool


class ShownTask(Wire):
    """Something to do about a contact."""

    id: str
    contact_id: str
    title: str
    due_date: str
    completed: bool
    date_added: str
    body: str | None = None
    assigned_to: str | None = None


class Task(ShownTask, kw_only=True):
    """A task as it is kept. `words`: what is searched for a piece of text. `recurring_id`: what it is made by."""

    words: str = ""
    recurring_id: str | None = None

    def __post_init__(self) -> None:
        """The text follows the task."""
        self.words = f"{self.title}\n{self.body or ''}".lower()


class OneTask(Wire):
    """The reply about one task."""

    task: ShownTask


class ManyTasks(Wire):
    """The tasks of a contact."""

    tasks: list[ShownTask]


TASKS = declare(
    Table(
        "contact_tasks",
        Task,
        index=("contact_id", "due_date", "completed"),
        sparse=("assigned_to", "recurring_id"),
        text=("words",),
        order="date_added",
    )
)


@area.get("/contacts/{contactId}/tasks", scope="contacts.readonly")
def get_all_tasks(ctx: Ctx, contact_id: str) -> ManyTasks:
    """The contact's tasks, newest first; at most 1,000."""
    contact = contact_or_400(ctx, contact_id)
    return ManyTasks(tasks=[shown_task(t) for t in ctx.db.find(TASKS, Eq("contact_id", contact.id), limit=1_000)])


@area.post("/contacts/{contactId}/tasks", scope="contacts.write")
def create_task(ctx: Ctx, contact_id: str, body: TaskInput) -> OneTask:
    """Add a task. One that is added completed is also told as completed."""
    contact = contact_or_400(ctx, contact_id)
    blank = Task(
        id=new_id(), contact_id=contact.id, title="", due_date="", completed=False, date_added=ctx.stamp
    )  # fmt: skip
    task = _changed(ctx, blank, body)
    return OneTask(task=shown_task(add_task(ctx, task)))


@area.get("/contacts/{contactId}/tasks/{taskId}", scope="contacts.readonly")
def get_task(ctx: Ctx, contact_id: str, task_id: str) -> OneTask:
    """One task."""
    return OneTask(task=shown_task(task_or_404(ctx, contact_id, task_id)))


@area.put("/contacts/{contactId}/tasks/{taskId}", scope="contacts.write")
def update_task(ctx: Ctx, contact_id: str, task_id: str, body: TaskChange) -> OneTask:
    """Change a task; what is not sent stays as it is."""
    before = task_or_404(ctx, contact_id, task_id)
    return OneTask(task=shown_task(_kept(ctx, before, _changed(ctx, before, body))))


@area.put("/contacts/{contactId}/tasks/{taskId}/completed", scope="contacts.write")
def update_task_completed(ctx: Ctx, contact_id: str, task_id: str, body: TaskStatus) -> OneTask:
    """Say whether a task is done."""
    before = task_or_404(ctx, contact_id, task_id)
    return OneTask(task=shown_task(_kept(ctx, before, replace(before, completed=body.completed))))


@area.delete("/contacts/{contactId}/tasks/{taskId}", scope="contacts.write")
def delete_task(ctx: Ctx, contact_id: str, task_id: str) -> Succeeded:
    """Remove a task."""
    task = task_or_404(ctx, contact_id, task_id)
    ctx.db.delete(TASKS, task.id)
    ctx.emit(TaskDelete(**_told(ctx, task)))
    return Succeeded()


def task_or_404(ctx: Ctx, contact_id: str, task_id: str) -> Task:
    """The task, if it is about this contact."""
    task = ctx.db.get(TASKS, task_id)
    if task is None or task.contact_id != contact_id:
        raise NotFound(f"Task with id {task_id} not found")
    return task


def add_task(ctx: Ctx, task: Task) -> Task:
    """Keep a new task, and say that it is there; one that is done already is also told as completed."""
    ctx.emit(TaskCreate(**_told(ctx, task)))
    if task.completed:
        ctx.emit(TaskComplete(**_told(ctx, task)))
    return ctx.db.put(TASKS, task)


def shown_task(task: Task) -> ShownTask:
    """The task as its contact shows it."""
    return ShownTask(**{name: getattr(task, name) for name in ShownTask.__struct_fields__})


@on(ContactDelete)
def forget_tasks(ctx: Ctx, gone: ContactDelete) -> None:
    """A contact's tasks go with it."""
    for task in ctx.db.each(TASKS, Eq("contact_id", gone.id)):
        ctx.db.delete(TASKS, task.id)


def _changed(ctx: Ctx, task: Task, body: TaskInput | TaskChange) -> Task:
    new = sent(body)
    if "due_date" in new:
        new["due_date"] = iso(moment(new["due_date"], "dueDate"))
    check_user(ctx, new.get("assigned_to"))
    return replace(task, **new)


def _kept(ctx: Ctx, before: Task, after: Task) -> Task:
    if after.completed and not before.completed:
        ctx.emit(TaskComplete(**_told(ctx, after)))
    return ctx.db.put(TASKS, after)


def _told(ctx: Ctx, task: Task) -> dict[str, Any]:
    return {
        "location_id": ctx.location_id, "id": task.id, "contact_id": task.contact_id, "title": task.title,
        "date_added": task.date_added, "due_date": task.due_date, "body": task.body, "assigned_to": task.assigned_to,
    }  # fmt: skip
