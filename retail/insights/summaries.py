"""Reads of what a store and the chain have sold today, hour by hour, and how their shelves stand.

"Today" is each store's own business day. Its hours are counted from its beginning, so that a change
to or from summer time neither hides nor doubles one; those that have begun are all there, sold or
not. The chain's hours are counted from the beginning of its earliest business day.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from retail.access.work import Reading
from retail.insights.queries import Where, hour_from, visible_stores
from retail.kernel.content import as_uuid
from retail.stores.directory import StoreEntry
from retail.stores.queries import in_sight

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class HourlySales:
    """What was sold, net of returns, in the hour that begins at `hour`."""

    hour: datetime
    units: int = 0
    amount: int = 0
    baskets: int = 0


@dataclass(frozen=True, slots=True)
class Shelves:
    """How many SKUs are carried, and how many of them are out, below safety stock or below zero."""

    sku_count: int = 0
    out_count: int = 0
    below_safety_count: int = 0
    negative_count: int = 0


@dataclass(frozen=True, slots=True)
class Total:
    """What was sold over all hours of a day, net of returns."""

    units: int
    amount: int
    baskets: int


@dataclass(frozen=True, slots=True)
class StoreSummary:
    """One store today, hour by hour."""

    store: StoreEntry
    as_of: datetime
    shelves: Shelves
    sales_last_hour_fen: int
    hourly: Sequence[HourlySales]

    @property
    def today(self) -> Total:
        """Return the sums of the hours."""
        return total_of(self.hourly)


@dataclass(frozen=True, slots=True)
class ChainSummary:
    """All stores that a reader may see; a store is open when its current business day is."""

    as_of: datetime
    store_count: int
    open_store_count: int
    shelves: Shelves
    hourly: Sequence[HourlySales]

    @property
    def today(self) -> Total:
        """Return the sums of the hours."""
        return total_of(self.hourly)


def total_of(hours: Iterable[HourlySales]) -> Total:
    """Return the sums of some hours."""
    units = amount = baskets = 0
    for hour in hours:
        units, amount, baskets = units + hour.units, amount + hour.amount, baskets + hour.baskets
    return Total(units, amount, baskets)


async def store_summaries(reading: Reading, stores: Mapping[UUID, StoreEntry], where: Where) -> list[StoreSummary]:
    """Return today's summary of each store that is asked for and visible, by code."""
    visible = visible_stores(reading.actor, await in_sight(reading, stores), where)
    begins = {store.id: store.day_began(reading.now) for store in visible}
    shelves = await _shelves(reading.session, visible)
    rows = await reading.session.execute(
        _SLOTS, {**_asked(begins), "origins": list(begins.values()), "hour_from": hour_from(reading.now)}
    )
    sold: dict[UUID, list[Any]] = {}
    for row in rows:
        sold.setdefault(as_uuid(row.store_id), []).append(row)
    return [
        StoreSummary(
            store=store,
            as_of=reading.now,
            shelves=shelves.get(store.id, Shelves()),
            sales_last_hour_fen=sum(row.last_hour_fen for row in sold.get(store.id, ())),
            hourly=_hours(begins[store.id], reading.now, sold.get(store.id, ())),
        )
        for store in visible
    ]


async def chain_summary(reading: Reading, stores: Mapping[UUID, StoreEntry]) -> ChainSummary:
    """Return today's summary of all stores whose insights the reader may see."""
    visible = visible_stores(reading.actor, await in_sight(reading, stores), Where())
    begins = {store.id: store.day_began(reading.now) for store in visible}
    earliest = min(begins.values(), default=reading.now)
    shelves = await _shelves(reading.session, visible)
    rows = await reading.session.execute(
        _SLOTS, {**_asked(begins), "origins": [earliest] * len(begins), "hour_from": hour_from(reading.now)}
    )
    days = {"stores": list(begins), "days": [store.day_at(reading.now) for store in visible]}
    return ChainSummary(
        as_of=reading.now,
        store_count=len(visible),
        open_store_count=await reading.session.scalar(_OPEN, days) or 0,
        shelves=_together(shelves.values()),
        hourly=_hours(earliest, reading.now, rows) if visible else [],
    )


def _asked(begins: Mapping[UUID, datetime]) -> dict[str, Any]:
    return {"stores": list(begins), "begins": list(begins.values())}


async def _shelves(session: AsyncSession, stores: Iterable[StoreEntry]) -> dict[UUID, Shelves]:
    rows = await session.execute(_SHELVES, {"stores": [store.id for store in stores]})
    return {as_uuid(row[0]): Shelves(*row[1:]) for row in rows}


def _together(shelves: Iterable[Shelves]) -> Shelves:
    all_of = list(shelves)
    return Shelves(
        sku_count=sum(one.sku_count for one in all_of),
        out_count=sum(one.out_count for one in all_of),
        below_safety_count=sum(one.below_safety_count for one in all_of),
        negative_count=sum(one.negative_count for one in all_of),
    )


def _hours(begin: datetime, now: datetime, rows: Iterable[Any]) -> list[HourlySales]:
    """Return every hour that has begun (or has sales: a device's clock may run ahead), in order."""
    begun = (now - begin) // _HOUR + 1
    hours = {begin + n * _HOUR: HourlySales(begin + n * _HOUR) for n in range(begun)}
    for row in rows:
        if row.hour is None:
            continue
        so_far = hours.get(row.hour) or HourlySales(row.hour)
        hours[row.hour] = HourlySales(
            row.hour, so_far.units + row.units, so_far.amount + row.amount_fen, so_far.baskets + row.baskets
        )
    return [hours[hour] for hour in sorted(hours)]


_SHELVES = text(
    """
    select store_id, count(*),
        count(*) filter (where on_hand - reserved <= 0),
        count(*) filter (where on_hand - reserved < safety_stock),
        count(*) filter (where on_hand < 0)
    from stock_level where store_id = any(cast(:stores as uuid[])) group by 1
    """
)

# `hour` is null for slots of the last hour that lie before the business day.
_SLOTS = text(
    """
    select s.store_id,
        case when s.slot >= shop.begin then date_bin('1 hour', s.slot, shop.origin) end as hour,
        sum(s.units)::bigint as units, sum(s.amount_fen)::bigint as amount_fen, sum(s.baskets)::bigint as baskets,
        coalesce(sum(s.amount_fen) filter (where s.slot >= :hour_from), 0)::bigint as last_hour_fen
    from unnest(cast(:stores as uuid[]), cast(:begins as timestamptz[]), cast(:origins as timestamptz[]))
        as shop (store_id, begin, origin)
    join store_slot s on s.store_id = shop.store_id and s.slot >= least(shop.begin, :hour_from)
    group by 1, 2
    """
)

_OPEN = text(
    """
    select count(*) from business_day
    join unnest(cast(:stores as uuid[]), cast(:days as date[])) as today (store_id, day) using (store_id, day)
    """
)
