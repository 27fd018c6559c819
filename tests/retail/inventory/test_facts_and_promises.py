"""What happened in the shop is never refused for lack of stock; what is promised must be there."""

import asyncio
from uuid import uuid4

from retail.access.permissions import Role
from retail.access.work import Work
from retail.channels.commands import revoke_client
from retail.channels.reach import Reach
from retail.inventory.reservations import LONGEST
from retail.kernel.clock import utc_now
from tests.support.chain import CASE, PRICE, Chain, origin


async def test_a_sale_takes_goods_off_the_shelf(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    clerk = await chain.clerk_at(riverside)
    await clerk.receive(tea=10, milk=5)

    sold = await clerk.sell(tea=4)

    assert sold.kind == "RecordSaleSuccess"
    assert sold.value["total"] == 4 * PRICE
    assert [line["onHand"] for line in sold.value["lines"]] == [6]
    assert await chain.on_hand(riverside) == {"tea": 6, "milk": 5}


async def test_a_sale_is_a_fact_even_when_the_book_says_that_nothing_is_left(chain: Chain) -> None:
    riverside = await chain.open_store()
    clerk = await chain.clerk_at(riverside)
    await clerk.receive(tea=1)

    sold = await clerk.sell(tea=3)

    assert sold.kind == "RecordSaleSuccess"
    assert sold.value["lines"][0]["belowZero"] is True
    assert await chain.on_hand(riverside) == {"tea": -2}


async def test_a_scanned_case_is_twenty_four_bottles(chain: Chain) -> None:
    riverside = await chain.open_store()
    clerk = await chain.clerk_at(riverside)
    tea = await chain.goods("tea")

    lines = [
        {"code": tea.case_gtin, "quantity": 2},
        {"code": tea.gtin, "quantity": 1},
        {"code": tea.code, "quantity": 1},
    ]
    got = await clerk.do("receiveGoods", storeId=riverside.id, origin=origin(), lines=lines)

    assert [line["quantity"] for line in got.value["lines"]] == [2 * CASE, 1, 1]
    assert [line["onHand"] for line in got.value["lines"]] == [48, 49, 50]
    assert await chain.on_hand(riverside) == {"tea": 50}


async def test_a_promise_is_refused_when_the_stock_is_not_there(chain: Chain) -> None:
    riverside = await chain.open_store()
    clerk = await chain.clerk_at(riverside)
    await clerk.receive(tea=5, milk=5)
    await clerk.reserve(tea=3)

    refused = await clerk.reserve(milk=1, tea=3)

    assert refused.kind == "InsufficientStock"
    assert [(each["path"], each["wanted"], each["available"]) for each in refused.value["shortages"]] == [
        ("lines[1]", 3, 2)
    ]
    assert {name: row["reserved"] for name, row in (await chain.levels(riverside)).items()} == {"tea": 3, "milk": 0}


async def test_lines_of_the_same_item_are_wanted_together(chain: Chain) -> None:
    riverside = await chain.open_store()
    clerk = await chain.clerk_at(riverside)
    await clerk.receive(tea=5)
    tea = (await chain.goods("tea")).id
    twice = [{"skuId": tea, "quantity": 3}, {"skuId": tea, "quantity": 3}]

    refused = await clerk.do("reserveStock", storeId=riverside.id, source="MEITUAN", lines=twice)

    assert refused.kind == "InsufficientStock"
    assert [each["wanted"] for each in refused.value["shortages"]] == [6, 6]


async def test_a_released_promise_can_be_made_to_somebody_else(chain: Chain) -> None:
    riverside = await chain.open_store()
    clerk = await chain.clerk_at(riverside)
    await clerk.receive(tea=3)
    first = await clerk.reserve(tea=3)

    await clerk.release(first.value["reservationId"])
    second = await clerk.reserve(tea=3)
    again = await clerk.release(first.value["reservationId"])

    assert second.kind == "ReserveStockSuccess"
    assert again.kind == "ReservationClosed"
    assert again.value["status"] == "released"


async def test_a_sale_that_fulfils_a_reservation_frees_what_it_held(chain: Chain) -> None:
    riverside = await chain.open_store()
    clerk = await chain.clerk_at(riverside)
    await clerk.receive(tea=5)
    promised = (await clerk.reserve(tea=3)).value["reservationId"]
    basket = {"storeId": riverside.id, "origin": origin(), "lines": await clerk.lines({"tea": 3})}
    request = uuid4()

    sold = await clerk.do("recordSale", requestId=request, **basket, reservationId=promised)
    again = await clerk.do("recordSale", requestId=request, **basket, reservationId=promised)
    twice = await clerk.do("recordSale", **basket, reservationId=promised)

    level = (await chain.levels(riverside))["tea"]
    assert (level["on_hand"], level["reserved"]) == (2, 0)
    assert again.body == sold.body
    assert twice.kind == "ReservationClosed"
    assert twice.value["status"] == "fulfilled"


async def test_a_reservation_of_another_store_cannot_be_fulfilled_here(chain: Chain) -> None:
    riverside, harbour = await chain.open_stores("Riverside", "Harbour")
    clerk, neighbour = await chain.clerk_at(riverside), await chain.clerk_at(harbour)
    await neighbour.receive(tea=5)
    theirs = (await neighbour.reserve(tea=3)).value["reservationId"]

    sale = {"storeId": riverside.id, "origin": origin(), "lines": await clerk.lines({"tea": 3})}
    refused = await clerk.do("recordSale", **sale, reservationId=theirs)

    assert (refused.kind, refused.value["path"]) == ("NotFound", "reservationId")
    assert await chain.on_hand(riverside) == {}
    assert (await chain.levels(harbour))["tea"]["reserved"] == 3


async def test_a_channel_cannot_touch_the_reservation_of_another(chain: Chain) -> None:
    riverside = await chain.open_store()
    meituan, douyin = await chain.staff(Role.CHANNEL, riverside), await chain.staff(Role.CHANNEL, riverside)
    await (await chain.clerk_at(riverside)).receive(tea=5)
    theirs = (await meituan.reserve(tea=2)).value["reservationId"]

    refused = await douyin.release(theirs)

    assert (refused.kind, refused.value["path"]) == ("NotFound", "reservationId")
    assert (await meituan.release(theirs)).kind == "ReleaseReservationSuccess"


async def test_an_expired_promise_comes_back_by_itself(chain: Chain) -> None:
    riverside = await chain.open_store()
    clerk = await chain.clerk_at(riverside)
    await clerk.receive(tea=2)
    promise = await clerk.reserve(tea=2, seconds=1)

    tea = (await chain.goods("tea")).id
    async with clerk.watch(storeIds=[riverside.id]) as watch:
        while (item := await watch.next())["__typename"] == "StockSnapshot" or item["changes"][0]["reserved"]:
            assert {level["skuId"] for level in item.get("levels", [])} <= {str(tea)}

    assert (await clerk.reserve(tea=2)).kind == "ReserveStockSuccess"
    late = await clerk.release(promise.value["reservationId"])
    assert (late.kind, late.value["status"]) == ("ReservationClosed", "expired")


async def test_what_a_revoked_channel_has_promised_comes_back(chain: Chain) -> None:
    """Or whoever found its key could keep a whole shop promised for a week."""
    riverside = await chain.open_store()
    await (await chain.clerk_at(riverside)).receive(tea=5)
    leaked, other = await chain.staff(Role.CHANNEL, riverside), await chain.staff(Role.CHANNEL, riverside)
    await leaked.reserve(tea=4, seconds=LONGEST)
    await other.reserve(tea=1, seconds=LONGEST)

    async with chain.sessions.begin() as session:
        await revoke_client(Work(session, None, utc_now()), Reach(), channel_id=leaked.id)

    async with asyncio.timeout(10):
        while (reserved := (await chain.levels(riverside))["tea"]["reserved"]) == 5:  # noqa: ASYNC110 -- a job's work
            await asyncio.sleep(0.1)
    assert reserved == 1, "another channel's promises stand"


async def test_a_count_sets_the_book_only_if_it_says_what_the_screen_showed(chain: Chain) -> None:
    riverside = await chain.open_store()
    clerk = await chain.clerk_at(riverside)
    await clerk.receive(tea=10)
    await clerk.sell(tea=1)

    stale = await clerk.adjust("tea", setTo=8, expected=10)
    fresh = await clerk.adjust("tea", setTo=8, expected=9)
    agreed = await clerk.adjust("tea", setTo=8, expected=8)

    assert (stale.kind, stale.value["actual"]) == ("StockMoved", 9)
    assert (fresh.kind, fresh.value["line"]["quantity"]) == ("AdjustStockSuccess", -1)
    assert (agreed.kind, agreed.value["line"]["quantity"]) == ("AdjustStockSuccess", 0)
    assert [row["quantity"] for row in await chain.movements(riverside)] == [10, -1, -1]


async def test_what_was_found_and_what_went_missing_have_accounts_of_their_own(chain: Chain) -> None:
    riverside = await chain.open_store()
    clerk = await chain.clerk_at(riverside)

    await clerk.adjust("tea", delta=5, reason="FOUND")
    await clerk.adjust("tea", delta=-2, reason="STOLEN")

    told = [(row["quantity"], row["counter_account"], row["reason"]) for row in await chain.movements(riverside)]
    assert told == [(5, "found", "found"), (-2, "shrinkage", "stolen")]


async def test_the_books_of_the_whole_chain_are_true(chain: Chain) -> None:
    assert await chain.audit() == []
