"""What is said with contacts, on every channel: `send` writes to one, `note_activity` says that something happened."""

from groundlevel.areas.conversations.comments import note_activity
from groundlevel.areas.conversations.conversation import (
    CONVERSATIONS,
    Conversation,
    conversation_id,
    conversation_of,
)
from groundlevel.areas.conversations.direct_uploads import arrived, upload_at
from groundlevel.areas.conversations.emails import EMAILS, Email, keep_email
from groundlevel.areas.conversations.events import (
    ConversationUnreadUpdate,
    InboundMessage,
    OutboundMessage,
)
from groundlevel.areas.conversations.gateway_hooks import become, come_in, gateway_that_signed
from groundlevel.areas.conversations.inbound import Received, receive
from groundlevel.areas.conversations.mail_taking import Intake, Mailboxes
from groundlevel.areas.conversations.mail_unsubscribing import unsubscribe, unsubscribes
from groundlevel.areas.conversations.message import MESSAGES, Message
from groundlevel.areas.conversations.sending import Sending, Sent, own_mail, send
from groundlevel.areas.conversations.types import NUMBERS, SHOWN

__all__ = [
    "CONVERSATIONS",
    "EMAILS",
    "MESSAGES",
    "NUMBERS",
    "SHOWN",
    "Conversation",
    "ConversationUnreadUpdate",
    "Email",
    "InboundMessage",
    "Intake",
    "Mailboxes",
    "Message",
    "OutboundMessage",
    "Received",
    "Sending",
    "Sent",
    "arrived",
    "become",
    "come_in",
    "conversation_id",
    "conversation_of",
    "gateway_that_signed",
    "keep_email",
    "note_activity",
    "own_mail",
    "receive",
    "send",
    "unsubscribe",
    "unsubscribes",
    "upload_at",
]
