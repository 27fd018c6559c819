"""Up to a thousand events in one call: each is known by its own id, the good ones are kept, the bad ones named."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from retail.access.permissions import Role
from retail.catalogue.codes import check_digit
from tests.schema.shelves.words import PATTERNS, do, forget_patterns
from tests.support.chain import PRICE, Chain, Shop, Staff, origin


async def event(clerk: Staff, goods: str = "tea", **change: object) -> dict[str, Any]:
    good = {
        "eventId": str(uuid4()),
        "storeId": str(clerk.shop.id),
        "skuId": str((await clerk.chain.goods(goods)).id),
        "kind": "SALE",
        "quantity": 1,
        "occurredAt": origin()["occurredAt"],
    }
    return {**good, **change}


@pytest.fixture
async def shop(chain: Chain) -> Shop:
    return await chain.open_store("Riverside")


@pytest.fixture
async def till(chain: Chain, shop: Shop) -> Staff:
    return await chain.staff(Role.CHANNEL, shop)


async def test_every_kind_of_event_moves_the_shelf_its_way(chain: Chain, shop: Shop, till: Staff) -> None:
    events = [
        await event(till, kind="OPENING", quantity=10),
        await event(till, kind="SALE", quantity=3),
        await event(till, kind="CUSTOMER_RETURN", quantity=1),
        await event(till, kind="RECEIPT", quantity=5),
        await event(till, kind="SUPPLIER_RETURN", quantity=2),
        await event(till, kind="WASTE", quantity=1),
        await event(till, kind="ADJUSTMENT", quantity=-4, reason="COUNTED"),
    ]

    told = await till.do("recordMovements", source="TILL", events=events)

    assert [each["onHand"] for each in told.value["outcomes"]] == [10, 7, 8, 13, 11, 10, 6]
    assert await chain.on_hand(shop) == {"tea": 6}
    assert [row["counter_account"] for row in await chain.movements(shop)] == [
        "opening",
        "customer",
        "customer",
        "supplier",
        "supplier",
        "shrinkage",
        "shrinkage",
    ]


async def test_good_events_are_kept_and_bad_ones_named(chain: Chain, shop: Shop, till: Staff) -> None:
    events = [
        await event(till),
        await event(till, quantity=0),
        await event(till, skuId=str(uuid4())),
        await event(till),
    ]

    told = await till.do("recordMovements", source="TILL", events=events)

    assert (told.value["recorded"], told.value["refused"]) == (2, 2)
    assert [each["status"] for each in told.value["outcomes"]] == ["RECORDED", "REFUSED", "REFUSED", "RECORDED"]
    assert told.value["outcomes"][1]["problems"][0]["path"] == "events[1].quantity"
    assert await chain.on_hand(shop) == {"tea": -2}


async def test_a_call_of_nothing_but_bad_events_is_answered_at_once(chain: Chain, till: Staff) -> None:
    before = await chain.footprint()

    told = await till.do("recordMovements", source="TILL", events=[await event(till, quantity=0)])

    assert (told.kind, told.value["refused"]) == ("RecordMovementsSuccess", 1)
    assert await chain.footprint() == before


async def test_all_or_nothing_keeps_nothing_beside_a_bad_event(chain: Chain, shop: Shop, till: Staff) -> None:
    events = [await event(till), await event(till, quantity=0)]

    told = await till.do("recordMovements", source="TILL", allOrNothing=True, events=events)

    assert told.problems == [("events[1].quantity", "QUANTITY_NOT_POSITIVE")]
    assert await chain.movements(shop) == []


async def test_a_bad_event_may_be_mended_and_sent_again_in_the_same_call(chain: Chain, shop: Shop, till: Staff) -> None:
    request, good, bad = uuid4(), await event(till), await event(till, quantity=0)
    await till.do("recordMovements", requestId=request, source="TILL", events=[good])
    first = await till.do("recordMovements", source="TILL", events=[good, bad])

    mended = await till.do("recordMovements", source="TILL", events=[good, {**bad, "quantity": 2}])

    assert [each["status"] for each in first.value["outcomes"]] == ["REPEATED", "REFUSED"]
    assert [each["status"] for each in mended.value["outcomes"]] == ["REPEATED", "RECORDED"]
    assert await chain.on_hand(shop) == {"tea": -3}


@pytest.mark.parametrize("all_or_nothing", [False, True])
async def test_an_event_is_written_once_in_whatever_call_it_comes(
    chain: Chain, shop: Shop, till: Staff, *, all_or_nothing: bool
) -> None:
    one, other = await event(till), await event(till)
    batch = {"source": "TILL", "allOrNothing": all_or_nothing}

    first = await till.do("recordMovements", **batch, events=[one])
    again = await till.do("recordMovements", **batch, events=[other, one])

    assert [each["status"] for each in again.value["outcomes"]] == ["RECORDED", "REPEATED"]
    assert again.value["outcomes"][1]["onHand"] == first.value["outcomes"][0]["onHand"] == -1
    assert await chain.on_hand(shop) == {"tea": -2}


async def test_an_event_in_the_books_is_repeated_even_if_it_would_be_refused_now(
    chain: Chain, shop: Shop, till: Staff
) -> None:
    harbour, one = await chain.open_store("Harbour"), await event(till)
    await till.do("recordMovements", source="TILL", events=[one])

    moved = "update assignment set store_ids = array[$1::uuid] where $2 = any(store_ids)"
    await chain.rows(moved, harbour.id, shop.id)
    await asyncio.sleep(2.5)
    told = await till.do("recordMovements", source="TILL", events=[one, await event(till)])

    assert [(each["status"], each["onHand"]) for each in told.value["outcomes"]] == [
        ("REPEATED", -1),
        ("REFUSED", None),
    ]


async def test_an_event_id_stands_for_its_first_content(chain: Chain, shop: Shop, till: Staff) -> None:
    one, fine = await event(till), await event(till)
    await till.do("recordMovements", source="TILL", events=[one])

    kept = await till.do("recordMovements", source="TILL", events=[{**one, "quantity": 9}, fine])
    refused = await till.do("recordMovements", source="TILL", allOrNothing=True, events=[{**one, "quantity": 9}])

    assert [each["status"] for each in kept.value["outcomes"]] == ["REFUSED", "RECORDED"]
    assert kept.value["outcomes"][0]["problems"][0]["code"] == "EVENT_ID_CONFLICT"
    assert refused.problems == [("events[0].eventId", "EVENT_ID_CONFLICT")]
    assert await chain.on_hand(shop) == {"tea": -2}


async def test_another_programs_event_id_tells_nothing_of_it(chain: Chain, shop: Shop, till: Staff) -> None:
    stranger = await chain.staff(Role.CHANNEL, shop)
    one = await event(till)
    await till.do("recordMovements", source="TILL", events=[one])

    told = await stranger.do("recordMovements", source="TILL", events=[one])

    assert [(each["status"], each["onHand"]) for each in told.value["outcomes"]] == [("REFUSED", None)]


async def test_events_of_stores_that_one_does_not_work_for_are_refused_one_by_one(chain: Chain, till: Staff) -> None:
    harbour = await chain.open_store("Harbour")
    events = [await event(till), await event(till, storeId=str(harbour.id))]
    by_code = await event(till, storeId=None, storeCode=harbour.code)

    told = await till.do("recordMovements", source="TILL", events=[*events, by_code])

    assert [each["status"] for each in told.value["outcomes"]] == ["RECORDED", "REFUSED", "REFUSED"]
    assert {each["problems"][0]["code"] for each in told.value["outcomes"][1:]} == {"UNKNOWN_STORE"}
    assert await chain.on_hand(harbour) == {}


async def test_a_clerk_sets_no_prices_in_bulk_either(chain: Chain, shop: Shop) -> None:
    clerk = await chain.clerk_at(shop)
    events = [
        await event(clerk, amount=PRICE),
        await event(clerk, amount=1),
        await event(clerk, kind="OPENING"),
    ]

    told = await clerk.do("recordMovements", source="TILL", events=events)

    codes = [[each["code"] for each in outcome["problems"]] for outcome in told.value["outcomes"]]
    assert codes == [[], [], ["NOT_PERMITTED"]]
    booked = "select amount_fen from movement where movement_id = any($1) order by version"
    ids = [UUID(str(each["eventId"])) for each in events]
    assert [row[0] for row in await chain.rows(booked, ids)] == [PRICE, PRICE]


async def test_a_package_with_a_price_on_it_holds_what_that_buys_in_its_own_store(
    chain: Chain, shop: Shop, till: Staff
) -> None:
    headquarters, plum = await chain.hire(Role.HQ_OPERATIONS), await chain.goods(f"plum {uuid4()}")
    pattern = {"prefix": "28", "itemDigits": 5, "valueDigits": 5, "measure": "FEN", "priceCheck": False}
    item = f"28{uuid4().int % 100_000:05d}"
    code, package = (body + check_digit(body) for body in (f"{item}00000", f"{item}03000"))
    await chain.rows("insert into sku_code values ($1, $2, 1)", code, plum.id)
    await chain.rows(
        "insert into price (id, sku_id, store_id, fen, valid_from) values ($1, $2, $3, 600, now() - interval '1 day')",
        uuid4(),
        plum.id,
        shop.id,
    )
    await forget_patterns(chain)
    assert (await do(headquarters, "setInStorePatterns", patterns=[pattern])).kind == "SetInStorePatternsSuccess"
    assert (await till.ask(PATTERNS)).data["inStorePatterns"] == [pattern]

    told = await till.do("recordMovements", source="TILL", events=[await event(till, skuId=None, code=package)])

    assert told.value["outcomes"][0]["problems"] == []
    (row,) = await chain.movements(shop)
    assert (row["quantity"], row["amount_fen"]) == (-5, 3000)


async def test_a_thousand_events_are_one_call(chain: Chain, shop: Shop, till: Staff) -> None:
    events = [await event(till, "tea" if n % 2 else "milk") for n in range(1000)]

    told = await till.do("recordMovements", source="ERP", events=events)

    assert told.value["recorded"] == 1000
    assert await chain.on_hand(shop) == {"tea": -500, "milk": -500}


@pytest.mark.parametrize("all_or_nothing", [False, True])
async def test_a_book_does_not_run_over(chain: Chain, shop: Shop, till: Staff, *, all_or_nothing: bool) -> None:
    async def receipts(n: int) -> list[dict[str, Any]]:
        return [await event(till, kind="RECEIPT", quantity=1_000_000) for _ in range(n)]

    filled = await till.do("recordMovements", source="ERP", events=await receipts(999))
    over = await till.do("recordMovements", source="ERP", events=await receipts(1000), allOrNothing=all_or_nothing)
    clerk = await chain.clerk_at(shop)
    received = [await clerk.receive(tea=1_000_000), await clerk.receive(tea=1)]
    found = await clerk.adjust("tea", delta=1, reason="FOUND")

    assert filled.value["recorded"] == 999
    assert over.problems == [("quantity", "LEVEL_OUT_OF_RANGE")]
    assert [each.kind for each in received] == ["ReceiveGoodsSuccess", "InvalidInput"]
    assert found.problems == [("quantity", "LEVEL_OUT_OF_RANGE")]
    assert await chain.on_hand(shop) == {"tea": 1_000_000_000}
    stock = await clerk.ask("{ stock(first: 10) { edges { node { onHand available belowSafety } } } }")
    assert stock.data["stock"]["edges"][0]["node"]["onHand"] == 1_000_000_000


async def test_a_book_does_not_run_under(chain: Chain, shop: Shop, till: Staff) -> None:
    for count in (1000, 1):
        events = [await event(till, quantity=1_000_000) for _ in range(count)]
        told = await till.do("recordMovements", source="ERP", events=events)

    assert told.problems == [("quantity", "LEVEL_OUT_OF_RANGE")]
    neighbour = await (await chain.clerk_at(shop)).sell(milk=1)
    assert neighbour.kind == "RecordSaleSuccess"
    assert await chain.on_hand(shop) == {"tea": -1_000_000_000, "milk": -1}
