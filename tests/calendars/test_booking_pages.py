"""The pages on which anybody books: what is shown is what is booked, and nobody gets further than an address allows."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import httpx2
import pytest

from groundlevel.conftest import Box

GUEST = {"name": "Bea Ek", "email": "Bea@Example.com", "phone": "", "notes": "Ring twice"}


class Visitor:
    """Somebody with a browser that knows no scripts."""

    def __init__(self, box: Box) -> None:
        self.web: httpx2.Client = box.sandbox.client(None)
        self.reply = httpx2.Response(0)

    @property
    def text(self) -> str:
        return unescape(self.reply.text)

    def go(self, path: str, status: int = 200) -> "Visitor":
        self.reply = self.web.get(path)
        assert self.reply.status_code == status, self.text
        return self

    def follow(self, words: str) -> "Visitor":
        """The link with these words, or with this label."""
        links = re.findall(r'<a href="([^"]+)"([^>]*)>(.*?)</a>', self.text)
        (path,) = {href for href, label, inner in links if words == inner or f'aria-label="{words}' in label}
        return self.go(path)

    def send(self, status: int, **said: str) -> "Visitor":
        """The form of the page; redirects are followed."""
        form = re.search(r'<form method="post" action="([^"]+)">(.*?)</form>', self.text, re.DOTALL)
        assert form
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form[2]))
        self.reply = self.web.post(form[1], data=hidden | said)
        assert self.reply.status_code == status, self.text
        return self.go(self.reply.headers["location"]) if status == 303 else self


@pytest.fixture
def visitor(box: Box) -> Iterator[Visitor]:
    """On a Monday in March, before a change of clocks."""
    box.sandbox.clock.move_to(datetime(2027, 3, 8, 5, tzinfo=UTC))
    yield Visitor(box)


def calendar_of(box: Box, **more: Any) -> dict[str, Any]:
    """A new calendar of Anna's."""
    said = {"locationId": box.location_id, "name": "Visits", "teamMembers": [{"userId": box.user_id}]} | more
    reply = box.location.post("/calendars/", json=said)
    assert reply.status_code == 200, reply.text
    return reply.json()["calendar"]


def booked(box: Box) -> list[tuple[str, str]]:
    """What the CRM has: when, and its state."""
    query = {"locationId": box.location_id, "userId": box.user_id, "startTime": 0, "endTime": 2_000_000_000_000}
    events = box.location.get("/calendars/events", params=query).json()["events"]
    return [(e["startTime"], e["appointmentStatus"]) for e in events]


def test_a_guest_books_moves_and_cancels(box: Box, visitor: Visitor) -> None:
    calendar = calendar_of(box, formSubmitThanksMessage="Mind the dog", description="A <b>look</b>")
    visitor.go(f"/widget/booking/{calendar['id']}?timezone=America/New_York")
    assert "<b>" not in visitor.reply.text
    visitor.follow("Tuesday, March 9, 18 times").follow("3:00 AM")
    assert "Tuesday, March 9, 2027" in visitor.text
    assert "3:00 AM to 3:30 AM" in visitor.text
    assert "New York (EST, UTC−05:00)" in visitor.text
    visitor.send(303, **GUEST)
    assert ("You are booked" in visitor.text, "Mind the dog" in visitor.text) == (True, True)
    assert booked(box) == [("2027-03-09T08:00:00+00:00", "confirmed")]
    query = {"locationId": box.location_id, "query": "bea", "pageLimit": 5}
    (contact,) = box.location.post("/contacts/search", json=query).json()["contacts"]
    assert (contact["email"], contact["firstName"], contact["source"]) == ("bea@example.com", "Bea", "Visits")
    (told,) = box.location.get(f"/contacts/{contact['id']}/appointments").json()["events"]
    assert told["notes"] == "Ring twice"

    here = visitor.reply.url.path
    visitor.follow("Move it to another time").follow("Monday, March 15, 18 times").follow("4:00 AM")
    assert "Tokyo" not in visitor.text
    visitor.send(303)
    assert "New York (EDT, UTC−04:00)" in visitor.text, "clocks have changed meanwhile"
    assert booked(box) == [("2027-03-15T08:00:00+00:00", "confirmed")]
    file = visitor.go(f"{here}/appointment.ics").text
    assert "DTSTART:20270315T080000Z" in file
    visitor.go(here).send(303, do="cancel")
    assert ("is cancelled" in visitor.text, "Cancel it" in visitor.text) == (True, False)
    assert booked(box) == [("2027-03-15T08:00:00+00:00", "cancelled")]
    assert visitor.web.get(f"{here}/move").status_code == 303
    box.sandbox.move_clock(timedelta(days=9))
    visitor.go(here, 404)


