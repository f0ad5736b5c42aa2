"""What people get of appointments: confirmations, reminders, changes; each once, and nobody against its will."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from groundlevel.areas.appointment_messages.telling import tell_of_appointment
from groundlevel.areas.locations import LOCATIONS, own_location
from groundlevel.conftest import LOCATION, Box
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.store import Owners

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
PHONE = "+14155550123"
REMINDER = {"notificationType": "reminder", "beforeTime": [{"timeOffset": 1, "unit": "days"}]}
ALL = [{"notificationType": kind} for kind in ("booked", "confirmation", "cancellation", "reschedule")]


def move_in(ctx: Ctx) -> None:
    """The sub-account is in Vienna."""
    place = own_location(ctx)
    ctx.db.put(LOCATIONS, replace(place, timezone="Europe/Vienna", email="desk@home.example"))


@dataclass
class Desk:
    """A calendar of Anna's in Vienna, and Bea in Tokyo who books, on a Monday at noon (UTC)."""

    box: Box
    seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        box = self.box
        box.sandbox.clock.move_to(NOON)
        self.owners = Owners(LOCATION, box.company_id)
        box.sandbox.do(self.owners, move_in)
        said = {"locationId": LOCATION, "name": "Visits", "teamMembers": [{"userId": box.user_id}]}
        self.calendar: str = box.location.post("/calendars/", json=said).json()["calendar"]["id"]
        self.bea = box.new_contact(firstName="Bea", email="bea@client.example", phone=PHONE, timezone="Asia/Tokyo")

    def notify(self, *many: dict[str, Any]) -> list[str]:
        said = [{"receiverType": "contact", "channel": "email"} | one for one in many]
        reply = self.box.location.post(f"/calendars/{self.calendar}/notifications", json=said)
        assert reply.status_code == 200, reply.text
        return [one["_id"] for one in reply.json()]

    def book(self, hours: float = 48, **more: Any) -> str:
        said = {
            "calendarId": self.calendar, "locationId": LOCATION, "contactId": self.bea, "address": "Ring 1",
            "startTime": self.at(hours), "ignoreFreeSlotValidation": True,
        }  # fmt: skip
        reply = self.box.location.post("/calendars/events/appointments", json=said | more)
        assert reply.status_code == 200, reply.text
        return reply.json()["id"]

    def at(self, hours: float) -> str:
        return (self.box.sandbox.clock.now() + timedelta(hours=hours)).isoformat()

    def change(self, id: str, **said: Any) -> None:
        free = {"ignoreFreeSlotValidation": True}
        assert self.box.location.put(f"/calendars/events/appointments/{id}", json=free | said).is_success

    def came(self, after: float = 0, *, leave: bool = True) -> list[dict[str, Any]]:
        """What has left since it was last looked, when so many hours have passed, the oldest first."""
        self.box.sandbox.move_clock(timedelta(hours=after))
        self.box.sandbox.work()
        if leave:
            self.box.leave()
        found = self.box.operator.get("/operator/outbox", params={"limit": 1000}).json()["outbox"]
        new = [one for one in found if one["id"] not in self.seen and one["state"] in ("sent", "delivered")]
        self.seen |= {one["id"] for one in new}
        return [self.box.operator.get(f"/operator/outbox/{one['id']}").json() for one in reversed(new)]

    def subjects(self, after: float = 0) -> list[str]:
        return [one["subject"] for one in self.came(after)]

    def thread(self) -> list[dict[str, Any]]:
        """What is in the conversation with Bea, newest first."""
        place = {"locationId": LOCATION, "contactId": self.bea}
        found = self.box.location.get("/conversations/search", params=place).json()["conversations"]
        assert len(found) == 1, "one conversation a contact"
        return self.box.location.get(f"/conversations/{found[0]['id']}/messages").json()["messages"]["messages"]

    def noted(self) -> list[str]:
        return [one["body"] for one in self.thread() if one["messageType"] == "TYPE_ACTIVITY_APPOINTMENT"]


@pytest.fixture
def desk(box: Box) -> Desk:
    return Desk(box)


