"""Opportunities of files. The contact is named by its id, email or phone, pipeline and stage by their ids or names.

A contact's opportunity in the pipeline is changed, as by `POST /opportunities/upsert`; unless the sub-account allows
several: then a row without an `id` adds one.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from groundlevel.areas.contacts import CONTACTS, ContactChange, alike, reached_at
from groundlevel.areas.custom_fields import CustomField, fields_of
from groundlevel.areas.locations import own_location
from groundlevel.areas.opportunities import (
    OPPORTUNITIES,
    NewOpportunity,
    Opportunity,
    OpportunityChange,
    Pipeline,
    all_pipelines,
    create_opportunity,
    update_opportunity,
)
from groundlevel.areas.transfers.ahead import Ahead
from groundlevel.areas.transfers.cells import number, value_of
from groundlevel.areas.transfers.columns import Target, plain, targets_of
from groundlevel.areas.transfers.kinds import Kind
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.explain import violations
from groundlevel.kernel.problems import Unprocessable
from groundlevel.kernel.store import Eq
from groundlevel.kernel.wire import camel

B = TypeVar("B", bound=Struct)

FIELDS = {
    "id": "opportunity_id",
    "name": "opportunity_name title deal deal_name opportunity",
    "contact_id": "contact",
    "email": "contact_email email_address",
    "phone": "contact_phone phone_number",
    "pipeline_id": "pipeline pipeline_name",
    "pipeline_stage_id": "stage pipeline_stage stage_name stage_id",
    "status": "state",
    "monetary_value": "value amount lead_value deal_value",
    "assigned_to": "owner assigned_user",
    "forecast_expected_close_date": "close_date expected_close_date",
}
OF_CONTACT = ("contact_id", "email", "phone")


def targets(ctx: Ctx) -> list[Target]:
    """The fields of opportunities, the sub-account's own among them, and who the contact is."""
    return targets_of(FIELDS, fields_of(ctx, "opportunity"))


class Said(Struct):
    """A row: whose opportunity it is, which one if that is said, and what is said of it, in the API's names."""

    who: ContactChange
    contact_id: str
    id: str
    fields: dict[str, Any]


class TakingOpportunities:
    """See `Taking`."""

    def __init__(self, ctx: Ctx) -> None:
        self.location = own_location(ctx)
        self.pipelines: list[Pipeline] = all_pipelines(ctx)
        self.custom: dict[str, CustomField] = {field.field_key: field for field in fields_of(ctx, "opportunity")}

    def read(self, cells: Mapping[str, str]) -> Said:
        """Whose it is, and what is said of it; 422 for a pipeline or stage that there is not."""
        said: dict[str, Any] = {camel(name): text for name, text in cells.items() if name in FIELDS}
        own = [{"id": f.id, "value": value_of(f, cells[key])} for key, f in self.custom.items() if key in cells]
        if own:
            said["customFields"] = own
        if "monetaryValue" in said:
            said["monetaryValue"] = number(said["monetaryValue"])
        if "status" in said:
            said["status"] = said["status"].lower()
        self._placed(said)
        who = {name: said.pop(name) for name in ("email", "phone") if name in said}
        contact_id, id = said.pop("contactId", ""), said.pop("id", "")
        return Said(_as(ContactChange, who), contact_id, id, said)

    def _placed(self, said: dict[str, Any]) -> None:
        """Pipeline and stage by their ids. One that is the only one need not be said."""
        name = said.get("pipelineId", self.pipelines[0].id if len(self.pipelines) == 1 else "")
        pipeline = next((p for p in self.pipelines if p.id == name or plain(p.name) == plain(name)), None)
        if pipeline is None:
            raise Unprocessable(f"pipelineId must name a pipeline, not {name}" if name else "pipelineId is missing")
        said["pipelineId"] = pipeline.id
        if wanted := said.get("pipelineStageId"):
            stage = next((s for s in pipeline.stages if s.id == wanted or plain(s.name) == plain(wanted)), None)
            if stage is None:
                raise Unprocessable(f"pipelineStageId must name a stage of {pipeline.name}, not {wanted}")
            said["pipelineStageId"] = stage.id

    def foresee(self, db: Ahead, said: Sequence[Said]) -> None:
        """Whose they are."""
        reached = [reached_at(one.who, self.location) for one in said]
        db.foresee(CONTACTS, "email", [email for email, _ in reached if email])
        db.foresee(CONTACTS, "phone", [phone for _, phone in reached if phone])

    def keep(self, ctx: Ctx, said: Said) -> str:
        """Change the one that is meant, or add one; a new one is open unless it says otherwise."""
        fields = dict(said.fields)
        contact_id = said.contact_id or self._contact(ctx, said.who)
        before = said.id or self._before(ctx, contact_id, fields["pipelineId"])
        if before:
            update_opportunity(ctx, before, _as(OpportunityChange, fields))
            return ""
        if not contact_id:
            raise Unprocessable("contactId, email or phone must name a contact")
        whole = {"status": "open", "locationId": ctx.location_id, "contactId": contact_id} | fields
        return create_opportunity(ctx, _as(NewOpportunity, whole)).opportunity.id

    def _contact(self, ctx: Ctx, who: ContactChange) -> str:
        found = alike(ctx, self.location, who)
        return found[1].id if found else ""

    def _before(self, ctx: Ctx, contact_id: str, pipeline_id: str) -> str:
        if not contact_id or self.location.settings.allow_duplicate_opportunity:
            return ""
        theirs: list[Opportunity] = ctx.db.find(OPPORTUNITIES, Eq("contact_id", contact_id), limit=1_000)
        return next((one.id for one in theirs if one.pipeline_id == pipeline_id), "")


def _as(shape: type[B], said: dict[str, Any]) -> B:
    try:
        return msgspec.convert(said, shape)
    except msgspec.ValidationError:
        raise Unprocessable(*violations(said, shape)) from None


OPPORTUNITIES_IN = Kind("opportunities", targets, TakingOpportunities)
