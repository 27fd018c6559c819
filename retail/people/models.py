"""What is kept of people beside their names, and of who looked at it.

Sealed values carry no grant for whoever acts for somebody: this area reads them as the system, and
shows them through its own rules alone.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from retail.kernel.base import Base, new_id


class PersonalField(StrEnum):
    """A kind of personal data that is kept sealed."""

    PHONE = "phone"


class RevealPurpose(StrEnum):
    """What somebody's data is looked at for (PIPL, article 6: a definite and reasonable purpose)."""

    EMERGENCY = "emergency"
    INVESTIGATION = "investigation"
    LEGAL_DUTY = "legal_duty"
    OWN_REQUEST = "own_request"
    PAYROLL = "payroll"


class ViewKind(StrEnum):
    """How personal data was looked at."""

    REVEAL = "reveal"
    EXPORT = "export"
    LOOK_UP = "look_up"


class AlarmKind(StrEnum):
    """What was unusual about somebody's looking."""

    MANY_PEOPLE = "many_people"
    FAR_ABOVE_USUAL = "far_above_usual"
    LIMIT_REACHED = "limit_reached"


class PersonalValue(Base):
    """One sealed value of a person, with a blind index by which it can be found again."""

    __tablename__ = "personal_value"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    field: Mapped[PersonalField] = mapped_column(String(16), primary_key=True)
    key_version: Mapped[int]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    blind: Mapped[bytes] = mapped_column(LargeBinary, index=True)
    recorded_at: Mapped[datetime]


class PersonalView(Base):
    """Somebody looked at somebody's data: written once, before the value leaves.

    `person_id` is null when a look-up found nobody, `field` when everything was shown.
    """

    __tablename__ = "personal_view"
    __table_args__ = (Index(None, "viewer_id", "viewed_at"), Index(None, "person_id", "viewed_at"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    viewer_id: Mapped[UUID]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[ViewKind] = mapped_column(String(16))
    field: Mapped[PersonalField | None] = mapped_column(String(16))
    purpose: Mapped[RevealPurpose | None] = mapped_column(String(16))
    note: Mapped[str | None] = mapped_column(String(200))
    viewed_at: Mapped[datetime]


class SecurityAlarm(Base):
    """Somebody looked at unusually many people's data, and who has seen to it."""

    __tablename__ = "security_alarm"
    __table_args__ = (Index(None, "about_id", "raised_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[AlarmKind] = mapped_column(String(24))
    about_id: Mapped[UUID]
    people: Mapped[int]
    usual: Mapped[int] = mapped_column(SmallInteger)
    raised_at: Mapped[datetime] = mapped_column(index=True)
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[UUID | None]
    note: Mapped[str | None] = mapped_column(String(200))


class PersonErasure(Base):
    """Somebody's personal data is gone; what they did stays in the books under their id."""

    __tablename__ = "person_erasure"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    erased_at: Mapped[datetime]
    erased_by: Mapped[UUID]
