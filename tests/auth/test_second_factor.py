import asyncio
import re
from datetime import timedelta
from xml.etree import ElementTree as ET

import pyotp
import pytest
from sqlalchemy import select

from auth import totp
from auth.accounts import reset_second_factor
from auth.models import RecoveryCode, SecondFactor
from auth.second_factor import RECOVERY_CODES, give_second_factors, open_secret, reseal_secrets, seal_secret
from auth.second_factor_routes import FRESH_FOR
from auth.wiring import DemoAccount
from retail.access.permissions import Role
from retail.kernel.privacy.masters import MasterKeys, new_master_key
from retail.kernel.privacy.sealing import CannotOpen
from tests.auth.authenticator import Authenticator, enrol, give, with_second_factor
from tests.auth.door import PASSWORD, Door, is_known, sign_in
from tests.support.environment import MASTER_KEYS, MASTERS

STEP = timedelta(seconds=30)
RFC_SECRET = totp.in_base32(b"12345678901234567890")


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    assert totp.code_of(RFC_SECRET, seconds // 30) == code


async def test_headquarters_must_enrol_before_anything_opens(door: Door) -> None:
    employee = await door.hire(Role.HQ_OPERATIONS)
    browser = await door.browser()

    first = await sign_in(browser, employee.login)
    assert (first.status_code, first.json()["status"]) == (200, "enrol_second_factor")
    assert not await is_known(browser)
    _, codes = await enrol(door, browser)

    assert await is_known(browser)
    assert len(set(codes)) == RECOVERY_CODES
    assert all(re.fullmatch(r"[a-z2-7]{4}(-[a-z2-7]{4}){3}", code) for code in codes)
    assert await door.acts(employee) == ["second_factor.enrolled", "signed_in"]


async def test_what_is_offered_can_be_scanned_or_typed(door: Door) -> None:
    browser = await door.signed_in(await door.hire())

    offer = (await browser.post("/auth/totp/enrol", json={})).json()

    assert re.fullmatch(r"[A-Z2-7]{32}", offer["secret"])
    assert pyotp.parse_uri(offer["uri"]).secret == offer["secret"]
    assert "issuer=Trueshelf" in offer["uri"]
    svg = ET.fromstring(offer["qrSvg"])  # noqa: S314 -- our own
    assert svg.tag.endswith("svg")
    assert "viewBox" in svg.attrib
    assert "style" not in offer["qrSvg"]
    assert "script" not in offer["qrSvg"]


async def test_after_the_password_a_code_is_asked_and_a_wrong_one_opens_nothing(door: Door) -> None:
    employee = await door.hire(Role.HQ_COMPLIANCE)
    app, _ = await with_second_factor(door, employee)
    door.clock.turn(STEP)
    browser = await door.browser()
    assert (await sign_in(browser, employee.login)).json()["status"] == "second_factor"

    wrong = await give(browser, "000000" if app.code() != "000000" else "000001")
    assert (wrong.status_code, wrong.json()["code"], wrong.json()["field"]) == (401, "WRONG_CODE", "code")
    assert not await is_known(browser)

    right = await give(browser, f" {app.code()[:3]} {app.code()[3:]} ")
    assert (right.status_code, right.json()) == (200, {"status": "signed_in", "name": "李娜"})
    assert await is_known(browser)
    assert (await door.acts(employee))[-2:] == ["sign_in.failed", "signed_in"]


async def test_a_code_is_good_once(door: Door) -> None:
    employee = await door.hire()
    app, _ = await with_second_factor(door, employee)
    door.clock.turn(STEP)
    code = app.code()

    first, second = await door.browser(), await door.browser()
    for browser in (first, second):
        await sign_in(browser, employee.login)
    answers = [await give(first, code), await give(second, code)]

    assert [answer.status_code for answer in answers] == [200, 401]


async def test_a_code_that_two_give_at_once_lets_one_in(door: Door) -> None:
    employee = await door.hire()
    app, _ = await with_second_factor(door, employee)
    door.clock.turn(STEP)
    browsers = [await door.browser() for _ in range(4)]
    for browser in browsers:
        await sign_in(browser, employee.login)

    answers = await asyncio.gather(*(give(browser, app.code()) for browser in browsers))

    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]


async def test_the_code_of_the_enrolment_is_used_up(door: Door) -> None:
    employee = await door.hire()
    app, _ = await with_second_factor(door, employee)
    browser = await door.browser()
    await sign_in(browser, employee.login)

    assert (await give(browser, app.code())).status_code == 401


@pytest.mark.parametrize(("drift", "status"), [(-60, 401), (-30, 200), (0, 200), (30, 200), (60, 401)])
async def test_a_clock_may_be_one_step_off(door: Door, drift: int, status: int) -> None:
    employee = await door.hire()
    app, _ = await with_second_factor(door, employee)
    door.clock.turn(10 * STEP)
    browser = await door.browser()
    await sign_in(browser, employee.login)

    assert (await give(browser, Authenticator(door, app.secret, drift).code())).status_code == status


