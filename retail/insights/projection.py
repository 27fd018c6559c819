"""Follows the ledger: the only code that writes the sums of sales.

Every sale and return is added exactly once, because the cursor moves in the transaction that adds:
a crash leaves both or neither. The cursor is a transaction id, and only transactions below the
oldest one still running are read, so a writer that commits late is never passed over. A step takes
whole transactions and few of them, so that following never holds that horizon back for long.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from retail.access.work import Office, Work

STEP = 20_000
"""About how many movements one transaction adds; more only if a single writer wrote more."""

_NAME = "sales"
_ONE_AT_A_TIME = 4_815_162_342


@dataclass(frozen=True, slots=True)
class Followed:
    """The sums hold everything below transaction `xid`; `behind` if some of the ledger is not in them."""

    xid: int
    behind: bool


async def follow_ledger(work: Work, *, step: int = STEP) -> int:
    """Add the next movements to the sums and return how many sales and returns they were.

    0 means that there is nothing left to add, or that another process is adding right now.
    """
    if not await work.session.scalar(text("select pg_try_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME}):
        return 0
    await work.session.execute(_NO_GUESSING)
    before = start = await _cursor(work.session)
    horizon = int(await work.session.scalar(_HORIZON) or 0)
    added = 0
    while not added and (until := await _end_of_step(work.session, start, horizon, step)) is not None:
        added = int(await work.session.scalar(_ADD, _span(start, until)) or 0)
        start = until
    if start > before:
        await work.session.execute(_MOVE, {"name": _NAME, "xid": str(start)})
    return added


async def catch_up(office: Office, progress: Callable[[int], None] = lambda _: None) -> int:
    """Follow the ledger, one short transaction after another, until nothing is left; return how many."""
    total = 0
    while True:
        async with office.work(None) as work:
            added = await follow_ledger(work)
        if not added:
            return total
        total += added
        progress(total)


async def rebuild(office: Office, progress: Callable[[int], None] = lambda _: None) -> int:
    """Forget every sum and add the whole ledger again; return how many sales and returns.

    Done in steps, so that nobody who writes has to wait: until it ends the figures are too small.
    """
    async with office.work(None) as work:
        await work.session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
        await work.session.execute(text("truncate sales_slot, sales_day, store_slot, basket"))
        await work.session.execute(text("delete from projection where name = :name"), {"name": _NAME})
    return await catch_up(office, progress)


async def followed(session: AsyncSession) -> Followed:
    """Return how far the sums have followed the ledger."""
    row = (await session.execute(_FOLLOWED, {"name": _NAME})).one()
    return Followed(int(row.xid), row.behind)


async def _cursor(session: AsyncSession) -> int:
    return int(await session.scalar(_CURSOR, {"name": _NAME}) or 0)


async def _end_of_step(session: AsyncSession, start: int, horizon: int, step: int) -> int | None:
    """Return the transaction id that the next step ends before; None if no movement is left."""
    ahead = (await session.execute(_AHEAD, {**_span(start, horizon), "enough": step + 1})).one()
    if ahead.movements == 0:
        return None
    if ahead.movements <= step:
        return horizon
    return int(ahead.last) if ahead.last > ahead.first else int(ahead.last) + 1


def _span(start: int, until: int) -> dict[str, Any]:
    return {"start": str(start), "until": str(until)}


_HORIZON = text("select pg_snapshot_xmin(pg_current_snapshot())::text")

_CURSOR = text("select xid::text from projection where name = :name")

_MOVE = text(
    "insert into projection (name, xid) values (:name, cast(cast(:xid as text) as xid8))"
    " on conflict (name) do update set xid = excluded.xid"
)

_AHEAD = text(
    """
    select count(*) as movements, min(xid::text::bigint) as first, max(xid::text::bigint) as last
    from (
        select xid from movement
        where xid >= cast(cast(:start as text) as xid8) and xid < cast(cast(:until as text) as xid8)
        order by xid limit :enough
    ) ahead
    """
)

# PostgreSQL cannot know how many movements lie between two transaction ids, takes them for a few, and would compare
# every basket of a step with every other: twenty thousand took half a minute, in which no screen saw a change.
_NO_GUESSING = text("set local enable_nestloop = off")

# A basket belongs to the slot of its earliest line in its first transaction. Transactions are never
# split between steps, so the same ledger always gives the same sums, however it was cut into steps.
_ADD = text(
    """
    with taken as materialized (
        select m.store_id, m.sku_id, m.document_id, m.kind, m.xid,
            date_bin('5 minutes', m.occurred_at, timestamptz 'epoch') as slot,
            (m.occurred_at at time zone s.zone - s.day_cutoff::interval)::date as day,
            -m.quantity as units,
            case when m.kind = 'sale' then 1 else -1 end * coalesce(m.amount_fen, 0) as amount_fen
        from movement m join store s on s.id = m.store_id
        where m.xid >= cast(cast(:start as text) as xid8) and m.xid < cast(cast(:until as text) as xid8)
            and m.kind in ('sale', 'customer_return')
    ), to_slots as (
        insert into sales_slot as sum (store_id, slot, sku_id, units, amount_fen)
        select store_id, slot, sku_id, sum(units), sum(amount_fen) from taken group by 1, 2, 3
        on conflict (store_id, slot, sku_id) do update
        set units = sum.units + excluded.units, amount_fen = sum.amount_fen + excluded.amount_fen
    ), to_days as (
        insert into sales_day as sum (store_id, day, sku_id, units, amount_fen)
        select store_id, day, sku_id, sum(units), sum(amount_fen) from taken group by 1, 2, 3
        on conflict (store_id, day, sku_id) do update
        set units = sum.units + excluded.units, amount_fen = sum.amount_fen + excluded.amount_fen
    ), sold as (
        select distinct on (store_id, document_id) store_id, document_id, slot
        from taken where kind = 'sale'
        order by store_id, document_id, xid, slot
    ), new_basket as (
        insert into basket (store_id, document_id)
        select store_id, document_id from sold
        on conflict do nothing
        returning store_id, document_id
    ), to_stores as (
        insert into store_slot as sum (store_id, slot, units, amount_fen, baskets)
        select store_id, slot, sum(units), sum(amount_fen), sum(baskets)
        from (
            select store_id, slot, units, amount_fen, 0 as baskets from taken
            union all
            select store_id, slot, 0, 0, 1 from sold join new_basket using (store_id, document_id)
        ) parts
        group by 1, 2
        on conflict (store_id, slot) do update
        set units = sum.units + excluded.units, amount_fen = sum.amount_fen + excluded.amount_fen,
            baskets = sum.baskets + excluded.baskets
    )
    select count(*) from taken
    """
)

_FOLLOWED = text(
    """
    with cursor as (
        select coalesce((select xid from projection where name = :name), '0'::xid8) as at,
            pg_snapshot_xmin(pg_current_snapshot()) as horizon
    ), next as (
        select (
            select m.xid from movement m
            where m.xid >= cursor.at and m.xid < cursor.horizon order by m.xid limit 1
        ) as xid from cursor
    )
    select coalesce(next.xid, cursor.horizon)::text as xid, next.xid is not null as behind
    from cursor, next
    """
)
