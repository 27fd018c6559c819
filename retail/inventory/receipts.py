"""Receipts: goods that arrived from a supplier. Facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from retail.access.permissions import Permission
from retail.access.work import Work
from retail.inventory import ledger
from retail.inventory.intake import Counted, Origin, PostedLine, entry
from retail.inventory.models import Account, MovementKind
from retail.kernel.base import new_id


@dataclass(frozen=True, slots=True)
class GoodsReceived:
    """The answer of `receive_goods`."""

    receipt_id: UUID
    recorded_at: datetime
    lines: list[PostedLine]


async def receive_goods(
    work: Work, *, store_id: UUID, origin: Origin, lines: Sequence[Counted], note: str | None
) -> GoodsReceived:
    """Take delivered goods into a store's stock."""
    work.require(Permission.STOCK_RECEIVE, store_id)
    receipt_id = new_id()
    entries = [
        entry(
            origin,
            work.now,
            store_id=store_id,
            sku_id=line.sku_id,
            kind=MovementKind.RECEIPT,
            quantity=line.units,
            counter=Account.SUPPLIER,
            document_id=receipt_id,
            actor_id=work.actor_id,
            note=note,
        )
        for line in lines
    ]
    done = await ledger.post(work, entries)
    return GoodsReceived(
        receipt_id=receipt_id,
        recorded_at=work.now,
        lines=[
            PostedLine(line.sku_id, line.units, balance, None)
            for line, balance in zip(lines, done.balances, strict=True)
        ],
    )
