"""A checklist: designed at headquarters without code, done in a shop, and seen again with who did it."""

import io

from PIL import Image
from playwright.async_api import expect

from tests.stories.conftest import Chain, GiveDevice
from tests.stories.device import Device

LAST_MINUTE = "03:59"
"""Of a business day: it ends at four."""


async def photograph(phone: Device) -> None:
    """Take a picture: where the page has no camera, the phone's own answers."""
    held = io.BytesIO()
    Image.effect_noise((1600, 1200), 40).convert("RGB").save(held, "JPEG", quality=85)
    async with phone.page.expect_file_chooser() as asked:
        await phone.tap("take-photo")
    chooser = await asked.value
    await chooser.set_files({"name": "front.jpg", "mimeType": "image/jpeg", "buffer": held.getvalue()})


async def design(tablet: Device, title: str, shop: str) -> None:
    """Put a checklist together with the big buttons, for one shop, until the last minute of the day."""
    await tablet.open("/checklists/new")
    await tablet.see("checklist-title").fill(title)
    for number, (kind, asks) in enumerate((("TICK", "地面干净"), ("NUMBER", "冷柜温度"), ("PHOTO", "门头照片"))):
        await tablet.tap(f"add-{kind}")
        await tablet.see("item-title").nth(number).fill(asks)
    await tablet.see("item-min").fill("0")
    await tablet.see("item-max").fill("4")
    await tablet.tap("option-stores")
    await tablet.see("places").get_by_text(shop, exact=True).tap()
    await tablet.tap("option-AT_TIMES")
    await tablet.see("time").fill(LAST_MINUTE)
    await tablet.tap("add-time")


async def test_a_range_that_cannot_be_is_told_while_it_is_designed(chain: Chain, give: GiveDevice) -> None:
    tablet = await give(chain, "tablet")
    await tablet.sign_in("hq")
    await design(tablet, "冰柜巡检", "华阳店")
    save, wrong = tablet.see("save-checklist"), tablet.see("item-wrong")

    await tablet.see("item-min").fill("abc")
    await expect(save).to_be_disabled()
    await tablet.see("checklist-title").focus()
    await expect(wrong).to_contain_text("数字")
    await expect(tablet.see("item-min")).to_have_value("abc")
    await tablet.picture("checklist-no-number")

    await tablet.see("item-min").fill("9")
    await expect(save).to_contain_text("最低比最高还大")
    await tablet.see("item-min").fill("－18")
    await expect(save).to_be_enabled()
    await tablet.see("checklist-title").focus()
    await expect(wrong).to_have_count(0)


async def test_a_checklist_goes_from_headquarters_to_the_shop_and_back(chain: Chain, give: GiveDevice) -> None:
    tablet, phone = await give(chain, "tablet"), await give(chain)
    await tablet.sign_in("hq")
    await design(tablet, "冷柜巡检", "华阳店")
    await tablet.shows("preview", "冷柜温度")
    await tablet.picture("checklist-design")
    await tablet.tap("save-checklist")
    await tablet.see("checklist").filter(has_text="冷柜巡检").wait_for()
    await tablet.picture("checklists")
    await tablet.see("checklist").filter(has_text="冷柜巡检").get_by_test_id("to-answers").tap()

    at = "select latitude, longitude, 10 as accuracy from store where code like '%-HUAYANG'"
    await phone.context.grant_permissions(["camera", "geolocation"])
    await phone.context.set_geolocation(dict((await chain.books.rows(at))[0]))  # type: ignore[arg-type]  # its shape
    await phone.sign_in("huayang")
    await phone.see("tasks").get_by_text("冷柜巡检").tap()
    await phone.see("steps").wait_for()
    await phone.picture("checklist-run")
    steps = phone.see("step")
    await steps.filter(has_text="地面干净").get_by_test_id("step-act").tap()
    await steps.filter(has_text="冷柜温度").get_by_test_id("step-act").tap()
    for key in ("6", "dot", "5"):
        await phone.tap(f"number-{key}")
    await phone.picture("checklist-number")
    await phone.tap("number-done")
    await phone.shows("step-progress", "已做 2/3 项 · 都记在手机里了")

    # Each row is on the device already: a killed app loses none of them.
    await phone.reopen(phone.page.url.removeprefix(phone.url))
    await phone.shows("step-progress", "已做 2/3")
    await expect(phone.see("task-done")).to_be_disabled()
    await photograph(phone)
    await phone.shows("step-progress", "已做 3/3")
    await phone.picture("checklist-ready")
    await phone.tap("task-done")

    await phone.shows("snackbar", "冷柜巡检 做完了")
    await expect(phone.see("tasks").get_by_text("冷柜巡检")).to_have_count(0)
    await phone.sent(2)
    await tablet.page.reload()
    await tablet.shows("answers", "华阳店")
    await tablet.shows("answers", "6.5")
    await tablet.shows("answer-where", "在店内")
    await tablet.picture("checklist-answers")
