"""A whole day on a phone of 360 pixels: opened, worked in, handed over, and taken on by the next shift."""

import re

from playwright.async_api import expect

from tests.stories.books import Item
from tests.stories.conftest import Chain, GiveDevice
from tests.stories.device import Device
from tests.stories.patience import comes_to
from tests.stories.test_checklists import LAST_MINUTE, photograph

METRES_NORTH = 1 / 111_195
"""In degrees of latitude."""
TEAS = ("珍珠奶茶", "黑糖珍珠奶茶", "芋圆奶茶", "椰果奶茶", "红豆奶茶")


async def stand(phone: Device, latitude: float, longitude: float) -> None:
    """The device knows where it is and may say so."""
    await phone.context.grant_permissions(["camera", "geolocation"])
    await phone.context.set_geolocation({"latitude": latitude, "longitude": longitude, "accuracy": 10})


async def ask_of_shop(tablet: Device, title: str, kind: str, shop: str) -> None:
    """Headquarters asks one thing of one shop, to be done before its hand-over."""
    await tablet.open("/checklists/new")
    await tablet.see("checklist-title").fill(title)
    await tablet.tap(f"add-{kind}")
    await tablet.see("item-title").fill(title)
    await tablet.tap("option-stores")
    await tablet.see("places").get_by_text(shop, exact=True).tap()
    await tablet.tap("option-AT_TIMES")
    await tablet.see("time").fill(LAST_MINUTE)
    await tablet.tap("add-time")
    await tablet.tap("save-checklist")
    await tablet.see("checklist").filter(has_text=title).wait_for()


async def test_a_whole_day_from_opening_to_the_next_shift(chain: Chain, give: GiveDevice) -> None:
    tablet, phone, next_phone = await give(chain, "tablet"), await give(chain), await give(chain)
    tea = max([await chain.books.item("chunxilu", name) for name in TEAS], key=lambda each: each.on_hand)
    await tablet.sign_in("hq")
    await ask_of_shop(tablet, "收银台照片", "PHOTO", "春熙路店")
    await ask_of_shop(tablet, "倒垃圾", "TICK", "春熙路店")
    await phone.sign_in("chunxilu")
    await phone.settled()

    await open_the_shop(phone, chain, tea)
    await do_what_must_be_done(phone)
    await sell_one_and_count(phone, tea)
    await hand_over(phone, tea)
    await phone.open("/me")
    await phone.tap("to-credits")
    await phone.shows("credit", "任务拍了照片")
    await phone.picture("day-8-credits")
    await next_phone.sign_in("chunxilu.2")
    await take_over(next_phone)

    clocked = "select direction, place, distance_metres from clock_entry where store_id = $1 order by occurred_at"
    entries = [tuple(row) for row in await chain.books.rows(clocked, tea.store_id)]
    assert entries == [("in", "outside", 320), ("out", "outside", 320)]
    near = "select distance_metres from task_record where store_id = $1"
    assert [row[0] for row in await chain.books.rows(near, tea.store_id)] == [320]
    confirmed = "select count(*) from hand_over_confirmation where store_id = $1 and disputes = '[]'"
    assert await chain.books.value(confirmed, tea.store_id) == 1
    assert await chain.books.on_hand(tea) == tea.on_hand - 3


async def open_the_shop(phone: Device, chain: Chain, tea: Item) -> None:
    """She comes, and one tap opens the day and clocks her in, 320 metres from the shop."""
    place = await chain.books.rows("select latitude, longitude from store where id = $1", tea.store_id)
    await stand(phone, place[0][0] + 320 * METRES_NORTH, place[0][1])
    await phone.see("tasks").get_by_text("收银台照片").wait_for()
    await phone.shows("button-open-day", "09:00 开店 · 2 项必做")
    await phone.picture("day-1-home")
    await phone.tap("button-open-day")
    await phone.shows("musts", "收银台照片")
    await phone.picture("day-2-open")
    await phone.tap("open-day")
    await phone.shows("snackbar", "今天开始营业了 · 离店 320 米")
    await phone.shows("business-day", "营业中")
    await phone.sent(2)


async def do_what_must_be_done(phone: Device) -> None:
    """A task with a picture, from the list of the day."""
    await phone.see("tasks").get_by_text("收银台照片").tap()
    await photograph(phone)
    await phone.tap("task-done")
    await phone.shows("snackbar", "收银台照片 做完了")
    await phone.shows("day-progress", re.compile(r"已做 \d+/\d+"))
    await phone.picture("day-3-done")


async def sell_one_and_count(phone: Device, tea: Item) -> None:
    """A sale, and a count that finds two less."""
    await phone.scan(tea.gtin)
    await phone.tap("sell")
    await phone.tap("to-sale")
    await phone.tap("cart-finish")
    await phone.see("snackbar").wait_for()
    await phone.sent(4)
    # The books have come back to the phone, which keeps them through what follows.
    await phone.open(f"/stores/{tea.store_id}/items/{tea.sku_id}")
    await comes_to(lambda: phone.number("level-on-hand"), tea.on_hand - 1)
    await phone.open("/stocktake")
    await phone.see("scan-input").wait_for()
    await phone.settled()
    await phone.scan(tea.gtin)
    await phone.shows("count-item", f"账上 {tea.on_hand - 1} 杯")
    await phone.press(tea.on_hand - 3)
    await phone.shows("counts", "少 2")
    await phone.sent(5)
    # Whoever asks later reads who, when and where.
    await phone.open(f"/stores/{tea.store_id}/items/{tea.sku_id}")
    for row in (phone.see("movement").nth(0), phone.see("movement").nth(1)):
        await expect(row.get_by_test_id("movement-where")).to_have_text("离店 320 米")
    await phone.picture("day-4-history")


async def hand_over(phone: Device, tea: Item) -> None:
    """The figures are gathered, one thing is explained, and one button ends the shift."""
    await phone.open("/day")
    await phone.tap("to-hand-over-page")
    await phone.shows("day-figures", tea.name)
    await phone.shows("day-figures", "−2 杯")
    await phone.shows("open-musts", "倒垃圾")
    await expect(phone.see("hand-over-send")).to_be_disabled()
    await phone.picture("day-4-hand-over")
    await phone.see("open-must").filter(has_text="倒垃圾").get_by_test_id("explain-must").tap()
    await phone.tap("excuse-noTime")
    await phone.see("hand-over-note").fill("奶盖快没了，明天早点订")
    await phone.picture("day-5-explained")
    await phone.tap("hand-over-send")
    await phone.shows("snackbar", "交接好了")
    await phone.sent(7)


async def take_over(phone: Device) -> None:
    """The next shift sees it at home, looks, and takes it on."""
    await phone.see("take-over").wait_for()
    await phone.picture("day-6-next-home")
    await phone.tap("to-hand-over")
    for words in ("奶盖快没了", "倒垃圾", "太忙没时间", "−2 杯"):
        await phone.shows("hand-over", words)
    await phone.picture("day-7-take-over")
    await phone.tap("confirm-hand-over")
    await phone.shows("snackbar", "交接确认了")
    await expect(phone.see("take-over")).to_have_count(0)
    await phone.sent()
