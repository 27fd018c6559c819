import pytest

from auth.models import StaffPin
from auth.pins import check_pin, is_trivial
from auth.shared_devices import MOST_WRONG
from retail.access.permissions import Role
from retail.kernel.privacy.masters import MasterKeys, new_master_key
from tests.auth.authenticator import enrol
from tests.auth.door import Door, sign_in
from tests.auth.shop import PIN, Shop, switch
from tests.support.environment import MASTER_KEYS, MASTERS


async def test_a_person_sets_their_own_pin_which_forgives_wrong_ones(door: Door, shop: Shop) -> None:
    for _ in range(MOST_WRONG):
        await switch(shop.tablet, shop.clerk, "135790")
    phone = await door.signed_in(shop.clerk)

    assert (await phone.post("/auth/pin", json={"pin": "907214"})).status_code == 200

    assert (await switch(shop.tablet, shop.clerk)).status_code == 401
    assert (await switch(shop.tablet, shop.clerk, "907214")).status_code == 200
    assert "pin.set" in await door.acts(shop.clerk)


@pytest.mark.parametrize(
    "pin", ["12345", "1234567", "12345a", "１２３４５６", "", "111111", "123456", "654321", "121212"]
)
async def test_a_pin_that_anybody_would_try_is_refused(door: Door, pin: str) -> None:
    browser = await door.signed_in(await door.hire(Role.CLERK))

    answer = await browser.post("/auth/pin", json={"pin": pin})

    assert (answer.status_code, answer.json()["field"]) == (400, "pin")


async def test_headquarters_has_no_pin(door: Door) -> None:
    browser = await door.browser()
    await sign_in(browser, (await door.hire(Role.HQ_OPERATIONS)).login)
    await enrol(door, browser)

    answer = await browser.post("/auth/pin", json={"pin": PIN})

    assert (answer.status_code, answer.json()["code"]) == (403, "NO_PIN_FOR_ROLE")


def test_few_pins_are_trivial() -> None:
    trivial = sum(is_trivial(f"{n:06d}") for n in range(1_000_000))

    assert 100 < trivial < 2_000
    assert not is_trivial(PIN)


async def test_the_table_alone_does_not_tell_a_pin(door: Door, shop: Shop) -> None:
    async with door.database() as session:
        kept = (await session.get_one(StaffPin, shop.clerk.person_id)).pin_hash

    stolen = MasterKeys.parse(new_master_key(MASTERS.first))
    assert await check_pin(MASTERS, shop.clerk.person_id, PIN, kept)
    assert not await check_pin(stolen, shop.clerk.person_id, PIN, kept), "the pepper is not in the database"
    assert not await check_pin(MASTERS, shop.manager.person_id, PIN, kept), "a hash is its person's alone"
    assert not await check_pin(MasterKeys.parse(new_master_key("other")), shop.clerk.person_id, PIN, kept)


async def test_a_pin_moves_to_a_new_master_key_when_it_is_used(door: Door, shop: Shop) -> None:
    ring = f"{new_master_key('next')},{MASTER_KEYS}"
    async with Door(door.database, clock=door.clock, masters=ring) as rotated:
        tablet = await rotated.browser()
        tablet.cookies.set("trueshelf_shop", shop.tablet.cookies["trueshelf_shop"])
        assert (await switch(tablet, shop.clerk)).status_code == 200

    async with door.database() as session:
        assert (await session.get_one(StaffPin, shop.clerk.person_id)).pin_hash.startswith("next:")
