"""Whoever books at a calendar's page is told of it, whether or not the calendar says anything about that."""

from datetime import timedelta

from groundlevel.areas.appointment_messages.tests.test_appointment_messages import NOON, Desk
from groundlevel.areas.calendars import APPOINTMENTS, CALENDARS
from groundlevel.areas.calendars.guests import Guest, book, cancel, move
from groundlevel.conftest import Box
from groundlevel.kernel.ctx import Ctx


def test_whoever_books_at_the_page_is_told_unless_the_calendar_says_otherwise(box: Box) -> None:
    desk = Desk(box)
    start = round((NOON + timedelta(hours=48)).timestamp())

    def make(ctx: Ctx) -> str:
        calendar = ctx.db.get(CALENDARS, desk.calendar)
        assert calendar
        return book(ctx, calendar, start, Guest("Cara", "cara@x.example")).id

    id = desk.box.sandbox.do(desk.owners, make)
    (mail,) = desk.came()
    assert (mail["to"], mail["subject"]) == ("cara@x.example", "Confirmed: Visits, Wednesday, March 3, 2027 at 1:00 PM")

    def later(ctx: Ctx) -> None:
        one = ctx.db.get(APPOINTMENTS, id)
        assert one
        cancel(ctx, move(ctx, one, start + 3_600))

    desk.box.sandbox.do(desk.owners, later)
    assert [one.split(":")[0] for one in desk.subjects()] == ["Cancelled"]
    desk.notify({"notificationType": "confirmation", "isActive": False})
    desk.box.sandbox.do(desk.owners, make)
    assert desk.came() == []
    desk.book(72)
    assert desk.came() == []
