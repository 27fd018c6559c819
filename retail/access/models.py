"""People, channel clients, and the assignments that give them a role in some stores."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, String
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column

from retail.access.permissions import Role
from retail.kernel.base import Base, new_id

_UUIDS = ARRAY(postgresql.UUID(as_uuid=True))


class Person(Base):
    """Somebody who works in the chain."""

    __tablename__ = "person"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(100))
    left_at: Mapped[datetime | None]


class ChannelClient(Base):
    """A program that sells or records on the chain's behalf: a till, an ERP, Meituan, Douyin."""

    __tablename__ = "channel_client"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(100))
    revoked_at: Mapped[datetime | None]


class Assignment(Base):
    """A person or channel plays a role in a set of stores and regions, for a time.

    `store_ids` and `region_ids` are both null for the whole chain.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        CheckConstraint("num_nonnulls(person_id, channel_id) = 1", name="one_actor"),
        CheckConstraint("valid_until > valid_from", name="ends_after_it_begins"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    channel_id: Mapped[UUID | None] = mapped_column(ForeignKey("channel_client.id"), index=True)
    role: Mapped[Role] = mapped_column(String(32))
    store_ids: Mapped[list[UUID] | None] = mapped_column(_UUIDS)
    region_ids: Mapped[list[UUID] | None] = mapped_column(_UUIDS)
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]
