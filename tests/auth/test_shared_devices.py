import asyncio
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select, update
from starlette.requests import HTTPConnection

from auth.identify import Identity
from auth.models import SharedDevice, StaffSession
from auth.shared_devices import MOST_A_DAY, MOST_WRONG
from retail.access.actor import Limits
from retail.access.models import Assignment, Person
from retail.access.permissions import ROLE_TABLE, Role
from tests.auth.door import Door, is_known, sign_in
from tests.auth.shop import Shop, give_pin, people, share, switch

MOMENT = timedelta(seconds=5)


async def test_a_copied_cookie_is_worth_nothing_once_colleagues_have_come(door: Door, shop: Shop) -> None:
    """Who sits at a tablet can read its cookies, and may be somebody else's employee tomorrow."""
    colleague = await shop.hire()
    await switch(shop.tablet, shop.clerk)
    home = await door.browser("198.51.100.7")
    home.cookies.set("trueshelf_shop", shop.tablet.cookies["trueshelf_shop"])
    assert (await home.get("/auth/shared-device")).status_code == 200

    await switch(shop.tablet, colleague)
    assert (await people(shop.tablet)) != []

    assert (await home.get("/auth/shared-device")).status_code == 404
    assert (await switch(home, colleague)).status_code == 404
    assert (await switch(shop.tablet, colleague)).status_code == 200


async def test_a_device_stays_the_shops_when_an_answer_is_lost(shop: Shop) -> None:
    before = shop.tablet.cookies["trueshelf_shop"]
    for _ in range(3):
        assert (await switch(shop.tablet, shop.clerk)).status_code == 200
        shop.tablet.cookies.delete("trueshelf_shop")
        shop.tablet.cookies.set("trueshelf_shop", before)

    assert (await switch(shop.tablet, shop.clerk)).status_code == 200
    assert (await people(shop.tablet)) != []


async def test_clerks_take_turns_and_each_is_who_they_are(door: Door, shop: Shop) -> None:
    colleague = await shop.hire()

    assert (await switch(shop.tablet, shop.clerk)).json() == {"status": "signed_in"}
    first = await _identity(door, shop.tablet)
    assert (await switch(shop.tablet, colleague)).status_code == 200
    second = await _identity(door, shop.tablet)

    assert (first.id, second.id) == (shop.clerk.person_id, colleague.person_id)
    assert first.limits == second.limits == Limits(ROLE_TABLE[Role.CLERK], frozenset({shop.store.id}))
    assert await door.auth.ended([first, second]) == {first}, "the turn before is over"
    assert (await door.acts(shop.clerk)) == ["signed_in"]


async def test_the_device_says_whose_it_is_and_who_takes_turns(shop: Shop) -> None:
    await shop.hire(pin=None)
    manager = await shop.hire(Role.STORE_MANAGER)

    shown = (await shop.tablet.get("/auth/shared-device")).json()

    assert shown["store"] == {"id": str(shop.store.id), "name": "西湖店", "nameEn": "West Lake"}
    assert {each["id"] for each in shown["people"]} == {str(shop.clerk.person_id), str(manager.person_id)}
    assert shown["people"][0]["name"] == "李娜"


async def test_a_device_that_is_not_shared_has_nobody_to_show(door: Door, shop: Shop) -> None:
    stranger = await door.browser()
    stranger.cookies.set("trueshelf_shop", "A" * 43)

    assert (await stranger.get("/auth/shared-device")).status_code == 404
    assert (await switch(stranger, shop.clerk)).status_code == 404


