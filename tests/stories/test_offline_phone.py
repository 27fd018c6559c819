"""What a phone keeps for the cellar: sealed, in time, within its room, and sent also while the app is closed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest_asyncio
from playwright.async_api import Browser

from tests.stories.books import Item
from tests.stories.conftest import Chain, GiveDevice
from tests.stories.device import NO_NETWORK, Device, device
from tests.stories.line import Line, line_to
from tests.stories.patience import comes_to

READABLE = """async () => {
  const words = []
  const decoder = new TextDecoder()
  const read = (value) => {
    if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) words.push(decoder.decode(value))
    else if (value instanceof CryptoKey) words.push(value.extractable ? 'AN OPEN KEY' : '')
    else if (value && typeof value === 'object') Object.values(value).forEach(read)
    else words.push(String(value))
  }
  for (const { name } of await indexedDB.databases()) {
    const db = await new Promise((done) => (indexedDB.open(name).onsuccess = ({ target }) => done(target.result)))
    for (const store of db.objectStoreNames) {
      const reading = db.transaction(store).objectStore(store).getAll()
      await new Promise((done) => (reading.onsuccess = done))
      read(reading.result)
    }
    db.close()
  }
  return words.join(' ')
}"""
A_DAY_AHEAD = "(() => { const wall = Date.now.bind(Date); Date.now = () => wall() + 86_400_000 })()"
FULL = """() => {
  const add = IDBObjectStore.prototype.add
  IDBObjectStore.prototype.add = function (...written) {
    if (globalThis.roomy) return add.apply(this, written)
    throw new DOMException('what a browser says on a full disk', 'QuotaExceededError')
  }
}"""
"""A browser looks at the room that is left only now and then; here it says at once what it then says."""


async def something(chain: Chain, shop: str) -> Item:
    """What the shop has most of."""
    query = """
        select sku.name from stock_level level
        join store on store.id = level.store_id join sku on sku.id = level.sku_id
        where store.code like '%-' || upper($1) order by level.on_hand desc, sku.code limit 1
    """
    return await chain.books.item(shop, await chain.books.value(query, shop))


async def sell(phone: Device, tea: Item) -> None:
    await phone.see("scan-input").wait_for()
    await phone.scan(tea.gtin)
    for tap in ("sell", "to-sale", "cart-finish"):
        await phone.tap(tap)


async def sold_once(chain: Chain, tea: Item) -> Callable[[], Awaitable[None]]:
    """Look at the book now; what is returned waits until one piece has been sold since, and nothing else."""
    before = len(await chain.books.moved(tea))

    async def since() -> list[tuple[str, int]]:
        return (await chain.books.moved(tea))[before:]

    return lambda: comes_to(since, [("sale", -1)])


@asynccontextmanager
async def closed(phone: Device) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Close the app; what is given does what the browser does when the network is back: it calls the service worker."""
    other = await phone.context.new_page()
    await phone.page.close()
    developer = await phone.context.new_cdp_session(other)
    registrations: list[dict[str, Any]] = []
    developer.on("ServiceWorker.workerRegistrationUpdated", lambda said: registrations.extend(said["registrations"]))
    await developer.send("ServiceWorker.enable")
    while not registrations:  # noqa: ASYNC110 -- the browser says it when it likes
        await asyncio.sleep(0.02)
    call = {"origin": phone.url, "registrationId": registrations[0]["registrationId"], "tag": "trueshelf.outbox"}

    async def send() -> None:
        await developer.send("ServiceWorker.dispatchSyncEvent", {**call, "lastChance": False})

    yield send
    phone.page = other


async def test_nobody_reads_what_lies_on_a_phone(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    tea = await something(chain, "hongqiao")
    sold = await sold_once(chain, tea)
    await phone.sign_in("hongqiao", path="/scan")
    await phone.settled()
    await phone.ready_offline()
    await phone.go_offline()
    await sell(phone, tea)
    await phone.shows("snackbar", "已记")

    readable = await phone.page.evaluate(READABLE)

    assert len(readable) > 10_000, "it keeps a lot"
    for secret in (tea.name, tea.gtin, str(tea.sku_id), "AN OPEN KEY"):
        assert secret not in readable
    await phone.come_back()
    await sold()


async def test_what_was_sold_is_sent_while_the_app_is_closed(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    tea = await something(chain, "zhangjiang")
    sold = await sold_once(chain, tea)
    await phone.sign_in("zhangjiang.2", path="/scan")
    await phone.settled()
    await phone.ready_offline()
    await phone.go_offline()
    await sell(phone, tea)
    await phone.shows("snackbar", "已记")
    async with closed(phone) as call:
        await phone.come_back()
        await call()

        await sold()


async def test_a_phone_whose_clock_is_a_day_wrong_sells_at_the_right_time(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    tea = await something(chain, "tianfu")
    await phone.context.add_init_script(A_DAY_AHEAD)
    await phone.sign_in("tianfu", path="/scan")
    await phone.settled()
    await sell(phone, tea)
    await phone.sent()
    await phone.open("/me/operations")

    await phone.shows("clock-wrong", "快了 24 小时")
    query = """
        select abs(extract(epoch from now() - occurred_at)), clock_error_seconds from movement
        where store_id = $1 and sku_id = $2 and source = 'phone' order by version desc limit 1
    """
    ((seconds, error),) = await chain.books.rows(query, tea.store_id, tea.sku_id)
    assert seconds < 60
    assert error is None


async def test_a_full_phone_says_that_nothing_was_kept(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    tea = await something(chain, "xipu")
    sold = await sold_once(chain, tea)
    phone.forgive("QuotaExceeded|DeviceFull|no room")
    await phone.sign_in("xipu", path="/scan")
    await phone.settled()
    await phone.page.evaluate(FULL)

    await sell(phone, tea)

    await phone.shows("snackbar", "手机存不下了")
    await phone.picture("offline-full")
    await phone.see("cart-finish").wait_for()
    await phone.page.evaluate("globalThis.roomy = true")
    await phone.tap("cart-finish")
    await phone.shows("snackbar", "已记")
    await sold()


@pytest_asyncio.fixture
async def line(chain: Chain) -> AsyncIterator[Line]:
    async with line_to(chain.url) as found:
        yield found


async def test_an_update_of_the_app_in_the_middle_of_sending_loses_nothing(
    chain: Chain, browser: Browser, line: Line
) -> None:
    tea = await something(chain, "jiaozi")
    sold = await sold_once(chain, tea)
    async with device(browser, line.url) as phone:
        phone.forgive(NO_NETWORK)
        await phone.sign_in("jiaozi", path="/scan")
        await phone.settled()
        await phone.ready_offline()
        line.loses = 1.0
        await sell(phone, tea)
        await phone.shows("snackbar", "已记")
        line.newer = b"\n// tomorrow's version"

        await phone.page.evaluate("navigator.serviceWorker.getRegistration().then((known) => known.update())")
        await phone.see("banner-action").wait_for()
        async with phone.page.expect_event("load"):
            await phone.tap("banner-action")
        line.loses = 0.0

        await phone.sent()
        assert line.lost > 0
        await sold()
