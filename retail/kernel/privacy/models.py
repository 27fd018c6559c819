"""Data keys: one for each person whose data we keep, wrapped by a master key."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from retail.kernel.base import Base


class DataKey(Base):
    """The key of one person's data; once destroyed, the row stays, so that none can be made for them again.

    `version` counts the keys that a person has had: what an older one sealed cannot be opened any more.
    """

    __tablename__ = "data_key"
    __table_args__ = (
        CheckConstraint("(wrapped is null) = (destroyed_at is not null)", name="there_or_destroyed"),
        CheckConstraint("version > 0", name="version_counts"),
    )

    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    master_id: Mapped[str] = mapped_column(String(32), index=True)
    wrapped: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    destroyed_at: Mapped[datetime | None]
