"""Who buys for the chain sees what goods sell, cost and earn everywhere, and nothing of anybody's work."""

from playwright.async_api import expect

from tests.stories.conftest import Chain, GiveDevice
from tests.stories.device import Device

OF_THE_SHOP = ("/home", "/day", "/day/hand-over", "/sale", "/returns", "/returns/inspect", "/stocktake", "/tasks/1")
OF_LEADERS = ("/day/stores", "/manager/stocktakes", "/manager/returns", "/day/assign", "/people", "/log", "/rules")


async def test_a_buyer_sees_goods_and_money_and_nobodys_work(chain: Chain, give: GiveDevice) -> None:
    tea = await chain.books.item("xidan", "珍珠奶茶")
    tablet = await give(chain, "tablet")

    await tablet.sign_in("caigou")
    await tablet.shows("kpi-sales", "¥")
    await expect(tablet.see("to-me")).to_be_visible()
    for way in ("to-stocktakes", "to-returns", "board-assign", "to-shop"):
        await expect(tablet.see(way)).to_have_count(0)
    await tablet.picture("buyer-board")

    await tablet.open(f"/stores/{tea.store_id}/items/{tea.sku_id}")
    price, cost, margin = await money(tablet)
    assert 0 < cost < price
    assert margin == price - cost
    await expect(tablet.see("movements")).to_have_count(0)
    await tablet.picture("buyer-item")
    await tablet.open("/me")
    await tablet.picture("buyer-me")

    await tablet.open("/scan")
    await tablet.see("scan-input").wait_for()
    await tablet.scan(tea.gtin)
    await tablet.shows("item-name", tea.name)
    await expect(tablet.see("sell")).to_have_count(0)

    for path in (*OF_THE_SHOP, *OF_LEADERS):
        await tablet.open(path)
        await expect(tablet.page).to_have_url(f"{chain.url}/manager")


async def test_a_clerk_sees_how_goods_moved_and_not_what_they_cost(chain: Chain, give: GiveDevice) -> None:
    tea = await chain.books.item("xidan", "珍珠奶茶")
    phone = await give(chain)
    await phone.sign_in("xidan")

    await phone.open(f"/stores/{tea.store_id}/items/{tea.sku_id}")
    await phone.see("movements").wait_for()

    await expect(phone.see("level-now")).to_be_visible()
    await expect(phone.see("money-now")).to_have_count(0)


async def money(device: Device) -> tuple[int, int, int]:
    """Return price, cost and margin of one unit, in fen."""
    await device.see("money-now").wait_for()
    price, cost, margin = [
        round(float((await device.see(each).inner_text()).removeprefix("¥").replace(",", "")) * 100)
        for each in ("price", "cost", "margin")
    ]
    return price, cost, margin
