"""What the book said at an instant: what is on hand now, less what happened after it.

ledger(t) is the sum of the movements with a believable `occurred_at` until t. Nothing is kept for it: the newest
movements are walked back, a stride of versions at a time, until they are older than t. A movement is recorded at
most 5 minutes before it says that it happened (`retail.kernel.clock`), so the walk ends where `recorded_at` is
older than that, with an hour to spare for writers that waited for each other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from retail.kernel.clock import LATEST_AHEAD
from retail.kernel.content import as_uuid

STRIDE = 8
WIDER = 8
WIDEST = STRIDE * WIDER**3
SPARE = LATEST_AHEAD + timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Moved:
    """A movement: signed base units, when it happened, and whether goods really moved (a count moves none)."""

    units: int
    at: datetime
    goods: bool


@dataclass(frozen=True, slots=True)
class Book:
    """One SKU in one store: on hand now, and at least all movements since the instants that it is asked about."""

    on_hand: int = 0
    moved: Sequence[Moved] = field(default=())

    def at(self, instant: datetime) -> int:
        """Return what the book said at an instant, of what is known of it now."""
        return self.on_hand - sum(each.units for each in self.moved if each.at > instant)

    def moved_between(self, after: datetime, until: datetime) -> tuple[int, int]:
        """Return how many units left and how many came after one instant until another."""
        units = [each.units for each in self.moved if each.goods and after < each.at <= until]
        return -sum(n for n in units if n < 0), sum(n for n in units if n > 0)


async def books(session: AsyncSession, store_id: UUID, since: Mapping[UUID, datetime]) -> dict[UUID, Book]:
    """Return for each SKU what has moved since an instant; an SKU without a level has an empty book.

    Where it must not move meanwhile, the caller holds the store's books (`ledger.lock_levels`).
    """
    if not since:
        return {}
    levels = await session.execute(_LEVELS, {"store": store_id, "skus": list(since)})
    heads = {as_uuid(row.sku_id): (row.on_hand, row.version) for row in levels}
    moved: dict[UUID, list[Moved]] = {sku_id: [] for sku_id in since}
    before = {sku_id: version + 1 for sku_id, (_, version) in heads.items()}
    stride = STRIDE
    while before:
        rows = await session.execute(
            _WALK,
            {
                "store": store_id,
                "skus": list(before),
                "before": list(before.values()),
                "since": [since[sku_id] for sku_id in before],
                "stride": stride,
            },
        )
        before = _walked(rows, since, moved)
        stride = min(stride * WIDER, WIDEST)
    return {sku_id: Book(heads[sku_id][0] if sku_id in heads else 0, moved[sku_id]) for sku_id in since}


def _walked(rows: Any, since: Mapping[UUID, datetime], moved: Mapping[UUID, list[Moved]]) -> dict[UUID, int]:
    """Take a stride's movements; return where to go on for the SKUs whose oldest one is not old enough."""
    onwards = {}
    for sku, version, units, at, recorded_at, goods, is_last in rows:
        sku_id = as_uuid(sku)
        if units and at > since[sku_id]:
            moved[sku_id].append(Moved(units, at, goods))
        if is_last and version > 1 and recorded_at >= since[sku_id] - SPARE:
            onwards[sku_id] = version
    return onwards


_LEVELS = text("select sku_id, on_hand, version from stock_level where store_id = :store and sku_id = any(:skus)")

# Versions have no gap, so a stride is a range of them; of it only what happened after the instant is told, and the
# oldest one. What a count posts moves no goods; neither does setting the book to a count.
_WALK = text(
    """
    select m.sku_id, m.version, m.quantity, m.occurred_at, m.recorded_at,
        m.kind <> 'adjustment' or not (m.reason = 'counted' or exists (
            select from stocktake s where s.store_id = m.store_id and s.id = m.document_id)),
        m.version = greatest(w.before - :stride, 1)
    from unnest(cast(:skus as uuid[]), cast(:before as bigint[]), cast(:since as timestamptz[]))
        w(sku_id, before, since)
    cross join lateral (
        select * from movement x
        where x.store_id = :store and x.sku_id = w.sku_id and x.version < w.before and x.version >= w.before - :stride
            and (x.occurred_at > w.since or x.version = greatest(w.before - :stride, 1))
    ) m
    """
)
