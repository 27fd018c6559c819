"""Goods come back: from another store, too many of them, to be looked at first, and without a network."""

import asyncio
import io
import re
from datetime import UTC, datetime
from uuid import uuid4

from PIL import Image
from playwright.async_api import Route, expect

from tests.stories.books import Item
from tests.stories.conftest import Chain, GiveDevice
from tests.stories.device import KEPT, Device

COLA = "可乐500ml"
DRAFT = "return-draft"


async def test_what_was_bought_elsewhere_comes_back_by_its_receipt_with_a_picture(
    chain: Chain, give: GiveDevice
) -> None:
    seller, taker = await give(chain), await give(chain)
    sold_at, here = await chain.books.item("xidan", COLA), await chain.books.item("tongzhou", COLA)
    before = await chain.books.moved(here)
    receipt = await sell(seller, "xidan", sold_at, 2)
    await taker.sign_in("tongzhou")
    await taker.settled()
    await find_by_receipt(taker, receipt)
    await taker.shows("sale-chosen", "西单")
    await taker.tap("return-more")
    await taker.tap("reason-wrong-item")
    await taker.tap("condition-sealed")
    await taker.shows("return-goes", "放回货架")
    await expect(taker.see("return-confirm")).to_be_disabled()
    await photograph(taker)
    await expect(taker.see("return-confirm")).to_be_enabled()
    await taker.picture("return-form")
    await taker.tap("return-confirm")

    await taker.shows("snackbar", f"已退 {COLA} 2 瓶 · 放回货架")
    await taker.picture("return-done")
    await taker.sent()
    assert await chain.books.moved(here) == [*before, ("customer_return", 2)]
    assert await chain.books.on_hand(here) == here.on_hand + 2
    refund = "select refund_fen from goods_return where store_id = $1 and sku_id = $2"
    paid = "select amount_fen from movement where store_id = $1 and sku_id = $2 and source = 'phone'"
    assert await chain.books.value(refund, here.store_id, here.sku_id) == await chain.books.value(
        paid, sold_at.store_id, sold_at.sku_id
    )
    await taker.open("/home")
    await taker.shows("button-return", "今天 1 笔")

    # All of it has come back: nobody can bring it again.
    await taker.open("/returns")
    await taker.find(receipt)
    await expect(taker.see("sale-found").first).to_be_disabled()
    await taker.picture("return-none-left")


async def find_by_receipt(taker: Device, receipt: str) -> None:
    """Type the number as a thumb writes it, and no key after it; what nobody answered is asked again by itself."""
    await taker.tap("button-return")
    await taker.see("scan-input").wait_for()
    await taker.picture("return-first")
    await expect(taker.see("scan-input")).to_have_attribute("placeholder", re.compile("小票"))
    await taker.find("P0101-000000")
    await taker.shows("results", "还没找到这张小票")
    await taker.page.keyboard.press("Enter")
    await taker.shows("unknown-code", "没有哪笔销售用这张小票")
    await taker.picture("return-no-receipt")

    taker.forgive("net::ERR_")
    await taker.page.route("**/graphql", lose_searches)
    await taker.find(receipt.lower())
    await taker.shows("results", "查不到")
    await taker.page.unroute("**/graphql", lose_searches)
    await taker.see("sale-chosen").wait_for()


async def lose_searches(route: Route) -> None:
    if "SalesToReturn" in (route.request.post_data or ""):
        await route.abort()
    else:
        await route.continue_()


