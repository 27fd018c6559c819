"""Offline a phone says what it cannot see, not that there is none; and what a count needs it fetched before."""

from collections.abc import Callable

from playwright.async_api import Response, expect

from tests.stories.conftest import Chain, GiveDevice
from tests.stories.device import PATIENCE_MS, Device
from tests.stories.test_stocktake import put_up

STRANGE_RECEIPT = "P1122-FFFFFF"


def answers(operation: str) -> Callable[[Response], bool]:
    return lambda response: operation in (response.request.post_data or "")


async def chooses(phone: Device, kind: str, words: str) -> None:
    """Open what there is to choose from, which says this."""
    await phone.tap(f"start-{kind}")
    sheet = phone.page.locator(".van-popup:visible")
    await expect(sheet).to_contain_text(words)
    await phone.picture(f"count-offline-{kind.lower()}-{'unread' if '没有' in words else 'kept'}")
    await phone.page.keyboard.press("Escape")
    await expect(sheet).to_have_count(0)


async def test_who_never_read_the_shelves_is_told_so_and_what_she_can_do(chain: Chain, give: GiveDevice) -> None:
    tea = await chain.books.item("chunxilu", "珍珠奶茶")
    code = await put_up(chain, tea)
    phone = await give(chain)
    # Not by way of the home, which fetches them.
    await phone.sign_in("chunxilu", path="/returns")
    await phone.settled()
    await phone.ready_offline()
    await phone.go_offline()

    await phone.find(STRANGE_RECEIPT)
    await phone.page.keyboard.press("Enter")
    await phone.shows("unknown-code", "没有网络，查不到")
    await phone.picture("return-offline-receipt")
    await phone.open("/stocktake")
    await phone.shows("start-SKUS", "没有网络，看不到今天该数什么")
    for kind in ("SHELVES", "ZONE"):
        await chooses(phone, kind, "没有网络，这里看不到货架")
    await chooses(phone, "CATEGORIES", "没有网络，这里看不到品类")
    await phone.scan(code)
    await phone.shows("snackbar", "还没读到本店的货架")


async def test_what_a_count_needs_is_on_the_phone_before_the_network_goes(chain: Chain, give: GiveDevice) -> None:
    tea = await chain.books.item("chunxilu", "珍珠奶茶")
    code = await put_up(chain, tea)
    phone = await give(chain)
    async with phone.page.expect_response(answers("CountProposals"), timeout=PATIENCE_MS):
        await phone.sign_in("chunxilu")
    await phone.settled()
    await phone.ready_offline()
    await phone.go_offline()

    await phone.open("/stocktake")
    await expect(phone.see("start-SKUS")).not_to_contain_text("没有网络")
    await chooses(phone, "SHELVES", "Z-")
    await chooses(phone, "CATEGORIES", "奶茶")
    await phone.scan(code)
    await phone.see("counting").wait_for()
    await phone.scan(tea.gtin)
    await expect(phone.see("count-last")).to_have_attribute("data-sku", str(tea.sku_id))
