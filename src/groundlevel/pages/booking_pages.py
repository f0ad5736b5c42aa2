"""The pages of those who book, each made in one unit of work."""

from typing import Any
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from starlette.responses import HTMLResponse, RedirectResponse, Response

from groundlevel.areas.calendars import guests
from groundlevel.areas.calendars.appointment import Appointment
from groundlevel.areas.calendars.calendar import CALENDARS, MOST_CALENDARS, Calendar
from groundlevel.areas.calendars.groups import GROUPS
from groundlevel.areas.locations import own_location
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.store import Eq, Sort
from groundlevel.pages import booking_days as days
from groundlevel.pages import booking_views as views
from groundlevel.pages.booking_form import FIELDS, Form
from groundlevel.pages.browser import templates

PLAIN = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
"""What all answers bear: addresses of appointments are secrets, so no other site is told of them."""
TAKEN = "That time was taken in the meantime. Please choose another one."


def embeddable(form_action: str = "'self'") -> dict[str, str]:
    """The headers of a page that others may show within theirs. form_action: where its forms may lead."""
    policy = (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action {form_action}; "
        "base-uri 'none'; frame-ancestors *"
    )
    return PLAIN | {"Content-Security-Policy": policy, "X-Robots-Tag": "noindex"}


def page(name: str, status: int = 200, form_action: str = "'self'", **values: Any) -> HTMLResponse:
    """A page of a template."""
    html = templates().get_template(name).render({"place": "Booking", "trouble": "", **values})
    return HTMLResponse(html, status, headers=embeddable(form_action))


def wrong(title: str, *texts: str, status: int = 400, href: str = "", link: str = "") -> HTMLResponse:
    """A page that says what is wrong, and what to do about it."""
    return page("booking_wrong.html", status, title=title, texts=texts, href=href, link=link)


def nowhere() -> HTMLResponse:
    """There is nothing at this address (any more)."""
    return wrong(
        "There is nothing to book here", "The address is not complete, or what was here cannot be booked any more.",
        "Ask whoever gave you the address for a new one.", status=404,
    )  # fmt: skip


def out_of_date(path: str) -> HTMLResponse:
    """A form that was not shown here, or too long ago."""
    return wrong("This form is out of date", "Nothing was done.", status=403, href=path, link="Open the page again")


def moved(to: str, zone: ZoneInfo | None = None) -> Response:
    """On to another page, by GET."""
    return RedirectResponse(f"{to}?{urlencode({'timezone': zone.key})}" if zone else to, 303, headers=PLAIN)


def bookable(ctx: Ctx, calendar_id: str) -> Calendar | None:
    """The calendar, if it is no draft."""
    calendar = ctx.db.get(CALENDARS, calendar_id)
    return calendar if calendar and calendar.is_active else None


def times_page(ctx: Ctx, calendar: Calendar, asked: views.Asked, path: str, **more: Any) -> Response:
    """The free times of a calendar; 409 where one was taken meanwhile."""
    told = views.times(ctx, calendar, asked, path, more.pop("but", ""))
    status = 409 if more.get("trouble") else 200
    return page("booking_times.html", status, **{"heading": calendar.name, **told, **more})


def booking_page(ctx: Ctx, calendar_id: str, asked: views.Asked, path: str) -> Response:
    """The free times of a calendar, or the form for the one that was chosen."""
    calendar = bookable(ctx, calendar_id)
    if calendar is None:
        return nowhere()
    if asked.slot is None:
        return times_page(ctx, calendar, asked, path)
    if asked.slot not in guests.free_times(ctx, calendar, asked.slot, asked.slot + 1):
        return times_page(ctx, calendar, asked.day_of_slot(), path, trouble=TAKEN)
    zone = asked.zone or ZoneInfo(own_location(ctx).timezone)
    return form_page(ctx, calendar, Form(asked.slot, "", zone, "", {}), path, {})


