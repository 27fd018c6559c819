"""What goods cost the chain is for managers and headquarters: no path leads a clerk or a channel to it."""

from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from retail.access.permissions import ROLE_TABLE, Permission, Role
from tests.support.chain import PRICE, Chain, Goods, origin

COST = 900
EVERY_PATH = """query($code: String!, $store: UUID!, $sku: UUID!, $text: String!) {
  skuByCode(code: $code) { sku { ...all } }
  skus(first: 1, text: $text) { edges { node { ...all } } }
  stock(first: 1, filter: {skuIds: [$sku], storeIds: [$store]}) { edges { node { sku { ...all } } } }
  stockLevel(storeId: $store, skuId: $sku) { sku { ...all } }
}
fragment all on Sku {
  cost what: cost margin(storeId: $store) more: margin(storeId: $store) marginRate(storeId: $store)
}
"""


async def plums(chain: Chain, cost: int | None = COST) -> Goods:
    goods = await chain.goods(f"plum {uuid4()}")
    if cost is not None:
        await chain.rows("insert into sku_cost (sku_id, valid_from, fen) values ($1, '2020-01-01', $2)", goods.id, cost)
    return goods


def skus_of(data: Any) -> list[dict[str, Any]]:
    """Every SKU of an answer, whatever it is wrapped in."""
    if isinstance(data, list):
        return [sku for each in data for sku in skus_of(each)]
    if not isinstance(data, dict):
        return []
    return [data] if "cost" in data else [sku for each in data.values() for sku in skus_of(each)]


@pytest.mark.parametrize("role", Role)
async def test_costs_are_shown_to_whom_may_read_them_on_every_path(chain: Chain, role: Role) -> None:
    riverside, plum = await chain.open_store("Riverside"), await plums(chain)
    staff, clerk = await chain.staff(role, riverside), await chain.clerk_at(riverside)
    line = {"skuId": plum.id, "quantity": 1}
    await clerk.do("receiveGoods", storeId=riverside.id, origin=origin(), lines=[line])

    told = await staff.ask(EVERY_PATH, code=plum.gtin, store=riverside.id, sku=plum.id, text=plum.code)

    seen = skus_of(told.data)
    assert len(seen) == 4
    may = Permission.COST_READ in ROLE_TABLE[role]
    assert may == (role not in {Role.CLERK, Role.CHANNEL}), "this story knows who reads costs"
    margin, rate = PRICE - COST, (PRICE - COST) / PRICE
    full = {"cost": COST, "what": COST, "margin": margin, "more": margin, "marginRate": rate}
    assert seen == [full if may else dict.fromkeys(full)] * 4
    if not may:
        assert str(COST).encode() not in repr(told.body).encode()


@pytest.mark.parametrize(
    "query", ["{ skuByCode(code: %s) { sku { cost } } }", "{ skus(first: 1, text: %s) { edges { node { cost } } } }"]
)
async def test_a_query_with_one_field_runs_no_shorter_way_past_the_rule(chain: Chain, query: str) -> None:
    """Operations of one root field run by a plan of their own, without graphql-core, where they can."""
    riverside, plum = await chain.open_store("Riverside"), await plums(chain)
    clerk, manager = await chain.clerk_at(riverside), await chain.staff(Role.STORE_MANAGER, riverside)

    told = [(await who.ask(query % f'"{plum.code}"')).data for who in (clerk, manager)]

    assert [[sku["cost"] for sku in skus_of(each)] for each in told] == [[None], [COST]]


async def test_a_manager_reads_margins_of_the_stores_that_are_theirs(chain: Chain) -> None:
    riverside, harbour = await chain.open_store("Riverside", "north"), await chain.open_store("Harbour", "south")
    plum = await plums(chain)
    both = await chain.hire(Role.STORE_MANAGER, store_ids=[riverside.id])
    await chain.rows(
        "insert into assignment (id, person_id, role, store_ids, valid_from)"
        " values (gen_random_uuid(), $1, 'clerk', $2, now() - interval '1 day')",
        *(both.id, [harbour.id]),
    )
    manager = await chain.staff(Role.STORE_MANAGER, riverside)
    ask = (
        "query($c: String!, $s: UUID!) { skuByCode(code: $c) { sku { margin(storeId: $s) marginRate(storeId: $s) } } }"
    )

    here, there = [(await both.ask(ask, c=plum.code, s=s.id)).data["skuByCode"]["sku"] for s in (riverside, harbour)]
    foreign = await manager.ask(ask, c=plum.code, s=harbour.id)
    missing = await manager.ask(ask, c=plum.code, s=uuid4())

    assert (here["margin"], there["margin"], there["marginRate"]) == (PRICE - COST, None, None)
    assert foreign.codes == ["NOT_FOUND", "NOT_FOUND"]
    assert foreign.body == missing.body


