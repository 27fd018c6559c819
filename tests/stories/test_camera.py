"""The camera as a scanner: real frames of a real bar code go through the real decoder."""

from pathlib import Path

from tests.stories import films
from tests.stories.conftest import Chain, GiveDevice
from tests.stories.device import device
from tests.support import chromium


async def test_holding_a_code_before_the_camera_finds_the_thing(chain: Chain, tmp_path: Path) -> None:
    tea = await chain.books.item("xujiahui", "珍珠奶茶")
    film = films.film([(tea.gtin, 10)], tmp_path / "counter.y4m")
    async with chromium.launch(*films.flags(film)) as browser, device(browser, chain.url) as phone:
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
