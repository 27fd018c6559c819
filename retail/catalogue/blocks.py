"""The catalogue in blocks, each with a digest: so a device that knows most of it asks for little.

An SKU lies in the same block for ever. The digest of a block covers all that a device keeps of its SKUs, the price in
a store now included; so a price that begins by itself changes it, and so does an SKU that goes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from retail.kernel.content import as_uuid

BLOCKS = 64
NOTHING = ""
"""The digest of a block without an SKU, and of one that a device does not know."""

_BLOCK = f"(('x' || left(md5(sku.id::text), 2))::bit(8)::int % {BLOCKS})"
_DIGESTS = text(
    f"""
    with priced as (
        select distinct on (sku_id) sku_id, fen from price
        where (store_id is null or store_id = :store_id)
          and valid_from <= :now and (valid_until is null or valid_until > :now)
        order by sku_id, store_id is null, valid_from desc
    ), coded as (
        select sku_id, string_agg(gtin || '*' || pack_units, ',' order by gtin) as gtins from sku_code group by sku_id
    )
    select {_BLOCK} as number,
           md5(string_agg(
               concat_ws(chr(31), sku.id, sku.code, sku.name, sku.name_en, sku.unit, product.category_id,
                         coalesce(coded.gtins, '-'), coalesce(priced.fen::text, '-')),
               chr(30) order by sku.id)) as digest
    from sku
    join product on product.id = sku.product_id
    left join coded on coded.sku_id = sku.id
    left join priced on priced.sku_id = sku.id
    group by number
    """  # noqa: S608 -- only a constant of ours
)
_SKUS = text(
    f"select {_BLOCK} as number, sku.id from sku where {_BLOCK} = any(:numbers) order by number, sku.id"  # noqa: S608 -- as above
)


@dataclass(frozen=True, slots=True)
class Block:
    """A block that is not as a device knows it, and all SKUs that are in it now."""

    number: int
    digest: str
    sku_ids: tuple[UUID, ...]


async def changed_blocks(
    session: AsyncSession, *, store_id: UUID, known: Sequence[str], now: datetime, most: int
) -> tuple[list[Block], bool]:
    """Return the blocks that differ from `known` digests, up to about `most` SKUs, and whether those are all."""
    fresh = [NOTHING] * BLOCKS
    for row in await session.execute(_DIGESTS, {"store_id": store_id, "now": now}):
        fresh[row.number] = row.digest
    padded = [*known, *[NOTHING] * (BLOCKS - len(known))]
    numbers = [number for number in range(BLOCKS) if fresh[number] != padded[number]]
    held: dict[int, list[UUID]] = {number: [] for number in numbers}
    for row in await session.execute(_SKUS, {"numbers": numbers}):
        held[row.number].append(as_uuid(row.id))
    told: list[Block] = []
    count = 0
    for number in numbers:
        if told and count + len(held[number]) > most:
            return told, False
        told.append(Block(number, fresh[number], tuple(held[number])))
        count += len(held[number])
    return told, True
