"""The short count of a store's day, as the phone of whoever counts is told of it."""

from datetime import timedelta
from uuid import uuid4

from tests.support.chain import Chain

ASK = """insert into task (store_id, id, kind, day, title, title_en, needs, sku_ids, must, due_at, expires_at, made_at)
  select id, $2, 'count', (now() at time zone zone - day_cutoff::interval)::date, '盘点 2 种商品', 'Count 2 items',
    '[]', $3::uuid[], false, now() + $4, now() + $4, now() - interval '1 hour'
  from store where id = $1"""
TASKS = "query($store: UUID!) { tasks(storeId: $store, over: false) { kind skuIds } }"


async def test_goods_that_were_counted_since_are_not_asked_for_again(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    li = await chain.clerk_at(riverside)
    await li.receive(tea=3, milk=4)
    tea, milk = await chain.goods("tea"), await chain.goods("milk")
    await chain.rows(ASK, riverside.id, uuid4(), [tea.id, milk.id], timedelta(hours=3))

    async def asked() -> list[set[str]]:
        told = await li.ask(TASKS, store=riverside.id)
        return [set(task["skuIds"]) for task in told.data["tasks"] if task["kind"] == "COUNT"]

    assert await asked() == [{str(tea.id), str(milk.id)}]
    told = await li.adjust("tea", setTo=3, expected=3)

    assert told.kind == "AdjustStockSuccess", told.body
    assert await asked() == [{str(milk.id)}]
