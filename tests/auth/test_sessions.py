import asyncio
import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import event, func, select, update
from starlette.requests import HTTPConnection

from auth.accounts import disable_local_account
from auth.identify import Identity
from auth.limits import LIMITS
from auth.models import LocalAccount, StaffSession
from auth.sessions import hash_token
from auth.wiring import DemoAccount
from retail.access.actor import ActorKind
from retail.access.models import Person
from tests.auth.door import PASSWORD, Door, Employee, is_known, sign_in

IDLE, LIFE = LIMITS[0].idle, LIMITS[0].life
MINUTE = timedelta(minutes=1)
MOMENT = timedelta(seconds=5)  # a revocation is felt everywhere within this


async def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(door: Door) -> None:
    answer = await sign_in(await door.browser(), (await door.hire()).login)

    cookies = answer.headers.get_list("set-cookie")
    parts = next(each for each in cookies if each.startswith("trueshelf_session")).split("; ")
    assert re.fullmatch(r"trueshelf_session=[\w-]{43}", parts[0])
    assert set(parts[1:]) == {"HttpOnly", "Path=/", "SameSite=strict", f"Max-Age={int(LIFE.total_seconds())}"}


async def test_over_https_the_cookie_is_bound_to_the_host(door: Door) -> None:
    employee = await door.hire()
    async with Door(door.database, public_url="https://shop.example") as secure:
        browser = await secure.browser()
        answer = await sign_in(browser, employee.login)

        assert answer.headers["set-cookie"].startswith("__Host-trueshelf_session=")
        assert "; Secure" in answer.headers["set-cookie"]
        assert "Domain" not in answer.headers["set-cookie"]
        assert await is_known(browser)

        plain = await secure.browser()
        plain.cookies.set("trueshelf_session", _token(browser))
        assert not await is_known(plain)


async def test_the_table_does_not_hold_the_token(door: Door) -> None:
    employee = await door.hire()
    token = _token(await door.signed_in(employee))

    async with door.database() as session:
        row = (await session.scalars(select(StaffSession).where(StaffSession.person_id == employee.person_id))).one()

    assert row.token_hash == hashlib.sha256(token.encode()).digest()
    assert token.encode() not in row.token_hash


async def test_signing_out_ends_the_session_and_clears_the_cookie(door: Door) -> None:
    browser = await door.signed_in(await door.hire())
    thief = await door.browser()
    thief.cookies.set("trueshelf_session", _token(browser))
    assert await is_known(thief)

    answer = await _sign_out(browser)

    assert (answer.status_code, answer.json()) == (200, {"next": None})
    assert "trueshelf_session" not in browser.cookies
    assert not await is_known(thief)


async def test_signing_out_twice_does_no_harm(door: Door) -> None:
    browser = await door.signed_in(await door.hire())

    assert (await _sign_out(browser)).status_code == 200
    assert (await _sign_out(browser)).status_code == 200


async def test_signing_in_again_ends_the_session_before(door: Door) -> None:
    employee = await door.hire()
    browser = await door.signed_in(employee)
    before = _token(browser)
    assert await is_known(browser)

    await sign_in(browser, employee.login)

    assert _token(browser) != before
    old = await door.browser()
    old.cookies.set("trueshelf_session", before)
    assert not await is_known(old)
    assert await is_known(browser)


async def test_a_token_that_somebody_made_up_never_becomes_a_session(door: Door) -> None:
    employee = await door.hire()
    browser = await door.browser()
    browser.cookies.set("trueshelf_session", "A" * 43)

    await sign_in(browser, employee.login)

    browser.cookies.clear()
    browser.cookies.set("trueshelf_session", "A" * 43)
    assert not await is_known(browser)


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "A" * 42 + "\\", "A" * 5000, "%00"])
async def test_nonsense_in_the_cookie_is_a_stranger(door: Door, token: str) -> None:
    browser = await door.browser()

    answer = await browser.get("/auth/me", headers={"Cookie": f"trueshelf_session={token}"})

    assert (answer.status_code, answer.json()["code"]) == (401, "NOT_SIGNED_IN")


