"""Taking a photo again that could not be kept."""

from typing import Annotated

import strawberry

from retail.photos.commands import PhotoRetaken, retake
from retail.photos.queries import photos_named
from schema.kernel.context import Info
from schema.photos.types import Photo, RetakePhotoInput, RetakePhotoResult, RetakePhotoSuccess


@strawberry.type
class PhotosMutation:
    @strawberry.mutation(description="Announce a new picture in the place of one that was refused.")
    async def retake_photo(
        self,
        info: Info,
        input: Annotated[RetakePhotoInput, strawberry.argument(description="The old photo and the new one.")],
    ) -> RetakePhotoResult:
        photo = input.photo.read()
        done = await info.context.desk.office.once(
            info.context.actor,
            request_id=input.request_id,
            operation="retakePhoto",
            content=(input.photo_id, photo),
            answer=PhotoRetaken,
            run=lambda work: retake(work, photo_id=input.photo_id, photo=photo),
        )
        async with info.context.reading() as reading:
            row = (await photos_named(reading, [done.photo_id]))[done.photo_id]
        return RetakePhotoSuccess(photo=Photo.of(row))
