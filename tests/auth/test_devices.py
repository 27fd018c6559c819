from datetime import timedelta

import httpx
import pytest

from auth.limits import LIMITS, PIN, strictness
from auth.sessions import hash_token
from retail.access.permissions import Role
from tests.auth.authenticator import Authenticator, give, with_second_factor
from tests.auth.door import Door, is_known, sign_in

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MOMENT = timedelta(seconds=5)


@pytest.mark.parametrize(
    ("roles", "idle", "life"),
    [
        ({Role.CLERK}, 12 * HOUR, 7 * DAY),
        ({Role.STORE_MANAGER}, 12 * HOUR, 7 * DAY),
        ({Role.REGIONAL_MANAGER}, 8 * HOUR, 3 * DAY),
        ({Role.HQ_OPERATIONS}, 1 * HOUR, 12 * HOUR),
        ({Role.HQ_COMPLIANCE}, 1 * HOUR, 12 * HOUR),
        ({Role.BUYER}, 1 * HOUR, 12 * HOUR),
        ({Role.CLERK, Role.HQ_COMPLIANCE, Role.REGIONAL_MANAGER}, 1 * HOUR, 12 * HOUR),
        ({Role.CLERK, Role.REGIONAL_MANAGER}, 8 * HOUR, 3 * DAY),
        (set(), 12 * HOUR, 7 * DAY),
    ],
)
def test_the_strictest_role_decides_how_long_a_session_lasts(
    roles: set[Role], idle: timedelta, life: timedelta
) -> None:
    limits = LIMITS[strictness(roles)]

    assert (limits.idle, limits.life) == (idle, life)


def test_a_pin_opens_for_a_quarter_of_an_hour() -> None:
    assert (timedelta(minutes=15), 12 * HOUR) == (PIN.idle, PIN.life)


async def test_headquarters_is_signed_out_after_an_idle_hour_and_after_twelve_in_any_case(door: Door) -> None:
    employee = await door.hire(Role.HQ_OPERATIONS)
    app, _ = await with_second_factor(door, employee)
    door.clock.turn(HOUR)
    idle, busy = [await _through_both(door, employee.login, code) for code in (app.code(), _later(app))]

    for _ in range(23):
        door.clock.turn(timedelta(minutes=31))
        assert await is_known(busy)
    assert not await is_known(idle)
    door.clock.turn(timedelta(minutes=8))
    assert not await is_known(busy)


def _later(app: Authenticator) -> str:
    return Authenticator(app.door, app.secret, drift=30).code()


async def _through_both(door: Door, login: str, code: str) -> httpx.AsyncClient:
    browser = await door.browser()
    await sign_in(browser, login)
    assert (await give(browser, code)).status_code == 200
    return browser


async def test_who_rises_to_a_stricter_role_signs_in_again(door: Door) -> None:
    employee = await door.hire(Role.CLERK)
    browser = await door.signed_in(employee)
    assert await is_known(browser)

    await door.assign(employee, Role.HQ_OPERATIONS)

    door.clock.turn(MOMENT)
    assert not await is_known(browser)
    assert (await sign_in(browser, employee.login)).json()["status"] == "enrol_second_factor"


async def test_who_helps_out_in_another_store_goes_on_working(door: Door) -> None:
    employee = await door.hire(Role.CLERK)
    browser = await door.signed_in(employee)

    await door.assign(employee, Role.STORE_MANAGER, await door.open_store())

    door.clock.turn(MOMENT)
    assert await is_known(browser)


async def test_a_person_sees_where_they_are_signed_in(door: Door) -> None:
    employee = await door.hire()
    phone = await door.browser()
    phone.headers["User-Agent"] = "Shop phone"
    await sign_in(phone, employee.login)
    door.clock.turn(HOUR)
    tablet = await door.signed_in(employee)
    await door.signed_in(await door.hire())

    shown = (await tablet.get("/auth/devices")).json()["devices"]

    assert [(each["current"], each["way"]) for each in shown] == [(True, "local"), (False, "local")]
    assert shown[1]["userAgent"] == "Shop phone"
    assert shown[1]["createdAt"] < shown[0]["createdAt"]
    assert shown[0]["id"] == hash_token(tablet.cookies["trueshelf_session"]).hex()
    assert tablet.cookies["trueshelf_session"] not in str(shown)


