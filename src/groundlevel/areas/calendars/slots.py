"""Which slots are free: a pure function of rules and of what is taken. All moments are seconds since 1970.

The starts of all slots are put in a row, and each is a bit of a number: who is open at which, and who is busy, are such
numbers, and finding out who is free when is arithmetic on them. So it takes time in proportion to what is taken.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import blake2b

from msgspec import Struct

from groundlevel.areas.calendars.rules import Rules, Stretch, days, open_runs, starts


class Party(Struct, frozen=True):
    """Somebody or something that an appointment needs: a user, a room, the calendar itself.

    rules: when it is open; None is always. busy: when it is not to be had. own: appointments of the calendar that is
    asked about, of which it takes `seats` at once; if `of_one_time`, only those that begin and end together, as those
    who come to a class do. Both with their buffers.
    """

    id: str
    rules: Rules | None = None
    busy: Sequence[Stretch] = ()
    own: Sequence[Stretch] = ()
    seats: int = 1
    of_one_time: bool = False


class Question(Struct, frozen=True):
    """Which slots begin from `since` until before `until`, and neither before `soonest` nor from `latest` on.

    duration, interval, before, after: of a slot, between starts, and of the buffers, in seconds. everyone: who is
    needed; slots begin by the hours of the first of them who has rules, if there is nobody in someone. someone: of whom
    one is needed; each has slots by his own hours. only: those of someone who count, if not all.
    zone: whose days per_day and hidden are about. per_day: how many appointments a day can have; booked: when those
    that are there begin. hidden: how many of a hundred slots of a day are not offered, chosen by `seed` and the slot.
    """

    since: int
    until: int
    duration: int
    interval: int
    soonest: int = 0
    latest: int | None = None
    before: int = 0
    after: int = 0
    everyone: Sequence[Party] = ()
    someone: Sequence[Party] = ()
    only: frozenset[str] | None = None
    zone: str = "UTC"
    per_day: int | None = None
    booked: Sequence[int] = ()
    hidden: float = 0
    seed: str = ""


def offered(question: Question) -> list[int]:
    """When the free slots begin, in order."""
    row = _Row(question)
    free = row.common()
    if question.someone:
        anyone = 0
        for party in row.counted():
            anyone |= row.free(party)
        free &= anyone
    return row.told(free)


def takers(question: Question, start: int) -> list[str] | None:
    """Who of `someone` can take the slot that begins then, in their order; None where it is not offered."""
    row = _Row(question)
    bit = row.bit(start)
    if not row.common() & bit:
        return None
    found = [party.id for party in row.counted() if row.free(party) & bit]
    return found if found or not question.someone else None


class _Row:
    """The starts of all slots in order, and numbers of which each bit is one of them."""

    def __init__(self, question: Question) -> None:
        self.of = question
        self.since: int = question.since
        self.until: int = question.until
        self.days: list[tuple[int, int, int]] = []
        if question.per_day is not None or question.hidden:
            self.days = days(question.zone, self.since, self.until)
        if question.hidden and self.days:  # which ones are hidden is decided for whole days
            self.since, self.until = self.days[0][0], self.days[-1][1]
        grids = {rules: self._grid(rules) for rules in self._leading()}
        self.starts = next(iter(grids.values())) if len(grids) == 1 else sorted(set[int]().union(*grids.values()))
        self.all = (1 << len(self.starts)) - 1
        self.by_grid = {rules: self._bits(grid) for rules, grid in grids.items()}
        self.by_runs: dict[Rules, int] = {}
        self.met: dict[Stretch, int] = {}

    def _leading(self) -> list[Rules]:
        """By whose hours slots begin."""
        of = self.of
        leading = of.someone or of.everyone
        found = list(dict.fromkeys(party.rules for party in leading if party.rules))
        return found if of.someone else found[:1]

    def _grid(self, rules: Rules) -> tuple[int, ...]:
        return starts(rules, self.since, self.until, self.of.interval, self.of.duration)

    def _bits(self, grid: Sequence[int]) -> int:
        """The number that stands for these starts."""
        if len(grid) == len(self.starts):
            return self.all
        own = set(grid)
        return int("".join(["1" if start in own else "0" for start in reversed(self.starts)]) or "0", 2)

    def bit(self, start: int) -> int:
        """The number with the bit of this start alone; 0 where no slot begins then."""
        return self.between(start, start + 1)

    def between(self, first: int, last: int) -> int:
        """The number of the slots that begin from the one moment until before the other."""
        low, high = bisect_left(self.starts, first), bisect_left(self.starts, last)
        return (1 << high - low) - 1 << low if low < high else 0

    def counted(self) -> list[Party]:
        """Those of `someone` who are asked about."""
        only = self.of.only
        return [party for party in self.of.someone if only is None or party.id in only]

    def common(self) -> int:
        """The slots for which everyone who is needed is free, and that are offered at all."""
        of = self.of
        latest = of.until if of.latest is None else min(of.until, of.latest)
        found = self.between(max(of.since, of.soonest), latest)
        for party in of.everyone:
            if party.rules is not None:
                found &= self._covered(party.rules)
            found &= ~self._busy(party)
        return found & ~self._withheld()

    def free(self, party: Party) -> int:
        """The slots by its own hours in which it is not busy."""
        return self.by_grid[party.rules] & ~self._busy(party) if party.rules else 0

    def _covered(self, rules: Rules) -> int:
        """The slots that lie in open time as a whole, whenever they begin."""
        if rules not in self.by_runs:
            bits, duration = 0, self.of.duration
            for start, end in open_runs(rules, self.since, self.until + duration):
                bits |= self.between(start, end - duration + 1)
            self.by_runs[rules] = bits
        return self.by_runs[rules]

    def _busy(self, party: Party) -> int:
        """The slots that meet, with their buffers, what it is busy with."""
        bits, met = 0, self.met
        for taken in self._taken(party) if party.own else party.busy:
            found = met.get(taken)
            bits |= self._meeting(taken) if found is None else found
        if party.of_one_time:
            for taken, many in Counter(party.own).items():
                joined = self._begun_with(taken) if many < party.seats else 0
                bits |= self._meeting(taken) & ~joined
        return bits

    def _taken(self, party: Party) -> Iterable[Stretch]:
        """What it is busy with, whoever asks."""
        return party.busy if party.of_one_time else (*party.busy, *full(party.own, party.seats))

    def _begun_with(self, taken: Stretch) -> int:
        """The slot, if there is one, that begins and ends with an appointment."""
        of, start = self.of, taken[0] + self.of.before
        return self.bit(start) if start + of.duration + of.after == taken[1] else 0

    def _meeting(self, taken: Stretch) -> int:
        """The slots that meet one stretch; many appointments have the same, so it is remembered."""
        row, (start, end) = self.starts, taken
        low, high = bisect_right(row, start - self.of.duration - self.of.after), bisect_left(row, end + self.of.before)
        self.met[taken] = found = (1 << high - low) - 1 << low if low < high else 0
        return found

    def _withheld(self) -> int:
        """The slots of days that have all their appointments, and those that are hidden."""
        of, bits = self.of, 0
        begins = [first for first, _, _ in self.days]
        many: Counter[int] = Counter()
        if of.per_day is not None:
            known = ((start, self.days[bisect_right(begins, start) - 1]) for start in of.booked)
            many.update(day for start, (first, last, day) in known if first <= start < last)
        by_day: dict[int, int] = {}
        for first, last, day in self.days:
            by_day[day] = by_day.get(day, 0) | self.between(first, last)
        for day, slots in by_day.items():
            if of.per_day is not None and many[day] >= of.per_day:
                bits |= slots
            elif of.hidden:
                bits |= self._hidden(slots)
        return bits

    def _hidden(self, slots: int) -> int:
        """The part of a day's slots that looks taken: always the same ones, whatever is booked and whoever asks."""
        by_chance = sorted(self.told(slots), key=lambda start: _chance(self.of.seed, start))
        return self._bits_of(by_chance[: int(len(by_chance) * self.of.hidden / 100 + 0.5)])

    def _bits_of(self, few: Iterable[int]) -> int:
        bits = 0
        for start in few:
            bits |= self.bit(start)
        return bits

    def told(self, bits: int) -> list[int]:
        """The starts whose bits are set."""
        return [start for start, bit in zip(self.starts, bin(bits)[:1:-1], strict=False) if bit == "1"]


def full(taken: Sequence[Stretch], seats: int) -> list[Stretch]:
    """When at least so many of them are going on at once."""
    if seats <= 1:
        return list(taken)
    found: list[Stretch] = []
    going_on, since = 0, 0
    changes = sorted([(start, 1) for start, end in taken if start < end] + [(end, -1) for s, end in taken if s < end])
    for moment, change in changes:
        before, going_on = going_on, going_on + change
        if before < seats <= going_on:
            since = moment
        elif going_on < seats <= before and since < moment:
            found.append((since, moment))
    return found


def _chance(seed: str, start: int) -> bytes:
    return blake2b(f"{seed} {start}".encode(), digest_size=8).digest()