async def test_an_unused_session_ends_after_twelve_hours(door: Door) -> None:
    browser = await door.signed_in(await door.hire())

    door.clock.turn(IDLE - MINUTE)
    assert await is_known(browser)
    door.clock.turn(IDLE)
    assert not await is_known(browser)


async def test_a_used_session_stays_but_not_for_ever(door: Door) -> None:
    browser = await door.signed_in(await door.hire())
    began = door.clock()

    while door.clock() < began + LIFE - IDLE / 2:
        door.clock.turn(IDLE / 2)
        assert await is_known(browser)

    door.clock.turn(IDLE / 2)
    assert not await is_known(browser)


async def test_a_session_is_written_to_once_a_minute_at_most(door: Door) -> None:
    employee = await door.hire()
    browser = await door.signed_in(employee)
    began = door.clock()

    with _heard(door, "UPDATE") as updates:
        for _ in range(5):
            door.clock.turn(timedelta(seconds=11))
            assert await is_known(browser)
    assert updates == []
    assert (await _row(door, employee)).last_seen_at == began

    door.clock.turn(timedelta(seconds=11))
    assert await is_known(browser)
    assert (await _row(door, employee)).last_seen_at == door.clock()
    assert (await _row(door, employee)).idle_until == door.clock() + IDLE


async def test_many_requests_at_once_write_once(door: Door) -> None:
    browser = await door.signed_in(await door.hire())

    for _ in range(5):
        door.clock.turn(2 * MINUTE)
        with _heard(door, "UPDATE") as rows_changed:
            assert all(await asyncio.gather(*(is_known(browser) for _ in range(20))))
        assert sum(rows_changed) == 1


async def test_the_database_is_not_asked_about_nonsense(door: Door) -> None:
    with _heard(door, "SELECT") as answers:
        assert await door.auth.sessions.find("A" * 42 + "!") is None
        assert await door.auth.sessions.find("A" * 5000) is None

    assert answers == []


async def test_a_sign_out_is_felt_by_other_processes_within_five_seconds(door: Door) -> None:
    browser = await door.signed_in(await door.hire())
    async with Door(door.database, clock=door.clock) as other_process:
        elsewhere = await other_process.browser()
        elsewhere.cookies.set("trueshelf_session", _token(browser))
        assert await is_known(elsewhere)

        await _sign_out(browser)

        door.clock.turn(MOMENT)
        assert not await is_known(elsewhere)


async def test_all_devices_of_a_person_can_be_signed_out_at_once(door: Door) -> None:
    leaving, staying = await door.hire(), await door.hire()
    phone, tablet = await door.signed_in(leaving), await door.signed_in(leaving)
    other = await door.signed_in(staying)
    assert await is_known(phone)

    await door.auth.sessions.revoke_all(leaving.person_id)

    assert [await is_known(each) for each in (phone, tablet, other)] == [False, False, True]


async def test_who_leaves_is_out_within_five_seconds(door: Door) -> None:
    employee = await door.hire()
    browser = await door.signed_in(employee)
    assert await is_known(browser)

    async with door.database.begin() as session:
        await session.execute(update(Person).where(Person.id == employee.person_id).values(left_at=door.clock()))

    door.clock.turn(MOMENT)
    assert not await is_known(browser)


async def test_whose_account_is_disabled_is_out_within_five_seconds(door: Door) -> None:
    employee = await door.hire()
    browser = await door.signed_in(employee)
    assert await is_known(browser)

    async with door.database.begin() as session:
        await session.execute(
            update(LocalAccount).where(LocalAccount.person_id == employee.person_id).values(disabled_at=door.clock())
        )

    door.clock.turn(MOMENT)
    assert not await is_known(browser)


async def test_disabling_an_account_also_ends_its_sessions_for_good(door: Door) -> None:
    employee = await door.hire()
    await door.signed_in(employee)

    async with door.database.begin() as session:
        await disable_local_account(session, employee.person_id)

    assert (await _row(door, employee)).revoked_at is not None


