"""What proves who somebody is: local accounts, staff sessions, channel credentials, signing keys.

No password, session token or client secret is stored, only what recognises it: argon2 for what
people choose, plain SHA-256 for what we made ourselves from 256 random bits.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, LargeBinary, String, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from retail.kernel.base import Base


class LocalAccount(Base):
    """A login and password of a person who does not sign in through the company's provider."""

    __tablename__ = "local_account"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    login: Mapped[str] = mapped_column(String(100), unique=True)
    """Already folded by `passwords.fold_login`, so that 'Li.Na' and 'li.na' are one login."""
    password_hash: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    disabled_at: Mapped[datetime | None]


class StaffSession(Base):
    """One signed-in device of a person; the row is the session, the cookie only names it."""

    __tablename__ = "staff_session"
    __table_args__ = (CheckConstraint("idle_until <= ends_at", name="idle_within_life"),)

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    idle_until: Mapped[datetime]
    ends_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    user_agent: Mapped[str] = mapped_column(String(200))


class OAuthClient(Base):
    """The credentials of a channel; several hashes, so that a secret can change without a gap."""

    __tablename__ = "oauth_client"
    __table_args__ = (CheckConstraint("cardinality(secret_hashes) > 0", name="has_a_secret"),)

    client_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    channel_id: Mapped[UUID] = mapped_column(ForeignKey("channel_client.id"), index=True)
    secret_hashes: Mapped[list[bytes]] = mapped_column(ARRAY(LargeBinary))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    revoked_at: Mapped[datetime | None]


class SigningKey(Base):
    """A private key (JWK) that signs access tokens; the newest signs, all unretired verify.

    `retired_at` may lie ahead: until then, tokens that the key has signed stay good.
    """

    __tablename__ = "signing_key"

    kid: Mapped[str] = mapped_column(String(64), primary_key=True)
    private_jwk: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
