"""Counting together while the shop is open: with the camera, with a scanner, on several phones, in the cellar."""

from pathlib import Path
from uuid import UUID, uuid4

from playwright.async_api import Locator, expect

from tests.stories import films
from tests.stories.books import Item
from tests.stories.conftest import Chain, GiveDevice
from tests.stories.device import Device, device
from tests.stories.patience import comes_to
from tests.support import chromium

NOBODYS = "6900000000007"


async def begin(phone: Device, kind: str = "STORE") -> str:
    """Begin to count, and return the stocktake that it is."""
    await phone.open("/stocktake")
    await phone.tap(f"start-{kind}")
    await phone.see("counting").wait_for()
    return phone.page.url.split("/stocktake/")[1].split("?")[0]


async def put_up(chain: Chain, *items: Item) -> str:
    """Put up a shelf on which these things belong, and return what its QR code says."""
    shelf, code = uuid4(), f"Z-{uuid4().hex[:4]}"
    token = uuid4().hex[:16]
    insert = "insert into shelf (store_id, id, zone, code, name, place, token) values ($1, $2, $3, $4, '', 1, $5)"
    await chain.books.rows(insert, items[0].store_id, shelf, code[:3], code, token)
    for item in items:
        await chain.books.rows("insert into shelf_sku values ($1, $2, $3)", item.store_id, shelf, item.sku_id)
    return f"{chain.url}/s/{token}"


def figure(phone: Device, item: Item) -> Locator:
    """How many of it the screen says were counted, in one place only; a row that flies away says nothing any more."""
    here = f"[data-testid=counting] [data-sku='{item.sku_id}']:not(.fly-leave-active)"
    return phone.page.locator(f"{here} [data-testid$=number]")


async def enter_figure(phone: Device, item: Item, quantity: int) -> None:
    """Scan one, and say how many there are in all."""
    await phone.scan(item.gtin)
    await expect(phone.see("count-last")).to_have_attribute("data-sku", str(item.sku_id))
    await phone.tap("open-pad")
    await phone.press(quantity)
    await expect(figure(phone, item)).to_have_text(str(quantity))


async def sell_two(till: Device, item: Item) -> None:
    await till.open("/scan")
    await till.see("scan-input").wait_for()
    await till.scan(item.gtin)
    await till.tap("sell-many")
    await till.press(2)
    await till.tap("to-sale")
    await till.tap("cart-finish")
    await till.sent()


async def look_at_the_figures(tablet: Device, shop: str) -> None:
    await tablet.open("/manager/stocktakes")
    await tablet.shows("aims", "目标：不超过 2.5%")
    await tablet.tap("counts-table")
    await tablet.shows("figures-table", shop)
    await tablet.picture("stocktake-figures")


async def lines_of(chain: Chain, stocktake: str) -> list[tuple[int, str]]:
    """What the chain knows of a stocktake's lines."""
    query = "select quantity, mode from stocktake_line where stocktake_id = $1 order by counted_at"
    return [(row[0], row[1]) for row in await chain.books.rows(query, UUID(stocktake))]


async def test_the_camera_stays_open_and_counts_each_thing_that_is_held_up(chain: Chain, tmp_path: Path) -> None:
    tea = await chain.books.item("xujiahui", "珍珠奶茶")
    cola = await chain.books.item("xujiahui", "可乐500ml")
    glare: films.Shot = (None, 1)
    away: films.Shot = (None, 14)
    shots = [(tea.gtin, 12), glare, (tea.gtin, 12), away, (cola.gtin, 6), (None, 3), (tea.gtin, 6), (None, 400)]
    film = films.film(shots, tmp_path / "shelf.y4m")
    async with chromium.launch(*films.flags(film)) as browser, device(browser, chain.url) as phone:
        await phone.sign_in("xujiahui")
        await phone.settled()
        stocktake = await begin(phone)
        await phone.picture("stocktake-empty")

        await phone.tap("open-camera")

        await phone.shows("held", "已经数过，拿开再扫")
        await phone.picture("stocktake-held")
        await expect(figure(phone, cola)).to_have_text("1")
        await expect(figure(phone, tea)).to_have_text("2")
        await phone.picture("stocktake-camera", readme=True)
        await phone.tap("camera-off")
        await phone.tap("take-back")
        await expect(figure(phone, tea)).to_have_text("1")
        await phone.tap("one-more")
        await phone.tap("place-done")

        async def lines() -> list[tuple[int, str]]:
            return sorted(await lines_of(chain, stocktake))

        await comes_to(lines, [(1, "add")] * 3)


