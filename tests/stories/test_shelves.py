"""A manager puts up shelves and prints their labels; headquarters says what a code is that nobody knew."""

from uuid import uuid4

from playwright.async_api import expect

from tests.stories.conftest import Chain, GiveDevice
from tests.stories.patience import comes_to


async def test_a_row_of_shelves_is_put_up_changed_and_printed(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    await phone.sign_in("huayang.m")
    await phone.open("/me")
    await phone.tap("to-shelves")
    await phone.see("shelf-zone").fill("测试区")
    await phone.see("shelf-first").fill("T-09")
    await phone.see("shelf-last").fill("T-12")
    await phone.shows("shelf-will", "将添加 T-09 到 T-12，共 4 个")
    await phone.picture("shelves-add")
    await phone.tap("add-shelves")
    await phone.shows("snackbar", "已添加 4 个货架")

    await phone.page.locator("[data-shelf='T-10']").tap()
    await phone.see("edit-name").fill("茶饮")
    await phone.picture("shelf-sheet")
    await phone.tap("save-shelf")
    await expect(phone.page.locator("[data-shelf='T-10']")).to_contain_text("茶饮")
    await phone.tap("pick-shelves")
    for code in ("T-10", "T-11"):
        await phone.page.locator(f"[data-shelf='{code}']").tap()
    await phone.picture("shelves-picked")
    await phone.tap("print-picked")
    await phone.shows("print-what", "2 张标签，共 1 页 A4")
    await phone.page.get_by_test_id("option-medium").tap()
    await expect(phone.see("label-preview")).to_have_js_property("complete", value=True)
    assert await phone.see("label-preview").evaluate("image => image.naturalWidth") > 0
    await phone.picture("shelves-print")
    async with phone.page.expect_download() as printing:
        await phone.tap("print-now")
    file = await (await printing.value).path()
    assert file.read_bytes().startswith(b"%PDF-")
    await phone.tap("pick-shelves")
    await phone.picture("shelves")

    await phone.page.locator("[data-shelf='T-12']").tap()
    await phone.tap("retire-shelf")
    await expect(phone.page.locator("[data-shelf='T-12']")).to_have_count(0)


async def test_what_belongs_on_a_shelf_is_scanned_two_taps_from_the_shelves(chain: Chain, give: GiveDevice) -> None:
    goods = await chain.books.rows(
        "select sku.id, sku.name, min(gtin) as gtin from sku join sku_code on sku_id = sku.id group by sku.id"
        " order by sku.code limit 2"
    )
    phone = await give(chain)
    await phone.sign_in("huayang.m")
    await phone.settled()
    await phone.open("/shelves")
    await phone.see("shelf-zone").fill("测试区")
    await phone.see("shelf-first").fill("U-01")
    await phone.tap("add-shelves")

    await phone.page.locator("[data-shelf='U-01']").tap()
    await phone.tap("fill-shelf")
    await phone.shows("goods-count", "0 种商品")
    for each in goods:
        await phone.scan(each["gtin"])
        await expect(phone.page.locator(f"[data-goods='{each['id']}']")).to_contain_text(each["name"])
    await phone.shows("goods-count", "2 种商品")
    await phone.picture("shelf-goods")
    await phone.scan("4" * 13)
    await phone.shows("unknown-code", "4444444444444")
    await phone.page.locator(f"[data-goods='{goods[0]['id']}']").get_by_test_id("take-off").tap()
    await phone.shows("snackbar", "不放这里了")
    expected = (
        "select array_agg(sku_id) from shelf_sku join shelf on shelf.id = shelf_id"
        " where shelf.code = 'U-01' and retired_at is null"
    )
    assert await chain.books.value(expected) == [goods[1]["id"]]
    await phone.see("snackbar").get_by_role("button", name="撤销").tap()
    await phone.shows("goods-count", "2 种商品")

    async def standing() -> set[object]:
        return set(await chain.books.value(expected))

    both = {each["id"] for each in goods}
    await comes_to(standing, both)

    # In the cellar it says so before anything is scanned, and puts nothing on the list that the shelf does not know.
    await phone.go_offline()
    await phone.shows("goods-problem", "连不上服务器")
    await phone.page.locator(f"[data-goods='{goods[0]['id']}']").get_by_test_id("take-off").tap()
    await phone.shows("goods-count", "2 种商品")
    await phone.picture("shelf-goods-offline")
    await phone.come_back()
    await expect(phone.see("goods-problem")).to_have_count(0)
    assert await standing() == both

    await phone.tap("back")
    shelf = phone.page.locator("[data-shelf='U-01']")
    await expect(shelf).to_contain_text("2 种商品")
    await shelf.tap()
    await phone.tap("retire-shelf")


async def test_headquarters_names_a_code_with_one_tap(chain: Chain, give: GiveDevice) -> None:
    store_id = await chain.books.value("select id from store where kind = 'shop' order by code limit 1")
    known = await chain.books.value("select gtin from sku_code where gtin like '69%' order by gtin limit 1")
    misread = known[:-1] + str((int(known[-1]) + 1) % 10)
    insert = (
        "insert into unknown_code (store_id, id, code, key, quantity, found_at, recorded_at)"
        " values ($1, $2, $3, $3, 2, now(), now())"
    )
    for code in (misread, misread, f"6999{uuid4().int % 10**9:09d}"):
        await chain.books.rows(insert, store_id, uuid4(), code)

    tablet = await give(chain, "tablet")
    await tablet.sign_in("hq")
    await tablet.open("/codes")
    card = tablet.page.locator(f"[data-code='{misread}']")
    await expect(card).to_contain_text("扫到 2 次 · 共 4 件 · 1 家店")
    await tablet.picture("codes")
    await card.locator("[data-guess='ONE_DIGIT_OFF']").first.tap()
    await expect(card).to_have_count(0)
    await tablet.see("snackbar").get_by_role("button", name="撤销").tap()
    await tablet.shows("snackbar", "重新待确认")
    await card.locator("[data-guess='ONE_DIGIT_OFF']").first.tap()
    await expect(card).to_have_count(0)
    resolved = "select count(*) from unknown_code where key = $1 and verdict = 'item'"
    assert await chain.books.value(resolved, misread) == 2

    other = tablet.page.locator("[data-code^='6999']").first
    await other.get_by_test_id("not-ours").tap()
    await tablet.shows("snackbar", "已标记：不是本公司的")

    await tablet.page.get_by_test_id("option-settled").tap()
    settled = tablet.page.locator(f"[data-settled='{misread}']")
    await expect(settled).to_contain_text("2 次扫到")
    await tablet.picture("codes-settled")
    await settled.get_by_test_id("reopen-code").tap()
    await expect(settled).to_have_count(0)
    await tablet.page.get_by_test_id("option-waiting").tap()
    await expect(card).to_have_count(1)
    assert await chain.books.value(resolved, misread) == 0
    await card.get_by_test_id("not-ours").tap()
    await expect(card).to_have_count(0)
