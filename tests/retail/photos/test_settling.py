"""The jobs that settle photos, drop what nobody wants, and remove what is over."""

import asyncio
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from api.database import system_office
from api.outbound.photo_storage import FolderStorage
from retail.access.work import Office
from retail.kernel.clock import utc_now
from retail.photos.settling import MOST_FAILURES, ORPHANED_AFTER, Darkroom, picture_key, small_key
from retail.photos.uploads import Piece, Progress, bring, progress
from tests.support.album import Shot, actor_of, announced, shot
from tests.support.chain import Chain, Staff, found_chain, open_chain

KEPT_DAYS = 400
NO_SERVER = "http://127.0.0.1:9"


class Clock:
    """Stands where the story wants it."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.ahead


class Storage(FolderStorage):
    """A folder with no room for some pictures."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.no_room_for: set[str] = set()
        self.tried: list[str] = []

        self.sticks: set[str] = set()

    async def delete(self, keys: Collection[str]) -> None:
        if any(name in key for key in keys for name in self.sticks):
            raise OSError(30, "Read-only file system")
        await super().delete(keys)

    async def put(self, key: str, data: bytes) -> None:
        self.tried.append(key)
        if any(name in key for name in self.no_room_for):
            raise OSError(28, "No space left on device")
        await super().put(key, data)


@dataclass
class Room:
    """A chain without a server: its jobs are done when the story says so."""

    chain: Chain
    clerk: Staff
    office: Office
    storage: Storage
    clock: Clock

    @property
    def darkroom(self) -> Darkroom:
        return Darkroom(self.office, self.storage, timedelta(days=KEPT_DAYS))

    async def bring(self, taken: Shot, end: int | None = None) -> Progress:
        piece = Piece(0, taken.data[:end], len(taken.data), taken.sha256)
        return await bring(self.office, await actor_of(self.chain, self.clerk), taken.id, piece)

    async def look(self, taken: Shot) -> tuple[str | None, int]:
        standing = await progress(self.office, await actor_of(self.chain, self.clerk), taken.id)
        return standing.status, standing.offset

    async def kept(self, *seeds: int) -> list[Shot]:
        """Pictures that are announced and here, and that nobody has settled."""
        shots = [shot(seed, width=64, height=48) for seed in seeds]
        for each in shots:
            await self.bring(each)
            await announced(self.chain, self.clerk, each.described())
        return shots

    async def acts(self, taken: Shot) -> list[str]:
        rows = await self.chain.rows(
            "select body::jsonb ->> 'act' as act from operation_log"
            " where body::jsonb -> 'details' ->> 'photo' = $1 order by seq",
            str(taken.id),
        )
        return [row["act"] for row in rows]


@pytest.fixture
async def room(database_url: str, tmp_path: Path) -> AsyncIterator[Room]:
    await found_chain(database_url, 3)
    clock = Clock()
    async with open_chain(database_url, NO_SERVER) as chain, system_office(database_url, clock=clock) as office:
        clerk = await chain.clerk_at(await chain.open_store("Riverside"))
        yield Room(chain, clerk, office, Storage(tmp_path), clock)


async def test_what_nobody_settled_is_settled_after_a_while(room: Room) -> None:
    (taken,) = await room.kept(1)

    await room.darkroom.settle_due()
    assert await room.look(taken) == ("awaited", len(taken.data))
    room.clock.ahead = timedelta(seconds=10)
    await room.darkroom.settle_due()

    assert await room.look(taken) == ("kept", len(taken.data))
    assert await room.chain.value("select count(*) from photo_piece") == 0


async def test_processes_that_settle_one_photo_at_once_settle_it_once(room: Room) -> None:
    (taken,) = await room.kept(1)

    await asyncio.gather(*(room.darkroom.settle(taken.id) for _ in range(4)))

    assert await room.acts(taken) == ["photo.kept"]
    assert await room.storage.get(picture_key(room.clerk.shop.id, taken.id)) is not None


async def test_a_process_that_dies_after_it_kept_the_picture_has_lost_nothing(room: Room) -> None:
    (taken,) = await room.kept(1)
    room.storage.no_room_for = {".small"}
    with pytest.raises(OSError, match="No space left"):
        await room.darkroom.settle(taken.id)
    assert await room.look(taken) == ("awaited", len(taken.data))

    room.storage.no_room_for = set()
    await room.darkroom.settle(taken.id)

    assert await room.look(taken) == ("kept", len(taken.data))


async def test_one_photo_that_cannot_be_kept_holds_up_no_other(room: Room) -> None:
    shots = await room.kept(1, 2, 3)
    room.storage.no_room_for = {str(shots[0].id)}
    room.clock.ahead = timedelta(seconds=10)

    with pytest.raises(OSError, match="No space left"):
        await room.darkroom.settle_due()

    assert [(await room.look(each))[0] for each in shots] == ["awaited", "kept", "kept"]


