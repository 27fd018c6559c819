"""Who may give which role where, told through the API; each way of climbing is tried and refused."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from retail.access.permissions import Role
from tests.schema.access.hiring import ABOVE, NO, NOBODY, SUCCESS, R, acts, give, held_by, newcomer, only, soon
from tests.support.chain import Chain, Shop


def where_of(role: Role, shop: Shop) -> dict[str, Any]:
    if role in {R.HQ_OPERATIONS, R.HQ_COMPLIANCE, R.BUYER}:
        return {"chainWide": True}
    return {"regionIds": [shop.region_id]} if role is R.REGIONAL_MANAGER else {"storeIds": [shop.id]}


TABLE: dict[Role, dict[Role, str]] = {
    #                     clerk              store manager              regional manager
    R.CLERK:            {R.CLERK: NO,      R.STORE_MANAGER: NO,      R.REGIONAL_MANAGER: NO,
                         R.HQ_OPERATIONS: NO, R.HQ_COMPLIANCE: NO, R.BUYER: NO},
    R.STORE_MANAGER:    {R.CLERK: SUCCESS, R.STORE_MANAGER: ABOVE,   R.REGIONAL_MANAGER: ABOVE,
                         R.HQ_OPERATIONS: ABOVE, R.HQ_COMPLIANCE: ABOVE, R.BUYER: ABOVE},
    R.REGIONAL_MANAGER: {R.CLERK: SUCCESS, R.STORE_MANAGER: SUCCESS, R.REGIONAL_MANAGER: ABOVE,
                         R.HQ_OPERATIONS: ABOVE, R.HQ_COMPLIANCE: ABOVE, R.BUYER: ABOVE},
    R.HQ_OPERATIONS:    {R.CLERK: SUCCESS, R.STORE_MANAGER: SUCCESS, R.REGIONAL_MANAGER: SUCCESS,
                         R.HQ_OPERATIONS: SUCCESS, R.HQ_COMPLIANCE: ABOVE, R.BUYER: SUCCESS},
    R.HQ_COMPLIANCE:    {R.CLERK: ABOVE,   R.STORE_MANAGER: ABOVE,   R.REGIONAL_MANAGER: ABOVE,
                         R.HQ_OPERATIONS: ABOVE, R.HQ_COMPLIANCE: SUCCESS, R.BUYER: ABOVE},
    R.BUYER:            {R.CLERK: NO,      R.STORE_MANAGER: NO,      R.REGIONAL_MANAGER: NO,
                         R.HQ_OPERATIONS: NO, R.HQ_COMPLIANCE: NO, R.BUYER: NO},
    R.CHANNEL:          {R.CLERK: NO,      R.STORE_MANAGER: NO,      R.REGIONAL_MANAGER: NO,
                         R.HQ_OPERATIONS: NO, R.HQ_COMPLIANCE: NO, R.BUYER: NO},
}  # fmt: skip


@pytest.mark.parametrize("giver", Role)
async def test_a_role_gives_what_is_below_it_and_nothing_else(chain: Chain, giver: Role) -> None:
    riverside = await chain.open_store("Riverside")
    staff = await chain.staff(giver, riverside)
    assert set(TABLE[giver]) == set(Role) - {R.CHANNEL}

    for role, expected in TABLE[giver].items():
        person = await newcomer(chain)
        told = await give(staff, person, role, **where_of(role, riverside))

        assert (role, told.kind) == (role, expected)
        assert len(await held_by(chain, person)) == (expected == SUCCESS)


async def test_a_new_clerk_sells_and_the_log_knows_who_gave_the_role(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    manager, person = await chain.staff(R.STORE_MANAGER, riverside), await newcomer(chain)
    clerk = await chain.signed_in(person)

    told = await give(manager, person, R.CLERK, storeIds=[riverside.id])

    given = told.value["assignment"]
    assert (given["personId"], given["role"], given["storeIds"], given["validUntil"]) == (
        str(person),
        "CLERK",
        [str(riverside.id)],
        None,
    )
    assert (await clerk.ask("{ me { stores { id } } }")).data["me"]["stores"] == [{"id": str(riverside.id)}]
    assert await acts(chain, person) == [("access.granted", str(manager.id))]


@pytest.mark.parametrize("role", [R.STORE_MANAGER, R.REGIONAL_MANAGER, R.HQ_OPERATIONS, R.HQ_COMPLIANCE])
async def test_nobody_gives_a_role_to_themselves(chain: Chain, role: Role) -> None:
    riverside = await chain.open_store("Riverside")
    staff = await chain.staff(role, riverside)

    for wanted in set(Role) - {R.CHANNEL}:
        assert (await give(staff, staff.id, wanted, **where_of(wanted, riverside))).kind == "NotToYourself"

    lent = await staff.do("lendPerson", personId=staff.id, storeId=riverside.id, validUntil=soon(days=1))
    assert lent.kind == "NotToYourself"
    assert len(await held_by(chain, staff.id)) == 1


@pytest.mark.parametrize("role", [R.STORE_MANAGER, R.REGIONAL_MANAGER])
async def test_nobody_gives_a_role_where_they_hold_none(chain: Chain, role: Role) -> None:
    riverside, harbour = await chain.open_store("Riverside", "north"), await chain.open_store("Harbour", "south")
    staff, person = await chain.staff(role, riverside), await newcomer(chain)

    foreign = await give(staff, person, R.CLERK, storeIds=[riverside.id, harbour.id])
    missing = await give(staff, person, R.CLERK, storeIds=[riverside.id, NOBODY])
    elsewhere = await give(staff, person, R.CLERK, regionIds=[harbour.region_id])
    nowhere = await give(staff, person, R.CLERK, regionIds=[NOBODY])
    chain_wide = await give(staff, person, R.CLERK, chainWide=True)
    lent = await staff.do("lendPerson", personId=person, storeId=harbour.id, validUntil=soon(days=1))

    assert (foreign.kind, foreign.value["path"]) == ("NotFound", "storeIds[1]")
    assert foreign.body == missing.body, "another's store is told otherwise than none"
    assert (elsewhere.kind, elsewhere.value["path"]) == ("NotFound", "regionIds[0]")
    assert elsewhere.body == nowhere.body
    assert (chain_wide.kind, chain_wide.value["path"]) == ("WiderThanYours", "chainWide")
    assert (lent.kind, lent.value["path"]) == ("NotFound", "storeId")
    assert await held_by(chain, person) == []


@pytest.mark.parametrize("above", [R.REGIONAL_MANAGER, R.HQ_OPERATIONS, R.BUYER])
async def test_who_works_above_a_store_is_not_made_its_clerk(chain: Chain, above: Role) -> None:
    """Whoever is a store's own is within reach of its manager, with phone and assignments."""
    riverside = await chain.open_store("Riverside")
    manager, person = await chain.staff(R.STORE_MANAGER, riverside), await chain.staff(above, riverside)

    told = await give(manager, person.id, R.CLERK, storeIds=[riverside.id])

    assert (told.kind, told.value["path"]) == ("NotFound", "personId")
    assert len(await held_by(chain, person.id)) == 1


