"""Taking mail in, from wherever: by this installation's own receiver, or out of mailboxes. For processes that work.

Files of a mail are kept before the unit of work in which it becomes a message; those of one that never does are
removed.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256

from msgspec.structs import replace

from groundlevel.areas.conversations.mail_in import Arrived, is_known, mail_comes_in
from groundlevel.areas.medias import Kept, kept_from
from groundlevel.areas.outbox import GATEWAYS, MAILBOXES, Gateway, MailboxRead, keys_in, mail_gateway, whose_mail
from groundlevel.kernel.caller import NOBODY
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.kernel.log import log
from groundlevel.kernel.problems import Problem
from groundlevel.kernel.settings import Settings
from groundlevel.kernel.store import Owners, Range, Sort, Store, Unit
from groundlevel.kernel.wire import iso
from groundlevel.outside.aim import Aim
from groundlevel.outside.mail.imap import Box, Trouble, opened
from groundlevel.outside.mail.reading import read
from groundlevel.outside.mail.receiving import NotKept

EVERY, AFTER_TROUBLE, LEASE = timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10)
"""How often a mailbox is looked at, how soon again after trouble, and how long nobody else does meanwhile."""


class Intake:
    """Keeps mail of all sub-accounts. now: the installation's clock. It is a `Keeper` of the receiver."""

    def __init__(self, store: Store, settings: Settings, now: Callable[[], datetime]) -> None:
        self.store, self.settings, self.now = store, settings, now

    def whose(self, address: str) -> str | None:
        """See `Keeper`."""
        found = whose_mail(self.store.read(SYSTEM), address)
        return f"{found.location_id} {found.company_id}" if found else None

    def keep(self, whose: str, content: bytes, envelope: list[str]) -> None:
        """See `Keeper`."""
        location, _, company = whose.partition(" ")
        self.take(Owners(location, company, system=True), content, envelope)

    def take(self, owners: Owners, content: bytes, envelope: list[str]) -> str | None:
        """Keep a mail of a sub-account's: see `mail_comes_in`. What has come before is not kept again.

        NotKept for what is refused, as from an address that no contact can have.
        """
        mail = read(content)
        id = mail.message_id or f"{sha256(content).hexdigest()[:40]}@unnamed"
        if is_known(self._ctx(self.store.read(owners)), id):
            return None
        is_message = mail.sender is not None and not mail.bounces and not mail.complaint
        files = [self._kept(owners, one.name, one.content) for one in mail.attachments] if is_message else []
        one = Arrived(mail, id, envelope, files)

        def work(db: Unit) -> str | None:
            ctx = self._ctx(db)
            gateway = mail_gateway(ctx)
            return mail_comes_in(ctx, gateway, one) if gateway else None

        try:
            return self.store.write(owners, work)
        except Problem as refused:
            raise NotKept(str(refused)) from refused

    def _kept(self, owners: Owners, name: str, content: bytes) -> Kept:
        return kept_from(self.store, self.settings, owners, self.now(), (name, content))

    def _ctx(self, db: Unit) -> Ctx:
        return Ctx(NOBODY, db, self.now(), self.settings)


class Mailboxes:
    """Reads the mailboxes of all sub-accounts, one after the other."""

    def __init__(self, intake: Intake, aim: Aim) -> None:
        self.intake, self.aim, self.store = intake, aim, intake.store

    def turn(self) -> bool:
        """Read one that is due; whether there was any."""
        now = iso(self.intake.now())
        due = Range("due", "<=", now)
        if not self.store.read(SYSTEM).find(MAILBOXES, due, sort=(Sort("due"),), limit=1):
            return False

        def take(db: Unit) -> list[MailboxRead]:
            until = iso(self.intake.now() + LEASE)
            return [db.put(MAILBOXES, replace(one, due=until))
                    for one in db.claim(MAILBOXES, due, sort=(Sort("due"),), limit=1)]  # fmt: skip

        for one in self.store.write(SYSTEM, take):
            self._read(one)
        return True

    def _read(self, one: MailboxRead) -> None:
        owners = Owners(one.location_id, one.company_id, system=True)
        try:
            more = self._take(one, owners)
            again, trouble = EVERY if not more else timedelta(0), ""
        except Exception as wrong:  # of the server, or of the store: the next time will tell
            known = isinstance(wrong, Trouble)
            (log.warning if known else log.exception)(
                "a mailbox could not be read", gateway=one.id, why=str(wrong)[:300]
            )
            again, trouble = AFTER_TROUBLE, f"{type(wrong).__name__}: {wrong}"[:300]
        self._note(one.id, due=iso(self.intake.now() + again), trouble=trouble)

    def _take(self, one: MailboxRead, owners: Owners) -> bool:
        """Keep what is new, mail by mail, and let that be seen; whether there was anything.

        How far a mailbox is read is noted with each mail; of a new one at the end, since until then it goes by what
        nobody has seen.
        """
        box = self._box(self.store.read(owners), one.id)
        if box is None:
            return False
        with opened(box, self.aim) as mailbox:
            numbers = mailbox.new(one.validity, one.number)
            done: list[int] = []
            try:
                for number in numbers:
                    self._keep(owners, mailbox.mail(number))
                    if one.validity == mailbox.validity or number == numbers[-1]:
                        self._note(one.id, validity=mailbox.validity, number=number)
                    done.append(number)
            finally:
                mailbox.mark(done)
        return bool(numbers)

    def _keep(self, owners: Owners, content: bytes) -> None:
        try:
            if content:
                self.intake.take(owners, content, [])
        except NotKept as why:  # it stays where it is
            log.warning("a mail was not kept", location=owners.location, why=str(why))

    def _box(self, db: Unit, gateway_id: str) -> Box | None:
        gateway: Gateway | None = db.get(GATEWAYS, gateway_id)
        way = gateway.mail.imap if gateway and gateway.mail and not gateway.paused else None
        if gateway is None or way is None:
            return None
        password = keys_in(self.intake.settings, gateway).imap_password
        return Box(way.host, way.port, way.security, way.user, password, way.folder)

    def _note(self, id: str, **fields: object) -> None:
        def work(db: Unit) -> None:
            kept = db.get(MAILBOXES, id)
            if kept:
                db.put(MAILBOXES, replace(kept, **fields))

        self.store.write(SYSTEM, work)
