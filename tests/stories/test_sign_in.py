"""Who may come in, and where to."""

import re

from playwright.async_api import expect

from tests.stories.conftest import Chain, GiveDevice
from tests.stories.device import ITEMS


async def test_a_clerk_comes_to_her_shop(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    await phone.open()
    await phone.see("demo-wangjing").wait_for()
    await phone.picture("sign-in")

    await phone.enter("wangjing")

    await expect(phone.page).to_have_url(f"{chain.url}/home")
    await phone.shows("store-name", "望京店")


async def test_a_manager_comes_to_the_board_of_her_region(chain: Chain, give: GiveDevice) -> None:
    tablet = await give(chain, "tablet")

    await tablet.sign_in("beijing")

    await expect(tablet.page).to_have_url(f"{chain.url}/manager")
    await tablet.see("heat-cell").first.wait_for()
    shown = tablet.see("heat-matrix").locator("tbody tr")
    assert await shown.count() == 8, "eight shops trade in Beijing"


async def test_a_demo_account_needs_one_tap(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    await phone.open()

    await phone.tap("demo-chunxilu")

    await phone.shows("store-name", "春熙路店")


async def test_a_wrong_password_says_so_and_keeps_the_account(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    await phone.open()

    await phone.enter("wangjing", "trustshelf")

    await phone.shows("sign-in-problem", "账号或密码不对")
    await expect(phone.see("login")).to_have_value("wangjing")
    await phone.picture("sign-in-wrong")


async def test_who_signs_out_is_really_out(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    await phone.sign_in("guomao")
    session = await phone.context.cookies()
    await phone.tap("tab-me")
    await phone.tap("sign-out")
    await phone.see("login").wait_for()

    await phone.context.add_cookies(session)  # type: ignore[arg-type]  # what cookies() gives, add_cookies() takes
    await phone.open("/home")

    await phone.see("login").wait_for()
    assert await phone.page.evaluate(ITEMS) == [], "the next person on this phone finds nothing to read"


async def test_a_clerk_who_types_the_managers_address_comes_home(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    await phone.sign_in("wangjing")

    for address in ("/manager", "/manager/stores/00000000-0000-0000-0000-000000000000"):
        await phone.open(address)

        await expect(phone.page).to_have_url(f"{chain.url}/home")
        await phone.shows("store-name", "望京店")


async def test_the_page_that_somebody_wanted_opens_after_signing_in(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    await phone.open("/stock")
    await expect(phone.page).to_have_url(re.compile("/sign-in"))

    await phone.enter("wangjing")

    await expect(phone.page).to_have_url(f"{chain.url}/stock")


async def test_what_is_left_empty_is_told_in_the_words_of_the_shop(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    await phone.open()
    await phone.see("login").wait_for()

    await phone.tap("sign-in")

    said = "field => field.validationMessage"
    assert await phone.see("login").evaluate(said) == "请填写这一项"
    await phone.see("login").fill("wangjing")
    assert await phone.see("login").evaluate(said) == ""
