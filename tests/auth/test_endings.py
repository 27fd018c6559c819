"""A phone whose session is over learns whether to forget what its person could read."""

from datetime import timedelta

import httpx
from sqlalchemy import update

from auth.limits import LIMITS
from auth.models import StaffSession
from retail.access.models import Person
from tests.auth.door import Door, Employee


async def code_of(browser: httpx.AsyncClient) -> str:
    answer = await browser.get("/auth/me")
    assert answer.status_code == 401
    return str(answer.json()["code"])


async def test_who_has_left_is_told_so(door: Door) -> None:
    employee = await door.hire()
    phone = await door.signed_in(employee)

    await _leave(door, employee)

    assert await code_of(phone) == "PERSON_LEFT"


async def test_a_phone_that_was_signed_out_from_another_device_is_told_so(door: Door) -> None:
    employee = await door.hire()
    phone = await door.signed_in(employee)
    async with door.database.begin() as session:
        mine = StaffSession.person_id == employee.person_id
        await session.execute(update(StaffSession).where(mine).values(revoked_at=door.clock()))
    door.clock.turn(timedelta(seconds=5))

    assert await code_of(phone) == "SESSION_REVOKED"


async def test_a_session_that_only_went_stale_is_not_over_for_good(door: Door) -> None:
    phone = await door.signed_in(await door.hire())

    door.clock.turn(LIMITS[0].idle)

    assert await code_of(phone) == "NOT_SIGNED_IN"


async def test_a_stranger_learns_nothing(door: Door) -> None:
    employee = await door.hire()
    await door.signed_in(employee)
    await _leave(door, employee)
    stranger = await door.browser()
    assert await code_of(stranger) == "NOT_SIGNED_IN"

    stranger.cookies.set("trueshelf_session", "A" * 43)

    assert await code_of(stranger) == "NOT_SIGNED_IN"


async def _leave(door: Door, employee: Employee) -> None:
    async with door.database.begin() as session:
        await session.execute(update(Person).where(Person.id == employee.person_id).values(left_at=door.clock()))
    door.clock.turn(timedelta(seconds=5))
