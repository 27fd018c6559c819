"""Reads of the catalogue: categories, SKUs by text and category, SKUs by id."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, func, literal, or_, select, tuple_
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from retail.catalogue.codes import is_gtin, plain_gtin
from retail.catalogue.models import Category, Locality, Product, Sku, SkuCode
from retail.kernel.content import as_uuid


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A node of the category tree."""

    id: UUID
    code: str
    name: str
    name_en: str
    parent_id: UUID | None


@dataclass(frozen=True, slots=True)
class SkuRow:
    """An SKU with its category and its GTINs (each with the base units it stands for)."""

    id: UUID
    code: str
    name: str
    name_en: str
    unit: str
    locality: Locality
    category: CategoryRow
    gtins: tuple[tuple[str, int], ...]


_CATEGORY = (Category.id, Category.code, Category.name, Category.name_en, Category.parent_id)
_SKU = (Sku.id, Sku.code, Sku.name, Sku.name_en, Sku.unit, Sku.locality)


async def categories(session: AsyncSession) -> list[CategoryRow]:
    """Return the whole tree, parents before children."""
    rows = await session.execute(select(*_CATEGORY).order_by(Category.parent_id.nulls_first(), Category.code))
    return [_category(row) for row in rows]


def below_categories(category_ids: Collection[UUID]) -> Select[UUID]:
    """Return the ids of some categories and of all below them."""
    tree = select(Category.id).where(Category.id.in_(category_ids)).cte("tree", recursive=True)
    return select(tree.union(select(Category.id).join(tree, Category.parent_id == tree.c.id)).c.id)


def skus_with(words: str) -> Select[UUID]:
    """Return the SKUs whose names, code or pinyin contain a text, or whose GTIN it is."""
    plain = _without_null(words).strip().lower()
    pattern = plain.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    found = Sku.search.like(f"%{pattern}%")
    if not is_gtin(plain):
        return select(Sku.id).where(found)
    return select(Sku.id).where(or_(found, Sku.id.in_(_coded(plain))))


def skus_in(category_ids: Collection[UUID]) -> Select[UUID]:
    """Return the SKUs of some categories and of all below them."""
    return (
        select(Sku.id)
        .join(Product, Product.id == Sku.product_id)
        .where(Product.category_id.in_(below_categories(category_ids)))
    )


async def sku_page(
    session: AsyncSession,
    *,
    text: str | None,
    category_ids: Collection[UUID] | None,
    first: int,
    after: list[Any] | None,
) -> tuple[list[tuple[SkuRow, tuple[int, str, UUID]]], int]:
    """Return one more than a page of SKUs with their places, best matches first, and the count."""
    conditions = []
    if text:
        conditions.append(Sku.id.in_(skus_with(text)))
    if category_ids is not None:
        conditions.append(Sku.id.in_(skus_in(category_ids)))
    rank = case((Sku.name.startswith(_without_null(text or ""), autoescape=True), 0), else_=1)
    wanted = select(Sku.id, rank.label("rank"), Sku.code).where(*conditions)
    total = await session.scalar(select(func.count()).select_from(wanted.subquery()))
    if after is not None:
        place = tuple_(literal(after[0]), literal(after[1]), literal(after[2], postgresql.UUID(as_uuid=True)))
        wanted = wanted.where(tuple_(rank, Sku.code, Sku.id) > place)
    places = [
        (row.rank, row.code, as_uuid(row.id))
        for row in await session.execute(wanted.order_by(rank, Sku.code, Sku.id).limit(first + 1))
    ]
    rows = await skus_by_id(session, [place[2] for place in places])
    return [(rows[place[2]], place) for place in places if place[2] in rows], total or 0


async def skus_by_id(session: AsyncSession, sku_ids: Sequence[UUID]) -> dict[UUID, SkuRow]:
    """Return SKUs with category and GTINs; unknown ids are left out."""
    if not sku_ids:
        return {}
    codes: dict[UUID, list[tuple[str, int]]] = {}
    for row in await session.execute(
        select(SkuCode.sku_id, SkuCode.gtin, SkuCode.pack_units)
        .where(SkuCode.sku_id.in_(sku_ids))
        .order_by(SkuCode.pack_units, SkuCode.gtin)
    ):
        codes.setdefault(as_uuid(row.sku_id), []).append((row.gtin, row.pack_units))
    found = {}
    rows: Iterable[Any] = await session.execute(
        select(*_SKU, *_CATEGORY)
        .join(Product, Product.id == Sku.product_id)
        .join(Category, Category.id == Product.category_id)
        .where(Sku.id.in_(sku_ids))
    )
    for row in rows:
        sku_id = as_uuid(row[0])
        found[sku_id] = SkuRow(
            id=sku_id,
            code=row[1],
            name=row[2],
            name_en=row[3],
            unit=row[4],
            locality=Locality(row[5]),
            category=_category(row[6:11]),
            gtins=tuple(codes.get(sku_id, ())),
        )
    return found


def _without_null(words: str) -> str:
    """Return words that PostgreSQL takes: it refuses a null byte, and nothing that it keeps holds the sign for one."""
    return words.replace("\0", "\N{SYMBOL FOR NULL}")


def _coded(gtin: str) -> Select[UUID]:
    return select(SkuCode.sku_id).where(SkuCode.gtin == plain_gtin(gtin))


def _category(row: Any) -> CategoryRow:
    return CategoryRow(as_uuid(row[0]), row[1], row[2], row[3], as_uuid(row[4]) if row[4] else None)
