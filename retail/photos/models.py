"""Photos and what has come of them so far.

A `Photo` is the row of an announced picture: it is there from the act on, whether its bytes come or not. A
`PhotoUpload` with its `PhotoPiece`s is what one uploader has brought of one picture; it is gone once the picture
is settled. The pieces lie in the database, so that any process can go on where another one was killed.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from retail.kernel.base import Base


class PhotoAbout(StrEnum):
    """What a photo shows the truth of."""

    HAND_OVER = "hand_over"
    HELP = "help"
    RETURN = "return"
    TASK = "task"
    UNKNOWN_CODE = "unknown_code"


class PhotoStatus(StrEnum):
    """What has become of a photo."""

    AWAITED = "awaited"
    KEPT = "kept"
    REFUSED = "refused"
    REMOVED = "removed"


class PhotoProblem(StrEnum):
    """Why a picture was not kept."""

    DAMAGED = "damaged"
    NOT_A_PICTURE = "not_a_picture"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_SMALL = "too_small"


class Photo(Base):
    """A picture that somebody has taken in a store, about something that was done there.

    `latitude`, `longitude` and `taken_at` are what the phone said. What stood inside the file (EXIF) is kept apart,
    in `camera_*`: it is in no picture that is served.
    """

    __tablename__ = "photo"
    __table_args__ = (
        UniqueConstraint("replaces_id"),
        CheckConstraint("(latitude is null) = (longitude is null)", name="whole_place"),
        CheckConstraint("(status = 'refused') = (problem is not null)", name="refused_for_a_reason"),
        CheckConstraint("status not in ('kept', 'removed') or width is not null", name="kept_with_a_size"),
        Index("ix_photo_about", "about", "about_id"),
        Index("ix_photo_store_id_announced_at", "store_id", "announced_at", "id"),
        Index("ix_photo_awaited", "announced_at", postgresql_where=text("status = 'awaited'")),
        Index("ix_photo_settled_at", "settled_at", postgresql_where=text("status = 'kept'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    store_id: Mapped[UUID] = mapped_column(ForeignKey("store.id"))
    about: Mapped[PhotoAbout] = mapped_column(String(16))
    about_id: Mapped[UUID]
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("photo.id"))
    stands_for: Mapped[UUID]
    """The photo that was announced first in this place: what else names the place names that one."""
    announced_by: Mapped[UUID]
    announced_at: Mapped[datetime]
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    bytes: Mapped[int]
    taken_at: Mapped[datetime]
    clock_error_seconds: Mapped[int | None]
    latitude: Mapped[float | None] = mapped_column(Double)
    longitude: Mapped[float | None] = mapped_column(Double)
    status: Mapped[PhotoStatus] = mapped_column(String(16))
    problem: Mapped[PhotoProblem | None] = mapped_column(String(32))
    width: Mapped[int | None]
    height: Mapped[int | None]
    camera_time: Mapped[str | None] = mapped_column(String(40))
    camera_latitude: Mapped[float | None] = mapped_column(Double)
    camera_longitude: Mapped[float | None] = mapped_column(Double)
    settled_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]


class PhotoUpload(Base):
    """What one uploader has brought of one picture; nobody else can add to it or spoil it."""

    __tablename__ = "photo_upload"
    __table_args__ = (
        CheckConstraint("received between 0 and bytes", name="no_more_than_said"),
        Index("ix_photo_upload_heard_at", "heard_at"),
        Index("ix_photo_upload_uploader_id", "uploader_id"),
    )

    photo_id: Mapped[UUID] = mapped_column(primary_key=True)
    uploader_id: Mapped[UUID] = mapped_column(primary_key=True)
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    bytes: Mapped[int]
    received: Mapped[int]
    heard_at: Mapped[datetime]


class PhotoPiece(Base):
    """A piece of an upload, from its `start` on."""

    __tablename__ = "photo_piece"
    __table_args__ = (
        ForeignKeyConstraint(
            ["photo_id", "uploader_id"],
            ["photo_upload.photo_id", "photo_upload.uploader_id"],
            ondelete="CASCADE",
        ),
    )

    photo_id: Mapped[UUID] = mapped_column(primary_key=True)
    uploader_id: Mapped[UUID] = mapped_column(primary_key=True)
    start: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)
