"""Two server processes over one database: promises are not made twice, requests are carried out once."""

import asyncio
from collections import Counter
from uuid import uuid4

import asyncpg
import pytest

from retail.access.permissions import Role
from tests.support.asking import Told
from tests.support.chain import Staff, TwoDoors, origin

UNITS = 100
WANTED = 1000
TIMES = 50


def at(clerk: Staff, two_doors: TwoDoors, n: int) -> Staff:
    return clerk.at(two_doors.door(n))


async def test_a_thousand_customers_get_exactly_a_hundred_bottles(two_doors: TwoDoors) -> None:
    chain = two_doors.chain
    riverside = await chain.open_store("Riverside")
    channel = await chain.staff(Role.CLERK, riverside)
    await channel.receive(tea=UNITS)

    async def reserve(n: int) -> Told:
        request = uuid4()
        while "UNAVAILABLE" in (told := await at(channel, two_doors, n).reserve(request_id=request, tea=1)).codes:
            pass  # so many wait for one shelf that a slow machine gives up on some: they ask again
        return told

    told = await asyncio.gather(*(reserve(n) for n in range(WANTED)))

    assert Counter(each.kind for each in told) == {"ReserveStockSuccess": UNITS, "InsufficientStock": WANTED - UNITS}
    level = (await chain.levels(riverside))["tea"]
    assert (level["on_hand"], level["reserved"]) == (UNITS, UNITS)
    assert await chain.value("select count(*) from reservation where store_id = $1", riverside.id) == UNITS


async def test_whoever_reads_and_then_writes_without_a_lock_oversells(two_doors: TwoDoors) -> None:
    """The control: the same rush must catch a ledger that does not lock, or it proves nothing."""
    pool = await asyncpg.create_pool(two_doors.chain.database_url, min_size=16, max_size=16)
    await pool.execute("create table naive (on_hand int, reserved int)")
    await pool.execute("insert into naive values ($1, 0)", UNITS)

    async def reserve() -> bool:
        async with pool.acquire() as connection:
            on_hand, reserved = await connection.fetchrow("select on_hand, reserved from naive")
            if on_hand <= reserved:
                return False
            await connection.execute("update naive set reserved = $1", reserved + 1)
            return True

    promised = sum(await asyncio.gather(*(reserve() for _ in range(WANTED))))

    await pool.execute("drop table naive")
    await pool.close()
    assert promised > UNITS


@pytest.mark.parametrize("mutation", ["recordSale", "receiveGoods", "adjustStock", "reserveStock", "recordMovements"])
async def test_a_request_sent_fifty_times_at_once_is_carried_out_once(two_doors: TwoDoors, mutation: str) -> None:
    chain = two_doors.chain
    riverside = await chain.open_store("Riverside")
    clerk = await chain.clerk_at(riverside)
    await clerk.receive(tea=TIMES * 3)
    before = len(await chain.movements(riverside))
    asked, other = await requests(clerk, mutation)

    told = await asyncio.gather(*(at(clerk, two_doors, n).do(mutation, **asked) for n in range(TIMES)))

    assert told[0].kind.endswith("Success"), told[0].body
    assert len(await chain.movements(riverside)) == before + 1
    assert all(same(each, told[0]) for each in told)
    assert await chain.value("select count(*) from applied_request where request_id = $1", asked["requestId"]) == 1

    twisted = await asyncio.gather(*(at(clerk, two_doors, n).do(mutation, **other) for n in range(2)))
    assert {each.kind for each in twisted} == {"RequestIdConflict"}

    colleague = await chain.clerk_at(riverside)
    stolen = await asyncio.gather(*(at(colleague, two_doors, n).do(mutation, **asked) for n in range(2)))
    assert {each.kind for each in stolen} == {"RequestIdConflict"}
    assert {frozenset(each.value) for each in stolen} == {frozenset({"__typename", "code", "message", "messageZh"})}
    assert len(await chain.movements(riverside)) == before + 1


