"""A count of one SKU outside any stocktake: setting the book to a figure (`adjustStock` with `setTo`).

It is a count like any other, so the book keeps to it: a stocktake that looked before it and is confirmed after it
posts its difference at its own time, and this count's figure still stands.
"""

from uuid import UUID

from retail.access.work import Work
from retail.inventory import adjustments
from retail.inventory.adjustments import Change, StockAdjusted
from retail.inventory.intake import Origin
from retail.inventory.models import AdjustmentReason
from retail.kernel.clock import seen_by
from retail.stocktakes.anchors import Anchor, counted_again, drop_anchors, settle
from retail.stocktakes.book import books


async def adjust_stock(
    work: Work,
    *,
    store_id: UUID,
    sku_id: UUID,
    origin: Origin,
    change: Change,
    reason: AdjustmentReason,
    note: str | None,
) -> StockAdjusted:
    """Set the book of one SKU right; where it was set to what somebody counted, it keeps to that."""
    done = await adjustments.adjust_stock(
        work, store_id=store_id, sku_id=sku_id, origin=origin, change=change, reason=reason, note=note
    )
    if change.set_to is not None and reason is AdjustmentReason.COUNTED:
        at, _ = seen_by(origin.occurred_at, work.now)
        book = (await books(work.session, store_id, {sku_id: at}))[sku_id]
        counted = Anchor(sku_id, done.adjustment_id, at, at, book.at(at), reason)
        await drop_anchors(work, store_id, [counted])
        await settle(work, store_id, await counted_again(work, store_id, [counted]))
    return done
