"""Texts that a sub-account sends again and again: /locations/{locationId}/templates"""

from typing import Annotated, Literal

from msgspec import Meta
from msgspec.structs import replace

from groundlevel.areas.locations.area import area
from groundlevel.areas.operator import area as operators
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest, Unprocessable
from groundlevel.kernel.store import Eq, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Name, Prose, Wire, new_id, shown

TemplateType = Literal["sms", "email", "whatsapp"]
Attachments = Annotated[list[Name], Meta(max_length=20)]


class Content(Wire):
    """What is sent: the `body` of a short message, or `subject` and `html` of a mail."""

    body: str | None = None
    subject: str | None = None
    html: str | None = None
    attachments: list[str] = shown()


class Template(Wire):
    """A template as it is shown."""

    id: str
    name: str
    type: TemplateType
    template: Content
    date_added: str
    location_id: str
    url_attachments: list[str] = shown()


class KeptTemplate(Template, kw_only=True):
    """A template as it is kept. `state`: whether it was deleted."""

    state: Literal["there", "deleted"]


class NewTemplate(Body):
    """A template as operators write it: a mail with subject and HTML, anything else with a body."""

    name: Annotated[str, Meta(min_length=1, max_length=250)]
    type: TemplateType
    body: Prose = ""
    subject: Name = ""
    html: Prose = ""
    url_attachments: Attachments = []


class TemplatesWanted(Body):
    """Which templates, and which stretch of them. `origin_id` is taken and has no effect."""

    origin_id: Name
    deleted: bool = False
    skip: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 25
    type: TemplateType | None = None


class ManyTemplates(Wire):
    """Templates, newest first, and how many there are in all."""

    templates: list[Template]
    total_count: int


class TemplateGone(Wire):
    """The reply to deleting."""

    succeeded: bool


TEMPLATES = declare(
    Table("location_templates", KeptTemplate, index=("type", "state"), order="date_added")
)  # fmt: skip


@area.get("/locations/{locationId}/templates", scope="locations/templates.readonly", slow=True)
def get_all_or_email_sms_templates(ctx: Ctx, location_id: str, query: TemplatesWanted) -> ManyTemplates:
    """The sub-account's templates, newest first: all or those of a type, there or (with `deleted`) deleted.

    `limit` of them (25 unless said, at most 1,000) after `skip`. `originId` is accepted and has no effect.
    """
    state = Eq("state", "deleted" if query.deleted else "there")
    wanted = (state, Eq("type", query.type)) if query.type else (state,)
    found = ctx.db.find(TEMPLATES, *wanted, limit=query.limit, skip=query.skip)
    return ManyTemplates(templates=[_seen(t) for t in found], total_count=ctx.db.count(TEMPLATES, *wanted))


@area.delete("/locations/{locationId}/templates/{id}", scope="locations/templates.write")
def delete_an_email_sms_template(ctx: Ctx, location_id: str, id: str) -> TemplateGone:
    """Delete a template; it is listed among the deleted ones from now on. 400 for an unknown one."""
    ctx.db.put(TEMPLATES, replace(template_or_400(ctx, id), state="deleted"))
    return TemplateGone(succeeded=True)


def template_or_400(ctx: Ctx, id: str) -> KeptTemplate:
    """The sub-account's template with this id; 400 where there is none, or no more."""
    template = ctx.db.get(TEMPLATES, id)
    if template is None or template.state == "deleted":
        raise BadRequest(f"Template with id {id} not found")
    return template


@operators.post("/operator/locations/{locationId}/templates", scope=OPERATOR)
def create_template(ctx: Ctx, location_id: str, body: NewTemplate) -> Template:
    """Write a template. 422 for a mail without a subject and for a message without a body."""
    mail = body.type == "email"
    missing = [f"{name} should not be empty" for name in (("subject", "html") if mail else ("body",))]
    missing = [text for text in missing if not getattr(body, text.split(" ", 1)[0]).strip()]
    if missing:
        raise Unprocessable(*missing)
    content = Content(subject=body.subject, html=body.html) if mail else Content(body=body.body)
    made = KeptTemplate(
        id=new_id(), name=body.name, type=body.type, template=content, date_added=ctx.stamp, location_id=location_id,
        url_attachments=body.url_attachments, state="there",
    )  # fmt: skip
    return _seen(ctx.db.put(TEMPLATES, made))


def _seen(kept: KeptTemplate) -> Template:
    return Template(**{name: getattr(kept, name) for name in Template.__struct_fields__})
