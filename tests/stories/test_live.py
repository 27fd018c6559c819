"""What happens in one hand is seen in the others, and nobody reloads anything."""

import asyncio
import re
import sys
import time

from playwright.async_api import expect

from tests.stories.conftest import Chain, GiveDevice
from tests.stories.device import FOR_README, ROOT, Device
from tests.stories.test_day_whole import TEAS

AT_ONCE_MS = 3_000
PIECES = 40
"""So many in an hour that the circles change, whichever shop is the fastest: they show shares of its pace."""
SOON_MS = 8_000
"""Sums of money are asked for at most every five seconds."""


async def redrawn(manager: Device, drawn: bytes) -> bool:
    """Wait until the map is another picture; it is drawn a moment after its figures."""
    deadline = time.monotonic() + AT_ONCE_MS / 1000
    while time.monotonic() < deadline:
        if await manager.see("store-map").screenshot() != drawn:
            return True
    return False


async def test_a_sale_is_seen_on_the_managers_map_and_on_a_colleagues_phone(chain: Chain, give: GiveDevice) -> None:
    tea = max([await chain.books.item("sanlitun", name) for name in TEAS], key=lambda each: each.on_hand)
    clerk, colleague, manager = await give(chain), await give(chain), await give(chain, "tablet")
    await manager.sign_in("hq")
    cell = manager.see("heat-cell").and_(
        manager.page.locator(f"[data-store='{tea.store_id}'][data-category='{tea.category_id}']")
    )
    await manager.tap("measure-pace")
    await cell.scroll_into_view_if_needed()
    await manager.shows("kpi-sales", "¥")
    await cell.wait_for()
    sold, pace = [int(await cell.get_attribute(each) or "") for each in ("data-units", "data-figure")]
    money = await manager.number("kpi-sales")
    await colleague.sign_in("sanlitun.2", path="/scan")
    await colleague.settled()
    await colleague.scan(tea.gtin)
    await colleague.shows("item-on-hand", str(tea.on_hand))
    await clerk.sign_in("sanlitun", path="/scan")
    await clerk.settled()
    for device in (manager, colleague):
        await device.page.evaluate("window.neverReloaded = true")
    drawn = await manager.see("store-map").screenshot()

    await clerk.scan(tea.gtin)
    await clerk.tap("sell-many")
    await clerk.press(PIECES)
    await clerk.tap("to-sale")
    price = round(float((await clerk.see("cart-total").inner_text()).removeprefix("¥").replace(",", "")))
    await clerk.tap("cart-finish")
    begin = time.monotonic()

    await expect(cell).to_have_attribute("data-units", str(sold + PIECES), timeout=AT_ONCE_MS)
    print(f"from the tap to the manager's cell: {time.monotonic() - begin:.2f} s")  # noqa: T201 -- shown by pytest -s
    await expect(cell).to_have_attribute("data-figure", str(pace + PIECES), timeout=AT_ONCE_MS)
    await expect(colleague.see("item-on-hand")).to_contain_text(str(tea.on_hand - PIECES), timeout=AT_ONCE_MS)
    assert await redrawn(manager, drawn), "the map stayed as it was"
    await expect(manager.see("kpi-sales")).to_have_text(f"¥{money + price:,}", timeout=SOON_MS)
    await manager.picture("manager-pace")
    for device in (manager, colleague):
        assert await device.page.evaluate("window.neverReloaded") is True


async def test_what_falls_below_its_safety_stock_is_told_by_name(chain: Chain, give: GiveDevice) -> None:
    clerk, manager = await give(chain), await give(chain, "tablet")
    query = """
        select sku.name from stock_level level join sku on sku.id = sku_id join store on store.id = store_id
        where store.code = 'SH-QIBAO' and on_hand - reserved >= safety_stock and on_hand between 4 and 90
          and safety_stock > 1 order by sku.name limit 1
    """
    thing = await chain.books.item("qibao", await chain.books.value(query))
    await manager.sign_in("shanghai")
    await manager.see("heat-cell").first.wait_for()
    low = await manager.number("kpi-low")
    await clerk.sign_in("qibao", path="/scan")
    await clerk.settled()

    await clerk.scan(thing.gtin)
    await clerk.tap("sell-many")
    await clerk.press(thing.on_hand - 1)
    await clerk.tap("to-sale")
    await clerk.tap("cart-finish")

    await manager.shows("ticker", thing.name)
    await manager.shows("ticker", "只剩 1")
    await expect(manager.see("kpi-low")).to_have_text(str(low + 1), timeout=SOON_MS)
    await manager.tap("measure-shortage")
    await manager.picture("manager-shortage")


async def test_every_figure_opens_what_it_is_made_of(chain: Chain, give: GiveDevice) -> None:
    manager = await give(chain, "tablet")
    await manager.sign_in("hq")
    await manager.see("heat-cell").first.wait_for()
    await manager.shows("kpi-sales", re.compile("¥"))
    await manager.picture("manager-availability")
    if FOR_README:
        await trade_for_a_while(chain)
    await manager.tap("measure-pace")
    await manager.picture("manager-map", readme=True)
    await manager.tap("measure-availability")

    await manager.tap("as-table")
    await manager.see("figure-table").wait_for()
    await manager.picture("manager-table")
    await manager.tap("as-table")
    await manager.tap("heat-cell")
    await manager.see("stock-list").locator("li").first.wait_for()
    await manager.picture("manager-store")
    await manager.see("stock-list").locator("li:not(.low) a").first.tap()
    await manager.see("movement").first.wait_for()
    await manager.picture("manager-movements")


async def trade_for_a_while(chain: Chain) -> None:
    """Let the demo's simulator trade, fast, so that the README's map lives."""
    words = ["-m", "api.demo.simulator", "--url", chain.url, "--pace", "10"]
    trader = await asyncio.create_subprocess_exec(sys.executable, *words, cwd=ROOT)
    await asyncio.sleep(30)
    trader.terminate()
    await trader.wait()


async def test_a_store_manager_sees_her_store_and_may_work_in_it(chain: Chain, give: GiveDevice) -> None:
    manager = await give(chain, "tablet")
    await manager.sign_in("wangjing.m")
    await manager.see("heat-cell").first.wait_for()
    # A map of one store would show a dot: she sees her categories instead, all of this one store.
    assert await manager.see("store-map").count() == 0
    told = (
        await manager.see("category-tiles")
        .locator("[data-store]")
        .evaluate_all("all => all.map(each => each.dataset.store)")
    )
    assert len(told) > 5
    assert len(set(told)) == 1
    await manager.picture("store-manager")

    await manager.tap("to-shop")

    await manager.shows("store-name", "望京店")
    await manager.settled()
    await manager.picture("tablet-home")
