"""A sheet lies over its page: Back and Escape close it and nothing else, and who comes by keyboard is in it."""

import pytest
from playwright.async_api import expect

from tests.stories.conftest import Chain, GiveDevice
from tests.stories.device import Device

AN_OLDER_BROWSER = "delete globalThis.CloseWatcher"
"""Safari, Firefox and older phones: nobody tells the page that somebody went back."""


async def into_the_shop(chain: Chain, give: GiveDevice, browser_is: str) -> Device:
    """Home, then the return counter, where help is one tap away."""
    phone = await give(chain)
    if browser_is == "older":
        await phone.context.add_init_script(AN_OLDER_BROWSER)
    await phone.sign_in("xidan", path="/home")
    await phone.see("tasks").wait_for()
    await phone.tap("button-return")
    await phone.see("scan-input").wait_for()
    return phone


async def open_help(phone: Device) -> None:
    await phone.tap("help")
    await expect(phone.see("help-text")).to_be_visible()


async def go_back(phone: Device) -> None:
    """The phone's own Back; the page stays, so there is no load to wait for."""
    await phone.page.evaluate("history.back()")


async def is_at(phone: Device, path: str) -> None:
    await phone.page.wait_for_url(phone.url + path)


@pytest.mark.parametrize(
    ("browser_is", "back"),
    # What the phone's own Back is to a `CloseWatcher`, a test can only say by Escape.
    [("newer", "Escape"), ("older", "Escape"), ("older", "Back")],
)
async def test_back_and_escape_close_the_sheet_and_not_the_page(
    chain: Chain, give: GiveDevice, browser_is: str, back: str
) -> None:
    phone = await into_the_shop(chain, give, browser_is)
    await phone.page.evaluate("window.here = true")

    for _ in range(2):
        await open_help(phone)
        await (go_back(phone) if back != "Escape" else phone.page.keyboard.press(back))
        await expect(phone.see("help-text")).to_be_hidden()
        await is_at(phone, "/returns")

    await phone.page.go_back()
    await is_at(phone, "/home")
    await phone.see("tasks").wait_for()
    assert await phone.page.evaluate("window.here"), "the app was loaded anew"


async def test_a_sheet_that_was_closed_by_hand_costs_no_second_back(chain: Chain, give: GiveDevice) -> None:
    phone = await into_the_shop(chain, give, "older")
    await open_help(phone)
    await phone.page.get_by_role("button", name="关闭").last.tap()
    await expect(phone.see("help-text")).to_be_hidden()

    # On to another page and back to this one, then one Back more.
    await phone.page.evaluate("document.querySelector('[data-testid=by-member]').click()")
    await expect(phone.page.get_by_role("dialog", name="会员")).to_be_visible()
    await go_back(phone)
    await expect(phone.page.get_by_role("dialog", name="会员")).to_be_hidden()
    await is_at(phone, "/returns")
    await phone.page.go_back()
    await is_at(phone, "/home")
    await phone.see("tasks").wait_for()


async def test_what_replaces_a_page_under_its_sheet_is_left_by_one_back(chain: Chain, give: GiveDevice) -> None:
    phone = await into_the_shop(chain, give, "older")
    await open_help(phone)
    await phone.tap("help-mismatch")
    await phone.see("snackbar").wait_for()
    await phone.page.reload()
    await phone.see("scan-input").wait_for()

    await phone.page.go_back()

    await is_at(phone, "/home")
    await phone.see("tasks").wait_for()


@pytest.mark.parametrize("browser_is", ["newer", "older"])
async def test_who_opens_a_sheet_by_keyboard_is_in_it_and_comes_back(
    chain: Chain, give: GiveDevice, browser_is: str
) -> None:
    phone = await into_the_shop(chain, give, browser_is)
    await phone.see("help").focus()
    await phone.page.keyboard.press("Enter")
    await expect(phone.see("help-text")).to_be_visible()
    inside = "document.activeElement?.closest('[role=dialog]') !== null"

    assert await phone.page.evaluate(inside)
    for key in ["Tab"] * 12 + ["Shift+Tab"] * 14:
        await phone.page.keyboard.press(key)
        assert await phone.page.evaluate(inside), key

    await phone.page.keyboard.press("Escape")
    await expect(phone.see("help-text")).to_be_hidden()
    await expect(phone.see("help")).to_be_focused()
