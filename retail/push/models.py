"""Which browsers of which people may be woken, and which of them should be now."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, SmallInteger, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from retail.kernel.base import Base, new_id


class PushSubscription(Base):
    """A browser of a person, at a push service; it lives no longer than the session that asked for it.

    `due_at` is when it is to be woken (or tried again), null while there is nothing: what comes meanwhile is one call.
    """

    __tablename__ = "push_subscription"
    __table_args__ = (
        UniqueConstraint("person_id", "endpoint"),
        CheckConstraint("(due_at is null) = (due_path is null)", name="due_somewhere"),
        Index("ix_push_subscription_due_at", "due_at", postgresql_where=text("due_at is not null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    session_key: Mapped[str] = mapped_column(String(100))
    """Names the session that asked, as `auth` does (a hash of its token); it opens nothing."""
    server_key: Mapped[str] = mapped_column(String(32))
    """The id of the master key whose VAPID key the browser was given: another's calls it would not take."""
    endpoint: Mapped[str] = mapped_column(String(1000))
    p256dh: Mapped[bytes] = mapped_column(LargeBinary)
    auth: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    called: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    """When it was called last about each path: what is at one path does not wait for another's call."""
    failures: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    due_at: Mapped[datetime | None]
    due_path: Mapped[str | None] = mapped_column(String(200))
