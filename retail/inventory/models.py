"""The tables of the ledger: movements, running levels and reservations."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from retail.kernel.base import Base, Xid8, new_id


class MovementKind(StrEnum):
    """What happened to the stock."""

    OPENING = "opening"
    SALE = "sale"
    CUSTOMER_RETURN = "customer_return"
    RECEIPT = "receipt"
    SUPPLIER_RETURN = "supplier_return"
    ADJUSTMENT = "adjustment"
    WASTE = "waste"
    QUARANTINE = "quarantine"
    RESERVE = "reserve"
    RELEASE = "release"


class Account(StrEnum):
    """The other side of a movement: where the goods came from or went to."""

    CUSTOMER = "customer"
    SUPPLIER = "supplier"
    SHRINKAGE = "shrinkage"
    FOUND = "found"
    OPENING = "opening"
    TRANSIT = "transit"
    QUARANTINE = "quarantine"
    NONE = "none"


class AdjustmentReason(StrEnum):
    """Why the book was set right."""

    COUNTED = "counted"
    DAMAGED = "damaged"
    EXPIRED = "expired"
    STOLEN = "stolen"
    FOUND = "found"
    MISRECORDED = "misrecorded"
    OTHER = "other"


class Source(StrEnum):
    """What kind of system reported a fact."""

    TILL = "till"
    PHONE = "phone"
    MINI_PROGRAM = "mini_program"
    MEITUAN = "meituan"
    DOUYIN = "douyin"
    ERP = "erp"
    REPLAY = "replay"
    OTHER = "other"


class StockLevel(Base):
    """The running totals of one SKU in one store, in base units.

    `version` counts the movements that made it; `sold_units` is what customers took, net of
    returns, since the beginning.
    """

    __tablename__ = "stock_level"
    __table_args__ = (
        # Far from where 32 bits end, so that no sum of a row's figures leaves them.
        CheckConstraint("on_hand between -1000000000 and 1000000000", name="on_hand"),
        CheckConstraint("reserved >= 0", name="reserved"),
        CheckConstraint("safety_stock >= 0", name="safety_stock"),
        # No index may cover a column that a sale changes: then updates stay on their page.
        {"postgresql_with": {"fillfactor": 60}},
    )

    store_id: Mapped[UUID] = mapped_column(ForeignKey("store.id"), primary_key=True)
    sku_id: Mapped[UUID] = mapped_column(ForeignKey("sku.id"), primary_key=True)
    on_hand: Mapped[int] = mapped_column(server_default="0")
    reserved: Mapped[int] = mapped_column(server_default="0")
    incoming: Mapped[int] = mapped_column(server_default="0")
    safety_stock: Mapped[int] = mapped_column(server_default="0")
    sold_units: Mapped[int] = mapped_column(BigInteger, server_default="0")
    version: Mapped[int] = mapped_column(BigInteger, server_default="0")


class Movement(Base):
    """One change of one level, written once and never edited.

    `quantity` is the signed change of what is on hand and comes from or goes to
    `counter_account`; `reserved` is the signed change of what is promised. Versions of one
    store and SKU are 1, 2, 3 ... without a gap. `balance` is what was on hand afterwards.
    `xid` is the writing transaction: readers follow it up to the oldest one still running.
    `log_seq` is the entry of the store's operation log that vouches for it (see `inventory.lines`);
    what is older than the log has none, and the first entry vouches for all of that.
    """

    __tablename__ = "movement"
    __table_args__ = (
        UniqueConstraint("movement_id"),
        Index(None, "xid"),
        Index(
            "ix_movement_differences",
            "store_id",
            "occurred_at",
            postgresql_where=text("kind in ('adjustment', 'waste')"),
        ),
        CheckConstraint("quantity <> 0 or reserved <> 0", name="moves_something"),
        CheckConstraint("quantity = 0 or counter_account <> 'none'", name="conserves"),
    )

    store_id: Mapped[UUID] = mapped_column(primary_key=True)
    sku_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    movement_id: Mapped[UUID]
    kind: Mapped[MovementKind] = mapped_column(String(20))
    quantity: Mapped[int]
    reserved: Mapped[int]
    counter_account: Mapped[Account] = mapped_column(String(12))
    balance: Mapped[int]
    amount_fen: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[AdjustmentReason | None] = mapped_column(String(16))
    note: Mapped[str | None] = mapped_column(String(200))
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    clock_error_seconds: Mapped[int | None]
    actor_id: Mapped[UUID | None]
    device: Mapped[str | None] = mapped_column(String(100))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    source: Mapped[Source] = mapped_column(String(16))
    document_id: Mapped[UUID]
    content_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    xid: Mapped[int] = mapped_column(Xid8, server_default=text("pg_current_xact_id()"))
    log_seq: Mapped[int | None] = mapped_column(BigInteger)


class ReservationStatus(StrEnum):
    """What became of a reservation."""

    OPEN = "open"
    RELEASED = "released"
    FULFILLED = "fulfilled"
    EXPIRED = "expired"


class Reservation(Base):
    """Stock promised to a channel's order until it is sold, released or expires."""

    __tablename__ = "reservation"
    __table_args__ = (Index(None, "expires_at", postgresql_where=text("status = 'open'")), Index(None, "id"))

    store_id: Mapped[UUID] = mapped_column(ForeignKey("store.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    actor_id: Mapped[UUID]
    source: Mapped[Source] = mapped_column(String(16))
    status: Mapped[ReservationStatus] = mapped_column(String(12), default=ReservationStatus.OPEN)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class ReservationLine(Base):
    """How many of one SKU a reservation holds, in base units."""

    __tablename__ = "reservation_line"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity"),)

    store_id: Mapped[UUID] = mapped_column(primary_key=True)
    reservation_id: Mapped[UUID] = mapped_column(primary_key=True)
    sku_id: Mapped[UUID] = mapped_column(ForeignKey("sku.id"), primary_key=True)
    quantity: Mapped[int]
