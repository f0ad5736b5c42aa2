"""What can happen to opportunities and pipelines, with the payloads that webhooks carry."""

from typing import Any, ClassVar

from groundlevel.areas.opportunities.forecasts import Status
from groundlevel.kernel.events import Event


class OpportunityEvent(Event):
    """What all events of an opportunity say of it."""

    location_id: str
    id: str
    contact_id: str
    monetary_value: int | float
    name: str
    pipeline_id: str
    pipeline_stage_id: str
    status: Status
    date_added: str
    source: str | None = None
    assigned_to: str | None = None


class OpportunityCreate(OpportunityEvent):
    """An opportunity was added."""


class OpportunityUpdate(OpportunityEvent):
    """Anything about an opportunity changed."""


class OpportunityDelete(OpportunityEvent):
    """An opportunity was removed."""


class OpportunityStatusUpdate(OpportunityEvent):
    """An opportunity was won, lost, abandoned or opened again."""


class OpportunityStageUpdate(OpportunityEvent):
    """An opportunity is in another stage, or another pipeline."""


class OpportunityMonetaryValueUpdate(OpportunityEvent):
    """An opportunity's value changed."""


class OpportunityAssignedToUpdate(OpportunityEvent):
    """An opportunity is another user's, or nobody's."""


class PipelineGone(Event):
    """A pipeline was removed."""

    logged: ClassVar[bool] = False
    pipeline_id: str


class StageGone(Event):
    """A stage was taken out of its pipeline."""

    logged: ClassVar[bool] = False
    pipeline_id: str
    stage_id: str


def told(opportunity: Any) -> dict[str, Any]:
    """The fields of an opportunity that its events carry."""
    names = (f for f in OpportunityEvent.__struct_fields__ if f != "date_added")
    return {f: getattr(opportunity, f) for f in names} | {"date_added": opportunity.created_at}
