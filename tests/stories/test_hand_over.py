"""What the hand-over says is true: of now where it is green, of then without a network; and it is found again later."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import orjson
from playwright.async_api import expect

from api.demo.places import DAY_CUTOFF, ZONE
from retail.kernel.clock import business_day, business_day_start
from tests.stories.conftest import Chain, GiveDevice
from tests.stories.device import Device
from tests.stories.test_day_whole import TEAS

NOW = re.compile(r"截至 (.* )?\d\d:\d\d$")
MUST = "清点临期商品"


async def must_later(chain: Chain, store: UUID) -> None:
    """Ask for something that must be done, though later today: a number of pieces."""
    need: dict[str, object] = {
        "id": str(uuid4()),
        "title": "件数",
        "title_en": "Pieces",
        "kind": "number",
        "unit": "件",
    }
    need |= {"low": 0, "high": 20, "must": True}
    now = datetime.now(UTC)
    day = business_day(now, ZONE, DAY_CUTOFF)
    last = business_day_start(day + timedelta(days=1), ZONE, DAY_CUTOFF) - timedelta(minutes=1)
    await chain.books.rows(
        "insert into task (store_id, id, kind, day, title, title_en, needs, must, due_at, made_at)"
        " values ($1, $2, 'sent', $6, $3, 'Count what expires', $4, true, $5, now())",
        store,
        uuid4(),
        MUST,
        orjson.dumps([need]).decode(),
        min(now + timedelta(hours=3), last),
        day,
    )


async def opened(phone: Device, login: str) -> None:
    """Sign in where the day is open and she is at work."""
    await phone.sign_in(login, path="/day")
    await phone.tap("open-day")
    await phone.sent()
    await phone.settled()
    await phone.ready_offline()


async def test_without_a_network_the_hand_over_is_of_then_and_names_what_waits(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    tea = max([await chain.books.item("qibao", name) for name in TEAS], key=lambda each: each.on_hand)
    await opened(phone, "qibao")
    await phone.open("/day/hand-over")
    await phone.shows("day-as-of", NOW)
    await phone.shows("day-figures", "今天没有账实差异")

    await phone.go_offline()
    await phone.shows("day-as-of", "联网后会更新")
    await phone.open("/stocktake")
    await phone.see("scan-input").wait_for()
    await phone.scan(tea.gtin)
    await phone.press(tea.on_hand - 1)
    await phone.shows("counts", "少 1")
    await phone.open("/day/hand-over")
    await phone.shows("unsent", f"账实差异 1 种{tea.name}−1")
    await phone.shows("day-as-of", "联网后会更新")
    await phone.shows("day-figures", re.compile(r"截至 .*没有账实差异"))
    await expect(phone.page.locator(".hand-over .fine")).to_have_count(0)
    await phone.picture("hand-over-offline")
    await phone.page.emulate_media(color_scheme="dark")
    await phone.picture("hand-over-offline-dark")
    await phone.page.emulate_media(color_scheme="light")

    await phone.come_back()
    await expect(phone.see("unsent")).to_have_count(0)
    await phone.shows("day-as-of", NOW)
    await phone.shows("differences", f"{tea.name}−1")


async def test_a_must_that_is_due_later_is_named_beside_what_is_done(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    store = await chain.books.value("select id from store where code like '%-XIPU'")
    await must_later(chain, store)
    await opened(phone, "xipu")
    await phone.open("/day/hand-over")
    await phone.tap("option-shift")
    await phone.shows("later-musts", MUST)
    await phone.shows("day-as-of", NOW)
    await expect(phone.see("open-must").filter(has_text=MUST)).to_have_count(0)
    for _ in range(await phone.see("explain-must").count()):
        await phone.see("explain-must").first.tap()
        await phone.tap("excuse-noTime")
    await expect(phone.page.locator(".hand-over p.fine").last).to_have_text("到点的必做都做完了")
    await phone.picture("hand-over-later")

    await phone.see("later-musts").get_by_text(MUST).tap()
    await phone.tap("step-act")
    await phone.see("number-9").wait_for()
    await expect(phone.see("number-dot")).to_have_count(0)
    await expect(phone.see("number-minus")).to_have_count(0)
    await phone.picture("pieces-pad")
    for _ in range(9):
        await phone.tap("number-9")
    await phone.tap("number-done")
    await phone.shows("snackbar", "做完了")
    await phone.sent()
    await phone.open("/home")
    await phone.see("tasks").get_by_text("复查：件数（999,999,999 件）").wait_for()


async def test_a_disputed_hand_over_is_read_again_from_its_task_and_from_the_managers_card(
    chain: Chain, give: GiveDevice
) -> None:
    phone, other, tablet = await give(chain), await give(chain), await give(chain, "tablet")
    await opened(phone, "hongqiao")
    await phone.open("/day/hand-over")
    await phone.tap("option-shift")
    await phone.shows("day-as-of", NOW)
    for _ in range(await phone.see("explain-must").count()):
        await phone.see("explain-must").first.tap()
        await phone.tap("excuse-noTime")
    await phone.see("hand-over-note").fill("钥匙在抽屉里")
    await phone.tap("hand-over-send")
    await phone.shows("snackbar", "交接好了")
    await phone.sent(2)

    await other.sign_in("hongqiao.2", path="/day")
    await other.tap("dispute")
    await other.see("dispute-words").fill("抽屉里没有钥匙")
    await other.tap("dispute-send")
    await other.shows("snackbar", "异议已变成任务")
    await other.sent()
    await other.open("/home")
    await other.see("tasks").locator("[data-kind=DISPUTE]").tap()
    await other.text("明天").wait_for()
    await other.picture("dispute-task")
    await other.tap("to-disputed")
    await other.shows("hand-over", "钥匙在抽屉里")
    await other.shows("disputed", "抽屉里没有钥匙")
    await other.picture("handed-over-again")

    await phone.open("/day")
    await phone.tap("handed-last")
    await phone.shows("disputed", "抽屉里没有钥匙")

    await tablet.sign_in("shanghai", path="/day/stores")
    await tablet.see("store-day").filter(has_text="虹桥").get_by_test_id("last-hand-over").tap()
    await tablet.shows("disputed", "抽屉里没有钥匙")
    await tablet.shows("hand-over", "钥匙在抽屉里")
    await tablet.picture("handed-over-tablet")