async def test_a_storage_that_is_away_is_not_asked_for_everything(room: Room) -> None:
    await room.kept(*range(MOST_FAILURES + 3))
    room.storage.no_room_for = {""}
    room.clock.ahead = timedelta(seconds=10)

    with pytest.raises(OSError, match="No space left"):
        await room.darkroom.settle_due()

    assert len(room.storage.tried) == MOST_FAILURES


async def test_what_nobody_announced_in_a_week_is_dropped(room: Room) -> None:
    orphan, begun = shot(1), shot(2)
    await room.bring(orphan)
    await announced(room.chain, room.clerk, begun.described())
    await room.bring(begun, end=1000)
    (whole,) = await room.kept(3)

    room.clock.ahead = ORPHANED_AFTER - timedelta(minutes=1)
    await room.darkroom.sweep()
    assert await room.look(orphan) == (None, len(orphan.data))
    room.clock.ahead = ORPHANED_AFTER + timedelta(minutes=1)
    await room.darkroom.sweep()

    assert await room.look(orphan) == (None, 0)
    assert await room.look(begun) == ("awaited", 0)
    assert await room.look(whole) == ("awaited", len(whole.data)), "announced and all here: it only waits for a storage"
    await announced(room.chain, room.clerk, orphan.described())
    await room.bring(orphan)
    await room.darkroom.settle(orphan.id)
    assert (await room.look(orphan))[0] == "kept"


async def test_a_sweep_removes_more_than_a_step_and_passes_over_what_sticks(room: Room) -> None:
    """A hundred and thirty pictures in the books, of which only one has a file: that is all that removing needs."""
    (taken,) = await room.kept(1)
    await room.darkroom.settle(taken.id)
    columns = "store_id, about, about_id, stands_for, announced_by, announced_at, taken_at, sha256, bytes"
    columns += ", status, width, height"
    await room.chain.rows(
        f"insert into photo (id, {columns}, settled_at) select gen_random_uuid(), {columns},"  # noqa: S608 -- own words
        " settled_at + make_interval(secs => n) from photo, generate_series(1, 129) n where id = $1",
        taken.id,
    )
    room.clock.ahead = timedelta(days=KEPT_DAYS, hours=1)
    room.storage.sticks = {str(taken.id)}

    with pytest.raises(OSError, match="Read-only"):
        await room.darkroom.sweep()
    left = await room.chain.value("select count(*) from photo where status = 'kept'")
    room.storage.sticks = set()
    await room.darkroom.sweep()

    assert left == 50  # the step that sticks, and no more
    assert await room.chain.value("select count(*) from photo where status = 'kept'") == 0
    assert await room.chain.value("select count(*) from photo where status = 'removed'") == 130


async def test_a_sweep_drops_more_uploads_than_a_step(room: Room) -> None:
    orphan = shot(1)
    await room.bring(orphan)
    await room.chain.rows(
        "insert into photo_upload (photo_id, uploader_id, sha256, bytes, received, heard_at)"
        " select gen_random_uuid(), uploader_id, sha256, bytes, 0, heard_at from photo_upload, generate_series(1, 119)"
    )
    room.clock.ahead = ORPHANED_AFTER + timedelta(minutes=1)

    await room.darkroom.sweep()

    assert await room.chain.value("select count(*) from photo_upload") == 0


async def test_a_picture_is_removed_when_its_time_is_over_and_the_log_still_knows_it(room: Room) -> None:
    (taken,) = await room.kept(1)
    await room.darkroom.settle(taken.id)

    room.clock.ahead = timedelta(days=KEPT_DAYS, minutes=-1)
    await room.darkroom.sweep()
    assert (await room.look(taken))[0] == "kept"
    room.clock.ahead = timedelta(days=KEPT_DAYS, minutes=1)
    await room.darkroom.sweep()
    await room.darkroom.sweep()

    assert (await room.look(taken))[0] == "removed"
    assert (await room.bring(taken)).status == "removed"
    assert await room.acts(taken) == ["photo.kept", "photo.removed"]
    for key in (picture_key, small_key):
        assert await room.storage.get(key(room.clerk.shop.id, taken.id)) is None


async def test_a_picture_that_was_refused_is_nowhere(room: Room) -> None:
    rubbish = Shot(b"this is no picture")
    await room.bring(rubbish)
    await announced(room.chain, room.clerk, rubbish.described())

    await room.darkroom.settle(rubbish.id)

    assert (await room.look(rubbish))[0] == "refused"
    assert await room.acts(rubbish) == ["photo.refused"]
    assert room.storage.tried == []
    assert await room.chain.value("select count(*) from photo_upload") == 0
