"""Photos of many things at once, for the types of other areas."""

from collections.abc import Collection, Mapping

from retail.photos.models import PhotoAbout
from retail.photos.queries import Thing, photos_about
from schema.kernel.context import Context
from schema.photos.types import Photo


async def photos_of(context: Context, about: PhotoAbout, things: Collection[Thing]) -> Mapping[Thing, list[Photo]]:
    """Return the photos of each thing (a store and an id) that the asker may see, in the order of taking."""
    if not things:
        return {}
    async with context.reading() as reading:
        found = await photos_about(reading, about, things)
    return {thing: [Photo.of(row) for row in rows] for thing, rows in found.items()}