def test_what_is_confirmed_moved_reminded_of_and_cancelled_is_told_once(desk: Desk) -> None:
    desk.notify(REMINDER, *ALL)
    id = desk.book()
    (mail,) = desk.came()
    when = "Wednesday, March 3, 2027 at 9:00 PM"
    assert (mail["to"], mail["subject"], mail["source"]) == (
        "bea@client.example", f"Confirmed: Visits, {when}", "workflow")  # fmt: skip
    page = f"{desk.box.sandbox.app.settings.public_url}/widget/appointment/"
    assert mail["text"].split(page)[0] == (
        "Hello Bea,\n\nyour appointment for Visits is confirmed.\n\n"
        f"When: {when} (Asia/Tokyo)\nWhere: Ring 1\nMove it: "
    )  # fmt: skip
    assert mail["headers"]["Auto-Submitted"] == "auto-generated"
    lines = ("METHOD:REQUEST", "SEQUENCE:0", "DTSTART:20270303T120000Z", "SUMMARY:Visits\\, Home", "LOCATION:Ring 1")
    assert [line for line in lines if line not in mail["invitation"]] == []
    (shown,) = [one for one in desk.thread() if one["messageType"] == "TYPE_EMAIL"]
    assert (shown["source"], shown["status"], shown["direction"]) == ("workflow", "sent", "outbound")
    desk.change(id, startTime=desk.at(96))
    (mail,) = desk.came()
    assert mail["subject"] == "Moved: Visits, Friday, March 5, 2027 at 9:00 PM"
    assert ("SEQUENCE:1" in mail["invitation"], "DTSTART:20270305T120000Z" in mail["invitation"]) == (True, True)
    assert desk.subjects(24) == [], "it was to be reminded of here before it moved"
    assert (desk.subjects(48), desk.subjects(1)) == (["Reminder: Visits, Friday, March 5, 2027 at 9:00 PM"], [])
    desk.change(id, appointmentStatus="cancelled")
    (mail,) = desk.came()
    assert ("METHOD:CANCEL" in mail["invitation"], "STATUS:CANCELLED" in mail["invitation"]) == (True, True)
    assert mail["subject"].startswith("Cancelled: ")
    assert desk.subjects(1_000) == []


def test_links_of_the_mail_lead_to_the_appointment(desk: Desk) -> None:
    desk.notify(
        {"notificationType": "confirmation", "subject": "S", "body": "<a href='{{appointment.page_link}}'>x</a>"}
    )
    desk.book()
    (mail,) = desk.came()
    path = mail["html"].partition(desk.box.sandbox.app.settings.public_url)[2].partition("'")[0]
    page = desk.box.sandbox.client(None).get(path)
    assert (page.status_code, "Visits" in page.text) == (200, True)


def test_its_own_words_on_each_channel(desk: Desk) -> None:
    body = "{{contact.name}}: {{calendar.name}} {{appointment.only_start_time}}, {{appointment.user.name}} {{x}}"
    desk.notify(
        {"notificationType": "confirmation", "channel": "sms", "body": body},
        {"notificationType": "confirmation", "channel": "whatsapp", "body": "{% broken"},
        {"notificationType": "confirmation", "subject": "{{appointment.title}}", "body": f"<p>{body}</p>",
         "fromName": "Visits", "fromAddress": "v@home.example"},
    )  # fmt: skip
    desk.box.location.put(f"/contacts/{desk.bea}", json={"firstName": "<b>{{location.name}}</b>"})
    desk.book(title="A & B")
    sms, whatsapp, mail = sorted(desk.came(), key=lambda one: ("SMS", "WhatsApp", "Email").index(one["channel"]))
    name = desk.box.location.get(f"/contacts/{desk.bea}").json()["contact"]["firstName"]
    assert (sms["text"], sms["to"]) == (f"{name}: Visits 9:00 PM, Anna Alm ", PHONE), "and nothing in it is a template"
    assert whatsapp["text"] == "{% broken"
    assert (mail["subject"], mail["sender"]) == ("A & B", "Visits <v@home.example>")
    assert mail["html"] == "<p>&lt;b&gt;{{location.name}}&lt;/b&gt;: Visits 9:00 PM, Anna Alm </p>"


def test_people_who_work_there_and_plain_addresses_are_told_without_a_conversation(desk: Desk) -> None:
    desk.notify(
        {"notificationType": "confirmation", "receiverType": "assignedUser", "selectedUsers": ["sub_account_admin"],
         "additionalEmailIds": ["Boss@x.example", "boss@x.example", "nobody"]},
        {"notificationType": "confirmation", "receiverType": "phoneNumbers", "channel": "sms",
         "additionalPhoneNumbers": ["(415) 555-0199", "abc"]},
        {"notificationType": "confirmation", "receiverType": "business", "channel": "email"},
        {"notificationType": "confirmation", "receiverType": "guest"},
        {"notificationType": "confirmation", "receiverType": "assignedUser", "channel": "inApp"},
    )  # fmt: skip
    desk.book()
    found = {one["to"]: one for one in desk.came()}
    assert set(found) == {"anna@example.com", "Boss@x.example", "+14155550199", "desk@home.example"}
    anna = found["anna@example.com"]
    assert anna["text"] == (
        "Bea has an appointment: Visits.\n\nWhen: Wednesday, March 3, 2027 at 1:00 PM (Europe/Vienna)\n"
        f"Where: Ring 1\nPhone: {PHONE}\nE-mail: bea@client.example"
    )
    assert ("METHOD:REQUEST" in anna["invitation"], anna["contactId"], anna["messageId"]) == (True, "", "")
    noted = desk.noted()
    assert "The confirmation of Bea was not sent to nobody by email: no address is known" in noted
    assert "The confirmation of Bea was not sent to abc by sms: no number is known" in noted
    (mention,) = [one for one in desk.thread() if one.get("mentions")]
    assert (mention["mentions"], mention["body"].split("\n")[0]) == (
        [desk.box.user_id],
        "Bea has an appointment: Visits.",
    )
    assert [one["messageType"] for one in desk.thread() if one["direction"] == "outbound"].count("TYPE_EMAIL") == 0


