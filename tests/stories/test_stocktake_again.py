"""What looks odd is counted again, thing by thing; what still differs by much waits, and both sides are told so."""

from playwright.async_api import expect

from tests.stories.books import Item
from tests.stories.conftest import Chain, GiveDevice
from tests.stories.device import Device
from tests.stories.test_stocktake import enter_figure, put_up

COVERS = """() => {
  const bar = document.querySelector('[data-testid=snackbar]').getBoundingClientRect()
  const under = [...document.querySelectorAll('.thumb button')].map((key) => key.getBoundingClientRect())
  return under.filter((key) => key.top < bar.bottom && bar.top < key.bottom).length
}"""


async def count_again(phone: Device, item: Item, quantity: int) -> None:
    """Look once more at what the check names, and say how many there are."""
    await phone.page.locator(f"[data-testid=again-row][data-sku='{item.sku_id}'] [data-testid=count-again]").tap()
    await stands_there(phone, item, "0")
    await phone.tap("open-pad")
    await phone.press(quantity)
    await stands_there(phone, item, str(quantity))


async def stands_there(phone: Device, item: Item, quantity: str) -> None:
    await expect(phone.see("count-last")).to_have_attribute("data-sku", str(item.sku_id))
    await expect(phone.see("count-number")).to_have_text(quantity)


async def test_two_things_of_one_shelf_are_counted_again_and_wait_for_the_manager(
    chain: Chain, give: GiveDevice
) -> None:
    phone, tablet = await give(chain), await give(chain, "tablet")
    tea = await chain.books.item("chunxilu", "珍珠奶茶")
    cola = await chain.books.item("chunxilu", "可乐500ml")
    shelf = await put_up(chain, tea, cola)
    await phone.sign_in("chunxilu", path="/stocktake")
    await phone.settled()
    await phone.see("scan-input").wait_for()
    await phone.scan(shelf)
    await phone.see("counting").wait_for()
    stocktake = phone.page.url.split("/stocktake/")[1].split("?")[0]
    await enter_figure(phone, tea, tea.on_hand + 200)
    await enter_figure(phone, cola, cola.on_hand + 300)
    await phone.tap("place-done")
    again = phone.see("again-row")
    await expect(again).to_have_count(2)

    await count_again(phone, tea, tea.on_hand + 200)
    await phone.tap("place-done")
    await expect(again).to_have_count(1)
    await phone.shows("waits-for-manager", "珍珠奶茶")
    await expect(phone.see("finish-stocktake")).to_be_disabled()
    await count_again(phone, cola, cola.on_hand + 300)
    await phone.scan(tea.gtin)
    await phone.shows("snackbar", "这次只再数 可乐500ml")
    assert await phone.page.evaluate(COVERS) == 0
    await phone.picture("stocktake-again-second")
    await phone.page.reload()
    await stands_there(phone, cola, str(cola.on_hand + 300))
    await phone.tap("place-done")

    # She learns which things wait and for whom, and never by how much they differ.
    waits = phone.see("waits-for-manager")
    await expect(waits.locator("[data-sku]")).to_have_count(2)
    await expect(phone.see("finish-stocktake")).to_be_disabled()
    await phone.picture("stocktake-waits")
    assert "账上" not in await phone.page.locator("main").inner_text()
    await phone.open("/stocktake")
    own = phone.page.locator(f"[data-session='{stocktake}']")
    await expect(own.get_by_test_id("join-session")).to_have_text("接着数")
    await accept_and_close(tablet, stocktake)
    await phone.open(f"/stocktake/{stocktake}/result")
    await phone.see("surplus").wait_for()
    await phone.picture("stocktake-result-surplus")


async def accept_and_close(tablet: Device, stocktake: str) -> None:
    """The manager is told what waits, where all counts stand; says that it is right, and ends it."""
    await tablet.sign_in("chunxilu.m")
    await tablet.shows("board-counts-waiting", "2")
    await tablet.picture("board-counts-waiting")
    await tablet.tap("to-stocktakes")
    row = tablet.page.locator(f"[data-session='{stocktake}']")
    await expect(row.get_by_test_id("counts-waiting")).to_have_text("2 样等你认")
    await tablet.shows("counts-missing-of", "单独改一件的数不在内")
    await tablet.picture("stocktakes-waiting")
    await row.tap()
    big = tablet.see("difference")
    for left in (1, 0):
        await big.get_by_test_id("difference-accept").first.tap()
        await expect(big).to_have_count(left)
    await expect(tablet.page.get_by_role("heading", name="认过的差异")).to_be_visible()
    await expect(tablet.page.get_by_role("heading", name="不用你认的差异")).to_have_count(0)
    await tablet.picture("stocktake-accepted")
    await tablet.tap("finish-stocktake")
    await expect(tablet.see("result")).to_have_attribute("data-well", "false")
    await expect(tablet.see("surplus").locator("[data-sku]")).to_have_count(2)
    await tablet.picture("stocktake-result-plain")
