"""The README's day, on its own accounts, without a network for most of it: phone, manager and ledger say the same.

What each of them says at the end is printed.
"""

import pytest
from playwright.async_api import expect

from tests.stories.books import Item
from tests.stories.conftest import Chain, GiveDevice
from tests.stories.device import Device
from tests.stories.patience import comes_to
from tests.stories.test_day_whole import ask_of_shop
from tests.stories.test_returns import brought, photograph

TEAS = ("珍珠奶茶", "黑糖珍珠奶茶", "芋圆奶茶", "椰果奶茶", "红豆奶茶")
COLA = "可乐500ml"
MUST = "收银台照片"


async def sell(phone: Device, thing: Item, pieces: int) -> None:
    await phone.open("/scan")
    await phone.see("scan-input").wait_for()
    await phone.scan(thing.gtin)
    await phone.tap("sell-many")
    await phone.press(pieces)
    await phone.tap("to-sale")
    await phone.tap("cart-finish")
    await phone.shows("snackbar", "已记")


async def work_in_the_cellar(phone: Device, tea: Item, cola: Item) -> None:
    """The must-do with its picture, sales, a return by its receipt, a count; the app dies once in between."""
    await phone.tap("button-open-day")
    await phone.tap("open-day")
    await phone.see("tasks").get_by_text(MUST).tap()
    await photograph(phone)
    await phone.tap("task-done")
    await phone.shows("snackbar", f"{MUST} 做完了")
    await sell(phone, tea, 3)
    await phone.reopen("/returns")
    await phone.see("scan-input").wait_for()
    await phone.scan(cola.gtin)
    await phone.see("sale-found").first.tap()
    await brought(phone, "wrong-item", "sealed")
    await phone.tap("return-confirm")
    await phone.shows("snackbar", "放回货架")
    await phone.open("/stocktake")
    await phone.see("scan-input").wait_for()
    await phone.scan(tea.gtin)
    await phone.shows("count-item", f"账上 {tea.on_hand - 3} 杯")
    await phone.press(tea.on_hand - 1)
    await phone.shows("counts", "多 2")


async def hand_over(phone: Device) -> None:
    """What has not been done is explained, and the shift ends."""
    await phone.open("/day/hand-over")
    await phone.shows("day-figures", "¥")
    left = phone.see("explain-must")
    for _ in range(await left.count()):
        await left.first.tap()
        await phone.tap("excuse-noTime")
    await phone.tap("hand-over-send")
    await phone.shows("snackbar", "交接好了")


async def test_a_day_spent_in_the_cellar_is_the_same_for_phone_manager_and_ledger(
    own_chain: Chain, give: GiveDevice, capsys: pytest.CaptureFixture[str]
) -> None:
    books = own_chain.books
    tablet, phone = await give(own_chain, "tablet"), await give(own_chain)
    tea = max([await books.item("wangjing", name) for name in TEAS], key=lambda each: each.on_hand)
    cola = await books.item("wangjing", COLA)
    await tablet.sign_in("hq")
    await ask_of_shop(tablet, MUST, "PHOTO", "望京店")
    await phone.sign_in("wangjing")
    await phone.see("tasks").get_by_text(MUST).wait_for()
    await phone.settled()
    await phone.ready_offline()
    await sell(phone, cola, 2)
    await phone.sent()
    await phone.open("/home")
    await phone.see("tasks").get_by_text(MUST).wait_for()

    await phone.go_offline()
    await work_in_the_cellar(phone, tea, cola)
    await phone.open("/me/operations")
    await phone.see("operations").locator("[data-state=waiting]").first.wait_for()
    waiting = await phone.see("operations").locator("[data-state=waiting]").count()
    await phone.picture("cellar-waiting")
    assert await books.on_hand(tea) == tea.on_hand, "nothing has come out of the cellar"
    await phone.come_back()
    await phone.sent(waiting + 1)
    await hand_over(phone)
    await phone.sent(waiting + 2)
    await phone.open("/me/operations")

    fates = phone.see("operations").locator("[data-state]")
    await fates.first.wait_for()
    await expect(phone.see("operations").locator("[data-state=accepted]")).to_have_count(await fates.count())
    await phone.picture("cellar-accepted")
    manager = await give(own_chain, "tablet")
    await manager.sign_in("wangjing.m")
    for thing, left in ((tea, tea.on_hand - 1), (cola, cola.on_hand - 2 + 1)):
        await manager.open(f"/stores/{thing.store_id}/items/{thing.sku_id}")
        await comes_to(lambda: manager.number("level-on-hand"), left)
        assert await books.on_hand(thing) == left
        with capsys.disabled():
            print(f"\n  {thing.name}: manager {left}, ledger {left}, at first {thing.on_hand}", end="")  # noqa: T201 -- what was seen
    await manager.picture("cellar-manager")
    await manager.open("/day/stores")
    await manager.shows("last-hand-over", "还没人确认")
    assert await books.difference() == 0
    photo = "select count(*) from photo where store_id = $1 and status = 'kept'"
    await comes_to(lambda: books.value(photo, tea.store_id), 2)
