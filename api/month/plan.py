"""What happens in the store, decided beforehand from a seed: the true shelf, and what is ever told of it, and when.

Customers buy at tills and phones (some phones tell of it hours or a day later, some have a wrong clock), the wrong
thing is scanned or none, lorries come and are booked late or with a piece missing, things are stolen and break. The
true shelf knows all of it at once; the books only what is told, when it is told, at the time that is told.
"""

import random
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import accumulate

from retail.kernel.clock import believable

FIRST_DAY = datetime(2026, 9, 1, tzinfo=UTC)
OPENS, CLOSES = 8.0, 21.5
_MISSED, _WRONG = 0.003, 0.006
_PHONES, _HOURS_LATE, _A_DAY_LATE, _FAST, _SLOW = 0.35, 0.12, 0.05, 0.04, 0.04
_SHORT = 0.04
_BOOKED_BREAKAGE = 0.7


@dataclass(frozen=True, slots=True)
class Plan:
    """How large the month is, and how careful people are; the two switches plant what must not be missing."""

    seed: int
    days: int = 30
    skus: int = 80
    sales_a_day: int = 160
    thefts_a_day: float = 1.2
    breakages_a_day: float = 0.8
    scan_error: float = 0.009
    full_count_every: int = 7
    cycle_skus: int = 10
    seconds_an_item: tuple[int, int] = (20, 36)
    settles: bool = True
    own_times: bool = True


class Told(StrEnum):
    """By what the books hear of something."""

    SALE = "sale"
    RECEIPT = "receipt"
    WASTE = "waste"


@dataclass(frozen=True, slots=True)
class Fact:
    """Something told to the books: what the device says happened when, and when it is sent; signed units."""

    sent_at: datetime
    device_at: datetime
    happened_at: datetime
    sku: int
    units: int
    told: Told
    phone: bool = False

    @property
    def believed_at(self) -> datetime:
        """Return when it happened for the books."""
        return believable(self.device_at, self.sent_at)[0]


class Shelf:
    """How many of one thing really stand there, at any instant."""

    def __init__(self, opening: int, changes: Sequence[tuple[datetime, int]]) -> None:
        self._times = [at for at, _ in changes]
        self._levels = list(accumulate((units for _, units in changes), initial=opening))

    def at(self, instant: datetime) -> int:
        """Return what stands there just after whatever happened at an instant."""
        return self._levels[bisect_right(self._times, instant)]


@dataclass(frozen=True, slots=True)
class Month:
    """The true shelves by SKU number, and all facts in the order in which they are sent."""

    plan: Plan
    opening: Sequence[int]
    shelves: Sequence[Shelf]
    facts: Sequence[Fact]
    ends_at: datetime
    lost_units: int


@dataclass(slots=True)
class _Making:
    """The month as far as it is made."""

    plan: Plan
    chance: random.Random
    standing: list[int]
    changes: list[list[tuple[datetime, int]]]
    facts: list[Fact] = field(default_factory=list)
    lost_units: int = 0

    def move(self, at: datetime, sku: int, units: int) -> None:
        """Change the true shelf."""
        self.standing[sku] += units
        self.changes[sku].append((at, units))

    def tell(self, at: datetime, sku: int, units: int, told: Told, late: timedelta, **more: object) -> None:
        """Tell the books of it, with a device whose clock is right."""
        self.facts.append(Fact(at + late, at, at, sku, units, told, **more))  # type: ignore[arg-type]  # only `phone`


_Happens = Callable[[_Making, datetime, Sequence[float]], None]