async def requests(clerk: Staff, mutation: str) -> tuple[dict[str, object], dict[str, object]]:
    """A request, and another under the same id."""
    tea = (await clerk.chain.goods("tea")).id
    request = {"requestId": uuid4(), "storeId": clerk.shop.id}
    fact = {**request, "origin": origin()}
    event = {
        "storeId": clerk.shop.id,
        "skuId": tea,
        "kind": "SALE",
        "quantity": 1,
        "occurredAt": origin()["occurredAt"],
    }
    line = [{"skuId": tea, "quantity": 2}]
    asked: dict[str, dict[str, object]] = {
        "recordSale": {**fact, "lines": line},
        "receiveGoods": {**fact, "lines": line},
        "adjustStock": {**fact, "skuId": tea, "delta": 2, "reason": "FOUND"},
        "reserveStock": {**request, "source": "TILL", "lines": line},
        "recordMovements": {
            "requestId": request["requestId"],
            "source": "TILL",
            "events": [{**event, "eventId": uuid4()}],
        },
    }
    change: dict[str, dict[str, object]] = {
        "adjustStock": {"delta": 3},
        "recordMovements": {"events": [{**event, "eventId": uuid4()}]},
    }
    first = asked[mutation]
    return first, {**first, **change.get(mutation, {"lines": [{"skuId": tea, "quantity": 3}]})}


def same(one: Told, other: Told) -> bool:
    """Whether two answers are equal; a bulk call says of an event that it was recorded now or before."""
    return _plain(one) == _plain(other)


def _plain(told: Told) -> object:
    if told.kind != "RecordMovementsSuccess":
        return told.body
    return [{**each, "status": "RECORDED"} for each in told.value["outcomes"]]


async def test_two_requests_under_one_id_at_once_are_one_effect_and_typed_conflicts(two_doors: TwoDoors) -> None:
    chain = two_doors.chain
    riverside = await chain.open_store("Riverside")
    clerk = await chain.clerk_at(riverside)
    goods = [f"kind {n}" for n in range(5)]
    for name in goods:
        await chain.goods(name)

    for _ in range(4):
        request, before = uuid4(), len(await chain.movements(riverside))
        sales = [at(clerk, two_doors, n).sell(request_id=request, **{goods[n % 5]: n + 1}) for n in range(10)]
        receipts = [at(clerk, two_doors, n).receive(request_id=request, **{goods[n % 5]: n + 1}) for n in range(10)]
        told = await asyncio.gather(*sales, *receipts)

        kinds = Counter(each.kind for each in told)
        assert set(kinds) <= {"RecordSaleSuccess", "ReceiveGoodsSuccess", "RequestIdConflict"}, kinds
        assert kinds["RequestIdConflict"] == 19
        assert len(await chain.movements(riverside)) == before + 1


async def test_the_same_events_in_many_calls_at_once_are_written_once(two_doors: TwoDoors) -> None:
    chain = two_doors.chain
    riverside = await chain.open_store("Riverside")
    till = await chain.staff(Role.STORE_MANAGER, riverside)
    good = {"storeId": riverside.id, "kind": "RECEIPT", "quantity": 1, "occurredAt": origin()["occurredAt"]}
    events = [{**good, "eventId": uuid4(), "skuId": (await chain.goods(f"kind {n % 5}")).id} for n in range(20)]

    told = await asyncio.gather(
        *(
            at(till, two_doors, n).do(
                "recordMovements", source="TILL", allOrNothing=n % 3 == 0, events=events[n % 20 :] + events[: n % 20]
            )
            for n in range(30)
        )
    )

    assert {each.kind for each in told} == {"RecordMovementsSuccess"}, [
        each.body for each in told if each.value is None
    ]
    assert sum(each.value["recorded"] for each in told) == 20
    assert await chain.on_hand(riverside) == {f"kind {n}": 4 for n in range(5)}


async def test_the_books_of_both_processes_are_true(two_doors: TwoDoors) -> None:
    assert await two_doors.chain.audit() == []
