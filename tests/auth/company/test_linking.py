import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text, update

from auth.accounts import disable_local_account
from auth.company.links import link_person, unlink_person
from auth.company.models import ExternalIdentity
from auth.models import HalfSession
from retail.access.models import Person
from retail.access.permissions import Role
from tests.auth.company.town import Provider, Town

NO_ACCOUNT = "/sign-in?problem=NO_ACCOUNT"


async def test_nobody_is_made_from_a_claim(town: Town) -> None:
    visitor = await town.visitor()

    assert await visitor.sign_in() == NO_ACCOUNT

    async with town.database() as session:
        assert await session.scalar(select(func.count()).select_from(Person)) == 0
        assert await session.scalar(select(func.count()).select_from(ExternalIdentity)) == 0


async def test_without_a_claim_that_may_link_only_written_links_count(town: Town, north: Provider) -> None:
    person_id = await town.hire()
    async with Town(town.database, north.oidc(link_claim=None)) as strict:
        visitor = await strict.visitor()
        assert await visitor.sign_in() == NO_ACCOUNT

        async with town.database.begin() as session:
            await link_person(session, "north", "demo|li.na", person_id, town.clock())
        assert await visitor.sign_in() == "/"


@pytest.mark.parametrize(
    ("claims", "lands"),
    [
        ({"email": "li.na@stock.example", "email_verified": True}, "/"),
        ({"email": " LI.NA@stock.example ", "email_verified": True}, "/"),
        ({"email": "li.na@stock.example", "email_verified": False}, NO_ACCOUNT),
        ({"email": "li.na@stock.example", "email_verified": "true"}, NO_ACCOUNT),
        ({"email": "li.na@stock.example", "email_verified": 1}, NO_ACCOUNT),
        ({"email": "li.na@stock.example"}, NO_ACCOUNT),
        ({"email": "wang@stock.example", "email_verified": True}, NO_ACCOUNT),
        ({"email": ["li.na@stock.example"], "email_verified": True}, NO_ACCOUNT),
        ({"email": "", "email_verified": True}, NO_ACCOUNT),
        ({"email": "li\u0000.na@stock.example", "email_verified": True}, NO_ACCOUNT),
        ({"email_verified": True}, NO_ACCOUNT),
    ],
    ids=str,
)
async def test_only_a_verified_address_links(town: Town, north: Provider, claims: dict[str, Any], lands: str) -> None:
    await town.hire("li.na@stock.example")
    async with Town(town.database, north.oidc(link_claim="email")) as by_email:
        await north.wishes(claims=claims)

        assert await (await by_email.visitor()).sign_in() == lands


async def test_a_login_that_changes_hands_does_not_take_the_first_owner_s_link_along(
    town: Town, north: Provider
) -> None:
    """Somebody else at the provider gets the number of Li Na: they are not let into her account."""
    await town.hire()
    assert await (await town.visitor()).sign_in() == "/"

    await north.wishes(claims={"sub": "somebody-else"})

    assert await (await town.visitor()).sign_in() == NO_ACCOUNT


async def test_two_first_sign_ins_at_once_write_one_link(town: Town) -> None:
    await town.hire()
    visitors = [await town.visitor() for _ in range(4)]

    landed = await asyncio.gather(*(visitor.sign_in() for visitor in visitors))

    assert landed == ["/"] * 4
    async with town.database() as session:
        assert await session.scalar(select(func.count()).select_from(ExternalIdentity)) == 1


async def test_a_person_who_has_left_is_refused_though_linked(town: Town) -> None:
    person_id = await town.hire()
    visitor = await town.visitor()
    assert await visitor.sign_in() == "/"

    async with town.database.begin() as session:
        await session.execute(update(Person).where(Person.id == person_id).values(left_at=town.clock()))

    assert await (await town.visitor()).sign_in() == NO_ACCOUNT


async def test_a_person_who_has_left_is_not_linked(town: Town) -> None:
    person_id = await town.hire()
    async with town.database.begin() as session:
        await session.execute(update(Person).where(Person.id == person_id).values(left_at=town.clock()))

    assert await (await town.visitor()).sign_in() == NO_ACCOUNT

    async with town.database() as session:
        assert await session.scalar(select(func.count()).select_from(ExternalIdentity)) == 0


