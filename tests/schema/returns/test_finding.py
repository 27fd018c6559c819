"""The sale is found: by what the receipt says, by who bought, by what was bought; and no more is told than that."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx

from retail.access.permissions import Role
from retail.catalogue.codes import check_digit
from retail.kernel.privacy.masters import new_master_key
from retail.returns.sales import LOOKUPS_AN_HOUR, MEMBERS_AN_HOUR
from tests.schema.returns.counter import FIND, find, sold, take_back
from tests.support.chain import PRICE, Chain, found_chain, origin
from tests.support.environment import MASTER_KEYS
from tests.support.postgres import TestingPostgres
from tests.support.server import ServerProcess


def gtin(body: str) -> str:
    return body + check_digit(body)


async def test_a_sale_is_found_by_its_receipt_its_request_and_itself(chain: Chain) -> None:
    clerk = await chain.clerk_at(await chain.open_store())
    request, receipt = str(uuid4()), f"P-{uuid4().hex[:6]}"
    sale = (await sold(clerk, soap=2, tea=1, receipt=receipt, requestId=request)).value["saleId"]

    found = [await find(clerk, reference=each) for each in (receipt, request, sale)]

    assert found[0] == found[1] == found[2]
    ((one,),) = [found[0]]
    assert (one["saleId"], one["soldHere"]) == (sale, True)
    assert sorted((each["sold"], each["left"], each["paid"]) for each in one["lines"]) == [
        (1, 1, PRICE),
        (2, 2, 2 * PRICE),
    ]


async def test_a_sale_that_a_till_reported_as_an_event_is_found_by_the_event(chain: Chain) -> None:
    clerk = await chain.clerk_at(await chain.open_store())
    soap, event = await chain.goods("soap"), str(uuid4())
    told = {"eventId": event, "storeId": clerk.shop.id, "skuId": soap.id, "kind": "SALE", "quantity": 2}
    told |= {"occurredAt": datetime.now(UTC).isoformat()}
    await clerk.do("recordMovements", requestId=uuid4(), source="TILL", events=[told])

    assert [each["lines"][0]["sold"] for each in await find(clerk, reference=event)] == [2]
    assert [each["lines"][0]["lineId"] for each in await find(clerk, skuId=str(soap.id))] == [event]


async def test_by_the_item_only_ones_own_sales_are_found_and_only_that_line(chain: Chain) -> None:
    riverside, harbour = await chain.open_stores("Riverside", "Harbour")
    clerk, other = await chain.clerk_at(riverside), await chain.clerk_at(harbour)
    soap = str((await chain.goods("soap")).id)
    yesterday = datetime.now(UTC) - timedelta(days=1)
    await sold(clerk, soap=2, tea=1)
    await sold(clerk, soap=1, at=yesterday)
    await sold(other, soap=7)

    assert [[line["sold"] for line in each["lines"]] for each in await find(clerk, skuId=soap)] == [[2], [1]]
    until = (yesterday + timedelta(hours=1)).isoformat()
    assert [each["lines"][0]["sold"] for each in await find(clerk, skuId=soap, until=until)] == [1]
    assert (await clerk.ask(FIND, store=harbour.id, by={"skuId": soap})).codes == ["NOT_FOUND"]


async def test_a_member_is_found_in_every_store_and_kept_as_a_hash(chain: Chain) -> None:
    riverside, harbour = await chain.open_stores("Riverside", "Harbour")
    clerk, other = await chain.clerk_at(riverside), await chain.clerk_at(harbour)
    member = f"VIP{uuid4().hex}"
    await sold(other, soap=1, member=member)
    await sold(clerk, soap=2, member=member)

    found = await find(clerk, member=member)

    assert [each["lines"][0]["sold"] for each in found] == [2, 1]
    assert await find(clerk, member="VIP-nobody") == []
    kept = await chain.rows("select answer::text from applied_request union all select body from operation_log")
    assert not any(member in str(row[0]) for row in kept)
    assert await chain.value("select count(*) from member_lookup where member like 'VIP%'") == 0


async def test_who_looks_up_many_members_raises_an_alarm_and_is_stopped(chain: Chain) -> None:
    clerk = await chain.clerk_at(await chain.open_store())
    alarms = "select count(*) from security_alarm where about_id = $1"

    for n in range(MEMBERS_AN_HOUR):
        await find(clerk, member=f"{clerk.id}-{n}")
    assert await chain.value(alarms, clerk.id) == 0
    for n in range(MEMBERS_AN_HOUR, LOOKUPS_AN_HOUR):
        await find(clerk, member=f"{clerk.id}-{n}")
    stopped = await clerk.ask(FIND, store=clerk.shop.id, by={"member": "one more"})

    assert await chain.value(alarms, clerk.id) == 1
    assert stopped.codes == ["TOO_MANY_REVEALS"]


async def test_only_who_takes_goods_back_looks_for_sales(chain: Chain) -> None:
    shop = await chain.open_store()
    regional = await chain.staff(Role.REGIONAL_MANAGER, shop)

    assert (await regional.ask(FIND, store=shop.id, by={"reference": "x"})).codes == ["NOT_PERMITTED"]
    clerk = await chain.clerk_at(shop)
    for by in ({}, {"reference": "x", "member": "y"}, {"reference": ""}, {"member": "x" * 65}, {"reference": "a\0b"}):
        assert (await clerk.ask(FIND, store=shop.id, by=by)).codes == ["INVALID_INPUT"]


async def test_a_sale_with_a_receipt_is_told_again_when_it_is_sent_again(chain: Chain) -> None:
    clerk = await chain.clerk_at(await chain.open_store())
    same = {"requestId": str(uuid4()), "receipt": "T-1", "member": "VIP", "at": datetime.now(UTC)}

    first = await sold(clerk, soap=2, **same)
    again = await sold(clerk, soap=2, **same)

    assert first.value == again.value
    assert (await sold(clerk, soap=2, **{**same, "receipt": "T-2"})).kind == "RequestIdConflict"
    assert (await sold(clerk, soap=2, **{**same, "member": "VIP2"})).kind == "RequestIdConflict"


async def test_a_reserved_sale_carries_its_receipt_too(chain: Chain) -> None:
    clerk = await chain.clerk_at(await chain.open_store())
    await clerk.receive(soap=5)
    held = (await clerk.reserve(soap=1)).value["reservationId"]
    receipt = f"M-{uuid4().hex[:6]}"
    line = {"skuId": (await chain.goods("soap")).id, "quantity": 1}
    given = {"requestId": uuid4(), "storeId": clerk.shop.id, "origin": origin(), "lines": [line]}
    await clerk.do("recordSale", **given, reservationId=held, receipt=receipt)

    told = await take_back(clerk, "soap", saleReference=receipt)

    assert told.kind == "RecordReturnSuccess"


async def test_a_receipt_number_that_is_none_is_refused(chain: Chain) -> None:
    clerk = await chain.clerk_at(await chain.open_store())

    for wrong in ("", "x" * 41, " x", "a\0b", "a\nb"):
        assert (await sold(clerk, soap=1, receipt=wrong)).problems == [("receipt", "NUMBER")]
    assert (await sold(clerk, soap=1, member="")).problems == [("member", "NUMBER")]


async def test_after_a_rotation_of_the_master_key_members_are_found_and_repeated_sales_are_known(
    postgres: TestingPostgres,
) -> None:
    member, request, at = "VIP-7", str(uuid4()), datetime.now(UTC)
    with postgres.database(postgres.migrated()) as url:
        await found_chain(url, plots=3)
        async with httpx.AsyncClient(timeout=30) as http, Chain(url, "", http) as chain:
            clerk = await chain.clerk_at(await chain.open_store())
            with ServerProcess(url) as server:
                clerk = replace(clerk, server=server.url)
                first = await sold(clerk, soap=1, member=member, requestId=request, at=at)
            with ServerProcess(url, TRUESHELF_MASTER_KEYS=f"{new_master_key('later')},{MASTER_KEYS}") as server:
                clerk = replace(clerk, server=server.url)
                again = await sold(clerk, soap=1, member=member, requestId=request, at=at)
                found = await find(clerk, member=member)

    assert first.value == again.value
    assert [each["saleId"] for each in found] == [first.value["saleId"]]


async def test_of_two_sales_with_one_number_the_one_that_holds_the_whole_case_is_found(chain: Chain) -> None:
    clerk = await chain.clerk_at(await chain.open_store())
    soap, receipt, now = await chain.goods("soap"), f"P-{uuid4().hex[:6]}", datetime.now(UTC)
    case = gtin(f"699{int(uuid4()) % 10**9:09d}")
    await chain.rows("insert into sku_code values ($1, $2, 6)", case, soap.id)
    await sold(clerk, soap=6, receipt=receipt, at=now - timedelta(hours=1))
    await sold(clerk, soap=3, receipt=receipt, at=now)

    told = await take_back(clerk, "soap", skuId=None, code=case, saleReference=receipt)

    assert told.kind == "RecordReturnSuccess", told.body
