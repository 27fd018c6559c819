"""The day of who leads a shop: shelves filled, tasks given, a hand-over disputed, a store put in its place."""

import re

from playwright.async_api import expect

from tests.stories.conftest import Chain, GiveDevice
from tests.stories.test_day_whole import TEAS, stand


async def test_a_shelf_is_filled_or_there_is_none_in_two_taps_also_without_network(
    chain: Chain, give: GiveDevice
) -> None:
    phone = await give(chain)
    teas = [await chain.books.item("yulin", name) for name in TEAS]
    second, first = sorted(teas, key=lambda each: each.on_hand)[-2:]
    for item in (first, second):
        await chain.books.rows(
            "update stock_level set safety_stock = on_hand + 500 where store_id = $1 and sku_id = $2",
            item.store_id,
            item.sku_id,
        )
    await phone.sign_in("yulin")
    await phone.ready_offline()
    await phone.see("tasks").get_by_text(re.compile(f"补货 {first.name} ")).tap()
    await phone.shows("restock-missing", re.compile(r"\d{3}"))
    await phone.shows("restock-here", "账上还有")
    await phone.see("restock-stores").wait_for()
    await phone.picture("restock")
    await phone.page.emulate_media(color_scheme="dark")
    await phone.picture("restock-dark")
    await phone.page.emulate_media(color_scheme="light")
    await phone.tap("restock-filled")
    await phone.shows("snackbar", f"{first.name} 补上了")
    await phone.sent()

    await phone.go_offline()
    await phone.see("tasks").get_by_text(re.compile(f"补货 {second.name} ")).tap()
    await phone.shows("restock-here", "没有网络")
    await phone.picture("restock-offline")
    await phone.tap("restock-none")
    await phone.shows("snackbar", f"记下了：{second.name} 没有货")
    await expect(phone.see("tasks").get_by_text(re.compile(f"补货 ({first.name}|{second.name}) "))).to_have_count(0)
    await phone.come_back()
    await phone.sent(2)

    await phone.see("tasks").get_by_text(f"清点 {second.name}").tap()
    await phone.see("count-it").wait_for()
    await phone.picture("restock-count-it")
    answered = "select sku_id from task where store_id = $1 and kind = 'restock' and done_at is not null"
    kept = {row["sku_id"] for row in await chain.books.rows(answered, first.store_id)}
    assert {first.sku_id, second.sku_id} <= kept


async def test_a_manager_gives_a_task_and_sees_who_did_it(chain: Chain, give: GiveDevice) -> None:
    tablet, phone = await give(chain, "tablet"), await give(chain)
    await tablet.sign_in("yulin.m", path="/day/assign")
    await tablet.see("assign-who").locator("option").nth(2).wait_for(state="attached")
    await tablet.see("assign-title").fill("擦橱窗")
    await tablet.see("assign-note").fill("里外都擦")
    clerk = await chain.books.value(
        "select person.name from local_account join person on person.id = person_id where login = 'yulin.2'"
    )
    await tablet.see("assign-who").select_option(label=clerk)
    await tablet.tap("option-closing")
    await tablet.tap("assign-must")
    await tablet.picture("assign")
    await tablet.page.emulate_media(color_scheme="dark")
    await tablet.picture("assign-dark")
    await tablet.page.emulate_media(color_scheme="light")
    await tablet.tap("assign-send")
    await tablet.shows("snackbar", "已派出：擦橱窗")
    await tablet.shows("given-tasks", f"{clerk} 在做")
    await tablet.see("assign-title").fill("倒垃圾")
    await tablet.tap("assign-send")
    await tablet.shows("given-tasks", "等人做")

    await phone.sign_in("yulin.2")
    row = phone.see("tasks").locator("[data-kind=ASSIGNED]")
    await row.filter(has_text="倒垃圾").wait_for()
    await phone.picture("assigned-home")
    await row.filter(has_text="擦橱窗").tap()
    await phone.text("里外都擦").wait_for()
    await phone.picture("assigned-task")
    await phone.tap("step-act")
    await phone.shows("snackbar", "擦橱窗 做完了")
    await phone.sent()

    await tablet.see("given-task").filter(has_text="倒垃圾").get_by_test_id("take-back").tap()
    await tablet.shows("snackbar", "已收回：倒垃圾")
    await tablet.shows("given-tasks", re.compile(rf"{clerk}\s.*\s做完"))
    await expect(tablet.see("given-task").filter(has_text="倒垃圾")).to_have_count(0)
    await tablet.page.set_viewport_size({"width": 360, "height": 800})
    await tablet.picture("assign-phone")