async def test_a_closed_account_is_closed_on_this_road_too(town: Town) -> None:
    person_id = await town.hire()
    assert await (await town.visitor()).sign_in() == "/"
    async with town.database.begin() as session:
        await disable_local_account(session, person_id)

    assert await (await town.visitor()).sign_in() == NO_ACCOUNT


async def test_a_person_without_a_password_signs_in_by_a_written_link(town: Town) -> None:
    person_id = await town.hire(with_account=False)
    async with town.database.begin() as session:
        await link_person(session, "north", "demo|li.na", person_id, town.clock())

    assert await (await town.visitor()).sign_in() == "/"


async def test_a_written_link_takes_the_place_of_what_was_written(town: Town) -> None:
    first, second = await town.hire(), await town.hire("wang")
    for subject, person_id in (("demo|li.na", first), ("demo|wang", second), ("demo|li.na", second)):
        async with town.database.begin() as session:
            await link_person(session, "north", subject, person_id, town.clock())

    async with town.database() as session:
        rows = (await session.scalars(select(ExternalIdentity))).all()
    assert [(row.subject, row.person_id, row.linked_by) for row in rows] == [("demo|li.na", second, "command")]


@pytest.mark.parametrize(
    "claims", [{"amr": ["pwd", "otp"]}, {"amr": ["mfa"]}, {"amr": ["hwk"]}, {"amr": None, "acr": "phr"}], ids=str
)
async def test_a_second_factor_proved_there_counts_here(town: Town, north: Provider, claims: dict[str, Any]) -> None:
    await town.hire(role=Role.HQ_OPERATIONS)
    visitor = await town.visitor()
    await north.wishes(claims=claims)

    assert await visitor.sign_in() == "/"
    assert await visitor.is_known()


@pytest.mark.parametrize(
    "claims",
    [{"amr": ["pwd"]}, {"amr": None}, {"amr": [7, None]}, {"amr": None, "acr": "0"}, {"amr": [], "acr": []}],
    ids=str,
)
async def test_headquarters_is_asked_for_a_second_factor_that_was_not_proved_there(
    town: Town, north: Provider, claims: dict[str, Any]
) -> None:
    await town.hire(role=Role.HQ_OPERATIONS)
    visitor = await town.visitor()
    await north.wishes(claims=claims)

    assert await visitor.sign_in() == "/sign-in?step=enrol_second_factor"
    assert not await visitor.is_known()
    async with town.database() as session:
        half = (await session.scalars(select(HalfSession))).one()
    assert (half.way, half.is_strong) == ("company:north", False)


async def test_a_clerk_is_asked_for_none(town: Town, north: Provider) -> None:
    await town.hire(role=Role.CLERK)
    await north.wishes(claims={"amr": ["pwd"]})

    assert await (await town.visitor()).sign_in() == "/"


async def test_a_link_that_is_taken_back_closes_the_door_and_what_it_opened(town: Town, north: Provider) -> None:
    person_id = await town.hire()
    async with Town(town.database, north.oidc(link_claim=None), clock=town.clock) as strict:
        async with town.database.begin() as session:
            await link_person(session, "north", "demo|li.na", person_id, town.clock())
        visitor = await strict.visitor()
        assert await visitor.sign_in() == "/"

        async with town.database.begin() as session:
            assert await unlink_person(session, "north", person_id, town.clock())
            assert not await unlink_person(session, "north", person_id, town.clock())

        town.clock.turn(timedelta(seconds=3))
        assert not await visitor.is_known()
        assert await visitor.sign_in() == NO_ACCOUNT


async def test_links_and_refusals_are_on_the_record_without_the_provider_s_names(town: Town) -> None:
    person_id = await town.hire()
    await (await town.visitor()).sign_in()
    await (await town.visitor()).sign_in(person="wang")

    async with town.database() as session:
        entries = (await session.execute(text("select body from operation_log order by seq desc limit 3"))).scalars()
        failed, opened, linked = [json.loads(entry) for entry in entries]

    assert [entry["act"] for entry in (linked, opened, failed)] == ["identity.linked", "signed_in", "sign_in.failed"]
    assert linked["details"] == {"person": str(person_id), "provider": "north", "by": "employee_number"}
    assert failed["details"] == {"person": None, "means": "company:north"}
