import time
from datetime import timedelta
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher
from sqlalchemy import update

from auth.accounts import disable_local_account
from auth.models import LocalAccount
from auth.passwords import check_password
from retail.access.models import Person
from tests.auth.door import PASSWORD, Door, is_known, sign_in

WRONG = {
    "code": "WRONG_CREDENTIALS",
    "message": "The login or the password is wrong.",
    "messageZh": "账号或密码不正确。",
}


async def test_the_right_password_opens_the_door(door: Door) -> None:
    employee = await door.hire()
    browser = await door.browser()

    answer = await sign_in(browser, employee.login)

    assert (answer.status_code, answer.json()) == (200, {"status": "signed_in", "name": "李娜"})
    assert answer.headers["cache-control"] == "no-store"
    assert (await browser.get("/auth/me")).json() == {
        "name": "李娜",
        "way": "local",
        "mustChange": False,
        "secondFactor": False,
        "secondFactorRequired": False,
        "recoveryCodesLeft": 0,
        "hasPin": False,
    }


async def test_a_login_is_the_same_however_it_is_typed(door: Door) -> None:
    employee = await door.hire()
    browser = await door.browser()

    answer = await sign_in(browser, f"  {employee.login.upper().replace('L', 'Ｌ')} ")  # L is full-width

    assert answer.status_code == 200


async def test_a_wrong_password_and_an_unknown_login_are_answered_alike(door: Door) -> None:
    employee = await door.hire()
    browser = await door.browser()

    wrong_password = await sign_in(browser, employee.login, "oolong-tea-cold")
    unknown_login = await sign_in(browser, "nobody.at.all", "oolong-tea-cold")

    assert (wrong_password.status_code, wrong_password.json()) == (401, WRONG)
    assert (unknown_login.status_code, unknown_login.json()) == (401, WRONG)
    assert not await is_known(browser)


async def test_an_unknown_login_takes_as_long_as_a_wrong_password(door: Door) -> None:
    employee = await door.hire()
    browser = await door.browser()
    await check_password("warm up", None)

    async def seconds(login: str) -> float:
        begin = time.perf_counter()
        assert (await sign_in(browser, login, "oolong-tea-cold")).status_code == 401
        return time.perf_counter() - begin

    known = min([await seconds(employee.login) for _ in range(3)])
    unknown = min([await seconds("nobody.either") for _ in range(3)])

    assert unknown > known / 3


async def test_no_password_is_right_where_there_is_no_account() -> None:
    assert (await check_password("nobody has this password", None))[0] is False


async def test_a_disabled_account_is_answered_like_an_unknown_one(door: Door) -> None:
    employee = await door.hire()
    async with door.database.begin() as session:
        await disable_local_account(session, employee.person_id)

    answer = await sign_in(await door.browser(), employee.login)

    assert (answer.status_code, answer.json()) == (401, WRONG)


async def test_a_person_who_has_left_cannot_sign_in(door: Door) -> None:
    employee = await door.hire()
    async with door.database.begin() as session:
        await session.execute(update(Person).where(Person.id == employee.person_id).values(left_at=door.clock()))

    answer = await sign_in(await door.browser(), employee.login)

    assert (answer.status_code, answer.json()) == (401, WRONG)


async def test_a_person_who_will_leave_tomorrow_still_signs_in_today(door: Door) -> None:
    employee = await door.hire()
    tomorrow = door.clock() + timedelta(days=1)
    async with door.database.begin() as session:
        await session.execute(update(Person).where(Person.id == employee.person_id).values(left_at=tomorrow))

    assert (await sign_in(await door.browser(), employee.login)).status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"password": PASSWORD}, "login"),
        ({"login": "li.na"}, "password"),
        ({"login": "", "password": PASSWORD}, "login"),
        ({"login": 7, "password": PASSWORD}, "login"),
        ({"login": ["li.na"], "password": PASSWORD}, "login"),
        ({"login": "li.na", "password": None}, "password"),
        ({"login": "x" * 101, "password": PASSWORD}, "login"),
        ({"login": "li.na", "password": "x" * 257}, "password"),
    ],
)
async def test_a_bad_field_is_named(door: Door, body: dict[str, Any], field: str) -> None:
    browser = await door.browser()

    answer = await browser.post("/auth/sign-in", json=body)

    assert answer.status_code == 400
    assert (answer.json()["code"], answer.json()["field"]) == ("INVALID_INPUT", field)
    assert answer.json()["message"]
    assert answer.json()["messageZh"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"null",
        b"\xff\xfe",
        b"[" * 5000,
        b'{"login": "\\ud800", "password": "x"}',
        b'{"login": NaN, "password": "x"}',
    ],
)
async def test_malformed_json_is_refused(door: Door, body: bytes) -> None:
    answer = await _post(await door.browser(), body)

    assert (answer.status_code, answer.json()["code"]) == (400, "MALFORMED_JSON")


