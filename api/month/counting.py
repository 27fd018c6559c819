"""Two clerks count while trade goes on: what they see, what they write, when it arrives, and what is counted again."""

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from api.month.plan import Month
from api.month.shop import MonthShop
from retail.kernel.base import new_id
from retail.kernel.content import as_uuid
from retail.stocktakes.closing import confirm_stocktake
from retail.stocktakes.deciding import Settlement, ask_recount, settle_count
from retail.stocktakes.models import CountState, Decision, ScopeKind, Stocktake, StocktakeItem
from retail.stocktakes.recording import NewCount, names_of, record_counts
from retail.stocktakes.sheet import read_sheet
from retail.stocktakes.starting import NewStocktake, Scope, start_stocktake

OVERLAP = 0.1
"""This share of the items is counted by both."""
SLOW_CLOCK = timedelta(minutes=25)
"""The second clerk's phone is behind by so much."""
_SENT_TOGETHER = 8
_OFFLINE = 0.25
_ROUNDS = 4

Advance = Callable[[datetime], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody wrote down of one SKU, and when they looked; `error` is by how much they saw wrong."""

    sku: int
    at: datetime
    units: int
    error: int


@dataclass(slots=True)
class Session:
    """One stocktake of the month, as it is carried out."""

    shop: MonthShop
    month: Month
    chance: random.Random
    advance: Advance
    id: UUID = field(default_factory=new_id)
    seen: dict[int, Seen] = field(default_factory=dict)
    figures: int = 0
    wrong: int = 0
    _bags: tuple[list[NewCount], list[NewCount]] = field(default_factory=lambda: ([], []))
    _offline: list[bool] = field(default_factory=list)

    async def carry_out(self, skus: Sequence[int], start: datetime, *, whole: bool) -> tuple[datetime, list[Seen]]:
        """Count some SKUs from an instant on; return when the first count was done, and what is posted."""
        await self.advance(start)
        ids = None if whole else tuple(self.shop.skus[n] for n in skus)
        scope = Scope(ScopeKind.STORE if whole else ScopeKind.SKUS, sku_ids=ids)
        async with self.shop.desk.office.work(self.shop.clerks[0]) as work:
            await start_stocktake(work, NewStocktake(self.id, self.shop.store_id, scope, start))
        self._offline = [self.chance.random() < _OFFLINE for _ in self.shop.clerks]
        for at, clerk, sku in self._walks(skus, start):
            await self.advance(at)
            await self._count(clerk, sku, at, round=0)
        ended = self.shop.clock()
        for clerk in (0, 1):
            await self._send(clerk)
        await self._again()
        await self.advance(self.shop.clock() + timedelta(minutes=2))
        async with self.shop.desk.office.work(self.shop.manager) as work:
            await confirm_stocktake(work, stocktake_id=self.id, partial=True)
        return ended, await self._posted()

    def _walks(self, skus: Sequence[int], start: datetime) -> list[tuple[datetime, int, int]]:
        """Return who counts what when: each clerk a half, and some of the other's."""
        steps: list[tuple[datetime, int, int]] = []
        order = list(skus)
        self.chance.shuffle(order)
        for clerk in (0, 1):
            mine = [sku for n, sku in enumerate(order) if n % 2 == clerk or self.chance.random() < OVERLAP]
            at = start
            for sku in mine:
                at += timedelta(seconds=self.chance.uniform(*self.month.plan.seconds_an_item))
                steps.append((at, clerk, sku))
        return sorted(steps)

    async def _count(self, clerk: int, sku: int, at: datetime, *, round: int) -> None:
        truth = self.month.shelves[sku].at(at)
        error = self.chance.choice((-1, 1, 2)) if self.chance.random() < self.month.plan.scan_error else 0
        units = max(0, truth + error)
        self.figures += 1
        self.wrong += units != truth
        self.seen[sku] = Seen(sku, at, units, units - truth)
        device_at = at - SLOW_CLOCK if clerk else at
        line = NewCount(new_id(), self.shop.skus[sku], None, units, device_at, round=round, device=f"phone {clerk}")
        self._bags[clerk].append(line)
        if len(self._bags[clerk]) >= _SENT_TOGETHER and not self._offline[clerk] and self.month.plan.own_times:
            await self._send(clerk)

    async def _send(self, clerk: int) -> None:
        """Send what a clerk's phone holds, with what its clock says."""
        lines, now = list(self._bags[clerk]), self.shop.clock()
        self._bags[clerk].clear()
        if not lines:
            return
        sent_at = now - SLOW_CLOCK if clerk else now
        if not self.month.plan.own_times:
            lines = [_at(line, sent_at) for line in lines]
        items = await self.shop.desk.lookup.find(names_of(lines))
        async with self.shop.desk.office.work(self.shop.clerks[clerk]) as work:
            await record_counts(work, stocktake_id=self.id, lines=lines, items=items, sent_at=sent_at)

    async def _again(self) -> None:
        """Count again what the rule wants counted again, and let the manager accept what is large and sure."""
        for turn in range(_ROUNDS):
            states = await self._states()
            wanted = [sku for sku, state in states.items() if state in {CountState.RECOUNT, CountState.CONFLICT}]
            if not wanted:
                break
            async with self.shop.desk.office.work(self.shop.manager) as work:
                asked = await ask_recount(work, stocktake_id=self.id)
            for again in asked.recounts:
                await self.advance(
                    self.shop.clock() + timedelta(seconds=self.chance.uniform(*self.month.plan.seconds_an_item))
                )
                await self._count(turn % 2, self.shop.number_of[again.sku_id], self.shop.clock(), round=again.round)
            await self._send(turn % 2)
        large = [sku for sku, state in (await self._states()).items() if state is CountState.SECOND_PERSON]
        for sku in large:
            said = Settlement(self.shop.skus[sku], Decision.ACCEPT)
            async with self.shop.desk.office.work(self.shop.manager) as work:
                await settle_count(work, stocktake_id=self.id, settlement=said)

    async def _states(self) -> dict[int, CountState]:
        async with self.shop.desk.office.system() as session:
            stocktake = (await session.scalars(select(Stocktake).where(Stocktake.id == self.id))).one()
            sheet = await read_sheet(session, stocktake)
        return {self.shop.number_of[sku_id]: entry.state for sku_id, entry in sheet.entries.items()}

    async def _posted(self) -> list[Seen]:
        """Return what was seen of the SKUs whose counts hold."""
        async with self.shop.desk.office.system() as session:
            rows = await session.scalars(
                select(StocktakeItem.sku_id).where(
                    StocktakeItem.stocktake_id == self.id, StocktakeItem.state == CountState.POSTED
                )
            )
            held = {self.shop.number_of[as_uuid(sku_id)] for sku_id in rows}
        return [seen for sku, seen in sorted(self.seen.items()) if sku in held]


def _at(line: NewCount, instant: datetime) -> NewCount:
    return NewCount(line.id, line.sku_id, None, line.quantity, instant, round=line.round, device=line.device)