def test_who_does_not_want_it_gets_nothing_and_is_booked_all_the_same(desk: Desk) -> None:
    confirmation = {"notificationType": "confirmation"}
    desk.notify(*ALL, confirmation | {"channel": "sms"})
    desk.notify(confirmation | {"receiverType": "emails", "additionalEmailIds": ["BEA@client.example"]})
    desk.box.location.put(f"/contacts/{desk.bea}", json={"dnd": True})
    id = desk.book()
    assert desk.came() == []
    reason = "Cannot send message as DND is active."
    assert sorted(desk.noted()[:3]) == [
        f"The confirmation of Bea was not sent to BEA@client.example by email: {reason}",
        f"The confirmation of Bea was not sent to Bea by email: {reason}",
        f"The confirmation of Bea was not sent to Bea by sms: {reason}",
    ]
    assert desk.box.location.get(f"/calendars/events/appointments/{id}").is_success
    quiet = desk.box.new_contact(firstName="No address")
    desk.book(50, contactId=quiet)
    assert desk.came() == []


def test_who_says_no_while_it_waits_gets_nothing_either(desk: Desk) -> None:
    confirmation = {"notificationType": "confirmation"}
    desk.notify(confirmation, confirmation | {"receiverType": "emails", "additionalEmailIds": ["boss@x.example"]})
    boss = desk.box.new_contact(firstName="Boss", email="boss@x.example")
    desk.book()
    desk.came(leave=False)
    for one in (desk.bea, boss):
        desk.box.location.put(f"/contacts/{one}", json={"dndSettings": {"email": {"status": "permanent"}}})
    assert desk.came() == []
    gone = "Cannot send email as boss@x.example has unsubscribed"
    assert f"The confirmation for boss@x.example did not arrive: {gone}" in desk.noted()
    (mail,) = [one for one in desk.thread() if one["messageType"] == "TYPE_EMAIL"]
    assert mail["status"] == "failed"


def test_what_waits_says_how_it_is_by_now(desk: Desk) -> None:
    desk.notify(REMINDER, {"notificationType": "confirmation"}, {"notificationType": "cancellation"})
    id = desk.book()
    desk.came(leave=False)
    desk.change(id, startTime=desk.at(72))
    assert desk.subjects() == ["Confirmed: Visits, Thursday, March 4, 2027 at 9:00 PM"]
    desk.came(48, leave=False)
    desk.change(id, appointmentStatus="cancelled")
    assert desk.subjects() == ["Cancelled: Visits, Thursday, March 4, 2027 at 9:00 PM"], "and no reminder"
    other = desk.book(30)
    desk.came(leave=False)
    assert desk.box.location.request("DELETE", f"/calendars/events/{other}", json={}).status_code == 201
    assert desk.subjects(100) == []
    third = desk.book(30)
    desk.change(third, appointmentStatus="cancelled")
    assert [one.split(":")[0] for one in desk.subjects()] == ["Cancelled"], "both were due before anybody worked"


def test_a_worker_that_dies_tells_nothing_twice(desk: Desk) -> None:
    (notification,) = desk.notify({"notificationType": "confirmation"})
    id = desk.book()
    (event,) = [one for one in desk.box.sandbox.events() if one["type"] == "AppointmentNotification"]
    for _ in range(2):  # as by a worker whose lease ended while it worked

        def tell(ctx: Ctx) -> None:
            tell_of_appointment(ctx, event["id"], notification, id, event["startTime"])

        desk.box.sandbox.do(desk.owners, tell)
    assert len(desk.came()) == 1


def test_each_time_of_a_series_is_reminded_of(desk: Desk) -> None:
    desk.notify(REMINDER)
    desk.book(48, rrule="FREQ=DAILY;COUNT=3")
    days = ("Wednesday, March 3", "Thursday, March 4", "Friday, March 5")
    for day in days:
        assert desk.subjects(24) == [f"Reminder: Visits, {day}, 2027 at 9:00 PM"]
    assert desk.subjects(24) == []
