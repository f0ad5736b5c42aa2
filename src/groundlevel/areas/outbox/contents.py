"""What a message of the outbox is made of: a mail's bytes and the files with it. /operator/outbox/{outgoingId}/…"""

from collections.abc import AsyncIterator
from contextlib import suppress

from msgspec.structs import replace

from groundlevel.areas.medias import found_at, kind_named, served
from groundlevel.areas.outbox.area import area
from groundlevel.areas.outbox.gateways import GATEWAYS, secret_in
from groundlevel.areas.outbox.operators import outgoing_or_404
from groundlevel.areas.outbox.outgoing import Outgoing, at_place
from groundlevel.areas.outbox.transports import item_of, signing_of
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.binding import Content
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest, NotFound
from groundlevel.outside import files
from groundlevel.outside.mail.composing import Attached, Letter, Uncomposable, address_in
from groundlevel.outside.mail.dkim import BadKey, Signing
from groundlevel.outside.mail.smtp import MOST_BYTES, letter_of, written_of

NOBODYS = "nobody@localhost"
"""From where mail is shown to come of a sub-account that has no address."""


@area.get("/operator/outbox/{outgoingId}/source", scope=OPERATOR)
def get_outgoing_source(ctx: Ctx, outgoing_id: str) -> Content:
    """A mail as a mail server is given it (RFC 5322), to the byte; or would be given it, where none is connected.

    Files that are kept elsewhere are left out: they are fetched when the mail leaves. 400 for a message that is no
    mail, and for one that cannot be written as such; 404 for an unknown one.
    """
    one = outgoing_or_404(ctx, outgoing_id)
    if one.channel != "Email":
        raise BadRequest("The message is no mail")
    there = at_place(ctx, one.location_id, one.company_id)
    item, signing, here = item_of(one, _sender(one), {}), _signing(there, one), _kept_here(there, one)
    letter, settings = letter_of(item, (), item.at or ctx.now), ctx.settings
    _written(letter, signing)  # so that what is wrong is told before the answer begins

    async def parts() -> AsyncIterator[bytes]:
        attached: list[Attached] = []
        for key, name in here.values():
            with suppress(FileNotFoundError):
                content = b"".join([part async for part in files.read(settings, key, 0, MOST_BYTES)])
                attached.append(Attached(name, kind_named(key).content_type, content))
        yield _written(replace(letter, attachments=tuple(attached)), signing)

    headers = {
        "Content-Type": "message/rfc822", "Content-Disposition": f'attachment; filename="{one.id}.eml"',
        "X-Content-Type-Options": "nosniff",
    }  # fmt: skip
    return Content(headers, parts=parts)


@area.get("/operator/outbox/{outgoingId}/attachments/{number}", scope=OPERATOR)
def get_outgoing_attachment(ctx: Ctx, outgoing_id: str, number: str) -> Content:
    """A file that goes with a message; the first one is 0. One that is kept elsewhere: 302 to its address.

    404 for an unknown message, and where there is no such file.
    """
    one = outgoing_or_404(ctx, outgoing_id)
    if not number.isdecimal() or int(number) >= len(one.attachments):
        raise NotFound(f"The message has no attachment {number}")
    url = one.attachments[int(number)]
    there = at_place(ctx, one.location_id, one.company_id)
    if url not in _kept_here(there, one):
        return Content({"Location": url, "Cache-Control": "no-store"}, status=302)
    media = found_at(there.db, url.rpartition("/")[2])
    assert media
    told, settings = served(media), ctx.settings
    saved = told.headers["Content-Disposition"].replace("inline", "attachment", 1)
    headers = told.headers | {"Content-Disposition": saved, "Cache-Control": "no-store"}
    return Content(headers, parts=lambda: files.read(settings, told.key, told.first, told.last))


def _kept_here(there: Ctx, one: Outgoing) -> dict[str, tuple[str, str]]:
    """Address -> where it is kept and what it is called, of its files that are kept here."""
    found = ((url, found_at(there.db, url.rpartition("/")[2])) for url in one.attachments)
    return {url: (media.key, media.name) for url, media in found if media and media.key and media.url == url}


def _sender(one: Outgoing) -> str:
    """Whom it is from: with an address, also where the sub-account has none."""
    try:
        address_in(one.sender)
    except Uncomposable:
        return f"{one.sender.translate({60: None, 62: None})} <{NOBODYS}>"
    return one.sender


def _signing(there: Ctx, one: Outgoing) -> Signing | None:
    gateway = there.db.get(GATEWAYS, one.via_id) if one.via == "gateway" else None
    return signing_of(gateway, secret_in(there.settings, gateway)) if gateway and gateway.mail else None


def _written(letter: Letter, signing: Signing | None) -> bytes:
    try:
        return written_of(letter, signing)
    except BadKey:  # so it cannot leave, but can be seen
        return written_of(letter, None)
    except Uncomposable as wrong:
        raise BadRequest(f"The message cannot be written as a mail: {wrong}") from None
