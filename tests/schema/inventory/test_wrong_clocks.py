"""A wrong clock never loses a sale: the fact is kept with the server's time, and how wrong the clock was."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tests.support.chain import Chain, origin

WRONG = ["1970-01-01T00:00:00Z", "0001-01-02T00:00:00Z", "2099-12-31T23:59:59+08:00", "9999-12-31T23:59:59Z"]


@pytest.mark.parametrize("device_time", WRONG)
async def test_a_sale_of_a_wrong_clock_is_kept_and_its_error_recorded(chain: Chain, device_time: str) -> None:
    riverside = await chain.open_store("Riverside")
    clerk = await chain.clerk_at(riverside)
    basket = {"storeId": riverside.id, "lines": await clerk.lines({"tea": 2})}
    now = datetime.now(UTC)

    told = await clerk.do("recordSale", **basket, origin={"occurredAt": device_time})

    assert told.kind == "RecordSaleSuccess", told.body
    (movement,) = await chain.movements(riverside)
    off = (datetime.fromisoformat(device_time) - now).total_seconds()
    assert movement["clock_error_seconds"] == told.value["clockErrorSeconds"]
    assert movement["clock_error_seconds"] == pytest.approx(max(-(2**31 - 1), min(off, 2**31 - 1)), abs=5)
    assert abs(movement["occurred_at"] - now) < timedelta(seconds=5)


@pytest.mark.parametrize("mutation", ["receiveGoods", "adjustStock", "openBusinessDay", "recordMovements"])
async def test_no_other_fact_is_lost_to_a_wrong_clock_either(chain: Chain, mutation: str) -> None:
    riverside = await chain.open_store()
    clerk = await chain.clerk_at(riverside)
    tea = (await chain.goods("tea")).id
    fact = {"storeId": riverside.id, "origin": {"occurredAt": "2099-01-01T00:00:00Z"}}
    event = {"eventId": uuid4(), "storeId": riverside.id, "skuId": tea, "kind": "SALE", "quantity": 1}
    inputs: dict[str, dict[str, object]] = {
        "receiveGoods": {**fact, "lines": [{"skuId": tea, "quantity": 1}]},
        "adjustStock": {**fact, "skuId": tea, "delta": 1, "reason": "FOUND"},
        "openBusinessDay": fact,
        "recordMovements": {"source": "TILL", "events": [{**event, "occurredAt": "1999-01-01T00:00:00Z"}]},
    }

    told = await clerk.do(mutation, **inputs[mutation])

    assert told.kind.endswith("Success"), told.body
    assert all(row["clock_error_seconds"] for row in await chain.movements(riverside))


async def test_a_phone_that_was_offline_for_a_month_is_believed(chain: Chain) -> None:
    riverside = await chain.open_store()
    clerk = await chain.clerk_at(riverside)
    then = datetime.now(UTC) - timedelta(days=31)
    basket = {"storeId": riverside.id, "lines": await clerk.lines({"tea": 1})}

    told = await clerk.do("recordSale", **basket, origin=origin(occurredAt=then.isoformat()))

    (movement,) = await chain.movements(riverside)
    assert told.value["clockErrorSeconds"] is None
    assert movement["occurred_at"] == then
