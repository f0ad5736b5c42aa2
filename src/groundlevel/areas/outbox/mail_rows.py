"""Whose an address is at which mail comes in, and how far each mailbox has been read."""

from groundlevel.areas.locations import LocationRemoved
from groundlevel.areas.outbox.gateways import Gateway
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Eq, Table, Unit
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire
from groundlevel.outside.mail.plus import plain_address


class MailAddress(Wire):
    """Whose an address is. The id is the address, so each is one sub-account's."""

    id: str
    location_id: str
    company_id: str


class MailboxRead(Wire):
    """A mailbox and how far it has been read: the id is its gateway's.

    due: when it is looked at next. validity, number: which life of the mailbox, and the last mail of it that is kept.
    trouble: what went wrong the last time.
    """

    id: str
    location_id: str
    company_id: str
    due: str
    validity: int = 0
    number: int = 0
    trouble: str = ""


MAIL_ADDRESSES = declare(Table("mail_addresses", MailAddress, index=("location_id",), owner="system"))
MAILBOXES = declare(Table("mailboxes", MailboxRead, index=("location_id", "due"), owner="system"))


def whose_mail(db: Unit, address: str) -> MailAddress | None:
    """Whose mail it is that goes to an address. db: what sees the system's rows."""
    return db.get(MAIL_ADDRESSES, plain_address(address)[:320])


def own_addresses(ctx: Ctx, wanted: set[str]) -> None:
    """Let these addresses be the sub-account's, and no others. 400 for another's."""
    system = ctx.db.elsewhere(SYSTEM)
    for one in system.find(MAIL_ADDRESSES, Eq("location_id", ctx.location_id)):
        system.delete(MAIL_ADDRESSES, one.id)
    for address in sorted(wanted):
        if system.get(MAIL_ADDRESSES, address):
            raise BadRequest(f"{address} is another sub-account's")
        system.put(MAIL_ADDRESSES, MailAddress(id=address, location_id=ctx.location_id, company_id=ctx.company_id))


def read_from_now(ctx: Ctx, gateway: Gateway, *, anew: bool) -> None:
    """Let the gateway's mailbox be read, or not any more if it has none. anew: whether it is another mailbox."""
    system = ctx.db.elsewhere(SYSTEM)
    before = None if anew else system.get(MAILBOXES, gateway.id)
    if gateway.mail is None or gateway.mail.imap is None:
        system.delete(MAILBOXES, gateway.id)
    else:
        row = MailboxRead(id=gateway.id, location_id=ctx.location_id, company_id=ctx.company_id, due=ctx.stamp)
        system.put(MAILBOXES, before or row)


@on(LocationRemoved)
def forget_mail(ctx: Ctx, gone: LocationRemoved) -> None:
    """A removed sub-account's addresses are free again, and its mailbox is not read any more."""
    system = ctx.db.elsewhere(SYSTEM)
    for address in system.find(MAIL_ADDRESSES, Eq("location_id", gone.location_id)):
        system.delete(MAIL_ADDRESSES, address.id)
    for box in system.find(MAILBOXES, Eq("location_id", gone.location_id)):
        system.delete(MAILBOXES, box.id)