async def test_a_managers_pin_opens_no_more_than_a_clerks(door: Door, shop: Shop) -> None:
    manager = await shop.hire(Role.STORE_MANAGER)
    await switch(shop.tablet, manager)

    identity = await _identity(door, shop.tablet)
    actor = await door.auth.people.actor_of(identity)

    assert actor is not None
    assert set(actor.grants) == set(ROLE_TABLE[Role.CLERK])
    assert {store for stores in actor.grants.values() for store in stores} == {shop.store.id}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "password", {"current": "x", "new": "y"}),
        ("POST", "second-factor", {"code": "000000"}),
        ("POST", "totp/enrol", {}),
        ("POST", "totp/confirm", {"code": "000000"}),
        ("POST", "totp/remove", {"code": "000000"}),
        ("GET", "devices", None),
        ("POST", "devices/sign-out", {"others": True}),
        ("POST", "pin", {"pin": "135790"}),
        ("POST", "shared-device", {"storeId": str(uuid4()), "name": "x"}),
        ("DELETE", "shared-device", {}),
        ("GET", f"shared-devices?storeId={uuid4()}", None),
    ],
)
async def test_a_pin_is_not_enough_to_change_how_one_signs_in(
    shop: Shop, method: str, path: str, body: dict[str, object] | None
) -> None:
    await switch(shop.tablet, shop.clerk)

    answer = await shop.tablet.request(method, f"/auth/{path}", json=body)

    assert (answer.status_code, answer.json()["code"]) == (403, "FULL_SIGN_IN_NEEDED")


async def test_a_turn_ends_after_a_quarter_of_an_hour_of_rest(door: Door, shop: Shop) -> None:
    await switch(shop.tablet, shop.clerk)
    for _ in range(4):
        door.clock.turn(timedelta(minutes=14))
        assert await is_known(shop.tablet)

    door.clock.turn(timedelta(minutes=15))

    assert not await is_known(shop.tablet)


async def test_nobody_stays_signed_in_for_long_on_a_shared_device(door: Door, shop: Shop) -> None:
    own_phone = await door.signed_in(shop.manager)
    await sign_in(shop.tablet, shop.manager.login)
    new_till = await door.signed_in(shop.manager)
    await share(new_till, shop.store, "二号收银台")

    door.clock.turn(timedelta(minutes=15))

    assert [await is_known(each) for each in (own_phone, shop.tablet, new_till)] == [True, False, False]


async def test_five_wrong_pins_close_it_there_and_nowhere_else(door: Door, shop: Shop) -> None:
    colleague = await shop.hire()
    other_till = await door.signed_in(shop.manager)
    await share(other_till, shop.store, "二号收银台")

    wrong = [await switch(shop.tablet, shop.clerk, "135790") for _ in range(MOST_WRONG)]
    closed = await switch(shop.tablet, shop.clerk)

    assert {(each.status_code, each.json()["code"], each.json()["field"]) for each in wrong} == {
        (401, "WRONG_PIN", "pin")
    }
    assert (closed.status_code, closed.json()["code"]) == (403, "PIN_CLOSED")
    assert (await switch(shop.tablet, colleague)).status_code == 200
    assert (await switch(other_till, shop.clerk)).status_code == 200
    assert (await sign_in(await door.browser(), shop.clerk.login)).status_code == 200
    assert (await switch(shop.tablet, shop.clerk)).status_code == 403, "a sign-in elsewhere opens nothing here"

    assert (await sign_in(shop.tablet, shop.clerk.login)).status_code == 200
    assert (await switch(shop.tablet, shop.clerk)).status_code == 200
    assert (await door.acts(shop.clerk)).count("sign_in.failed") == MOST_WRONG


async def test_a_salvo_of_pins_gains_nothing(shop: Shop) -> None:
    guesses = [switch(shop.tablet, shop.clerk, f"13579{n}") for n in range(8)]

    answers = await asyncio.gather(*guesses)

    assert sorted(each.status_code for each in answers) == [401] * MOST_WRONG + [403] * 3


async def test_a_right_pin_forgives_the_slips_before(shop: Shop) -> None:
    for _ in range(2):
        for _ in range(MOST_WRONG - 1):
            await switch(shop.tablet, shop.clerk, "135790")
        assert (await switch(shop.tablet, shop.clerk)).status_code == 200