async def test_one_device_can_be_signed_out_from_another(door: Door) -> None:
    employee = await door.hire()
    lost, phone = await door.signed_in(employee), await door.signed_in(employee)
    shown = (await phone.get("/auth/devices")).json()["devices"]
    lost_id = next(each["id"] for each in shown if not each["current"])

    assert (await phone.post("/auth/devices/sign-out", json={"id": lost_id})).json() == {"ended": 1}

    assert not await is_known(lost)
    assert await is_known(phone)
    assert (await phone.post("/auth/devices/sign-out", json={"id": lost_id})).status_code == 404
    assert (await door.acts(employee))[-1] == "session.revoked"


async def test_all_other_devices_can_be_signed_out_at_once(door: Door) -> None:
    employee, colleague = await door.hire(), await door.hire()
    others = [await door.signed_in(employee) for _ in range(3)]
    phone, theirs = await door.signed_in(employee), await door.signed_in(colleague)

    assert (await phone.post("/auth/devices/sign-out", json={"others": True})).json() == {"ended": 3}

    assert [await is_known(each) for each in (*others, phone, theirs)] == [False, False, False, True, True]


async def test_nobody_signs_a_colleague_out(door: Door) -> None:
    mine, theirs = await door.signed_in(await door.hire()), await door.signed_in(await door.hire())
    their_id = (await theirs.get("/auth/devices")).json()["devices"][0]["id"]

    answer = await mine.post("/auth/devices/sign-out", json={"id": their_id})

    assert answer.status_code == 404
    assert await is_known(theirs)


@pytest.mark.parametrize(
    ("body", "field"), [({}, "id"), ({"id": 7}, "id"), ({"id": "no hex"}, "id"), ({"others": "yes"}, "others")]
)
async def test_a_device_that_cannot_be_is_named(door: Door, body: dict[str, object], field: str) -> None:
    browser = await door.signed_in(await door.hire())

    answer = await browser.post("/auth/devices/sign-out", json=body)

    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (400, "INVALID_INPUT", field)


async def test_strangers_see_no_devices(door: Door) -> None:
    stranger = await door.browser()

    assert (await stranger.get("/auth/devices")).status_code == 401
    assert (await stranger.post("/auth/devices/sign-out", json={"others": True})).status_code == 401


POSTS = (
    "sign-in",
    "sign-out",
    "password",
    "second-factor",
    "totp/enrol",
    "totp/confirm",
    "totp/remove",
    "devices/sign-out",
    "shared-device",
    "pin",
    "pin/switch",
)


@pytest.mark.parametrize("path", POSTS)
async def test_every_act_by_cookie_must_come_from_our_own_app(door: Door, path: str) -> None:
    browser = await door.signed_in(await door.hire())
    url = f"/auth/{path}"

    async def refusal(**headers: str) -> tuple[int, str]:
        request = browser.build_request("POST", url, content=b"{}")
        for name in ("x-trueshelf", "content-type"):
            request.headers.pop(name, None)
        request.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
        answer = await browser.send(request)
        return answer.status_code, answer.json().get("code", "")

    json = "application/json"
    assert await refusal(content_type=json) == (403, "MISSING_HEADER")
    assert await refusal(content_type=json, x_trueshelf="yes") == (403, "MISSING_HEADER")
    assert await refusal(content_type="text/plain", x_trueshelf="1") == (415, "WRONG_CONTENT_TYPE")
    foreign = await refusal(content_type=json, x_trueshelf="1", origin="https://evil.example")
    assert foreign == (403, "FOREIGN_ORIGIN")
    assert (await refusal(content_type=json, x_trueshelf="1"))[1] not in {"MISSING_HEADER", "FOREIGN_ORIGIN"}
