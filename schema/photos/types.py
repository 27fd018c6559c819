"""Photos as they are announced and told."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from retail.photos.models import PhotoAbout, PhotoProblem, PhotoStatus
from retail.photos.queries import PhotoRow
from retail.photos.rules import NewPhoto
from schema.kernel.errors import InvalidInput, NotFound, NotPermitted, RequestIdConflict
from schema.kernel.paging import PageInfo

strawberry.enum(PhotoAbout, name="PhotoAbout", description="What a photo shows the truth of.")
strawberry.enum(
    PhotoStatus,
    name="PhotoStatus",
    description=(
        "What has become of a photo: announced and not here yet, kept, refused (take it again), or kept once and "
        "removed when its time was over."
    ),
)
strawberry.enum(PhotoProblem, name="PhotoProblem", description="Why a picture was not kept.")


@strawberry.input(
    description=(
        "A picture that was taken, announced with the act that it belongs to; its bytes come to /photos/{id}, "
        "before or after."
    )
)
class PhotoInput:
    id: UUID = strawberry.field(description="Made by the client, a UUIDv7; the address of the picture.")
    sha256: str = strawberry.field(description="SHA-256 of the bytes that will be uploaded, 64 hex digits.")
    bytes: int = strawberry.field(description="How many bytes that is, 1 to 4 MB.")
    taken_at: datetime = strawberry.field(description="When, by the device's clock.")
    latitude: float | None = strawberry.field(default=None, description="Degrees north (WGS 84), with longitude.")
    longitude: float | None = strawberry.field(default=None, description="Degrees east (WGS 84), with latitude.")

    def read(self) -> NewPhoto:
        """Return the description as the business takes it."""
        return NewPhoto(
            id=self.id,
            sha256=self.sha256,
            bytes=self.bytes,
            taken_at=self.taken_at,
            latitude=self.latitude,
            longitude=self.longitude,
        )


@strawberry.type(description="A picture of something that was done in a store.")
class Photo:
    id: UUID = strawberry.field(description="The photo.")
    store_id: UUID = strawberry.field(description="Where it was taken.")
    about: PhotoAbout = strawberry.field(description="What sort of thing it shows the truth of.")
    about_id: UUID = strawberry.field(description="That thing.")
    stands_for: UUID = strawberry.field(
        description="The photo that was announced first in this place; itself, unless one was refused and taken again."
    )
    status: PhotoStatus = strawberry.field(description="What has become of it.")
    problem: PhotoProblem | None = strawberry.field(description="Why it was refused, if it was.")
    taken_at: datetime = strawberry.field(description="When it was taken.")
    announced_at: datetime = strawberry.field(description="When the server heard of it.")
    width: int | None = strawberry.field(description="Pixels across, of the picture that is kept.")
    height: int | None = strawberry.field(description="Pixels down, of the picture that is kept.")
    url: str | None = strawberry.field(description="Where the picture is, on this server; null unless it is kept.")
    small_url: str | None = strawberry.field(description="Where its small version is (at most 320 pixels a side).")

    @classmethod
    def of(cls, row: PhotoRow) -> "Photo":
        """Return a photo as it is told."""
        url = f"/photos/{row.id}" if row.status is PhotoStatus.KEPT else None
        return cls(
            id=row.id,
            store_id=row.store_id,
            about=row.about,
            about_id=row.about_id,
            stands_for=row.stands_for,
            status=row.status,
            problem=row.problem,
            taken_at=row.taken_at,
            announced_at=row.announced_at,
            width=row.width,
            height=row.height,
            url=url,
            small_url=url and f"{url}/small",
        )


@strawberry.type(description="A photo on a page.")
class PhotoEdge:
    cursor: str = strawberry.field(description="Its place.")
    node: Photo = strawberry.field(description="The photo.")


@strawberry.type(description="A page of photos.")
class PhotoConnection:
    edges: list[PhotoEdge] = strawberry.field(description="The photos of this page.")
    page_info: PageInfo = strawberry.field(description="Where the page ends.")


@strawberry.input(description="Take a picture again that was refused.")
class RetakePhotoInput:
    request_id: UUID = strawberry.field(description="Made by the client; makes the request happen exactly once.")
    photo_id: UUID = strawberry.field(description="The photo that was refused.")
    photo: PhotoInput = strawberry.field(description="The new one.")


@strawberry.type(description="The new picture is awaited in the place of the old one.")
class RetakePhotoSuccess:
    photo: Photo = strawberry.field(description="The new photo.")


RetakePhotoResult = Annotated[
    RetakePhotoSuccess | InvalidInput | NotFound | NotPermitted | RequestIdConflict,
    strawberry.union("RetakePhotoResult", description="The new photo, or why not."),
]
