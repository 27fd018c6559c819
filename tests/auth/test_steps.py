from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from starlette.requests import HTTPConnection

from auth.limits import SECOND_FACTOR_ROLES
from auth.models import HalfSession
from auth.standing import Standing
from auth.steps import HALF_LIFE, Status, next_step
from retail.access.models import Person
from retail.access.permissions import Role
from tests.auth.door import PASSWORD, Door, is_known, sign_in

FRESH = "pu-erh-in-the-rain"


@pytest.mark.parametrize(
    ("roles", "must_change", "has_second_factor", "way", "is_strong", "expected"),
    [
        ({Role.CLERK}, False, False, "local", False, Status.SIGNED_IN),
        ({Role.CLERK}, True, False, "local", False, Status.CHANGE_PASSWORD),
        ({Role.CLERK}, False, True, "local", False, Status.SECOND_FACTOR),
        ({Role.CLERK}, True, True, "local", True, Status.CHANGE_PASSWORD),
        ({Role.HQ_OPERATIONS}, False, False, "local", False, Status.ENROL_SECOND_FACTOR),
        ({Role.CLERK, Role.HQ_COMPLIANCE}, False, False, "local", False, Status.ENROL_SECOND_FACTOR),
        ({Role.HQ_OPERATIONS}, False, True, "local", False, Status.SECOND_FACTOR),
        ({Role.HQ_OPERATIONS}, False, True, "local", True, Status.SIGNED_IN),
        ({Role.HQ_OPERATIONS}, True, False, "company:oidc", False, Status.ENROL_SECOND_FACTOR),
        ({Role.HQ_OPERATIONS}, True, True, "company:oidc", True, Status.SIGNED_IN),
        (set(), False, False, "local", False, Status.SIGNED_IN),
    ],
)
def test_what_is_asked_next(
    *, roles: set[Role], must_change: bool, has_second_factor: bool, way: str, is_strong: bool, expected: Status
) -> None:
    person = Standing(uuid4(), "李娜", frozenset(roles), must_change, has_second_factor)

    assert next_step(person, way, is_strong=is_strong, required_of=SECOND_FACTOR_ROLES) is expected


async def test_a_first_password_opens_nothing_but_the_choice_of_another(door: Door) -> None:
    employee = await door.hire(must_change=True)
    browser = await door.browser()

    first = await sign_in(browser, employee.login)

    assert (first.status_code, first.json()) == (200, {"status": "change_password", "name": "李娜"})
    assert "trueshelf_session" not in browser.cookies
    assert not await is_known(browser)

    changed = await browser.post("/auth/password", json={"new": FRESH})

    assert (changed.status_code, changed.json()["status"]) == (200, "signed_in")
    assert await is_known(browser)
    assert (await sign_in(await door.browser(), employee.login, FRESH)).json()["status"] == "signed_in"
    assert (await sign_in(await door.browser(), employee.login)).status_code == 401
    assert await door.acts(employee) == ["password.changed", "signed_in", "signed_in", "sign_in.failed"]


@pytest.mark.parametrize(
    "new", [PASSWORD, "short", "{login}", "{login}!", "password1", "12345678", "aaaaaaaa", "qwertyuiop", "x" * 257]
)
async def test_a_password_that_anybody_would_try_is_refused(door: Door, new: str) -> None:
    employee = await door.hire(must_change=True)
    browser = await door.browser()
    await sign_in(browser, employee.login)

    refused = await browser.post("/auth/password", json={"new": new.format(login=employee.login)})

    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (400, "INVALID_INPUT", "new")
    assert not await is_known(browser)
    assert (await browser.post("/auth/password", json={"new": FRESH})).json()["status"] == "signed_in"


async def test_a_half_session_is_gone_in_ten_minutes(door: Door) -> None:
    employee = await door.hire(must_change=True)
    browser = await door.browser()
    await sign_in(browser, employee.login)

    door.clock.turn(HALF_LIFE)
    late = await browser.post("/auth/password", json={"new": FRESH})

    assert (late.status_code, late.json()["code"]) == (401, "NOT_SIGNED_IN")


async def test_a_half_session_serves_once(door: Door) -> None:
    employee = await door.hire(must_change=True)
    browser = await door.browser()
    await sign_in(browser, employee.login)
    copied = await door.browser()
    copied.cookies.set("trueshelf_step", browser.cookies["trueshelf_step"])
    await browser.post("/auth/password", json={"new": FRESH})

    again = await copied.post("/auth/password", json={"new": FRESH + "!"})

    assert again.status_code == 401
    assert not await is_known(copied)


