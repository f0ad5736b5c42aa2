"""/widget/booking/{calendar} and /widget/group/{group}: anybody books a free time, and moves or cancels it afterwards.

These pages may be shown within others' pages; everything else may not. They work without scripts.
"""

from collections.abc import Callable
from inspect import isawaitable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router

from groundlevel.areas.calendars import guests
from groundlevel.areas.calendars.addresses import Address, Kind, address_of
from groundlevel.areas.calendars.appointment import Appointment
from groundlevel.kernel.app import App
from groundlevel.kernel.caller import NOBODY
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.kernel.limits import Budget
from groundlevel.kernel.problems import BadRequest, Problem, Unprocessable
from groundlevel.kernel.store import Owners
from groundlevel.pages import booking_pages as shown
from groundlevel.pages.booking_form import Form, form_in
from groundlevel.pages.booking_views import Asked, asked_in
from groundlevel.pages.browser import address_of as address_of_browser
from groundlevel.pages.browser import form_of

LOOKS, TRIES = Budget(60, 5_000), Budget(10, 200)
"""How often one address may look at these pages, and send forms, in ten seconds and in a day."""
Work = Callable[[Ctx], Response]
About = Callable[[Ctx, Appointment], Response]


class Booking:
    """The pages of those who book."""

    def __init__(self, app: App) -> None:
        self.app = app
        ticket, both = "/widget/appointment/{ticket}", ["GET", "POST"]
        self.router = Router(
            [
                *(Route(f"/widget/{name}/{{text:path}}", self.book, methods=both) for name in ("booking", "bookings")),
                *(Route(f"/widget/{name}/{{text:path}}", self.group) for name in ("group", "groups")),
                Route(ticket, self.booked, methods=both),
                Route(f"{ticket}/move", self.move, methods=both),
                Route(f"{ticket}/appointment.ics", self.file),
            ]
        )

    async def book(self, request: Request) -> Response:
        """Free times of a calendar; the form for one of them; and what comes of it."""
        if refused := await self.refused(request):
            return refused
        where = await self.address(request, "booking")
        if where is None:
            return shown.nowhere()
        if request.method == "POST":
            return await self.take(where, form_in(await form_of(request)), request.url.path)
        asked = asked_in(request.query_params)
        return await self.at(
            where.location_id, lambda ctx: shown.booking_page(ctx, where.target_id, asked, request.url.path)
        )

    async def take(self, where: Address, form: Form, path: str) -> Response:
        """Book the time of a form that was sent."""

        def take(ctx: Ctx) -> Response:
            calendar = shown.bookable(ctx, where.target_id)
            if calendar is None:
                return shown.nowhere()
            if form.slot is None or not guests.form_fits(ctx, f"{calendar.id} {form.slot}", form.key):
                return shown.out_of_date(path)
            if faults := form.faults(calendar):
                return shown.form_page(ctx, calendar, form, path, faults)
            made = guests.book(ctx, calendar, form.slot, form.guest)
            if elsewhere := shown.after(calendar):
                return shown.moved(elsewhere)
            return shown.moved(f"/widget/appointment/{guests.ticket(ctx.settings, made)}", form.zone)

        def again(ctx: Ctx, problem: Problem) -> Response:
            calendar = shown.bookable(ctx, where.target_id)
            if calendar is None:
                return shown.nowhere()
            if isinstance(problem, Unprocessable):
                return shown.form_page(ctx, calendar, form, path, form.told(problem.messages))
            return shown.times_page(ctx, calendar, form.asked, path, trouble=shown.TAKEN)

        return await self.tried(where.location_id, take, again)

    async def group(self, request: Request) -> Response:
        """The calendars of a group, to choose one."""
        if refused := await self.refused(request):
            return refused
        where, asked = await self.address(request, "group"), asked_in(request.query_params)
        if where is None:
            return shown.nowhere()
        return await self.at(where.location_id, lambda ctx: shown.group_page(ctx, where.target_id, asked))

    async def booked(self, request: Request) -> Response:
        """An appointment, for whoever has its address; and its end."""
        path = request.url.path

        def see(ctx: Ctx, one: Appointment, asked: Asked) -> Response:
            return shown.booked_page(ctx, one, asked, path)

        def cancel(ctx: Ctx, one: Appointment, form: Form) -> Response:
            if form.do != "cancel" or not guests.form_fits(ctx, one.id, form.key):
                return shown.out_of_date(path)
            guests.cancel(ctx, one)
            return shown.moved(path, form.zone)

        def again(ctx: Ctx, one: Appointment, form: Form) -> Response:
            return shown.booked_page(ctx, one, form.asked, path, guests.OVER)

        return await self.of_appointment(request, see, cancel, again)

    async def move(self, request: Request) -> Response:
        """Free times to move an appointment to, and the question whether to."""
        path = request.url.path
        home = path.removesuffix("/move")

        def choose(ctx: Ctx, one: Appointment, asked: Asked) -> Response:
            calendar = shown.bookable(ctx, one.calendar_id)
            if calendar is None or not guests.can_move(ctx, one, calendar):
                return shown.moved(home, asked.zone)
            return shown.move_page(ctx, one, calendar, asked, path)

        def move(ctx: Ctx, one: Appointment, form: Form) -> Response:
            if form.slot is None or not guests.form_fits(ctx, f"{one.id} {form.slot}", form.key):
                return shown.out_of_date(home)
            guests.move(ctx, one, form.slot)
            return shown.moved(home, form.zone)

        def again(ctx: Ctx, one: Appointment, form: Form) -> Response:
            calendar = shown.bookable(ctx, one.calendar_id)
            if calendar is None or not guests.can_move(ctx, one, calendar):
                return shown.booked_page(ctx, one, form.asked, home, guests.OVER)
            return shown.times_page(ctx, calendar, form.asked, path, but=one.id, trouble=shown.TAKEN)

        return await self.of_appointment(request, choose, move, again)

    async def file(self, request: Request) -> Response:
        """An appointment as a file that calendars read."""

        def told(ctx: Ctx, one: Appointment, _: Asked) -> Response:
            headers = shown.PLAIN | {"Content-Disposition": "attachment"}
            return Response(guests.file_of(ctx, one), media_type="text/calendar", headers=headers)

        return await self.of_appointment(request, told)

    # --- how they ask ---

    async def refused(self, request: Request) -> Response | None:
        """A page for whoever asks too often, or was sent here by another site's form; None for everybody else."""
        sends = request.method == "POST"
        if sends and request.headers.get("sec-fetch-site") == "cross-site":
            return shown.wrong(
                "Nothing was done", "The form came from another site. Open this page itself.", status=403
            )
        key = f"widget {'send' if sends else 'look'} {address_of_browser(request)}"
        spent = self.app.limits.spend(key, round(self.app.clock.now().timestamp() * 1_000), TRIES if sends else LOOKS)
        within, _ = await spent if isawaitable(spent) else spent
        if within:
            return None
        return shown.wrong("Too many requests", "Nothing was done. Wait a minute, then try again.", status=429)

    async def address(self, request: Request, kind: Kind) -> Address | None:
        """What the address of this page leads to."""
        text = request.path_params["text"].strip("/")
        if not text.isprintable() or len(text) > 200:
            return None
        return await self.app.store.perform(SYSTEM, lambda db: address_of(db, kind, text), write=False)

    async def at(self, location_id: str, work: Work, *, write: bool = False) -> Response:
        """A unit of work in a sub-account; nowhere, if it is gone."""
        app, now = self.app, self.app.clock.now()
        company = await app.store.perform(SYSTEM, lambda db: app.company_of(db, location_id), write=False)
        if not company:
            return shown.nowhere()

        def do(db: object) -> Response:
            return work(Ctx(NOBODY, db, now, app.settings, app.clock))  # pyright: ignore[reportArgumentType]

        return await app.store.perform(Owners(location_id, company), do, write=write, slow=not write)

    async def tried(self, location_id: str, work: Work, again: Callable[[Ctx, Problem], Response]) -> Response:
        """A unit of work that writes; where it is refused, nothing has changed, and `again` shows why."""
        try:
            return await self.at(location_id, work, write=True)
        except (BadRequest, Unprocessable) as refused:
            problem = refused
        return await self.at(location_id, lambda ctx: again(ctx, problem))

    async def of_appointment(
        self,
        request: Request,
        see: Callable[[Ctx, Appointment, Asked], Response],
        do: Callable[[Ctx, Appointment, Form], Response] | None = None,
        again: Callable[[Ctx, Appointment, Form], Response] | None = None,
    ) -> Response:
        """What is shown of the appointment that this page's address is the key to, or done with it."""
        if refused := await self.refused(request):
            return refused
        place = guests.place_of(self.app.settings, request.path_params["ticket"])
        if place is None:
            return shown.nowhere()

        def about(what: About) -> Work:
            def work(ctx: Ctx) -> Response:
                one = guests.appointment_of(ctx, place[1])
                return what(ctx, one) if one else shown.nowhere()

            return work

        if do is None or again is None or request.method != "POST":
            asked = asked_in(request.query_params)
            return await self.at(place[0], about(lambda ctx, one: see(ctx, one, asked)))
        form = form_in(await form_of(request))
        return await self.tried(
            place[0], about(lambda ctx, one: do(ctx, one, form)),
            lambda ctx, _: about(lambda ctx, one: again(ctx, one, form))(ctx),
        )  # fmt: skip
