"""In the cellar, and while the server is away: the shop goes on, and nothing is lost or doubled."""

import re

from playwright.async_api import expect

from tests.stories.conftest import Chain, GiveDevice
from tests.stories.device import NO_NETWORK, Device

OLD_DATA = re.compile(r"离线 · 数据截至 \d\d:\d\d")
RECONNECTED_MS = 30_000
"""The live feed and the outbox wait longer after each failure, up to a quarter and a whole minute."""


async def sell_one(phone: Device, gtin: str) -> None:
    await phone.scan(gtin)
    await phone.tap("sell")
    await phone.tap("to-sale")
    await phone.tap("cart-finish")
    await phone.shows("snackbar", "已记")


async def test_a_clerk_in_the_cellar_works_on_and_comes_back_without_a_gap(chain: Chain, give: GiveDevice) -> None:
    phone, upstairs = await give(chain), await give(chain)
    tea = await chain.books.item("zhongguancun", "珍珠奶茶")
    await phone.sign_in("zhongguancun")
    await phone.settled()
    await phone.ready_offline()
    await upstairs.sign_in("zhongguancun.2", path="/scan")
    await upstairs.settled()

    await phone.go_offline()
    await phone.shows("banner", OLD_DATA)
    await phone.shows("contact", "离线")
    await phone.picture("offline-home")
    await phone.tap("tab-scan")
    await phone.find("zznc")
    await phone.see("results").locator(f"[data-sku='{tea.sku_id}']").tap()
    await phone.shows("item-on-hand", str(tea.on_hand))
    await phone.picture("offline-item")
    await sell_one(phone, tea.gtin)
    await phone.shows("banner", "1 笔已存好，联网自动发")
    await phone.page.reload()
    await phone.shows("banner", OLD_DATA)
    await phone.open("/me/operations")
    await expect(phone.see("operations").locator("li")).to_have_attribute("data-state", "waiting")
    await phone.shows("operations", "等待发送")
    await phone.picture("offline-waiting")
    await sell_one(upstairs, tea.gtin)
    await upstairs.sent()
    assert await chain.books.moved(tea) == [("sale", -1)], "only what was sold upstairs is known to the chain"

    await phone.come_back()

    await phone.sent()
    await expect(phone.see("operations").locator("li")).to_have_attribute("data-state", "accepted")
    await expect(phone.see("banner")).to_have_count(0, timeout=RECONNECTED_MS)
    await phone.open("/scan")
    await phone.see("scan-input").wait_for()
    await phone.scan(tea.gtin)
    await phone.shows("item-on-hand", str(tea.on_hand - 2), patience=RECONNECTED_MS)
    await upstairs.open("/scan")
    await upstairs.see("scan-input").wait_for()
    await upstairs.scan(tea.gtin)
    await upstairs.shows("item-on-hand", str(tea.on_hand - 2))
    assert await chain.books.moved(tea) == [("sale", -1), ("sale", -1)]


async def test_a_server_that_is_killed_costs_nothing(own_chain: Chain, give: GiveDevice) -> None:
    phone, tablet = await give(own_chain), await give(own_chain, "tablet")
    for device in (phone, tablet):
        device.forgive(NO_NETWORK)
    tea = await own_chain.books.item("wangjing", "珍珠奶茶")
    await phone.sign_in("wangjing", path="/scan")
    await phone.settled()
    await phone.ready_offline()
    await tablet.sign_in("beijing")
    cell = tablet.page.locator(
        f"[data-testid=heat-cell][data-store='{tea.store_id}'][data-category='{tea.category_id}']"
    )
    sold = int(await cell.get_attribute("data-units") or "")

    own_chain.server.kill9()
    await phone.shows("banner", OLD_DATA)
    await tablet.shows("banner", OLD_DATA)
    await tablet.picture("offline-manager")
    await sell_one(phone, tea.gtin)
    await phone.reopen("/me/operations")
    await phone.shows("banner", OLD_DATA)
    await expect(phone.see("operations").locator("li")).to_have_attribute("data-state", "waiting")
    own_chain.server.start()

    await phone.sent()
    await expect(phone.see("banner")).to_have_count(0, timeout=RECONNECTED_MS)
    await expect(cell).to_have_attribute("data-units", str(sold + 1), timeout=RECONNECTED_MS)
    await expect(tablet.see("banner")).to_have_count(0)
    assert await own_chain.books.moved(tea) == [("sale", -1)]
    assert await own_chain.books.on_hand(tea) == tea.on_hand - 1
    assert await own_chain.books.difference() == 0


async def test_what_needs_the_network_says_so(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    tea = await chain.books.item("kuanzhai", "珍珠奶茶")
    await phone.sign_in("kuanzhai", path="/stock")
    await phone.settled()
    await phone.ready_offline()

    await phone.go_offline()
    await phone.open(f"/stores/{tea.store_id}/items/{tea.sku_id}")

    await phone.shows("state-panel", "记录要联网才能看")
    await phone.shows("level-now", str(tea.on_hand))
    await phone.picture("offline-history")
    await phone.come_back()
    await phone.tap("retry")
    await phone.see("movement").first.wait_for()