async def test_two_steps_at_once_from_one_half_session_let_one_in(door: Door) -> None:
    employee = await door.hire(must_change=True)
    browser = await door.browser()
    await sign_in(browser, employee.login)
    cookie = f"trueshelf_step={browser.cookies['trueshelf_step']}".encode()
    request = HTTPConnection({"type": "http", "headers": [(b"cookie", cookie)]})
    first, second = await door.auth.steps.half(request), await door.auth.steps.half(request)
    assert first is not None
    assert second is not None

    entered = [await door.auth.steps.go_on(request, half, is_strong=False) for half in (first, second)]

    assert entered[0] is not None
    assert entered[1] is None


async def test_another_password_ends_what_was_begun_with_the_one_before(door: Door) -> None:
    director = await door.hire(Role.HQ_OPERATIONS, must_change=True)
    browser, thief = await door.browser(), await door.browser()
    await sign_in(thief, director.login)
    await sign_in(browser, director.login)

    changed = await browser.post("/auth/password", json={"new": FRESH})
    stolen = await thief.post("/auth/totp/enrol", json={})

    assert changed.json()["status"] == "enrol_second_factor"
    assert (stolen.status_code, stolen.json()["code"]) == (401, "NOT_SIGNED_IN")
    assert (await browser.post("/auth/totp/enrol", json={})).status_code == 200


async def test_a_half_session_is_no_session(door: Door) -> None:
    employee = await door.hire(must_change=True)
    browser = await door.browser()
    await sign_in(browser, employee.login)

    browser.cookies.set("trueshelf_session", browser.cookies["trueshelf_step"])

    assert not await is_known(browser)


async def test_another_step_than_the_one_that_is_due_is_refused(door: Door) -> None:
    employee = await door.hire(must_change=True)
    browser = await door.browser()
    await sign_in(browser, employee.login)

    for path, body in (("second-factor", {"code": "000000"}), ("totp/enrol", {}), ("totp/confirm", {"code": "000000"})):
        answer = await browser.post(f"/auth/{path}", json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "ANOTHER_STEP")
        assert answer.json()["status"] == "change_password"


async def test_who_knew_the_first_password_enrols_no_device_once_it_is_changed(door: Door) -> None:
    """Whoever gave somebody of headquarters a first password waits with a half session for the right moment."""
    employee = await door.hire(Role.HQ_OPERATIONS, must_change=True)
    own, intruders = await door.browser(), await door.browser("10.6.6.6")
    for browser in (intruders, own):
        assert (await sign_in(browser, employee.login)).json()["status"] == "change_password"

    changed = await own.post("/auth/password", json={"new": FRESH})
    assert changed.json()["status"] == "enrol_second_factor"

    assert (await intruders.post("/auth/totp/enrol", json={})).status_code == 401
    assert (await own.post("/auth/totp/enrol", json={})).status_code == 200


async def test_half_sessions_do_not_pile_up(door: Door) -> None:
    employee = await door.hire(must_change=True)
    browser = await door.browser()
    for _ in range(3):
        await sign_in(browser, employee.login)
    door.clock.turn(HALF_LIFE)
    await sign_in(await door.browser(), employee.login)

    async with door.database() as session:
        mine = select(func.count()).select_from(HalfSession).where(HalfSession.person_id == employee.person_id)
        assert await session.scalar(mine) == 1


async def test_choosing_another_password_needs_the_present_one_and_signs_the_others_out(door: Door) -> None:
    employee = await door.hire()
    browser, other = await door.signed_in(employee), await door.signed_in(employee)
    before = browser.cookies["trueshelf_session"]

    wrong = await browser.post("/auth/password", json={"current": "oolong-tea-cold", "new": FRESH})
    missing = await browser.post("/auth/password", json={"new": FRESH})
    assert (wrong.status_code, wrong.json()["field"]) == (400, "current")
    assert (missing.status_code, missing.json()["field"]) == (400, "current")
    assert await is_known(other)

    right = await browser.post("/auth/password", json={"current": PASSWORD, "new": FRESH})

    assert (right.status_code, right.json()) == (200, {"status": "signed_in"})
    assert await is_known(browser)
    assert not await is_known(other)
    thief = await door.browser()
    thief.cookies.set("trueshelf_session", before)
    assert not await is_known(thief), "the token was rotated"


async def test_the_present_password_is_not_guessed_in_an_open_session(door: Door) -> None:
    browser = await door.signed_in(await door.hire())

    answers = [await browser.post("/auth/password", json={"current": f"a guess {n}", "new": FRESH}) for n in range(6)]

    assert [answer.status_code for answer in answers] == [400] * 5 + [429]


async def test_who_has_left_meanwhile_takes_no_further_step(door: Door) -> None:
    employee = await door.hire(must_change=True)
    browser = await door.browser()
    await sign_in(browser, employee.login)
    async with door.database.begin() as session:
        (await session.get_one(Person, employee.person_id)).left_at = door.clock()

    answer = await browser.post("/auth/password", json={"new": FRESH})

    assert answer.status_code == 401
    door.clock.turn(timedelta(seconds=1))
    assert not await is_known(browser)
