"""Out of touch and in touch again: what could not be read is read as soon as the server is heard."""

from playwright.async_api import Route, expect

from tests.stories.conftest import Chain, GiveDevice
from tests.stories.device import NO_NETWORK, Device
from tests.stories.patience import comes_to


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


async def test_who_signs_out_without_a_network_stays_out_and_the_server_hears_of_it(
    chain: Chain, give: GiveDevice
) -> None:
    phone = await give(chain)
    await phone.sign_in("songjiang.2")
    await phone.see("tasks").wait_for()
    await phone.page.goto(phone.url + "/me")
    await phone.see("my-name").wait_for()
    other = await phone.context.new_page()
    phone.watch(other)
    await other.goto(phone.url + "/me")
    await other.get_by_test_id("my-name").wait_for()

    await phone.go_offline()
    await phone.tap("sign-out")
    await phone.see("login").wait_for()
    # Nobody goes on in her name in another tab either.
    await other.get_by_test_id("login").wait_for()

    await phone.come_back()
    await comes_to(lambda: status_of(phone), 401)
    await expect(phone.see("login")).to_be_visible()
    await expect(other.get_by_test_id("login")).to_be_visible()


async def status_of(phone: Device) -> int:
    return (await phone.context.request.get(phone.url + "/auth/me")).status
