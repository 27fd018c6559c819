"""What proves who somebody is: accounts, second factors, sessions, devices, keys.

No password, PIN, session token or recovery code is stored, only what recognises it:
argon2 for what people choose, plain SHA-256 for what we made ourselves from random bits. A TOTP
secret must be read again, so it lies sealed.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    false,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from retail.kernel.base import Base, new_id


class LocalAccount(Base):
    """A login and password of a person who does not sign in through the company's provider."""

    __tablename__ = "local_account"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    login: Mapped[str] = mapped_column(String(100), unique=True)
    """Already folded by `passwords.fold_login`, so that 'Li.Na' and 'li.na' are one login."""
    password_hash: Mapped[str] = mapped_column(Text)
    must_change: Mapped[bool] = mapped_column(server_default=false())
    """The password was chosen by somebody else and opens nothing but the choice of another."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    disabled_at: Mapped[datetime | None]


class SecondFactor(Base):
    """A person's authenticator app (TOTP); until `confirmed_at` it is only offered, and asked of nobody."""

    __tablename__ = "second_factor"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    sealed_secret: Mapped[str | None] = mapped_column(Text)
    offered_secret: Mapped[str | None] = mapped_column(Text)
    """A secret shown for a new device; it replaces the other one when the device has proved that it has it."""
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(server_default="0")
    """The newest 30-second step whose code was accepted: neither it nor an older one counts again."""


class RecoveryCode(Base):
    """One way in for somebody who has lost the device; it goes when it is used."""

    __tablename__ = "recovery_code"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)


class HalfSession(Base):
    """A sign-in whose first factor is proved and which waits, for minutes only, for the next step."""

    __tablename__ = "half_session"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    way: Mapped[str] = mapped_column(String(64))
    reference: Mapped[str | None] = mapped_column(String(200))
    is_strong: Mapped[bool]
    ends_at: Mapped[datetime] = mapped_column(index=True)


class StaffSession(Base):
    """One signed-in device of a person; the row is the session, the cookie only names it."""

    __tablename__ = "staff_session"
    __table_args__ = (
        CheckConstraint("idle_until <= ends_at", name="idle_within_life"),
        Index("ix_staff_session_reference", "way", "reference", postgresql_where=text("reference is not null")),
    )

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    way: Mapped[str] = mapped_column(String(64))
    """How the person signed in: `local`, `pin`, `company:<id>`."""
    reference: Mapped[str | None] = mapped_column(String(200))
    """What the company's provider calls this session, so that it can end it."""
    shared_device_id: Mapped[UUID | None] = mapped_column(ForeignKey("shared_device.id"), index=True)
    """Of a PIN's session: the device that it lives and dies with."""
    strictness: Mapped[int]
    """The index in `limits.LIMITS` under which it was opened; a role with a higher one needs a new sign-in."""
    idle_seconds: Mapped[int]
    created_at: Mapped[datetime]
    proven_at: Mapped[datetime]
    """When the person last proved who they are, by everything that is asked of them."""
    last_seen_at: Mapped[datetime]
    idle_until: Mapped[datetime]
    ends_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    user_agent: Mapped[str] = mapped_column(String(200))


class KnownDevice(Base):
    """A browser in which a person has signed in before: guesses made elsewhere do not slow it down."""

    __tablename__ = "known_device"

    device_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    last_used_at: Mapped[datetime] = mapped_column(index=True)


class SignInAttempt(Base):
    """Failures in a row of one bucket; its key is a hash, and the row goes when it is forgotten."""

    __tablename__ = "sign_in_attempt"

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    failures: Mapped[int]
    wait_until: Mapped[datetime]
    forgotten_at: Mapped[datetime] = mapped_column(index=True)


class SharedDevice(Base):
    """A tablet or till that belongs to a shop: its clerks take turns on it by PIN.

    Each turn gives it a new token; `former_hash` is of the one before, until the new one has been shown.
    """

    __tablename__ = "shared_device"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    former_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    store_id: Mapped[UUID] = mapped_column(ForeignKey("store.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    shared_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class StaffPin(Base):
    """A person's PIN; it works on shared devices of the shops that the person is assigned to."""

    __tablename__ = "staff_pin"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    pin_hash: Mapped[str] = mapped_column(Text)
    set_at: Mapped[datetime]


class WrongPins(Base):
    """How often a person's PIN was given wrongly on a shared device since they last signed in on it."""

    __tablename__ = "wrong_pins"

    device_id: Mapped[UUID] = mapped_column(ForeignKey("shared_device.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    count: Mapped[int]


class SigningKey(Base):
    """A private key (JWK) that signs access tokens; the newest signs, all unretired verify.

    `retired_at` may lie ahead: until then, tokens that the key has signed stay good.
    """

    __tablename__ = "signing_key"

    kid: Mapped[str] = mapped_column(String(64), primary_key=True)
    private_jwk: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
