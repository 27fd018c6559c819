"""Follows the ledger and settles counts for which facts came late.

A movement concerns a count if it says that it happened before it and is not the count's own. The cursor is a
transaction id, as in `retail.insights.projection`: only what is below the oldest transaction still running is read.
It moves after what was found has been settled, each store in a transaction of its own: a kill in between, or another
process that found the same, settles again, and settling what is settled posts nothing. So no sale waits for more than
one store's settling, and nothing is lost or done twice.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from retail.access.work import Office, Work
from retail.kernel.content import as_uuid
from retail.stocktakes.anchors import settle

STEP = 20_000
"""About how many movements are looked at in one step."""
_NAME = "counts"


@dataclass(frozen=True, slots=True)
class _Step:
    start: int
    until: int
    since: dict[UUID, dict[UUID, datetime]]


async def follow_counts(office: Office, *, step: int = STEP) -> int:
    """Settle what the next movements came too late for; return how many corrections were posted."""
    async with office.work(None) as work:
        found = await _next_step(work, step)
    if found is None:
        return 0
    settled = 0
    for store_id, since in sorted(found.since.items()):
        async with office.work(None) as work:
            settled += await settle(work, store_id, since)
    async with office.work(None) as work:
        await work.session.execute(_MOVE, {"name": _NAME, "start": str(found.start), "until": str(found.until)})
    return settled


async def _next_step(work: Work, step: int) -> _Step | None:
    """Return what the next movements concern; None if there are none."""
    row = (await work.session.execute(_CURSOR, {"name": _NAME})).one()
    # A restored database may count its transactions from the beginning again; then everything is looked at anew.
    start = int(row.xid or 0) if int(row.xid or 0) <= int(row.ahead) else 0
    span = {"start": str(start), "until": row.horizon, "enough": step + 1}
    ahead = (await work.session.execute(_AHEAD, span)).one()
    if ahead.movements == 0:
        return None
    until = int(row.horizon)
    if ahead.movements > step:
        until = int(ahead.last) if ahead.last > ahead.first else int(ahead.last) + 1
    since: dict[UUID, dict[UUID, datetime]] = {}
    for store, sku, at in await work.session.execute(_CONCERNED, {"start": str(start), "until": str(until)}):
        since.setdefault(as_uuid(store), {})[as_uuid(sku)] = at
    return _Step(int(row.xid or 0), until, since)


_CURSOR = text(
    """
    select (select xid::text from projection where name = :name) as xid,
        pg_snapshot_xmin(pg_current_snapshot())::text as horizon, pg_snapshot_xmax(pg_current_snapshot())::text as ahead
    """
)
_AHEAD = text(
    """
    select count(*) as movements, min(xid::text::bigint) as first, max(xid::text::bigint) as last
    from (
        select xid from movement
        where xid >= cast(cast(:start as text) as xid8) and xid < cast(cast(:until as text) as xid8)
        order by xid limit :enough
    ) projection_step
    """
)
_CONCERNED = text(
    """
    select m.store_id, m.sku_id, min(m.occurred_at)
    from movement m
    where m.xid >= cast(cast(:start as text) as xid8) and m.xid < cast(cast(:until as text) as xid8)
        and m.quantity <> 0
        and exists (
            select from count_anchor a
            where a.store_id = m.store_id and a.sku_id = m.sku_id and a.counted_to >= m.occurred_at and not a.void
                and a.document_id <> m.document_id)
    group by 1, 2
    """
)
_MOVE = text(
    "insert into projection (name, xid) values (:name, cast(cast(:until as text) as xid8))"
    " on conflict (name) do update set xid = excluded.xid"
    " where projection.xid = cast(cast(:start as text) as xid8)"
)
