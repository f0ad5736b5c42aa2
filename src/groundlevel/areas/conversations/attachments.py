"""Files for messages: /conversations/messages/upload, /conversations/messages/{messageId}/attachments"""

from typing import Annotated, Any, cast

import msgspec
from msgspec import Meta
from msgspec.structs import replace
from starlette.datastructures import UploadFile

from groundlevel.areas.contacts import contact_or_400
from groundlevel.areas.conversations.area import area
from groundlevel.areas.conversations.conversation import CONVERSATIONS, conversation_or_400
from groundlevel.areas.conversations.message import MESSAGES, ShownMessage, message_or_400, shown_message
from groundlevel.areas.conversations.types import CALL, CUSTOM_CALL, NUMBERS, SHOWN
from groundlevel.areas.medias import ROOT, Allowed, Kept, recorded, taken_in
from groundlevel.kernel.app import App
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest, Problem, TooLarge, Unprocessable, UnsupportedMediaType
from groundlevel.kernel.request import Request
from groundlevel.kernel.wire import Body, Name, Wire

MB = 1024 * 1024
MOST, MOST_BY_WHATSAPP, AT_ONCE, ON_A_CALL = 5 * MB, 100 * MB, 10, 5
KINDS = frozenset(("jpg", "jpeg", "png", "mp4", "mpeg", "zip", "rar", "pdf", "doc", "docx", "txt", "mp3", "wav"))
"""Source: the published description of the operation."""
WHATSAPP = SHOWN[NUMBERS["WHATSAPP"]]
Url = Annotated[str, Meta(pattern=r"^https?://\S+$", max_length=2_000, extra={"explain": "must be a URL address"})]


class Upload(Body):
    """Files to attach to messages of a conversation: parts of a form called `fileAttachment` (or `file`).

    Or the addresses of such as are kept elsewhere. chatServiceSid and isGroupSms have no effect.
    """

    conversation_id: Name
    location_id: str
    contact_id: Name | None = None
    attachment_urls: Annotated[list[str], Meta(max_length=AT_ONCE)] | str = []
    file_attachment: Any = None
    file: Any = None
    chat_service_sid: Name | None = None
    is_group_sms: Name | None = None


class Uploaded(Wire):
    """Where each file can be had, by its name."""

    uploaded_files: dict[str, str]
    trace_id: str


class NewAttachments(Body):
    """What is attached to a call from now on."""

    attachments: Annotated[list[Url], Meta(max_length=ON_A_CALL)]


async def keep_attachments(app: App, request: Request) -> None:
    """Put a form's files where files are kept. 400, 413 or 415 for those that are not."""
    body: Upload = request.arguments["body"]
    sent = [*_files(body.file_attachment), *_files(body.file)]
    if len(sent) > AT_ONCE:
        raise BadRequest(f"At most {AT_ONCE} files can be sent at once", status=400)
    body.file = []
    if sent:
        found = await app.store.perform(
            request.owners, lambda db: db.get(CONVERSATIONS, body.conversation_id), write=False
        )
        most = MOST_BY_WHATSAPP if found and found.last_message_type == WHATSAPP else MOST
        allowed = Allowed(kinds=KINDS, most=most)
        try:
            body.file = [await taken_in(app, request, one, allowed) for one in sent]
        except (BadRequest, TooLarge, UnsupportedMediaType) as refused:
            raise _as_published(refused) from None


@area.post(
    "/conversations/messages/upload", scope="conversations/message.write", status=200, limit="upload_limit",
    steps=(keep_attachments,),
)  # fmt: skip
def upload_file_attachments(ctx: Ctx, body: Upload) -> Uploaded:
    """Take in files for messages: up to 5 MB each, and 100 MB in a conversation by WhatsApp.

    JPG, PNG, MP4, MPEG, ZIP, RAR, PDF, DOC, DOCX, TXT, MP3 and WAV: 415 for others, 400 for what holds something else,
    413 for what is too large. What `attachmentUrls` names is kept elsewhere, and not fetched. 400 for an unknown
    conversation or contact.
    """
    conversation_or_400(ctx, body.conversation_id)
    if body.contact_id:
        contact_or_400(ctx, body.contact_id)
    urls = [body.attachment_urls] if isinstance(body.attachment_urls, str) else body.attachment_urls
    urls = [one for url in urls for one in _listed(url)]
    if wrong := [url for url in urls if not url.startswith(("https://", "http://"))]:
        raise Unprocessable(f"attachmentUrls must be URL addresses, and {wrong[0]} is not")
    found: dict[str, str] = {}
    for kept in body.file:
        assert isinstance(kept, Kept)
        found[_free(kept.name, found)] = recorded(ctx, kept, ROOT, "of a message").url or ""
    for url in urls:
        found[_free(url.rpartition("/")[2] or url, found)] = url
    if not found:
        raise BadRequest("Failed to upload the files: there is none", status=400)
    return Uploaded(uploaded_files=found, trace_id=ctx.trace_id)


@area.put("/conversations/messages/{messageId}/attachments", scope="conversations/message.write")
def add_message_attachments(ctx: Ctx, message_id: str, body: NewAttachments) -> ShownMessage:
    """Say what is attached to a call, in place of what was: at most five addresses. The first is its recording.

    400 for an unknown message, and for one that is no call made elsewhere.
    """
    message = message_or_400(ctx, message_id)
    if message.type != CUSTOM_CALL and not (message.type == CALL and message.sub_type == "EXTERNAL_CALL"):
        raise BadRequest("Attachments can be set on calls that were made elsewhere only")
    changed = replace(message, attachments=body.attachments, date_updated=ctx.stamp)
    return shown_message(ctx, ctx.db.put(MESSAGES, changed))


def _files(value: Any) -> list[UploadFile]:
    many = cast("list[Any]", value) if isinstance(value, list) else [value]
    return [one for one in many if isinstance(one, UploadFile)]


def _as_published(refused: Problem) -> Problem:
    """Refusals of files also have `status`, as the published answer does."""
    return type(refused)(*refused.messages, status=refused.status)


def _listed(text: str) -> list[str]:
    """One address, or a JSON list of them, as some forms send it."""
    if text.startswith("["):
        try:
            return msgspec.json.decode(text, type=list[str])
        except msgspec.MsgspecError:
            return [text]
    return [text] if text else []


def _free(name: str, taken: dict[str, str]) -> str:
    """The name, or one that nothing has yet: two files may be called the same."""
    found, number = name, 2
    while found in taken:
        found, number = f"{name} ({number})", number + 1
    return found
