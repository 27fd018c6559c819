"""Writes of the catalogue: importing categories, products, SKUs, codes and prices in bulk."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from retail.access.work import Work
from retail.catalogue.codes import is_gtin, plain_gtin
from retail.catalogue.costs import record_costs
from retail.catalogue.models import Category, Locality, Price, Product, Sku, SkuCode
from retail.kernel.base import Base, new_id
from retail.kernel.content import as_uuid
from retail.kernel.events import CatalogueChanged
from retail.kernel.refusal import InvalidInput, NotFound, Problem

PACK_UNITS_AT_MOST = 100_000
_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class NewSku:
    """An SKU to import: its category by code, GTINs with the units they stand for, price and cost in fen."""

    code: str
    name: str
    name_en: str
    category_code: str
    price_fen: int | None = None
    cost_fen: int | None = None
    unit: str = "件"
    locality: Locality = Locality.CORE
    gtins: Sequence[tuple[str, int]] = field(default_factory=tuple)


def search_text(name: str, name_en: str, code: str) -> str:
    """Return the text that a search looks into: names, code, pinyin and pinyin initials."""
    # Its dictionary costs half a second and 60 MB, which a server that imports nothing is spared.
    from pypinyin import Style, lazy_pinyin

    initials = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER))
    pinyin = "".join(lazy_pinyin(name))
    return f"{name} {name_en} {code} {pinyin} {initials}".lower()


async def import_categories(work: Work, rows: Iterable[tuple[str, str, str, str | None]]) -> None:
    """Add categories (code, name, English name, parent's code), parents first; known codes stay."""
    known = {row.code: as_uuid(row.id) for row in await work.session.execute(select(Category.id, Category.code))}
    for code, name, name_en, parent in rows:
        if code in known:
            continue
        known[code] = new_id()
        parent_id = known[parent] if parent else None
        work.session.add(Category(id=known[code], code=code, name=name, name_en=name_en, parent_id=parent_id))
        await work.session.flush()
    work.announce(CatalogueChanged())


async def import_skus(work: Work, skus: Sequence[NewSku]) -> dict[str, UUID]:
    """Add SKUs, each with a product of its own; known codes stay. Return the ids by code.

    A GTIN that is taken already keeps its first SKU. A cost counts from now on, also of a known code.
    """
    categories = {row.code: as_uuid(row.id) for row in await work.session.execute(select(Category.id, Category.code))}
    known = {row.code: as_uuid(row.id) for row in await work.session.execute(select(Sku.id, Sku.code))}
    tables: dict[type[Base], list[dict[str, Any]]] = {Product: [], Sku: [], SkuCode: [], Price: []}
    for new in skus:
        if new.code in known:
            continue
        known[new.code] = _add(tables, new, categories[new.category_code], work)
    for table, rows in tables.items():
        for start in range(0, len(rows), _AT_ONCE):
            statement = insert(table).on_conflict_do_nothing()
            await work.session.execute(statement, rows[start : start + _AT_ONCE])
    await record_costs(work, {known[new.code]: new.cost_fen for new in skus if new.cost_fen is not None})
    work.announce(CatalogueChanged())
    return {new.code: known[new.code] for new in skus}


def _add(tables: dict[type[Base], list[dict[str, Any]]], new: NewSku, category_id: UUID, work: Work) -> UUID:
    product_id, sku_id = new_id(), new_id()
    tables[Product].append({"id": product_id, "name": new.name, "name_en": new.name_en, "category_id": category_id})
    tables[Sku].append(
        {
            "id": sku_id,
            "product_id": product_id,
            "code": new.code,
            "name": new.name,
            "name_en": new.name_en,
            "unit": new.unit,
            "locality": new.locality,
            "search": search_text(new.name, new.name_en, new.code),
        }
    )
    tables[SkuCode].extend(
        {"gtin": plain_gtin(gtin), "sku_id": sku_id, "pack_units": units} for gtin, units in new.gtins
    )
    if new.price_fen is not None:
        tables[Price].append(
            {"id": new_id(), "sku_id": sku_id, "store_id": None, "fen": new.price_fen, "valid_from": work.now}
        )
    return sku_id


async def add_code(work: Work, *, gtin: str, sku_id: UUID, pack_units: int) -> bool:
    """Let a GTIN mean some units of an SKU, and say whether that is new; refused when it means something else.

    The caller has asked for the right to, and works in the system's session.
    """
    if not is_gtin(gtin):
        raise InvalidInput([Problem("code", "NOT_A_GTIN", "Not a GTIN.", "不是商品条码。")])
    if not 1 <= pack_units <= PACK_UNITS_AT_MOST:
        words = (f"1 to {PACK_UNITS_AT_MOST:,}.", f"须在 1 到 {PACK_UNITS_AT_MOST:,} 之间。")
        raise InvalidInput([Problem("packUnits", "OUT_OF_RANGE", *words)])
    if await work.session.get(Sku, sku_id) is None:
        raise NotFound("skuId", "SKU", "商品")
    plain = plain_gtin(gtin)
    added = await work.session.scalar(
        insert(SkuCode)
        .values(gtin=plain, sku_id=sku_id, pack_units=pack_units)
        .on_conflict_do_nothing()
        .returning(SkuCode.gtin)
    )
    held = await work.session.get(SkuCode, plain, populate_existing=True)
    if held is None or (as_uuid(held.sku_id), held.pack_units) != (sku_id, pack_units):
        words = ("It means something else in the catalogue.", "商品目录里，这个条码已指向别的商品或数量。")
        raise InvalidInput([Problem("code", "CODE_TAKEN", *words)])
    work.announce(CatalogueChanged())
    return added is not None


async def remove_code(work: Work, *, gtin: str, sku_id: UUID) -> None:
    """Let a GTIN mean an SKU no longer; nothing where it means none or another. Works in the system's session."""
    await work.session.execute(delete(SkuCode).where(SkuCode.gtin == plain_gtin(gtin), SkuCode.sku_id == sku_id))
    work.announce(CatalogueChanged())
