"""The camera as a scanner: real frames of a real bar code go through the real decoder."""

from pathlib import Path
from typing import Any

import zxingcpp

from tests.stories.conftest import Chain, GiveDevice
from tests.stories.device import device
from tests.support import chromium

WIDTH, HEIGHT = 640, 480
COUNTER, PAPER = 96, 235
FRAMES = 10


def bar_code(gtin: str) -> list[bytes]:
    """The rows of an EAN-13 on white paper, one byte of brightness a pixel."""
    code = zxingcpp.create_barcode(gtin, zxingcpp.BarcodeFormat.EAN13)
    image: Any = zxingcpp.write_barcode_to_image(code, scale=3, add_quiet_zones=True)
    height, width = image.shape
    pixels = memoryview(image).tobytes()
    return [pixels[row * width : (row + 1) * width].replace(b"\xff", bytes([PAPER])) for row in range(height)]


def film(gtin: str, path: Path) -> Path:
    """A film, in the plain format that Chromium plays as its camera: the code lies on a counter."""
    code = bar_code(gtin)
    left, top = (WIDTH - len(code[0])) // 2, (HEIGHT - len(code)) // 2
    counter = bytes([COUNTER])
    rows = [counter * WIDTH] * HEIGHT
    for at, row in enumerate(code, top):
        rows[at] = counter * left + row + counter * (WIDTH - left - len(row))
    colourless = bytes([128]) * (WIDTH * HEIGHT // 2)
    frame = b"FRAME\n" + b"".join(rows) + colourless
    path.write_bytes(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode() + frame * FRAMES)
    return path


async def test_holding_a_code_before_the_camera_finds_the_thing(chain: Chain, tmp_path: Path) -> None:
    tea = await chain.books.item("xujiahui", "珍珠奶茶")
    flags = (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film(tea.gtin, tmp_path / 'counter.y4m')}",
    )
    async with chromium.launch(*flags) as browser, device(browser, chain.url) as phone:
        await phone.sign_in("xujiahui", path="/scan")
        await phone.settled()

        await phone.tap("open-camera")

        await phone.shows("item-name", "珍珠奶茶")
        await phone.shows("item-on-hand", str(tea.on_hand))
        await phone.picture("camera")


async def test_a_camera_that_is_refused_is_no_dead_end(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    tea = await chain.books.item("xujiahui", "珍珠奶茶")
    await phone.sign_in("xujiahui", path="/scan")
    await phone.settled()

    await phone.tap("open-camera")

    await phone.shows("open-camera", "相机用不了")
    await phone.picture("camera-refused")
    await phone.scan(tea.gtin)
    await phone.shows("item-name", "珍珠奶茶")
