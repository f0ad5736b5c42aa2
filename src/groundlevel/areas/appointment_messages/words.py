"""What is said of an appointment where its calendar does not say it: templates, as sub-accounts write them. Pure."""

import re

from msgspec import Struct

from groundlevel.areas.calendars import NotificationKind

SUBJECTS: dict[NotificationKind, str] = {
    "booked": "Received: {{ calendar.name }}, {{ appointment.start_time }}",
    "confirmation": "Confirmed: {{ calendar.name }}, {{ appointment.start_time }}",
    "reschedule": "Moved: {{ calendar.name }}, {{ appointment.start_time }}",
    "cancellation": "Cancelled: {{ calendar.name }}, {{ appointment.start_time }}",
    "reminder": "Reminder: {{ calendar.name }}, {{ appointment.start_time }}",
    "followup": "Thank you for coming: {{ calendar.name }}",
}
"""Of mail."""
_SAID: dict[NotificationKind, str] = {
    "booked": "we have received your request for {{ calendar.name }} and will confirm it.",
    "confirmation": "your appointment for {{ calendar.name }} is confirmed.",
    "reschedule": "your appointment for {{ calendar.name }} has been moved.",
    "cancellation": "your appointment for {{ calendar.name }} has been cancelled.",
    "reminder": "this is a reminder of your appointment for {{ calendar.name }}.",
    "followup": "thank you for coming to {{ calendar.name }}.",
}
_NOTED: dict[NotificationKind, str] = {
    "booked": "has asked for an appointment",
    "confirmation": "has an appointment",
    "reschedule": "has an appointment at another time",
    "cancellation": "has an appointment no more",
    "reminder": "has an appointment soon",
    "followup": "had an appointment",
}
_WHEN = (
    "When: {{ appointment.start_time }} ({{ appointment.timezone }})"
    "{% if appointment.address %}\nWhere: {{ appointment.address }}{% endif %}"
)
_CHANGES = (
    "{% if appointment.reschedule_link %}\nMove it: {{ appointment.reschedule_link }}{% endif %}"
    "{% if appointment.cancellation_link %}\nCancel it: {{ appointment.cancellation_link }}{% endif %}"
)
_HTML, _LINK = re.compile(r"<[a-zA-Z!/]"), re.compile(r"\{\{ appointment\.(\w+_link) \}\}")


class Words(Struct, frozen=True):
    """What is said, as templates. html: of mail that says it so; then `text` may be empty."""

    subject: str = ""
    text: str = ""
    html: str = ""


def usual_words(kind: NotificationKind, *, mail: bool, inside: bool) -> Words:
    """What a message says, if nobody has written it. inside: it is for those who work here, or whom they name."""
    if inside:
        text = f"{{{{ contact.name }}}} {_NOTED[kind]}: {{{{ calendar.name }}}}.\n\n{_WHEN}"
        text += "{% if contact.phone %}\nPhone: {{ contact.phone }}{% endif %}"
        text += "{% if contact.email %}\nE-mail: {{ contact.email }}{% endif %}"
        text += "{% if appointment.notes %}\nNotes: {{ appointment.notes }}{% endif %}"
    else:
        text = f"Hello{{% if contact.first_name %}} {{{{ contact.first_name }}}}{{% endif %}},\n\n{_SAID[kind]}"
        text += "" if kind == "followup" else f"\n\n{_WHEN}"
        text += "" if kind in ("followup", "cancellation") else _CHANGES
        text += "\n\n{{ location.name }}"
    return Words(SUBJECTS[kind], text, _as_html(text)) if mail else Words(text=text)


def written_words(kind: NotificationKind, subject: str, body: str, *, mail: bool) -> Words:
    """What a sub-account has written; of mail, HTML if it has tags. A mail without a subject has the usual one."""
    if not mail:
        return Words(text=body)
    return Words(subject or SUBJECTS[kind], **{"html" if _HTML.search(body) else "text": body})


def _as_html(text: str) -> str:
    """The same with paragraphs, and links to follow."""
    linked = _LINK.sub(r'<a href="{{ appointment.\1 }}">{{ appointment.\1 }}</a>', text)
    return "".join(f"<p>{part}</p>" for part in linked.replace("\n\n", "\0").replace("\n", "<br>\n").split("\0"))
