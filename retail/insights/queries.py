"""Reads of what is happening now: the heat of stores and categories.

Levels are as of this moment; sales are as far as the projection has followed the ledger, which is a
moment behind. "Today" is a store's own business day, "the last hour" is the slot of now and the
eleven before it. Each question is one statement, whatever the number of stores.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from retail.access.actor import Actor
from retail.access.permissions import Permission
from retail.access.work import Reading
from retail.kernel.content import as_uuid
from retail.kernel.refusal import NotPermitted
from retail.stores.directory import StoreEntry
from retail.stores.queries import in_sight

SLOT = timedelta(minutes=5)
SLOTS_IN_AN_HOUR = 12

CellKey = tuple[UUID, UUID]
"""A store and a top-level category."""

LevelKey = tuple[UUID, UUID]
"""A store and an SKU."""


@dataclass(frozen=True, slots=True)
class Where:
    """Which stores and top-level categories are asked for; None means any."""

    store_ids: frozenset[UUID] | None = None
    region_ids: frozenset[UUID] | None = None
    category_ids: frozenset[UUID] | None = None


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One store and top-level category; the SKUs are those that the store carries.

    `shortage_units` is what is missing to the safety stocks; `sold_units` counts since the beginning.
    """

    store_id: UUID
    category_id: UUID
    sku_count: int
    available_count: int
    out_count: int
    below_safety_count: int
    negative_count: int
    shortage_units: int
    sold_units: int
    sold_units_last_hour: int
    sales_today_fen: int


def visible_stores(actor: Actor, stores: Mapping[UUID, StoreEntry], where: Where) -> list[StoreEntry]:
    """Return the stores asked for whose insights the actor may read, by code.

    Refuses somebody who may read no store's insights; a store that may not be seen is left out.
    """
    if Permission.INSIGHT_READ not in actor.grants:
        raise NotPermitted(Permission.INSIGHT_READ)
    visible = actor.stores(Permission.INSIGHT_READ)
    if where.store_ids is not None:
        visible &= where.store_ids
    asked = (stores[store_id] for store_id in visible if store_id in stores)
    inside = (s for s in asked if where.region_ids is None or s.region_id in where.region_ids)
    return sorted(inside, key=lambda store: store.code)


async def heat(reading: Reading, stores: Mapping[UUID, StoreEntry], where: Where) -> list[HeatCell]:
    """Return the cells that a reader asks for and may see."""
    visible = visible_stores(reading.actor, await in_sight(reading, stores), where)
    return await heat_cells(reading.session, visible, reading.now, where.category_ids)


async def heat_cells(
    session: AsyncSession,
    stores: Iterable[StoreEntry],
    now: datetime,
    category_ids: Collection[UUID] | None = None,
) -> list[HeatCell]:
    """Return all cells of some stores, by store and category."""
    places = list(stores)
    asked = {
        "stores": [store.id for store in places],
        "days": [store.day_at(now) for store in places],
        "categories": None if category_ids is None else list(category_ids),
        "hour_from": hour_from(now),
    }
    return [_cell(row) for row in await session.execute(_ALL_CELLS, asked)] if places else []


async def touched_cells(
    session: AsyncSession,
    stores: Mapping[UUID, StoreEntry],
    now: datetime,
    touched: Collection[LevelKey],
) -> list[HeatCell]:
    """Return only the cells that some levels belong to; cheap when they are few."""
    keys = [key for key in touched if key[0] in stores]
    asked = {
        "stores": [store_id for store_id, _ in keys],
        "days": [stores[store_id].day_at(now) for store_id, _ in keys],
        "skus": [sku_id for _, sku_id in keys],
        "categories": None,
        "hour_from": hour_from(now),
    }
    return [_cell(row) for row in await session.execute(_TOUCHED_CELLS, asked)] if keys else []


