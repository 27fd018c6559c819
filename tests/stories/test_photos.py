"""A photo from the cellar: taken without a network, kept through a killed app, and seen by those who may see it."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.stories import films
from tests.stories.conftest import Chain, GiveDevice
from tests.stories.device import NO_NETWORK, Device, device
from tests.support import chromium
from tests.support.pictures import scene

COLA = "可乐500ml"
UPLOADS = "**/photos/**"
PICTURES = """() => new Promise((done) => {
  const opening = indexedDB.open('trueshelf-photos')
  opening.onsuccess = () => {
    const reading = opening.result.transaction('pictures').objectStore('pictures').getAll()
    reading.onsuccess = () => done(reading.result.map((each) => Object.keys(each).join()))
    opening.result.close()
  }
})"""
NOT_HERE = "status of 404"
"""What Chromium says about a photo that is not for its eyes."""


def shelf(path: Path) -> Path:
    """A film of a shelf in colour, as long as one picture."""
    bright, blue, red = scene(films.WIDTH, films.HEIGHT).convert("YCbCr").split()
    half = (films.WIDTH // 2, films.HEIGHT // 2)
    frame = bright.tobytes() + blue.resize(half).tobytes() + red.resize(half).tobytes()
    path.write_bytes(f"YUV4MPEG2 W{films.WIDTH} H{films.HEIGHT} F5:1 Ip A1:1 C420jpeg\nFRAME\n".encode() + frame)
    return path


@pytest.fixture(scope="module")
async def filmed(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    """A browser whose camera looks at a shelf."""
    async with chromium.launch(*films.flags(shelf(tmp_path_factory.mktemp("film") / "shelf.y4m"))) as browser:
        yield browser


async def take_back(phone: Device, gtin: str) -> None:
    """Take a bottle back, with a picture of it from the camera in the page."""
    await phone.scan(gtin)
    await phone.tap("without-receipt")
    await phone.tap("reason-unwanted")
    await phone.tap("condition-sealed")
    await phone.tap("take-photo")
    await expect(phone.see("shutter")).to_be_enabled()
    await phone.picture("photo-camera")
    await phone.tap("shutter")
    await phone.see("photo-thumb").first.wait_for()
    await phone.picture("photo-taken")
    await phone.tap("return-confirm")
    await phone.shows("snackbar", "已退")


async def photo_of(chain: Chain, login: str) -> Any:
    """The newest photo of whoever signs in so, as PostgreSQL knows it."""
    rows = await chain.books.rows(
        "select p.* from photo p join local_account a on a.person_id = p.announced_by where a.login = $1"
        " order by p.announced_at desc, p.id desc limit 1",
        login,
    )
    return rows[0] if rows else None


async def test_a_photo_from_the_cellar_survives_and_is_seen_by_the_shops_own(
    chain: Chain, give: GiveDevice, filmed: Browser
) -> None:
    cola = await chain.books.item("hongqiao", COLA)
    async with device(filmed, chain.url) as phone:
        await phone.sign_in("hongqiao")
        await phone.settled()
        await phone.ready_offline()
        await phone.open("/returns")
        await phone.see("scan-input").wait_for()
        await phone.go_offline()

        await take_back(phone, cola.gtin)
        await phone.reopen("/me/operations")

        await phone.shows("photos-waiting", "1 张照片待上传")
        await expect(phone.see("photo-thumb")).to_have_attribute("data-look", "waiting")
        await expect(phone.see("photo-thumb").locator("img")).to_have_js_property("complete", value=True)
        await phone.picture("photo-waiting")
        assert await phone.page.evaluate(PICTURES) == ["iv,data"], "it lies sealed on the device"
        assert await photo_of(chain, "hongqiao") is None

        await phone.come_back()
        await phone.sent()
        await expect(phone.see("photos-waiting")).to_have_count(0, timeout=30_000)
        assert await phone.page.evaluate(PICTURES) == [], "it is on the device no more"

    kept = await photo_of(chain, "hongqiao")
    assert (kept["status"], kept["about"], kept["width"], kept["height"]) == ("kept", "return", 640, 480)
    await seen_by(await give(chain, "tablet"), "hongqiao.m", str(kept["id"]))
    await not_seen_by(await give(chain), "xipu", str(kept["id"]))


async def seen_by(manager: Device, login: str, photo: str) -> None:
    await manager.sign_in(login)
    await manager.open("/returns/inspect")
    picture = manager.page.locator(f"[data-photo='{photo}'] img")
    await expect(picture).to_have_js_property("naturalWidth", 320)
    await manager.page.locator(f"[data-photo='{photo}']").tap()
    await expect(manager.see("photo-large")).to_have_js_property("naturalWidth", 640)
    await manager.picture("photo-large")


async def not_seen_by(stranger: Device, login: str, photo: str) -> None:
    await stranger.sign_in(login)
    stranger.forgive(NOT_HERE)
    for path in (f"/photos/{photo}", f"/photos/{photo}/small"):
        told = await stranger.page.evaluate("(path) => fetch(path).then(async (a) => [a.status, await a.text()])", path)
        assert told[0] == 404
        assert "NOT_FOUND" in told[1]


async def test_a_photo_that_was_refused_says_why_and_is_taken_again_in_its_place(chain: Chain, filmed: Browser) -> None:
    cola = await chain.books.item("jiaozi", COLA)
    async with device(filmed, chain.url) as phone:
        phone.forgive(NO_NETWORK)
        await phone.sign_in("jiaozi", path="/returns")
        await phone.settled()
        # The deed arrives, its picture does not yet; meanwhile it turns out that the picture is none.
        await phone.context.route(UPLOADS, lambda route: route.abort())
        await take_back(phone, cola.gtin)
        await phone.sent()
        old = await photo_of(chain, "jiaozi")
        assert old["status"] == "awaited"
        await chain.books.rows("update photo set status = 'refused', problem = 'damaged' where id = $1", old["id"])
        await phone.context.unroute(UPLOADS)

        await phone.open("/me/operations")
        await phone.shows("photos-waiting", "1 张照片要重拍")
        await phone.shows("photos-waiting", "照片已损坏，请重拍")
        await phone.picture("photo-refused")
        await phone.tap("photo-again")
        await expect(phone.see("shutter")).to_be_enabled()
        await phone.tap("shutter")

        await phone.sent(2)
        await expect(phone.see("photos-waiting")).to_have_count(0, timeout=30_000)
        await expect(phone.see("operations")).to_contain_text(re.compile("重拍照片"))
        new = await photo_of(chain, "jiaozi")
        assert (new["status"], new["about_id"], new["replaces_id"]) == ("kept", old["about_id"], old["id"])
