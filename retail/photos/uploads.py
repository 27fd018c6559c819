"""Bringing a picture in pieces: each piece is one short transaction, so an upload goes on where it stood.

An upload belongs to whoever brings it; it may come before its photo is announced, and then waits for that. Whoever
announced a photo may bring it, and whoever may do the act that it is about; for anybody else it does not exist.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from retail.access.actor import Actor
from retail.access.work import Office, Work
from retail.kernel.refusal import InvalidInput, NotFound, Problem
from retail.photos.errors import NotAsAnnounced, PhotoExpired, TooManyBytes, TooManyWaiting, WrongHash, WrongOffset
from retail.photos.models import Photo, PhotoPiece, PhotoProblem, PhotoStatus, PhotoUpload
from retail.photos.rules import ACT_OF, MOST_BYTES

MOST_OF_A_PIECE = 512 * 1024
MOST_WAITING = 256 * 1024 * 1024
"""Bytes that one uploader may have here that are no whole announced photo's: some 800 pictures of a phone."""
AWAITED_FOR = timedelta(days=90)
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a picture, and what is said of the whole."""

    offset: int
    data: bytes
    length: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How an upload stands: `status` is None while nobody has announced the photo."""

    status: PhotoStatus | None
    offset: int
    length: int | None = None
    problem: PhotoProblem | None = None

    @property
    def is_whole(self) -> bool:
        """Say whether all bytes are here and nothing has been decided yet."""
        return self.status in {None, PhotoStatus.AWAITED} and self.offset == self.length


async def progress(office: Office, actor: Actor, photo_id: UUID) -> Progress:
    """Return how an upload stands; a photo that the actor may not bring is not found."""
    photo = await _announced(office, actor, photo_id)
    if photo is not None and photo.status != PhotoStatus.AWAITED:
        return _settled(photo)
    async with office.session(actor) as session:
        upload = await session.get(PhotoUpload, (photo_id, actor.id))
    status = None if photo is None else PhotoStatus.AWAITED
    if upload is None or (photo is not None and not _is_of(upload, photo)):
        return Progress(status, 0, None if photo is None else photo.bytes)
    return Progress(status, upload.received, upload.bytes)


async def bring(office: Office, actor: Actor, photo_id: UUID, piece: Piece) -> Progress:
    """Take one piece; raises a typed refusal, and then nothing has changed (but for `WrongHash`: all is dropped)."""
    _check(piece)
    photo = await _announced(office, actor, photo_id)
    if photo is not None:
        if photo.status != PhotoStatus.AWAITED:
            return _settled(photo)
        if (photo.bytes, photo.sha256) != (piece.length, bytes.fromhex(piece.sha256)):
            raise NotAsAnnounced
    async with office.work(actor) as work:
        if photo is not None and work.now - photo.announced_at > AWAITED_FOR:
            raise PhotoExpired
        received, is_right = await _add(work, photo_id, piece)
    if not is_right:
        raise WrongHash
    return Progress(None if photo is None else PhotoStatus.AWAITED, received, piece.length)


def _check(piece: Piece) -> None:
    if not _SHA256.fullmatch(piece.sha256):
        raise InvalidInput([Problem("Upload-Sha256", "NOT_A_HASH", "64 hex digits.", "须为 64 位十六进制摘要。")])
    if piece.length > MOST_BYTES:
        raise TooManyBytes(MOST_BYTES)
    if piece.length < 1:
        raise InvalidInput([Problem("Upload-Length", "OUT_OF_RANGE", "At least 1.", "须至少为 1。")])
    if len(piece.data) > MOST_OF_A_PIECE:
        raise TooManyBytes(MOST_OF_A_PIECE)
    if not piece.data:
        raise InvalidInput([Problem("body", "EMPTY", "There is nothing in it.", "内容为空。")])
    if piece.offset + len(piece.data) > piece.length:
        raise TooManyBytes(piece.length)


async def _announced(office: Office, actor: Actor, photo_id: UUID) -> Photo | None:
    """Return the photo's row if it was announced; refuse whoever has nothing to do with it as if it were not there.

    Read as the system: whoever announced a photo and works elsewhere since still brings it.
    """
    async with office.system() as session:
        photo = await session.get(Photo, photo_id)
    if photo is not None and photo.announced_by != actor.id and not actor.may(ACT_OF[photo.about], photo.store_id):
        raise NotFound("id", "photo", "照片")
    return photo


async def _add(work: Work, photo_id: UUID, piece: Piece) -> tuple[int, bool]:
    """Return how much is here now, and False if it is all and wrong: then it was dropped."""
    assert work.actor_id is not None  # noqa: S101 -- uploads are somebody's
    own = (PhotoUpload.photo_id == photo_id, PhotoUpload.uploader_id == work.actor_id)
    told = {"sha256": bytes.fromhex(piece.sha256), "bytes": piece.length}
    begun = {"photo_id": photo_id, "uploader_id": work.actor_id, "received": 0, "heard_at": work.now, **told}
    await work.session.execute(insert(PhotoUpload).values(begun).on_conflict_do_nothing())
    upload = (await work.session.scalars(select(PhotoUpload).where(*own).with_for_update())).one()
    if (upload.sha256, upload.bytes) != (told["sha256"], told["bytes"]):
        # One's own upload under this id was of another picture: this one begins anew.
        await work.session.execute(delete(PhotoPiece).where(*_same(photo_id, work.actor_id)))
        upload.sha256, upload.bytes, upload.received = bytes.fromhex(piece.sha256), piece.length, 0
    if piece.offset != upload.received:
        raise WrongOffset(upload.received)
    await _require_room(work, len(piece.data))
    work.session.add(PhotoPiece(photo_id=photo_id, uploader_id=work.actor_id, start=piece.offset, data=piece.data))
    upload.received = piece.offset + len(piece.data)
    upload.heard_at = work.now
    await work.session.flush()
    if upload.received < upload.bytes:
        return upload.received, True
    whole = await work.session.scalars(
        select(PhotoPiece.data).where(*_same(photo_id, work.actor_id)).order_by(PhotoPiece.start)
    )
    if hashlib.sha256(b"".join(whole)).digest() == upload.sha256:
        return upload.received, True
    await work.session.delete(upload)
    return 0, False


async def _require_room(work: Work, more: int) -> None:
    waiting = await work.session.scalar(
        select(func.coalesce(func.sum(PhotoUpload.received), 0)).where(PhotoUpload.uploader_id == work.actor_id)
    )
    if int(waiting or 0) + more > MOST_WAITING:
        raise TooManyWaiting


def _same(photo_id: UUID, uploader_id: UUID) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return (PhotoPiece.photo_id == photo_id, PhotoPiece.uploader_id == uploader_id)


def _is_of(upload: PhotoUpload, photo: Photo) -> bool:
    return (upload.bytes, upload.sha256) == (photo.bytes, photo.sha256)


def _settled(photo: Photo) -> Progress:
    return Progress(PhotoStatus(photo.status), photo.bytes, photo.bytes, photo.problem and PhotoProblem(photo.problem))
