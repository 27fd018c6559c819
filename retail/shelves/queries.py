"""Reads of a store's shelves, for whoever reads its stock."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from retail.access.permissions import Permission
from retail.access.work import Reading, require
from retail.kernel.content import as_uuid
from retail.shelves.models import Shelf, ShelfSku


@dataclass(frozen=True, slots=True)
class ShelfRow:
    """A shelf with the SKUs that are expected there."""

    id: UUID
    store_id: UUID
    zone: str
    code: str
    name: str
    place: int
    token: str
    retired_at: datetime | None
    sku_ids: tuple[UUID, ...]


async def shelves(reading: Reading, store_id: UUID) -> list[ShelfRow]:
    """Return the shelves in use of a store by zone and place; another's store is not found."""
    require(reading.actor, Permission.STOCK_READ, store_id)
    rows = await reading.session.scalars(
        select(Shelf)
        .where(Shelf.store_id == store_id, Shelf.retired_at.is_(None))
        .order_by(Shelf.zone, Shelf.place, Shelf.code)
    )
    return await _with_skus(reading.session, store_id, list(rows))


async def shelves_named(reading: Reading, store_id: UUID, shelf_ids: Collection[UUID]) -> list[ShelfRow]:
    """Return some shelves of a store, also retired ones, by zone and place."""
    rows = await reading.session.scalars(
        select(Shelf)
        .where(Shelf.store_id == store_id, Shelf.id.in_(shelf_ids))
        .order_by(Shelf.zone, Shelf.place, Shelf.code)
    )
    return await _with_skus(reading.session, store_id, list(rows))


async def shelf_of_token(reading: Reading, token: str) -> ShelfRow | None:
    """Return the shelf in use whose QR code holds a token, if the asker sees its store's stock."""
    if "\0" in token:
        return None
    row = await reading.session.scalar(select(Shelf).where(Shelf.token == token, Shelf.retired_at.is_(None)))
    if row is None or not reading.actor.may(Permission.STOCK_READ, as_uuid(row.store_id)):
        return None
    return (await _with_skus(reading.session, as_uuid(row.store_id), [row]))[0]


async def skus_expected(
    session: AsyncSession, store_id: UUID, *, shelf_id: UUID | None = None, zone: str | None = None
) -> set[UUID]:
    """Return the SKUs that are expected on a shelf, in a zone, or on any shelf in use of a store."""
    wanted = (
        select(ShelfSku.sku_id)
        .join(Shelf, (Shelf.store_id == ShelfSku.store_id) & (Shelf.id == ShelfSku.shelf_id))
        .where(ShelfSku.store_id == store_id, Shelf.retired_at.is_(None))
    )
    if shelf_id is not None:
        wanted = wanted.where(Shelf.id == shelf_id)
    if zone is not None:
        wanted = wanted.where(Shelf.zone == zone)
    return {as_uuid(sku_id) for sku_id in await session.scalars(wanted)}


async def _with_skus(session: AsyncSession, store_id: UUID, rows: list[Shelf]) -> list[ShelfRow]:
    expected: dict[UUID, list[UUID]] = {}
    for shelf_id, sku_id in await session.execute(
        select(ShelfSku.shelf_id, ShelfSku.sku_id)
        .where(ShelfSku.store_id == store_id, ShelfSku.shelf_id.in_([row.id for row in rows]))
        .order_by(ShelfSku.sku_id)
    ):
        expected.setdefault(as_uuid(shelf_id), []).append(as_uuid(sku_id))
    return [
        ShelfRow(
            id=as_uuid(row.id),
            store_id=as_uuid(row.store_id),
            zone=row.zone,
            code=row.code,
            name=row.name,
            place=row.place,
            token=row.token,
            retired_at=row.retired_at,
            sku_ids=tuple(expected.get(as_uuid(row.id), ())),
        )
        for row in rows
    ]
