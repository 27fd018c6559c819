"""Which rounds a line may answer: those that were asked for, and the next look at what has been counted.

A round above that would be the latest of its SKU for good, and no recount that is asked for afterwards could reach it.
What was asked for stays asked for, however late its answer comes; the look after the latest that is there needs no
asking, because the sheet may have wanted it when somebody offline went to look.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from retail.kernel.content import as_uuid
from retail.stocktakes.models import Stocktake, StocktakeItem, StocktakeLine

MOST = 1_000
"""Nobody looks so often; more would not fit the line's column."""


@dataclass(slots=True)
class Rounds:
    """The latest round of each SKU that may be answered; of a code that nobody knows, that of any SKU."""

    latest: dict[UUID, int] = field(default_factory=lambda: defaultdict(int))

    def most(self, sku_id: UUID | None) -> int:
        """Return the latest round that a line may answer."""
        latest = max(self.latest.values(), default=0) if sku_id is None else self.latest.get(sku_id, 0)
        return min(latest, MOST)

    def answered(self, sku_id: UUID | None, round: int) -> None:
        """Take note of a line that answers a round: the next may follow it."""
        if sku_id is not None:
            self.latest[sku_id] = max(self.latest[sku_id], round + 1)


async def rounds_of(session: AsyncSession, stocktakes: Collection[UUID], store_id: UUID) -> Rounds:
    """Return which rounds may be answered in a stocktake and those that it follows."""
    found = Rounds()
    asked = await session.execute(
        select(StocktakeItem.sku_id, func.max(StocktakeItem.round))
        .where(StocktakeItem.store_id == store_id, StocktakeItem.stocktake_id.in_(stocktakes))
        .group_by(StocktakeItem.sku_id)
    )
    for sku_id, latest in asked:
        found.latest[as_uuid(sku_id)] = latest
    there = await session.execute(
        select(StocktakeLine.sku_id, func.max(StocktakeLine.round))
        .where(StocktakeLine.stocktake_id.in_(stocktakes), StocktakeLine.sku_id.is_not(None))
        .group_by(StocktakeLine.sku_id)
    )
    for counted, latest in there:
        found.answered(as_uuid(counted), latest)
    return found


async def line_of_followers(session: AsyncSession, stocktake: Stocktake) -> list[UUID]:
    """Return a stocktake with all that follow it and all that it follows."""
    found = [as_uuid(stocktake.id)]
    before: UUID | None = stocktake.follows_id
    while before is not None:
        found.append(as_uuid(before))
        before = await session.scalar(select(Stocktake.follows_id).where(Stocktake.id == before))
    after: UUID | None = await session.scalar(select(Stocktake.id).where(Stocktake.follows_id == stocktake.id))
    while after is not None:
        found.append(as_uuid(after))
        after = await session.scalar(select(Stocktake.id).where(Stocktake.follows_id == after))
    return found
