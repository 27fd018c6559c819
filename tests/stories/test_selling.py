"""From a thing in the hand to a line in the ledger."""

import io
import re
from itertools import pairwise

import zxingcpp
from PIL import Image
from playwright.async_api import Route, expect

from tests.stories.conftest import Chain, GiveDevice
from tests.stories.device import NO_NETWORK, Device, figure


async def test_a_thing_is_found_by_name_by_initials_and_by_scanner(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    tea = await chain.books.item("guomao", "珍珠奶茶")
    await phone.sign_in("guomao")
    await phone.settled()
    await phone.tap("tab-scan")
    await phone.see("scan-input").wait_for()
    await phone.picture("scan")

    for words in ("珍珠奶茶", "zznc", "pearl milk"):
        await phone.find(words)
        await phone.see("results").locator(f"[data-sku='{tea.sku_id}']").wait_for()
    row = await phone.see("results").locator("button").first.bounding_box()
    assert row
    assert 48 <= row["height"] < 52
    await phone.picture("scan-results")
    await phone.see("results").locator(f"[data-sku='{tea.sku_id}']").tap()
    await phone.shows("item-name", "珍珠奶茶")

    await phone.open("/scan")
    await phone.see("scan-input").wait_for()
    await phone.scan(tea.gtin)
    await phone.shows("item-name", "珍珠奶茶")
    await phone.shows("item-on-hand", str(tea.on_hand))

    await phone.see("scan-input").focus()
    await phone.scan("6900000000007")
    await phone.shows("unknown-code", "没有这个条码：6900000000007")
    await expect(phone.see("scan-input")).to_have_value("")
    await phone.picture("scan-unknown")
    # Not the end: headquarters hears of the very code, and a name finds the thing.
    await phone.see("help").last.tap()
    await phone.shows("help-attached", "没有这个条码：6900000000007")
    await phone.tap("help-how")
    await phone.shows("snackbar", "已发给总部")
    await phone.tap("find-by-name")
    await expect(phone.see("unknown-code")).to_have_count(0)
    await expect(phone.see("scan-input")).to_be_focused()

    await phone.find("没有这样的东西")
    await phone.shows("results", "没找到")


async def test_a_scan_on_the_home_page_leads_to_the_thing(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    tea = await chain.books.item("guomao", "珍珠奶茶")
    await phone.sign_in("guomao")
    await phone.settled()

    await phone.scan(tea.gtin)

    await phone.shows("item-name", "珍珠奶茶")
    assert phone.page.url.endswith("/scan")


async def test_a_sale_takes_it_from_the_shelf_and_the_history_says_so(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    tea = await chain.books.item("xidan", "珍珠奶茶")
    cola = await chain.books.item("xidan", "可乐500ml")
    await phone.sign_in("xidan")
    await phone.settled()
    await phone.tap("tab-scan")
    await phone.see("scan-input").wait_for()
    await phone.scan(tea.gtin)
    await phone.see("item-card").wait_for()
    await phone.picture("clerk-item")
    await phone.tap("sell-many")
    await phone.see("quantity").wait_for()
    await phone.picture("sell-many")
    for digit in str(tea.on_hand + 1):
        await phone.tap(f"key-{digit}")
    await phone.shows("book-short", f"账上只有 {tea.on_hand}")
    await phone.picture("sell-more-than-known")
    for _ in str(tea.on_hand + 1):
        await phone.tap("key-erase")
    await phone.press(3)
    await phone.tap("to-sale")
    await phone.see("cart").wait_for()
    await phone.scan(cola.gtin)
    await expect(phone.see("cart").locator("li")).to_have_count(2)
    await phone.picture("clerk-sale")
    price = await phone.see("cart-total").inner_text()

    await phone.tap("cart-finish")

    await phone.shows("snackbar", f"已记 {price}")
    await expect(phone.see("snackbar")).to_have_class(re.compile("done"))
    await phone.shows("snackbar", re.compile(r"小票 P\d{4}\u2011[0-9A-F]{6}"))
    await phone.picture("sale-done")
    await phone.sent()
    assert await chain.books.on_hand(tea) == tea.on_hand - 3
    assert await chain.books.on_hand(cola) == cola.on_hand - 1

    await phone.scan(tea.gtin)
    await phone.shows("item-on-hand", str(tea.on_hand - 3))
    await phone.tap("item-history")
    await _history_adds_up(phone, f"还剩 {tea.on_hand - 3}")
    await phone.page.reload()
    await _history_adds_up(phone, f"还剩 {tea.on_hand - 3}")
    await phone.picture("clerk-history")


async def _history_adds_up(phone: Device, left: str) -> None:
    """The newest movement is the sale, in words, and each balance follows from the one before."""
    rows = phone.see("movement")
    await expect(rows.first).to_contain_text("卖出 3 杯")
    await expect(rows.first).to_contain_text("手机")
    await expect(rows.first).to_contain_text(left)
    told = [[figure(await row.locator(part).inner_text()) for part in (".sign", ".left")] for row in await rows.all()]
    assert len(told) > 1
    for (change, after), (_, before) in pairwise(told):
        assert after == before + change


async def test_a_sale_that_was_a_mistake_is_taken_back_with_one_tap(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    tea = await chain.books.item("yulin", "珍珠奶茶")
    await phone.sign_in("yulin", path="/scan")
    await phone.settled()
    await phone.scan(tea.gtin)
    await phone.tap("sell")
    await phone.tap("to-sale")
    await phone.tap("cart-finish")
    await phone.sent()

    await phone.tap("snackbar-action")

    await phone.sent(2)
    await phone.open("/me/operations")
    await expect(phone.see("operations").locator("li")).to_have_count(2)
    await phone.picture("operations")
    assert await chain.books.moved(tea) == [("sale", -1), ("customer_return", 1)]
    assert await chain.books.on_hand(tea) == tea.on_hand


async def test_far_more_than_the_book_knows_is_sold_as_it_was_meant(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    tea = await chain.books.item("yulin", "珍珠奶茶")
    before = await chain.books.moved(tea)
    await phone.sign_in("yulin", path="/scan")
    await phone.settled()
    await phone.scan(tea.gtin)
    await phone.tap("sell-many")
    for digit in "9999999":
        await phone.tap(f"key-{digit}")
    await phone.shows("most", "1,000,000")
    await phone.shows("quantity", "999999")
    await phone.picture("sell-too-many")
    await phone.tap("quantity-done")
    pieces = phone.see("to-sale").locator("span.grow")
    assert await pieces.evaluate("e => e.scrollHeight < 2 * parseFloat(getComputedStyle(e).fontSize)")
    await phone.picture("basket-999999")
    await phone.tap("to-sale")
    await expect(phone.see("cart-quantity")).to_have_text("999999")
    await phone.shows("book-short", "账上只有")
    await phone.picture("sale-999999")
    pay = await phone.see("cart-finish").bounding_box()
    assert pay
    assert pay["x"] + pay["width"] > 360 - 24
    # One tap from being paid: asked once, with the figure large, and nothing is cut down for her.
    await phone.tap("cart-finish")
    await phone.shows("doubted", "999,999")
    await phone.picture("sale-doubt")
    await phone.tap("doubt-no")
    await phone.press(1200)
    await expect(phone.see("cart-quantity")).to_have_text("1200")
    await phone.picture("sale-more-than-known")

    await phone.tap("cart-finish")
    await phone.shows("doubted", "1,200")
    await phone.tap("doubt-yes")

    await phone.sent()
    assert await chain.books.moved(tea) == [*before, ("sale", -1200)]
    await phone.tap("snackbar-action")
    await phone.sent(2)
    assert await chain.books.moved(tea) == [*before, ("sale", -1200), ("customer_return", 1200)]


async def test_the_receipt_of_a_sale_offline_is_scanned_when_it_comes_back(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    tea = await chain.books.item("jianshelu", "珍珠奶茶")
    await phone.sign_in("jianshelu", path="/scan")
    await phone.settled()
    await phone.ready_offline()
    await phone.go_offline()
    await phone.scan(tea.gtin)
    await phone.tap("sell")
    await phone.tap("to-sale")
    await phone.tap("cart-finish")

    await phone.tap("to-receipt")

    number = await phone.see("receipt-number").inner_text()
    assert re.fullmatch(r"P\d{4}-[0-9A-F]{6}", number)
    assert await phone.see("receipt-number").evaluate("e => e.getClientRects().length") == 1
    shown = Image.open(io.BytesIO(await phone.see("receipt-code").screenshot())).convert("L")
    assert [each.text for each in zxingcpp.read_barcodes(shown)] == [number]
    await phone.picture("receipt")
    await phone.page.emulate_media(color_scheme="dark")
    await phone.picture("receipt-dark")
    await phone.open("/scan")
    await phone.see("scan-input").wait_for()
    await phone.scan(number)
    await phone.shows("return-item", "珍珠奶茶")
    await phone.see("sale-chosen").wait_for()
    await phone.come_back()
    await phone.sent()


async def test_an_answer_that_is_lost_does_not_sell_twice(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    phone.forgive(NO_NETWORK)
    tea = await chain.books.item("jianshelu", "珍珠奶茶")
    before = await chain.books.moved(tea)
    await phone.sign_in("jianshelu", path="/scan")
    await phone.settled()
    names: list[str] = []

    async def lose_the_first_answer(route: Route) -> None:
        asked = route.request.post_data_json or {}
        if "recordSale" not in asked["query"]:
            await route.continue_()
            return
        names.append(asked["variables"]["input"]["requestId"])
        answer = await route.fetch()
        assert answer.ok
        await (route.abort() if len(names) == 1 else route.fulfill(response=answer))

    await phone.page.route("**/graphql", lose_the_first_answer)
    await phone.scan(tea.gtin)
    await phone.tap("sell")
    await phone.tap("to-sale")
    await phone.tap("cart-finish")

    await phone.sent()
    assert len(names) == 2
    assert names[0] == names[1]
    assert await chain.books.moved(tea) == [*before, ("sale", -1)]


async def test_a_sale_that_the_server_refuses_calls_the_clerk_and_can_be_tried_again(
    chain: Chain, give: GiveDevice
) -> None:
    phone = await give(chain)
    tea = await chain.books.item("jianshelu", "珍珠奶茶")
    before = await chain.books.moved(tea)
    await phone.sign_in("jianshelu", path="/scan")
    await phone.settled()
    names: list[str] = []
    no = {"__typename": "NotFound", "code": "NOT_FOUND", "message": "It is not there.", "messageZh": "找不到这件商品。"}

    async def refuse_the_first(route: Route) -> None:
        asked = route.request.post_data_json or {}
        if "recordSale" not in asked["query"]:
            await route.continue_()
            return
        names.append(asked["variables"]["input"]["requestId"])
        alias = re.search(r"(\w+): recordSale", asked["query"])
        refused = {"data": {alias[1] if alias else "recordSale": no}}
        await (route.fulfill(json=refused) if len(names) == 1 else route.continue_())

    await phone.page.route("**/graphql", refuse_the_first)
    await phone.scan(tea.gtin)
    await phone.tap("sell")
    await phone.tap("to-sale")
    await phone.tap("cart-finish")
    await phone.sent()
    await phone.open("/me")
    await expect(phone.page.locator("nav .dot")).to_have_text("1")
    await phone.open("/me/operations")
    await phone.shows("operations", "这笔没记进账。找不到这件商品。")
    await phone.picture("operations-refused")

    await phone.tap("operation-retry")

    await expect(phone.see("operations").locator("li")).to_have_attribute("data-state", "accepted")
    await expect(phone.page.locator("nav .dot")).to_have_count(0)
    assert names[0] == names[1]
    assert await chain.books.moved(tea) == [*before, ("sale", -1)]
