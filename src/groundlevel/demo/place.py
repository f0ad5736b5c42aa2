"""One sub-account of the demo: what it is set up with, and what happened there since."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from msgspec import Struct

from groundlevel.areas.businesses.businesses import NewBusiness, create_business
from groundlevel.areas.campaigns.memberships import Nothing, add_contact_to_campaign
from groundlevel.areas.campaigns.operators import NewCampaign, create_campaign
from groundlevel.areas.contacts.bulk import BulkBusiness, add_remove_contact_from_business
from groundlevel.areas.contacts.contacts import create_contact
from groundlevel.areas.contacts.followers import Followers, add_followers_contact
from groundlevel.areas.contacts.notes import NoteInput, create_note
from groundlevel.areas.contacts.tasks import TaskInput, create_task
from groundlevel.areas.contacts.writing import NewContact
from groundlevel.areas.custom_fields import FieldValueInput
from groundlevel.areas.custom_fields.definitions import NewField, create_custom_field
from groundlevel.areas.workflows.enrolments import Start, add_contact_to_workflow
from groundlevel.areas.workflows.operators import NewWorkflow, create_workflow
from groundlevel.demo.data import Field, Place
from groundlevel.demo.desk import say_what_is_told, set_up_desk
from groundlevel.demo.diary import agree, conclude, open_diary, take_days_off
from groundlevel.demo.people import Spell, about_customer, about_lead, person, value_of
from groundlevel.demo.pets import EVERY, come_along, define_pets, pet
from groundlevel.demo.shelf import stock
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.wire import iso

Happening = tuple[datetime, Callable[[Ctx], Any]]

CUSTOMERS = 0.65
"""The part of the contacts, the oldest, that have become customers."""


class Things(Struct):
    """What a sub-account is set up with. `ids` are those that the demo tells."""

    start: datetime
    ids: dict[str, str]
    fields: list[tuple[Field, str]]
    businesses: list[str]
    campaigns: list[str]
    workflows: list[str]
    calendars: list[str]
    pet_owner: str = ""


def furnish(at: Callable[[datetime], Ctx], place: Place, staff: list[str], start: datetime) -> Things:
    """Custom fields, calendars, businesses and the like of a new sub-account."""
    ctx = at(start)
    group_id, calendars = open_diary(ctx, place.name, staff)
    things = Things(start + timedelta(days=1), {"groupId": group_id}, [], [], [], [], calendars)
    things.ids |= set_up_desk(ctx, place.name, staff, calendars)
    for position, field in enumerate(place.fields):
        body = NewField(name=field.name, data_type=field.type, position=position)  # pyright: ignore[reportArgumentType]
        if field.options:
            body.options = list(field.options)
        things.fields.append((field, create_custom_field(ctx, ctx.location_id, body).custom_field.id))
    for name in place.businesses:
        business = NewBusiness(name=name, location_id=ctx.location_id, city=place.cities[0][0], country="US")
        things.businesses.append(create_business(ctx, business).buiseness.id)
    for name in place.campaigns:
        things.campaigns.append(create_campaign(ctx, ctx.location_id, NewCampaign(name=name, status="published")).id)
    for name in place.workflows:
        things.workflows.append(create_workflow(ctx, ctx.location_id, NewWorkflow(name=name, status="published")).id)
    things.ids["businessId"] = things.businesses[0]
    things.ids["campaignId"], things.ids["workflowId"] = things.campaigns[0], things.workflows[0]
    if place.pets:
        things.pet_owner, known = define_pets(ctx)
        things.ids |= known
    stock(ctx, place)
    return things


def happenings(place: Place, things: Things, staff: list[str], dice: Random, today: datetime) -> Iterator[Happening]:
    """Everything that happened to the contacts, with its moment; contacts come in evenly, the newest last."""
    time = Spell(things.start, today)
    yield today, lambda ctx: say_what_is_told(ctx, things.calendars)
    yield today, lambda ctx: take_days_off(ctx, staff[-1], today + timedelta(days=9), 3)
    for number in range(place.contacts):
        part = number / place.contacts
        since = Spell(time.at(part).replace(second=0, microsecond=0), today)
        yield from _story(_Part(place, things, staff, dice), number, since, customer=part < CUSTOMERS)


class _Part(Struct, frozen=True):
    """Where a story plays, and by which dice."""

    place: Place
    things: Things
    staff: list[str]
    dice: Random


def _story(of: _Part, number: int, since: Spell, *, customer: bool) -> Iterator[Happening]:
    """One contact: how it came, and what was noted, planned and agreed with it."""
    dice, place = of.dice, of.place
    said = person(place, number, dice)
    said |= about_customer(place, dice) if customer else about_lead(place, dice)
    said["custom_fields"] = _values(of, since, customer=customer)
    if dice.random() < (0.7 if customer else 0.3):
        said["assigned_to"] = dice.choice(of.staff)
    known: dict[str, str] = {}

    def come(ctx: Ctx) -> None:
        known["id"] = create_contact(ctx, NewContact(**said, location_id=ctx.location_id)).contact.id

    yield since.start, come
    after = Spell(since.start + timedelta(minutes=5), since.end)
    if after.start >= after.end:
        return
    yield from _notes(of, after, known, 0.7 if customer else 0.25)
    yield from _tasks(of, after, known, 0.5 if customer else 0.3)
    yield from _appointments(of, after, known, 0.6 if customer else 0.2)
    if place.pets and customer and number % EVERY == 0:
        animal = pet(after, dice)
        yield after.moment(dice), lambda ctx: come_along(ctx, of.things.pet_owner, known["id"], animal)
    if dice.random() < 0.3:
        campaign, workflow = dice.choice(of.things.campaigns), dice.choice(of.things.workflows)
        yield after.moment(dice), lambda ctx: add_contact_to_campaign(ctx, known["id"], campaign, Nothing())
        yield after.moment(dice), lambda ctx: add_contact_to_workflow(ctx, known["id"], workflow, Start())
    if dice.random() < 0.2:
        first, *others = of.things.businesses
        business, follower = dice.choice(others) if customer else first, dice.choice(of.staff)
        yield after.moment(dice), lambda ctx: _join(ctx, known["id"], business)
        yield after.moment(dice), lambda ctx: add_followers_contact(ctx, known["id"], Followers(followers=[follower]))


def _values(of: _Part, since: Spell, *, customer: bool) -> list[FieldValueInput]:
    """Recent leads have said little; of customers much is known."""
    chance = 0.8 if customer else 0.4
    fields = [(f, id) for f, id in of.things.fields if (customer or f.everyone) and of.dice.random() < chance]
    return [FieldValueInput(id=id, value=value_of(field, since, of.dice)) for field, id in fields]


def _notes(of: _Part, after: Spell, known: dict[str, str], chance: float) -> Iterator[Happening]:
    while of.dice.random() < chance:
        note = NoteInput(body=of.dice.choice(of.place.notes), user_id=of.dice.choice(of.staff))
        yield after.moment(of.dice), lambda ctx, note=note: create_note(ctx, known["id"], note)
        chance /= 2


def _tasks(of: _Part, after: Spell, known: dict[str, str], chance: float) -> Iterator[Happening]:
    if of.dice.random() < chance:
        at = after.moment(of.dice)
        due = at + timedelta(days=of.dice.randrange(1, 15))
        task = TaskInput(
            title=of.dice.choice(of.place.tasks), due_date=iso(due), completed=due < after.end,
            assigned_to=of.dice.choice(of.staff),
        )  # fmt: skip
        yield at, lambda ctx: create_task(ctx, known["id"], task)


def _appointments(of: _Part, after: Spell, known: dict[str, str], chance: float) -> Iterator[Happening]:
    """Agreed at one time for a later one; what is over by the demo's today was kept, or was not."""
    dice = of.dice
    while dice.random() < chance:
        at, calendar, part, event = (
            after.moment(dice),
            dice.choice(of.things.calendars),
            dice.random(),
            dict[str, str](),
        )
        status = "showed" if dice.random() < 0.9 else dice.choice(("noshow", "cancelled"))

        def book(ctx: Ctx, calendar: str = calendar, part: float = part, event: dict[str, str] = event) -> None:
            event["id"] = agree(ctx, calendar, known["id"], part)

        yield at, book
        if (over := at + timedelta(days=21)) < after.end:
            yield over, lambda ctx, event=event, status=status: conclude(ctx, event["id"], status)
        chance /= 2


def _join(ctx: Ctx, contact_id: str, business_id: str) -> None:
    add_remove_contact_from_business(
        ctx, BulkBusiness(location_id=ctx.location_id, ids=[contact_id], business_id=business_id)
    )
