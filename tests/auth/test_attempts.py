import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from starlette.requests import HTTPConnection

from auth.attempts import (
    FORGOTTEN_AFTER,
    FREE_FAILURES,
    LONGEST_WAIT,
    PLACES_PER_ADDRESS,
    SignInAttempts,
    TooManyAttemptsError,
    address_of,
    wait_after,
)
from tests.auth.door import Door, sign_in

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


async def test_a_guesser_is_slowed_down_and_the_owner_elsewhere_notices_nothing(door: Door) -> None:
    employee = await door.hire()
    guesser, owner = await door.browser("203.0.113.9"), await door.browser("10.1.1.1")
    for _ in range(FREE_FAILURES):
        assert (await sign_in(guesser, employee.login, "a guess")).status_code == 401

    slowed = await sign_in(guesser, employee.login)

    assert (slowed.status_code, slowed.json()["code"]) == (429, "TOO_MANY_ATTEMPTS")
    assert slowed.headers["retry-after"] == "1"
    assert "set-cookie" not in slowed.headers
    assert (await sign_in(owner, employee.login)).status_code == 200


async def test_a_guesser_does_not_slow_down_colleagues_at_the_same_address(door: Door) -> None:
    guessed, colleague = await door.hire(), await door.hire()
    shop = await door.browser()
    for _ in range(FREE_FAILURES):
        await sign_in(shop, guessed.login, "a guess")
    assert (await sign_in(shop, guessed.login)).status_code == 429

    assert (await sign_in(await door.browser(), colleague.login)).status_code == 200


async def test_after_the_wait_the_right_password_opens_and_clears_the_slate(door: Door) -> None:
    employee = await door.hire()
    browser = await door.browser()
    for _ in range(FREE_FAILURES):
        await sign_in(browser, employee.login, "a guess")

    door.clock.turn(timedelta(seconds=1))

    assert (await sign_in(browser, employee.login)).status_code == 200
    assert (await sign_in(browser, employee.login, "a slip")).status_code == 401
    assert (await sign_in(browser, employee.login)).status_code == 200


async def test_unknown_logins_are_slowed_down_like_known_ones(door: Door) -> None:
    browser = await door.browser()

    codes = [(await sign_in(browser, "no.such.person", "a guess")).status_code for _ in range(FREE_FAILURES + 1)]

    assert codes == [401] * FREE_FAILURES + [429]


async def test_a_salvo_gains_no_more_guesses_than_one_after_the_other(door: Door) -> None:
    employee = await door.hire()
    browser = await door.browser()

    answers = await asyncio.gather(*(sign_in(browser, employee.login, "a guess") for _ in range(40)))

    assert sorted(answer.status_code for answer in answers) == [401] * FREE_FAILURES + [429] * (40 - FREE_FAILURES)


async def test_a_flood_from_one_address_leaves_room_for_the_others(door: Door) -> None:
    employee = await door.hire()
    flood, owner = await door.browser("203.0.113.9"), await door.browser("10.1.1.1")

    *flooded, opened = await asyncio.gather(
        *(sign_in(flood, f"login-{number}", "a guess") for number in range(40)), sign_in(owner, employee.login)
    )

    assert sorted(answer.status_code for answer in flooded) == [401] * PLACES_PER_ADDRESS + [429] * 32
    assert opened.status_code == 200


def test_each_failure_doubles_the_wait_up_to_a_quarter_of_an_hour() -> None:
    waits = [wait_after(failures).total_seconds() for failures in range(1, 18)]

    assert waits == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]
    assert wait_after(10_000) == LONGEST_WAIT


def test_failures_are_forgotten_after_an_hour() -> None:
    attempts = SignInAttempts()
    now = NOON
    for _ in range(10):
        _fail(attempts, now)
        now += LONGEST_WAIT
    with pytest.raises(TooManyAttemptsError):
        _fail(attempts, now - LONGEST_WAIT + timedelta(seconds=1))

    now += FORGOTTEN_AFTER
    for _ in range(FREE_FAILURES):
        _fail(attempts, now)
    with pytest.raises(TooManyAttemptsError):
        _fail(attempts, now)


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auth.attempts._MOST_REMEMBERED", 100)
    attempts = SignInAttempts()

    for number in range(500):
        with attempts.attempt(f"login-{number}", "10.1.1.1", NOON):
            pass

    assert len(attempts._failures) == 100
    assert not attempts._places


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


def _fail(attempts: SignInAttempts, now: datetime) -> None:
    with attempts.attempt("li.na", "203.0.113.9", now):
        pass
