"""Reading photos: those about something, those of a store. A store's photos are for whoever sees the store.

A program (a till, a platform) sees only what it has announced itself: the shop's own pictures are not for partners.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, select, tuple_
from sqlalchemy.orm import aliased

from retail.access.actor import Actor, ActorKind
from retail.access.permissions import Permission
from retail.access.work import Reading, require
from retail.kernel.content import as_uuid
from retail.photos.models import Photo, PhotoAbout, PhotoProblem, PhotoStatus

Thing = tuple[UUID, UUID]
"""What a photo is about: its store and its id."""


@dataclass(frozen=True, slots=True)
class PhotoRow:
    """A photo as it is told; `width` and `height` are of what is kept."""

    id: UUID
    store_id: UUID
    about: PhotoAbout
    about_id: UUID
    stands_for: UUID
    announced_by: UUID
    announced_at: datetime
    status: PhotoStatus
    problem: PhotoProblem | None
    taken_at: datetime
    width: int | None
    height: int | None
    sha256: bytes


async def photos_about(
    reading: Reading, about: PhotoAbout, things: Collection[Thing]
) -> Mapping[Thing, list[PhotoRow]]:
    """Return for each thing its photos that the actor may see, in the order in which they were taken.

    A thing is named with its store: two stores' phones may have given theirs the same id. A photo that was refused
    and taken again is left out: the new one stands in its place.
    """
    newer = aliased(Photo)
    found = await _rows(
        reading,
        Photo.about == about,
        tuple_(Photo.store_id, Photo.about_id).in_(list(things)),
        ~exists().where(newer.replaces_id == Photo.id).correlate(Photo),
        order=(Photo.taken_at, Photo.id),
    )
    told: dict[Thing, list[PhotoRow]] = {thing: [] for thing in things}
    for row in found:
        told[row.store_id, row.about_id].append(row)
    return told


async def photos_named(reading: Reading, ids: Collection[UUID]) -> Mapping[UUID, PhotoRow]:
    """Return those of some photos that the actor may see."""
    return {row.id: row for row in await _rows(reading, Photo.id.in_(ids), order=(Photo.id,))}


async def photos_in(
    reading: Reading, store_id: UUID, status: PhotoStatus | None, size: int, before: tuple[datetime, UUID] | None
) -> Sequence[PhotoRow]:
    """Return a page of a store's photos, those announced last first, and one more if there are more."""
    require(reading.actor, _needed(reading.actor), store_id)
    asked: list[ColumnElement[bool]] = [Photo.store_id == store_id]
    if status is not None:
        asked.append(Photo.status == status)
    if before is not None:
        asked.append(tuple_(Photo.announced_at, Photo.id) < before)
    order = (Photo.announced_at.desc(), Photo.id.desc())
    return await _rows(reading, *asked, order=order, limit=size + 1)


def may_see(actor: Actor, store_id: UUID, announced_by: UUID) -> bool:
    """Say whether an actor may look at a photo."""
    own = actor.kind is ActorKind.PERSON or announced_by == actor.id
    return own and actor.may(_needed(actor), store_id)


def _needed(actor: Actor) -> Permission:
    """Return what one must hold: a program sees its own photos, a person those that colleagues took."""
    return Permission.TEAM_READ if actor.kind is ActorKind.PERSON else Permission.STORE_READ


async def _rows(
    reading: Reading, *asked: ColumnElement[bool], order: Sequence[object], limit: int | None = None
) -> list[PhotoRow]:
    seen: ColumnElement[bool] = Photo.store_id.in_(reading.store_ids(_needed(reading.actor)))
    if reading.actor.kind is not ActorKind.PERSON:
        seen = and_(seen, Photo.announced_by == reading.actor.id)
    names = PhotoRow.__dataclass_fields__
    columns = [getattr(Photo, name) for name in names]
    found = await reading.session.execute(select(*columns).where(seen, *asked).order_by(*order).limit(limit))  # type: ignore[arg-type]  # columns, ordered
    return [
        PhotoRow(
            id=as_uuid(row.id),
            store_id=as_uuid(row.store_id),
            about=PhotoAbout(row.about),
            about_id=as_uuid(row.about_id),
            stands_for=as_uuid(row.stands_for),
            announced_by=as_uuid(row.announced_by),
            announced_at=row.announced_at,
            status=PhotoStatus(row.status),
            problem=None if row.problem is None else PhotoProblem(row.problem),
            taken_at=row.taken_at,
            width=row.width,
            height=row.height,
            sha256=row.sha256,
        )
        for row in found
    ]
