"""The tables of returns: what came back, what waits to be looked at, and how much of each sale is left to return."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from retail.kernel.base import Base, new_id


class ReturnReason(StrEnum):
    """Why a customer brings something back."""

    QUALITY = "quality"
    EXPIRED = "expired"
    WRONG_ITEM = "wrong_item"
    UNWANTED = "unwanted"
    DELIVERY_ERROR = "delivery_error"
    DAMAGED = "damaged"
    OTHER = "other"


class Condition(StrEnum):
    """In what state it comes back."""

    SEALED = "sealed"
    OPENED_GOOD = "opened_good"
    DAMAGED = "damaged"
    EXPIRED = "expired"
    UNSELLABLE = "unsellable"


class Handling(StrEnum):
    """What a category's goods need, so that they can be sold again; of a category that says nothing, ambient."""

    AMBIENT = "ambient"
    CHILLED = "chilled"
    MADE_HERE = "made_here"
    NON_FOOD = "non_food"


class Disposition(StrEnum):
    """Where goods go that came back."""

    BACK_ON_SALE = "back_on_sale"
    QUARANTINE = "quarantine"
    SUPPLIER = "supplier"
    DESTROYED = "destroyed"


class GoodsReturn(Base):
    """Some of one SKU that a customer brought back; its id is the document of its movements.

    `disposition` is what was done, `advised` what the rule named `rule` says. Without a sale the `sale_` fields are
    null: taken back without a proof. `refund_fen` is null when nobody knows what was paid.
    """

    __tablename__ = "goods_return"
    __table_args__ = (
        CheckConstraint("units > 0", name="units"),
        CheckConstraint("refund_fen >= 0", name="refund"),
        CheckConstraint("(sale_document_id is null) = (sale_line_id is null)", name="whole_sale"),
        Index(None, "store_id", "recorded_at"),
    )

    store_id: Mapped[UUID] = mapped_column(ForeignKey("store.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    sku_id: Mapped[UUID] = mapped_column(ForeignKey("sku.id"))
    units: Mapped[int]
    reason: Mapped[ReturnReason] = mapped_column(String(16))
    condition: Mapped[Condition] = mapped_column(String(16))
    disposition: Mapped[Disposition] = mapped_column(String(16))
    advised: Mapped[Disposition] = mapped_column(String(16))
    rule: Mapped[str] = mapped_column(String(40))
    override_reason: Mapped[str | None] = mapped_column(String(200))
    note: Mapped[str | None] = mapped_column(String(200))
    sale_line_id: Mapped[UUID | None]
    sale_document_id: Mapped[UUID | None]
    sale_store_id: Mapped[UUID | None]
    sold_at: Mapped[datetime | None]
    refund_fen: Mapped[int | None] = mapped_column(BigInteger)
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[UUID | None]


class QuarantineLot(Base):
    """What of a return stands in quarantine, never on sale, until somebody has looked at it.

    All lots that are open make up the ledger's quarantine account of their store and SKU.
    """

    __tablename__ = "quarantine_lot"
    __table_args__ = (
        ForeignKeyConstraint(["store_id", "id"], ["goods_return.store_id", "goods_return.id"]),
        CheckConstraint("units > 0", name="units"),
        CheckConstraint("passed_units between 0 and units", name="passed"),
        CheckConstraint("(closed_at is null) = (passed_units is null)", name="closed_whole"),
        Index(None, "store_id", "put_at", postgresql_where=text("closed_at is null")),
    )

    store_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    sku_id: Mapped[UUID] = mapped_column(ForeignKey("sku.id"))
    units: Mapped[int]
    put_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None]
    passed_units: Mapped[int | None]
    failed_to: Mapped[Disposition | None] = mapped_column(String(16))
    note: Mapped[str | None] = mapped_column(String(200))


class SaleTally(Base):
    """How much of an SKU of a sale has come back to any store, and how much money has gone out for it.

    Only `claim_return` and `unclaim_return` write it, so that two stores never take the same thing back.
    """

    __tablename__ = "sale_tally"
    __table_args__ = (
        CheckConstraint("units >= 0", name="units"),
        CheckConstraint("fen >= 0", name="fen"),
    )

    store_id: Mapped[UUID] = mapped_column(primary_key=True)
    document_id: Mapped[UUID] = mapped_column(primary_key=True)
    sku_id: Mapped[UUID] = mapped_column(primary_key=True)
    units: Mapped[int] = mapped_column(server_default="0")
    fen: Mapped[int] = mapped_column(BigInteger, server_default="0")


class CategoryHandling(Base):
    """What the goods of a category need; the categories below it need the same unless they say otherwise."""

    __tablename__ = "category_handling"

    category_id: Mapped[UUID] = mapped_column(ForeignKey("category.id"), primary_key=True)
    handling: Mapped[Handling] = mapped_column(String(16))


class MemberLookup(Base):
    """Somebody asked what a member has bought; counted, never with the member."""

    __tablename__ = "member_lookup"
    __table_args__ = (Index(None, "actor_id", "looked_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    actor_id: Mapped[UUID]
    member: Mapped[str] = mapped_column(String(64))
    looked_at: Mapped[datetime]