async def test_codes_are_not_guessed(door: Door) -> None:
    employee = await door.hire()
    app, _ = await with_second_factor(door, employee)
    door.clock.turn(STEP)
    guesser = await door.browser("203.0.113.9")
    await sign_in(guesser, employee.login)

    answers = [await give(guesser, f"{n:06d}") for n in range(5)]
    refused = await give(guesser, app.code())

    assert {answer.status_code for answer in answers} <= {401}
    assert refused.status_code == 429


async def test_who_guesses_codes_does_not_lock_the_owner_out(door: Door) -> None:
    employee = await door.hire()
    app, _ = await with_second_factor(door, employee)
    own = await door.browser()
    await sign_in(own, employee.login)
    door.clock.turn(STEP)
    assert (await give(own, app.code())).status_code == 200
    await _guess_codes(door, employee.login, 21)
    next_code = Authenticator(door, app.secret, drift=30).code()

    await sign_in(own, employee.login)
    stranger = await door.browser("192.0.2.99")
    await sign_in(stranger, employee.login)

    assert (await give(stranger, next_code)).status_code == 429
    assert (await give(own, next_code)).status_code == 200


async def _guess_codes(door: Door, login: str, count: int) -> None:
    """Somebody who knows the password guesses codes from many addresses."""
    for number in range(count):
        guesser = await door.browser(f"203.0.113.{number}")
        await sign_in(guesser, login)
        await give(guesser, "000000")


async def test_a_recovery_code_opens_once_and_what_is_left_is_told(door: Door) -> None:
    employee = await door.hire(Role.HQ_OPERATIONS)
    _, codes = await with_second_factor(door, employee)
    browser = await door.browser()
    await sign_in(browser, employee.login)

    used = await give(browser, codes[3].upper().replace("-", " "))
    assert (used.status_code, used.json()["recoveryCodesLeft"]) == (200, RECOVERY_CODES - 1)
    assert (await browser.get("/auth/me")).json()["recoveryCodesLeft"] == RECOVERY_CODES - 1
    assert "second_factor.recovery_code_used" in await door.acts(employee)

    again = await door.browser()
    await sign_in(again, employee.login)
    assert (await give(again, codes[3])).status_code == 401


async def test_one_persons_recovery_code_is_nobody_elses(door: Door) -> None:
    mine, another = await door.hire(), await door.hire()
    _, codes = await with_second_factor(door, mine)
    await with_second_factor(door, another)
    browser = await door.browser()
    await sign_in(browser, another.login)

    assert (await give(browser, codes[0])).status_code == 401


async def test_a_new_device_replaces_the_old_one_and_its_codes(door: Door) -> None:
    employee = await door.hire(Role.HQ_OPERATIONS)
    old, codes = await with_second_factor(door, employee)
    browser, elsewhere = await door.browser(), await door.browser()
    await sign_in(browser, employee.login)
    await give(browser, codes[0])
    await sign_in(elsewhere, employee.login)
    await give(elsewhere, codes[1])
    assert await is_known(elsewhere)

    new, fresh_codes = await enrol(door, browser)

    assert await is_known(browser)
    assert not await is_known(elsewhere), "a new device ends the other sessions"
    door.clock.turn(STEP)
    again = await door.browser()
    await sign_in(again, employee.login)
    assert (await give(again, old.code())).status_code == 401
    assert (await give(again, codes[2])).status_code == 401
    assert (await give(again, new.code())).status_code == 200
    assert not set(codes) & set(fresh_codes)


async def test_the_old_device_stays_good_until_the_new_one_is_confirmed(door: Door) -> None:
    employee = await door.hire()
    app, codes = await with_second_factor(door, employee)
    browser = await door.browser()
    await sign_in(browser, employee.login)
    await give(browser, codes[0])
    await browser.post("/auth/totp/enrol", json={})
    wrong = await browser.post("/auth/totp/confirm", json={"code": "000000"})
    assert wrong.status_code == 401

    door.clock.turn(STEP)
    again = await door.browser()
    await sign_in(again, employee.login)

    assert (await give(again, app.code())).status_code == 200


async def test_an_unlocked_phone_on_a_table_cannot_add_a_device(door: Door) -> None:
    employee = await door.hire()
    browser = await door.signed_in(employee)
    door.clock.turn(FRESH_FOR + STEP)

    refused = await browser.post("/auth/totp/enrol", json={})
    assert (refused.status_code, refused.json()["code"]) == (403, "PROVE_AGAIN")
    wrong = await browser.post("/auth/totp/enrol", json={"password": "oolong-tea-cold"})
    assert (wrong.status_code, wrong.json()["field"]) == (400, "password")
    assert (await browser.post("/auth/totp/enrol", json={"password": PASSWORD})).status_code == 200


