"""What contacts let others do, as it is told in their conversations."""

from groundlevel.areas.contacts import CONTACTS, ContactDndUpdate
from groundlevel.areas.conversations import note_activity
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on


@on(ContactDndUpdate)
def tell_dnd(ctx: Ctx, changed: ContactDndUpdate) -> None:
    """The contact may be written to on fewer channels, or on more."""
    contact = ctx.db.get(CONTACTS, changed.id)
    if contact is None:
        return
    told = changed.dnd_settings
    closed = [f for f in told.__struct_fields__ if (one := getattr(told, f)) and one.status != "inactive"]
    which = "all channels" if changed.dnd else ", ".join(closed) or "no channel"
    note_activity(ctx, contact, "CONTACT", f"Do not disturb is on for {which}")
