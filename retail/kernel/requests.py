"""Applied requests: the memory that makes every mutation happen exactly once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, String, TextClause, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column

from retail.kernel.base import Base


def _sold(key: str) -> TextClause:
    """Return the condition of an index over those sales only that name something in their answer."""
    return text(f"operation = 'recordSale' and answer ->> '{key}' is not null")


class AppliedRequest(Base):
    """A request that has been carried out: who asked, for what (as a hash), and the answer.

    `replays` counts how often it was asked again. Rows stay for ever: a phone may come back
    with an old request after weeks.
    """

    __tablename__ = "applied_request"
    __table_args__ = (
        Index(
            "ix_applied_request_receipt",
            text("(answer ->> 'receipt')"),
            "recorded_at",
            postgresql_where=_sold("receipt"),
        ),
        Index(
            "ix_applied_request_member", text("(answer ->> 'member')"), "recorded_at", postgresql_where=_sold("member")
        ),
    )

    request_id: Mapped[UUID] = mapped_column(primary_key=True)
    actor_id: Mapped[UUID | None]
    operation: Mapped[str] = mapped_column(String(40))
    content_hash: Mapped[bytes] = mapped_column(LargeBinary)
    answer: Mapped[Any] = mapped_column(postgresql.JSONB, nullable=True)
    recorded_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    replays: Mapped[int] = mapped_column(server_default="0")