async def test_a_shelf_is_opened_by_its_code_counted_blind_and_confirmed_by_somebody_else(
    chain: Chain, give: GiveDevice
) -> None:
    phone, tablet = await give(chain), await give(chain, "tablet")
    tea = await chain.books.item("yulin", "珍珠奶茶")
    cola = await chain.books.item("yulin", "可乐500ml")
    shelf = await put_up(chain, tea, cola)
    await phone.sign_in("yulin", path="/stocktake")
    await phone.settled()
    await phone.see("scan-input").wait_for()
    await phone.picture("stocktake-hub")

    await phone.scan(shelf)
    await phone.see("counting").wait_for()
    stocktake = phone.page.url.split("/stocktake/")[1].split("?")[0]
    await enter_figure(phone, cola, cola.on_hand)
    await enter_figure(phone, tea, tea.on_hand + 200)
    await phone.scan(NOBODYS)
    await phone.shows("count-last", "不认识的条码，先记着")
    await phone.picture("stocktake-unknown")
    await phone.tap("place-done")

    again = phone.see("again-row")
    await expect(again).to_have_attribute("data-sku", str(tea.sku_id))
    await phone.picture("stocktake-again", readme=True)
    told = await phone.page.locator("main").inner_text()
    assert "账上" not in told
    await phone.tap("count-again")
    await phone.scan(cola.gtin)
    await phone.shows("snackbar", "这次只再数 珍珠奶茶")
    await phone.tap("open-pad")
    await phone.press(tea.on_hand + 200)
    await phone.tap("place-done")
    await expect(phone.see("finish-stocktake")).to_be_disabled()

    await tablet.sign_in("yulin.m", path=f"/stocktake/{stocktake}/check")
    big = tablet.see("difference")
    await expect(big).to_have_attribute("data-sku", str(tea.sku_id))
    await expect(big).to_contain_text("+200")
    await big.get_by_test_id("reason-FOUND").tap()
    await expect(big.get_by_test_id("reason-FOUND")).to_have_attribute("aria-pressed", "true")
    await tablet.picture("stocktake-second-person")
    await tablet.tap("difference-accept")
    await expect(big).to_have_count(0)
    await tablet.tap("finish-stocktake")
    await tablet.shows("result-accuracy", "50%")
    await tablet.picture("stocktake-result")
    await look_at_the_figures(tablet, "玉林店")
    await phone.open(f"/stocktake/{stocktake}/result")
    await phone.see("result").wait_for()
    await phone.picture("stocktake-result-phone", readme=True)
    assert await chain.books.on_hand(tea) == tea.on_hand + 200
    assert await chain.books.on_hand(cola) == cola.on_hand
    unknown = "select count(*) from unknown_code where stocktake_id = $1 and code = $2"
    assert await chain.books.value(unknown, UUID(stocktake), NOBODYS) == 1


async def test_two_count_a_shelf_while_a_third_sells_from_it(chain: Chain, give: GiveDevice) -> None:
    cellar, upstairs, till = await give(chain), await give(chain), await give(chain)
    tea = await chain.books.item("xidan", "珍珠奶茶")
    cola = await chain.books.item("xidan", "可乐500ml")
    shelf = await put_up(chain, tea, cola)
    for phone, login in ((cellar, "xidan"), (upstairs, "xidan.2"), (till, "xidan.m")):
        await phone.sign_in(login)
        await phone.settled()
    await cellar.open("/stocktake")
    await cellar.ready_offline()
    await cellar.see("scan-input").wait_for()
    await cellar.scan(shelf)
    await cellar.see("counting").wait_for()
    await cellar.sent()
    stocktake = cellar.page.url.split("/stocktake/")[1].split("?")[0]

    # One tea is missing. The first counts in the cellar, then two are sold, then the second counts what is left.
    await cellar.go_offline()
    await enter_figure(cellar, tea, tea.on_hand - 1)
    await enter_figure(cellar, cola, cola.on_hand - 3)
    await cellar.picture("stocktake-offline")
    await sell_two(till, tea)
    await upstairs.open("/stocktake")
    await upstairs.tap("join-session")
    await upstairs.see("counting").wait_for()
    await enter_figure(upstairs, tea, tea.on_hand - 3)
    await enter_figure(upstairs, cola, 3)
    await upstairs.tap("place-done")
    await upstairs.sent()
    await cellar.tap("place-done")
    await cellar.shows("state-panel", "要联网才能看差异")
    await cellar.picture("stocktake-no-network")
    await cellar.come_back()
    await cellar.sent(2)

    # The page reads again by itself.
    # They agree about the tea, given what was sold meanwhile; of the cola each counted a part.
    conflict = cellar.see("again-row")
    await expect(conflict).to_have_attribute("data-sku", str(cola.sku_id))
    await cellar.picture("stocktake-conflict")
    await cellar.tap("each-a-part")
    await expect(conflict).to_have_count(0)
    await cellar.tap("finish-stocktake")
    await cellar.see("result").wait_for()

    query = "select coalesce(sum(quantity), 0) from movement where store_id = $1 and sku_id = $2"
    assert await chain.books.on_hand(tea) == tea.on_hand - 1 - 2
    assert await chain.books.on_hand(cola) == cola.on_hand
    assert await chain.books.value(query, tea.store_id, tea.sku_id) == tea.on_hand - 3
    assert await chain.books.difference() == 0
    people = "select count(distinct person_id) from stocktake_line where stocktake_id = $1"
    assert await chain.books.value(people, UUID(stocktake)) == 2


async def test_a_phone_that_dies_in_the_middle_of_a_count_has_lost_nothing(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    tea = await chain.books.item("jianshelu", "珍珠奶茶")
    cola = await chain.books.item("jianshelu", "可乐500ml")
    await phone.sign_in("jianshelu.2")
    await phone.settled()
    await phone.ready_offline()
    await phone.go_offline()
    stocktake = await begin(phone)
    for item in (tea, cola, tea):
        await phone.scan(item.gtin)
    await expect(figure(phone, tea)).to_have_text("2")

    # Nothing of the page runs any more: no farewell, no last packing.
    crash = await phone.context.new_cdp_session(phone.page)
    phone.forgive("crash")
    await crash.send("Page.setWebLifecycleState", {"state": "frozen"})
    await phone.reopen(f"/stocktake/{stocktake}")
    await expect(figure(phone, tea)).to_have_text("2")
    await expect(figure(phone, cola)).to_have_text("1")
    await phone.come_back()

    await phone.sent(2)
    await comes_to(lambda: lines_of(chain, stocktake), [(1, "add")] * 3)