def form_page(ctx: Ctx, calendar: Calendar, form: Form, path: str, faults: dict[str, str]) -> Response:
    """What the guest fills in; 422 with what is wrong with it."""
    slot, zone = form.slot or 0, form.zone or ZoneInfo(own_location(ctx).timezone)
    return page(
        "booking_form.html", 422 if faults else 200, _leading_to(calendar), heading=calendar.name, path=path,
        faults=faults, values=form.values, fields=FIELDS, consent=calendar.consent_label or "",
        about=[("Takes", views.facts(calendar)[0]), *(("Where", fact) for fact in views.facts(calendar)[1:])],
        form_key=guests.form_key_for(ctx, f"{calendar.id} {slot}"), **views.moment(ctx, calendar, slot, zone),
        back=views.Asked(zone).link(path, "#times", day=days.day_at(slot, zone)),
    )  # fmt: skip


def after(calendar: Calendar) -> str:
    """The address that guests are sent to when they have booked, if the calendar names one."""
    url = calendar.form_submit_redirect_url or ""
    fits = urlsplit(url).scheme in ("http", "https") and urlsplit(url).hostname and url.isprintable()
    return url if calendar.form_submit_type == "RedirectURL" and fits else ""


def _leading_to(calendar: Calendar) -> str:
    parts = urlsplit(after(calendar))
    plain = parts.netloc and all(c.isalnum() or c in ".-:" for c in parts.netloc)
    return f"'self' {parts.scheme}://{parts.netloc}" if plain else "'self'"


def booked_page(ctx: Ctx, one: Appointment, asked: views.Asked, path: str, trouble: str = "") -> Response:
    """An appointment, for its guest."""
    calendar = ctx.db.get(CALENDARS, one.calendar_id)
    told = views.appointment(ctx, one, calendar, asked.zone or ZoneInfo(own_location(ctx).timezone))
    home = views.Asked(asked.zone)
    links = {
        "move": home.link(f"{path}/move") if told["move"] else "", "cancel": path if told["cancel"] else "",
        "file": f"{path}/appointment.ics",
        "again": home.link(f"/widget/booking/{one.calendar_id}") if calendar and calendar.is_active else "",
        "message": (calendar.form_submit_thanks_message or "") if calendar and told["stands"] else "",
    }  # fmt: skip
    return page("booked.html", 409 if trouble else 200, **(told | links), trouble=trouble)


def move_page(ctx: Ctx, one: Appointment, calendar: Calendar, asked: views.Asked, path: str) -> Response:
    """The free times that an appointment can be moved to, or the question whether to move it to the chosen one."""
    if asked.slot is None:
        return times_page(ctx, calendar, asked, path, but=one.id, heading=f"Move: {calendar.name}")
    zone = asked.zone or ZoneInfo(own_location(ctx).timezone)
    return page(
        "booking_move.html", path=path, before_day=days.whole_day(one.start, zone),
        before=days.stretch(one.start, one.end, zone), form_key=guests.form_key_for(ctx, f"{one.id} {asked.slot}"),
        back=views.Asked(zone).link(path, "#times", day=days.day_at(asked.slot, zone)),
        **views.moment(ctx, calendar, asked.slot, zone),
    )  # fmt: skip


def group_page(ctx: Ctx, group_id: str, asked: views.Asked) -> Response:
    """The calendars of a group that can be booked, by name."""
    group = ctx.db.get(GROUPS, group_id)
    if group is None or not group.is_active:
        return nowhere()
    found = ctx.db.find(CALENDARS, Eq("group_id", group.id), sort=(Sort("name"),), limit=MOST_CALENDARS)
    offers = [
        {
            "href": views.Asked(asked.zone).link(f"/widget/booking/{one.id}"), "name": one.name,
            "length": views.facts(one)[0], "description": one.description or "",
        }
        for one in found
        if one.is_active
    ]  # fmt: skip
    return page(
        "booking_group.html", heading=group.name, description=group.description, offers=offers,
        place=own_location(ctx).name,
    )  # fmt: skip
