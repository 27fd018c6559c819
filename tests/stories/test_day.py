"""The beginning of a day, and counting while others sell; returns have stories of their own."""

import re

from playwright.async_api import expect

from tests.stories.conftest import Chain, GiveDevice


async def test_opening_the_day(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    await phone.sign_in("wangjing")
    await phone.shows("business-day", "未开始营业")
    await phone.see("tasks").locator("[data-kind=OPEN_DAY]").wait_for()
    await phone.settled()
    await phone.picture("clerk-home", readme=True)

    await phone.tap("button-open-day")
    await phone.see("open-day").wait_for()
    await phone.picture("open-day")
    await phone.tap("open-day")

    await phone.shows("business-day", "营业中")
    await phone.shows("button-open-day", re.compile(r"\d\d:\d\d\s已开始 · 王芳"))
    await expect(phone.see("tasks").locator("[data-kind=OPEN_DAY]")).to_have_count(0)
    await phone.sent()
    await phone.shows("business-day", "营业中")
    await phone.picture("clerk-home-open")

    await phone.page.reload()
    await phone.shows("business-day", "营业中")
    await phone.see("tasks").wait_for()
    await expect(phone.see("tasks").locator("[data-kind=OPEN_DAY]")).to_have_count(0)
    opened = "select count(*) from business_day join store on store.id = store_id where code = $1 and device is null"
    today = f"{opened} and day = (now() at time zone 'Asia/Shanghai' - interval '4 hours')::date"
    assert await chain.books.value(today, "BJ-WANGJING") == 1


async def test_a_count_that_finds_less_sets_the_book_right(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    tea = await chain.books.item("huilongguan", "珍珠奶茶")
    await phone.sign_in("huilongguan")
    await phone.settled()
    await phone.tap("button-count")
    await phone.see("scan-input").wait_for()
    await phone.picture("count-first")

    await phone.scan(tea.gtin)
    await phone.shows("count-item", f"账上 {tea.on_hand} 杯，架上有多少？")
    await phone.picture("count-quantity")
    await phone.press(tea.on_hand - 3)

    await phone.shows("snackbar", f"珍珠奶茶 记下 {tea.on_hand - 3}，少 3")
    await phone.shows("counts", "少 3")
    await phone.picture("count-done")
    await phone.sent()
    assert await chain.books.moved(tea) == [("adjustment", -3)]
    assert await chain.books.on_hand(tea) == tea.on_hand - 3


async def test_who_counts_while_a_colleague_sells_is_asked(chain: Chain, give: GiveDevice) -> None:
    phone, other = await give(chain), await give(chain)
    tea = await chain.books.item("wudaokou", "珍珠奶茶")
    await phone.sign_in("wudaokou", path="/stocktake")
    await phone.settled()
    await other.sign_in("wudaokou.2", path="/scan")
    await phone.scan(tea.gtin)
    await phone.shows("count-item", f"账上 {tea.on_hand}")

    await other.scan(tea.gtin)
    await other.tap("sell")
    await other.tap("to-sale")
    await other.tap("cart-finish")
    await other.sent()
    await phone.press(tea.on_hand - 4)

    question = f"你数了 {tea.on_hand - 4}，当时账上 {tea.on_hand}，现在账上 {tea.on_hand - 1}。"
    await phone.shows("moved-count", question)
    await expect(phone.see("snackbar")).to_have_count(0)
    await phone.picture("count-moved")
    await phone.tap("moved-difference")
    await expect(phone.see("moved-count")).to_have_count(0)
    await phone.sent(2)
    assert await chain.books.moved(tea) == [("sale", -1), ("adjustment", -4)]
    assert await chain.books.on_hand(tea) == tea.on_hand - 5
