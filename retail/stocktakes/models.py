"""Stocktakes, what was counted in them, what was decided, and the counts that the book has to keep to."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    UniqueConstraint,
    Uuid,
    text,
    true,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column

from retail.inventory.models import AdjustmentReason
from retail.kernel.base import Base


class ScopeKind(StrEnum):
    """What a stocktake covers."""

    STORE = "store"
    ZONE = "zone"
    SHELVES = "shelves"
    CATEGORIES = "categories"
    SKUS = "skus"


class StocktakeStatus(StrEnum):
    """Whether a stocktake still counts."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class CountMode(StrEnum):
    """What a line does to what its person has counted of the SKU at the place: adds to it, or takes its stead."""

    ADD = "add"
    REPLACE = "replace"


class Decision(StrEnum):
    """What was said of a count: it is right as it is, each counted a part, or it stays out."""

    ACCEPT = "accept"
    SUM = "sum"
    LEAVE_OUT = "leave_out"


class NotSeen(StrEnum):
    """What becomes of SKUs of the scope that have a book and that nobody saw."""

    ZERO = "zero"
    LEAVE_OUT = "leave_out"


class CountState(StrEnum):
    """How far the count of an SKU is; `retail.stocktakes.rules` decides."""

    COUNTED = "counted"
    READY = "ready"
    PART = "part"
    CONFLICT = "conflict"
    RECOUNT = "recount"
    SECOND_PERSON = "second_person"
    NOT_SEEN = "not_seen"
    OUTSIDE = "outside"
    POSTED = "posted"
    LEFT_OUT = "left_out"


