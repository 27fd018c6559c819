"""Undoing a sale at the counter: what a person took by mistake, back at once, without the picture that a return needs.

That is why it goes no further than the sale itself: the sale is named, it is one's own and of the last day, no more
comes back than it sold, and no more money goes out than it brought in. Anything else that a customer brings is a return
(`commands.record_return`), with its picture and its limits. The manager undoes the sales of others too, and later.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from retail.access.permissions import Permission
from retail.access.work import Work
from retail.inventory.ledger import Entry
from retail.kernel.content import as_uuid
from retail.kernel.refusal import Problem

UNDONE_WITHIN = timedelta(hours=24)

_UNDO = text("select * from undo_line(:store, :sku, :sale)")


async def undo_sales(work: Work, entries: Sequence[Entry]) -> list[Entry | Problem]:
    """Return each entry with the money that goes back, or why it undoes no sale; the sales' lines stay locked."""
    taken: dict[UUID, tuple[int, int]] = {}
    answers: dict[UUID, Entry | Problem] = {}
    # In one order for everybody, so that two who undo the same sales do not wait for each other.
    for entry in sorted(entries, key=lambda each: (each.document_id, each.sku_id)):
        bound = {"store": entry.store_id, "sku": entry.sku_id, "sale": entry.document_id}
        line = (await work.session.execute(_UNDO, bound)).one()
        answers[entry.movement_id] = _undone(work, entry, line, taken)
    return [answers[entry.movement_id] for entry in entries]


def _undone(work: Work, entry: Entry, line: Any, taken: dict[UUID, tuple[int, int]]) -> Entry | Problem:
    if line.line is None:
        return _NO_SALE
    if work.actor is not None and not work.actor.may(Permission.RETURN_WAIVE, entry.store_id):
        if line.sold_by is None or as_uuid(line.sold_by) != work.actor.id:
            return _NOT_YOURS
        if work.now - line.recorded_at > UNDONE_WITHIN:
            return _TOO_LATE
    units, fen = taken.get(as_uuid(line.line), (0, 0))
    back = line.returned + units + entry.quantity
    if back > line.sold:
        left = max(line.sold - line.returned - units, 0)
        words = (f"Of that sale {left} are left.", f"这笔销售最多还能撤 {left} 件。")
        return Problem("quantity", "MORE_THAN_SOLD", *words)
    # What was paid, pro rata and rounded down over all pieces together; unknown where that is unknown.
    refund = None if line.paid is None else max(line.paid * back // line.sold - line.paid_back - fen, 0)
    taken[as_uuid(line.line)] = units + entry.quantity, fen + (refund or 0)
    return entry._replace(amount_fen=refund)


_NO_SALE = Problem(
    "documentId",
    "NO_SALE",
    "Goods of a customer come back by recordReturn, with a photo; here only a sale is undone: name it.",
    "顾客退货请用“处理退货”并拍照；这里只能撤销一笔销售，请写明是哪一笔。",
)
_NOT_YOURS = Problem(
    "documentId",
    "NOT_YOUR_SALE",
    "Somebody else sold this: the manager undoes it.",
    "这笔不是您卖的，请店长撤销。",
)
_TOO_LATE = Problem(
    "documentId",
    "TOO_LATE",
    "A sale is undone within a day; after that it comes back as a return.",
    "销售只能在一天内撤销，之后请按退货处理。",
)
