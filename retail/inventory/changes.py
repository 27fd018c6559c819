"""What has changed since a cursor: the ledger followed by transaction id.

A cursor is the id of the chain's book and a transaction id: everything written before that id is
in what the reader has. A reader may be given a change twice, never miss one: changes carry the
absolute level with its version. Identity columns would not do: they become visible out of order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from retail.inventory.queries import HORIZON, LEVEL, Level, Slice, level_of
from retail.stores.models import Chain

BRIDGED_AT_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Book:
    """Which database a cursor belongs to."""

    id: UUID

    def cursor(self, xid: int) -> str:
        """Return a cursor of this book."""
        return f"{self.id.hex[-12:]}-{xid}"

    def xid(self, cursor: str) -> int | None:
        """Return the transaction id of a cursor, None if it is of another book or none at all."""
        book, _, number = cursor.partition("-")
        if book != self.id.hex[-12:] or not (number.isascii() and number.isdigit()) or len(number) > 19:  # noqa: PLR2004
            return None
        return int(number)


@dataclass(frozen=True, slots=True)
class Changes:
    """The levels that changed, as they are now, up to a transaction id.

    `bridged` is False when there were too many to tell, or the cursor is of no past of this
    database: then the reader has to start from a fresh picture. `ahead` is the id of the next
    transaction: while `xid` is behind it, somebody is still writing.
    """

    xid: int
    ahead: int
    levels: Sequence[Level]
    bridged: bool = True


_CHANGED = text(f"""
with moved as materialized (
    select store_id, sku_id from movement
    where xid >= cast(cast(:since as text) as xid8) and xid < pg_snapshot_xmin(pg_current_snapshot())
    order by xid limit {BRIDGED_AT_MOST + 1}
), size as materialized (
    select count(*) as movements, {HORIZON} as until, pg_snapshot_xmax(pg_current_snapshot())::text as ahead from moved
)
select size.movements, size.until, size.ahead, {LEVEL}
from size left join (
    select distinct store_id, sku_id from moved
    where (select movements from size) <= {BRIDGED_AT_MOST}
        and (cast(:stores as uuid[]) is null or store_id = any(:stores))
        and (cast(:skus as uuid[]) is null or sku_id = any(:skus))
) changed on true left join stock_level l using (store_id, sku_id)
""")  # noqa: S608 -- own text


async def read_book(session: AsyncSession) -> Book:
    """Return the book of this database."""
    return Book((await session.scalars(select(Chain.id))).one())


async def changes_since(session: AsyncSession, xid: int, within: Slice | None = None) -> Changes:
    """Return what has changed in a slice (None: everywhere) since a transaction id."""
    stores = None if within is None else list(within.stores)
    skus = None if within is None or within.skus is None else list(within.skus)
    rows = (await session.execute(_CHANGED, {"since": str(xid), "stores": stores, "skus": skus})).all()
    movements, until, ahead = rows[0][0], int(rows[0][1]), int(rows[0][2])
    bridged = movements <= BRIDGED_AT_MOST and xid <= ahead
    return Changes(until, ahead, [level_of(row[3:]) for row in rows if row[3] is not None], bridged)
