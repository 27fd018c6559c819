"""A walk past the screens that the first walk (`walk.py`) leaves out: tasks, a whole count, what headquarters sets."""

from collections.abc import AsyncIterator

from playwright.async_api import expect

from tests.stories.books import Item
from tests.stories.device import Device

OF_OPERATIONS = (
    "/shelves",
    "/codes",
    "/scales",
    "/rules",
    "/checklists",
    "/manager/stocktakes",
    "/help",
    "/people/alarms",
    "/me/data",
)
"""What who runs the chain opens from the board and from her own page."""


async def past_a_shift(phone: Device, login: str, thing: Item) -> AsyncIterator[str]:
    """Sign in, look into tasks, count a shop from the first scan to the result; stops at each screen with its name."""
    await phone.sign_in(login)
    await phone.settled()
    await phone.see("tasks").wait_for()
    for kind, screen in (("CHECKLIST", "task"), ("RESTOCK", "restock")):
        await phone.open("/home")
        await phone.page.locator(f"[data-testid=task][data-kind={kind}]").first.tap()
        await phone.page.wait_for_url(f"**/{'tasks' if kind == 'CHECKLIST' else 'restock'}/**")
        await _stands(phone)
        yield screen
    for path in ("/returns/inspect", "/day/credits", "/me/data"):
        await phone.open(path)
        await _stands(phone)
        yield path.rpartition("/")[2]
    async for stop in _counting(phone, thing):
        yield stop


async def _counting(phone: Device, thing: Item) -> AsyncIterator[str]:
    await phone.open("/stocktake")
    await phone.tap("start-CATEGORIES")
    await phone.see("scope-choices").wait_for()
    await phone.at_rest()
    yield "count-choices"
    await phone.page.keyboard.press("Escape")
    await phone.see("scope-choices").wait_for(state="hidden")
    await phone.tap("start-STORE")
    await phone.see("counting").wait_for()
    yield "counting"
    await phone.scan(thing.gtin)
    await phone.tap("open-pad")
    await phone.press(thing.on_hand + 200)
    await expect(phone.see("counting")).to_contain_text(str(thing.on_hand + 200))
    yield "counting-some"
    stocktake = phone.page.url.split("/stocktake/")[1].split("?")[0]
    await phone.open(f"/stocktake/{stocktake}/check")
    await _stands(phone)
    yield "check"
    await phone.see("cancel-stocktake").tap()
    await phone.see("cancel-surely").wait_for()
    await phone.at_rest()
    yield "give-up"
    await phone.tap("cancel-surely")
    await phone.sent()


async def past_headquarters_screens(tablet: Device) -> AsyncIterator[str]:
    """Sign in as who runs the chain, and look at what she sets and reads."""
    await tablet.sign_in("hq")
    for path in OF_OPERATIONS:
        await tablet.open(path)
        await _stands(tablet)
        yield path.rpartition("/")[2]
    await tablet.open("/checklists")
    await tablet.see("to-answers").first.tap()
    await tablet.see("answers-day").wait_for()
    await _stands(tablet)
    yield "answers"
    await tablet.open("/checklists")
    await tablet.see("to-design").first.tap()
    await tablet.see("checklist-title").wait_for()
    yield "design"


async def past_the_log(tablet: Device) -> AsyncIterator[str]:
    """Sign in as who reads the operation log."""
    await tablet.sign_in("hegui", path="/log")
    await tablet.see("log-entry").first.wait_for()
    yield "log"
    await tablet.see("log-entry").first.tap()
    await tablet.at_rest()
    yield "log-entry"


async def _stands(device: Device) -> None:
    """Wait until nothing of the screen is still on its way."""
    await device.page.locator("main h1").first.wait_for()
    await expect(device.page.get_by_test_id("skeleton")).to_have_count(0)
    await device.at_rest()
