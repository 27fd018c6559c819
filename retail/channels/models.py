"""How a channel client proves itself, and how it fares: secrets (as hashes), public keys, health."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from retail.kernel.base import Base, new_id


class ChannelSecret(Base):
    """A secret of a client, as its hash; `prefix` is what it begins with, so that people can tell two apart.

    It is good until `ends_at`. A client has at most two that are good, so that one can replace the other.
    """

    __tablename__ = "channel_secret"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    channel_id: Mapped[UUID] = mapped_column(ForeignKey("channel_client.id"), index=True)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    prefix: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class ChannelKey(Base):
    """A public key (JWK) by which a client signs its assertions."""

    __tablename__ = "channel_key"

    channel_id: Mapped[UUID] = mapped_column(ForeignKey("channel_client.id"), primary_key=True)
    kid: Mapped[str] = mapped_column(String(128), primary_key=True)
    public_jwk: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class ChannelHealth(Base):
    """When a client last got a token, asked with one, and was refused; one row for each, however often it asks."""

    __tablename__ = "channel_health"

    channel_id: Mapped[UUID] = mapped_column(ForeignKey("channel_client.id"), primary_key=True)
    last_token_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    last_refused_at: Mapped[datetime | None]
    last_refusal: Mapped[str | None] = mapped_column(String(32))
    refusals: Mapped[int] = mapped_column(server_default="0")
    """Since the last token."""
    logged_at: Mapped[datetime | None]
    """When a refusal last went into the operation log."""
