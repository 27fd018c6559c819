"""Where pictures lie, as the business sees it: bytes under a name, and nothing else."""

from collections.abc import Collection
from typing import Protocol


class PhotoStorage(Protocol):
    """Keeps pictures. What `put` has returned from is there, whole, whatever happens next."""

    async def put(self, key: str, data: bytes) -> None:
        """Keep bytes under a key, in the place of what is there."""

    async def get(self, key: str) -> bytes | None:
        """Return the bytes under a key; None if there are none."""

    async def delete(self, keys: Collection[str]) -> None:
        """Forget keys; those that are not there are forgotten already."""
