"""The demo's pipelines, and the opportunities that went through them."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from msgspec import Struct

from groundlevel.areas.contacts import CONTACTS, Contact
from groundlevel.areas.opportunities.followers import Followers, add_followers_opportunity
from groundlevel.areas.opportunities.lost_reasons import ReasonInput, create_lost_reason
from groundlevel.areas.opportunities.opportunities import (
    create_opportunity,
    update_opportunity,
    update_opportunity_status,
)
from groundlevel.areas.opportunities.pipeline_operators import NewPipeline, StageInput, create_pipeline
from groundlevel.areas.opportunities.writing import NewOpportunity, OpportunityChange, StatusChange
from groundlevel.demo.people import Spell
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.store import Sort

Happening = tuple[datetime, Callable[[Ctx], Any]]
FRESH = 1
"""The number of the contact with whom nobody has begun a deal."""


class Selling(Struct, frozen=True):
    """How a sub-account sells. `stages`: (name, how many of a hundred are won, colour)."""

    pipeline: str
    stages: tuple[tuple[str, int, str], ...]
    deals: tuple[tuple[str, int], ...]
    reasons: tuple[str, ...]
    months: int = 8


DENTAL_SALES = Selling(
    pipeline="Treatment plans",
    stages=(
        ("Enquiry", 10, "#155EEF"), ("Consultation booked", 30, "#0BA5EC"), ("Plan presented", 50, "#F79009"),
        ("Insurance approval", 75, "#EE46BC"), ("Treatment scheduled", 90, "#039855"),
    ),
    deals=(("Invisalign", 4200), ("Two crowns", 1850), ("Whitening", 380), ("Implant", 3100), ("Night guard", 520)),
    reasons=("Too expensive", "Chose another practice", "Insurance declined", "No answer"),
)  # fmt: skip
FITNESS_SALES = Selling(
    pipeline="Memberships",
    stages=(
        ("New lead", 10, "#155EEF"), ("Tour booked", 25, "#0BA5EC"), ("Trial week", 60, "#F79009"),
        ("Offer sent", 80, "#039855"),
    ),
    deals=(("Yearly membership", 780), ("Monthly membership", 79), ("Ten sessions", 450), ("Couple's rate", 1290)),
    reasons=("Too far away", "Price", "Not enough time"),
)  # fmt: skip
SALES = (DENTAL_SALES, FITNESS_SALES)


class Board(Struct, frozen=True):
    """What a sub-account sells with: its pipeline's stages, in their order, and its reasons for losing."""

    pipeline_id: str
    stages: list[str]
    reasons: list[str]

    @property
    def ids(self) -> dict[str, str]:
        """Those that the demo tells."""
        return {"pipelineId": self.pipeline_id, "pipelineStageId": self.stages[0], "lostReasonId": self.reasons[0]}


def set_up(ctx: Ctx, selling: Selling) -> Board:
    """The pipeline and the reasons of a new sub-account."""
    stages = [StageInput(name=n, stage_win_probability=chance, color=color) for n, chance, color in selling.stages]
    made = create_pipeline(
        ctx, ctx.location_id, NewPipeline(name=selling.pipeline, stages=stages, use_opportunity_probability=True)
    )
    reasons = [create_lost_reason(ctx, ctx.location_id, ReasonInput(name=name)).id for name in selling.reasons]
    return Board(made.id, [stage.id for stage in made.stages], reasons)


def fresh_contact(ctx: Ctx) -> dict[str, str]:
    """The contact with whom nobody has begun a deal."""
    return {"freshContactForOpportunity": nth_contact(ctx, FRESH).id}


def deals(selling: Selling, board: Board, contacts: int, staff: list[str], today: datetime) -> Iterator[Happening]:
    """Every second contact is offered something, and most deals come to an end; the newest are still open."""
    dice = Random(f"{selling.pipeline} {contacts}")  # noqa: S311  (repeatable on purpose)
    begin = today - timedelta(days=30 * selling.months)
    for number in range(0, contacts - 12, 2):
        since = Spell(begin + (today - begin) * ((number + 12) / contacts), today)
        yield from _deal(_Part(selling, board, staff, dice), number, Spell(since.moment(dice), today))


class _Part(Struct, frozen=True):
    """Who sells, and by which dice."""

    selling: Selling
    board: Board
    staff: list[str]
    dice: Random


def _deal(of: _Part, number: int, since: Spell) -> Iterator[Happening]:
    dice, board, known = of.dice, of.board, dict[str, str]()
    what, worth = dice.choice(of.selling.deals)
    user, reason = dice.choice(of.staff), dice.choice(board.reasons)
    close = (since.start + timedelta(days=dice.randrange(14, 60))).date().isoformat()

    def begin(ctx: Ctx) -> None:
        body = NewOpportunity(
            location_id=ctx.location_id, contact_id=nth_contact(ctx, number).id, pipeline_id=board.pipeline_id,
            name=what, status="open", monetary_value=worth + dice.randrange(-5, 20) * 10,
            forecast_expected_close_date=close, assigned_to=user,
        )  # fmt: skip
        known["id"] = create_opportunity(ctx, body).opportunity.id

    yield since.start, begin
    reached = dice.randrange(len(board.stages))
    at = since.start
    for stage in board.stages[1 : reached + 1]:
        at += timedelta(days=dice.randrange(1, 12), minutes=dice.randrange(300))
        if at < since.end:
            change = OpportunityChange(pipeline_stage_id=stage)
            yield at, lambda ctx, change=change: update_opportunity(ctx, known["id"], change)
    if dice.random() < 0.15:
        follow = Followers(followers=[dice.choice(of.staff)])
        yield since.start + timedelta(hours=1), lambda ctx: add_followers_opportunity(ctx, known["id"], follow)
    at += timedelta(days=dice.randrange(2, 45), minutes=dice.randrange(300))
    won = reached >= len(board.stages) // 2 and dice.random() < 0.7
    end = StatusChange(status="won") if won else StatusChange(status="lost", lost_reason_id=reason)
    if dice.random() < 0.08:
        end = StatusChange(status="abandoned")
    if at < since.end and dice.random() < 0.75:
        yield at, lambda ctx: update_opportunity_status(ctx, known["id"], end)


def nth_contact(ctx: Ctx, number: int) -> Contact:
    """The contact that came as this one."""
    return ctx.db.find(CONTACTS, sort=(Sort("date_added"),), limit=1, skip=number)[0]