def test_the_same_person_is_not_added_twice_and_nobody_books_what_is_taken(box: Box, visitor: Visitor) -> None:
    known = box.new_contact(email="bea@example.com", firstName="B")
    calendar, other = calendar_of(box, autoConfirm=False), Visitor(box)
    path = f"/widget/bookings/{calendar['widgetSlug']}?day=2027-03-09&timezone=UTC"
    visitor.go(path).follow("8:00 AM")
    other.go(path).follow("8:00 AM").send(303, **GUEST)
    assert "Your request was sent" in other.text
    visitor.send(409, **GUEST | {"email": "bo@example.com"})
    assert "That time was taken in the meantime" in visitor.text
    assert ("Tuesday, March 9, 2027" in visitor.text, ">8:00 AM<" in visitor.text, ">8:30 AM<" in visitor.text) == (
        True, False, True,
    )  # fmt: skip
    assert booked(box) == [("2027-03-09T08:00:00+00:00", "new")]
    query = {"locationId": box.location_id, "pageLimit": 5}
    contacts = box.location.post("/contacts/search", json=query).json()["contacts"]
    assert [(c["id"], c["firstName"]) for c in contacts] == [(known, "Bea")], "nothing is kept of the second one"


def test_what_is_not_in_order_is_said_and_nothing_is_kept(box: Box, visitor: Visitor) -> None:
    calendar = calendar_of(box, consentLabel="I agree")
    visitor.go(f"/widget/booking/{calendar['id']}?day=2027-03-09").follow("8:00 AM")
    visitor.send(422, name=" ", email="nobody", phone="12")
    faults = re.findall(r'<a href="#(\w+)">', visitor.text)
    assert faults == ["name", "email", "consent"]
    assert 'value="nobody"' in visitor.text, "what was written is still there"
    visitor.send(422, **GUEST | {"phone": "12", "consent": "yes"})
    assert re.findall(r'<a href="#(\w+)">', visitor.text) == ["phone"]
    assert booked(box) == []
    box.sandbox.move_clock(timedelta(hours=2, seconds=1))
    visitor.send(403, **GUEST | {"consent": "yes"})
    assert "out of date" in visitor.text
    for stolen in ({"slot": "1804584600"}, {"form_key": "1804482000.x"}, {"form_key": ""}, {"slot": "x"}):
        visitor.go(f"/widget/booking/{calendar['id']}?day=2027-03-09").follow("8:00 AM")
        visitor.send(403, **GUEST | {"consent": "yes"} | stolen)
    visitor.go(f"/widget/booking/{calendar['id']}?day=2027-03-09").follow("8:00 AM")
    visitor.web.headers["Sec-Fetch-Site"] = "cross-site"
    visitor.send(403, **GUEST | {"consent": "yes"})
    assert booked(box) == []


