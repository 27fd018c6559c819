"""How roles end: taken away, by themselves, with somebody who leaves; and help lent from one store to another."""

import asyncio
from collections import Counter
from datetime import UTC, datetime
from uuid import UUID

import pytest

from retail.access.permissions import Role
from tests.schema.access.hiring import ABOVE, NO, NOBODY, R, acts, give, held_by, newcomer, soon
from tests.support.asking import Asker, Told
from tests.support.chain import Chain, Staff


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

    assert (await end(manager, peer)).kind == ABOVE
    assert (await end(clerk, manager)).kind == NO
    foreign, program, above = [await end(manager, each) for each in (stranger, till, boss)]
    missing = await manager.do("endAssignment", assignmentId=NOBODY)
    assert (foreign.kind, foreign.value["path"]) == ("NotFound", "assignmentId")
    assert foreign.body == missing.body == program.body == above.body
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
        (R.BUYER, NO),
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
    assert Counter(await acts(chain, clerk.id)) == {
        ("access.ended", str(manager.id)): 3,
        ("access.granted", str(other.id)): 1,
        ("access.granted", str(manager.id)): 1,
        ("person.left", str(manager.id)): 1,
    }


async def test_nobody_lets_go_whom_they_did_not_hire(chain: Chain) -> None:
    riverside, harbour = await chain.open_store("Riverside", "north"), await chain.open_store("Harbour", "south")
    manager = await chain.staff(R.STORE_MANAGER, riverside)
    stranger, boss = await chain.clerk_at(harbour), await chain.staff(R.REGIONAL_MANAGER, riverside)
    peer = await chain.staff(R.STORE_MANAGER, riverside)
    helper, clerk = await chain.clerk_at(harbour), await chain.clerk_at(riverside)
    await manager.do("lendPerson", personId=helper.id, storeId=riverside.id, validUntil=soon(days=1))

    people = (stranger, boss, peer, helper)
    kinds = [(await manager.do("recordLeaver", personId=each.id)).kind for each in people]

    assert kinds == ["NotFound", "NotFound", ABOVE, "WiderThanYours"]
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
