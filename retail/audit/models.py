"""The tables of the operation log: its entries, the head of every chain, seals, and what a witness has."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from retail.kernel.base import Base

NOT_STOCK = """body !~~ '{"act":"stock.%'"""
_NO_HASH = text(r"'\x0000000000000000000000000000000000000000000000000000000000000000'")


class LogEntry(Base):
    """One act. `body` is canonical JSON (RFC 8785); `hash` binds it to everything before it in its chain.

    A chain is a store's; the acts of the whole chain of shops stand under the nil UUID. Written by the
    functions `ledger_post` and `log_append` alone, and never edited. `written_at` only puts them in order.
    """

    __tablename__ = "operation_log"
    __table_args__ = (
        # The few that are not about stock, in order over all chains. One over all would cost every sale.
        Index("ix_operation_log_not_stock", "written_at", "store_id", "seq", postgresql_where=text(NOT_STOCK)),
    )

    store_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    written_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class LogHead(Base):
    """The newest entry of a chain; whoever writes there locks it first, several in the order of the stores."""

    __tablename__ = "log_head"
    __table_args__ = ({"postgresql_with": {"fillfactor": 50}},)

    store_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, server_default="0")
    hash: Mapped[bytes] = mapped_column(LargeBinary, server_default=_NO_HASH)


class LogSeal(Base):
    """A signed statement of where every chain stood; see `retail.audit.seals`.

    `leaf` is its hash in the tree over the seals; `frontier` holds the roots of that tree's full subtrees,
    this seal included.
    """

    __tablename__ = "log_seal"
    __table_args__ = (Index(None, "sealed_at"),)

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    sealed_at: Mapped[datetime]
    body: Mapped[str] = mapped_column(Text)
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    leaf: Mapped[bytes] = mapped_column(LargeBinary)
    frontier: Mapped[bytes] = mapped_column(LargeBinary)


class LogSealedHead(Base):
    """Where a chain stood in the newest seal that names it."""

    __tablename__ = "log_sealed_head"

    store_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class LogWitness(Base):
    """Up to which seal a witness has everything."""

    __tablename__ = "log_witness"

    place: Mapped[str] = mapped_column(String(400), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
