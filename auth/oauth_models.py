"""What must be remembered of tokens and assertions until they would have ended by themselves."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from retail.kernel.base import Base


class RevokedToken(Base):
    """An access token that was given back (RFC 7009); it is nothing from then on."""

    __tablename__ = "revoked_token"

    jti: Mapped[str] = mapped_column(String(64), primary_key=True)
    channel_id: Mapped[UUID] = mapped_column(ForeignKey("channel_client.id"), index=True)
    ends_at: Mapped[datetime]


class UsedAssertion(Base):
    """A client assertion that has been taken (RFC 7523), as the hash of its id: each is good for one request."""

    __tablename__ = "used_assertion"

    channel_id: Mapped[UUID] = mapped_column(ForeignKey("channel_client.id"), primary_key=True)
    jti_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    ends_at: Mapped[datetime]
