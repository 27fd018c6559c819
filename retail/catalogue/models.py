"""Categories, products, SKUs with their codes, prices by store and time, and costs by time."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from retail.catalogue.in_store import Measure
from retail.kernel.base import Base, new_id


class Locality(StrEnum):
    """Whether an SKU belongs to the whole chain or was added by a region."""

    CORE = "core"
    LOCAL = "local"


class Category(Base):
    """A node of the category tree; a category without a parent is a top-level one."""

    __tablename__ = "category"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("category.id"))


class Product(Base):
    """What a customer would call one thing; its sizes and flavours are SKUs."""

    __tablename__ = "product"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    category_id: Mapped[UUID] = mapped_column(ForeignKey("category.id"), index=True)


class Sku(Base):
    """A stock-keeping unit: the smallest thing that is counted.

    `search` holds name, English name, code and pinyin initials in lower case.
    """

    __tablename__ = "sku"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product.id"), index=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(20), default="件")
    locality: Mapped[Locality] = mapped_column(String(16), default=Locality.CORE)
    search: Mapped[str]


class SkuCode(Base):
    """A GTIN printed on an SKU or on a pack of it; scanning it means `pack_units` of the SKU."""

    __tablename__ = "sku_code"
    __table_args__ = (CheckConstraint("pack_units between 1 and 100000", name="pack_units"),)

    gtin: Mapped[str] = mapped_column(String(14), primary_key=True)
    sku_id: Mapped[UUID] = mapped_column(ForeignKey("sku.id"), index=True)
    pack_units: Mapped[int] = mapped_column(default=1)


class Price(Base):
    """What one unit costs the customer, in fen, in one store (or the chain) for a time."""

    __tablename__ = "price"
    __table_args__ = (
        CheckConstraint("fen >= 0", name="not_negative"),
        Index(None, "sku_id", "store_id", "valid_from"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    sku_id: Mapped[UUID] = mapped_column(ForeignKey("sku.id"))
    store_id: Mapped[UUID | None] = mapped_column(ForeignKey("store.id"))
    fen: Mapped[int] = mapped_column(BigInteger)
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]


class SkuCost(Base):
    """What one unit costs the chain, in fen, from a time on; the latest to begin counts.

    Not of a store. Its wall shows it only to whose role reads costs.
    """

    __tablename__ = "sku_cost"
    __table_args__ = (CheckConstraint("fen >= 0", name="not_negative"),)

    sku_id: Mapped[UUID] = mapped_column(ForeignKey("sku.id"), primary_key=True)
    valid_from: Mapped[datetime] = mapped_column(primary_key=True)
    fen: Mapped[int] = mapped_column(BigInteger)


class InStorePattern(Base):
    """How the chain's scales write a weight or a price into a code, for codes that begin with `prefix`."""

    __tablename__ = "in_store_pattern"
    __table_args__ = (
        CheckConstraint(r"prefix ~ '^(02|2\d\d?)$'", name="prefix"),
        CheckConstraint(
            "length(prefix) + item_digits + value_digits + case when price_check then 1 else 0 end = 12", name="digits"
        ),
    )

    prefix: Mapped[str] = mapped_column(String(3), primary_key=True)
    item_digits: Mapped[int] = mapped_column(SmallInteger)
    value_digits: Mapped[int] = mapped_column(SmallInteger)
    measure: Mapped[Measure] = mapped_column(String(8))
    price_check: Mapped[bool]
