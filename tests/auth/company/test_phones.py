from typing import Any
from uuid import UUID

import pytest

from retail.access.work import Work
from retail.kernel.privacy.vault import Vault
from retail.people.commands import phone_of, set_phones
from tests.auth.company.town import Provider, Town
from tests.support.environment import MASTERS

NO_ACCOUNT = "/sign-in?problem=NO_ACCOUNT"


async def give_phone(town: Town, person_id: UUID, number: str = "13800000001") -> None:
    async with town.database.begin() as session:
        await set_phones(Work(session, None, town.clock()), Vault(MASTERS), {person_id: phone_of(number)})


@pytest.mark.parametrize(
    ("claims", "lands"),
    [
        ({"phone_number": "+8613800000001", "phone_number_verified": True}, "/"),
        ({"phone_number": "138 0000 0001", "phone_number_verified": True}, "/"),
        ({"phone_number": "+8613800000001", "phone_number_verified": False}, NO_ACCOUNT),
        ({"phone_number": "+8613800000001", "phone_number_verified": "true"}, NO_ACCOUNT),
        ({"phone_number": "+8613800000001"}, NO_ACCOUNT),
        ({"phone_number": "+8613800000002", "phone_number_verified": True}, NO_ACCOUNT),
        ({"phone_number": "a number", "phone_number_verified": True}, NO_ACCOUNT),
        ({"phone_number": 13800000001, "phone_number_verified": True}, NO_ACCOUNT),
    ],
    ids=str,
)
async def test_only_a_verified_number_links(town: Town, north: Provider, claims: dict[str, Any], lands: str) -> None:
    await give_phone(town, await town.hire())
    async with Town(town.database, north.oidc(link_claim="phone_number")) as by_phone:
        await north.wishes(claims=claims)

        assert await (await by_phone.visitor()).sign_in() == lands


async def test_a_number_that_two_people_have_proves_neither(town: Town, north: Provider) -> None:
    for login in ("li.na", "wang"):
        await give_phone(town, await town.hire(login))
    async with Town(town.database, north.oidc(link_claim="phone_number")) as by_phone:
        await north.wishes(claims={"phone_number": "+8613800000001", "phone_number_verified": True})

        assert await (await by_phone.visitor()).sign_in() == NO_ACCOUNT
