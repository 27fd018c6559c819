"""Prices are set by whom may, beside those that were; every process follows, and the log remembers."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from retail.access.permissions import ROLE_TABLE, Permission, Role
from schema.kernel.paging import cursor_of
from tests.support.asking import Asker, Told
from tests.support.chain import PRICE, Chain, Goods, Shop, TwoDoors, origin

R = Role
PRICES = """query($sku: UUID!, $store: UUID, $first: Int!, $after: String) {
  prices(skuId: $sku, storeId: $store, first: $first, after: $after) {
    edges { node { storeId fen validFrom } } pageInfo { hasNextPage endCursor } } }"""


def soon(**ahead: float) -> str:
    return (datetime.now(UTC) + timedelta(**ahead)).isoformat()


async def new_goods(chain: Chain) -> Goods:
    return await chain.goods(f"plum {uuid4()}")


async def price(by: Asker, goods: Goods, shop: Shop) -> int | None:
    ask = "query($code: String!, $store: UUID!) { skuByCode(code: $code) { sku { price(storeId: $store) } } }"
    told = (await by.ask(ask, code=goods.code, store=shop.id)).data["skuByCode"]["sku"]["price"]
    return None if told is None else int(told)


async def listed(by: Asker, goods: Goods, shop: Shop | None, first: int = 100) -> list[tuple[bool, int]]:
    told = await by.ask(PRICES, sku=goods.id, store=shop.id if shop else None, first=first)
    return [(e["node"]["storeId"] is not None, e["node"]["fen"]) for e in told.data["prices"]["edges"]]


@pytest.mark.parametrize("role", Role)
async def test_only_who_sets_prices_sets_one(chain: Chain, role: Role) -> None:
    riverside, plum = await chain.open_store("Riverside"), await new_goods(chain)
    staff = await chain.staff(role, riverside)

    here = await staff.do("setPrice", skuId=plum.id, storeId=riverside.id, fen=1200)
    everywhere = await staff.do("setPrice", skuId=plum.id, fen=1300)

    may = Permission.PRICE_SET in ROLE_TABLE[role]
    assert may == (role is R.HQ_OPERATIONS), "this story knows who sets prices"
    expected = ["SetPriceSuccess"] * 2 if may else ["NotPermitted"] * 2
    assert [here.kind, everywhere.kind] == expected
    assert await price(staff, plum, riverside) == (1200 if may else PRICE)
    assert await chain.value("select count(*) from price where sku_id = $1", plum.id) == (3 if may else 1)


async def test_a_price_of_one_store_is_not_the_chains(chain: Chain) -> None:
    riverside, harbour = await chain.open_stores("Riverside", "Harbour")
    hq, plum = await chain.hire(R.HQ_OPERATIONS), await new_goods(chain)

    await hq.do("setPrice", skuId=plum.id, storeId=riverside.id, fen=1200)
    await hq.do("setPrice", skuId=plum.id, fen=1700)

    assert [await price(hq, plum, shop) for shop in (riverside, harbour)] == [1200, 1700]
    assert await listed(hq, plum, riverside) == [(False, 1700), (True, 1200), (False, PRICE)]
    assert await listed(hq, plum, None) == [(False, 1700), (False, PRICE)]


async def test_a_clerk_sells_at_the_new_price_at_once_in_every_process(two_doors: TwoDoors) -> None:
    chain = two_doors.chain
    riverside, plum = await chain.open_store("Riverside"), await new_goods(chain)
    clerk, hq = await chain.clerk_at(riverside), await chain.hire(R.HQ_OPERATIONS)
    there = clerk.at(two_doors.door(1))
    assert await price(there, plum, riverside) == PRICE, "now the other process remembers it"

    await hq.at(two_doors.door(0)).do("setPrice", skuId=plum.id, storeId=riverside.id, fen=990)

    async with asyncio.timeout(1.5):
        while await price(there, plum, riverside) != 990:  # noqa: ASYNC110 -- the server is asked, as a till would
            await asyncio.sleep(0.02)
    sold = await there.do(
        "recordSale", storeId=riverside.id, origin=origin(), lines=[{"skuId": plum.id, "quantity": 2}]
    )
    assert sold.value["total"] == 1980


async def test_a_price_for_tomorrow_begins_tomorrow_and_is_no_clerks_to_see_or_sell_at(chain: Chain) -> None:
    riverside, plum = await chain.open_store("Riverside"), await new_goods(chain)
    hq, clerk = await chain.hire(R.HQ_OPERATIONS), await chain.clerk_at(riverside)
    manager, channel = await chain.staff(R.STORE_MANAGER, riverside), await chain.staff(R.CHANNEL, riverside)

    await hq.do("setPrice", skuId=plum.id, storeId=riverside.id, fen=700, validFrom=soon(days=1))

    assert await price(clerk, plum, riverside) == PRICE
    told = [await listed(who, plum, riverside) for who in (manager, clerk, channel)]
    assert told == [[(True, 700), (False, PRICE)], [(False, PRICE)], [(False, PRICE)]]
    assert [await listed(who, plum, None) for who in (manager, clerk)] == [[(False, PRICE)]] * 2
    line = {"skuId": plum.id, "quantity": 1, "unitPrice": 700}
    sold = await clerk.do("recordSale", storeId=riverside.id, origin=origin(), lines=[line])
    assert sold.value["total"] == PRICE, "a price that has not begun is not one that was listed"


async def test_a_plan_can_still_be_changed_and_history_cannot(chain: Chain) -> None:
    riverside, plum, tomorrow = await chain.open_store("Riverside"), await new_goods(chain), soon(days=1)
    hq = await chain.hire(R.HQ_OPERATIONS)

    for fen in (700, 800):
        await hq.do("setPrice", skuId=plum.id, storeId=riverside.id, fen=fen, validFrom=tomorrow)
    past = await hq.do("setPrice", skuId=plum.id, storeId=riverside.id, fen=1, validFrom=soon(hours=-1))

    assert await listed(hq, plum, riverside) == [(True, 800), (False, PRICE)]
    assert (past.kind, past.problems) == ("InvalidInput", [("validFrom", "OUT_OF_RANGE")])


async def test_a_price_that_moved_meanwhile_is_looked_at_again(chain: Chain) -> None:
    riverside, plum = await chain.open_store("Riverside"), await new_goods(chain)
    hq = await chain.hire(R.HQ_OPERATIONS)

    async def set_to(fen: int, expected: int) -> Told:
        return await hq.do("setPrice", skuId=plum.id, storeId=riverside.id, fen=fen, expectedFen=expected)

    assert (await set_to(1400, PRICE)).kind == "SetPriceSuccess", "the chain's price is what the screen showed"
    late = await set_to(1300, PRICE)
    assert (late.kind, late.value["expected"], late.value["actual"]) == ("PriceMoved", PRICE, 1400)

    told = await asyncio.gather(*(set_to(1000 + n, 1400) for n in range(6)))
    assert sorted(each.kind for each in told) == ["PriceMoved"] * 5 + ["SetPriceSuccess"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"fen": -1}, [("fen", "AMOUNT_OUT_OF_RANGE")]),
        ({"fen": 10**11 + 1}, [("fen", "AMOUNT_OUT_OF_RANGE")]),
        ({"fen": 1, "expectedFen": -1}, [("expectedFen", "AMOUNT_OUT_OF_RANGE")]),
        ({"fen": 1, "validFrom": "9999-12-31T23:59:59Z"}, [("validFrom", "OUT_OF_RANGE")]),
        ({"fen": 1, "validFrom": "0001-01-01T00:00:00Z"}, [("validFrom", "OUT_OF_RANGE")]),
    ],
)
async def test_a_price_that_makes_no_sense_says_why(
    chain: Chain, given: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    hq, plum = await chain.hire(R.HQ_OPERATIONS), await new_goods(chain)

    told = await hq.do("setPrice", skuId=plum.id, **given)

    assert (told.kind, told.problems) == ("InvalidInput", expected)


async def test_what_is_not_there_has_no_price(chain: Chain) -> None:
    riverside, harbour = await chain.open_store("Riverside", "north"), await chain.open_store("Harbour", "south")
    hq, clerk, plum = await chain.hire(R.HQ_OPERATIONS), await chain.clerk_at(riverside), await new_goods(chain)

    sku = await hq.do("setPrice", skuId=uuid4(), fen=1)
    store = await hq.do("setPrice", skuId=plum.id, storeId=uuid4(), fen=1)
    foreign = await clerk.do("setPrice", skuId=plum.id, storeId=harbour.id, fen=1)
    missing = await clerk.do("setPrice", skuId=plum.id, storeId=uuid4(), fen=1)
    unseen = await clerk.ask(PRICES, sku=plum.id, store=harbour.id, first=1)
    never = await clerk.ask(PRICES, sku=plum.id, store=uuid4(), first=1)

    assert [(each.kind, each.value["path"]) for each in (sku, store)] == [
        ("NotFound", "skuId"),
        ("NotFound", "storeId"),
    ]
    assert foreign.body == missing.body
    assert (foreign.kind, unseen.codes) == ("NotFound", ["NOT_FOUND"])
    assert unseen.body == never.body


async def test_a_history_is_read_page_by_page(chain: Chain) -> None:
    hq, plum = await chain.hire(R.HQ_OPERATIONS), await new_goods(chain)
    for fen in (100, 200, 300):
        await hq.do("setPrice", skuId=plum.id, fen=fen)

    seen, after = [], None
    while True:
        page = (await hq.ask(PRICES, sku=plum.id, first=2, after=after)).data["prices"]
        seen += [edge["node"]["fen"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break

    assert seen == [300, 200, 100, PRICE]
    beyond = [cursor_of((when, str(plum.id))) for when in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00")]
    for bad in ("tea", "WyJ0ZWEiLCJ0ZWEiXQ", *beyond):
        assert (await hq.ask(PRICES, sku=plum.id, first=2, after=bad)).codes[:1] == ["INVALID_INPUT"]


async def test_a_price_is_set_once_for_a_request_and_logged_once(chain: Chain) -> None:
    riverside, plum, request = await chain.open_store("Riverside"), await new_goods(chain), uuid4()
    hq = await chain.hire(R.HQ_OPERATIONS)

    for _ in range(2):
        told = await hq.do("setPrice", skuId=plum.id, storeId=riverside.id, fen=1200, requestId=request)
        assert told.kind == "SetPriceSuccess"

    rows = await chain.rows(
        "select store_id, body::json ->> 'actor' as actor, body::json -> 'details' ->> 'fen' as fen,"
        " body::json -> 'details' ->> 'before' as before from operation_log"
        " where body::json ->> 'act' = 'price.set' and body::json -> 'details' ->> 'sku' = $1",
        str(plum.id),
    )
    assert [tuple(row) for row in rows] == [(riverside.id, str(hq.id), "1200", str(PRICE))]


# ---------------------------------------------------------------- the second wall


async def behind_the_wall(chain: Chain, actor: UUID, statement: str, *values: object) -> str:
    """What PostgreSQL itself answers to a statement in somebody's name, our code being out of the way."""
    connection = await asyncpg.connect(chain.database_url)
    try:
        async with connection.transaction():
            await connection.execute("set local role trueshelf_app")
            await connection.execute("select set_config('trueshelf.actor', $1, true)", str(actor))
            return str(await connection.execute(statement, *values))
    except asyncpg.InsufficientPrivilegeError:
        return "refused"
    finally:
        await connection.close()


@pytest.mark.parametrize("role", Role)
async def test_postgresql_too_lets_nobody_else_set_a_price(chain: Chain, role: Role) -> None:
    riverside, plum = await chain.open_store("Riverside"), await new_goods(chain)
    staff = await chain.staff(role, riverside)
    insert = "insert into price (id, sku_id, store_id, fen, valid_from) values ($1, $2, $3, 1, now())"

    done = [await behind_the_wall(chain, staff.id, insert, uuid4(), plum.id, where) for where in (riverside.id, None)]
    rewritten = await behind_the_wall(chain, staff.id, "update price set fen = 2 where sku_id = $1", plum.id)

    assert done == (["INSERT 0 1"] * 2 if Permission.PRICE_SET in ROLE_TABLE[role] else ["refused"] * 2)
    assert rewritten == "UPDATE 0", "history is rewritten"
