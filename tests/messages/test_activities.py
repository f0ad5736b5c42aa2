"""What happens in other areas is told in the conversation with the contact it is about, and to nobody else."""

from groundlevel.areas.calendars.tests.conftest import Diary
from groundlevel.areas.conversations.tests.conftest import Talk
from groundlevel.areas.opportunities.tests.conftest import Deals, new_pipeline


def told(talk: Talk) -> list[tuple[str, str]]:
    """(type, text) of each activity, oldest first."""
    found = [(one["messageType"], one["body"]) for one in talk.thread()[::-1]]
    return [(type.removeprefix("TYPE_ACTIVITY_"), text) for type, text in found if "_ACTIVITY_" in type]


def test_deals(talk: Talk) -> None:
    deals = Deals(talk.box, new_pipeline(talk.box, "Sales", "New", "Won"))
    id = deals.new(talk.anna)["id"]
    for said in ({"pipelineStageId": deals.stages[1]}, {"status": "won"}):
        assert talk.box.location.put(f"/opportunities/{id}", json=said).status_code == 200
    assert told(talk) == [
        ("OPPORTUNITY", "Opportunity Deal was created in Sales: New"),
        ("OPPORTUNITY", "Opportunity Deal was moved to Sales: Won"),
        ("OPPORTUNITY", "Opportunity Deal is now won"),
    ]
    assert [e["type"] for e in talk.box.sandbox.events() if e["type"].endswith("Message")] == []
    assert talk.found(contactId=talk.anna)[0]["unreadCount"] == 0


def test_appointments(talk: Talk) -> None:
    diary = Diary(talk.box)
    diary.contact = talk.anna
    calendar = diary.calendar()
    made = diary.tries(calendar, "09:00", title="A talk")
    assert made.status_code in (200, 201), made.text
    at = f"/calendars/events/appointments/{made.json()['id']}"
    assert talk.box.location.put(at, json={"appointmentStatus": "cancelled"}).status_code == 200
    assert talk.box.location.delete(at.replace("/appointments", ""), params={}).status_code in (200, 201)
    assert told(talk) == [
        ("APPOINTMENT", "Appointment A talk was booked for 2027-03-01 09:00"),
        ("APPOINTMENT", "Appointment A talk at 2027-03-01 09:00 is now cancelled"),
        ("APPOINTMENT", "Appointment A talk for 2027-03-01 09:00 was removed"),
    ]


def test_what_a_contact_lets_others_do(talk: Talk) -> None:
    at = f"/contacts/{talk.anna}"
    closed = {"sms": {"status": "active", "message": "x"}}
    assert talk.box.location.put(at, json={"dndSettings": closed}).status_code == 200
    assert talk.box.location.put(at, json={"dnd": True}).status_code == 200
    assert told(talk) == [
        ("CONTACT", "Do not disturb is on for SMS"),
        ("CONTACT", "Do not disturb is on for all channels"),
    ]
