"""Codes that were settled lately, and taking that back: what was said of a code may have been wrong.

Only the last verdict on a code is taken back. What the catalogue has learnt by it, it forgets; a find that has been
posted to the book stays as it is, because the book is put right by counting again.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, tuple_

from retail.access.permissions import Permission
from retail.access.work import Reading, Work
from retail.catalogue.commands import remove_code
from retail.kernel.content import as_uuid
from retail.kernel.refusal import NotFound
from retail.shelves.models import UnknownCode

TOLD_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class SettledCode:
    """A code with the last verdict on it: an SKU, or (None) none of ours."""

    key: str
    times: int
    settled_at: datetime
    settled_by: UUID | None
    sku_id: UUID | None


@dataclass(frozen=True, slots=True)
class Settled:
    """A find that was settled, with the SKU that it was said to be."""

    store_id: UUID
    id: UUID
    stocktake_id: UUID | None
    sku_id: UUID | None


async def settled_codes(
    reading: Reading, *, first: int, after: tuple[datetime, str] | None
) -> tuple[list[SettledCode], int]:
    """Return one more than a page of the codes that were settled in the last 30 days, last settled first, and all."""
    mine = (
        UnknownCode.resolved_at > reading.now - TOLD_FOR,
        UnknownCode.store_id.in_(reading.store_ids(Permission.CODE_RESOLVE)),
    )
    place = func.row_number().over(partition_by=UnknownCode.key, order_by=(UnknownCode.resolved_at.desc()))
    times = func.count().over(partition_by=(UnknownCode.key, UnknownCode.resolved_at))
    ranked = (
        select(
            UnknownCode.key,
            UnknownCode.resolved_at,
            UnknownCode.resolved_by,
            UnknownCode.sku_id,
            times.label("times"),
            place.label("place"),
        )
        .where(*mine)
        .subquery()
    )
    wanted = select(ranked).where(ranked.c.place == 1)
    if after is not None:
        wanted = wanted.where(tuple_(ranked.c.resolved_at, ranked.c.key) < tuple_(*after))
    rows = await reading.session.execute(
        wanted.order_by(ranked.c.resolved_at.desc(), ranked.c.key.desc()).limit(first + 1)
    )
    total = await reading.session.scalar(select(func.count(UnknownCode.key.distinct())).where(*mine)) or 0
    page = [
        SettledCode(
            row.key,
            row.times,
            row.resolved_at,
            as_uuid(row.resolved_by) if row.resolved_by else None,
            as_uuid(row.sku_id) if row.sku_id else None,
        )
        for row in rows
    ]
    return page, total


async def take_back(work: Work, *, key: str) -> list[Settled]:
    """Let the catalogue forget what the last verdict on a code taught it; return the finds that it settled.

    Works in the system's session, for every store.
    """
    last = select(func.max(UnknownCode.resolved_at)).where(UnknownCode.key == key).scalar_subquery()
    rows = list(
        await work.session.scalars(
            select(UnknownCode)
            .where(UnknownCode.key == key, UnknownCode.resolved_at == last)
            .order_by(UnknownCode.store_id, UnknownCode.id)
            .with_for_update()
        )
    )
    if not rows:
        raise NotFound("code", "settled code", "已处理的条码")
    if rows[0].learnt and rows[0].sku_id is not None:
        await remove_code(work, gtin=key, sku_id=as_uuid(rows[0].sku_id))
    return [
        Settled(
            as_uuid(row.store_id),
            as_uuid(row.id),
            as_uuid(row.stocktake_id) if row.stocktake_id else None,
            as_uuid(row.sku_id) if row.sku_id else None,
        )
        for row in rows
    ]


async def let_wait(work: Work, finds: Collection[UUID]) -> None:
    """Let finds wait to be named again."""
    rows = await work.session.scalars(select(UnknownCode).where(UnknownCode.id.in_(finds)))
    for row in rows:
        row.resolved_at = row.resolved_by = row.verdict = row.sku_id = None
        row.learnt = False
    await work.session.flush()
