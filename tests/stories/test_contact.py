"""Out of touch and in touch again: what could not be read is read as soon as the server is heard."""

from playwright.async_api import Route

from tests.stories.conftest import Chain, GiveDevice
from tests.stories.device import NO_NETWORK


async def test_a_list_that_was_not_answered_is_read_when_the_server_is_heard_again(
    chain: Chain, give: GiveDevice
) -> None:
    phone = await give(chain)
    phone.forgive(NO_NETWORK)
    unanswered: list[str] = []

    async def lose(route: Route) -> None:
        if not unanswered and "query Tasks" in (route.request.post_data or ""):
            unanswered.append(route.request.url)
            await route.abort()
        else:
            await route.continue_()

    await phone.page.route("**/graphql", lose)
    await phone.sign_in("songjiang.2")

    # Nobody touches anything: the socket says that the server is there.
    await phone.see("task").first.wait_for()
    assert len(unanswered) == 1
    await phone.shows("contact", "已同步")


async def test_a_page_that_does_not_arrive_says_so_and_opens_when_asked_again(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    phone.forgive(NO_NETWORK)
    phone.forgive("dynamically imported module")
    # Nothing is kept for offline here: the page has to come over the network.
    await phone.context.add_init_script("delete Navigator.prototype.serviceWorker")
    await phone.sign_in("songjiang.2")
    await phone.see("tasks").wait_for()
    await phone.page.route("**/assets/OperationsPage*.js", lambda route: route.abort())

    await phone.tap("contact")

    await phone.shows("snackbar", "这一页没打开")
    await phone.page.unroute("**/assets/OperationsPage*.js")
    await phone.tap("snackbar-action")
    await phone.see("outbox-state").wait_for()
