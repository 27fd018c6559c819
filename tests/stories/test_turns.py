"""A shop's shared device: colleagues take turns with a PIN, and each act carries its own person."""

import re

import pytest
from playwright.async_api import expect

from api.demo.staff import PIN
from tests.stories.conftest import Chain, GiveDevice
from tests.stories.device import PATIENCE_MS, Device
from tests.stories.patience import comes_to

FIFTEEN_MINUTES_MS = 15 * 60_000
WHO_SOLD = """
    select person.name from movement join person on person.id = movement.actor_id
    where movement.store_id = $1 and movement.kind = 'sale' and movement.source = 'phone' order by movement.recorded_at
"""


async def share(device: Device, manager: str) -> None:
    """A manager makes this device the shop's and signs out."""
    await device.sign_in(manager, path="/me/security")
    await device.tap("share-device")
    await device.see("device-name").fill("前台平板")
    await device.picture("share-device")
    await device.tap("confirm-share")
    await device.shows("share-state", "共用")
    await device.picture("security-manager")
    await device.open("/me")
    await device.tap("sign-out")
    await device.see("person-tiles").wait_for()


async def take_turn(device: Device, name: str, pin: str = PIN) -> None:
    """Two taps and a PIN."""
    await device.see("person-tiles").get_by_text(name, exact=True).tap()
    for digit in pin:
        await device.tap(f"pin-{digit}")


async def clerks_of(chain: Chain, shop: str) -> list[str]:
    """The names of a shop's two clerks."""
    query = "select name from person join local_account on person_id = person.id where login = any($1) order by login"
    return [row[0] for row in await chain.books.rows(query, [shop, f"{shop}.2"])]


async def sell_one(device: Device, gtin: str) -> None:
    await device.scan(gtin)
    await device.tap("sell")
    await device.tap("to-sale")
    await device.tap("cart-finish")
    await device.see("snackbar").wait_for()


@pytest.mark.parametrize("kind", ["phone", "tablet"])
async def test_two_clerks_take_turns_and_each_sale_carries_its_person(
    chain: Chain, give: GiveDevice, kind: str
) -> None:
    shop = {"phone": "xidan", "tablet": "guomao"}[kind]
    device = await give(chain, kind)
    tea = await chain.books.item(shop, "珍珠奶茶")
    first, second = await clerks_of(chain, shop)
    before = len(await chain.books.rows(WHO_SOLD, tea.store_id))
    await share(device, f"{shop}.m")
    await device.picture(f"tiles-{kind}")

    await take_turn(device, first)
    await device.shows("switch-person", first)
    await device.settled()
    await device.picture(f"home-shared-{kind}")
    await sell_one(device, tea.gtin)
    await device.sent(1)
    await device.scan(tea.gtin)
    await device.tap("sell")
    await device.open("/home")
    await device.tap("switch-person")
    await device.see("person-tiles").get_by_text(second, exact=True).tap()
    await device.picture(f"pin-{kind}")
    for digit in PIN:
        await device.tap(f"pin-{digit}")
    await device.shows("switch-person", second)
    await device.open("/sale")
    await device.shows("scanned-by", first)
    await device.picture(f"basket-of-{kind}")
    await device.tap("cart-finish")
    await device.sent(2)

    assert [row[0] for row in await chain.books.rows(WHO_SOLD, tea.store_id)][before:] == [first, second]

    await device.open("/home")
    await device.ready_offline()
    await device.go_offline()
    await device.tap("switch-person")
    await device.see("banner").get_by_text("换不了人").wait_for()
    await expect(device.see("person-tiles")).to_have_count(0)
    await device.come_back()
    await device.see("person-tiles").wait_for()


