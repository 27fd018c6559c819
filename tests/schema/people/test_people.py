"""Whose data one sees: masked, of one's own stores, never of who works above, never by a part of a number."""

from typing import Any
from uuid import uuid4

import pytest

from retail.access.permissions import Role
from retail.kernel.content import content_hash
from tests.support.asking import Asker
from tests.support.chain import Chain, Shop, Staff

PEOPLE = """query($store: UUID, $text: String, $first: Int!, $after: String) {
  people(storeId: $store, text: $text, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    edges { node { id name roles phone leftAt erasedAt assignments { role chainWide storeIds regionIds } } } } }"""
PERSON = "query($id: UUID!) { person(id: $id) { id name roles phone assignments { role storeIds } } }"
BY_PHONE = "query($phone: String!) { personByPhone(phone: $phone) { id phone } }"


async def give_phone(chain: Chain, shop: Shop, person: Asker, number: str) -> None:
    told = await (await chain.staff(Role.HQ_OPERATIONS, shop)).do("changePhone", personId=person.id, phone=number)
    assert told.kind == "ChangePhoneSuccess", told.body


async def listed(asker: Asker, **more: object) -> dict[str, dict[str, Any]]:
    page = (await asker.ask(PEOPLE, **{"first": 100, **more})).data["people"]
    return {edge["node"]["id"]: edge["node"] for edge in page["edges"]}


