"""Where pictures lie: a folder and a bucket keep the same promises."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from api.outbound.photo_storage import FolderStorage, forget_folder, storage_of
from api.settings import read_settings
from retail.photos.ports import PhotoStorage
from tests.support.s3 import TestingS3


@pytest.fixture(scope="module")
def s3() -> Iterator[TestingS3]:
    with TestingS3() as server:
        yield server


@pytest.fixture(params=["folder", "bucket"])
def storage(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PhotoStorage:
    place = {"TRUESHELF_PHOTOS": str(tmp_path / "pictures")}
    if request.param == "bucket":
        server: TestingS3 = request.getfixturevalue("s3")
        place = server.bucket(f"photos-{uuid4().hex[:8]}")
    for name, value in place.items():
        monkeypatch.setenv(name, value)
    return storage_of(read_settings())


class TestEveryStorage:
    async def test_gives_back_what_was_put(self, storage: PhotoStorage) -> None:
        await storage.put("store/one.jpg", b"one" * 100_000)
        await storage.put("store/two.jpg", b"two")

        assert await storage.get("store/one.jpg") == b"one" * 100_000
        assert await storage.get("store/two.jpg") == b"two"

    async def test_knows_nothing_of_what_was_never_put(self, storage: PhotoStorage) -> None:
        assert await storage.get("store/none.jpg") is None
        assert await storage.get("nowhere/none.jpg") is None

    async def test_puts_the_same_twice(self, storage: PhotoStorage) -> None:
        await storage.put("store/one.jpg", b"first")
        await storage.put("store/one.jpg", b"second")

        assert await storage.get("store/one.jpg") == b"second"

    async def test_forgets_what_it_is_told_to_forget(self, storage: PhotoStorage) -> None:
        await storage.put("store/one.jpg", b"one")
        await storage.put("store/two.jpg", b"two")

        await storage.delete(["store/one.jpg", "store/never.jpg"])
        await storage.delete(["store/one.jpg"])

        assert await storage.get("store/one.jpg") is None
        assert await storage.get("store/two.jpg") == b"two"


async def test_pictures_lie_under_the_prefix_of_the_bucket(s3: TestingS3, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in s3.bucket("prefixed").items():
        monkeypatch.setenv(name, value)

    await storage_of(read_settings()).put("store/one.jpg", b"one")

    assert s3.names("prefixed") == ["shop/store/one.jpg"]


async def test_a_folder_shows_a_picture_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    storage = FolderStorage(tmp_path)
    await storage.put("store/one.jpg", b"before")

    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        await storage.put("store/one.jpg", b"after")

    assert await storage.get("store/one.jpg") == b"before"
    assert [file.name for file in (tmp_path / "store").iterdir()] == ["one.jpg"]


async def test_unless_told_otherwise_pictures_lie_in_the_programs_home(tmp_path: Path) -> None:
    settings = read_settings(home=tmp_path)

    await storage_of(settings).put("store/one.jpg", b"one")

    assert (tmp_path / "photos" / "store" / "one.jpg").read_bytes() == b"one"
    forget_folder(settings)
    assert not (tmp_path / "photos").exists()


async def test_a_folder_that_was_named_is_not_ours_to_forget(tmp_path: Path) -> None:
    settings = read_settings(home=tmp_path / "home", photos=str(tmp_path / "named"))
    await storage_of(settings).put("store/one.jpg", b"one")

    forget_folder(settings)

    assert (tmp_path / "named" / "store" / "one.jpg").exists()