async def test_what_must_be_looked_at_waits_and_goes_on_sale_when_it_passes(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    cola = await chain.books.item("zhongguancun", COLA)
    before = await chain.books.moved(cola)
    await phone.sign_in("zhongguancun")
    await phone.settled()
    await phone.tap("button-return")
    await phone.see("scan-input").wait_for()
    await phone.scan(cola.gtin)
    await phone.see("without-receipt").wait_for()
    await phone.picture("return-which-sale")
    await phone.tap("without-receipt")
    await brought(phone, "unwanted", "sealed")
    await phone.shows("return-goes", "放到待检区")
    await phone.picture("return-quarantine")
    await phone.tap("return-confirm")
    await phone.sent()
    assert await chain.books.on_hand(cola) == cola.on_hand
    assert await chain.books.moved(cola) == [*before, ("customer_return", 1), ("quarantine", -1)]

    await phone.open("/home")
    await phone.shows("button-return", "1 笔待质检")
    await phone.picture("home-to-inspect")
    await phone.tap("button-return")
    await phone.tap("to-inspect")
    await phone.see("lot").wait_for()
    await expect(phone.see("lot-pass")).to_be_disabled()
    await phone.picture("inspect")
    for question in ("seal-intact", "in-date", "clean"):
        await phone.page.locator("label", has=phone.see(f"question-{question}")).tap()
    await phone.picture("inspect-good")
    await phone.tap("lot-pass")

    await phone.shows("snackbar", f"{COLA} 1 瓶 放回货架")
    await phone.sent(2)
    await phone.picture("inspect-done")
    assert await chain.books.on_hand(cola) == cola.on_hand + 1
    lot = "select passed_units, closed_at - put_at < interval '5 minutes' from quarantine_lot where store_id = $1"
    assert [tuple(row) for row in await chain.books.rows(lot, cola.store_id)] == [(1, True)]


async def test_the_manager_sees_how_long_things_lie_until_they_are_on_sale_again(
    chain: Chain, give: GiveDevice
) -> None:
    tablet, hers = await give(chain, "tablet"), await give(chain)
    await tablet.sign_in("beijing")
    await tablet.tap("to-returns")

    await expect(tablet.see("returns-reasons").locator("tr[data-reason=UNWANTED]")).to_be_visible()
    assert await tablet.number("returns-taken") >= 1
    await tablet.shows("returns-median", re.compile(r"\d"))
    await tablet.picture("manager-returns")
    await hers.sign_in("beijing", path="/manager/returns")
    await hers.see("returns-reasons").wait_for()
    await hers.picture("manager-returns-phone")
    await hers.page.emulate_media(color_scheme="dark")
    await hers.picture("manager-returns-dark")


async def test_a_return_from_the_cellar_that_is_too_much_calls_the_clerk(chain: Chain, give: GiveDevice) -> None:
    phone, colleague = await give(chain), await give(chain)
    cola = await chain.books.item("wudaokou", COLA)
    before = await chain.books.moved(cola)
    receipt = await sell(phone, "wudaokou", cola, 1)
    await phone.ready_offline()
    await phone.open("/returns")
    await phone.see("scan-input").wait_for()
    await phone.go_offline()
    await phone.scan(cola.gtin)
    await phone.tap("sale-found")
    await brought(phone, "wrong-item", "sealed")
    await phone.tap("return-confirm")
    await phone.shows("snackbar", "已退")
    await phone.picture("return-offline")
    # Meanwhile another counter takes the same bottle back.
    await colleague.sign_in("xidan", path="/returns")
    await colleague.settled()
    await colleague.find(receipt)
    await colleague.page.keyboard.press("Enter")
    await colleague.see("sale-chosen").wait_for()
    await brought(colleague, "wrong-item", "sealed")
    await colleague.tap("return-confirm")
    await colleague.sent()

    await phone.come_back()
    await phone.open("/me/operations")

    refused = phone.see("operations").locator("[data-kind=goods-return]")
    await expect(refused).to_have_attribute("data-state", "needs-you")
    await expect(refused).to_contain_text("买了 1 件，已退 1 件")
    await expect(refused).to_contain_text("请店长")
    await phone.picture("return-refused")
    assert await chain.books.moved(cola) == [*before, ("sale", -1)]

    # As she left it, but for the sale that had nothing left; without one a clerk may take so much.
    await phone.tap("operation-mend")
    await phone.shows("return-again", "买了 1 件，已退 1 件")
    await phone.tap("without-receipt")
    await expect(phone.see("reason-wrong-item").locator("input")).to_be_checked()
    await expect(phone.see("condition-sealed").locator("input")).to_be_checked()
    await expect(phone.see("photo-remove")).to_have_count(1)
    await phone.picture("return-mended")
    await phone.tap("return-confirm")
    await phone.sent(3)
    await phone.open("/me/operations")
    await expect(phone.see("operations").locator("[data-kind=goods-return]")).to_have_count(2)
    await expect(phone.see("operation-mend")).to_have_count(0)
    assert await chain.books.moved(cola) == [*before, ("sale", -1), ("customer_return", 1), ("quarantine", -1)]
    pictures = "select count(*) from photo p join goods_return r on r.id = p.about_id where r.store_id = $1"
    assert await chain.books.value(pictures, cola.store_id) == 1


async def test_what_a_member_bought_is_found_without_the_receipt(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    cola = await chain.books.item("xidan", COLA)
    member = f"139{uuid4().int % 10**8:08d}"
    await phone.sign_in("xidan", path="/returns")
    await phone.settled()
    await till_sells(phone, cola, member)

    await phone.tap("by-member")
    await phone.see("member-input").fill("13000000000")
    await phone.tap("member-find")
    await phone.shows("member-problem", "没找到这个会员号的、能退的销售")
    await phone.see("member-input").fill(member)
    await phone.picture("return-member")
    await phone.tap("member-find")

    await phone.see("sale-chosen").wait_for()
    await phone.shows("return-item", COLA)


async def till_sells(phone: Device, thing: Item, member: str) -> None:
    """What the till reports of a customer who held out her card."""
    origin = {"occurredAt": datetime.now(UTC).isoformat(), "source": "TILL"}
    sale = {"requestId": str(uuid4()), "storeId": str(thing.store_id), "origin": origin, "member": member}
    line = {"skuId": str(thing.sku_id), "quantity": 1}
    query = "mutation($input: RecordSaleInput!) { recordSale(input: $input) { __typename } }"
    answer = await phone.context.request.post(
        phone.url + "/graphql",
        data={"query": query, "variables": {"input": {**sale, "lines": [line]}}},
        headers={"x-trueshelf": "1"},
    )
    assert (await answer.json())["data"]["recordSale"]["__typename"] == "RecordSaleSuccess"


async def test_a_return_goes_on_when_the_network_or_the_page_comes_back(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    cola = await chain.books.item("sanlitun", COLA)
    await phone.sign_in("sanlitun", path="/returns")
    await phone.settled()
    await phone.ready_offline()
    await phone.go_offline()
    await phone.scan(cola.gtin)
    await phone.shows("return-item", "离线：只找到这部手机卖出的")
    await phone.come_back()
    # Nobody touches it: it asks again by itself.
    await expect(phone.see("return-item")).not_to_contain_text("离线")
    await phone.see("by-member").wait_for()
    await phone.picture("return-back-in-touch")
    await phone.tap("without-receipt")
    await phone.tap("return-more")
    await phone.tap("reason-quality")
    await phone.tap("condition-opened-good")
    await photograph(phone)

    await phone.page.reload()

    await phone.shows("return-item", COLA)
    await expect(phone.see("return-quantity")).to_have_text("2")
    await expect(phone.see("reason-quality").locator("input")).to_be_checked()
    await expect(phone.see("condition-opened-good").locator("input")).to_be_checked()
    await expect(phone.see("photo-remove")).to_have_count(1)
    await expect(phone.see("return-confirm")).to_be_enabled()
    await phone.picture("return-reloaded")

    # What she closes is forgotten.
    assert DRAFT in await phone.page.evaluate(KEPT)
    await phone.tap("return-clear")
    await phone.see("scan-input").wait_for()
    while DRAFT in await phone.page.evaluate(KEPT):  # noqa: ASYNC110 -- another program's state
        await asyncio.sleep(0.05)
    await phone.page.reload()
    await phone.see("scan-input").wait_for()
    await expect(phone.see("return-item")).to_have_count(0)


async def test_a_return_that_was_a_mistake_is_undone_with_one_tap(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    cola = await chain.books.item("sanlitun", COLA)
    before = await chain.books.moved(cola)
    await sell(phone, "sanlitun", cola, 1)
    await phone.open("/returns")
    await phone.see("scan-input").wait_for()
    await phone.scan(cola.gtin)
    await phone.tap("sale-found")
    await brought(phone, "wrong-item", "sealed")
    await phone.tap("return-confirm")
    await phone.sent(2)

    await phone.tap("snackbar-action")

    await phone.sent(3)
    assert await chain.books.moved(cola) == [*before, ("sale", -1), ("customer_return", 1), ("sale", -1)]
    assert await chain.books.on_hand(cola) == cola.on_hand - 1


async def brought(phone: Device, reason: str, condition: str) -> None:
    """Say why and how it looks, and take a picture."""
    await phone.tap(f"reason-{reason}")
    await phone.tap(f"condition-{condition}")
    await photograph(phone)


async def photograph(phone: Device) -> None:
    """Take a picture: where the page has no camera, the phone's own answers."""
    held = io.BytesIO()
    Image.effect_noise((800, 600), 40).convert("RGB").save(held, "JPEG", quality=80)
    async with phone.page.expect_file_chooser() as asked:
        await phone.tap("take-photo")
    chooser = await asked.value
    await chooser.set_files({"name": "back.jpg", "mimeType": "image/jpeg", "buffer": held.getvalue()})
    await phone.see("photo-remove").first.wait_for()


async def sell(phone: Device, login: str, thing: Item, pieces: int) -> str:
    """Sell something and read the number of the receipt."""
    await phone.sign_in(login, path="/scan")
    await phone.settled()
    await phone.scan(thing.gtin)
    await phone.tap("sell-many")
    await phone.press(pieces)
    await phone.tap("to-sale")
    await phone.tap("cart-finish")
    await phone.sent()
    await phone.open("/me/operations")
    words = await phone.see("operations").locator("[data-kind=sale] strong").text_content()
    _, receipt, number = (words or "").partition("小票 ")
    assert receipt, f"a sale without the number of its receipt: {words}"
    return number.strip()