async def test_who_leaves_disappears_and_is_out(door: Door, shop: Shop) -> None:
    await switch(shop.tablet, shop.clerk)
    assert await is_known(shop.tablet)
    async with door.database.begin() as session:
        await session.execute(update(Person).where(Person.id == shop.clerk.person_id).values(left_at=door.clock()))

    assert await people(shop.tablet) == []
    gone = await switch(shop.tablet, shop.clerk)
    assert (gone.status_code, gone.json()["field"]) == (400, "personId")
    door.clock.turn(MOMENT)
    assert not await is_known(shop.tablet)


async def test_whose_assignment_there_has_ended_takes_no_turn_and_may_nothing(door: Door, shop: Shop) -> None:
    await switch(shop.tablet, shop.clerk)
    identity = await _identity(door, shop.tablet)
    mine = Assignment.person_id == shop.clerk.person_id
    async with door.database.begin() as session:
        await session.execute(update(Assignment).where(mine).values(valid_until=door.clock()))
    elsewhere = await door.open_store("断桥店")
    await door.assign(shop.clerk, Role.CLERK, elsewhere)

    assert await people(shop.tablet) == []
    assert (await switch(shop.tablet, shop.clerk)).status_code == 400
    actor = await door.auth.people.actor_of(identity)
    assert actor is not None
    assert not any(actor.grants.values())


async def test_who_needs_a_second_factor_takes_no_turns(door: Door, shop: Shop) -> None:
    await door.assign(shop.clerk, Role.HQ_OPERATIONS)

    assert await people(shop.tablet) == []
    assert (await switch(shop.tablet, shop.clerk)).status_code == 400


async def test_nobody_of_another_shop_takes_turns(door: Door, shop: Shop) -> None:
    outsider = await door.hire(Role.CLERK, await door.open_store("断桥店"))
    await give_pin(door, outsider)

    assert str(outsider.person_id) not in await people(shop.tablet)
    assert (await switch(shop.tablet, outsider)).status_code == 400


async def test_a_device_is_taken_back_from_afar_and_its_turns_end(door: Door, shop: Shop) -> None:
    await switch(shop.tablet, shop.clerk)
    assert await is_known(shop.tablet)
    office = await door.signed_in(shop.manager)
    shown = (await office.get(f"/auth/shared-devices?storeId={shop.store.id}")).json()["devices"]
    assert [(each["name"], each["lastUsedAt"] is not None) for each in shown] == [("收银台平板", True)]

    assert (await office.request("DELETE", "/auth/shared-device", json={"id": shown[0]["id"]})).status_code == 200

    assert not await is_known(shop.tablet)
    assert (await shop.tablet.get("/auth/shared-device")).status_code == 404
    assert (await switch(shop.tablet, shop.clerk)).status_code == 404
    assert (await office.get(f"/auth/shared-devices?storeId={shop.store.id}")).json()["devices"] == []


async def test_taking_a_device_back_is_felt_by_other_processes_within_five_seconds(door: Door, shop: Shop) -> None:
    await switch(shop.tablet, shop.clerk)
    async with Door(door.database, clock=door.clock) as other_process:
        elsewhere = await other_process.browser()
        elsewhere.cookies.set("trueshelf_session", shop.tablet.cookies["trueshelf_session"])
        assert await is_known(elsewhere)
        async with door.database.begin() as session:
            mine = SharedDevice.store_id == shop.store.id
            await session.execute(update(SharedDevice).where(mine).values(revoked_at=door.clock()))

        door.clock.turn(MOMENT)
        assert not await is_known(elsewhere)


async def test_this_device_is_taken_back_on_itself(door: Door, shop: Shop) -> None:
    await sign_in(shop.tablet, shop.manager.login)

    assert (await shop.tablet.request("DELETE", "/auth/shared-device", json={})).status_code == 200

    assert "trueshelf_shop" not in shop.tablet.cookies
    assert (await shop.tablet.request("DELETE", "/auth/shared-device", json={})).status_code == 404
    async with door.database() as session:
        assert (
            (await session.scalars(select(SharedDevice).where(SharedDevice.store_id == shop.store.id))).one().revoked_at
        )


