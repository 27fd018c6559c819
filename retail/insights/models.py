"""Sums of sales that follow the ledger a moment behind.

Written by `retail/insights/projection.py` only, and rebuilt from the ledger at any time. Units and
money are what customers took, net of what they brought back, in base units and fen. A slot is five
minutes, named by the instant at which it begins.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from retail.kernel.base import Base, Xid8


class SalesSlot(Base):
    """What a store sold of an SKU in five minutes."""

    __tablename__ = "sales_slot"

    store_id: Mapped[UUID] = mapped_column(primary_key=True)
    slot: Mapped[datetime] = mapped_column(primary_key=True)
    sku_id: Mapped[UUID] = mapped_column(primary_key=True)
    units: Mapped[int] = mapped_column(BigInteger)
    amount_fen: Mapped[int] = mapped_column(BigInteger)


class SalesDay(Base):
    """What a store sold of an SKU in a business day of its own, as zone and cut-off stood then."""

    __tablename__ = "sales_day"

    store_id: Mapped[UUID] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    sku_id: Mapped[UUID] = mapped_column(primary_key=True)
    units: Mapped[int] = mapped_column(BigInteger)
    amount_fen: Mapped[int] = mapped_column(BigInteger)


class StoreSlot(Base):
    """What a store sold of everything in five minutes, and how many baskets that was."""

    __tablename__ = "store_slot"

    store_id: Mapped[UUID] = mapped_column(primary_key=True)
    slot: Mapped[datetime] = mapped_column(primary_key=True)
    units: Mapped[int] = mapped_column(BigInteger)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    baskets: Mapped[int] = mapped_column(BigInteger)


class Basket(Base):
    """A sale that has been counted, so that its lines may arrive in several transactions."""

    __tablename__ = "basket"

    store_id: Mapped[UUID] = mapped_column(primary_key=True)
    document_id: Mapped[UUID] = mapped_column(primary_key=True)


class Projection(Base):
    """How far a sum has followed the ledger: everything written before `xid` is in it."""

    __tablename__ = "projection"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    xid: Mapped[int] = mapped_column(Xid8)