class Stocktake(Base):
    """A session of counting in a store. `version` grows with every change, and each line is numbered by it.

    `policy` is the chain's policy when it began, so that a verdict does not change while people count.
    `follows_id` names the confirmed stocktake whose late lines this one keeps.
    """

    __tablename__ = "stocktake"
    __table_args__ = (
        UniqueConstraint("id"),
        # Late lines of one stocktake meet in the one that follows it.
        UniqueConstraint("follows_id"),
        Index(None, "store_id", "started_at"),
    )

    store_id: Mapped[UUID] = mapped_column(ForeignKey("store.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    scope: Mapped[ScopeKind] = mapped_column(String(12))
    scope_zone: Mapped[str | None] = mapped_column(String(20))
    scope_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    blind: Mapped[bool]
    policy: Mapped[Any] = mapped_column(postgresql.JSONB)
    status: Mapped[StocktakeStatus] = mapped_column(String(12), default=StocktakeStatus.OPEN)
    started_at: Mapped[datetime]
    started_by: Mapped[UUID | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None]
    not_seen: Mapped[NotSeen | None] = mapped_column(String(12))
    follows_id: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")


class StocktakeLine(Base):
    """One scan or one figure, as it was counted: written once.

    `quantity` is in what was scanned, `units` in base units (null while nobody knows what the code is);
    `seq` is the stocktake's version at which it arrived. `round` 0 is the first count, n the n-th recount.
    """

    __tablename__ = "stocktake_line"
    __table_args__ = (
        UniqueConstraint("id"),
        ForeignKeyConstraint(
            ["store_id", "stocktake_id"],
            ["stocktake.store_id", "stocktake.id"],
            name="fk_stocktake_line_store_id_stocktake_id",
        ),
        CheckConstraint("quantity >= 0", name="quantity"),
        CheckConstraint("(sku_id is null) = (units is null)", name="known"),
        CheckConstraint("num_nonnulls(sku_id, code) > 0", name="names_something"),
        Index(None, "stocktake_id", "seq"),
    )

    store_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    stocktake_id: Mapped[UUID]
    seq: Mapped[int] = mapped_column(BigInteger)
    sku_id: Mapped[UUID | None] = mapped_column(ForeignKey("sku.id"))
    code: Mapped[str | None] = mapped_column(String(100))
    quantity: Mapped[int]
    units: Mapped[int | None]
    mode: Mapped[CountMode] = mapped_column(String(8))
    round: Mapped[int] = mapped_column(SmallInteger)
    shelf_id: Mapped[UUID | None]
    counted_at: Mapped[datetime]
    clock_error_seconds: Mapped[int | None]
    recorded_at: Mapped[datetime]
    person_id: Mapped[UUID | None]
    device: Mapped[str | None] = mapped_column(String(100))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    content_hash: Mapped[bytes] = mapped_column(LargeBinary)


class StocktakeItem(Base):
    """What was decided about an SKU in a stocktake and, once it is closed, what became of its count.

    `round` counts the recounts that were asked for. `decided_seq` is the newest line that the decision knew.
    All figures are base units at `counted_to`; `posted` is what the book was changed by at the confirmation. The last
    eight columns count figures, see `retail.stocktakes.tally` and `retail.stocktakes.checks`.
    """

    __tablename__ = "stocktake_item"
    __table_args__ = (
        ForeignKeyConstraint(
            ["store_id", "stocktake_id"],
            ["stocktake.store_id", "stocktake.id"],
            name="fk_stocktake_item_store_id_stocktake_id",
        ),
    )

    store_id: Mapped[UUID] = mapped_column(primary_key=True)
    stocktake_id: Mapped[UUID] = mapped_column(primary_key=True)
    sku_id: Mapped[UUID] = mapped_column(ForeignKey("sku.id"), primary_key=True)
    round: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    recount_asked_at: Mapped[datetime | None]
    recount_asked_by: Mapped[UUID | None]
    decision: Mapped[Decision | None] = mapped_column(String(12))
    decided_seq: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    reason: Mapped[AdjustmentReason | None] = mapped_column(String(16))
    note: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[CountState | None] = mapped_column(String(16))
    counted: Mapped[int | None]
    counted_from: Mapped[datetime | None]
    counted_to: Mapped[datetime | None]
    low: Mapped[int | None]
    high: Mapped[int | None]
    book: Mapped[int | None]
    posted: Mapped[int | None]
    price_fen: Mapped[int | None] = mapped_column(BigInteger)
    checked: Mapped[int | None]
    wrong: Mapped[int | None]
    figures: Mapped[int | None]
    suspect: Mapped[int | None]
    suspect_checked: Mapped[int | None]
    suspect_wrong: Mapped[int | None]
    control: Mapped[int | None]
    control_wrong: Mapped[int | None]


class CountAnchor(Base):
    """A count that the book has to keep to: the movements until `counted_to` must add up to what was counted.

    `document_id` is the stocktake, or the adjustment that set the book to a count. What moved between
    `counted_from` and `counted_to` may have been counted or not, so it may miss by so much. `settled` is the net
    of what was posted when facts came late. A void anchor was replaced by a later count of the same goods.
    """

    __tablename__ = "count_anchor"
    __table_args__ = (
        # What the follower asks for every movement: is there a count after it? Two that say different things of one
        # instant could never both be kept to.
        Index(
            "uq_count_anchor_instant",
            "store_id",
            "sku_id",
            "counted_to",
            unique=True,
            postgresql_where=text("not void"),
        ),
    )

    store_id: Mapped[UUID] = mapped_column(ForeignKey("store.id"), primary_key=True)
    sku_id: Mapped[UUID] = mapped_column(ForeignKey("sku.id"), primary_key=True)
    document_id: Mapped[UUID] = mapped_column(primary_key=True)
    counted_from: Mapped[datetime]
    counted_to: Mapped[datetime]
    counted: Mapped[int]
    reason: Mapped[AdjustmentReason] = mapped_column(String(16))
    void: Mapped[bool] = mapped_column(server_default=text("false"))
    settled: Mapped[int] = mapped_column(server_default="0")
    settled_at: Mapped[datetime | None]


class CountPolicyRow(Base):
    """The chain's own thresholds, if it has set any; one row."""

    __tablename__ = "count_policy"
    __table_args__ = (CheckConstraint("single", name="single"),)

    single: Mapped[bool] = mapped_column(primary_key=True, server_default=true())
    policy: Mapped[Any] = mapped_column(postgresql.JSONB)
    set_at: Mapped[datetime]
    set_by: Mapped[UUID | None]