async def test_a_wrong_pin_says_so_and_too_many_ask_for_the_whole_sign_in(chain: Chain, give: GiveDevice) -> None:
    device = await give(chain)
    device.forgive("status of 403")
    first, _ = await clerks_of(chain, "zhongguancun")
    await share(device, "zhongguancun.m")

    await take_turn(device, first, "135790")
    await device.shows("pin-problem", "不对")
    await device.picture("pin-wrong")
    for _ in range(9):
        if "完整登录" in await device.see("pin-problem").inner_text():
            break
        for digit in "135790":
            await device.tap(f"pin-{digit}")
        await expect(device.see("pin-problem")).not_to_have_text("")
    await device.shows("pin-problem", "完整登录")
    await device.picture("pin-closed")

    await device.tap("sign-in-fully")
    await device.enter("zhongguancun")
    await device.see("tasks").wait_for()


async def test_what_one_clerk_did_in_the_cellar_never_goes_out_as_the_next(own_chain: Chain, give: GiveDevice) -> None:
    device = await give(own_chain)
    tea = await own_chain.books.item("sanlitun", "珍珠奶茶")
    first, second = await clerks_of(own_chain, "sanlitun")
    await share(device, "sanlitun.m")
    await take_turn(device, first)
    await device.shows("switch-person", first)
    await device.settled()

    # Only the sale's own road is blocked, so that the next clerk can sign in while it waits.
    async def lose(route: object) -> None:
        if "recordSale" in (route.request.post_data or ""):  # type: ignore[attr-defined]
            await route.abort()  # type: ignore[attr-defined]
        else:
            await route.continue_()  # type: ignore[attr-defined]

    device.forgive("net::ERR_")
    await device.page.route("**/graphql", lose)
    await sell_one(device, tea.gtin)
    await device.open("/switch")
    await take_turn(device, second)
    await device.shows("switch-person", second)
    await device.shows("switch-person", "1 待发送")
    await device.page.unroute("**/graphql")
    await sell_one(device, tea.gtin)
    await expect(device.see("others-waiting")).to_have_count(0)
    await device.open("/me/operations")
    await device.shows("others-waiting", re.compile(rf"1\s笔等 {first}"))
    await device.picture("others-waiting")

    async def who_sold() -> list[str]:
        return [row[0] for row in await own_chain.books.rows(WHO_SOLD, tea.store_id)]

    await comes_to(who_sold, [second])

    await device.open("/switch")
    await take_turn(device, first)
    await device.shows("switch-person", first)
    await device.sent(2)

    assert await who_sold() == [second, first]


async def test_a_device_that_nobody_touches_locks_itself(chain: Chain, give: GiveDevice) -> None:
    device = await give(chain)
    first, _ = await clerks_of(chain, "wudaokou")
    await share(device, "wudaokou.m")
    await device.page.clock.install()
    await take_turn(device, first)
    await device.shows("switch-person", first)

    await device.page.clock.fast_forward(FIFTEEN_MINUTES_MS)

    # A leap in time looks to the socket like a network that is gone; it locks when it is back.
    await device.see("person-tiles").wait_for(timeout=3 * PATIENCE_MS)
    await device.open("/home")
    await device.see("person-tiles").wait_for()


async def test_a_pin_shows_no_list_of_devices_and_says_what_does(chain: Chain, give: GiveDevice) -> None:
    device = await give(chain)
    device.forgive("status of 403")
    first, _ = await clerks_of(chain, "huilongguan")
    await share(device, "huilongguan.m")
    await take_turn(device, first)
    await device.shows("switch-person", first)

    await device.open("/me/devices")

    await device.shows("devices-by-pin", "要用账号完整登录")
    await expect(device.see("retry")).to_have_count(0)
    await device.picture("devices-by-pin")


async def test_a_device_can_be_locked_at_once(chain: Chain, give: GiveDevice) -> None:
    device = await give(chain)
    first, _ = await clerks_of(chain, "huilongguan")
    await share(device, "huilongguan.m")
    await take_turn(device, first)
    await device.tap("switch-person")
    await device.picture("switch")

    await device.tap("lock")

    await device.page.wait_for_url("**/sign-in*")
    assert await device.page.evaluate("fetch('/auth/me').then(({ status }) => status)") == 401
