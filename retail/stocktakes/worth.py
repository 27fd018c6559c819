"""What a difference is worth: list prices for the verdict, which is the same for everybody who reads it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from retail.catalogue.models import Price
from retail.kernel.content import as_uuid


async def list_prices(session: AsyncSession, store_id: UUID, sku_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return the list prices in force now, in fen a base unit: the store's own before the chain's."""
    rows = await session.execute(
        select(Price.sku_id, Price.fen)
        .ext(distinct_on(Price.sku_id))
        .where(
            Price.sku_id.in_(sku_ids),
            or_(Price.store_id.is_(None), Price.store_id == store_id),
            Price.valid_from <= func.now(),
            or_(Price.valid_until.is_(None), Price.valid_until > func.now()),
        )
        .order_by(Price.sku_id, Price.store_id.is_(None), Price.valid_from.desc(), Price.id.desc())
    )
    return {as_uuid(row.sku_id): row.fen for row in rows}