async def test_only_who_leads_a_shop_shares_its_devices(door: Door, shop: Shop) -> None:
    other_store = await door.open_store("断桥店")
    clerk, manager = await door.signed_in(shop.clerk), await door.signed_in(shop.manager)
    stranger = await door.browser()

    assert (await share(clerk, shop.store)).status_code == 403
    assert (await share(manager, other_store)).status_code == 404
    assert (await share(stranger, shop.store)).status_code == 401
    foreign = await door.signed_in(await door.hire(Role.STORE_MANAGER, other_store))
    own = (await manager.get(f"/auth/shared-devices?storeId={shop.store.id}")).json()["devices"][0]["id"]
    assert (await foreign.request("DELETE", "/auth/shared-device", json={"id": own})).status_code == 404
    assert (await foreign.get(f"/auth/shared-devices?storeId={shop.store.id}")).status_code == 404
    assert (await clerk.get(f"/auth/shared-devices?storeId={shop.store.id}")).status_code == 403


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "x"}, "storeId"),
        ({"storeId": "not an id", "name": "x"}, "storeId"),
        ({"storeId": str(uuid4())}, "name"),
        ({"storeId": str(uuid4()), "name": "x" * 101}, "name"),
        ({"storeId": str(uuid4()), "name": "x\x07"}, "name"),
    ],
)
async def test_a_device_that_cannot_be_shared_is_named(shop: Shop, body: dict[str, str], field: str) -> None:
    await sign_in(shop.tablet, shop.manager.login)

    answer = await shop.tablet.post("/auth/shared-device", json=body)

    assert (answer.status_code, answer.json()["field"]) == (400, field)


async def test_the_act_of_taking_back_must_come_from_our_own_app(shop: Shop) -> None:
    await sign_in(shop.tablet, shop.manager.login)

    headers = {"X-Trueshelf": "", "Content-Type": "application/json"}
    answer = await shop.tablet.request("DELETE", "/auth/shared-device", content=b"{}", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (403, "MISSING_HEADER")


async def test_a_turn_is_written_down_with_its_device(door: Door, shop: Shop) -> None:
    await switch(shop.tablet, shop.clerk)

    async with door.database() as session:
        row = (await session.scalars(select(StaffSession).where(StaffSession.person_id == shop.clerk.person_id))).one()
        device = (await session.scalars(select(SharedDevice).where(SharedDevice.store_id == shop.store.id))).one()
    assert (row.way, row.shared_device_id) == ("pin", device.id)


async def _identity(door: Door, browser: httpx.AsyncClient) -> Identity:
    cookie = f"trueshelf_session={browser.cookies['trueshelf_session']}".encode()
    identity = await door.auth.identify(HTTPConnection({"type": "websocket", "headers": [(b"cookie", cookie)]}))
    assert identity is not None
    return identity


async def test_nobody_makes_device_after_device_to_guess_on_each(door: Door, shop: Shop) -> None:
    tablets = [await door.signed_in(shop.manager) for _ in range(MOST_A_DAY)]

    answers = await asyncio.gather(*(share(each, shop.store) for each in tablets))

    assert sorted(each.status_code for each in answers) == [200] * (MOST_A_DAY - 1) + [429]  # one was there
    (refused,) = [each.json() for each in answers if each.status_code == 429]
    assert (refused["code"], bool(refused["messageZh"])) == ("TOO_MANY_DEVICES", True)
    again = await door.signed_in(shop.manager)
    await again.request(
        "DELETE", "/auth/shared-device", json={"id": next(a.json()["id"] for a in answers if a.is_success)}
    )
    assert (await share(again, shop.store)).status_code == 429, "what is taken back still counts"
    assert (await share(await _director(door), await door.open_store())).status_code == 200, "elsewhere"
    door.clock.turn(timedelta(days=1))
    assert (await share(await door.signed_in(shop.manager), shop.store)).status_code == 200


async def _director(door: Door) -> httpx.AsyncClient:
    """A browser of somebody who shares devices everywhere, and has been let in by the company."""
    director = await door.hire(Role.HQ_OPERATIONS)
    browser = await door.browser()
    token = await door.auth.sessions.create(director.person_id, "", way="company:oidc")
    browser.cookies.set("trueshelf_session", token)
    return browser