async def test_a_buyer_may_have_a_region_only(chain: Chain) -> None:
    riverside, harbour = await chain.open_store("Riverside", "north"), await chain.open_store("Harbour", "south")
    hq, person = await chain.hire(R.HQ_OPERATIONS), await newcomer(chain)

    assert (await give(hq, person, R.BUYER, regionIds=[riverside.region_id])).kind == SUCCESS

    buyer = await chain.signed_in(person)
    asked = "query($ids: [UUID!]) { storeSummaries(storeIds: $ids) { store { id } } }"
    told = (await buyer.ask(asked, ids=[riverside.id, harbour.id])).data
    assert told == {"storeSummaries": [{"store": {"id": str(riverside.id)}}]}


async def test_all_stores_of_a_region_are_not_the_region(chain: Chain) -> None:
    """A manager of every store of a region today gets nobody into the store that opens tomorrow."""
    riverside = await chain.open_store("Riverside", "north")
    ids = [row["id"] for row in await chain.rows("select id from store where region_id = $1", riverside.region_id)]
    manager, person = await chain.hire(R.STORE_MANAGER, store_ids=ids), await newcomer(chain)

    told = await give(manager, person, R.CLERK, regionIds=[riverside.region_id])

    # A person of every store of the region would stand among the people of all stories that come later.
    await chain.rows("delete from assignment where person_id = $1", manager.id)
    assert (told.kind, told.value["path"]) == ("WiderThanYours", "regionIds[0]")


async def test_two_roles_do_not_add_up_to_a_third(chain: Chain) -> None:
    """Manager of one store and regional manager elsewhere: the higher role counts only where it is held."""
    riverside, harbour = await chain.open_store("Riverside", "north"), await chain.open_store("Harbour", "south")
    boss, person = await chain.hire(R.REGIONAL_MANAGER, region_ids=[harbour.region_id]), await newcomer(chain)
    await chain.rows(
        "insert into assignment (id, person_id, role, store_ids, valid_from)"
        " values (gen_random_uuid(), $1, 'store_manager', $2, now() - interval '1 day')",
        *(boss.id, [riverside.id]),
    )

    here = await give(boss, person, R.STORE_MANAGER, storeIds=[riverside.id])
    there = await give(boss, person, R.STORE_MANAGER, storeIds=[harbour.id])
    clerk = await give(boss, person, R.CLERK, storeIds=[riverside.id])

    assert (here.kind, here.value["path"]) == ("WiderThanYours", "storeIds[0]")
    assert (there.kind, clerk.kind) == (SUCCESS, SUCCESS)


async def test_a_role_that_has_just_ended_gives_nothing(chain: Chain) -> None:
    """The server may remember the giver for seconds; the grant itself asks the database."""
    riverside = await chain.open_store("Riverside")
    manager, person = await chain.staff(R.STORE_MANAGER, riverside), await newcomer(chain)
    assert (await manager.ask("{ me { id } }")).status == 200, "now the server remembers the manager"

    await chain.rows("update assignment set valid_until = now() where person_id = $1", manager.id)
    told = await give(manager, person, R.CLERK, storeIds=[riverside.id])

    assert told.kind in {NO, "error ['ACCESS_ENDED']"}
    assert await held_by(chain, person) == []


