import asyncio
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import func, select
from starlette.requests import HTTPConnection

from auth.attempts import (
    ADDRESS,
    FORGOTTEN_AFTER,
    ONE_PLACE,
    PLACES_PER_ADDRESS,
    STRANGERS,
    SWEPT_EVERY,
    Patience,
    TooManyAttemptsError,
    address_of,
)
from auth.models import SignInAttempt
from tests.auth.door import Door, Employee, sign_in

FREE = ONE_PLACE.free
LONGEST = ONE_PLACE.longest
SECOND = timedelta(seconds=1)


async def test_a_guesser_is_slowed_down_and_the_owner_elsewhere_notices_nothing(door: Door) -> None:
    employee = await door.hire()
    guesser, owner = await door.browser("203.0.113.9"), await door.browser("10.1.1.1")
    for _ in range(FREE):
        assert (await sign_in(guesser, employee.login, "a guess")).status_code == 401

    slowed = await sign_in(guesser, employee.login)

    assert (slowed.status_code, slowed.json()["code"]) == (429, "TOO_MANY_ATTEMPTS")
    assert slowed.headers["retry-after"] == "1"
    assert "set-cookie" not in slowed.headers
    assert (await sign_in(owner, employee.login)).status_code == 200


async def test_a_guesser_is_as_slow_at_every_process(door: Door) -> None:
    employee = await door.hire()
    async with Door(door.database, clock=door.clock) as other_process:
        here, there = await door.browser("203.0.113.9"), await other_process.browser("203.0.113.9")

        answers = [await sign_in((here, there)[n % 2], employee.login, "a guess") for n in range(FREE + 2)]

    assert [answer.status_code for answer in answers] == [401] * FREE + [429, 429]


async def test_two_hundred_addresses_cannot_lock_the_owner_out_of_his_own_device(door: Door) -> None:
    employee = await door.hire()
    own = await door.signed_in(employee)
    guesses = [await _guess(door, employee, number) for number in range(200)]
    assert 429 in guesses

    stranger = await sign_in(await door.browser("10.1.1.1"), employee.login)
    owner = await sign_in(own, employee.login)

    assert stranger.status_code == 429
    assert owner.status_code == 200


async def test_two_hundred_addresses_guess_no_faster_than_a_few_dozen_an_hour(door: Door) -> None:
    employee = await door.hire()
    began, guessed, number = door.clock(), 0, 0

    async with asyncio.timeout(120):
        while door.clock() < began + timedelta(hours=1):
            answer = await _guess_again(door, employee, number)
            number += 1
            guessed += answer.status_code == 401
            if answer.status_code == 429:
                door.clock.turn(timedelta(seconds=int(answer.headers["retry-after"])))

    assert STRANGERS.free < guessed <= 45


async def test_a_stolen_device_guesses_no_faster_than_an_address(door: Door) -> None:
    employee = await door.hire()
    stolen = await door.signed_in(employee)

    answers = [await sign_in(stolen, employee.login, "a guess") for _ in range(FREE + 1)]

    assert [answer.status_code for answer in answers] == [401] * FREE + [429]


async def test_a_device_is_known_for_its_own_people_only(door: Door) -> None:
    mine, another = await door.hire(), await door.hire()
    device = await door.signed_in(mine)
    for number in range(STRANGERS.free):
        await _guess(door, another, number)

    assert (await sign_in(device, another.login)).status_code == 429


async def test_a_device_that_somebody_made_up_is_a_stranger(door: Door) -> None:
    employee = await door.hire()
    await door.signed_in(employee)
    for number in range(STRANGERS.free):
        await _guess(door, employee, number)
    guesser = await door.browser("203.0.113.9")
    guesser.cookies.set("trueshelf_device", "A" * 43)

    assert (await sign_in(guesser, employee.login)).status_code == 429


async def test_a_shop_is_slowed_down_late_and_never_for_long(door: Door) -> None:
    shop = await door.browser("198.51.100.7")
    codes = [(await sign_in(shop, f"nobody.{n}", "a guess")).status_code for n in range(ADDRESS.free + 1)]
    assert codes == [401] * ADDRESS.free + [429]

    door.clock.turn(ADDRESS.longest)

    assert (await sign_in(shop, "nobody.at.last", "a guess")).status_code == 401


async def test_after_the_wait_the_right_password_opens_and_clears_the_slate(door: Door) -> None:
    employee = await door.hire()
    browser = await door.browser()
    for _ in range(FREE):
        await sign_in(browser, employee.login, "a guess")

    door.clock.turn(SECOND)

    assert (await sign_in(browser, employee.login)).status_code == 200
    assert (await sign_in(browser, employee.login, "a slip")).status_code == 401
    assert (await sign_in(browser, employee.login)).status_code == 200


