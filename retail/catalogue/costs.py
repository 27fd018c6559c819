"""What the chain pays for an SKU: chain-wide, by time; the latest to begin counts.

Whoever reads does so behind the wall, so PostgreSQL shows a clerk's transaction no cost at all,
whatever it was asked.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession

from retail.access.permissions import Permission
from retail.access.work import Reading, Work
from retail.catalogue.models import SkuCost
from retail.kernel.content import as_uuid

_AT_ONCE = 4000


async def costs(reading: Reading, sku_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return what base units cost the chain now, in fen; nothing for whoever may read costs nowhere."""
    if not reading.actor.stores(Permission.COST_READ):
        return {}
    return await _newest(reading.session, sku_ids, reading.now)


async def record_costs(work: Work, fen_of: Mapping[UUID, int]) -> None:
    """Note what SKUs cost from now on; a cost that is the same already is not noted again."""
    skus = list(fen_of)
    for start in range(0, len(skus), _AT_ONCE):
        some = skus[start : start + _AT_ONCE]
        known = await _newest(work.session, some, work.now)
        rows = [
            {"sku_id": sku_id, "fen": fen_of[sku_id], "valid_from": work.now}
            for sku_id in some
            if known.get(sku_id) != fen_of[sku_id]
        ]
        if rows:
            await work.session.execute(insert(SkuCost), rows)


async def _newest(session: AsyncSession, sku_ids: Sequence[UUID], at: datetime) -> dict[UUID, int]:
    rows = await session.execute(
        select(SkuCost.sku_id, SkuCost.fen)
        .ext(distinct_on(SkuCost.sku_id))
        .where(SkuCost.sku_id.in_(sku_ids), SkuCost.valid_from <= at)
        .order_by(SkuCost.sku_id, SkuCost.valid_from.desc())
    )
    return {as_uuid(row.sku_id): row.fen for row in rows}