async def test_a_margin_may_be_negative_and_is_nothing_without_a_cost_or_a_price(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    hq = await chain.hire(Role.HQ_OPERATIONS)
    dear, unknown, free = await plums(chain, 2000), await plums(chain, None), await plums(chain)
    await hq.do("setPrice", skuId=free.id, fen=0)
    ask = (
        "query($c: String!, $s: UUID!) { skuByCode(code: $c) { sku { margin(storeId: $s) marginRate(storeId: $s) } } }"
    )

    told = [(await hq.ask(ask, c=g.code, s=riverside.id)).data["skuByCode"]["sku"] for g in (dear, unknown, free)]

    assert told == [
        {"margin": PRICE - 2000, "marginRate": (PRICE - 2000) / PRICE},
        {"margin": None, "marginRate": None},
        {"margin": -COST, "marginRate": None},
    ]


async def test_the_newest_cost_that_has_begun_counts(chain: Chain) -> None:
    hq, plum = await chain.hire(Role.HQ_OPERATIONS), await plums(chain)
    await chain.rows(
        "insert into sku_cost (sku_id, valid_from, fen) values ($1, now() - interval '1 hour', 950),"
        " ($1, now() + interval '1 hour', 999)",
        plum.id,
    )

    told = await hq.ask("query($c: String!) { skuByCode(code: $c) { sku { cost } } }", c=plum.code)

    assert told.data["skuByCode"]["sku"]["cost"] == 950


async def test_what_was_paid_to_a_supplier_is_no_clerks_to_read(chain: Chain) -> None:
    """An ERP may tell with a receipt what it cost; the history of the shelf does not tell it on."""
    riverside, plum = await chain.open_store("Riverside"), await plums(chain)
    clerk, manager = await chain.clerk_at(riverside), await chain.staff(Role.STORE_MANAGER, riverside)
    erp = await chain.staff(Role.CHANNEL, riverside)
    event = {"storeId": riverside.id, "skuId": plum.id, "occurredAt": origin()["occurredAt"], "quantity": 2}
    kinds = [("RECEIPT", 1800), ("SALE", 3000), ("SUPPLIER_RETURN", 900), ("WASTE", 900), ("OPENING", 1800)]
    events = [{**event, "eventId": uuid4(), "kind": kind, "amount": fen} for kind, fen in kinds]
    told = await erp.do("recordMovements", source="ERP", events=events)
    assert told.value["recorded"] == len(kinds)
    ask = """query($store: UUID!, $sku: UUID!) {
        movements(storeId: $store, skuId: $sku, first: 9) { edges { node { kind amount } } } }"""

    seen = {}
    for name, who in (("clerk", clerk), ("manager", manager), ("hq", await chain.hire(Role.HQ_OPERATIONS))):
        edges = (await who.ask(ask, store=riverside.id, sku=plum.id)).data["movements"]["edges"]
        seen[name] = {edge["node"]["kind"]: edge["node"]["amount"] for edge in edges}

    assert seen["clerk"] == {**dict.fromkeys(dict(kinds)), "SALE": 3000}
    assert seen["manager"] == seen["hq"] == dict(kinds)


# ---------------------------------------------------------------- the second wall


@pytest.mark.parametrize("role", Role)
async def test_postgresql_too_shows_costs_only_to_whom_may_read_them(chain: Chain, role: Role) -> None:
    """With our own rule out of the way, the database still asks for the role, of which it keeps its own list."""
    riverside, plum = await chain.open_store("Riverside"), await plums(chain)
    staff = await chain.staff(role, riverside)

    seen = await counted(chain, str(staff.id), plum)

    assert seen == (1 if Permission.COST_READ in ROLE_TABLE[role] else 0)


async def test_costs_are_shown_to_nobody_who_is_nobody_or_has_left(chain: Chain) -> None:
    riverside, plum = await chain.open_store("Riverside"), await plums(chain)
    gone, over = await chain.staff(Role.STORE_MANAGER, riverside), await chain.staff(Role.STORE_MANAGER, riverside)
    await chain.rows("update person set left_at = now() where id = $1", gone.id)
    await chain.rows("update assignment set valid_until = now() where person_id = $1", over.id)

    assert [await counted(chain, actor, plum) for actor in ("", str(uuid4()), str(gone.id), str(over.id))] == [0] * 4


async def counted(chain: Chain, actor: str, goods: Goods) -> int:
    connection = await asyncpg.connect(chain.database_url)
    try:
        async with connection.transaction():
            await connection.execute("set local role trueshelf_app")
            await connection.execute("select set_config('trueshelf.actor', $1, true)", actor)
            return int(await connection.fetchval("select count(*) from sku_cost where sku_id = $1", goods.id))
    finally:
        await connection.close()
