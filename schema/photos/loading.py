"""Photos of many things at once, for the types of other areas."""

from collections.abc import Collection, Mapping
from uuid import UUID

from retail.photos.models import PhotoAbout
from retail.photos.queries import photos_about
from schema.kernel.context import Context
from schema.photos.types import Photo


async def photos_of(context: Context, about: PhotoAbout, ids: Collection[UUID]) -> Mapping[UUID, list[Photo]]:
    """Return the photos of each thing that the asker may see, in the order in which they were taken."""
    if not ids:
        return {}
    async with context.reading() as reading:
        found = await photos_about(reading, about, ids)
    return {id: [Photo.of(row) for row in rows] for id, rows in found.items()}
