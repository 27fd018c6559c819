"""People, channel clients, and the assignments that give them a role in some stores."""

import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, String, Text, func
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column

from retail.access.channel_kinds import ChannelKind
from retail.access.permissions import Role
from retail.kernel.base import Base, new_id

_UUIDS = ARRAY(postgresql.UUID(as_uuid=True))


def new_client_id() -> str:
    """Return a fresh name by which a channel client asks for tokens; no secret."""
    return f"tsc_{secrets.token_hex(8)}"


class Person(Base):
    """Somebody who works in the chain."""

    __tablename__ = "person"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(100))
    left_at: Mapped[datetime | None]


class ChannelClient(Base):
    """A program that sells or records on the chain's behalf: a till, an ERP, Meituan, Douyin.

    `scopes` is the most that its tokens may say: permission values, within what its kind may have.
    """

    __tablename__ = "channel_client"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(100))
    client_id: Mapped[str] = mapped_column(String(64), unique=True, default=new_client_id)
    kind: Mapped[ChannelKind] = mapped_column(String(16), default=ChannelKind.OTHER)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    registered_at: Mapped[datetime] = mapped_column(server_default=func.now())
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
