"""A walk past every screen, by what is tapped and not by what is written, so that it goes in every language."""

from collections.abc import AsyncIterator

from tests.stories.books import Item
from tests.stories.device import Device


async def past_the_clerks_screens(phone: Device, login: str, thing: Item) -> AsyncIterator[str]:
    """Sign in and do a bit of everything; stops at each screen with its name."""
    async for stop in _into_the_shop(phone, login):
        yield stop
    async for stop in _selling(phone, thing):
        yield stop
    async for stop in _returning_and_counting(phone, thing):
        yield stop
    async for stop in _looking_back(phone, thing):
        yield stop


async def _into_the_shop(phone: Device, login: str) -> AsyncIterator[str]:
    yield "sign-in"
    await phone.enter(login, "wrong")
    await phone.see("sign-in-problem").wait_for()
    yield "sign-in-wrong"
    await phone.enter(login)
    await phone.see("tasks").wait_for()
    await phone.settled()
    yield "home"
    await phone.open("/day")
    await phone.see("open-day").or_(phone.see("day-opened")).first.wait_for()
    yield "day"
    await phone.open("/day/hand-over")
    await phone.see("day-figures").get_by_text("¥").first.wait_for()
    yield "hand-over"
    await phone.tap("help")
    await phone.see("help-attached").wait_for()
    await phone.at_rest()
    yield "help"


async def _selling(phone: Device, thing: Item) -> AsyncIterator[str]:
    await phone.open("/scan")
    await phone.see("scan-input").wait_for()
    yield "scan"
    await phone.find("12345678")
    await phone.page.keyboard.press("Enter")
    await phone.see("unknown-code").wait_for()
    yield "scan-unknown"
    await phone.scan(thing.gtin)
    await phone.see("item-available").wait_for()
    yield "item"
    await phone.tap("sell-many")
    await phone.see("quantity").wait_for()
    yield "quantity"
    await phone.press(2)
    await phone.tap("to-sale")
    await phone.see("cart").wait_for()
    yield "cart"
    await phone.tap("cart-finish")
    await phone.see("snackbar").wait_for()
    yield "sold"
    await phone.tap("to-receipt")
    await phone.see("receipt-number").wait_for()
    yield "receipt"


async def _returning_and_counting(phone: Device, thing: Item) -> AsyncIterator[str]:
    await phone.open("/returns")
    await phone.see("scan-input").wait_for()
    yield "return"
    await phone.scan(thing.gtin)
    await phone.see("without-receipt").wait_for()
    yield "return-sale"
    await phone.tap("without-receipt")
    await phone.see("reason-unwanted").wait_for()
    await phone.tap("reason-unwanted")
    await phone.tap("condition-opened-good")
    yield "return-reason"
    await phone.open("/stocktake")
    await phone.see("scan-input").wait_for()
    yield "count"
    await phone.scan(thing.gtin)
    await phone.see("count-item").wait_for()
    yield "count-quantity"
    await phone.press(thing.on_hand + 1)
    await phone.see("counts").wait_for()
    yield "counted"


async def _looking_back(phone: Device, thing: Item) -> AsyncIterator[str]:
    await phone.sent(2)
    await phone.open("/stock")
    await phone.see("shelf").wait_for()
    yield "shelf"
    await phone.open(f"/stores/{thing.store_id}/items/{thing.sku_id}")
    await phone.see("movement").first.wait_for()
    yield "history"
    await phone.open("/me/operations")
    await phone.see("operations").wait_for()
    yield "operations"
    await phone.open("/me")
    await phone.see("my-name").wait_for()
    yield "me"
    await phone.tap("to-security")
    await phone.see("factor-state").wait_for()
    yield "security"
    await phone.tap("set-pin")
    await phone.see("pin-1").wait_for()
    yield "set-pin"
    await phone.open("/me/devices")
    await phone.see("devices").wait_for()
    yield "devices"


async def past_the_managers_screens(tablet: Device, login: str) -> AsyncIterator[str]:
    """Sign in as somebody who manages, and look at everything."""
    await tablet.enter(login)
    for measure in ("availability", "pace", "shortage"):
        await tablet.tap(f"measure-{measure}")
        await tablet.see("heat-cell").first.wait_for()
        yield f"board-{measure}"
    await tablet.tap("as-table")
    await tablet.see("figure-table").wait_for()
    yield "board-table"
    await tablet.tap("as-table")
    await tablet.tap("heat-cell")
    await tablet.see("stock-list").locator("li").first.wait_for()
    yield "store"
    if await tablet.see("to-place").count():
        await tablet.tap("to-place")
        await tablet.see("place-here").wait_for()
        yield "store-place"
    await tablet.open("/people")
    await tablet.see("person").first.wait_for()
    yield "people"
    await tablet.tap("person")
    await tablet.see("masked-phone").wait_for()
    yield "person"
    await tablet.open("/day/stores")
    await tablet.see("last-hand-over").first.wait_for()
    yield "stores-day"
    if await tablet.see("to-assign").count():
        await tablet.tap("to-assign")
        await tablet.see("assign-title").wait_for()
        yield "assign"
    await tablet.open("/manager/returns")
    await tablet.see("returns-span").wait_for()
    yield "returns"
    await tablet.open("/me")
    await tablet.see("my-name").wait_for()
    if await tablet.see("to-channels").count():
        await tablet.tap("to-channels")
        await tablet.see("channels").wait_for()
        yield "channels"
