"""Announcing photos with the act that they are about; taking one again that could not be kept.

An announcement is part of its act's transaction and waits for no picture: the row says AWAITED until the bytes come,
which may be before or after, in any order, also days later.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from retail.access.work import Work
from retail.kernel.clock import believable
from retail.kernel.content import as_uuid
from retail.kernel.refusal import InvalidInput, NotFound, Problem
from retail.photos.models import Photo, PhotoAbout, PhotoStatus
from retail.photos.queries import may_see
from retail.photos.rules import ACT_OF, NewPhoto, check, check_one


@dataclass(frozen=True, slots=True)
class PhotoRetaken:
    """A new picture is awaited in the place of one that could not be kept."""

    photo_id: UUID


async def announce(
    work: Work,
    *,
    store_id: UUID,
    about: tuple[PhotoAbout, UUID],
    photos: Sequence[NewPhoto],
    path: str = "photos",
) -> None:
    """Say which pictures there are of an act; it needs the act's permission in the store.

    Refuses what cannot be (`InvalidInput`, each problem under `path`), and an id that is another picture's.
    """
    work.require(ACT_OF[about[0]], store_id)
    check(photos, path)
    for index, photo in enumerate(photos):
        if not await _written(work, store_id, about, photo):
            raise InvalidInput([id_taken(f"{path}[{index}].id")])


async def things_with_anothers(work: Work, about: PhotoAbout, photos: Mapping[UUID, NewPhoto]) -> set[UUID]:
    """Return which things name a picture that is another thing's: one of them, or one that was announced before.

    What stands behind another store's wall is not seen; `announce` refuses it.
    """
    owner: dict[UUID, UUID] = {}
    for thing, photo in photos.items():
        owner.setdefault(photo.id, thing)
    known = select(Photo.id, Photo.about, Photo.about_id).where(Photo.id.in_(list(owner)))
    for row in (await work.session.execute(known)) if owner else ():
        if (row.about, as_uuid(row.about_id)) != (about, owner[as_uuid(row.id)]):
            del owner[as_uuid(row.id)]
    return {thing for thing, photo in photos.items() if owner.get(photo.id) != thing}


async def retake(work: Work, *, photo_id: UUID, photo: NewPhoto) -> PhotoRetaken:
    """Announce a new picture in the place of one that was refused, about the same thing."""
    old = await work.session.scalar(select(Photo).where(Photo.id == photo_id))
    if old is None or (work.actor is not None and not may_see(work.actor, old.store_id, old.announced_by)):
        raise NotFound("photoId", "photo", "照片")
    work.require(ACT_OF[old.about], old.store_id, "photoId")
    check_one(photo, "photo")
    if old.status != PhotoStatus.REFUSED:
        words = ("This photo was not refused.", "这张照片没有被退回，无需重拍。")
        raise InvalidInput([Problem("photoId", "NOT_REFUSED", *words)])
    if await work.session.scalar(select(Photo.id).where(Photo.replaces_id == photo_id, Photo.id != photo.id)):
        words = ("This photo was taken again already.", "这张照片已经重拍过。")
        raise InvalidInput([Problem("photoId", "RETAKEN", *words)])
    if not await _written(work, old.store_id, (old.about, old.about_id), photo, replaces=old):
        raise InvalidInput([id_taken("photo.id")])
    return PhotoRetaken(photo.id)


async def _written(
    work: Work, store_id: UUID, about: tuple[PhotoAbout, UUID], photo: NewPhoto, replaces: Photo | None = None
) -> bool:
    """Write the row; False when there is another one of this id, whoever may see it."""
    taken_at, clock_error = believable(photo.taken_at, work.now)
    row = {
        "id": photo.id,
        "store_id": store_id,
        "about": about[0],
        "about_id": about[1],
        "replaces_id": replaces and replaces.id,
        "stands_for": replaces.stands_for if replaces else photo.id,
        "announced_by": work.actor_id,
        "announced_at": work.now,
        "sha256": bytes.fromhex(photo.sha256),
        "bytes": photo.bytes,
        "taken_at": taken_at,
        "clock_error_seconds": clock_error,
        "latitude": photo.latitude,
        "longitude": photo.longitude,
        "status": PhotoStatus.AWAITED,
    }
    # `returning` would have to see the row that is there, which may stand behind another store's wall.
    await work.session.execute(insert(Photo).values(row).on_conflict_do_nothing())
    found = await work.session.execute(
        select(Photo.store_id, Photo.about, Photo.about_id, Photo.announced_by, Photo.sha256).where(
            Photo.id == photo.id
        )
    )
    mine = (store_id, *about, work.actor_id, bytes.fromhex(photo.sha256))
    return [tuple(each) for each in found] == [mine]


def id_taken(path: str) -> Problem:
    """Say that an id belongs to another photo."""
    return Problem(path, "ID_TAKEN", "This id is another photo's.", "这个编号属于另一张照片。")
