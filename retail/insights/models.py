"""Sums of sales that follow the ledger a moment behind, in slots of five minutes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from retail.kernel.base import Base, Xid8


class SalesSlot(Base):
    """Units and money that customers took (net of returns) in five minutes of a store."""

    __tablename__ = "sales_slot"

    store_id: Mapped[UUID] = mapped_column(primary_key=True)
    slot: Mapped[datetime] = mapped_column(primary_key=True)
    sku_id: Mapped[UUID] = mapped_column(primary_key=True)
    units: Mapped[int] = mapped_column(BigInteger)
    amount_fen: Mapped[int] = mapped_column(BigInteger)


class BasketSlot(Base):
    """How many baskets a store sold in five minutes."""

    __tablename__ = "basket_slot"
    __table_args__ = (Index(None, "slot"),)

    store_id: Mapped[UUID] = mapped_column(primary_key=True)
    slot: Mapped[datetime] = mapped_column(primary_key=True)
    baskets: Mapped[int] = mapped_column(BigInteger)


class Projection(Base):
    """How far a sum has followed the ledger: everything written before `xid` is in it."""

    __tablename__ = "projection"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    xid: Mapped[int] = mapped_column(Xid8)
