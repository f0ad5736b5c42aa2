"""Tasks of all contacts: /locations/{locationId}/tasks/search"""

from typing import Annotated

import msgspec
from msgspec import Meta

from groundlevel.areas.contacts.area import area
from groundlevel.areas.contacts.contact import CONTACTS
from groundlevel.areas.contacts.tasks import TASKS, Task
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.store import Condition, Eq, In, Text
from groundlevel.kernel.wire import Body, Name, Wire

Ids = Annotated[list[Name], Meta(max_length=1_000)]
MOST_OF_A_BUSINESS = 10_000


class TasksWanted(Body):
    """Which tasks, and which stretch of them. A list of ids that is empty asks for nothing in particular."""

    contact_id: Ids = []
    completed: bool | None = None
    assigned_to: Ids = []
    query: Annotated[str, Meta(max_length=250)] = ""
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 25
    skip: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    business_id: Name | None = None


class Person(Wire):
    """Whom a task is about."""

    first_name: str | None = None
    last_name: str | None = None


class FoundTask(Wire):
    """A task, and whom it is about."""

    id: str = msgspec.field(name="_id")
    location_id: str
    contact_id: str
    title: str
    due_date: str
    completed: bool
    date_added: str
    contact_details: Person
    body: str | None = None
    assigned_to: str | None = None


class ManyFoundTasks(Wire):
    """Tasks, newest first."""

    tasks: list[FoundTask]


@area.post(
    "/locations/{locationId}/tasks/search",
    scope="locations/tasks.readonly",
    status=200,
    reads=True,
    slow=True,
)
def task_search(ctx: Ctx, location_id: str, body: TasksWanted) -> ManyFoundTasks:
    """The sub-account's tasks, newest first: by contacts, users, whether they are done, and a piece of their text.

    `limit` of them (25 unless said, at most 1,000) after `skip`. Of a business with over 10,000 contacts, tasks of the
    10,000 newest are found.
    """
    found = ctx.db.find(TASKS, *_wanted(ctx, body), limit=body.limit, skip=body.skip)
    ids = tuple(dict.fromkeys(t.contact_id for t in found))
    people = {c.id: c for c in ctx.db.find(CONTACTS, In("id", ids), limit=len(ids))} if ids else {}

    def seen(task: Task) -> FoundTask:
        contact = people.get(task.contact_id)
        who = Person(first_name=contact.first_name, last_name=contact.last_name) if contact else Person()
        return FoundTask(
            id=task.id, location_id=location_id, contact_id=task.contact_id, title=task.title, due_date=task.due_date,
            completed=task.completed, date_added=task.date_added, body=task.body, assigned_to=task.assigned_to,
            contact_details=who,
        )  # fmt: skip

    return ManyFoundTasks(tasks=[seen(task) for task in found])


def _wanted(ctx: Ctx, body: TasksWanted) -> list[Condition]:
    wanted: list[Condition] = []
    if body.contact_id:
        wanted.append(In("contact_id", tuple(body.contact_id)))
    if body.assigned_to:
        wanted.append(In("assigned_to", tuple(body.assigned_to)))
    if body.completed is not None:
        wanted.append(Eq("completed", body.completed))
    if body.query.strip():
        wanted.append(Text(body.query.strip().lower()))
    if body.business_id is not None:
        of_business = ctx.db.find(CONTACTS, Eq("business_id", body.business_id), limit=MOST_OF_A_BUSINESS)
        wanted.append(In("contact_id", tuple(contact.id for contact in of_business)))
    return wanted
