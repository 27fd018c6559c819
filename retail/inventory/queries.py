"""Reads of stock: pages, grids for screens of thousands of cells, and an item's history.

Every read is of one snapshot. Where it says at which transaction id it stands, all that is
written at or after that id may still be missing from it, and nothing before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from retail.access.permissions import Permission
from retail.access.work import Reading, require
from retail.catalogue.models import Sku
from retail.catalogue.queries import skus_in, skus_with
from retail.inventory.models import Account, AdjustmentReason, MovementKind, Source
from retail.kernel.content import as_uuid
from retail.kernel.refusal import InvalidInput, Problem

CELLS_AT_MOST = 200_000


@dataclass(frozen=True, slots=True)
class StockFilter:
    """Which levels; None means any. `text` looks into names, codes, pinyin initials and GTINs."""

    store_ids: tuple[UUID, ...] | None = None
    region_ids: tuple[UUID, ...] | None = None
    sku_ids: tuple[UUID, ...] | None = None
    category_ids: tuple[UUID, ...] | None = None
    text: str | None = None
    below_safety: bool | None = None


@dataclass(frozen=True, slots=True)
class Slice:
    """A filter worked out: visible stores (sorted), SKUs (None: all), and only what is below safety."""

    stores: tuple[UUID, ...]
    skus: tuple[UUID, ...] | None
    below_safety: bool


@dataclass(frozen=True, slots=True)
class Level:
    """One SKU in one store, in base units."""

    store_id: UUID
    sku_id: UUID
    on_hand: int
    reserved: int
    incoming: int
    safety_stock: int
    sold_units: int
    version: int

    @property
    def available(self) -> int:
        """Return what may be promised."""
        return self.on_hand - self.reserved

    @property
    def below_safety(self) -> bool:
        """Say whether less is available than the safety stock."""
        return self.available < self.safety_stock


@dataclass(frozen=True, slots=True)
class Grid:
    """Levels as JSON rows over two lists of ids, and the transaction id that they stand at."""

    xid: int
    store_ids: list[UUID]
    sku_ids: list[UUID]
    rows: bytes


@dataclass(frozen=True, slots=True)
class MovementRow:
    """One line of an item's history; `by` is the name of who did it, or None for the system."""

    movement_id: UUID
    version: int
    kind: MovementKind
    quantity: int
    reserved: int
    counter_account: Account
    balance: int
    amount_fen: int | None
    reason: AdjustmentReason | None
    note: str | None
    occurred_at: datetime
    recorded_at: datetime
    clock_error_seconds: int | None
    device: str | None
    latitude: float | None
    longitude: float | None
    source: Source
    document_id: UUID
    by: str | None


HORIZON = "pg_snapshot_xmin(pg_current_snapshot())::text"
LEVEL = "l.store_id, l.sku_id, l.on_hand, l.reserved, l.incoming, l.safety_stock, l.sold_units, l.version"
WITHIN = """l.store_id = any(:stores)
    and (cast(:skus as uuid[]) is null or l.sku_id = any(:skus))
    and (not :below_safety or l.on_hand - l.reserved < l.safety_stock)"""

_DEFICIT = "greatest(l.safety_stock - l.on_hand + l.reserved, 0)"
_PAGE = text(f"""
select {LEVEL}, {_DEFICIT} as deficit from stock_level l
where {WITHIN} and (cast(:deficit as int) is null
    or (-{_DEFICIT}, l.store_id, l.sku_id) > (-cast(:deficit as int), cast(:store as uuid), cast(:sku as uuid)))
order by -{_DEFICIT}, l.store_id, l.sku_id limit :most
""")  # noqa: S608 -- made of this module's own texts
_COUNT = text(f"select count(*) from stock_level l where {WITHIN}")  # noqa: S608 -- same
_LEVELS = text(f"select {LEVEL}, {HORIZON} from stock_level l where {WITHIN} limit :most")  # noqa: S608 -- same
_GRID = text(f"""
with cells as materialized (select {LEVEL} from stock_level l where {WITHIN} limit :most),
shops as (
    select store_id, row_number() over (order by store_id) - 1 as n from (select distinct store_id from cells) s),
goods as (
    select sku_id, row_number() over (order by sku_id) - 1 as n from (select distinct sku_id from cells) s)
select {HORIZON}, (select count(*) from cells),
    (select array_agg(store_id order by n) from shops), (select array_agg(sku_id order by n) from goods),
    (select '[' || string_agg('[' || concat_ws(',', shops.n, goods.n, on_hand, reserved, incoming, safety_stock,
        sold_units, version) || ']', ',') || ']'
     from cells join shops using (store_id) join goods using (sku_id))
""")  # noqa: S608 -- same
_HISTORY = text("""
select m.movement_id, m.version, m.kind, m.quantity, m.reserved, m.counter_account, m.balance, m.amount_fen,
    m.reason, m.note, m.occurred_at, m.recorded_at, m.clock_error_seconds, m.device, m.latitude, m.longitude,
    m.source, m.document_id, coalesce(p.name, c.name)
from movement m left join person p on p.id = m.actor_id left join channel_client c on c.id = m.actor_id
where m.store_id = :store and m.sku_id = :sku and (cast(:before as bigint) is null or m.version < :before)
order by m.version desc limit :most
""")


