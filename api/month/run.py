"""Runs the month: the facts as they are sent, the counts among them, and beside the books the usual way as a control.

After a count nothing but what happens later may part a book from the shelf. So of each count the error that it left
is measured, right after it and again before the next one of the same SKU:

    error = (book - shelf) - (facts since the count, as the books believe them - what really happened since it)

which must be exactly what was seen wrong in that count, whatever came late before it. The control freezes nothing but
the counted quantities: at the end of each count it sets its book to them, as is usual; it hears the same facts.
"""

import random
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

from api.month.counting import Seen, Session
from api.month.plan import FIRST_DAY, Fact, Month, Plan, month_of
from api.month.shop import MonthShop
from retail.stocktakes.figures import CountFigures, count_figures
from retail.stocktakes.following import follow_counts

FULL_COUNT_AT, CYCLE_COUNT_AT = timedelta(hours=15), timedelta(hours=16, minutes=30)

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Judged:
    """One count of one SKU: what was seen wrong in it, and what error the book and the control kept of it."""

    seen: Seen
    left: int
    control_left: int
    later: bool

    @property
    def explained(self) -> bool:
        """Say whether the book is wrong by exactly what was seen wrong."""
        return self.left == self.seen.error


@dataclass(slots=True)
class Outcome:
    """What the month showed."""

    plan: Plan
    facts: int
    late_facts: int
    judged: list[Judged] = field(default_factory=list)
    scanned: int = 0
    scanned_wrong: int = 0
    misplaced: int = 0
    full_counts: list[timedelta] = field(default_factory=list)
    figures: CountFigures | None = None
    corrections: int = 0

    def right(self, *, later: bool, control: bool = False) -> float:
        """Return the share of counts after which the book equals the shelf, at once or before the next count."""
        some = [each for each in self.judged if each.later == later]
        return sum((each.control_left if control else each.left) == 0 for each in some) / len(some)

    @property
    def unexplained(self) -> list[Judged]:
        """Return the counts after which the book was wrong by something else than what was seen wrong."""
        return [each for each in self.judged if not each.explained]

    def off(self, *, control: bool = False) -> int:
        """Return by how many units the books were wrong before the next count because of the last one."""
        return sum(abs(each.control_left if control else each.left) for each in self.judged if each.later)


@dataclass(slots=True)
class MonthRun:
    """The month as far as it has come."""

    shop: MonthShop
    month: Month
    chance: random.Random
    outcome: Outcome
    progress: Progress
    control: list[int]
    pending: dict[int, Seen] = field(default_factory=dict)
    _heard: int = 0
    _of_sku: list[list[Fact]] = field(default_factory=list)

    @classmethod
    async def of(cls, plan: Plan, database_url: str, *, name: str, progress: Progress = lambda _part: None) -> Self:
        """Make the month and open its store."""
        month = month_of(plan)
        shop = await MonthShop.open(database_url, month.opening, name=name)
        late = sum(fact.sent_at - fact.happened_at > timedelta(minutes=30) for fact in month.facts)
        of_sku: list[list[Fact]] = [[] for _ in month.opening]
        for fact in month.facts:
            of_sku[fact.sku].append(fact)
        chance = random.Random(f"counts {plan.seed}")  # noqa: S311 -- a simulation
        outcome = Outcome(plan, len(month.facts), late)
        return cls(shop, month, chance, outcome, progress, list(month.opening), _of_sku=of_sku)

    async def go(self) -> Outcome:
        """Live through the month; return what it showed."""
        try:
            for day in range(self.month.plan.days):
                await self._day(day)
            await self.advance(self.month.ends_at)
            await self._judge(sorted(self.pending), later=True)
            self.outcome.figures = await self._figures()
        finally:
            await self.shop.close()
        return self.outcome

    async def _day(self, day: int) -> None:
        today = FIRST_DAY + timedelta(days=day)
        plan = self.month.plan
        if day % plan.full_count_every == plan.full_count_every - 1:
            await self._session(range(plan.skus), today + FULL_COUNT_AT, whole=True)
        else:
            some = sorted(self.chance.sample(range(plan.skus), plan.cycle_skus))
            await self._session(some, today + CYCLE_COUNT_AT, whole=False)

    async def _session(self, skus: Sequence[int], start: datetime, *, whole: bool) -> None:
        await self.advance(start)
        await self._judge([sku for sku in skus if sku in self.pending], later=True)
        session = Session(self.shop, self.month, self.chance, self.advance)
        ended, posted = await session.carry_out(skus, start, whole=whole)
        for seen in posted:
            self.control[seen.sku] = seen.units
            self.pending[seen.sku] = seen
        self.outcome.scanned += session.figures
        self.outcome.scanned_wrong += session.wrong
        if whole:
            self.outcome.full_counts.append(ended - start)
        await self._judge([seen.sku for seen in posted], later=False)

    async def advance(self, instant: datetime) -> None:
        """Let time pass: facts are told, to the books and to the control, and counts settled that they concern."""
        before = self._heard
        while self._heard < len(self.month.facts) and self.month.facts[self._heard].sent_at <= instant:
            fact = self.month.facts[self._heard]
            await self.shop.hear(fact)
            self.control[fact.sku] += fact.units
            self._heard += 1
        self.shop.clock.turn_to(instant)
        if self._heard > before:
            if self.month.plan.settles:
                self.outcome.corrections += await follow_counts(self.shop.desk.office)
            self.progress((instant - FIRST_DAY) / (self.month.ends_at - FIRST_DAY))

    async def _judge(self, skus: Sequence[int], *, later: bool) -> None:
        """Measure which error the last counts of some SKUs have left."""
        if not skus:
            return
        book, now = await self.shop.book(), self.shop.clock()
        for sku in skus:
            seen = self.pending[sku]
            drift = self._drift(seen, now)
            stands = self.month.shelves[sku].at(now)
            left, control = book[sku] - stands - drift, self.control[sku] - stands - drift
            self.outcome.judged.append(Judged(seen, left, control, later))
            if later:
                self.outcome.misplaced += self._misplaced(seen, now)
                del self.pending[sku]

    def _drift(self, seen: Seen, now: datetime) -> int:
        """Return what may part the book from the shelf since a count."""
        told = sum(fact.units for fact in self._told(seen.sku, now) if fact.believed_at > seen.at)
        shelf = self.month.shelves[seen.sku]
        return told - (shelf.at(now) - shelf.at(seen.at))

    def _misplaced(self, seen: Seen, now: datetime) -> int:
        """Return the units of facts that a wrong clock put on the other side of a count."""
        return sum(
            abs(fact.units)
            for fact in self._told(seen.sku, now)
            if (fact.believed_at > seen.at) != (fact.happened_at > seen.at)
        )

    def _told(self, sku: int, now: datetime) -> list[Fact]:
        facts = self._of_sku[sku]
        return facts[: bisect_left(facts, now + timedelta(microseconds=1), key=lambda fact: fact.sent_at)]

    async def _figures(self) -> CountFigures:
        shop = self.shop
        async with shop.desk.office.reading(shop.manager) as reading:
            until = self.month.ends_at + timedelta(days=1)
            return (await count_figures(reading, store_ids=None, since=FIRST_DAY, until=until))[0]
