"""Who may give which role where, told through the API; each way of climbing is tried and refused."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from retail.access.permissions import Role
from tests.support.asking import Asker, Told
from tests.support.chain import Chain, Shop, Staff

R = Role
NOBODY = uuid4()


def soon(**ahead: float) -> str:
    return (datetime.now(UTC) + timedelta(**ahead)).isoformat()


async def newcomer(chain: Chain) -> UUID:
    """Somebody who has been hired and plays no role yet."""
    person = await chain.hire(R.CLERK, store_ids=[])
    await chain.rows("delete from assignment where person_id = $1", person.id)
    return person.id


async def give(by: Asker, person: UUID, role: Role, **where: Any) -> Told:
    return await by.do("grantRole", personId=person, role=role.name, **where)


@asynccontextmanager
async def only(chain: Chain, role: Role) -> AsyncIterator[None]:
    """As if nobody else of the chain held this role for good, until the block ends."""
    rows = await chain.rows(
        "update assignment set valid_until = '2999-01-01' where role = $1 and valid_until is null returning id", role
    )
    try:
        yield
    finally:
        await chain.rows("update assignment set valid_until = null where id = any($1)", [row["id"] for row in rows])


async def held_by(chain: Chain, person: UUID) -> list[Any]:
    return list(await chain.rows("select * from assignment where person_id = $1 order by valid_from", person))


def where_of(role: Role, shop: Shop) -> dict[str, Any]:
    if role in {R.HQ_OPERATIONS, R.HQ_COMPLIANCE}:
        return {"chainWide": True}
    return {"regionIds": [shop.region_id]} if role is R.REGIONAL_MANAGER else {"storeIds": [shop.id]}


SUCCESS, ABOVE, NO = "GrantRoleSuccess", "RoleAboveYours", "NotPermitted"
TABLE: dict[Role, dict[Role, str]] = {
    #                     clerk              store manager              regional manager
    R.CLERK:            {R.CLERK: NO,      R.STORE_MANAGER: NO,      R.REGIONAL_MANAGER: NO,
                         R.HQ_OPERATIONS: NO, R.HQ_COMPLIANCE: NO},
    R.STORE_MANAGER:    {R.CLERK: SUCCESS, R.STORE_MANAGER: ABOVE,   R.REGIONAL_MANAGER: ABOVE,
                         R.HQ_OPERATIONS: ABOVE, R.HQ_COMPLIANCE: ABOVE},
    R.REGIONAL_MANAGER: {R.CLERK: SUCCESS, R.STORE_MANAGER: SUCCESS, R.REGIONAL_MANAGER: ABOVE,
                         R.HQ_OPERATIONS: ABOVE, R.HQ_COMPLIANCE: ABOVE},
    R.HQ_OPERATIONS:    {R.CLERK: SUCCESS, R.STORE_MANAGER: SUCCESS, R.REGIONAL_MANAGER: SUCCESS,
                         R.HQ_OPERATIONS: SUCCESS, R.HQ_COMPLIANCE: ABOVE},
    R.HQ_COMPLIANCE:    {R.CLERK: ABOVE,   R.STORE_MANAGER: ABOVE,   R.REGIONAL_MANAGER: ABOVE,
                         R.HQ_OPERATIONS: ABOVE, R.HQ_COMPLIANCE: SUCCESS},
    R.CHANNEL:          {R.CLERK: NO,      R.STORE_MANAGER: NO,      R.REGIONAL_MANAGER: NO,
                         R.HQ_OPERATIONS: NO, R.HQ_COMPLIANCE: NO},
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


async def acts(chain: Chain, person: UUID) -> list[tuple[str, str]]:
    rows = await chain.rows(
        "select body::json ->> 'act' as act, body::json ->> 'actor' as actor from operation_log"
        " where body::json -> 'details' ->> 'person' = $1 and body::json ->> 'act' <> 'signed_in' order by 1",
        str(person),
    )
    return [(row["act"], row["actor"]) for row in rows]


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


async def test_all_stores_of_a_region_are_not_the_region(chain: Chain) -> None:
    """A manager of every store of a region today gets nobody into the store that opens tomorrow."""
    riverside = await chain.open_store("Riverside", "north")
    ids = [row["id"] for row in await chain.rows("select id from store where region_id = $1", riverside.region_id)]
    manager, person = await chain.hire(R.STORE_MANAGER, store_ids=ids), await newcomer(chain)

    told = await give(manager, person, R.CLERK, regionIds=[riverside.region_id])

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


# ---------------------------------------------------------------- ending


async def test_who_may_give_a_role_may_end_it(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    manager, clerk = await chain.staff(R.STORE_MANAGER, riverside), await chain.clerk_at(riverside)
    (held,) = await held_by(chain, clerk.id)

    told = await manager.do("endAssignment", assignmentId=held["id"])
    again = await manager.do("endAssignment", assignmentId=held["id"])

    assert told.kind == "EndAssignmentSuccess"
    assert told.value["assignment"]["validUntil"] is not None
    assert again.kind == "AlreadyOver"
    assert await acts(chain, clerk.id) == [("access.ended", str(manager.id))]


async def test_nobody_ends_a_role_above_or_elsewhere(chain: Chain) -> None:
    riverside, harbour = await chain.open_store("Riverside", "north"), await chain.open_store("Harbour", "south")
    manager, boss = await chain.staff(R.STORE_MANAGER, riverside), await chain.staff(R.REGIONAL_MANAGER, riverside)
    peer, clerk = await chain.staff(R.STORE_MANAGER, riverside), await chain.clerk_at(riverside)
    stranger = await chain.clerk_at(harbour)
    till = await chain.staff(R.CHANNEL, riverside)

    async def end(by: Staff, whose: Staff) -> Told:
        assignment = await chain.value("select id from assignment where coalesce(person_id, channel_id) = $1", whose.id)
        return await by.do("endAssignment", assignmentId=assignment)

    assert (await end(manager, boss)).kind == ABOVE
    assert (await end(manager, peer)).kind == ABOVE
    assert (await end(clerk, manager)).kind == NO
    foreign, program = await end(manager, stranger), await end(manager, till)
    missing = await manager.do("endAssignment", assignmentId=NOBODY)
    assert (foreign.kind, foreign.value["path"]) == ("NotFound", "assignmentId")
    assert foreign.body == missing.body == program.body
    for each in (boss, peer, manager, stranger):
        assert [row["valid_until"] for row in await held_by(chain, each.id)] == [None]


async def test_a_role_that_has_not_begun_is_taken_back(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    manager, person = await chain.staff(R.STORE_MANAGER, riverside), await newcomer(chain)
    given = await give(manager, person, R.CLERK, storeIds=[riverside.id], validFrom=soon(days=1))

    told = await manager.do("endAssignment", assignmentId=given.value["assignment"]["id"])

    assert told.value["assignment"]["validUntil"] == given.value["assignment"]["validFrom"]
    assert await held_by(chain, person) == []


async def test_an_end_is_never_put_off(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    manager, person = await chain.staff(R.STORE_MANAGER, riverside), await newcomer(chain)
    given = await give(manager, person, R.CLERK, storeIds=[riverside.id], validUntil=soon(days=1))
    id, until = given.value["assignment"]["id"], given.value["assignment"]["validUntil"]

    later = await manager.do("endAssignment", assignmentId=id, endsAt=soon(days=9))

    assert later.value["assignment"]["validUntil"] == until


# ---------------------------------------------------------------- lending


async def test_help_from_another_store_begins_and_ends_by_itself(chain: Chain) -> None:
    riverside, harbour = await chain.open_store("Riverside", "north"), await chain.open_store("Harbour", "south")
    clerk, receiving = await chain.clerk_at(harbour), await chain.staff(R.STORE_MANAGER, riverside)

    told = await receiving.do(
        "lendPerson",
        personId=clerk.id,
        storeId=riverside.id,
        validFrom=soon(seconds=1),
        validUntil=soon(seconds=7),
    )
    assert (told.kind, told.value["assignment"]["role"]) == ("LendPersonSuccess", "CLERK")

    seen = [await stores_of(clerk)]
    async with asyncio.timeout(20):
        while len(seen) < 3:
            now = await stores_of(clerk)
            seen += [now] if now != seen[-1] else []
            await asyncio.sleep(0.1)
    assert seen == [{harbour.id}, {harbour.id, riverside.id}, {harbour.id}]


async def stores_of(asker: Asker) -> set[UUID]:
    return {UUID(each["id"]) for each in (await asker.ask("{ me { stores { id } } }")).data["me"]["stores"]}


@pytest.mark.parametrize(
    ("by", "kind"),
    [
        (R.CLERK, NO),
        (R.STORE_MANAGER, "LendPersonSuccess"),
        (R.REGIONAL_MANAGER, "LendPersonSuccess"),
        (R.HQ_OPERATIONS, "LendPersonSuccess"),
        (R.HQ_COMPLIANCE, ABOVE),
        (R.CHANNEL, NO),
    ],
)
async def test_the_store_that_is_helped_asks_for_help(chain: Chain, by: Role, kind: str) -> None:
    riverside, harbour = await chain.open_stores("Riverside", "Harbour")
    clerk, asks = await chain.clerk_at(harbour), await chain.staff(by, riverside)

    told = await asks.do("lendPerson", personId=clerk.id, storeId=riverside.id, validUntil=soon(days=1))

    assert told.kind == kind


async def test_a_store_does_not_send_its_people_into_another(chain: Chain) -> None:
    riverside, harbour = await chain.open_stores("Riverside", "Harbour")
    clerk, lending = await chain.clerk_at(harbour), await chain.staff(R.STORE_MANAGER, harbour)

    told = await lending.do("lendPerson", personId=clerk.id, storeId=riverside.id, validUntil=soon(days=1))

    assert (told.kind, told.value["path"]) == ("NotFound", "storeId")


@pytest.mark.parametrize(
    ("until", "problem"),
    [({"days": 93}, ("validUntil", "TOO_LONG")), ({"days": -1}, ("validUntil", "NOT_AFTER_BEGIN"))],
)
async def test_help_is_for_a_time(chain: Chain, until: dict[str, int], problem: tuple[str, str]) -> None:
    riverside, harbour = await chain.open_stores("Riverside", "Harbour")
    clerk, receiving = await chain.clerk_at(harbour), await chain.staff(R.STORE_MANAGER, riverside)

    told = await receiving.do("lendPerson", personId=clerk.id, storeId=riverside.id, validUntil=soon(**until))

    assert (told.kind, told.problems) == ("InvalidInput", [problem])


async def test_only_who_works_in_another_store_can_be_lent(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    receiving = await chain.staff(R.STORE_MANAGER, riverside)

    for person in (await newcomer(chain), (await chain.clerk_at(riverside)).id):
        told = await receiving.do("lendPerson", personId=person, storeId=riverside.id, validUntil=soon(days=1))
        assert (told.kind, told.problems) == ("InvalidInput", [("personId", "NOBODY_TO_LEND")])


# ---------------------------------------------------------------- leaving


async def test_who_is_let_go_loses_every_role(chain: Chain) -> None:
    riverside, harbour = await chain.open_stores("Riverside", "Harbour")
    manager, other = await chain.staff(R.STORE_MANAGER, riverside), await chain.staff(R.STORE_MANAGER, harbour)
    clerk = await chain.clerk_at(riverside)
    await other.do("lendPerson", personId=clerk.id, storeId=harbour.id, validUntil=soon(days=2))
    await give(manager, clerk.id, R.CLERK, storeIds=[riverside.id], validFrom=soon(days=9))

    told = await manager.do("recordLeaver", personId=clerk.id)

    assert (told.kind, told.value["ended"]) == ("RecordLeaverSuccess", 3)
    assert [row["valid_until"] <= datetime.now(UTC) for row in await held_by(chain, clerk.id)] == [True, True]
    assert await acts(chain, clerk.id) == [
        *[("access.ended", str(manager.id))] * 3,
        *[("access.granted", str(other.id)), ("access.granted", str(manager.id))],
        ("person.left", str(manager.id)),
    ]


async def test_nobody_lets_go_whom_they_did_not_hire(chain: Chain) -> None:
    riverside, harbour = await chain.open_store("Riverside", "north"), await chain.open_store("Harbour", "south")
    manager = await chain.staff(R.STORE_MANAGER, riverside)
    stranger, boss = await chain.clerk_at(harbour), await chain.staff(R.REGIONAL_MANAGER, riverside)
    helper, clerk = await chain.clerk_at(harbour), await chain.clerk_at(riverside)
    await manager.do("lendPerson", personId=helper.id, storeId=riverside.id, validUntil=soon(days=1))

    kinds = [(await manager.do("recordLeaver", personId=each)).kind for each in (stranger.id, boss.id, helper.id)]

    assert kinds == ["NotFound", ABOVE, "WiderThanYours"]
    assert (await clerk.do("recordLeaver", personId=helper.id)).kind == NO
    assert (await manager.do("recordLeaver", personId=await newcomer(chain))).kind == "NotFound"
    hq = await chain.hire(R.HQ_OPERATIONS)
    assert (await hq.do("recordLeaver", personId=await newcomer(chain))).kind == "RecordLeaverSuccess"


async def test_an_earlier_departure_stands(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    manager, clerk = await chain.staff(R.STORE_MANAGER, riverside), await chain.clerk_at(riverside)

    first = await manager.do("recordLeaver", personId=clerk.id, leftAt=soon(days=3))
    later = await manager.do("recordLeaver", personId=clerk.id, leftAt=soon(days=9))
    sooner = await manager.do("recordLeaver", personId=clerk.id, leftAt=soon(days=1))

    assert later.value["leftAt"] == first.value["leftAt"]
    assert sooner.value["leftAt"] < first.value["leftAt"]
    assert (await clerk.sell(tea=1)).kind == "RecordSaleSuccess", "who leaves tomorrow still works today"
    bad = await manager.do("recordLeaver", personId=clerk.id, leftAt="9999-12-31T23:59:59Z")
    assert bad.problems == [("leftAt", "OUT_OF_RANGE")]


async def test_the_roles_of_people_are_read_where_people_are(chain: Chain) -> None:
    riverside, harbour = await chain.open_stores("Riverside", "Harbour")
    manager, other = await chain.staff(R.STORE_MANAGER, riverside), await chain.staff(R.STORE_MANAGER, harbour)
    clerk, colleague = await chain.hire(R.CLERK, store_ids=[riverside.id, harbour.id]), await chain.clerk_at(riverside)
    ask = "query($id: UUID!) { staffAssignments(personId: $id) { role storeIds } }"

    seen = [(await by.ask(ask, id=clerk.id)).data["staffAssignments"] for by in (manager, other)]

    assert seen == [
        [{"role": "CLERK", "storeIds": [str(riverside.id)]}],
        [{"role": "CLERK", "storeIds": [str(harbour.id)]}],
    ]
    assert (await colleague.ask(ask, id=clerk.id)).codes == ["NOT_PERMITTED"]
    assert (await manager.ask(ask, id=other.id)).data["staffAssignments"] == []
