"""Where pictures lie: a folder of this machine, or a bucket that speaks S3 (obstore)."""

import asyncio
import os
import shutil
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import obstore
from obstore.store import S3Store

from api.settings import Settings
from retail.photos.ports import PhotoStorage

if TYPE_CHECKING:
    from obstore.store import S3Config  # known to type checkers only

PATIENCE = timedelta(seconds=20)


class FolderStorage:
    """Pictures as files; a file is written beside its place and moved there whole, on the disk before it counts."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def put(self, key: str, data: bytes) -> None:
        await asyncio.to_thread(self._write, self._root / key, data)

    async def get(self, key: str) -> bytes | None:
        return await asyncio.to_thread(_read, self._root / key)

    async def delete(self, keys: Collection[str]) -> None:
        for key in keys:
            await asyncio.to_thread((self._root / key).unlink, missing_ok=True)

    def _write(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.{token_hex(6)}")
        try:
            with beside.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class BucketStorage:
    """Pictures as objects of a bucket; S3 shows an object whole or not at all."""

    def __init__(self, bucket: S3Store) -> None:
        self._bucket = bucket

    async def put(self, key: str, data: bytes) -> None:
        await obstore.put_async(self._bucket, key, data, attributes={"Content-Type": "image/jpeg"}, use_multipart=False)

    async def get(self, key: str) -> bytes | None:
        try:
            found = await obstore.get_async(self._bucket, key)
        except FileNotFoundError:
            return None
        return bytes(await found.bytes_async())

    async def delete(self, keys: Collection[str]) -> None:
        await obstore.delete_async(self._bucket, list(keys))


def storage_of(settings: Settings) -> PhotoStorage:
    """Return where the settings say that pictures lie."""
    place = settings.photos
    if place is None or not place.startswith("s3://"):
        return FolderStorage(settings.home / "photos" if place is None else Path(place))
    return _bucket(settings, place)


def _bucket(settings: Settings, place: str) -> BucketStorage:
    parts, endpoint, secret = urlsplit(place), settings.photos_endpoint, settings.photos_secret
    config: S3Config = {"region": settings.photos_region}
    if endpoint is not None:
        config["endpoint"] = endpoint
    # Without keys they come from where every program on that machine has them (AWS_*, an instance's role).
    if settings.photos_key_id is not None and secret is not None:
        config["access_key_id"] = settings.photos_key_id
        config["secret_access_key"] = secret.get_secret_value()
    return BucketStorage(
        S3Store(
            parts.netloc,
            prefix=parts.path.strip("/") or None,
            config=config,
            client_options={
                "allow_http": urlsplit(endpoint or "https:").scheme == "http",
                "timeout": PATIENCE,
                "connect_timeout": PATIENCE / 4,
            },
            retry_config={"max_retries": 2, "retry_timeout": PATIENCE},
        )
    )


def forget_folder(settings: Settings) -> None:
    """Remove the pictures in the program's own folder; those in a place that was named are not ours to remove."""
    shutil.rmtree(settings.home / "photos", ignore_errors=True)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
