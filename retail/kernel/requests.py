"""Applied requests: the memory that makes every mutation happen exactly once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, String, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column

from retail.kernel.base import Base


class AppliedRequest(Base):
    """A request that has been carried out: who asked, for what (as a hash), and the answer.

    `replays` counts how often it was asked again. Rows stay for ever: a phone may come back
    with an old request after weeks.
    """

    __tablename__ = "applied_request"

    request_id: Mapped[UUID] = mapped_column(primary_key=True)
    actor_id: Mapped[UUID | None]
    operation: Mapped[str] = mapped_column(String(40))
    content_hash: Mapped[bytes] = mapped_column(LargeBinary)
    answer: Mapped[Any] = mapped_column(postgresql.JSONB, nullable=True)
    recorded_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    replays: Mapped[int] = mapped_column(server_default="0")
