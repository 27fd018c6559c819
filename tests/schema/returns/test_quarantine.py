"""Quarantine is a stock state of its own: in the store, never on sale, until somebody has looked."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from api.ledger_check import check_ledger
from retail.access.permissions import Role
from tests.schema.returns.counter import (
    DAY,
    FIGURES,
    LEVEL,
    LOTS,
    SET_HANDLING,
    cancel,
    inspect,
    line_of,
    moved,
    sold,
    take_back,
)
from tests.support.chain import Chain, Staff, origin


async def test_what_is_kept_back_is_in_the_store_and_not_on_sale(chain: Chain) -> None:
    clerk = await chain.clerk_at(await chain.open_store())
    await clerk.receive(soap=5)

    returned = await _kept_back(clerk, 2)

    assert await moved(chain, returned) == [("customer_return", 2, "customer"), ("quarantine", -2, "quarantine")]
    assert await _level(clerk) == {"onHand": 5, "available": 5, "quarantined": 2}
    assert (await clerk.reserve(soap=6)).kind == "InsufficientStock"
    assert await _quarantine(chain, clerk) == 2
    day = (await clerk.ask(DAY, store=clerk.shop.id)).data["returnsOfDay"]
    assert (day["taken"], day["waiting"]) == (1, 1)


async def test_what_passes_is_on_sale_again(chain: Chain) -> None:
    clerk = await chain.clerk_at(await chain.open_store())
    returned = await _kept_back(clerk, 2)

    told = await inspect(clerk, returned, 2)

    assert told.value["returned"]["lot"]["passedUnits"] == 2
    assert (await moved(chain, returned))[2:] == [("quarantine", 2, "quarantine")]
    assert await _level(clerk) == {"onHand": 2, "available": 2, "quarantined": 0}
    assert (await clerk.ask(LOTS, store=clerk.shop.id)).data["quarantineLots"] == []
    assert (await inspect(clerk, returned, 2)).value["status"] == "inspected"
    assert (await cancel(clerk, returned)).value["status"] == "inspected"


async def test_a_lot_of_which_some_fail_goes_two_ways(chain: Chain) -> None:
    clerk = await chain.clerk_at(await chain.open_store())
    returned = await _kept_back(clerk, 2)

    await inspect(clerk, returned, 1, failedTo="DESTROYED")

    assert (await moved(chain, returned))[2:] == [("quarantine", 2, "quarantine"), ("waste", -1, "shrinkage")]
    assert await _level(clerk) == {"onHand": 1, "available": 1, "quarantined": 0}


async def test_a_lot_is_decided_once_however_many_decide(chain: Chain) -> None:
    clerk = await chain.clerk_at(await chain.open_store())
    returned = await _kept_back(clerk, 2)

    told = await asyncio.gather(*(inspect(clerk, returned, n % 3, failedTo="SUPPLIER") for n in range(6)))

    assert sorted(each.kind for each in told) == ["InspectLotSuccess"] + ["ReturnClosed"] * 5
    assert await _quarantine(chain, clerk) == 0
    assert await chain.audit() == []


@pytest.mark.parametrize(
    ("how", "problem"),
    [
        ({"passed": 3}, ("passed", "OUT_OF_RANGE")),
        ({"passed": -1, "failedTo": "SUPPLIER"}, ("passed", "OUT_OF_RANGE")),
        ({"passed": 2, "good": ["CLEAN"]}, ("good", "CHECK_FAILED")),
        ({"passed": 1}, ("failedTo", "FAILED_TO_MISSING")),
        ({"passed": 0, "failedTo": "BACK_ON_SALE"}, ("failedTo", "FAILED_TO_MISSING")),
        ({"passed": 0, "failedTo": "QUARANTINE"}, ("failedTo", "FAILED_TO_MISSING")),
    ],
)
async def test_a_verdict_that_cannot_be_is_refused(
    chain: Chain, how: dict[str, object], problem: tuple[str, str]
) -> None:
    clerk = await chain.clerk_at(await chain.open_store())
    returned = await _kept_back(clerk, 2)

    told = await inspect(clerk, returned, **{"passed": 2, **how})  # type: ignore[arg-type]  # what is wrong is the point

    assert told.problems == [problem]
    assert await _quarantine(chain, clerk) == 2


async def test_another_stores_returns_are_not_there(chain: Chain) -> None:
    riverside, harbour = await chain.open_stores("Riverside", "Harbour")
    clerk, other = await chain.clerk_at(riverside), await chain.clerk_at(harbour)
    returned = await _kept_back(clerk, 1)

    assert (await inspect(other, returned, 1)).value["path"] == "returnId"
    assert (await cancel(other, returned)).value["path"] == "returnId"
    assert (await inspect(other, returned, 1, storeId=riverside.id)).value["path"] == "storeId"
    assert (await other.ask(LOTS, store=riverside.id)).codes == ["NOT_FOUND"]
    assert await _quarantine(chain, clerk) == 1


async def test_a_mistake_in_quarantine_is_undone(chain: Chain) -> None:
    clerk = await chain.clerk_at(await chain.open_store())
    returned = await _kept_back(clerk, 2)

    await cancel(clerk, returned)

    assert (await moved(chain, returned))[2:] == [("quarantine", 2, "quarantine"), ("sale", -2, "customer")]
    assert await _level(clerk) == {"onHand": 0, "available": 0, "quarantined": 0}
    assert (await inspect(clerk, returned, 2)).value["status"] == "cancelled"


async def test_the_check_of_the_ledger_sees_a_lot_that_is_not_in_the_account(chain: Chain) -> None:
    clerk = await chain.clerk_at(await chain.open_store())
    returned = await _kept_back(clerk, 2)
    before = await check_ledger(chain.database_url)
    assert (before.lots_apart, before.is_clean) == (0, True)

    await chain.rows("update quarantine_lot set units = 3 where id::text = $1", returned)
    wrong = await check_ledger(chain.database_url)
    await chain.rows("update quarantine_lot set units = 2 where id::text = $1", returned)

    assert (wrong.lots_apart, wrong.is_clean) == (1, False)
    assert any("✗ quarantine" in line for line in wrong.lines())


async def test_the_time_until_a_thing_is_sold_again_is_measured(chain: Chain) -> None:
    shop = await chain.open_store()
    clerk, manager = await chain.clerk_at(shop), await chain.staff(Role.STORE_MANAGER, shop)
    now = datetime.now(UTC)
    for hours, passed in ((72, 1), (8, 1), (6, 1), (1, 0)):
        came, looked = now - timedelta(hours=hours), now
        returned = await _kept_back(clerk, 1, origin=origin(occurredAt=came.isoformat()))
        await inspect(clerk, returned, passed, failedTo="DESTROYED", origin=origin(occurredAt=looked.isoformat()))
    await _kept_back(manager, 1, reason="UNWANTED")

    span = {"from": (now - timedelta(days=4)).isoformat(), "to": (now + timedelta(hours=1)).isoformat()}
    told = (await manager.ask(FIGURES, **span, stores=[str(shop.id)])).data["returnFigures"]

    assert (told["returns"], told["lotsResold"], told["waiting"], told["withoutProof"]) == (5, 3, 1, 5)
    assert told["medianHours"] == pytest.approx(8, abs=0.01)
    assert told["p90Hours"] == pytest.approx(8 + 0.8 * 64, abs=0.01)
    wrong, unwanted = told["byReason"]
    assert wrong == {"reason": "WRONG_ITEM", "returns": 4, "lotsResold": 3, "medianHours": told["medianHours"]}
    assert unwanted == {"reason": "UNWANTED", "returns": 1, "lotsResold": 0, "medianHours": None}
    assert told["byDisposition"] == [{"disposition": "QUARANTINE", "returns": 5}]
    assert (await clerk.ask(FIGURES, **span, stores=None)).codes == ["NOT_PERMITTED"]


async def test_what_a_category_needs_decides(chain: Chain) -> None:
    shop = await chain.open_store()
    clerk, office = await chain.clerk_at(shop), await chain.hire(Role.HQ_OPERATIONS)
    category = await chain.value("select id from category")
    await sold(clerk, soap=3, receipt=(receipt := uuid4().hex))
    line = await line_of(clerk, reference=receipt)
    given = {"requestId": str(uuid4()), "categoryId": str(category), "handling": "CHILLED"}

    assert (await clerk.ask(SET_HANDLING, input=given)).kind == "NotPermitted"
    try:
        assert (await office.ask(SET_HANDLING, input=given)).kind == "SetHandlingSuccess"
        chilled = await take_back(clerk, "soap", saleLineId=line)
    finally:
        await chain.rows("delete from category_handling")
    plain = await take_back(clerk, "soap", saleLineId=line)

    assert chilled.value["returned"]["rule"] == "chilled"
    assert chilled.value["returned"]["disposition"] == "DESTROYED"
    assert plain.value["returned"]["disposition"] == "BACK_ON_SALE"


async def test_a_category_that_says_nothing_needs_what_the_one_above_it_does(chain: Chain) -> None:
    office, above, below = await chain.hire(Role.HQ_OPERATIONS), uuid4(), uuid4()
    new = "insert into category (id, code, name, name_en, parent_id) values ($1, $2, 'x', 'x', $3)"
    await chain.rows(new, above, uuid4().hex, None)
    await chain.rows(new, below, uuid4().hex, above)

    async def said(category: UUID, handling: str | None) -> dict[str, tuple[str, bool]]:
        given = {"requestId": str(uuid4()), "categoryId": str(category), "handling": handling}
        assert (await office.ask(SET_HANDLING, input=given)).kind == "SetHandlingSuccess"
        asked = await office.ask("{ returnPolicy { handlings { categoryId handling own } } }")
        rows = {each["categoryId"]: each for each in asked.data["returnPolicy"]["handlings"]}
        needs = {"above": rows.get(str(above)), "below": rows.get(str(below))}
        return {name: (row["handling"], row["own"]) for name, row in needs.items() if row}

    try:
        assert await said(above, "CHILLED") == {"above": ("CHILLED", True), "below": ("CHILLED", False)}
        assert await said(below, "AMBIENT") == {"above": ("CHILLED", True), "below": ("AMBIENT", True)}
        assert await said(below, None) == {"above": ("CHILLED", True), "below": ("CHILLED", False)}
        assert await said(above, None) == {}
    finally:
        await chain.rows("delete from category_handling")


async def _kept_back(clerk: Staff, units: int, **more: object) -> str:
    """Somebody brings things without a receipt; they are kept back."""
    told = await take_back(clerk, "soap", units, **more)
    assert told.value["returned"]["disposition"] == "QUARANTINE", told.body
    return str(told.value["returned"]["id"])


async def _level(clerk: Staff) -> dict[str, int]:
    soap = (await clerk.chain.goods("soap")).id
    level: dict[str, int] = (await clerk.ask(LEVEL, store=clerk.shop.id, sku=soap)).data["stockLevel"]
    return level


async def _quarantine(chain: Chain, clerk: Staff) -> int:
    """What the ledger's quarantine account holds of a store."""
    query = "select -coalesce(sum(quantity), 0) from movement where store_id = $1 and counter_account = 'quarantine'"
    return int(await chain.value(query, clerk.shop.id))
