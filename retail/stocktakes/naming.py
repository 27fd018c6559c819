"""Lines whose code is known now: they count for the moment at which they were found.

A line of a confirmed stocktake moves to the one that follows it, like a line that comes late.
"""

from collections.abc import Sequence
from itertools import groupby

from sqlalchemy import update

from retail.access.permissions import Permission
from retail.access.work import Work
from retail.kernel.content import as_uuid
from retail.shelves.unknown import Named
from retail.stocktakes.models import StocktakeLine
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
