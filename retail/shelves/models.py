"""Shelves and what is expected on them, codes that nobody knows yet, and tags that were read."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, LargeBinary, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from retail.kernel.base import Base, new_id


class Verdict(StrEnum):
    """What headquarters said of a code that nobody knew."""

    ITEM = "item"
    NOT_OURS = "not_ours"


class Shelf(Base):
    """A place in a store where goods stand, with the token that its printed QR code holds.

    A retired shelf stays, because counts name it; its code is free again.
    """

    __tablename__ = "shelf"
    __table_args__ = (
        Index(None, "store_id", "code", unique=True, postgresql_where=text("retired_at is null")),
        Index(None, "token", unique=True),
    )

    store_id: Mapped[UUID] = mapped_column(ForeignKey("store.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    zone: Mapped[str] = mapped_column(String(20))
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(60))
    place: Mapped[int]
    token: Mapped[str] = mapped_column(String(16))
    retired_at: Mapped[datetime | None]


class ShelfSku(Base):
    """An SKU that is expected on a shelf."""

    __tablename__ = "shelf_sku"
    __table_args__ = (
        ForeignKeyConstraint(
            ["store_id", "shelf_id"], ["shelf.store_id", "shelf.id"], name="fk_shelf_sku_store_id_shelf_id"
        ),
    )

    store_id: Mapped[UUID] = mapped_column(primary_key=True)
    shelf_id: Mapped[UUID] = mapped_column(primary_key=True)
    sku_id: Mapped[UUID] = mapped_column(ForeignKey("sku.id"), primary_key=True)


class UnknownCode(Base):
    """A code that was found in a store and that the catalogue did not have; its goods wait to be counted.

    `quantity` is how many of what the code stands for. `id` is the line's own when it was found in a stocktake.
    `key` is the same for all codes of one item: a GTIN without leading zeros, the base code of a weighed one.
    `learnt`: naming it has put the code into the catalogue.
    """

    __tablename__ = "unknown_code"
    __table_args__ = (
        CheckConstraint("(resolved_at is null) = (verdict is null)", name="resolved_somehow"),
        Index(None, "key", postgresql_where=text("resolved_at is null")),
        Index(None, "resolved_at", postgresql_where=text("resolved_at is not null")),
    )

    store_id: Mapped[UUID] = mapped_column(ForeignKey("store.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(100))
    key: Mapped[str] = mapped_column(String(100))
    quantity: Mapped[int]
    shelf_id: Mapped[UUID | None]
    stocktake_id: Mapped[UUID | None]
    photo_id: Mapped[UUID | None]
    device: Mapped[str | None] = mapped_column(String(100))
    found_by: Mapped[UUID | None]
    found_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[UUID | None]
    verdict: Mapped[Verdict | None] = mapped_column(String(12))
    sku_id: Mapped[UUID | None] = mapped_column(ForeignKey("sku.id"))
    learnt: Mapped[bool] = mapped_column(server_default=false())


class TagRead(Base):
    """A tag that was read in a session: a stocktake, or (the nil UUID) a store's days without one.

    One row a tag and session, so a tag is counted once, however often and by whomever it is read.
    """

    __tablename__ = "tag_read"
    __table_args__ = (CheckConstraint("length(epc) = 12", name="epc"),)

    store_id: Mapped[UUID] = mapped_column(ForeignKey("store.id"), primary_key=True)
    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    epc: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    sku_id: Mapped[UUID | None]
    reader_id: Mapped[str] = mapped_column(String(100))
    first_read_at: Mapped[datetime]
    last_read_at: Mapped[datetime]
