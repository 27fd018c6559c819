"""Proving who one is, losing a phone, and leaving: as people meet it on their screens."""

import json
import re
import time

import pyotp
import pytest
from playwright.async_api import expect

from tests.stories.conftest import Chain, GiveDevice
from tests.stories.device import ITEMS, KEPT, NO_NETWORK, READ, Device
from tests.stories.test_turns import WHO_SOLD
from tests.support.postgres import trueshelf

WITHIN_MS = 5_000
OWN = "a password of my own 7"
LEFT_BEHIND = READ.replace("STORE", "operations").replace("ASK", "getAll").replace("each.state", "each.leftBehind")

EVERYTHING_KEPT = """async () => {
  const told = [JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage })]
  for (const { name } of await indexedDB.databases()) {
    const db = await new Promise((done) => (indexedDB.open(name).onsuccess = ({ target }) => done(target.result)))
    for (const store of db.objectStoreNames) {
      const reading = db.transaction(store).objectStore(store).getAll()
      told.push(JSON.stringify(await new Promise((done) => (reading.onsuccess = () => done(reading.result)))))
    }
    db.close()
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name)
    for (const asked of await cache.keys()) told.push(asked.url, await (await cache.match(asked)).text())
  }
  return told.join('\\n')
}"""
"""Whatever this browser keeps: its databases, its caches and its two small stores."""


def hire(chain: Chain, name: str, login: str, role: str) -> str:
    """Hire somebody for headquarters by command; returns the first password."""
    said = trueshelf("add-person", name, "--login", login, "--role", role, database_url=chain.books.url)
    return said.split()[-1]


async def sign_out(device: Device) -> None:
    await device.open("/me")
    await device.tap("sign-out")
    await device.see("login").wait_for()


async def next_code(secret: str, used: str) -> str:
    """A code that was not used yet: each counts once."""
    totp = pyotp.TOTP(secret)
    now = str(totp.now())
    return str(totp.at(int(time.time()) + totp.interval)) if now == used else now


async def test_a_first_sign_in_changes_the_password_and_ties_a_second_factor(chain: Chain, give: GiveDevice) -> None:
    first = hire(chain, "顾海岚", "gu.hailan", "hq_compliance")
    device = await give(chain)
    await device.open()

    await device.enter("gu.hailan", first)
    await device.see("new-password").wait_for()
    await device.picture("change-password")
    await device.see("new-password").fill("trueshelf")
    await device.see("new-password-again").fill("something else")
    await expect(device.see("change-password")).to_be_disabled()
    await device.see("new-password").fill(OWN)
    await device.see("new-password-again").fill(OWN)
    await device.tap("change-password")

    secret = await device.see("totp-secret").get_attribute("data-secret")
    assert secret is not None
    await expect(device.see("qr")).to_have_js_property("complete", value=True)
    assert await device.see("qr").evaluate("picture => picture.naturalWidth") > 0, "the code can be seen"
    await device.picture("enrol")
    used = str(pyotp.TOTP(secret).now())
    await device.see("enrol-code").fill(used)
    await device.see("recovery-codes").wait_for()
    await device.picture("recovery-codes")
    codes = await device.see("recovery-codes").locator("code").all_inner_texts()
    assert len(set(codes)) == 10
    await device.tap("codes-kept")
    await device.page.wait_for_url("**/manager")

    await sign_out(device)
    await device.enter("gu.hailan", OWN)
    await device.see("one-time-code").wait_for()
    await device.picture("second-factor")
    await device.see("one-time-code").fill(await next_code(secret, used))
    await device.page.wait_for_url("**/manager")
    await sign_out(device)

    await device.enter("gu.hailan", OWN)
    await device.tap("other-code")
    await device.see("recovery-code").fill(codes[0])
    await device.picture("recovery-code")
    await device.tap("send-code")
    await device.page.wait_for_url("**/manager")
    await device.open("/me/security")
    await device.shows("factor-state", "9")
    await device.picture("security-hq")


async def test_the_demo_of_headquarters_stays_one_tap(chain: Chain, give: GiveDevice) -> None:
    tablet = await give(chain, "tablet")
    await tablet.open()

    await tablet.tap("demo-yunying")

    await tablet.page.wait_for_url("**/manager")


