"""Why a piece of a picture is not taken."""

from retail.kernel.refusal import Refusal


class WrongOffset(Refusal):
    """The piece does not begin where the last one ended; `offset` says where that is."""

    code = "WRONG_OFFSET"

    def __init__(self, offset: int) -> None:
        super().__init__(f"Go on at byte {offset}.", f"请从第 {offset} 字节继续。")
        self.offset = offset


class TooManyBytes(Refusal):
    """More came than was said, or than a picture may have."""

    code = "TOO_MANY_BYTES"

    def __init__(self, most: int) -> None:
        super().__init__(f"No more than {most} bytes.", f"不得超过 {most} 字节。")


class WrongHash(Refusal):
    """All bytes are here and they are not those that were announced; they were dropped."""

    code = "WRONG_HASH"

    def __init__(self) -> None:
        super().__init__("The bytes are not those announced: send them again.", "内容与摘要不符，请重新上传。")


class NotAsAnnounced(Refusal):
    """The photo was announced with another hash or length."""

    code = "NOT_AS_ANNOUNCED"

    def __init__(self) -> None:
        super().__init__("This photo was announced with other bytes.", "与登记的照片不一致。")


class PhotoExpired(Refusal):
    """The photo was announced so long ago that it is not waited for any more."""

    code = "PHOTO_EXPIRED"

    def __init__(self) -> None:
        super().__init__("This photo came too late.", "照片送达太晚，已不再接收。")


class TooManyWaiting(Refusal):
    """The uploader has brought so much that nobody has announced; what is announced makes room."""

    code = "TOO_MANY_WAITING"

    def __init__(self) -> None:
        super().__init__(
            "Too many of your photos wait to be announced. Try again later.", "未登记的照片过多，请稍后再传。"
        )
