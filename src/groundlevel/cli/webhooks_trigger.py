"""`groundlevel webhooks trigger`: events that really happen, by the operations that raise them."""

import json
from collections.abc import Callable
from typing import Any

import msgspec

from groundlevel.areas.contacts.contacts import create_contact, delete_contact, update_contact
from groundlevel.areas.contacts.notes import NoteChange, NoteInput, create_note, delete_note, update_note
from groundlevel.areas.contacts.tags import TagNames, add_tags
from groundlevel.areas.contacts.tasks import TaskInput, TaskStatus, create_task, delete_task, update_task_completed
from groundlevel.areas.contacts.writing import ContactChange, NewContact
from groundlevel.areas.locations import LOCATIONS, company_of
from groundlevel.areas.operator import installation
from groundlevel.areas.opportunities import all_pipelines
from groundlevel.areas.opportunities.opportunities import create_opportunity, delete_opportunity, update_opportunity
from groundlevel.areas.opportunities.pipeline_operators import NewPipeline, StageInput, create_pipeline
from groundlevel.areas.opportunities.writing import NewOpportunity, OpportunityChange
from groundlevel.areas.users import USERS
from groundlevel.cli import say
from groundlevel.cli.operate import Operator, operating
from groundlevel.cli.trouble import Trouble
from groundlevel.cli.webhooks_trigger_calendars import OF_CALENDARS
from groundlevel.cli.webhooks_trigger_objects import OF_OBJECTS
from groundlevel.cli.webhooks_trigger_places import OF_PLACES
from groundlevel.cli.webhooks_trigger_talk import OF_TALK
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import Event
from groundlevel.kernel.wire import iso, new_id

Fields = dict[str, Any]
Do = Callable[[Ctx, Fields], object]


def trigger(database: str, event: str, said: list[str], location: str, *, as_json: bool) -> None:
    """Let it happen, and show the payload of the event."""
    do, fields = WAYS.get(event), fields_of(said)
    if do is None:
        raise Trouble(f"{event} cannot be triggered. What can: {', '.join(WAYS)}.")
    with operating(database) as operator:
        place = place_of(operator, location)
        try:
            payload = operator.do(lambda ctx: _happened(ctx, event, do, fields), location=place[0], company=place[1])
        except msgspec.ValidationError as wrong:
            raise Trouble(f"--set: {wrong}.") from None
    if as_json:
        say.as_json(payload)
    else:
        say.line(f"{event} has happened. Whoever is told of such is told now: groundlevel webhooks list")
        say.paste(json.dumps(payload, indent=2, ensure_ascii=False))


def fields_of(said: list[str]) -> Fields:
    """`name=value` to fields; a value that is JSON (a number, true, a list) is that. Trouble for anything else."""
    fields: Fields = {}
    for one in said:
        name, is_one, value = one.partition("=")
        if not name or not is_one:
            raise Trouble(f"--set takes name=value, e.g. email=anna@example.com; {one} is not that.")
        fields[name] = value
        if value[:1] in "[{" or value in ("true", "false", "null"):
            try:
                fields[name] = json.loads(value)
            except ValueError:
                raise Trouble(f"--set {name}: {value} is not JSON.") from None
    return fields


def place_of(operator: Operator, location: str) -> tuple[str, str]:
    """The sub-account and its agency. Trouble where none is named and there is not just one."""

    def look(ctx: Ctx) -> tuple[str, str]:
        found = location or installation(ctx.db).demo.get("locationId", "")
        if not found:
            every = ctx.db.across_owners(LOCATIONS, limit=2)
            found = every[0][1].id if len(every) == 1 else ""
        return found, (company_of(ctx.db, found) or "") if found else ""

    place = operator.look(look)
    if not all(place):
        raise Trouble("Say in which sub-account, with --location ID.")
    return place


class _Watching(Ctx):
    """A context that remembers what was said to have happened."""

    happened: list[Event]

    def emit(self, event: Event) -> None:
        self.happened.append(event)
        super().emit(event)


def _happened(ctx: Ctx, event: str, do: Do, fields: Fields) -> Fields:
    """Do it; the last event of the kind that came of it."""
    watching = _Watching(ctx.caller, ctx.db, ctx.now, ctx.settings, ctx.clock)
    watching.happened = list[Event]()
    do(watching, fields)
    seen = [one for one in watching.happened if type(one).__name__ == event]
    if not seen:
        raise Trouble(f"That changed nothing, so there was no {event}.")
    return msgspec.to_builtins(seen[-1])


