"""Help is one tap away, and the answer is where she looks first."""

from playwright.async_api import expect

from tests.stories.conftest import Chain, GiveDevice


async def test_a_call_for_help_is_answered_at_home(chain: Chain, give: GiveDevice) -> None:
    phone, tablet = await give(chain), await give(chain, "tablet")
    tea = await chain.books.item("xipu", "珍珠奶茶")
    await phone.sign_in("xipu", path="/scan")
    await phone.settled()
    await phone.scan(tea.gtin)
    await phone.see("item-available").wait_for()
    await phone.tap("help")
    await phone.shows("help-attached", "珍珠奶茶 · 犀浦店")
    await phone.picture("help-ask")
    await phone.tap("help-mismatch")
    await phone.shows("snackbar", "已发给总部")
    await phone.sent()

    await tablet.sign_in("hq", path="/help")
    call = tablet.see("help-call").filter(has_text="犀浦店")
    await expect(call).to_contain_text("货和账对不上")
    await expect(call).to_contain_text("珍珠奶茶")
    await call.get_by_test_id("answer-words").fill("先数一遍，差多少记多少")
    await tablet.picture("help-inbox")
    await call.get_by_test_id("answer-send").tap()
    await tablet.shows("snackbar", "已回答")

    await phone.open("/home")
    await phone.shows("help-answer", "先数一遍，差多少记多少")
    await phone.picture("help-answered")
    await phone.tap("help-read")
    await expect(phone.see("help-answer")).to_have_count(0)
    await phone.page.reload()
    await phone.see("tasks").wait_for()
    await expect(phone.see("help-answer")).to_have_count(0)
