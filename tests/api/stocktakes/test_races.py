"""Two processes, several phones, one shelf: whoever comes first, nothing is lost and nothing is done twice."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from uuid import uuid4

from retail.access.permissions import Role
from tests.support.asking import Told
from tests.support.chain import Staff, TwoDoors
from tests.support.counting import confirm, count, do, line, now, sheet, start

SALES = 40


async def crew(two_doors: TwoDoors) -> tuple[Staff, Staff, Staff]:
    """Two clerks at different doors and a manager, of a shop with 200 tea."""
    chain = two_doors.chain
    shop = await chain.open_store("Riverside")
    lina, wang = await chain.clerk_at(shop), await chain.clerk_at(shop)
    goods = await lina.lines({"tea": 200})
    await lina.do("receiveGoods", storeId=shop.id, origin={"occurredAt": now(-60)}, lines=goods)
    return lina, wang.at(two_doors.door(1)), await chain.staff(Role.STORE_MANAGER, shop)


async def test_two_phones_count_a_shelf_while_a_third_sells_from_it(two_doors: TwoDoors) -> None:
    """Each phone scans piece by piece; the till's sales of that time arrive in between and after the close."""
    lina, wang, manager = await crew(two_doors)
    stocktake = await start(lina)
    tea = (await lina.chain.goods("tea")).id
    early = [{"origin": {"occurredAt": now(-10)}, "lines": [{"skuId": tea, "quantity": 1}]} for _ in range(SALES)]

    async def sell(sale: Mapping[str, object]) -> Told:
        return await manager.do("recordSale", storeId=manager.shop.id, **sale)

    async def scan(who: Staff) -> None:
        """What is there after the sales of ten minutes ago: 200 less 40 less 3 that were stolen."""
        for part in (100, 50, 7):
            told = await count(who, stocktake, -5, tea=part)
            assert told.kind == "RecordCountsSuccess", told.body

    await asyncio.gather(scan(lina), scan(wang), *(sell(sale) for sale in early[: SALES // 2]))
    seen = await sheet(manager, stocktake)
    assert seen["goods"]["tea"]["counted"] == 157
    assert seen["goods"]["tea"]["state"] == "READY", "two people found the same"
    closed = await confirm(manager, stocktake)
    await asyncio.gather(*(sell(sale) for sale in early[SALES // 2 :]), lina.sell(tea=2))
    assert closed.kind == "ConfirmStocktakeSuccess"

    await until_on_hand(lina, 155)
    assert await lina.chain.audit() == []


async def until_on_hand(who: Staff, units: int) -> None:
    for _ in range(150):
        if (found := (await who.chain.on_hand(who.shop))["tea"]) == units:
            break
        await asyncio.sleep(0.1)
    assert found == units


async def test_a_stocktake_is_confirmed_once_however_many_confirm_it(two_doors: TwoDoors) -> None:
    lina, _, manager = await crew(two_doors)
    stocktake = await start(lina)
    await count(lina, stocktake, tea=198)

    told = await asyncio.gather(*(confirm(manager.at(two_doors.door(n)), stocktake) for n in range(8)))

    assert Counter(each.kind for each in told) == {"ConfirmStocktakeSuccess": 1, "StocktakeClosed": 7}
    posted = await lina.chain.rows("select quantity from movement where document_id = $1", stocktake)
    assert [row[0] for row in posted] == [-2]


async def test_lines_that_arrive_while_it_closes_are_in_it_or_in_what_follows(two_doors: TwoDoors) -> None:
    lina, wang, manager = await crew(two_doors)
    stocktake = await start(lina)
    await count(lina, stocktake, tea=199)

    async def send(n: int) -> str:
        who = (lina, wang)[n % 2]
        told = await do(who, "recordCounts", stocktakeId=stocktake, lines=[await line(who, "milk", 1)])
        return str(told.value["outcomes"][0]["outcome"])

    async def close() -> str:
        await asyncio.sleep(0.05)
        return (await confirm(manager, stocktake, partial=True)).kind

    outcomes = await asyncio.gather(*(send(n) for n in range(30)), close())

    assert set(outcomes) <= {"RECORDED", "LATE", "ConfirmStocktakeSuccess"}
    assert outcomes.count("ConfirmStocktakeSuccess") == 1
    of = "select count(*) from stocktake_line l join stocktake s on s.id = l.stocktake_id where {} = $1"
    kept = [await lina.chain.value(of.format(column), stocktake) for column in ("s.id", "s.follows_id")]
    assert kept == [outcomes.count("RECORDED") + 1, outcomes.count("LATE")]
    many = await lina.chain.value("select count(*) from stocktake where follows_id = $1", stocktake)
    assert many == (1 if "LATE" in outcomes else 0)


async def test_lines_that_arrive_while_it_is_cancelled_are_kept_for_the_record(two_doors: TwoDoors) -> None:
    lina, wang, manager = await crew(two_doors)
    stocktake = await start(lina)

    async def send(n: int) -> str:
        who = (lina, wang)[n % 2]
        told = await do(who, "recordCounts", stocktakeId=stocktake, lines=[await line(who, "tea", 1)])
        return str(told.value["outcomes"][0]["outcome"])

    cancelled = do(manager, "cancelStocktake", stocktakeId=stocktake)
    *outcomes, done = await asyncio.gather(*(send(n) for n in range(20)), cancelled)

    assert isinstance(done, Told)
    assert done.kind == "CancelStocktakeSuccess"
    assert set(outcomes) <= {"RECORDED", "KEPT"}
    kept = await lina.chain.value("select count(*) from stocktake_line where stocktake_id = $1", stocktake)
    assert kept == 20
    assert (await lina.chain.on_hand(lina.shop))["tea"] == 200


async def test_one_line_sent_through_both_doors_at_once_counts_once(two_doors: TwoDoors) -> None:
    lina, _, manager = await crew(two_doors)
    stocktake = await start(lina)
    one = await line(lina, "tea", 5)
    request = uuid4()

    async def send(n: int) -> Told:
        who = lina.at(two_doors.door(n))
        given = request if n < 4 else uuid4()
        return await do(who, "recordCounts", request_id=given, stocktakeId=stocktake, lines=[one])

    told = await asyncio.gather(*(send(n) for n in range(8)))

    outcomes = Counter(each.value["outcomes"][0]["outcome"] for each in told)
    assert outcomes["RECORDED"] + outcomes["REPEATED"] == 8
    assert (await sheet(manager, stocktake))["goods"]["tea"]["counted"] == 5
