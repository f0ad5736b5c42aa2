"""What a contact has closed while something waited: what was given to providers is taken back, if it has not left."""

from groundlevel.areas.contacts import CONTACTS, ContactDndUpdate
from groundlevel.areas.outbox.events import Left
from groundlevel.areas.outbox.outgoing import closed_to, outgoing, put_outgoing
from groundlevel.areas.outbox.providers import PROVIDERS
from groundlevel.areas.outbox.steps import refused
from groundlevel.areas.webhooks import waiting_for, withdraw_from_provider
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.jobs import job


@on(ContactDndUpdate)
def look_again(ctx: Ctx, changed: ContactDndUpdate) -> None:
    """When the change is written down."""
    ctx.later(take_back, contact_id=changed.id)


@job()
def take_back(ctx: Ctx, contact_id: str) -> None:
    """Take back from providers what the contact does not want any more."""
    contact = ctx.db.get(CONTACTS, contact_id)
    if contact is None:
        return
    for provider in ctx.db.find(PROVIDERS, limit=1_000):
        for delivery_id, said in waiting_for(ctx, provider.id, contact_id).items():
            one = outgoing(ctx, said.email_message_id or said.message_id)
            if one and (closed := closed_to(ctx, contact, one)):
                withdraw_from_provider(ctx, delivery_id, closed.message)
                put_outgoing(ctx, refused(one, closed.message, closed.code, ctx.now))
                ctx.emit(
                    Left(
                        id=one.id, message_id=one.message_id, became="failed", code=closed.code, reason=closed.message
                    )
                )  # fmt: skip