@pytest.mark.parametrize("login", ["li\\u0000na", "\\u0000", "li\\nna", "\\ufdfa" * 90])
async def test_a_login_that_cannot_be_is_simply_wrong(door: Door, login: str) -> None:
    answer = await _post(await door.browser(), f'{{"login": "{login}", "password": "whatever"}}'.encode())

    assert (answer.status_code, answer.json()) == (401, WRONG)


async def test_a_body_over_eight_kibibytes_is_refused(door: Door) -> None:
    employee = await door.hire()
    start = f'{{"login": "{employee.login}", "password": "{PASSWORD}", "more": "'.encode()

    largest = await _post(await door.browser(), start.ljust(8 * 1024 - 2, b"x") + b'"}')
    too_large = await _post(await door.browser(), start.ljust(8 * 1024 - 1, b"x") + b'"}')

    assert largest.status_code == 200
    assert (too_large.status_code, too_large.json()["code"]) == (413, "BODY_TOO_LARGE")


@pytest.mark.parametrize("path", ["/auth/sign-in", "/auth/sign-out"])
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/json2", ""])
async def test_only_json_is_let_in(door: Door, path: str, kind: str) -> None:
    employee = await door.hire()
    browser = await door.signed_in(employee)

    answer = await browser.post(path, content=_credentials(employee.login), headers={"Content-Type": kind})

    assert (answer.status_code, answer.json()["code"]) == (415, "WRONG_CONTENT_TYPE")
    assert await is_known(browser)


@pytest.mark.parametrize("path", ["/auth/sign-in", "/auth/sign-out"])
@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1:8001", "http://127.0.0.1.evil.example"]
)
async def test_a_foreign_page_may_not_sign_anybody_in_or_out(door: Door, path: str, origin: str) -> None:
    employee = await door.hire()
    browser = await door.signed_in(employee)
    headers = {"Content-Type": "application/json", "Origin": origin}

    answer = await browser.post(path, content=_credentials(employee.login), headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (403, "FOREIGN_ORIGIN")
    assert "set-cookie" not in answer.headers
    assert await is_known(browser)


async def test_our_own_page_may_sign_in(door: Door) -> None:
    employee = await door.hire()
    headers = {"Content-Type": "application/json", "Origin": door.public_url}

    answer = await (await door.browser()).post("/auth/sign-in", content=_credentials(employee.login), headers=headers)

    assert answer.status_code == 200


async def test_a_hash_that_has_become_weak_is_renewed_at_sign_in(door: Door) -> None:
    employee = await door.hire()
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    async with door.database.begin() as session:
        account = await session.get_one(LocalAccount, employee.person_id)
        account.password_hash = weak

    assert (await sign_in(await door.browser(), employee.login)).status_code == 200

    async with door.database() as session:
        renewed = (await session.get_one(LocalAccount, employee.person_id)).password_hash
    assert renewed != weak
    assert "m=65536" in renewed
    assert (await sign_in(await door.browser(), employee.login)).status_code == 200


def _credentials(login: str) -> bytes:
    return f'{{"login": "{login}", "password": "{PASSWORD}"}}'.encode()


async def _post(browser: httpx.AsyncClient, body: bytes) -> httpx.Response:
    return await browser.post("/auth/sign-in", content=body, headers={"Content-Type": "application/json"})