def _contact(ctx: Ctx, fields: Fields) -> str:
    said = {"firstName": "Trigger", "email": f"trigger-{new_id().lower()}@example.com", **fields}
    return create_contact(ctx, msgspec.convert({**said, "locationId": ctx.location_id}, NewContact)).contact.id


def _change(ctx: Ctx, fields: Fields) -> None:
    change = msgspec.convert(fields or {"lastName": "Changed"}, ContactChange)
    update_contact(ctx, _contact(ctx, {}), change)


def _note(ctx: Ctx, fields: Fields) -> tuple[str, str]:
    contact = _contact(ctx, {})
    return contact, create_note(ctx, contact, msgspec.convert({"body": "A note", **fields}, NoteInput)).note.id


def _task(ctx: Ctx, fields: Fields) -> tuple[str, str]:
    contact, said = _contact(ctx, {}), {"title": "Call back", "dueDate": iso(ctx.now), "completed": False, **fields}
    return contact, create_task(ctx, contact, msgspec.convert(said, TaskInput)).task.id


def _opportunity(ctx: Ctx, fields: Fields) -> str:
    stages = [StageInput(name="New"), StageInput(name="Next")]
    pipelines = [p for p in all_pipelines(ctx) if len(p.stages) > 1]
    pipeline = (
        pipelines[0] if pipelines else create_pipeline(ctx, ctx.location_id, NewPipeline(name="Trigger", stages=stages))
    )
    said = {"name": "Trigger", "status": "open", "pipelineId": pipeline.id, "locationId": ctx.location_id}
    contact = fields.get("contactId") or _contact(ctx, {})
    whole = {"contactId": contact, **said, **fields}
    return create_opportunity(ctx, msgspec.convert(whole, NewOpportunity, strict=False)).opportunity.id


def _changed_opportunity(**change: Any) -> Do:
    def change_it(ctx: Ctx, fields: Fields) -> None:
        said = change | fields
        id = _opportunity(ctx, {})
        update_opportunity(ctx, id, msgspec.convert(said, OpportunityChange, strict=False))

    return change_it


def _next_stage(ctx: Ctx, fields: Fields) -> None:
    id = _opportunity(ctx, {})
    pipeline = next(p for p in all_pipelines(ctx) if len(p.stages) > 1)
    said = {"pipelineStageId": pipeline.stages[1].id, **fields}
    update_opportunity(ctx, id, msgspec.convert(said, OpportunityChange, strict=False))


def _assigned(ctx: Ctx, fields: Fields) -> None:
    here = (user.id for user in ctx.db.each(USERS) if ctx.location_id in user.roles.location_ids and not user.deleted)
    _changed_opportunity(assignedTo=next(here, None))(ctx, fields)


WAYS: dict[str, Do] = {
    "ContactCreate": _contact,
    "ContactUpdate": _change,
    "ContactDelete": lambda ctx, fields: delete_contact(ctx, _contact(ctx, fields)),
    "ContactTagUpdate": lambda ctx, fields: add_tags(
        ctx, _contact(ctx, {}), msgspec.convert({"tags": ["trigger"], **fields}, TagNames)
    ),
    "ContactDndUpdate": lambda ctx, fields: _change(ctx, fields or {"dndSettings": {"sms": {"status": "active"}}}),
    "NoteCreate": _note,
    "NoteUpdate": lambda ctx, fields: update_note(
        ctx, *_note(ctx, {}), msgspec.convert({"body": "Another note", **fields}, NoteChange)
    ),
    "NoteDelete": lambda ctx, fields: delete_note(ctx, *_note(ctx, fields)),
    "TaskCreate": _task,
    "TaskComplete": lambda ctx, fields: update_task_completed(ctx, *_task(ctx, fields), TaskStatus(completed=True)),
    "TaskDelete": lambda ctx, fields: delete_task(ctx, *_task(ctx, fields)),
    "OpportunityCreate": _opportunity,
    "OpportunityUpdate": _changed_opportunity(name="Changed"),
    "OpportunityDelete": lambda ctx, fields: delete_opportunity(ctx, _opportunity(ctx, fields)),
    "OpportunityStatusUpdate": _changed_opportunity(status="won"),
    "OpportunityStageUpdate": _next_stage,
    "OpportunityMonetaryValueUpdate": _changed_opportunity(monetaryValue=100),
    "OpportunityAssignedToUpdate": _assigned,
    **OF_CALENDARS,
    **OF_OBJECTS,
    **OF_PLACES,
    **OF_TALK,
}
"""Event -> what is done for it. What it is about stays, unless it is the end of it."""