async def test_a_lost_phone_is_signed_out_from_another_device(chain: Chain, give: GiveDevice) -> None:
    lost, kept = await give(chain), await give(chain)
    lost.forgive("WebSocket connection to")
    await lost.sign_in("songjiang")
    await lost.settled()
    await kept.sign_in("songjiang", path="/me/devices")
    await expect(kept.see("devices").locator("li")).to_have_count(2)
    await kept.picture("devices")

    await kept.tap("end-device")

    await expect(lost.see("farewell")).to_be_visible(timeout=WITHIN_MS)
    await lost.picture("farewell-signed-out")
    assert await lost.page.evaluate(ITEMS) == []
    await expect(kept.see("devices").locator("li")).to_have_count(1)


async def test_who_leaves_is_out_and_the_phone_forgets(chain: Chain, give: GiveDevice) -> None:
    phone, tablet = await give(chain), await give(chain, "tablet")
    phone.forgive(NO_NETWORK)
    tea = await chain.books.item("qibao", "珍珠奶茶")
    query = "select name from person join local_account on person_id = person.id where login = $1"
    name = await chain.books.value(query, "qibao.2")
    manager = await chain.books.value(query, "qibao.m")
    before = await chain.books.rows(WHO_SOLD, tea.store_id)
    await phone.sign_in("qibao.2", path="/scan")
    await phone.settled()
    await phone.page.route("**/graphql", lose_sales)
    await phone.scan(tea.gtin)
    for tap in ("sell", "to-sale", "cart-finish"):
        await phone.tap(tap)
    await phone.see("snackbar").wait_for()
    await tablet.sign_in("qibao.m", path="/people")
    await tablet.picture("people-manager")
    await tablet.see("people").get_by_text(name, exact=True).tap()
    await tablet.tap("to-leave")
    await tablet.picture("person-leave")

    await tablet.tap("confirm")

    await expect(phone.see("farewell")).to_be_visible(timeout=WITHIN_MS)
    await phone.shows("left-behind", "1 笔没发出")
    await phone.picture("farewell-left")
    assert await phone.page.evaluate(ITEMS) == []
    assert await phone.page.evaluate(KEPT) == []
    assert await phone.page.evaluate(LEFT_BEHIND) == [True], "what was sold is a fact, and waits for a manager"
    assert "珍珠奶茶" not in await phone.page.evaluate("JSON.stringify({ ...localStorage })")

    await phone.page.unroute("**/graphql")
    await phone.enter("qibao.m")
    await phone.page.wait_for_url("**/manager")
    await phone.open("/me/operations")
    await phone.shows("left-behind-list", name)
    await phone.picture("left-behind")
    await phone.tap("take-over")
    await expect(phone.see("left-behind-list")).to_have_count(0)
    await phone.sent(1)

    assert [row[0] for row in await chain.books.rows(WHO_SOLD, tea.store_id)][len(before) :] == [manager]


async def lose_sales(route: object) -> None:
    """The network loses every sale and nothing else."""
    if "recordSale" in (route.request.post_data or ""):  # type: ignore[attr-defined]
        await route.abort()  # type: ignore[attr-defined]
    else:
        await route.continue_()  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", ["tablet", "phone"])
async def test_a_revealed_phone_leaves_no_trace_on_the_device(chain: Chain, give: GiveDevice, kind: str) -> None:
    device = await give(chain, kind)
    await device.sign_in("hegui", path="/people")
    await device.page.clock.install()
    await device.see("person").first.wait_for()
    await device.picture(f"people-{kind}")
    shown = device.see("person").filter(has_text=re.compile(r"\d{3}\*{4}\d{4}")).first
    await shown.tap()
    await device.shows("masked-phone", "****")
    await device.picture(f"person-{kind}")
    await device.tap("to-reveal")
    await expect(device.see("reveal")).to_be_disabled()
    await device.tap("purpose-EMERGENCY")
    await device.picture(f"reveal-{kind}")

    await device.tap("reveal")

    number = await device.see("revealed").inner_text()
    assert re.fullmatch(r"\+?\d{11,14}", number)
    await device.picture(f"revealed-{kind}")
    local = number.removeprefix("+86")
    assert local not in await device.page.evaluate(EVERYTHING_KEPT)
    await device.page.clock.fast_forward(31_000)
    await expect(device.see("revealed")).to_have_count(0)
    assert local not in await device.page.content()
    views = "select count(*) from personal_view where purpose = 'emergency'"
    assert await chain.books.value(views) >= 1