async def slice_of(reading: Reading, asked: StockFilter, region_of: Mapping[UUID, UUID]) -> Slice:
    """Return a filter worked out for a reader: stores it may not see are simply not there."""
    stores = reading.actor.stores(Permission.STOCK_READ)
    if asked.store_ids is not None:
        stores &= frozenset(asked.store_ids)
    if asked.region_ids is not None:
        regions = frozenset(asked.region_ids)
        stores = frozenset(store for store in stores if region_of.get(store) in regions)
    return Slice(tuple(sorted(stores)), await _skus(reading.session, asked), bool(asked.below_safety))


async def stock_page(
    session: AsyncSession, within: Slice, first: int, after: list[Any] | None
) -> tuple[list[tuple[Level, int]], int]:
    """Return one more than a page of levels with their deficits, most lacking first, and the count."""
    deficit, store, sku = after or (None, None, None)
    rows = await session.execute(
        _PAGE, {**_bound(within), "deficit": deficit, "store": store, "sku": sku, "most": first + 1}
    )
    total = await session.scalar(_COUNT, _bound(within))
    return [(level_of(row), row[8]) for row in rows], total or 0


async def levels(session: AsyncSession, within: Slice, at_most: int) -> tuple[int, list[Level]]:
    """Return the levels of a slice and the transaction id that they stand at."""
    rows = (await session.execute(_LEVELS, {**_bound(within), "most": at_most + 1})).all()
    if len(rows) > at_most:
        raise _too_much(at_most)
    return int(rows[0][8]) if rows else await horizon(session), [level_of(row) for row in rows]


async def stock_grid(session: AsyncSession, within: Slice) -> Grid:
    """Return a slice as JSON that PostgreSQL has written; 200,000 cells at most."""
    row = (await session.execute(_GRID, {**_bound(within), "most": CELLS_AT_MOST + 1})).one()
    if row[1] > CELLS_AT_MOST:
        raise _too_much(CELLS_AT_MOST)
    return Grid(int(row[0]), list(row[2] or ()), list(row[3] or ()), (row[4] or "[]").encode())


async def horizon(session: AsyncSession) -> int:
    """Return the transaction id below which everything is committed or gone."""
    return int(await session.scalar(text(f"select {HORIZON}")) or 0)


async def history(
    reading: Reading, *, store_id: UUID, sku_id: UUID, first: int, before: int | None
) -> list[MovementRow]:
    """Return one more than a page of an item's movements in a store, newest first.

    What an ERP said that goods cost is for those who may read costs; what customers paid is not.
    """
    require(reading.actor, Permission.MOVEMENT_READ, store_id)
    bound = {"store": store_id, "sku": sku_id, "before": before, "most": first + 1}
    costs = reading.actor.may(Permission.COST_READ, store_id)
    return [_movement(row, costs=costs) for row in await reading.session.execute(_HISTORY, bound)]


def level_of(row: Any) -> Level:
    """Return a row that begins with the columns of `LEVEL` as a `Level`."""
    return Level(as_uuid(row[0]), as_uuid(row[1]), *row[2:8])


async def _skus(session: AsyncSession, asked: StockFilter) -> tuple[UUID, ...] | None:
    if asked.category_ids is None and not asked.text:
        return asked.sku_ids
    wanted = select(Sku.id)
    if asked.category_ids is not None:
        wanted = wanted.where(Sku.id.in_(skus_in(asked.category_ids)))
    if asked.text:
        wanted = wanted.where(Sku.id.in_(skus_with(asked.text)))
    if asked.sku_ids is not None:
        wanted = wanted.where(Sku.id.in_(asked.sku_ids))
    return tuple(as_uuid(sku_id) for sku_id in await session.scalars(wanted))


def _bound(within: Slice) -> dict[str, Any]:
    skus = None if within.skus is None else list(within.skus)
    return {"stores": list(within.stores), "skus": skus, "below_safety": within.below_safety}


def _movement(row: Any, *, costs: bool) -> MovementRow:
    counter = Account(row[5])
    return MovementRow(
        movement_id=as_uuid(row[0]),
        version=row[1],
        kind=MovementKind(row[2]),
        quantity=row[3],
        reserved=row[4],
        counter_account=counter,
        balance=row[6],
        amount_fen=row[7] if costs or counter is Account.CUSTOMER else None,
        reason=AdjustmentReason(row[8]) if row[8] else None,
        note=row[9],
        occurred_at=row[10],
        recorded_at=row[11],
        clock_error_seconds=row[12],
        device=row[13],
        latitude=row[14],
        longitude=row[15],
        source=Source(row[16]),
        document_id=as_uuid(row[17]),
        by=row[18],
    )


def _too_much(at_most: int) -> InvalidInput:
    words = (
        f"More than {at_most:,} levels: filter by store or category.",
        f"超过 {at_most:,} 个，请按门店或品类筛选。",
    )
    return InvalidInput([Problem("filter", "TOO_MUCH", *words)])