async def test_signing_in_all_day_long_slows_nobody_down(door: Door) -> None:
    employee = await door.hire()

    answers = [await sign_in(await door.browser(), employee.login) for _ in range(STRANGERS.free + 2)]

    assert {answer.status_code for answer in answers} == {200}


async def test_unknown_logins_are_slowed_down_like_known_ones(door: Door) -> None:
    browser = await door.browser()

    codes = [(await sign_in(browser, "no.such.person", "a guess")).status_code for _ in range(FREE + 1)]

    assert codes == [401] * FREE + [429]


async def test_a_salvo_gains_no_more_guesses_than_one_after_the_other(door: Door) -> None:
    employee = await door.hire()
    browser = await door.browser()

    answers = await asyncio.gather(*(sign_in(browser, employee.login, "a guess") for _ in range(40)))

    assert sorted(answer.status_code for answer in answers) == [401] * FREE + [429] * (40 - FREE)


async def test_many_who_sign_in_at_once_do_not_stand_in_each_others_way(door: Door) -> None:
    async def sign_in_from(address: str) -> None:
        async with door.auth.attempts.attempt("li.na", address) as attempt:
            await attempt.succeeded()

    for around in range(10):
        await asyncio.gather(*(sign_in_from(f"10.1.{around}.{number % 6}") for number in range(12)))

    assert await _rows(door) <= 10 * 6 + 1


async def test_a_flood_from_one_address_leaves_room_for_the_others(door: Door) -> None:
    employee = await door.hire()
    flood, owner = await door.browser("203.0.113.9"), await door.browser("10.1.1.1")

    *flooded, opened = await asyncio.gather(
        *(sign_in(flood, f"login-{number}", "a guess") for number in range(40)), sign_in(owner, employee.login)
    )

    assert sorted(answer.status_code for answer in flooded) == [401] * PLACES_PER_ADDRESS + [429] * 32
    assert opened.status_code == 200


def test_each_failure_doubles_the_wait_up_to_a_quarter_of_an_hour() -> None:
    waits = [ONE_PLACE.wait_after(failures).total_seconds() for failures in range(1, 18)]

    assert waits == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]
    assert ONE_PLACE.wait_after(10_000) == LONGEST
    assert Patience(2, timedelta(seconds=5)).wait_after(40) == timedelta(seconds=5)


async def test_failures_are_forgotten_after_an_hour(door: Door) -> None:
    for _ in range(10):
        await _fail(door)
        door.clock.turn(LONGEST)
    door.clock.turn(SECOND - LONGEST)
    with pytest.raises(TooManyAttemptsError):
        await _fail(door)

    door.clock.turn(FORGOTTEN_AFTER)
    for _ in range(FREE):
        await _fail(door)
    with pytest.raises(TooManyAttemptsError):
        await _fail(door)


async def test_what_is_forgotten_is_swept_away(door: Door) -> None:
    for number in range(20):
        await _fail(door, f"login-{number}")
    assert await _rows(door) > 20

    door.clock.turn(FORGOTTEN_AFTER + SWEPT_EVERY)
    await _fail(door, "the last")

    assert await _rows(door) == 3


async def test_neither_logins_nor_addresses_stand_in_the_table(door: Door) -> None:
    await _fail(door, "li.na", "203.0.113.9")

    async with door.database() as session:
        keys = list(await session.scalars(select(SignInAttempt.key)))
    async with Door(door.database, masters="other:" + "A" * 43 + "=") as elsewhere:
        await _fail(elsewhere, "li.na", "203.0.113.9")

    assert {len(key) for key in keys} == {32}
    assert await _rows(door) == 2 * len(keys), "without the master key, an address cannot be tried out"


@pytest.mark.parametrize(
    ("host", "household"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("unix-socket", "unix-socket"),
    ],
)
def test_an_ipv6_household_is_one_address(host: str, household: str) -> None:
    assert address_of(HTTPConnection({"type": "http", "client": (host, 1), "headers": []})) == household


def test_a_connection_without_an_address_is_still_counted() -> None:
    assert address_of(HTTPConnection({"type": "http", "client": None, "headers": []})) == ""


async def _guess(door: Door, employee: Employee, number: int) -> int:
    return (await _guess_again(door, employee, number)).status_code


async def _guess_again(door: Door, employee: Employee, number: int) -> httpx.Response:
    browser = await door.browser(f"203.0.{number // 200 % 250}.{number % 200}")
    return await sign_in(browser, employee.login, "a guess")


async def _fail(door: Door, login: str = "li.na", address: str = "203.0.113.9") -> None:
    async with door.auth.attempts.attempt(login, address):
        pass


async def _rows(door: Door) -> int:
    async with door.database() as session:
        return await session.scalar(select(func.count()).select_from(SignInAttempt)) or 0
