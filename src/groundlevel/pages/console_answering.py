"""What can be done in the inbox: answering, commenting, marking, starring, taking back. Each by operations."""

from collections.abc import Callable

import msgspec

from groundlevel.areas.conversations.comments import NewComment, add_comment
from groundlevel.areas.conversations.conversations import ConversationChange, get_conversation, update_conversation
from groundlevel.areas.conversations.listing import get_message
from groundlevel.areas.conversations.messages import NewMessage, send_a_new_message
from groundlevel.areas.conversations.scheduling import cancel_scheduled_message
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest, Unprocessable
from groundlevel.pages.browser import first
from groundlevel.pages.console_door import Form

Act = Callable[[Ctx, str, Form], object]


def _reply(ctx: Ctx, id: str, form: Form) -> None:
    """Write to the contact by the chosen channel, or comment. Whoever answers has read what there was."""
    text, kind = first(form, "text").replace("\r\n", "\n").strip(), first(form, "type")
    if not text:
        raise Unprocessable("There is nothing to send yet")
    if kind == "Comment":
        add_comment(ctx, ctx.location_id, id, NewComment(message=text))
        return
    about = get_conversation(ctx, id)
    said = {"type": kind, "contactId": about.contact_id, "message": text}
    if kind == "Email":
        said |= _mail(form)
    try:
        body = msgspec.convert(said, NewMessage)
    except msgspec.ValidationError as wrong:
        raise Unprocessable(str(wrong)) from None
    send_a_new_message(ctx, body)
    if about.unread_count:
        _changed(ctx, id, unread_count=0)


def _mail(form: Form) -> dict[str, str]:
    """The subject; with that of the mail that is answered it goes into its thread."""
    subject, usual, answers = (first(form, name).strip() for name in ("subject", "usual", "answers"))
    return {"subject": subject or usual} | ({"replyMessageId": answers} if answers and subject in ("", usual) else {})


def _take_back(ctx: Ctx, id: str, form: Form) -> None:
    message = get_message(ctx, first(form, "message"))
    if message.conversation_id != id or cancel_scheduled_message(ctx, message.id).status != 200:
        raise BadRequest("It has left already")


def _changed(ctx: Ctx, id: str, **said: int | bool) -> None:
    update_conversation(ctx, id, ConversationChange(location_id=ctx.location_id, **said))  # type: ignore[arg-type]


ACTS: dict[str, Act] = {
    "reply": _reply,
    "read": lambda ctx, id, _: _changed(ctx, id, unread_count=0),
    "unread": lambda ctx, id, _: _changed(ctx, id, unread_count=1),
    "star": lambda ctx, id, _: _changed(ctx, id, starred=True),
    "unstar": lambda ctx, id, _: _changed(ctx, id, starred=False),
    "take-back": _take_back,
}
"""What a form of a conversation may ask for."""
