"""Who our people are at the company's providers, and which of the providers' words were heard once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from retail.kernel.base import Base


class ExternalIdentity(Base):
    """A person is this subject at a provider: at most one of each, so a number that changes hands moves nobody."""

    __tablename__ = "external_identity"
    __table_args__ = (UniqueConstraint("provider", "person_id"),)

    provider: Mapped[str] = mapped_column(String(31), primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    linked_at: Mapped[datetime]
    linked_by: Mapped[str] = mapped_column(String(31))
    """The claim that made the link, or `command` when somebody wrote it down."""


class HeardLogout(Base):
    """A logout token that was obeyed; a second one with its name is not. Only a hash of the name is kept."""

    __tablename__ = "heard_logout"

    name_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    forget_at: Mapped[datetime] = mapped_column(index=True)