async def test_a_clerk_sees_what_is_kept_about_her_and_takes_it_along(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    await phone.sign_in("zhangjiang")
    await phone.open("/me")
    await phone.tap("to-my-data")
    await expect(phone.see("my-phone")).to_have_text(re.compile(r"^\d{3}\*{4}\d{4}$"))
    await phone.picture("my-data")
    await phone.tap("show-phone")
    await expect(phone.see("my-phone")).to_have_text(re.compile(r"^\+86\d{11}$"))

    async with phone.page.expect_download() as taken:
        await phone.tap("take-data")
    told = json.loads((await (await taken.value).path()).read_text())

    assert told["phone"] == await phone.see("my-phone").inner_text()
    assert told["phone"] not in await phone.page.evaluate(EVERYTHING_KEPT)
    await phone.page.reload()
    await phone.shows("views", "看了全部")
    assert told["phone"] not in await phone.page.content()


async def test_a_manager_writes_a_new_number_down_and_sees_it_masked(chain: Chain, give: GiveDevice) -> None:
    tablet = await give(chain, "tablet")
    clerk = "select person_id from local_account where login = 'zhangjiang.2'"
    await tablet.sign_in("zhangjiang.m", path=f"/people/{await chain.books.value(clerk)}")
    await tablet.tap("to-phone")
    await tablet.see("new-phone").fill("12")
    await tablet.tap("change-phone")
    await tablet.page.get_by_role("alert").wait_for()
    await tablet.see("new-phone").fill("139 8765 4321")
    await tablet.picture("person-phone")
    await tablet.tap("change-phone")

    await tablet.shows("masked-phone", "139****4321")
    assert "13987654321" not in await tablet.page.evaluate(EVERYTHING_KEPT)
    await tablet.tap("to-phone")
    await tablet.tap("remove-phone")
    await tablet.shows("masked-phone", "没有电话")


async def test_help_from_another_store_is_lent_and_shows_its_end(chain: Chain, give: GiveDevice) -> None:
    tablet = await give(chain, "tablet")
    query = "select name from person join local_account on person_id = person.id where login = $1"
    name = await chain.books.value(query, "xujiahui.2")
    await tablet.sign_in("shanghai", path="/people")
    await tablet.see("people-search").fill(name)
    await expect(tablet.see("person")).to_have_count(1)
    await tablet.tap("person")
    await tablet.tap("to-lend")
    await tablet.see("lend-store").select_option(label="张江店")
    await tablet.picture("lend")

    await tablet.tap("lend")

    await expect(tablet.see("assignment")).to_have_count(2)
    await expect(tablet.see("assignment").last).to_contain_text("为止")
    await tablet.picture("person-lent")


async def test_a_channels_new_secret_is_shown_once_and_kept_nowhere(chain: Chain, give: GiveDevice) -> None:
    tablet = await give(chain, "tablet")
    await tablet.sign_in("yunying", path="/channels")
    await tablet.see("channels").wait_for()
    await tablet.picture("channels")
    await expect(tablet.see("client-id").first).to_have_text(re.compile(r"^[\w-]{4,}$"))
    await tablet.tap("to-rotate")
    await tablet.tap("rotate")

    secret = await tablet.see("new-secret").inner_text()

    await tablet.picture("new-secret")
    assert len(secret) > 20
    assert secret not in await tablet.page.evaluate(EVERYTHING_KEPT)
    await tablet.tap("secret-kept")
    assert secret not in await tablet.page.content()


async def test_headquarters_lets_a_program_in_and_shuts_it_out(chain: Chain, give: GiveDevice) -> None:
    tablet = await give(chain, "tablet")
    await tablet.sign_in("yunying", path="/channels")
    await tablet.tap("to-register")
    await tablet.see("channel-name").fill("临时展示屏")
    await tablet.see("channel-kind").select_option("OTHER")
    await tablet.see("channel-place").select_option(label="望京店")
    await tablet.picture("channel-register")
    await tablet.tap("register")
    client_id = await tablet.see("new-client-id").inner_text()
    secret = await tablet.see("new-secret").inner_text()
    await tablet.picture("channel-registered")
    await tablet.tap("secret-kept")

    async def token() -> int:
        form: dict[str, str | float | bool] = {"grant_type": "client_credentials", "client_id": client_id}
        form["client_secret"] = secret
        return (await tablet.context.request.post(f"{chain.url}/auth/token", form=form)).status

    assert await token() == 200
    card = tablet.see("channels").locator("li").filter(has_text="临时展示屏")
    await expect(card).to_contain_text("1 家门店")
    await card.get_by_test_id("to-revoke").tap()
    await tablet.picture("channel-revoke")
    await tablet.tap("revoke")

    await expect(card).to_contain_text("已停用")
    await expect(card.get_by_test_id("to-rotate")).to_have_count(0)
    assert await token() == 401
    assert secret not in await tablet.page.content()