async def test_two_who_end_each_other_cannot_both_be_gone(chain: Chain) -> None:
    """The last two of headquarters end each other's role at once: one of them stays."""
    async with only(chain, R.HQ_OPERATIONS):
        ones = [await chain.hire(R.HQ_OPERATIONS) for _ in range(2)]
        ids = [(await held_by(chain, one.id))[0]["id"] for one in ones]

        told = await asyncio.gather(
            ones[0].do("endAssignment", assignmentId=ids[1]), ones[1].do("endAssignment", assignmentId=ids[0])
        )

    kinds = sorted(each.kind for each in told)
    assert kinds[0] == "EndAssignmentSuccess"
    assert kinds[1] in {"LastOfRole", NO}


@pytest.mark.parametrize("role", [R.HQ_OPERATIONS, R.HQ_COMPLIANCE])
async def test_the_last_of_headquarters_stays(chain: Chain, role: Role) -> None:
    async with only(chain, role):
        last = await chain.hire(role)
        for_a_time = await chain.hire(role, until=datetime.now(UTC) + timedelta(days=1))
        (held,) = await held_by(chain, last.id)

        ended = await last.do("endAssignment", assignmentId=held["id"])
        left = await last.do("recordLeaver", personId=last.id)
        by_another = await for_a_time.do("recordLeaver", personId=last.id, leftAt=soon(days=30))
        assert {each.kind for each in (ended, left, by_another)} == {"LastOfRole"}
        assert left.value["code"] == "LAST_OF_ROLE"

        successor = await newcomer(chain)
        assert (await give(last, successor, role, chainWide=True)).kind == SUCCESS
        assert (await last.do("recordLeaver", personId=last.id)).kind == "RecordLeaverSuccess"


BAD: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "nowhere": ({}, [("chainWide", "GIVE_ONE")]),
    "everywhere and somewhere": ({"chainWide": True, "storeIds": [NOBODY]}, [("chainWide", "GIVE_ONE")]),
    "no store": ({"storeIds": []}, [("storeIds", "OUT_OF_RANGE")]),
    "too many": ({"storeIds": [NOBODY] * 1001}, [("storeIds", "OUT_OF_RANGE")]),
    "a program's": ({"chainWide": True, "role": "CHANNEL"}, [("role", "NOT_FOR_PEOPLE")]),
    "a part of headquarters": (
        {"storeIds": [NOBODY], "role": "HQ_OPERATIONS"},
        [("chainWide", "HQ_IS_CHAIN_WIDE")],
    ),
    "back in time": ({"chainWide": True, "validFrom": soon(hours=-1)}, [("validFrom", "IN_THE_PAST")]),
    "too far ahead": ({"chainWide": True, "validFrom": "9999-12-31T23:59:59Z"}, [("validFrom", "TOO_FAR_AHEAD")]),
    "over before it begins": (
        {"chainWide": True, "validFrom": soon(days=2), "validUntil": soon(days=1)},
        [("validUntil", "NOT_AFTER_BEGIN")],
    ),
}


@pytest.mark.parametrize("what", BAD)
async def test_a_grant_that_makes_no_sense_says_why(chain: Chain, what: str) -> None:
    hq = await chain.hire(R.HQ_OPERATIONS)
    given, problems = BAD[what]

    told = await hq.do("grantRole", **{"personId": await newcomer(chain), "role": "CLERK", **given})

    assert (told.kind, told.problems) == ("InvalidInput", problems)


async def test_a_role_is_given_once_for_a_request(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    manager, person, request = await chain.staff(R.STORE_MANAGER, riverside), await newcomer(chain), uuid4()

    first = await give(manager, person, R.CLERK, storeIds=[riverside.id], requestId=request)
    again = await give(manager, person, R.CLERK, storeIds=[riverside.id], requestId=request)
    other = await give(manager, person, R.CLERK, storeIds=[riverside.id], validUntil=soon(days=1), requestId=request)

    assert (first.body, other.kind) == (again.body, "RequestIdConflict")
    assert len(await held_by(chain, person)) == 1


@pytest.mark.parametrize("ask", ["grantRole", "lendPerson", "recordLeaver"])
async def test_a_person_who_left_is_told_like_one_that_never_was(chain: Chain, ask: str) -> None:
    riverside = await chain.open_store("Riverside")
    manager, clerk = await chain.staff(R.STORE_MANAGER, riverside), await chain.clerk_at(riverside)
    assert (await manager.do("recordLeaver", personId=clerk.id)).kind == "RecordLeaverSuccess"
    more: dict[str, Any] = {
        "grantRole": {"role": "CLERK", "storeIds": [riverside.id]},
        "lendPerson": {"storeId": riverside.id, "validUntil": soon(days=1)},
        "recordLeaver": {},
    }

    left = await manager.do(ask, personId=clerk.id, **more[ask])
    never = await manager.do(ask, personId=NOBODY, **more[ask])

    assert (left.kind, left.value["path"]) == ("NotFound", "personId")
    assert left.body == never.body