def slot_of(instant: datetime) -> datetime:
    """Return the beginning of the slot that an instant lies in."""
    return datetime.fromtimestamp(instant.timestamp() // SLOT.total_seconds() * SLOT.total_seconds(), UTC)


def hour_from(now: datetime) -> datetime:
    """Return the first of the twelve slots that make the last hour."""
    return slot_of(now) - (SLOTS_IN_AN_HOUR - 1) * SLOT


def _cell(row: Sequence[Any]) -> HeatCell:
    return HeatCell(as_uuid(row[0]), as_uuid(row[1]), *row[2:])


_SHELVES = """
    with recursive top (category_id, top_id) as (
        select id, id from category where parent_id is null
        union all
        select c.id, top.top_id from category c join top on c.parent_id = top.category_id
    ), shelf as materialized (
        select sku.id as sku_id, top.top_id
        from sku join product on product.id = sku.product_id join top on top.category_id = product.category_id
        where cast(:categories as uuid[]) is null or top.top_id = any(cast(:categories as uuid[]))
    )
"""

_EVERY_CELL = """
    , wanted (store_id, day) as materialized (
        select * from unnest(cast(:stores as uuid[]), cast(:days as date[]))
    )
"""
_TOUCHED = """
    , wanted (store_id, day, top_id) as materialized (
        select distinct touched.store_id, touched.day, shelf.top_id
        from unnest(cast(:stores as uuid[]), cast(:days as date[]), cast(:skus as uuid[]))
            as touched (store_id, day, sku_id)
        join shelf using (sku_id)
    )
"""

_FIGURES = """
    , level as (
        select wanted.store_id, shelf.top_id,
            count(*) as skus,
            count(*) filter (where l.on_hand - l.reserved > 0) as available,
            count(*) filter (where l.on_hand - l.reserved <= 0) as out,
            count(*) filter (where l.on_hand - l.reserved < l.safety_stock) as below,
            count(*) filter (where l.on_hand < 0) as negative,
            coalesce(sum(greatest(l.safety_stock - l.on_hand + l.reserved, 0))
                filter (where l.safety_stock > 0), 0)::bigint as shortage,
            sum(l.sold_units)::bigint as sold
        from {levels}
        group by 1, 2
    ), today as (
        select wanted.store_id, shelf.top_id, sum(d.amount_fen)::bigint as amount_fen
        from {days}
        group by 1, 2
    ), hour as (
        select shop.store_id, shelf.top_id, sum(sold.units)::bigint as units
        from (select distinct store_id from wanted) shop
        cross join lateral (
            select s.sku_id, sum(s.units) as units from sales_slot s
            where s.store_id = shop.store_id and s.slot >= :hour_from
            group by 1
        ) sold
        join shelf on shelf.sku_id = sold.sku_id
        group by 1, 2
    )
    select level.store_id, level.top_id, skus, available, out, below, negative, shortage, sold,
        coalesce(hour.units, 0), coalesce(today.amount_fen, 0)
    from level left join hour using (store_id, top_id) left join today using (store_id, top_id)
    order by 1, 2
"""

_ALL_CELLS = text(
    _SHELVES
    + _EVERY_CELL
    + _FIGURES.format(
        levels="wanted join stock_level l on l.store_id = wanted.store_id join shelf on shelf.sku_id = l.sku_id",
        days=(
            "wanted join sales_day d on d.store_id = wanted.store_id and d.day = wanted.day"
            " join shelf on shelf.sku_id = d.sku_id"
        ),
    )
)

_TOUCHED_CELLS = text(
    _SHELVES
    + _TOUCHED
    + _FIGURES.format(
        levels=(
            "wanted join shelf on shelf.top_id = wanted.top_id"
            " join stock_level l on l.store_id = wanted.store_id and l.sku_id = shelf.sku_id"
        ),
        days=(
            "wanted join shelf on shelf.top_id = wanted.top_id"
            " join sales_day d on d.store_id = wanted.store_id and d.day = wanted.day and d.sku_id = shelf.sku_id"
        ),
    )
)
