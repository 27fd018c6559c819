from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from auth.accounts import create_local_account, create_local_accounts
from auth.models import LocalAccount
from retail.access.models import Person
from tests.auth.door import PASSWORD, Door, sign_in


async def test_a_whole_staff_gets_its_first_password_at_once(door: Door) -> None:
    staff = {uuid4(): f"clerk.{number}.{uuid4().hex[:6]}" for number in range(3)}
    async with door.database.begin() as session:
        session.add_all(Person(id=person_id, name="王芳") for person_id in staff)
        await create_local_accounts(session, staff, PASSWORD)

    answers = [await sign_in(await door.browser(), login) for login in staff.values()]

    assert [answer.status_code for answer in answers] == [200, 200, 200]


async def test_two_people_cannot_share_a_login(door: Door) -> None:
    employee = await door.hire()
    namesake = Person(id=uuid4(), name="王芳")

    async with door.database() as session:
        session.add(namesake)
        with pytest.raises(IntegrityError):
            await create_local_account(session, namesake.id, employee.login.upper(), PASSWORD)


@pytest.mark.parametrize("login", ["", "   ", "li\nna", "li\x00na", "x" * 101])
async def test_a_login_that_nobody_could_type_is_refused(door: Door, login: str) -> None:
    async with door.database() as session:
        with pytest.raises(ValueError, match="Not a login"):
            await create_local_account(session, uuid4(), login, PASSWORD)


@pytest.mark.parametrize("password", ["", "7 chars", "x" * 257])
async def test_a_password_that_is_too_short_or_too_long_is_refused(door: Door, password: str) -> None:
    async with door.database() as session:
        with pytest.raises(ValueError, match="A password has 8 to 256 characters"):
            await create_local_account(session, uuid4(), "li.na", password)


async def test_the_table_does_not_hold_the_password(door: Door) -> None:
    employee = await door.hire()

    async with door.database() as session:
        account = (await session.scalars(select(LocalAccount).where(LocalAccount.login == employee.login))).one()

    assert account.password_hash.startswith("$argon2id$")
    assert PASSWORD not in account.password_hash
