"""An opportunity as it is answered: with its contact, what it is worth to expect, and what is asked for beside it."""

from collections.abc import Callable, Sequence
from datetime import UTC
from operator import attrgetter
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

from msgspec import Struct

from groundlevel.areas.calendars import APPOINTMENTS, Appointment, CalendarEvent, shown_event
from groundlevel.areas.contacts import CONTACTS, NOTES, TASKS, Contact, Note, ShownTask, Task, shown_task
from groundlevel.areas.custom_fields import CUSTOM_FIELDS, FieldValue
from groundlevel.areas.locations import own_location
from groundlevel.areas.opportunities.forecasts import effective
from groundlevel.areas.opportunities.opportunity import Opportunity
from groundlevel.areas.opportunities.pipelines import PIPELINES, Pipeline
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.store import In, Table
from groundlevel.kernel.versions import V3, Since
from groundlevel.kernel.wire import Wire, shown

AT_ONCE, MOST_OF_EACH = 25, 50
"""Contacts whose notes (tasks, events) are read by one question, and how many of them each has on average at most."""
T = TypeVar("T", Note, Task, Appointment)


class ContactOf(Wire):
    """What is told of an opportunity's contact."""

    id: str
    name: str | None = None
    company_name: str | None = None
    email: str | None = None
    phone: str | None = None
    tags: list[str] = shown()


class ShownValue(Wire):
    """A custom field's value: as published, and under the name for its type that the hosted service gives it."""

    id: str
    type: str
    field_value: Any
    field_value_string: str | None = None
    field_value_number: int | float | None = None
    field_value_date: int | None = None
    field_value_array: list[Any] | None = None
    field_value_files: dict[str, Any] | None = None


class ShownOpportunity(Wire):
    """An opportunity. `notes`, `tasks` and `calendar_events` are its contact's, where they were asked for."""

    id: str
    name: str
    monetary_value: int | float
    pipeline_id: str
    pipeline_stage_id: str
    status: str
    contact_id: str
    location_id: str
    created_at: str
    updated_at: str
    last_status_change_at: str
    last_stage_change_at: str
    last_action_date: str
    index_version: str
    source: str | None = None
    assigned_to: str | None = None
    lost_reason_id: str | None = None
    external_object_id: str | None = None
    forecast_expected_close_date: Annotated[str | None, Since(V3)] = None
    forecast_original_close_date: Annotated[str | None, Since(V3)] = None
    forecast_slippage_count: Annotated[int | None, Since(V3)] = None
    forecast_days_slipped: Annotated[int | None, Since(V3)] = None
    forecast_last_slipped_at: Annotated[str | None, Since(V3)] = None
    forecast_probability: Annotated[int | float | None, Since(V3)] = None
    effective_probability: Annotated[int | float | None, Since(V3)] = None
    contact: ContactOf | None = None
    custom_fields: list[ShownValue] = shown()
    followers: list[str] = shown()
    notes: list[Note] | None = None
    tasks: list[ShownTask] | None = None
    calendar_events: list[CalendarEvent] | None = None


class FoundOpportunity(ShownOpportunity, kw_only=True):
    """An opportunity in a search. `search_after` is the place behind it."""

    search_after: list[Any] | None = None


class OneOpportunity(Wire):
    """The reply about one opportunity."""

    opportunity: ShownOpportunity


class Beside(Struct, frozen=True):
    """What of the contacts is told beside opportunities."""

    notes: bool = False
    tasks: bool = False
    calendar_events: bool = False


_SAME = tuple(
    f
    for f in ShownOpportunity.__struct_fields__
    if f in Opportunity.__struct_fields__ and f not in ("custom_fields", "index_version")
)
_same_of: Callable[[Opportunity], tuple[Any, ...]] = attrgetter(*_SAME)


def one(ctx: Ctx, opportunity: Opportunity) -> OneOpportunity:
    """The reply about one."""
    return OneOpportunity(opportunity=ShownOpportunity(**Telling(ctx, [opportunity]).fields(opportunity)))


class Telling:
    """What a page of opportunities needs of other tables, read by a few questions for all of them."""

    def __init__(self, ctx: Ctx, opportunities: Sequence[Opportunity], beside: Beside | None = None) -> None:
        self.ctx = ctx
        ids = tuple(dict.fromkeys(o.contact_id for o in opportunities))
        self.contacts: dict[str, Contact] = {c.id: c for c in ctx.db.find(CONTACTS, In("id", ids), limit=len(ids) or 1)}
        self.pipelines: dict[str, Pipeline | None] = {}
        self.dates: dict[str, bool] = {}
        self.lists: dict[str, dict[str, list[Any]]] = {}
        if beside:
            self.lists["notes"] = _of(ctx, NOTES, ids if beside.notes else ())
            tasks = _of(ctx, TASKS, ids if beside.tasks else ())
            self.lists["tasks"] = {id: [shown_task(t) for t in of] for id, of in tasks.items()}
            events = _of(ctx, APPOINTMENTS, ids if beside.calendar_events else ())
            zone = ZoneInfo(own_location(ctx).timezone) if events else UTC
            self.lists["calendar_events"] = {id: [shown_event(e, zone) for e in of] for id, of in events.items()}

    def fields(self, o: Opportunity) -> dict[str, Any]:
        """What is answered about one of them."""
        told: dict[str, Any] = dict(zip(_SAME, _same_of(o), strict=True))
        told["index_version"] = str(o.index_version)
        told["effective_probability"] = self._chance(o)
        told["custom_fields"] = [self._value(v) for v in o.custom_fields]
        if contact := self.contacts.get(o.contact_id):
            told["contact"] = ContactOf(
                id=contact.id, name=contact.name, company_name=contact.company_name, email=contact.email,
                phone=contact.phone, tags=contact.tags,
            )  # fmt: skip
        return told | {name: of.get(o.contact_id, []) for name, of in self.lists.items()}

    def _chance(self, o: Opportunity) -> float | None:
        if o.pipeline_id not in self.pipelines:
            self.pipelines[o.pipeline_id] = self.ctx.db.get(PIPELINES, o.pipeline_id)
        pipeline = self.pipelines[o.pipeline_id]
        stage = pipeline.stage(o.pipeline_stage_id) if pipeline else None
        return effective(o.status, o.forecast_probability, stage.stage_win_probability if stage else 0)

    def _value(self, kept: FieldValue) -> ShownValue:
        told = ShownValue(id=kept.id, type="object", field_value=kept.value)
        match kept.value:
            case str():
                told.type = "string"
                told.field_value_string = kept.value
            case int() | float() if self._is_date(kept.id):
                told.type = "date"
                told.field_value_date = int(kept.value)
            case int() | float():
                told.type = "number"
                told.field_value_number = kept.value
            case list():
                told.type = "array"
                told.field_value_array = told.field_value
            case _:
                told.field_value_files = kept.value
        return told

    def _is_date(self, id: str) -> bool:
        if id not in self.dates:
            field = self.ctx.db.get(CUSTOM_FIELDS, id)
            self.dates[id] = field is not None and field.data_type == "DATE"
        return self.dates[id]


def _of(ctx: Ctx, table: Table[T], contact_ids: Sequence[str]) -> dict[str, list[T]]:
    """What the contacts have in a table, the newest first."""
    found: dict[str, list[T]] = {}
    for first in range(0, len(contact_ids), AT_ONCE):
        some = In("contact_id", tuple(contact_ids[first : first + AT_ONCE]))
        for record in ctx.db.find(table, some, limit=AT_ONCE * MOST_OF_EACH):
            found.setdefault(record.contact_id, []).append(record)
    return found
