"""What contacts forget when something they refer to is gone. There may be many, so it is done in portions."""

from msgspec.structs import replace

from groundlevel.areas.businesses import BusinessDeleted
from groundlevel.areas.contacts.contact import CONTACTS
from groundlevel.areas.custom_fields import CustomFieldGone
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.jobs import job
from groundlevel.kernel.store import Eq, Exists

PORTION = 500


@on(CustomFieldGone)
def forget_field(ctx: Ctx, gone: CustomFieldGone) -> None:
    """Values go with their field."""
    if gone.model == "contact":
        ctx.later(forget_values, field_id=gone.id)


@on(BusinessDeleted)
def forget_business(ctx: Ctx, gone: BusinessDeleted) -> None:
    """Contacts stay, without the business."""
    ctx.later(leave_business, business_id=gone.id)


@job()
def forget_values(ctx: Ctx, field_id: str) -> None:
    """Take the values of a deleted field off a portion of contacts, and go on with the next."""
    found = ctx.db.find(CONTACTS, Exists(f"custom_fields.{field_id}"), limit=PORTION)
    for contact in found:
        left = [v for v in contact.custom_fields if v.id != field_id]
        ctx.db.put(CONTACTS, replace(contact, custom_fields=left))
    if len(found) == PORTION:
        ctx.later(forget_values, field_id=field_id)


@job()
def leave_business(ctx: Ctx, business_id: str) -> None:
    """Take a portion of contacts out of a deleted business, and go on with the next."""
    found = ctx.db.find(CONTACTS, Eq("business_id", business_id), limit=PORTION)
    for contact in found:
        ctx.db.put(CONTACTS, replace(contact, business_id=None))
    if len(found) == PORTION:
        ctx.later(leave_business, business_id=business_id)