async def test_where_there_is_a_second_factor_the_password_alone_adds_no_other(door: Door) -> None:
    employee = await door.hire()
    browser = await door.signed_in(employee)
    app, _ = await enrol(door, browser)
    door.clock.turn(FRESH_FOR + STEP)

    refused = await browser.post("/auth/totp/enrol", json={"password": PASSWORD})
    assert (refused.status_code, refused.json()["code"]) == (403, "PROVE_AGAIN")
    before = browser.cookies["trueshelf_session"]
    assert (await give(browser, app.code())).json() == {"status": "signed_in"}

    assert browser.cookies["trueshelf_session"] != before, "the token is rotated at each proof"
    assert (await browser.post("/auth/totp/enrol", json={})).status_code == 200
    thief = await door.browser()
    thief.cookies.set("trueshelf_session", before)
    assert not await is_known(thief)


async def test_who_may_do_without_can_take_it_away_with_a_code(door: Door) -> None:
    employee = await door.hire(Role.CLERK)
    app, _ = await with_second_factor(door, employee)
    door.clock.turn(STEP)
    browser = await door.browser()
    await sign_in(browser, employee.login)
    await give(browser, app.code())
    door.clock.turn(STEP)

    assert (await browser.post("/auth/totp/remove", json={"code": "000000"})).status_code == 401
    assert (await browser.post("/auth/totp/remove", json={"code": app.code()})).status_code == 200

    assert (await sign_in(await door.browser(), employee.login)).json()["status"] == "signed_in"
    async with door.database() as session:
        left = await session.scalars(select(RecoveryCode).where(RecoveryCode.person_id == employee.person_id))
        assert list(left) == []


async def test_headquarters_cannot_take_it_away(door: Door) -> None:
    employee = await door.hire(Role.HQ_OPERATIONS)
    browser = await door.browser()
    await sign_in(browser, employee.login)
    app, _ = await enrol(door, browser)
    door.clock.turn(STEP)

    refused = await browser.post("/auth/totp/remove", json={"code": app.code()})

    assert (refused.status_code, refused.json()["code"]) == (403, "SECOND_FACTOR_REQUIRED")


async def test_headquarters_resets_a_lost_device(door: Door) -> None:
    employee = await door.hire(Role.HQ_OPERATIONS)
    browser = await door.browser()
    await sign_in(browser, employee.login)
    await enrol(door, browser)
    assert await is_known(browser)

    async with door.database.begin() as session:
        assert await reset_second_factor(session, employee.login.upper(), door.clock())
        assert not await reset_second_factor(session, "nobody.at.all", door.clock())

    door.clock.turn(timedelta(seconds=5))
    assert not await is_known(browser)
    assert (await sign_in(browser, employee.login)).json()["status"] == "enrol_second_factor"
    assert (await door.acts(employee))[-1] == "second_factor.reset"


async def test_the_table_shows_no_secret_and_no_code(door: Door) -> None:
    employee = await door.hire()
    app, codes = await with_second_factor(door, employee)

    async with door.database() as session:
        kept = (await session.get_one(SecondFactor, employee.person_id)).sealed_secret
        hashes = await session.scalars(
            select(RecoveryCode.code_hash).where(RecoveryCode.person_id == employee.person_id)
        )
        assert {len(each) for each in hashes} == {32}

    assert kept is not None
    assert app.secret not in kept
    assert totp.from_base32(app.secret) not in kept.encode()
    assert codes[0] not in kept
    assert open_secret(MASTERS, employee.person_id, kept) == app.secret


async def test_a_secret_opens_in_its_own_row_only(door: Door) -> None:
    mine, another = await door.hire(), await door.hire()
    kept = seal_secret(MASTERS, mine.person_id, totp.new_secret())

    with pytest.raises(CannotOpen):
        open_secret(MASTERS, another.person_id, kept)


async def test_a_rotated_master_key_opens_the_old_secrets_and_seals_them_anew(door: Door) -> None:
    employee = await door.hire()
    app, _ = await with_second_factor(door, employee)
    fresh = new_master_key("next")
    both = MasterKeys.parse(f"{fresh},{MASTER_KEYS}")

    async with door.database.begin() as session:
        assert await reseal_secrets(session, both) >= 1
        assert await reseal_secrets(session, both) == 0

    async with door.database.begin() as session:
        kept = (await session.get_one(SecondFactor, employee.person_id)).sealed_secret or ""
        assert open_secret(MasterKeys.parse(fresh), employee.person_id, kept) == app.secret
        back = MasterKeys.parse(f"{MASTER_KEYS},{fresh}")
        await reseal_secrets(session, back)


async def test_the_demo_shows_a_code_that_is_good_now_however_many_have_used_theirs(door: Door) -> None:
    employee = await door.hire(Role.HQ_OPERATIONS)
    secret = totp.new_secret()
    async with door.database.begin() as session:
        await give_second_factors(session, MASTERS, {employee.person_id: secret}, door.clock())
    shown = DemoAccount(employee.login, PASSWORD, "李娜", "HQ_OPERATIONS", totp_secret=secret)

    async with Door(door.database, demo_accounts=(shown,), clock=door.clock) as demo:
        statuses = []
        for _ in range(2):
            browser = await demo.browser()
            accounts = (await browser.get("/auth/demo-accounts")).json()["accounts"]
            assert secret not in str(accounts)
            await sign_in(browser, employee.login)
            statuses.append((await give(browser, accounts[0]["code"])).status_code)

    assert statuses == [200, 200]
