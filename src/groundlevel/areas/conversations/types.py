"""The types of messages: their numbers, their names, and which channel's messages are of which type. Pure.

Source: the published schemas, and for the numbers what clients of the hosted service have noted. Of the names from RCS
on no number is known; theirs are our own.
"""

from typing import Literal

from groundlevel.areas.outbox import Channel, KeptProvider

_NAMES = (
    "CALL SMS EMAIL SMS_REVIEW_REQUEST WEBCHAT SMS_NO_SHOW_REQUEST CAMPAIGN_SMS CAMPAIGN_CALL CAMPAIGN_EMAIL "
    "CAMPAIGN_VOICEMAIL FACEBOOK CAMPAIGN_FACEBOOK CAMPAIGN_MANUAL_CALL CAMPAIGN_MANUAL_SMS GMB CAMPAIGN_GMB REVIEW "
    "INSTAGRAM WHATSAPP CUSTOM_SMS CUSTOM_EMAIL CUSTOM_PROVIDER_SMS CUSTOM_PROVIDER_EMAIL IVR_CALL ACTIVITY_CONTACT "
    "ACTIVITY_INVOICE ACTIVITY_PAYMENT ACTIVITY_OPPORTUNITY LIVE_CHAT LIVE_CHAT_INFO_MESSAGE ACTIVITY_APPOINTMENT "
    "FACEBOOK_COMMENT INSTAGRAM_COMMENT CUSTOM_CALL GROUP_SMS INTERNAL_CHAT INTERNAL_COMMENT "
    "ACTIVITY_EMPLOYEE_ACTION_LOG RCS TIKTOK TIKTOK_COMMENT ACTIVITY_WHATSAPP FORM_SUBMISSION SMS_REACTION"
)
NUMBERS = {name: number for number, name in enumerate(_NAMES.split(), 1)} | {"NO_SHOW": 100}
SHOWN = {number: f"TYPE_{name}" for name, number in NUMBERS.items()}
"""Number -> `messageType` in replies."""
FRESH = SHOWN[100]
"""What a conversation without any message shows."""
NAMED = {shown: number for number, shown in SHOWN.items()} | {"TYPE_INTERNAL_COMMENTS": NUMBERS["INTERNAL_COMMENT"]}
"""The same backwards; a filter of the published files spells one of them with an s."""

CALL, SMS, EMAIL, VOICEMAIL = (NUMBERS[name] for name in ("CALL", "SMS", "EMAIL", "CAMPAIGN_VOICEMAIL"))
CUSTOM_SMS, CUSTOM_EMAIL, CUSTOM_CALL = (NUMBERS[f"CUSTOM_{name}"] for name in ("SMS", "EMAIL", "CALL"))
IVR_CALL, COMMENT, REVIEW = NUMBERS["IVR_CALL"], NUMBERS["INTERNAL_COMMENT"], NUMBERS["REVIEW"]
AMONG_US = frozenset(number for name, number in NUMBERS.items() if name.startswith(("ACTIVITY_", "INTERNAL_")))
"""What never goes to the contact: comments, and what happened."""
CALLS = frozenset((CALL, VOICEMAIL, IVR_CALL, CUSTOM_CALL, *(NUMBERS[f"CAMPAIGN_{n}CALL"] for n in ("", "MANUAL_"))))
MAILS = frozenset((EMAIL, CUSTOM_EMAIL, *(NUMBERS[name] for name in ("CAMPAIGN_EMAIL", "CUSTOM_PROVIDER_EMAIL"))))

Incoming = Literal[
    "SMS", "RCS", "Email", "WhatsApp", "GMB", "IG", "FB", "Custom", "WebChat", "Live_Chat", "Call", "IVR_Call",
    "Campaign_Call", "Campaign_VoiceMail", "TIKTOK", "ALL_IN_ONE_CHAT", "FORM_SUBMISSION",
]  # fmt: skip
"""What can come in, in the API's words."""

_OF = {
    "SMS": SMS, "RCS": NUMBERS["RCS"], "Email": EMAIL, "WhatsApp": NUMBERS["WHATSAPP"], "FB": NUMBERS["FACEBOOK"],
    "IG": NUMBERS["INSTAGRAM"], "GMB": NUMBERS["GMB"], "TIKTOK": NUMBERS["TIKTOK"], "Live_Chat": NUMBERS["LIVE_CHAT"],
    "Custom": CUSTOM_SMS, "Call": CALL, "WebChat": NUMBERS["WEBCHAT"], "IVR_Call": IVR_CALL,
    "Campaign_Call": NUMBERS["CAMPAIGN_CALL"], "Campaign_VoiceMail": VOICEMAIL, "ALL_IN_ONE_CHAT": NUMBERS["WEBCHAT"],
    "FORM_SUBMISSION": NUMBERS["FORM_SUBMISSION"],
}  # fmt: skip

_TOLD = {
    "CALL": "CALL", "SMS": "SMS", "EMAIL": "Email", "CAMPAIGN_VOICEMAIL": "VoiceMail", "WHATSAPP": "WhatsApp",
    "FACEBOOK": "FB", "INSTAGRAM": "IG", "LIVE_CHAT": "Live_Chat", "WEBCHAT": "WebChat", "CUSTOM_SMS": "Custom",
    "CUSTOM_EMAIL": "Custom", "CUSTOM_CALL": "CALL", "INTERNAL_COMMENT": "InternalComment",
}  # fmt: skip
TOLD = {number: _TOLD.get(name, name) for name, number in NUMBERS.items()}
"""Number -> `messageType` in webhooks, which call some otherwise."""

EXPORTED: dict[str, frozenset[int]] = {
    "Call": CALLS, "Email": MAILS, "WhatsApp": frozenset((NUMBERS["WHATSAPP"],)),
    "SMS": frozenset(
        NUMBERS[name]
        for name in (
            "SMS", "SMS_REVIEW_REQUEST", "SMS_NO_SHOW_REQUEST", "CAMPAIGN_SMS", "CAMPAIGN_MANUAL_SMS", "CUSTOM_SMS",
            "CUSTOM_PROVIDER_SMS", "GROUP_SMS",
        )
    ),
    "Instagram": frozenset((NUMBERS["INSTAGRAM"], NUMBERS["INSTAGRAM_COMMENT"])),
    "Facebook": frozenset((NUMBERS["FACEBOOK"], NUMBERS["CAMPAIGN_FACEBOOK"], NUMBERS["FACEBOOK_COMMENT"])),
}  # fmt: skip
"""The channels of an export, and which messages those are."""


def custom_channel(kind: str, provider: KeptProvider | None) -> Literal["SMS", "Email"] | None:
    """What `Custom` by a provider for texts or mail is: a text or a mail, to which the contact's will about those
    applies. None for everything else, which is on the channel that it names."""
    own = provider.type if kind == "Custom" and provider else None
    return own if own == "SMS" or own == "Email" else None


def type_of(kind: Channel | Incoming, provider: KeptProvider | None = None, *, mail: bool = False) -> int:
    """The type of a message of a channel.

    By a provider that is named, and not the default of its type, it is one of the custom types; `mail`: it has a
    subject or HTML.
    """
    if provider is None or provider.default:
        return _OF[kind]
    if provider.type == "Call":
        return CUSTOM_CALL
    mail = mail or kind == "Email"
    return CUSTOM_EMAIL if provider.type == "Email" or (provider.type == "Custom" and mail) else CUSTOM_SMS
