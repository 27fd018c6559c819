"""Reads of returns: a store's list, what waits to be looked at, and how long it takes until a thing is sold again."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from retail.access.models import Person
from retail.access.permissions import Permission
from retail.access.work import Reading, require
from retail.inventory.models import StockLevel
from retail.kernel.content import as_uuid
from retail.kernel.refusal import InvalidInput, NotFound, NotPermitted, Problem
from retail.returns.models import Disposition, GoodsReturn, QuarantineLot, ReturnReason
from retail.returns.rules import Shelf, send_to
from retail.stores.directory import StoreEntry
from retail.stores.places import metres_from
from retail.stores.queries import in_sight

LOTS_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """A return with what became of it; `lot` is None when it never stood in quarantine."""

    row: GoodsReturn
    lot: QuarantineLot | None
    by: str

    @property
    def place(self) -> tuple[datetime, UUID]:
        """Return where it stands in the list."""
        return self.row.recorded_at, as_uuid(self.row.id)

    @property
    def waits(self) -> bool:
        """Say whether it stands in quarantine now."""
        return self.lot is not None and self.lot.closed_at is None


@dataclass(frozen=True, slots=True)
class ReturnsToday:
    """How many came back in the business day, and how many lots wait to be looked at, since when."""

    taken: int
    waiting: int
    waiting_since: datetime | None


@dataclass(frozen=True, slots=True)
class OfReason:
    """How many returns had a reason; how many of their lots were sold again, and half of those within so many hours."""

    returns: int
    lots_resold: int
    median_hours: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """What came back in a time; hours are from the counter to being on sale again, of lots that passed."""

    returns: int
    units: int
    refund_fen: int
    without_proof: int
    overridden: int
    by_disposition: Mapping[Disposition, int]
    by_reason: Mapping[ReturnReason, OfReason]
    lots_resold: int
    median_hours: float | None
    p90_hours: float | None
    waiting: int
    waiting_since: datetime | None


async def returns_of(
    reading: Reading, store: StoreEntry, *, size: int, before: tuple[datetime, UUID] | None, waiting: bool
) -> Sequence[ReturnRow]:
    """Return a store's returns, the newest first, one more if there are more; or what waits, the oldest first."""
    await _guard(reading, store)
    question = _rows().where(GoodsReturn.store_id == store.id)
    if waiting:
        question = question.where(QuarantineLot.id.is_not(None), QuarantineLot.closed_at.is_(None))
        question = question.order_by(QuarantineLot.put_at, GoodsReturn.id).limit(LOTS_AT_MOST)
    else:
        if before is not None:
            question = question.where(tuple_(GoodsReturn.recorded_at, GoodsReturn.id) < tuple_(*before))
        question = question.order_by(GoodsReturn.recorded_at.desc(), GoodsReturn.id.desc()).limit(size + 1)
    return [_told(row) for row in await reading.session.execute(question)]


async def return_named(session: AsyncSession, store_id: UUID, return_id: UUID) -> ReturnRow:
    """Return a return that is known to be there."""
    question = _rows().where(GoodsReturn.store_id == store_id, GoodsReturn.id == return_id)
    return _told((await session.execute(question)).one())


async def today(reading: Reading, store: StoreEntry) -> ReturnsToday:
    """Return how a store's day stands."""
    await _guard(reading, store)
    began = store.day_began(reading.now)
    taken = await reading.session.scalar(
        select(func.count()).where(
            GoodsReturn.store_id == store.id, GoodsReturn.recorded_at >= began, GoodsReturn.cancelled_at.is_(None)
        )
    )
    counted = select(func.count(), func.min(QuarantineLot.put_at)).where(
        QuarantineLot.store_id == store.id, QuarantineLot.closed_at.is_(None)
    )
    waiting, since = (await reading.session.execute(counted)).one()
    return ReturnsToday(taken or 0, waiting, since)


async def quarantined(session: AsyncSession, keys: Collection[tuple[UUID, UUID]]) -> Mapping[tuple[UUID, UUID], int]:
    """Return how many pieces of (store, SKU) pairs stand in quarantine; pairs without any are left out."""
    rows = await session.execute(
        select(QuarantineLot.store_id, QuarantineLot.sku_id, func.sum(QuarantineLot.units))
        .where(QuarantineLot.closed_at.is_(None), tuple_(QuarantineLot.store_id, QuarantineLot.sku_id).in_(list(keys)))
        .group_by(QuarantineLot.store_id, QuarantineLot.sku_id)
    )
    return {(as_uuid(store), as_uuid(sku)): int(units) for store, sku, units in rows}