def month_of(plan: Plan) -> Month:
    """Return the month that a plan makes; the same plan always makes the same."""
    chance = random.Random(plan.seed)  # noqa: S311 -- a simulation
    opening = [chance.randint(15, 60) for _ in range(plan.skus)]
    made = _Making(plan, chance, list(opening), [[] for _ in range(plan.skus)])
    wanted = [1 / (n + 1) ** 0.7 for n in range(plan.skus)]
    for day in range(plan.days):
        customers = round(chance.gauss(plan.sales_a_day, plan.sales_a_day / 12))
        moments: list[tuple[datetime, _Happens]] = [(_moment(chance, day), _sell) for _ in range(customers)]
        moments += [(_moment(chance, day), _steal) for _ in range(_some(chance, plan.thefts_a_day))]
        moments += [(_moment(chance, day), _break) for _ in range(_some(chance, plan.breakages_a_day))]
        for at, happens in sorted(moments, key=lambda each: each[0]):
            happens(made, at, wanted)
        _order(made, day)
    shelves = [Shelf(*each) for each in zip(opening, map(sorted, made.changes), strict=True)]
    facts = sorted(made.facts, key=lambda fact: fact.sent_at)
    ends_at = max([FIRST_DAY + timedelta(days=plan.days + 1), *(fact.sent_at for fact in facts)]) + timedelta(hours=1)
    return Month(plan, opening, shelves, facts, ends_at, made.lost_units)


def _moment(chance: random.Random, day: int) -> datetime:
    hours = chance.triangular(OPENS, CLOSES, 17.5)
    return FIRST_DAY + timedelta(days=day, seconds=round(hours * 3600), microseconds=chance.randint(0, 999_999))


def _some(chance: random.Random, mean: float) -> int:
    return sum(chance.random() < mean / 8 for _ in range(8))


def _sell(made: _Making, at: datetime, wanted: Sequence[float]) -> None:
    chance = made.chance
    sku = chance.choices(range(len(wanted)), wanted)[0]
    units = min(chance.choice((1, 1, 1, 2, 2, 3)), made.standing[sku])
    if units == 0:
        return
    made.move(at, sku, -units)
    slip = chance.random()
    if slip < _MISSED:
        made.lost_units += units
        return
    scanned = (sku + 1) % len(wanted) if slip < _MISSED + _WRONG else sku
    if chance.random() >= _PHONES:
        made.tell(at, scanned, -units, Told.SALE, timedelta(seconds=2))
        return
    late, wrong = timedelta(seconds=3), timedelta(0)
    how = chance.random()
    if how < _HOURS_LATE:
        late = timedelta(minutes=chance.randint(30, 600))
    elif how < _HOURS_LATE + _A_DAY_LATE:
        late = timedelta(minutes=chance.randint(1200, 1900))
    elif how < _HOURS_LATE + _A_DAY_LATE + _FAST:
        wrong = timedelta(minutes=chance.randint(6, 2880))  # far ahead: not believed
    elif how < _HOURS_LATE + _A_DAY_LATE + _FAST + _SLOW:
        wrong = -timedelta(seconds=chance.randint(20, 300))  # a little behind: believed
    made.facts.append(Fact(at + late, at + wrong, at, scanned, -units, Told.SALE, phone=True))


def _steal(made: _Making, at: datetime, _wanted: Sequence[float]) -> None:
    sku = made.chance.randrange(made.plan.skus)
    units = min(made.chance.choice((1, 1, 2)), made.standing[sku])
    if units:
        made.move(at, sku, -units)
        made.lost_units += units


def _break(made: _Making, at: datetime, _wanted: Sequence[float]) -> None:
    sku = made.chance.randrange(made.plan.skus)
    if made.standing[sku] == 0:
        return
    made.move(at, sku, -1)
    if made.chance.random() < _BOOKED_BREAKAGE:
        made.tell(at, sku, -1, Told.WASTE, timedelta(minutes=made.chance.randint(1, 90)))
    else:
        made.lost_units += 1


def _order(made: _Making, day: int) -> None:
    """Let the lorry of the next day bring what runs low; what it brings is booked at once, in the evening or later."""
    chance = made.chance
    if day + 1 >= made.plan.days:
        return
    for sku, standing in enumerate(made.standing):
        if standing >= 15:  # noqa: PLR2004 -- half of what a shelf holds on average
            continue
        at = FIRST_DAY + timedelta(days=day + 1, hours=OPENS - 1, minutes=chance.randint(0, 50))
        units = 24
        short = chance.random() < _SHORT
        made.move(at, sku, units - short)
        made.lost_units += short
        late = chance.choices(
            (chance.randint(5, 60), chance.randint(240, 900), chance.randint(1440, 2400)), (0.6, 0.3, 0.1)
        )[0]
        made.tell(at, sku, units, Told.RECEIPT, timedelta(minutes=late))
