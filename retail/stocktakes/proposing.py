"""What a store should count today: reads what `stocktakes.cycle` decides by."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from retail.access.permissions import Permission
from retail.access.work import Reading, require
from retail.kernel.content import as_uuid
from retail.stocktakes.cycle import Known, Proposal, pace_of, proposals
from retail.stocktakes.figures import IDLE
from retail.stocktakes.policy import CountPolicy
from retail.stocktakes.starting import count_policy
from retail.stocktakes.worth import list_prices

PACE_OF = timedelta(days=60)
HISTORY = timedelta(days=180)
BY_HAND_OF = timedelta(days=90)
_GAPS_AT_MOST = 2000


@dataclass(frozen=True, slots=True)
class CountProposals:
    """What to count today, and the pace at which the store counts (None: not seen yet)."""

    items: list[Proposal]
    pace: timedelta | None
    asked_at: datetime


async def count_proposals(reading: Reading, store_id: UUID) -> CountProposals:
    """Return what a store should count today; for whoever may count there."""
    require(reading.actor, Permission.COUNT_RECORD, store_id)
    return await proposed(reading.session, store_id, reading.now)


async def proposed(session: AsyncSession, store_id: UUID, now: datetime) -> CountProposals:
    """Return what a store should count today."""
    policy = await count_policy(session)
    rows = (await session.execute(_KNOWN, _bound(store_id, now, policy))).all()
    prices = await list_prices(session, store_id, [as_uuid(row.sku_id) for row in rows])
    known = [
        Known(
            as_uuid(row.sku_id),
            row.on_hand,
            max(row.sold_units, 0) * prices.get(as_uuid(row.sku_id), 0),
            None if row.counted_at is None else now - row.counted_at,
            row.by_hand,
            row.large,
        )
        for row in rows
    ]
    gaps = await session.scalars(
        _GAPS, {"store": store_id, "since": now - PACE_OF, "idle": IDLE, "most": _GAPS_AT_MOST}
    )
    pace = pace_of(gaps)
    return CountProposals(proposals(known, pace), pace, now)


def _bound(store_id: UUID, now: datetime, policy: CountPolicy) -> dict[str, Any]:
    return {
        "store": store_id,
        "history": now - HISTORY,
        "by_hand": now - BY_HAND_OF,
        "percent": policy.recount_percent,
        "units": policy.recount_units,
    }


# A book that is zero and was never sold from is of goods that the store does not carry.
_KNOWN = text(
    """
    select l.sku_id, l.on_hand, l.sold_units, c.counted_at,
        coalesce(h.by_hand, 0) as by_hand, coalesce(d.large, 0) as large
    from stock_level l
    left join (
        select sku_id, max(counted_to) as counted_at from count_anchor where store_id = :store and not void group by 1
    ) c using (sku_id)
    left join lateral (
        select count(*) as by_hand from (
            select m.kind, m.reason, m.document_id, m.occurred_at, m.recorded_at from movement m
            where m.store_id = l.store_id and m.sku_id = l.sku_id order by m.version desc limit 200
        ) m
        where m.kind = 'adjustment' and m.reason in ('misrecorded', 'found', 'other') and m.recorded_at > :by_hand
            and (c.counted_at is null or m.occurred_at > c.counted_at)
            and not exists (select from stocktake s where s.store_id = l.store_id and s.id = m.document_id)
    ) h on true
    left join (
        select i.sku_id, count(*) as large
        from stocktake_item i join stocktake s on s.store_id = i.store_id and s.id = i.stocktake_id
        left join count_anchor a
            on a.store_id = i.store_id and a.sku_id = i.sku_id and a.document_id = i.stocktake_id
        where i.store_id = :store and s.status = 'confirmed' and s.closed_at > :history and i.posted is not null
            and abs(i.posted + coalesce(a.settled, 0)) >= greatest(:units, i.book * :percent / 100)
        group by 1
    ) d using (sku_id)
    where l.store_id = :store and (l.on_hand <> 0 or l.sold_units <> 0)
    """
)
_GAPS = text(
    """
    select gap from (
        select counted_at - lag(counted_at) over (partition by stocktake_id, person_id order by counted_at) as gap,
            sku_id is distinct from lag(sku_id) over (partition by stocktake_id, person_id order by counted_at) as next
        from stocktake_line where store_id = :store and counted_at > :since
    ) g where next and gap > interval '0' and gap <= :idle order by gap limit :most
    """
)