async def test_headquarters_sends_a_task_to_a_region_and_sees_who_did_it(own_chain: Chain, give: GiveDevice) -> None:
    tablet, phone = await give(own_chain, "tablet"), await give(own_chain)
    await tablet.sign_in("yunying", path="/day/assign")
    await tablet.see("assign-store").select_option(label="成都的门店")
    await tablet.see("to-many").wait_for()
    await expect(tablet.see("assign-who")).to_have_count(0)
    await expect(tablet.see("option-closing")).to_have_count(0)
    await tablet.see("assign-title").fill("换上新海报")
    await tablet.picture("assign-many")
    await tablet.tap("assign-send")
    await tablet.shows("snackbar", "已派出：换上新海报")
    sent = "select count(*) from task join store on store.id = store_id where title = '换上新海报' and code like 'CD-%'"
    assert await own_chain.books.value(sent) == 8

    await phone.sign_in("yulin")
    await phone.see("tasks").locator("[data-kind=SENT]").filter(has_text="换上新海报").tap()
    await phone.tap("step-act")
    await phone.shows("snackbar", "换上新海报 做完了")
    await phone.sent()

    await tablet.see("assign-store").select_option(label="玉林店")
    await tablet.see("given-task").filter(has_text="做完").wait_for()
    await tablet.see("assign-store").select_option(label="春熙路店")
    await tablet.see("given-task").filter(has_text="换上新海报").get_by_test_id("take-back").tap()
    await tablet.shows("snackbar", "已收回：换上新海报")


async def test_a_hand_over_is_disputed_and_both_sides_and_headquarters_see_it(chain: Chain, give: GiveDevice) -> None:
    phone, other, tablet = await give(chain), await give(chain), await give(chain, "tablet")
    await phone.sign_in("yulin", path="/day")
    await phone.tap("open-day")
    await phone.sent()
    await phone.open("/day/hand-over")
    await phone.see("hand-over-send").wait_for()
    await phone.tap("option-shift")
    musts = phone.see("open-must")
    for must in range(await musts.count()):
        await musts.nth(must).get_by_test_id("explain-must").tap()
        await musts.nth(must).get_by_test_id("excuse-noTime").tap()
    await phone.see("hand-over-note").fill("收银机少了零钱")
    await phone.tap("hand-over-send")
    await phone.shows("snackbar", "交接好了")
    await phone.sent(2)

    await other.sign_in("yulin.2")
    await other.see("take-over").wait_for()
    await other.tap("to-hand-over")
    await other.shows("hand-over", "收银机少了零钱")
    await other.tap("dispute")
    await other.see("dispute-words").fill("少了两箱牛奶")
    await other.picture("dispute")
    await other.tap("dispute-send")
    await other.shows("snackbar", "交接确认了，异议已变成任务")
    await other.sent()

    await phone.open("/home")
    await phone.see("tasks").locator("[data-kind=DISPUTE]").tap()
    await phone.text("少了两箱牛奶").wait_for()
    await phone.picture("disputed-task")

    await tablet.sign_in("hq", path="/day/stores")
    opened = "select person.name from business_day join person on person.id = opened_by where store_id = $1"
    store = await chain.books.value("select id from store where code = 'CD-YULIN'")
    card = tablet.see("store-day").filter(has_text="玉林店")
    await expect(card).to_contain_text(f"{await chain.books.value(opened, store)} 开始营业")
    await expect(card.get_by_test_id("last-hand-over")).to_contain_text("有异议：少了两箱牛奶")
    await card.scroll_into_view_if_needed()
    await tablet.picture("stores-day-disputed")


async def test_who_leads_the_region_puts_a_store_in_its_place(chain: Chain, give: GiveDevice) -> None:
    tablet = await give(chain, "tablet")
    store = await chain.books.value("select id from store where code = 'CD-YULIN'")
    await tablet.context.grant_permissions(["geolocation"])
    await tablet.sign_in("chengdu", path=f"/manager/stores/{store}")
    await stand(tablet, 30.63, 104.05)
    await tablet.tap("to-place")
    await tablet.tap("place-here")
    await tablet.text("定位误差约 10 米").wait_for()
    await tablet.shows("place-moved", "离原来的位置")
    await tablet.tap("option-100")
    await tablet.picture("store-place")
    await tablet.page.emulate_media(color_scheme="dark")
    await tablet.picture("store-place-dark")
    await tablet.page.emulate_media(color_scheme="light")
    await tablet.page.set_viewport_size({"width": 360, "height": 800})
    await tablet.picture("store-place-phone")
    await tablet.tap("place-save")

    await tablet.shows("snackbar", "位置存好了")
    placed = await chain.books.rows("select latitude, longitude, radius_metres from store where id = $1", store)
    assert [tuple(row) for row in placed] == [(30.63, 104.05, 100)]
