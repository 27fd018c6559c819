"""Returns with their goods and pictures, read together."""

from collections.abc import Sequence
from uuid import UUID

from retail.catalogue.queries import skus_by_id
from retail.kernel.content import as_uuid
from retail.photos.models import PhotoAbout
from retail.returns.handling import handlings
from retail.returns.models import Handling
from retail.returns.queries import ReturnRow, return_named
from schema.catalogue.types import Sku
from schema.kernel.context import Context
from schema.photos.loading import photos_of
from schema.returns.types import GoodsReturn


async def told_returns(context: Context, rows: Sequence[ReturnRow]) -> list[GoodsReturn]:
    """Return returns as they are told, in their order."""
    if not rows:
        return []
    async with context.reading() as reading:
        skus = await skus_by_id(reading.session, list({as_uuid(told.row.sku_id) for told in rows}))
        needs = await handlings(reading.session)
        now = reading.now
    places = {(as_uuid(told.row.store_id), as_uuid(told.row.id)) for told in rows}
    photos = await photos_of(context, PhotoAbout.RETURN, places)
    found = []
    for told in rows:
        sku = skus[as_uuid(told.row.sku_id)]
        need = needs.get(sku.category.id, Handling.AMBIENT)
        place = as_uuid(told.row.store_id), as_uuid(told.row.id)
        found.append(GoodsReturn.of(told, Sku.of(sku), need, photos.get(place, []), now))
    return found


async def told_return(context: Context, store_id: UUID, return_id: UUID) -> tuple[ReturnRow, GoodsReturn]:
    """Return one return that was just written, as it is and as it is told."""
    async with context.reading() as reading:
        row = await return_named(reading.session, store_id, return_id)
    return row, (await told_returns(context, [row]))[0]
