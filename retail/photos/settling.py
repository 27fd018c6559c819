"""Settling photos: what has arrived whole is checked and kept, or refused; what is over is removed.

Any process may settle any photo, more than one at once, and be killed at any step: the picture is kept first, under a
name that follows from the photo alone, then the row says so, and only then are the pieces gone.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, exists, select, tuple_, update

from retail.access.work import Office, Work
from retail.audit import log
from retail.kernel.content import as_uuid
from retail.photos.developing import Developed, Undevelopable, develop
from retail.photos.models import Photo, PhotoPiece, PhotoStatus, PhotoUpload
from retail.photos.ports import PhotoStorage

DUE_AFTER = timedelta(seconds=3)
"""By then whoever brought the last piece has settled it, unless it was killed or came before the announcement."""
ORPHANED_AFTER = timedelta(days=7)
AT_ONCE = 2
"""Pictures that one process develops at a time: each may need some 200 MB for a moment."""
_ROUND = 50
"""So many are decided about in one step, and removed in one transaction."""
SWEPT_AT_MOST = 2_000
"""Pictures that one sweep removes, step by step: a chain that keeps a year of them loses a day's at a time."""
MOST_FAILURES = 3
"""Of one round: then it is the storage that is away, and the next round tries again."""


def picture_key(store_id: UUID, photo_id: UUID) -> str:
    """Return the name under which a picture is kept."""
    return f"{store_id}/{photo_id}.jpg"


def small_key(store_id: UUID, photo_id: UUID) -> str:
    """Return the name under which its small version is kept."""
    return f"{store_id}/{photo_id}.small.jpg"


_IS_WHOLE = and_(
    PhotoUpload.photo_id == Photo.id,
    PhotoUpload.sha256 == Photo.sha256,
    PhotoUpload.bytes == Photo.bytes,
    PhotoUpload.received == PhotoUpload.bytes,
)


class Darkroom:
    """Where one process develops pictures, few at a time."""

    def __init__(self, office: Office, storage: PhotoStorage, keep_for: timedelta) -> None:
        self.storage = storage
        self._office = office
        self._keep_for = keep_for
        self._places = asyncio.Semaphore(AT_ONCE)

    async def settle(self, photo_id: UUID) -> None:
        """Decide about a photo if it was announced and all of it is here."""
        async with self._places:
            found = await self._whole(photo_id)
            if found is None:
                return
            photo, data = found
            try:
                developed = await asyncio.to_thread(develop, data)
            except Undevelopable as refused:
                told: dict[str, object] = {"status": PhotoStatus.REFUSED, "problem": refused.problem}
            else:
                await self.storage.put(picture_key(photo.store_id, photo.id), developed.picture)
                await self.storage.put(small_key(photo.store_id, photo.id), developed.small)
                told = {"status": PhotoStatus.KEPT, **_facts(developed)}
        async with self._office.work(None) as work:
            await _record(work, photo, told)

    async def settle_due(self) -> None:
        """Settle what nobody has: its process was killed, or the announcement came last."""
        async with self._office.system() as session:
            now = self._office.clock()
            due = await session.scalars(
                select(Photo.id)
                .join(PhotoUpload, _IS_WHOLE)
                .where(Photo.status == PhotoStatus.AWAITED, PhotoUpload.heard_at < now - DUE_AFTER)
                .distinct()
                .limit(_ROUND)
            )
            ids = [as_uuid(id) for id in due]
        failures: list[Exception] = []
        for id in ids:
            try:
                await self.settle(id)
            except Exception as failed:  # noqa: BLE001 -- the others are not held up by one
                failures.append(failed)
            if len(failures) >= MOST_FAILURES:
                break
        if failures:
            raise failures[0]

    async def sweep(self) -> None:
        """Drop uploads that nobody has announced in a week, and remove pictures whose time is over."""
        now = self._office.clock()
        for _ in range(0, SWEPT_AT_MOST, _ROUND):
            async with self._office.work(None) as work:
                if not await _drop_orphans(work, now):
                    break
        failures: list[Exception] = []
        after: tuple[datetime, UUID] | None = None
        for _ in range(0, SWEPT_AT_MOST, _ROUND):
            over = await self._over(now, after)
            if not over:
                break
            after = over[-1].settled_at, over[-1].id
            try:
                await self._remove([(each.store_id, each.id) for each in over])
            except Exception as failed:  # noqa: BLE001 -- the steps after it are not held up by one
                failures.append(failed)
            if len(failures) >= MOST_FAILURES:
                break
        if failures:
            raise failures[0]

    async def _remove(self, photos: Sequence[tuple[UUID, UUID]]) -> None:
        keys = [key(store_id, photo_id) for store_id, photo_id in photos for key in (picture_key, small_key)]
        await self.storage.delete(keys)
        async with self._office.work(None) as work:
            for store_id, photo_id in photos:
                await _removed(work, store_id, photo_id)

    async def _whole(self, photo_id: UUID) -> tuple[Photo, bytes] | None:
        """Return an awaited photo with its bytes; None while it is not announced, not whole, or settled already."""
        async with self._office.system() as session:
            row = (
                await session.execute(
                    select(Photo, PhotoUpload.uploader_id)
                    .join(PhotoUpload, _IS_WHOLE)
                    .where(Photo.id == photo_id, Photo.status == PhotoStatus.AWAITED)
                    .limit(1)
                )
            ).first()
            if row is None:
                return None
            pieces = await session.scalars(
                select(PhotoPiece.data)
                .where(PhotoPiece.photo_id == photo_id, PhotoPiece.uploader_id == row.uploader_id)
                .order_by(PhotoPiece.start)
            )
            data = b"".join(pieces)
            photo: Photo = row.Photo
            session.expunge(photo)
        # Another process may have settled it between the two reads.
        return (photo, data) if hashlib.sha256(data).digest() == photo.sha256 else None

    async def _over(self, now: datetime, after: tuple[datetime, UUID] | None) -> Sequence[Any]:
        over = select(Photo.store_id, Photo.id, Photo.settled_at).where(
            Photo.status == PhotoStatus.KEPT, Photo.settled_at < now - self._keep_for
        )
        if after is not None:
            over = over.where(tuple_(Photo.settled_at, Photo.id) > tuple_(*after))
        async with self._office.system() as session:
            return (await session.execute(over.order_by(Photo.settled_at, Photo.id).limit(_ROUND))).all()