async def test_a_socket_learns_that_its_person_is_out(door: Door) -> None:
    leaving, staying = await door.hire(), await door.hire()
    identities = [await _identity(door, await door.signed_in(each)) for each in (leaving, staying)]
    assert [each.id for each in identities] == [leaving.person_id, staying.person_id]
    assert {each.kind for each in identities} == {ActorKind.PERSON}
    assert await door.auth.ended(identities) == set()

    await door.auth.sessions.revoke_all(leaving.person_id)

    assert await door.auth.ended(identities) == {identities[0]}
    door.clock.turn(LIFE)
    assert await door.auth.ended(identities) == set(identities)
    assert await door.auth.ended([]) == set()


async def test_sessions_of_long_ago_do_not_pile_up(door: Door) -> None:
    employee, colleague = await door.hire(), await door.hire()
    await door.signed_in(colleague)
    await door.signed_in(employee)
    door.clock.turn(LIFE)

    await door.signed_in(employee)

    assert (await _row(door, employee)).created_at == door.clock()
    assert (await _row(door, colleague)).created_at == door.clock() - LIFE


async def test_a_device_is_named_in_short_and_in_print(door: Door) -> None:
    employee = await door.hire()
    browser = await door.browser()
    browser.headers["User-Agent"] = "Shop phone \x01" + "x" * 500

    assert (await sign_in(browser, employee.login)).status_code == 200

    assert (await _row(door, employee)).user_agent == ("Shop phone " + "x" * 500)[:200]


async def test_the_demo_shows_its_accounts_and_a_real_chain_shows_none(door: Door) -> None:
    shown = DemoAccount(login="clerk", password="clerk-demo", name="李娜", role="clerk", place="西湖店")
    assert (await (await door.browser()).get("/auth/demo-accounts")).status_code == 404

    async with Door(door.database, demo_accounts=(shown,)) as demo:
        answer = await (await demo.browser()).get("/auth/demo-accounts")

    assert answer.json() == {
        "accounts": [{"login": "clerk", "password": "clerk-demo", "name": "李娜", "role": "clerk", "place": "西湖店"}]
    }


async def test_no_session_outlives_the_password_check(door: Door) -> None:
    employee = await door.hire()

    await sign_in(await door.browser(), employee.login, PASSWORD + "!")

    async with door.database() as session:
        count = await session.scalar(
            select(func.count()).select_from(StaffSession).where(StaffSession.person_id == employee.person_id)
        )
    assert count == 0


def _token(browser: httpx.AsyncClient) -> str:
    return next(cookie.value or "" for cookie in browser.cookies.jar if cookie.name.endswith("trueshelf_session"))


@contextmanager
def _heard(door: Door, verb: str) -> Iterator[list[int]]:
    """Listen to what the database is asked: how many rows each statement of a kind touched."""
    heard: list[int] = []
    engine = door.database.kw["bind"].sync_engine

    def listen(_connection: object, cursor: Any, statement: str, *_: object) -> None:
        if statement.startswith(verb):
            heard.append(cursor.rowcount)

    event.listen(engine, "after_cursor_execute", listen)
    yield heard
    event.remove(engine, "after_cursor_execute", listen)


async def _sign_out(browser: httpx.AsyncClient) -> httpx.Response:
    return await browser.post("/auth/sign-out", json={})


async def _identity(door: Door, browser: httpx.AsyncClient) -> Identity:
    cookie = f"trueshelf_session={_token(browser)}".encode()
    identity = await door.auth.identify(HTTPConnection({"type": "websocket", "headers": [(b"cookie", cookie)]}))
    assert identity is not None
    assert identity.session_key == hash_token(_token(browser)).hex()
    return identity


async def _row(door: Door, employee: Employee) -> StaffSession:
    async with door.database() as session:
        return (await session.scalars(select(StaffSession).where(StaffSession.person_id == employee.person_id))).one()


async def test_tens_of_thousands_of_sessions_are_asked_about_at_once(door: Door) -> None:
    browser = await door.signed_in(await door.hire())
    mine = hash_token(browser.cookies["trueshelf_session"])
    others = {hash_token(str(n)) for n in range(40_000)}  # PostgreSQL takes 32,767 parameters of a statement

    assert await door.auth.sessions.live({mine, *others}) == {mine}
