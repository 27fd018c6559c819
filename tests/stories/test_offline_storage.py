"""A storage that fails: what a phone says when it cannot keep, or cannot read, and what it sends asleep."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

from tests.stories import films
from tests.stories.conftest import Chain, GiveDevice
from tests.stories.device import device
from tests.stories.patience import comes_to
from tests.stories.test_offline_phone import closed, sell, sold_once, something
from tests.stories.test_photos import COLA, photo_of, shelf, take_back
from tests.support import chromium

FORBIDDEN = """() => {
  const forbid = () => { throw new DOMException('The operation is insecure.', 'SecurityError') }
  Object.defineProperty(window, 'localStorage', { get: forbid })
  IDBFactory.prototype.open = forbid
}"""
"""What a browser does for a site that may keep nothing."""
DAMAGED = "手机里存的资料有一部分坏了"
SLOWLY_MS = 30_000
"""A whole catalogue comes anew."""
ABSENT = "() => Object.defineProperty(window, 'indexedDB', { value: undefined })"
BROKEN_ONCE = """() => {
  if (sessionStorage.getItem('story.broken')) return
  sessionStorage.setItem('story.broken', 'once')
  IDBFactory.prototype.open = () => { throw new DOMException('Internal error opening backing store', 'UnknownError') }
}"""
SPOIL = """(what) => new Promise((done) => {
  const opening = indexedDB.open('trueshelf')
  opening.onsuccess = () => {
    const work = opening.result.transaction(['items', 'keys'], 'readwrite')
    if (what === 'deeds') work.objectStore('keys').delete('deeds')
    else work.objectStore('items').openCursor().onsuccess = ({ target }) =>
      target.result.update({ iv: new Uint8Array(12), data: new ArrayBuffer(64) })
    work.oncomplete = () => done(opening.result.close())
  }
})"""


@pytest.fixture(scope="module")
async def filmed(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    """A browser whose camera looks at a shelf."""
    async with chromium.launch(*films.flags(shelf(tmp_path_factory.mktemp("film") / "shelf.y4m"))) as browser:
        yield browser


async def test_a_browser_that_keeps_nothing_is_told_so_and_nothing_can_be_done_in_it(
    chain: Chain, give: GiveDevice
) -> None:
    phone = await give(chain)
    phone.forgive("insecure|SecurityError")
    await phone.context.add_init_script(f"({FORBIDDEN})()")

    await phone.open()

    await expect(phone.see("cannot-start")).to_have_attribute("data-why", "forbidden")
    await phone.shows("cannot-start", "浏览器不让真架保存东西")
    await phone.picture("cannot-start")
    await phone.page.emulate_media(color_scheme="dark")
    await expect(phone.page.locator("html")).to_have_attribute("data-theme", "dark")
    await phone.picture("cannot-start-dark")
    async with phone.page.expect_event("load"):
        await phone.tap("start-again")
    await phone.see("cannot-start").wait_for()


async def test_a_storage_that_is_broken_for_a_moment_is_tried_again_by_itself(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    phone.forgive("backing store")
    await phone.context.add_init_script(f"({BROKEN_ONCE})()")

    await phone.open()

    await expect(phone.see("cannot-start")).to_have_attribute("data-why", "broken")
    await phone.see("login").wait_for()


async def test_a_browser_without_a_database_is_told_the_same(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    phone.forgive("TypeError|ReferenceError|undefined")
    await phone.context.add_init_script(f"({ABSENT})()")

    await phone.open()

    await expect(phone.see("cannot-start")).to_have_attribute("data-why", "forbidden")


async def test_a_sale_that_nobody_can_read_any_more_is_shown_and_the_next_one_goes_out(
    chain: Chain, give: GiveDevice
) -> None:
    phone = await give(chain)
    tea = await something(chain, "wujiaochang")
    sold = await sold_once(chain, tea)
    await phone.sign_in("wujiaochang", path="/scan")
    await phone.settled()
    await phone.ready_offline()
    await phone.go_offline()
    await sell(phone, tea)
    await phone.shows("snackbar", "已记")
    await phone.page.evaluate(SPOIL, "deeds")
    await phone.reopen("/me/operations")

    lost = phone.page.locator("[data-kind='unreadable']")
    await expect(lost).to_contain_text("一笔读不出来的操作")
    await expect(lost).to_contain_text("已经读不出来，发不出去了")
    await expect(lost.get_by_test_id("operation-retry")).to_have_count(0)
    await phone.picture("operation-unreadable")
    await phone.page.emulate_media(color_scheme="dark")
    await phone.picture("operation-unreadable-dark")
    await lost.get_by_test_id("operation-seen").tap()
    await expect(lost.get_by_test_id("operation-seen")).to_have_count(0)
    await phone.open("/scan")
    await sell(phone, tea)
    await phone.come_back()

    await sold()


async def test_goods_that_are_damaged_on_the_phone_are_said_to_be_and_come_again(
    chain: Chain, give: GiveDevice
) -> None:
    phone = await give(chain)
    await phone.sign_in("xujiahui", path="/scan")
    await phone.settled()
    await phone.ready_offline()
    await phone.go_offline()
    await phone.page.evaluate(SPOIL, "goods")

    await phone.reopen("/")

    await phone.text(DAMAGED).wait_for()
    await phone.picture("kept-damaged")
    await phone.come_back()
    await expect(phone.text(DAMAGED)).to_have_count(0, timeout=SLOWLY_MS)


async def test_a_photo_is_sent_while_the_app_is_closed(chain: Chain, filmed: Browser) -> None:
    cola = await chain.books.item("wujiaochang", COLA)
    earlier = await photo_of(chain, "wujiaochang")
    async with device(filmed, chain.url) as phone:
        await phone.sign_in("wujiaochang")
        await phone.settled()
        await phone.ready_offline()
        await phone.open("/returns")
        await phone.see("scan-input").wait_for()
        await phone.go_offline()
        await take_back(phone, cola.gtin)
        assert await photo_of(chain, "wujiaochang") == earlier

        async with closed(phone) as call:
            await phone.come_back()

            async def status() -> str:
                await call()
                photo = await photo_of(chain, "wujiaochang")
                return "nobody knows it" if photo == earlier else str(photo["status"])

            await comes_to(status, "kept")
            assert await phone.context.pages[-1].evaluate("location.href") == "about:blank", "no page of ours is open"