async def _drop_orphans(work: Work, now: datetime) -> int:
    """Drop some uploads that nobody has announced in a week; return how many."""
    orphans = (
        select(PhotoUpload.photo_id, PhotoUpload.uploader_id)
        .where(
            PhotoUpload.heard_at < now - ORPHANED_AFTER,
            ~exists().where(_IS_WHOLE, Photo.status == PhotoStatus.AWAITED),
        )
        .limit(_ROUND)
    )
    dropped = await work.session.execute(
        delete(PhotoUpload)
        .where(tuple_(PhotoUpload.photo_id, PhotoUpload.uploader_id).in_(orphans))
        .returning(PhotoUpload.photo_id)
    )
    return len(dropped.all())


def _facts(developed: Developed) -> dict[str, object]:
    return {
        "width": developed.width,
        "height": developed.height,
        "camera_time": developed.camera_time,
        "camera_latitude": developed.camera_latitude,
        "camera_longitude": developed.camera_longitude,
    }


async def _record(work: Work, photo: Photo, told: dict[str, object]) -> None:
    """Write down what has become of a photo, once, and drop its pieces."""
    changed = await work.session.scalar(
        update(Photo)
        .where(Photo.id == photo.id, Photo.status == PhotoStatus.AWAITED)
        .values(settled_at=work.now, **told)
        .returning(Photo.id)
    )
    if changed is None:
        return
    await work.session.execute(delete(PhotoUpload).where(PhotoUpload.photo_id == photo.id))
    details = {"photo": photo.id, "about": photo.about_id, "kind": str(photo.about), "sha256": photo.sha256.hex()}
    await log.append(
        work.session,
        act="photo.kept" if told["status"] is PhotoStatus.KEPT else "photo.refused",
        actor_id=photo.announced_by,
        store_id=photo.store_id,
        details=details,
        clock=lambda: work.now,
    )


async def _removed(work: Work, store_id: UUID, photo_id: UUID) -> None:
    changed = await work.session.scalar(
        update(Photo)
        .where(Photo.id == photo_id, Photo.status == PhotoStatus.KEPT)
        .values(status=PhotoStatus.REMOVED, removed_at=work.now)
        .returning(Photo.id)
    )
    if changed is not None:
        await log.append(
            work.session,
            act="photo.removed",
            actor_id=None,
            store_id=store_id,
            details={"photo": photo_id},
            clock=lambda: work.now,
        )
