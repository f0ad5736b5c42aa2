"""The opportunity itself: its record, its table, and how other areas get hold of one."""

from typing import Any

from groundlevel.areas.custom_fields import FieldValue
from groundlevel.areas.opportunities.forecasts import Status
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire, shown


class Opportunity(Wire):
    """A deal with a contact, in a stage of a pipeline. Days as YYYY-MM-DD, moments in ISO 8601.

    What begins with `contact_` (and the company) is the contact's, kept here so that it can be searched by; what begins
    with `stage_` is two fields in one, so that a stage's rows of one status or one user are found without its others.
    """

    id: str
    location_id: str
    contact_id: str
    pipeline_id: str
    pipeline_stage_id: str
    name: str
    name_lower_case: str
    status: Status
    monetary_value: int | float
    created_at: str
    updated_at: str
    last_status_change_at: str
    last_stage_change_at: str
    last_action_date: str
    index_version: int = 1
    source: str | None = None
    assigned_to: str | None = None
    lost_reason_id: str | None = None
    external_object_id: str | None = None
    forecast_expected_close_date: str | None = None
    forecast_original_close_date: str | None = None
    forecast_slippage_count: int | None = None
    forecast_days_slipped: int | None = None
    forecast_last_slipped_at: str | None = None
    forecast_probability: int | float | None = None
    contact_name_lower_case: str | None = None
    company_name_lower_case: str | None = None
    contact_email: str | None = None
    contact_phone: str | None = None
    contact_country: str | None = None
    stage_status: str = ""
    stage_user: str | None = None
    custom_fields: list[FieldValue] = shown()
    followers: list[str] = shown()

    def __post_init__(self) -> None:
        """The pairs follow what they are made of."""
        self.stage_status = paired(self.pipeline_stage_id, self.status)
        self.stage_user = paired(self.pipeline_stage_id, self.assigned_to) if self.assigned_to else None


def paired(stage_id: str, other: str) -> str:
    """Two fields in one."""
    return f"{stage_id}.{other}"


OPPORTUNITIES = declare(
    Table(
        "opportunities",
        Opportunity,
        order="created_at",
        index=(
            "updated_at",
            "name_lower_case",
            "monetary_value",
            "last_status_change_at",
            "last_stage_change_at",
            "contact_id",
            "pipeline_id",
            "pipeline_stage_id",
            "status",
            "stage_status",
        ),
        sparse=(
            "assigned_to",
            "lost_reason_id",
            "source",
            "contact_name_lower_case",
            "company_name_lower_case",
            "contact_email",
            "contact_phone",
            "contact_country",
            "stage_user",
        ),
        text=(
            "name_lower_case",
            "contact_name_lower_case",
            "company_name_lower_case",
            "contact_email",
            "contact_phone",
        ),
        many=("followers", "custom_fields"),
    )
)


def opportunity_or_400(ctx: Ctx, id: str) -> Opportunity:
    """The sub-account's opportunity with this id. The service answers 400, not 404, where there is none."""
    opportunity = ctx.db.get(OPPORTUNITIES, id)
    if opportunity is None:
        raise BadRequest(f"Opportunity with id {id} not found")
    return opportunity


def of_contact(contact: Any) -> dict[str, str | None]:
    """What an opportunity keeps of its contact (or of an event that tells of it)."""
    name, company = contact.name, contact.company_name
    return {
        "contact_name_lower_case": name and name.lower(),
        "company_name_lower_case": company and company.lower(),
        "contact_email": contact.email,
        "contact_phone": contact.phone,
        "contact_country": contact.country,
    }