async def test_a_manager_sees_her_people_with_masked_phones(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    manager, clerk = await chain.staff(Role.STORE_MANAGER, riverside), await chain.clerk_at(riverside)
    await give_phone(chain, riverside, clerk, "138 0000 5678")

    seen = await listed(manager)

    assert set(seen) == {str(manager.id), str(clerk.id)}
    assert seen[str(clerk.id)] == {
        "id": str(clerk.id),
        "name": clerk.name,
        "roles": ["CLERK"],
        "phone": "138****5678",
        "leftAt": None,
        "erasedAt": None,
        "assignments": [{"role": "CLERK", "chainWide": False, "storeIds": [str(riverside.id)], "regionIds": []}],
    }


async def test_a_foreign_store_and_its_people_are_not_there(chain: Chain) -> None:
    riverside, harbour = await chain.open_store("Riverside", "north"), await chain.open_store("Harbour", "south")
    manager, stranger = await chain.staff(Role.STORE_MANAGER, riverside), await chain.clerk_at(harbour)
    above = await chain.staff(Role.REGIONAL_MANAGER, riverside)

    assert (await manager.ask(PERSON, id=stranger.id)).data == {"person": None}
    assert (await manager.ask(PERSON, id=above.id)).data == {"person": None}
    assert (await manager.ask(PERSON, id=uuid4())).data == {"person": None}
    assert (await manager.ask(PEOPLE, store=harbour.id, first=1)).codes == ["NOT_FOUND"]
    assert set(await listed(manager)) == {str(manager.id)}


async def test_an_assignment_elsewhere_is_not_told(chain: Chain) -> None:
    riverside, harbour = await chain.open_stores("Riverside", "Harbour")
    manager = await chain.staff(Role.STORE_MANAGER, riverside)
    helper = await chain.hire(Role.CLERK, store_ids=[riverside.id, harbour.id])

    person = (await manager.ask(PERSON, id=helper.id)).data["person"]

    assert person["assignments"] == [{"role": "CLERK", "storeIds": [str(riverside.id)]}]


@pytest.mark.parametrize("role", [Role.CLERK, Role.CHANNEL])
async def test_a_clerk_and_a_channel_see_nothing_of_this(chain: Chain, role: Role) -> None:
    riverside = await chain.open_store("Riverside")
    staff, colleague = await chain.staff(role, riverside), await chain.clerk_at(riverside)

    for question, given in (
        (PEOPLE, {"first": 1}),
        (PERSON, {"id": colleague.id}),
        (BY_PHONE, {"phone": "13800000001"}),
        ("query($id: UUID!) { personalData(personId: $id) { phone } }", {"id": colleague.id}),
        ("{ securityAlarms(first: 1) { totalCount } }", {}),
    ):
        assert (await staff.ask(question, **given)).codes == ["NOT_PERMITTED"], question


@pytest.mark.parametrize(
    ("role", "finds"), [(Role.STORE_MANAGER, False), (Role.REGIONAL_MANAGER, False), (Role.HQ_OPERATIONS, True)]
)
async def test_only_headquarters_find_somebody_by_phone(chain: Chain, role: Role, finds: bool) -> None:
    riverside = await chain.open_store("Riverside")
    staff, clerk = await chain.staff(role, riverside), await chain.clerk_at(riverside)
    number = f"139{str(clerk.id.int)[-8:]}"
    await give_phone(chain, riverside, clerk, number)

    told = await staff.ask(BY_PHONE, phone=f"+86 {number[:3]} {number[3:7]} {number[7:]}")

    if finds:
        assert told.data == {"personByPhone": {"id": str(clerk.id), "phone": f"139****{number[-4:]}"}}
        another = number[:-1] + str((int(number[-1]) + 1) % 10)
        assert (await staff.ask(BY_PHONE, phone=another)).data == {"personByPhone": None}
        views = "select kind, person_id from personal_view where viewer_id = $1 order by viewed_at"
        assert [tuple(row) for row in await chain.rows(views, staff.id)] == [("look_up", clerk.id), ("look_up", None)]
    else:
        assert told.codes == ["NOT_PERMITTED"]


async def test_a_phone_is_not_looked_for_among_names(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    manager = await chain.staff(Role.STORE_MANAGER, riverside)

    for text in ("138 0000 5678", "+8613800005678", "x" * 101, "\0"):
        told = await manager.ask(PEOPLE, first=1, text=text)
        assert (told.codes, text in str(told.body)) == (["INVALID_INPUT"], False)


async def test_people_are_listed_page_by_page_and_by_name(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    manager = await chain.staff(Role.STORE_MANAGER, riverside)
    clerks = [await chain.clerk_at(riverside) for _ in range(4)]

    pages, after = [], None
    while True:
        page = (await manager.ask(PEOPLE, first=2, after=after)).data["people"]
        pages.append([edge["node"]["name"] for edge in page["edges"]])
        after = page["pageInfo"]["endCursor"]
        assert page["totalCount"] == 5
        if not page["pageInfo"]["hasNextPage"]:
            break

    assert [len(names) for names in pages] == [2, 2, 1]
    assert sum(pages, []) == sorted([manager.name, *(clerk.name for clerk in clerks)])  # noqa: RUF017 -- five names
    assert set(await listed(manager, text=clerks[0].name.upper())) == {str(clerks[0].id)}
    assert set(await listed(manager, store=riverside.id, text="%")) == set()
    for bad in ({"first": 101}, {"first": 0}, {"first": 1, "after": "?"}):
        assert (await manager.ask(PEOPLE, **bad)).codes == ["INVALID_INPUT"]


async def test_a_phone_is_set_changed_and_removed(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    manager, clerk = await chain.staff(Role.STORE_MANAGER, riverside), await chain.clerk_at(riverside)
    kept = """select p.sealed, p.key_version, k.version from personal_value p
        join data_key k on k.subject_id = p.person_id where person_id = $1"""

    first = await manager.do("changePhone", personId=clerk.id, phone="13800001111")
    (before,) = await chain.rows(kept, clerk.id)
    second = await manager.do("changePhone", personId=clerk.id, phone="13800002222")
    (after,) = await chain.rows(kept, clerk.id)
    gone = await manager.do("changePhone", personId=clerk.id, phone=None)

    assert [told.value["phone"] for told in (first, second, gone)] == ["138****1111", "138****2222", None]
    assert (before[1:], after[1:]) == ((1, 1), (2, 2)), "the key of the number before is gone"
    assert await chain.rows(kept, clerk.id) == []


async def test_a_phone_is_set_once_for_a_request(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    manager, clerk = await chain.staff(Role.STORE_MANAGER, riverside), await chain.clerk_at(riverside)
    request = {"requestId": uuid4(), "personId": clerk.id}

    told = [await manager.do("changePhone", **request, phone=phone) for phone in ("13800001111", "+86 138 0000 1111")]
    other = await manager.do("changePhone", **request, phone="13800002222")

    assert [each.kind for each in told] == ["ChangePhoneSuccess"] * 2
    assert other.kind == "RequestIdConflict"
    kept = await chain.value("select content_hash from applied_request where request_id = $1", request["requestId"])
    by_trying = [content_hash((clerk.id, spelled)) for spelled in ("+8613800001111", "13800001111")]
    assert kept not in by_trying, "who tries all numbers would find this one"


async def test_a_number_that_is_none_is_refused_and_not_repeated(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    manager, clerk = await chain.staff(Role.STORE_MANAGER, riverside), await chain.clerk_at(riverside)

    told = await manager.do("changePhone", personId=clerk.id, phone="12800005678")

    assert told.problems == [("phone", "NOT_A_PHONE")]
    assert "12800005678" not in str(told.body)


@pytest.mark.parametrize("role", [Role.CLERK, Role.CHANNEL])
async def test_who_gives_no_roles_sets_no_phones(chain: Chain, role: Role) -> None:
    riverside = await chain.open_store("Riverside")
    staff: Staff = await chain.staff(role, riverside)

    told = await staff.do("changePhone", personId=(await chain.clerk_at(riverside)).id, phone="13800001111")

    assert told.kind == "NotPermitted"


async def test_nobody_sets_the_phone_of_somebody_above(chain: Chain) -> None:
    """Company sign-in may know people by their phone: it would let the manager in as that person."""
    riverside = await chain.open_store("Riverside")
    manager, peer = [await chain.staff(Role.STORE_MANAGER, riverside) for _ in range(2)]
    buyer, above = await chain.hire(Role.BUYER, store_ids=[riverside.id]), await chain.hire(Role.HQ_OPERATIONS)

    for person in (peer, buyer):
        told = await manager.do("changePhone", personId=person.id, phone="13800001111")
        assert told.kind == "RoleAboveYours"
    assert (await manager.do("changePhone", personId=above.id, phone="13800001111")).kind == "NotFound"
    own = await manager.do("changePhone", personId=manager.id, phone="13800001111")
    by_compliance = await (await chain.hire(Role.HQ_COMPLIANCE)).do("changePhone", personId=above.id, phone=None)
    assert (own.kind, by_compliance.kind) == ("ChangePhoneSuccess", "ChangePhoneSuccess")


async def test_a_manager_sets_no_phone_of_a_foreign_store(chain: Chain) -> None:
    riverside, harbour = await chain.open_stores("Riverside", "Harbour")
    manager, stranger = await chain.staff(Role.STORE_MANAGER, riverside), await chain.clerk_at(harbour)

    told = await manager.do("changePhone", personId=stranger.id, phone="13800001111")

    assert (told.kind, told.value["path"]) == ("NotFound", "personId")
