"""Erasing somebody: the data is gone for good, what they did stays in the books."""

from uuid import uuid4

import pytest

from retail.access.permissions import Role
from tests.schema.people.test_reveal import DATA, reveal, with_phone
from tests.support.chain import Chain

PERSON = "query($id: UUID!) { person(id: $id) { name phone leftAt erasedAt } }"


async def test_somebody_who_left_is_erased_and_the_ledger_stays(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    clerk, compliance = await with_phone(chain, riverside), await chain.staff(Role.HQ_COMPLIANCE, riverside)
    await clerk.receive(tea=3)
    await chain.rows("update person set left_at = now() where id = $1", clerk.id)

    told = await compliance.do("erasePerson", personId=clerk.id)
    again = await compliance.do("erasePerson", personId=clerk.id)

    assert told.kind == "ErasePersonSuccess"
    assert again.value == told.value
    person = (await compliance.ask(PERSON, id=clerk.id)).data["person"]
    assert (person["name"], person["phone"]) == (f"已注销 {clerk.id.hex[-8:]}", None)
    assert person["erasedAt"] == told.value["erasedAt"]
    assert await chain.value("select count(*) from movement where actor_id = $1", clerk.id) == 1
    assert await chain.rows("select from personal_value where person_id = $1", clerk.id) == []
    key = "select wrapped is null and destroyed_at is not null from data_key where subject_id = $1"
    assert await chain.value(key, clerk.id)
    assert (
        await chain.value(
            "select count(*) from operation_log where body like '%person.erased%' and body like $1", f"%{clerk.id}%"
        )
        == 1
    )


async def test_nothing_of_somebody_erased_is_shown_or_added(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    clerk, compliance = await with_phone(chain, riverside), await chain.staff(Role.HQ_COMPLIANCE, riverside)
    await chain.rows("update person set left_at = now() where id = $1", clerk.id)
    await compliance.do("erasePerson", personId=clerk.id)

    told = await reveal(compliance, clerk)
    change = await compliance.do("changePhone", personId=clerk.id, phone="13800000001")
    export = await compliance.ask(DATA, id=clerk.id)

    assert (told.kind, change.kind, export.codes) == ("PersonErased", "PersonErased", ["PERSON_ERASED"])
    assert await chain.rows("select from personal_value where person_id = $1", clerk.id) == []


async def test_a_request_from_before_shows_nothing_after_the_erasure(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    clerk, compliance = await with_phone(chain, riverside), await chain.staff(Role.HQ_COMPLIANCE, riverside)
    request = uuid4()
    assert (await reveal(compliance, clerk, requestId=request)).kind == "RevealSuccess"
    await chain.rows("update person set left_at = now() where id = $1", clerk.id)
    await compliance.do("erasePerson", personId=clerk.id)

    told = await reveal(compliance, clerk, requestId=request)

    assert told.kind == "PersonErased"
    assert "5678" not in str(told.body)


async def test_somebody_who_has_not_left_is_not_erased(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    clerk, compliance = await with_phone(chain, riverside), await chain.staff(Role.HQ_COMPLIANCE, riverside)

    still_here = await compliance.do("erasePerson", personId=clerk.id)
    await chain.rows("update person set left_at = now() + interval '1 day' where id = $1", clerk.id)
    tomorrow = await compliance.do("erasePerson", personId=clerk.id)

    assert (still_here.kind, tomorrow.kind) == ("PersonStillHere", "PersonStillHere")
    assert (await reveal(compliance, clerk)).kind == "RevealSuccess"


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.HQ_COMPLIANCE}))
async def test_only_compliance_erases(chain: Chain, role: Role) -> None:
    riverside = await chain.open_store("Riverside")
    clerk, staff = await with_phone(chain, riverside), await chain.staff(role, riverside)
    await chain.rows("update person set left_at = now() where id = $1", clerk.id)

    assert (await staff.do("erasePerson", personId=clerk.id)).kind == "NotPermitted"
    assert await chain.value("select count(*) from personal_value where person_id = $1", clerk.id) == 1


async def test_nobody_is_erased_who_is_not_there(chain: Chain) -> None:
    compliance = await chain.staff(Role.HQ_COMPLIANCE, await chain.open_store("Riverside"))

    told = await compliance.do("erasePerson", personId=uuid4())

    assert (told.kind, told.value["path"]) == ("NotFound", "personId")
