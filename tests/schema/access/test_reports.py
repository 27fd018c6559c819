"""A regional manager reads the reports of the region: what another region sells is in no figure, count or cell."""

import asyncio
from typing import Any
from uuid import uuid4

from retail.access.permissions import Role
from tests.support.asking import Asker
from tests.support.chain import Chain, Shop, Staff, origin

FIGURES = """{ chainSummary { storeCount openStoreCount salesTodayFen unitsToday basketsToday outCount belowSafetyCount
    negativeCount hourly { units amount baskets } } stock(first: 1) { totalCount } stores(first: 1) { totalCount } }"""
SUMMARIES = """query($stores: [UUID!], $regions: [UUID!]) {
    storeSummaries(storeIds: $stores, regionIds: $regions) { store { id } salesTodayFen } }"""
HEAT = "query($filter: HeatFilter) { heat(filter: $filter) { cells { storeId soldUnits } } }"


BEHIND = """select exists (
    select from movement where xid >= coalesce((select xid from projection where name = 'sales'), '0'::xid8))"""


async def settled(chain: Chain, asker: Asker) -> Any:
    """The figures, once all that was sold is in the sums, which follow the books; of the hours, those with sales."""
    async with asyncio.timeout(60):
        while await chain.value(BEHIND):  # noqa: ASYNC110 -- a state of the database
            await asyncio.sleep(0.05)
    figures = (await asker.ask(FIGURES)).data
    figures["chainSummary"]["hourly"] = [hour for hour in figures["chainSummary"]["hourly"] if any(hour.values())]
    return figures


async def trade(staff: Staff) -> None:
    """Open the day and sell something that the store does not have: every figure of the store moves."""
    plum = await staff.chain.goods(f"plum {uuid4()}")
    await staff.do("openBusinessDay", storeId=staff.shop.id, origin=origin())
    line = {"skuId": plum.id, "quantity": 3}
    told = await staff.do("recordSale", storeId=staff.shop.id, origin=origin(), lines=[line])
    assert told.kind == "RecordSaleSuccess"


async def test_what_another_region_sells_moves_no_figure_of_ones_own(chain: Chain) -> None:
    riverside, harbour = await chain.open_store("Riverside", "north"), await chain.open_store("Harbour", "south")
    boss, hq = await chain.staff(Role.REGIONAL_MANAGER, riverside), await chain.hire(Role.HQ_OPERATIONS)
    # What earlier stories have promised lapses by itself, which moves a figure: not while this one looks.
    await chain.rows("update reservation set expires_at = expires_at + interval '1 hour' where status = 'open'")
    before, whole = await settled(chain, boss), await settled(chain, hq)

    await trade(await chain.clerk_at(harbour))
    foreign, wider = await settled(chain, boss), await settled(chain, hq)
    await trade(await chain.clerk_at(riverside))
    own = await settled(chain, boss)

    assert foreign == before
    assert wider["chainSummary"]["unitsToday"] == whole["chainSummary"]["unitsToday"] + 3
    assert own["chainSummary"]["unitsToday"] == before["chainSummary"]["unitsToday"] + 3
    assert own["chainSummary"]["negativeCount"] == before["chainSummary"]["negativeCount"] + 1
    assert own["stock"]["totalCount"] == before["stock"]["totalCount"] + 1
    mine = await chain.value("select count(*) from store where region_id = $1", riverside.region_id)
    assert before["chainSummary"]["storeCount"] == before["stores"]["totalCount"] == mine


async def test_a_foreign_store_or_region_that_is_asked_for_is_empty(chain: Chain) -> None:
    riverside, harbour = await chain.open_store("Riverside", "north"), await chain.open_store("Harbour", "south")
    boss = await chain.staff(Role.REGIONAL_MANAGER, riverside)
    for shop in (riverside, harbour):
        await trade(await chain.clerk_at(shop))

    for asked in ({"stores": [harbour.id]}, {"regions": [harbour.region_id]}, {"stores": [uuid4()]}):
        assert (await boss.ask(SUMMARIES, **asked)).data == {"storeSummaries": []}
        filter = {f"{word[:-1]}Ids": ids for word, ids in asked.items()}
        assert (await boss.ask(HEAT, filter=filter)).data == {"heat": {"cells": []}}
    assert await stores_in(boss, riverside) == {str(riverside.id)}


async def stores_in(asker: Asker, shop: Shop) -> set[str]:
    told = await asker.ask(SUMMARIES, stores=[shop.id])
    return {each["store"]["id"] for each in told.data["storeSummaries"]}


async def test_the_live_heat_of_a_region_holds_no_cell_of_another(chain: Chain) -> None:
    riverside, harbour = await chain.open_store("Riverside", "north"), await chain.open_store("Harbour", "south")
    boss = await chain.staff(Role.REGIONAL_MANAGER, riverside)
    region = {
        str(row["id"]) for row in await chain.rows("select id from store where region_id = $1", riverside.region_id)
    }
    await trade(await chain.clerk_at(riverside))

    seen: set[str] = set()
    async with boss.socket() as socket:
        await socket.subscribe("subscription { heatChanges { cells { storeId } } }")
        seen |= await cells(socket)
        await trade(await chain.clerk_at(harbour))
        await trade(await chain.clerk_at(riverside))
        async with asyncio.timeout(20):
            while str(riverside.id) not in (now := await cells(socket)):
                seen |= now

    assert seen | now <= region


async def cells(socket: Any) -> set[str]:
    item = (await socket.hear(20))["payload"]["data"]["heatChanges"]
    return {cell["storeId"] for cell in item["cells"]}