def test_addresses_open_only_what_they_are_of(box: Box, visitor: Visitor) -> None:
    calendar = calendar_of(box, allowCancellation=False, allowReschedule=False)
    visitor.go(f"/widget/booking/{calendar['id']}?day=2027-03-09").follow("8:00 AM").send(303, **GUEST)
    here = visitor.reply.url.path
    assert ("Move it" in visitor.text, "Cancel it" in visitor.text) == (False, False)
    assert visitor.web.get(f"{here}/move").status_code == 303
    location, appointment, proof = here.rpartition("/")[2].split(".")
    for forged in (
        f"{location}.{appointment}.{'x' * 24}",
        f"{box.other_location_id}.{appointment}.{proof}",
        "x",
        "...",
    ):
        visitor.go(f"/widget/appointment/{forged}", 404)
    for nothing in ("nothing", "a/b", calendar["id"][:-1], "%00", f"{calendar['id']}/more"):
        visitor.go(f"/widget/booking/{nothing}", 404)
    box.location.put(f"/calendars/{calendar['id']}", json={"isActive": False, "widgetSlug": "drafts"})
    visitor.go(f"/widget/booking/{calendar['id']}", 404).go(f"/widget/bookings/{calendar['widgetSlug']}", 404)
    visitor.go(here)
    box.location.delete(f"/calendars/{calendar['id']}")
    visitor.go("/widget/bookings/drafts", 404)


def test_groups_and_slugs(box: Box, visitor: Visitor) -> None:
    said = {"locationId": box.location_id, "name": "Studio", "description": "All we do", "slug": "studio"}
    group = box.location.post("/calendars/groups", json=said).json()["group"]["id"]
    calendar_of(box, name="Yoga", groupId=group, widgetSlug="our/yoga")
    calendar_of(box, name="Closed", groupId=group, isActive=False)
    theirs = {"locationId": box.other_location_id, "name": "Yoga", "widgetSlug": "our/yoga"}
    other = box.other.post("/calendars/", json=theirs).json()["calendar"]["id"]
    pages = box.operator.get(f"/operator/locations/{box.location_id}/booking-pages").json()["pages"]
    assert [(p["kind"], p["name"], p["isActive"]) for p in pages] == [
        ("group", "Studio", True), ("calendar", "Closed", False), ("calendar", "Yoga", True),
    ]  # fmt: skip
    assert pages[0]["url"] == f"http://127.0.0.1:8080/widget/group/{group}"
    for path in (f"/widget/group/{group}", "/widget/groups/studio"):
        assert "Closed" not in visitor.go(path).text
    visitor.follow("<strong>Yoga</strong>")
    assert "Home" in visitor.go("/widget/bookings/our/yoga").text, "whoever had the slug first keeps it"
    assert "Next door" in visitor.go(f"/widget/booking/{other}").text
    box.location.put(f"/calendars/groups/{group}/status", json={"isActive": False})
    visitor.go("/widget/groups/studio", 404)
    box.location.delete(f"/calendars/groups/{group}")
    visitor.go(f"/widget/group/{group}", 404)


def test_only_these_pages_may_be_embedded_and_nobody_asks_too_often(box: Box, visitor: Visitor) -> None:
    url = "https://shop.example/thanks"
    calendar = calendar_of(box, formSubmitType="RedirectURL", formSubmitRedirectURL=url)
    path = f"/widget/booking/{calendar['id']}"
    policy = visitor.go(path).reply.headers["content-security-policy"]
    assert ("frame-ancestors *" in policy, "x-frame-options" in visitor.reply.headers) == (True, False)
    assert visitor.reply.headers["referrer-policy"] == "no-referrer"
    visitor.go(f"{path}?day=2027-03-09").follow("8:00 AM")
    assert "form-action 'self' https://shop.example;" in visitor.reply.headers["content-security-policy"]
    form = re.search(r'<form method="post".*?</form>', visitor.text, re.DOTALL)
    assert form
    hidden = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[0]))
    sent = visitor.web.post(path, data=hidden | GUEST)
    assert (sent.status_code, sent.headers["location"]) == (303, url)
    framed = visitor.web.get("/account/sign-in").headers["content-security-policy"]
    assert "frame-ancestors 'none'" in framed
    replies = [visitor.web.post(path, data=hidden | GUEST).status_code for _ in range(10)]
    assert replies == [409] * 9 + [429]
    box.sandbox.move_clock(timedelta(seconds=10))
    assert visitor.web.post(path, data=hidden | GUEST).status_code == 409
