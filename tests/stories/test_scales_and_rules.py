"""Headquarters says how the scales write their codes, and by which rules returns and counts go."""

from playwright.async_api import expect

from retail.catalogue.codes import check_digit
from tests.stories.conftest import Chain, GiveDevice
from tests.stories.device import Device


def gtin(body: str) -> str:
    return body + check_digit(body)


async def scale(device: Device, prefix: str, measure: str) -> None:
    """Choose a way of writing in the sheet."""
    await device.tap("add-scale")
    await device.see("scale-prefix").fill(prefix)
    await device.see("scale-preview").scroll_into_view_if_needed()
    await device.page.get_by_test_id(f"option-{measure}").tap()


async def test_headquarters_says_how_a_scale_writes_and_tries_it(chain: Chain, give: GiveDevice) -> None:
    tea = (await chain.books.rows("select sku.id, sku.name from sku order by code limit 1"))[0]
    await chain.books.rows("insert into sku_code values ($1, $2, 10)", gtin("285123400000"), tea["id"])
    patterns = "select prefix from in_store_pattern where prefix like '28%' order by prefix"
    office = await give(chain)
    await office.sign_in("hq")
    await office.open("/me")
    await office.tap("to-scales")

    await scale(office, "285", "GRAMS")
    await expect(office.see("scale-preview").get_by_test_id("code-parts")).to_contain_text("前缀")
    await office.picture("scale-sheet")
    await office.tap("keep-scale")
    await office.shows("snackbar", "已保存 285")
    row = office.page.locator("[data-prefix='285']")
    await expect(row).to_contain_text("重量")

    await office.see("try-code").fill(gtin("285123401234"))
    await office.tap("try-now")
    await office.shows("try-answer", "1.234 千克")
    await office.shows("try-item", f"{tea['name']} × 12")
    await office.picture("scales")
    await office.scan(gtin("285999901234"))
    await office.shows("try-answer", "目录里没有这个商品")
    for wrong, words in ((gtin("285123401234")[:-1] + "x", "不是 13 位数字"), ("9" * 200, "不是 13 位数字")):
        await office.see("try-code").fill(wrong)
        await office.tap("try-now")
        await office.shows("try-answer", words)

    await scale(office, "20", "GRAMS")  # the demo's own goods have such codes
    await office.tap("keep-scale")
    await office.shows("scale-problem", "个条码会认不出来，例如 20")
    await office.see("scale-prefix").fill("28")
    await office.page.get_by_test_id("option-FEN").tap()
    await office.shows("scale-overlap", "更长的先认，所以 285 先认")
    colleague = Device(office.context, await office.context.new_page(), office.url)
    await colleague.open("/scales")
    await scale(colleague, "289", "GRAMS")
    await colleague.tap("keep-scale")
    await colleague.shows("snackbar", "已保存 289")
    await colleague.page.close()
    await office.tap("keep-scale")
    await office.shows("scale-problem", "刚才有人改过规则")
    await expect(office.page.locator("[data-prefix='289']")).to_have_count(1)
    await office.tap("keep-scale")
    await expect(office.page.locator("[data-prefix='28']")).to_have_count(1)
    assert [each["prefix"] for each in await chain.books.rows(patterns)] == ["28", "285", "289"]

    await office.see("snackbar").get_by_role("button", name="撤销").tap()
    await office.shows("snackbar", "已恢复原来的规则")
    await expect(office.page.locator("[data-prefix='28']")).to_have_count(0)
    await row.tap()
    await office.tap("remove-scale")
    await expect(row).to_have_count(0)
    assert [each["prefix"] for each in await chain.books.rows(patterns)] == ["289"]


async def test_headquarters_says_what_a_category_needs_and_sees_where_returns_go(
    chain: Chain, give: GiveDevice
) -> None:
    top = "select code, id from category where parent_id is null and id in (select parent_id from category) limit 1"
    above = (await chain.books.rows(top))[0]
    below = await chain.books.value("select code from category where parent_id = $1 order by code limit 1", above["id"])
    said = "select handling from category_handling where category_id = $1"
    before = await chain.books.value(said, above["id"])
    other, words = ("NON_FOOD", "非食品") if before != "non_food" else ("MADE_HERE", "现制")
    office = await give(chain)
    await office.sign_in("yunying")
    await office.open("/me")
    await office.tap("to-rules")

    line = office.page.locator(f"[data-category='{above['code']}']")
    await line.tap()
    await office.picture("rules-handling")
    await office.page.locator(f"[data-handling='{other}']").tap()
    await expect(line).to_contain_text(words)
    if not await chain.books.value(
        "select 1 from category_handling h join category c on c.id = h.category_id where c.code = $1", below
    ):
        await expect(office.page.locator(f"[data-category='{below}']")).to_contain_text(words)
    await office.picture("rules-categories")
    assert await chain.books.value(said, above["id"]) == other.lower()
    await office.see("snackbar").get_by_role("button", name="撤销").tap()
    await expect(line).not_to_contain_text(words)
    assert await chain.books.value(said, above["id"]) == before

    await office.tap("option-returns")
    await office.see("case-handling").select_option("CHILLED")
    await office.see("case-condition").select_option("DAMAGED")
    await office.shows("case-answer", "冷藏品离开冷链后不能再售")
    await office.see("case-handling").select_option("MADE_HERE")
    await office.shows("case-answer", "现制商品离店后不能再售")
    await expect(office.page.locator("[data-rule='made_here']")).to_have_class("decides")
    await office.picture("rules-returns")

    await office.page.set_viewport_size({"width": 1024, "height": 768})
    await change_thresholds(chain, office)


async def change_thresholds(chain: Chain, office: Device) -> None:
    """From when a count is made again: what is wrong is said at once, and what a colleague did is not undone."""
    await office.tap("option-counts")
    await office.see("threshold-recountValue").fill("不多")
    await expect(office.page.locator("[data-wrong='recountValue']")).to_contain_text("要填数字")
    await expect(office.see("save-thresholds")).to_be_disabled()
    await office.see("threshold-recountValue").fill("999999")
    await expect(office.page.locator("[data-wrong='confirmValue']")).to_contain_text("不能比重盘的低")
    await office.picture("rules-counts")
    await office.see("threshold-recountValue").fill("12.5")
    await office.tap("save-thresholds")
    await office.shows("snackbar", "新开始的盘点按它")
    assert await chain.books.value("select (policy->>'recount_fen')::int from count_policy") == 1250

    await chain.books.rows("update count_policy set policy = jsonb_set(policy, '{odd_jump}', '9')")
    await office.see("threshold-recountValue").fill("13")
    await office.tap("save-thresholds")
    await expect(office.page.get_by_role("alert")).to_contain_text("刚才有人改过")
    await expect(office.see("threshold-oddJump")).to_have_value("9")
    await expect(office.see("threshold-recountValue")).to_have_value("12.5")
    await chain.books.rows("delete from count_policy")
