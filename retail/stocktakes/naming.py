"""Lines whose code is known now: they count for the moment at which they were found.

A line of a confirmed stocktake moves to the one that follows it, like a line that comes late. A naming that was wrong
is taken back, where the stocktake is not confirmed yet: what somebody decided by the figure is decided anew.
"""

from collections.abc import Sequence
from itertools import groupby
from uuid import UUID

from sqlalchemy import select, update

from retail.access.permissions import Permission
from retail.access.work import Work
from retail.kernel.content import as_uuid
from retail.shelves.settled import Settled
from retail.shelves.unknown import Named
from retail.stocktakes.models import Stocktake, StocktakeItem, StocktakeLine, StocktakeStatus
from retail.stocktakes.recording import open_end
from retail.stocktakes.starting import lock_stocktake


async def count_named(work: Work, named: Sequence[Named]) -> int:
    """Let lines count as SKUs from now on; return how many. Works in the system's session, for every store."""
    done = 0
    by_stocktake = sorted(named, key=lambda each: each.stocktake_id)
    for stocktake_id, some in groupby(by_stocktake, key=lambda each: each.stocktake_id):
        target = await open_end(work, await lock_stocktake(work, stocktake_id, Permission.STORE_READ))
        for each in some:
            target.version += 1
            changed = await work.session.execute(
                update(StocktakeLine)
                .where(
                    StocktakeLine.store_id == each.store_id,
                    StocktakeLine.id == each.line_id,
                    StocktakeLine.sku_id.is_(None),
                )
                .values(sku_id=each.sku_id, units=each.units, stocktake_id=as_uuid(target.id), seq=target.version)
                .returning(StocktakeLine.id)
            )
            done += len(changed.all())
        await work.session.flush()
    return done


async def uncount(work: Work, settled: Sequence[Settled]) -> set[UUID]:
    """Let lines count no longer as what their code was said to be; return those that are posted and so stay."""
    lines = await work.session.execute(
        select(StocktakeLine.id, StocktakeLine.stocktake_id).where(
            StocktakeLine.id.in_([each.id for each in settled]), StocktakeLine.sku_id.is_not(None)
        )
    )
    posted: set[UUID] = set()
    by_stocktake = sorted((as_uuid(row.stocktake_id), as_uuid(row.id)) for row in lines)
    for stocktake_id, some in groupby(by_stocktake, key=lambda each: each[0]):
        stocktake = await lock_stocktake(work, stocktake_id, Permission.STORE_READ)
        ids = [line_id for _, line_id in some]
        if stocktake.status == StocktakeStatus.CONFIRMED:
            posted.update(ids)
        else:
            await _forget(work, stocktake, ids)
    return posted


async def _forget(work: Work, stocktake: Stocktake, line_ids: Sequence[UUID]) -> None:
    lines = list(await work.session.scalars(select(StocktakeLine).where(StocktakeLine.id.in_(line_ids))))
    undecided = dict.fromkeys(("decision", "decided_seq", "decided_at", "decided_by", "reason", "note"))
    await work.session.execute(
        update(StocktakeItem)
        .where(
            StocktakeItem.store_id == stocktake.store_id,
            StocktakeItem.stocktake_id == stocktake.id,
            StocktakeItem.sku_id.in_({line.sku_id for line in lines}),
        )
        .values(undecided)
    )
    for line in lines:
        stocktake.version += 1
        line.sku_id = line.units = None
        line.seq = stocktake.version
    await work.session.flush()