async def figures(reading: Reading, store_ids: Collection[UUID] | None, *, since: datetime, until: datetime) -> Figures:
    """Return what came back to some stores in a time; those whose figures the asker may not read are left out."""
    if Permission.WORK_READ not in reading.actor.grants:
        raise NotPermitted(Permission.WORK_READ)
    if since >= until:
        words = ("Must be after `from`.", "须晚于开始时间。")
        raise InvalidInput([Problem("to", "NOT_AFTER", *words)])
    seen = set(reading.store_ids(Permission.WORK_READ))
    stores = sorted(seen if store_ids is None else seen & set(store_ids))
    bound = {"stores": stores, "since": since, "until": until}
    row = (await reading.session.execute(_FIGURES, bound)).one()
    dispositions = (await reading.session.execute(_BY_DISPOSITION, bound)).all()
    reasons = (await reading.session.execute(_BY_REASON, bound)).all()
    return Figures(
        returns=row.returns,
        units=int(row.units),
        refund_fen=int(row.refund_fen),
        without_proof=row.without_proof,
        overridden=row.overridden,
        by_disposition={Disposition(name): count for name, count in dispositions},
        by_reason={ReturnReason(name): OfReason(*figures) for name, *figures in reasons},
        lots_resold=row.lots_resold,
        median_hours=row.median_hours,
        p90_hours=row.p90_hours,
        waiting=row.waiting,
        waiting_since=row.waiting_since,
    )


async def needed_elsewhere(session: AsyncSession, stores: Mapping[UUID, StoreEntry], row: GoodsReturn) -> Shelf | None:
    """Return the shelf of the same region that needs what came back on sale more than this one, if there is one.

    Read as the system: the other shelves are other stores'.
    """
    if row.disposition != Disposition.BACK_ON_SALE:
        return None
    here = stores[as_uuid(row.store_id)]
    near = [store for store in stores.values() if store.region_id == here.region_id]
    levels = await session.execute(
        select(StockLevel.store_id, StockLevel.on_hand - StockLevel.reserved, StockLevel.safety_stock).where(
            StockLevel.store_id.in_([store.id for store in near]), StockLevel.sku_id == row.sku_id
        )
    )
    shelves = {as_uuid(id): _shelf(here, stores[as_uuid(id)], available, safety) for id, available, safety in levels}
    mine = shelves.pop(here.id, None)
    return None if mine is None else send_to(mine, shelves.values(), row.units)


def _shelf(here: StoreEntry, store: StoreEntry, available: int, safety: int) -> Shelf:
    distance = metres_from(here, store.latitude, store.longitude)
    return Shelf(store.name, store.name_en, available, safety, distance)


async def _guard(reading: Reading, store: StoreEntry) -> None:
    require(reading.actor, Permission.MOVEMENT_READ, store.id)
    if not await in_sight(reading, {store.id: store}):
        raise NotFound("storeId", "store", "门店")


def _rows() -> Any:
    same = (QuarantineLot.store_id == GoodsReturn.store_id) & (QuarantineLot.id == GoodsReturn.id)
    by = case((Person.name.is_(None), ""), else_=Person.name)
    return (
        select(GoodsReturn, QuarantineLot, by)
        .outerjoin(QuarantineLot, same)
        .outerjoin(Person, Person.id == GoodsReturn.recorded_by)
    )


def _told(row: Any) -> ReturnRow:
    return ReturnRow(row[0], row[1], row[2])


def hours_waiting(lot: QuarantineLot, now: datetime) -> float:
    """Return for how many hours a lot has stood, or stood, in quarantine."""
    return max(((lot.closed_at or now) - lot.put_at).total_seconds() / 3600, 0.0)


_TAKEN = (
    "from goods_return where store_id = any (cast(:stores as uuid[]))"
    " and occurred_at >= :since and occurred_at < :until and cancelled_at is null"
)
_BY_DISPOSITION = text(f"select disposition, count(*) {_TAKEN} group by 1 order by 1")
_BY_REASON = text(
    f"""
    with taken as (select * {_TAKEN})
    select r.reason, count(*), count(*) filter (where l.passed_units > 0),
        percentile_cont(0.5) within group (order by extract(epoch from l.closed_at - l.put_at) / 3600)
            filter (where l.passed_units > 0)::float8
    from taken r left join quarantine_lot l on l.store_id = r.store_id and l.id = r.id
    group by 1 order by 2 desc, 1
    """  # noqa: S608 -- same
)
_FIGURES = text(
    f"""
    with taken as (select * {_TAKEN}), lot as (
        select l.*, extract(epoch from l.closed_at - l.put_at) / 3600 as hours
        from quarantine_lot l join taken r on r.store_id = l.store_id and r.id = l.id
    )
    select count(*) as returns, coalesce(sum(units), 0) as units, coalesce(sum(refund_fen), 0) as refund_fen,
        count(*) filter (where sale_line_id is null) as without_proof,
        count(*) filter (where disposition <> advised) as overridden,
        (select count(*) from lot where passed_units > 0) as lots_resold,
        (select percentile_cont(0.5) within group (order by hours)::float8 from lot where passed_units > 0)
            as median_hours,
        (select percentile_cont(0.9) within group (order by hours)::float8 from lot where passed_units > 0)
            as p90_hours,
        (select count(*) from lot where closed_at is null) as waiting,
        (select min(put_at) from lot where closed_at is null) as waiting_since
    from taken
    """  # noqa: S608 -- same
)
