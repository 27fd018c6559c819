"""A manager puts up shelves and prints their labels; headquarters says what a code is that nobody knew."""

from uuid import uuid4

from playwright.async_api import expect

from tests.stories.conftest import Chain, GiveDevice


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
    async with phone.page.expect_download() as printing:
        await phone.tap("print-all")
    file = await (await printing.value).path()
    assert file.read_bytes().startswith(b"%PDF-")
    await phone.picture("shelves")

    await phone.page.locator("[data-shelf='T-12']").tap()
    await phone.tap("retire-shelf")
    await expect(phone.page.locator("[data-shelf='T-12']")).to_have_count(0)


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
    resolved = "select count(*) from unknown_code where key = $1 and verdict = 'item'"
    assert await chain.books.value(resolved, misread) == 2

    other = tablet.page.locator("[data-code^='6999']").first
    await other.get_by_test_id("not-ours").tap()
    await tablet.shows("snackbar", "已标记：不是本公司的")
