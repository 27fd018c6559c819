"""A fact that is in the books stays in the books: asked again, it is told so, whatever has changed since."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from tests.support.chain import PRICE, Chain, origin


async def test_a_recorded_sale_is_confirmed_to_somebody_whose_assignment_has_ended_since(chain: Chain) -> None:
    riverside, harbour = await chain.open_stores("Riverside", "Harbour")
    clerk = await chain.clerk_at(riverside)
    basket = {"storeId": riverside.id, "origin": origin(), "lines": await clerk.lines({"tea": 2})}
    request = uuid4()
    first = await clerk.do("recordSale", requestId=request, **basket)

    await chain.rows(
        "update assignment set store_ids = array[$1::uuid] where $2 = any(store_ids)", harbour.id, riverside.id
    )
    await asyncio.sleep(2.5)
    again = await clerk.do("recordSale", requestId=request, **basket)
    fresh = await clerk.do("recordSale", **basket)

    assert again.body == first.body
    assert fresh.kind == "NotFound"
    assert await chain.on_hand(riverside) == {"tea": -2}


async def test_a_receipt_is_confirmed_to_somebody_whose_assignment_has_ended_since(chain: Chain) -> None:
    riverside, harbour = await chain.open_stores("Riverside", "Harbour")
    clerk = await chain.clerk_at(riverside)
    receipt = {"storeId": riverside.id, "origin": origin(), "lines": await clerk.lines({"tea": 2})}
    request = uuid4()
    first = await clerk.do("receiveGoods", requestId=request, **receipt)

    moved = "update assignment set store_ids = array[$1::uuid] where $2 = any(store_ids)"
    await chain.rows(moved, harbour.id, riverside.id)
    await asyncio.sleep(2.5)

    assert (await clerk.do("receiveGoods", requestId=request, **receipt)).body == first.body
    assert (await clerk.do("receiveGoods", **receipt)).kind == "NotFound"
    assert await chain.on_hand(riverside) == {"tea": 2}


async def test_a_sale_of_what_was_promised_too_long_ago_is_still_a_fact(chain: Chain) -> None:
    riverside = await chain.open_store()
    clerk = await chain.clerk_at(riverside)
    await clerk.receive(tea=3)
    promised = (await clerk.reserve(tea=2)).value["reservationId"]
    await clerk.release(promised)

    sale = {"storeId": riverside.id, "origin": origin(), "lines": await clerk.lines({"tea": 2})}
    sold = await clerk.do("recordSale", **sale, reservationId=promised)

    assert (sold.kind, sold.value["total"]) == ("RecordSaleSuccess", 2 * PRICE)
    level = (await chain.levels(riverside))["tea"]
    assert (level["on_hand"], level["reserved"]) == (1, 0)


async def test_nobody_hears_of_a_foreign_reservation(chain: Chain) -> None:
    riverside, harbour = await chain.open_stores("Riverside", "Harbour")
    clerk, neighbour = await chain.clerk_at(riverside), await chain.clerk_at(harbour)
    await neighbour.receive(tea=5)
    theirs = (await neighbour.reserve(tea=3)).value["reservationId"]

    foreign, invented = await clerk.release(theirs), await clerk.release(uuid4())

    assert foreign.body == invented.body


async def test_a_day_opened_offline_is_the_day_it_was_opened_on(chain: Chain) -> None:
    riverside = await chain.open_store()
    clerk = await chain.clerk_at(riverside)
    pressed = datetime.now(UTC) - timedelta(days=2)

    await clerk.do("openBusinessDay", storeId=riverside.id, origin=origin(occurredAt=pressed.isoformat()))

    ((day, opened_at),) = await chain.rows("select day, opened_at from business_day where store_id = $1", riverside.id)
    assert opened_at == pressed
    assert abs((pressed.date() - day).days) <= 1


async def test_a_database_that_says_nothing_is_not_waited_for_without_end(chain: Chain) -> None:
    riverside = await chain.open_store()
    clerk = await chain.clerk_at(riverside)
    await clerk.receive(tea=5)
    request = uuid4()

    await chain.rows("begin")
    await chain.rows("select from stock_level where store_id = $1 for update", riverside.id)
    async with asyncio.timeout(25):
        silent = await clerk.sell(request_id=request, tea=2)
    await chain.rows("commit")
    again = await clerk.sell(request_id=request, tea=2)

    assert silent.codes == ["UNAVAILABLE"]
    assert again.kind == "RecordSaleSuccess"
    assert await chain.on_hand(riverside) == {"tea": 3}
