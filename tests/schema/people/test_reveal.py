"""Looking behind the mask: for a purpose, on the record, within a limit, and not unnoticed."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import orjson
import pytest

from retail.access.permissions import Role
from retail.kernel.clock import utc_now
from tests.support.asking import Asker, Told
from tests.support.chain import Chain, Shop, Staff

NUMBER = "13800005678"
ALARMS = """{ securityAlarms(first: 100, onlyOpen: true) { totalCount edges { node {
    id kind aboutId aboutName people usual acknowledgedAt acknowledgedBy } } } }"""
DATA = """query($id: UUID!) { personalData(personId: $id) {
    phone person { id name } views { kind field purpose viewedAt } } }"""


async def with_phone(chain: Chain, shop: Shop, number: str = NUMBER) -> Staff:
    clerk = await chain.clerk_at(shop)
    told = await (await chain.staff(Role.HQ_OPERATIONS, shop)).do("changePhone", personId=clerk.id, phone=number)
    assert told.kind == "ChangePhoneSuccess", told.body
    return clerk


async def reveal(asker: Asker, person: Asker, **more: object) -> Told:
    return await asker.do("reveal", **{"personId": person.id, "field": "PHONE", "purpose": "EMERGENCY", **more})


async def views(chain: Chain, viewer: Asker) -> list[tuple[Any, ...]]:
    found = await chain.rows(
        "select person_id, kind, field, purpose, note from personal_view where viewer_id = $1 order by viewed_at, id",
        viewer.id,
    )
    return [tuple(row) for row in found]


async def logged(chain: Chain, asker: Asker, act: str) -> list[dict[str, Any]]:
    rows = await chain.rows("select body from operation_log where body::jsonb ->> 'act' = $1 order by seq", act)
    bodies = [orjson.loads(row["body"]) for row in rows]
    return [body["details"] for body in bodies if body["actor"] == str(asker.id)]


async def test_compliance_sees_a_phone_and_it_is_recorded_who_why_and_when(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    clerk, compliance = await with_phone(chain, riverside), await chain.staff(Role.HQ_COMPLIANCE, riverside)

    told = await reveal(compliance, clerk, note="摔倒送医")

    assert (told.kind, told.value["value"]) == ("RevealSuccess", "+8613800005678")
    assert datetime.fromisoformat(told.value["expiresAt"]) <= utc_now() + timedelta(seconds=60)
    assert await views(chain, compliance) == [(clerk.id, "reveal", "phone", "emergency", "摔倒送医")]
    (entry,) = await logged(chain, compliance, "person.revealed")
    assert (entry["person"], entry["field"], entry["purpose"]) == (str(clerk.id), "phone", "emergency")


async def test_a_repeated_request_shows_it_again_and_counts_again(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    clerk, compliance = await with_phone(chain, riverside), await chain.staff(Role.HQ_COMPLIANCE, riverside)
    request = uuid4()

    told = [await reveal(compliance, clerk, requestId=request) for _ in range(3)]
    other = await reveal(compliance, clerk, requestId=request, purpose="PAYROLL")

    assert [each.value["value"] for each in told] == ["+8613800005678"] * 3
    assert len(await views(chain, compliance)) == len(await logged(chain, compliance, "person.revealed")) == 3
    assert other.kind == "RequestIdConflict"
    kept = await chain.value("select answer::text from applied_request where request_id = $1", request)
    assert set(orjson.loads(kept)) == {"view_id"}


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.HQ_COMPLIANCE}))
async def test_nobody_else_sees_a_phone_in_full(chain: Chain, role: Role) -> None:
    riverside = await chain.open_store("Riverside")
    clerk, staff = await with_phone(chain, riverside), await chain.staff(role, riverside)

    told = await reveal(staff, clerk)
    export = await staff.ask(DATA, id=clerk.id)

    assert (told.kind, export.codes) == ("NotPermitted", ["NOT_PERMITTED"])
    assert "5678" not in str(told.body) + str(export.body)
    assert await views(chain, staff) == []


async def test_what_is_not_there_is_not_found_and_not_counted(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    silent, compliance = await chain.clerk_at(riverside), await chain.staff(Role.HQ_COMPLIANCE, riverside)
    nobody = Asker(silent.http, silent.server, {}, uuid4())

    without, unknown = await reveal(compliance, silent), await reveal(compliance, nobody)

    assert (without.kind, without.value["path"]) == ("NotFound", "field")
    assert (unknown.kind, unknown.value["path"]) == ("NotFound", "personId")
    assert await views(chain, compliance) == []


@pytest.mark.parametrize("note", ["他的号码是 138 0000 5678", "x" * 201, "a\0b"])
async def test_a_note_that_should_not_be_kept_is_refused(chain: Chain, note: str) -> None:
    riverside = await chain.open_store("Riverside")
    clerk, compliance = await with_phone(chain, riverside), await chain.staff(Role.HQ_COMPLIANCE, riverside)

    told = await reveal(compliance, clerk, note=note)

    assert [path for path, _ in told.problems] == ["note"]
    assert await views(chain, compliance) == []


async def test_what_was_looked_at_is_written_once(chain: Chain) -> None:
    for table in ("personal_view", "person_erasure"):
        for right in ("update", "delete"):
            allowed = await chain.value("select has_table_privilege('trueshelf_system', $1, $2)", table, right)
            assert not allowed, (table, right)


async def test_nobody_who_acts_reads_what_is_sealed(chain: Chain) -> None:
    for table in ("personal_value", "data_key", "personal_view", "security_alarm", "person_erasure"):
        for right in ("select", "insert", "update", "delete"):
            allowed = await chain.value(
                "select has_any_column_privilege('trueshelf_app', $1, $2)"
                if right != "delete"
                else "select has_table_privilege('trueshelf_app', $1, $2)",
                table,
                right,
            )
            assert not allowed, (table, right)


async def test_looking_at_many_people_raises_an_alarm_once(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    compliance, other = [await chain.staff(Role.HQ_COMPLIANCE, riverside) for _ in range(2)]
    clerks = [await with_phone(chain, riverside) for _ in range(23)]

    for clerk in clerks:
        assert (await reveal(compliance, clerk)).kind == "RevealSuccess"

    mine = [
        edge["node"]
        for edge in (await other.ask(ALARMS)).data["securityAlarms"]["edges"]
        if edge["node"]["aboutId"] == str(compliance.id)
    ]
    assert {(each["kind"], each["people"]) for each in mine} == {("FAR_ABOVE_USUAL", 11), ("MANY_PEOPLE", 21)}
    assert {each["aboutName"] for each in mine} == {compliance.name}
    assert len(await chain.rows("select from operation_log where body like $1", f"%{mine[0]['id']}%")) == 1

    own = await compliance.do("acknowledgeAlarm", alarmId=mine[0]["id"])
    seen = await other.do("acknowledgeAlarm", alarmId=mine[0]["id"], note="年度核对，已确认")
    again = await other.do("acknowledgeAlarm", alarmId=mine[0]["id"], note="再次")

    assert own.kind == "OwnAlarm"
    assert seen.value["alarm"]["acknowledgedBy"] == other.name
    assert again.value["alarm"] == seen.value["alarm"]
    assert mine[0]["id"] not in str((await other.ask(ALARMS)).data)
    assert (await other.do("acknowledgeAlarm", alarmId=uuid4())).value["path"] == "alarmId"


async def test_beyond_the_limit_of_an_hour_nothing_is_shown_however_it_is_asked(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    clerk, compliance = await with_phone(chain, riverside), await chain.staff(Role.HQ_COMPLIANCE, riverside)
    others = [await with_phone(chain, riverside) for _ in range(12)]
    for _ in range(56):
        await reveal(compliance, clerk)

    told = await asyncio.gather(*(reveal(compliance, each) for each in others))

    kinds = sorted(each.kind for each in told)
    assert kinds == ["RevealSuccess"] * 4 + ["TooManyReveals"] * 8
    refused = next(each.value for each in told if each.kind == "TooManyReveals")
    assert refused["limit"] == 60
    assert utc_now() < datetime.fromisoformat(refused["againAt"]) <= utc_now() + timedelta(hours=1)
    assert (await compliance.ask(DATA, id=clerk.id)).codes == ["TOO_MANY_REVEALS"]
    by_phone = await compliance.ask('query { personByPhone(phone: "13800005678") { id } }')
    assert by_phone.codes == ["TOO_MANY_REVEALS"]
    assert len(await views(chain, compliance)) == 60


async def test_one_sees_what_is_kept_of_oneself_and_who_has_looked(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    clerk, compliance = await with_phone(chain, riverside), await chain.staff(Role.HQ_COMPLIANCE, riverside)
    await reveal(compliance, clerk, purpose="PAYROLL")

    kept = (await clerk.ask(DATA, id=clerk.id)).data["personalData"]

    assert (kept["phone"], kept["person"]["name"]) == ("+8613800005678", clerk.name)
    assert [(view["kind"], view["field"], view["purpose"]) for view in kept["views"]] == [
        ("REVEAL", "PHONE", "PAYROLL")
    ]
    assert await views(chain, clerk) == [(clerk.id, "export", None, "own_request", None)]
    assert (await compliance.ask(DATA, id=clerk.id)).data["personalData"]["phone"] == "+8613800005678"


async def test_a_colleague_does_not_see_what_is_kept(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    clerk, manager = await with_phone(chain, riverside), await chain.staff(Role.STORE_MANAGER, riverside)

    assert (await manager.ask(DATA, id=clerk.id)).codes == ["NOT_PERMITTED"]
