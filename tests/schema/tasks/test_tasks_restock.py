"""Filling a shelf: where more may be found, and what whoever looked for it says."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from retail.access.actor import Actor, ActorKind
from retail.access.permissions import Permission, Role
from retail.access.work import Work
from retail.inventory.intake import Origin
from retail.inventory.models import Source
from retail.kernel.clock import utc_now
from retail.kernel.refusal import InvalidInput
from retail.stores.directory import Directory
from retail.tasks.restocking import RestockAnswer, RestockOutcome, answer_restock
from tests.schema.tasks.chores import TASK, document, take, todo
from tests.support.asking import Told
from tests.support.chain import Chain, Shop, Staff, origin

ANSWER = document(
    "answerRestock", f"task {{ {TASK} sku {{ name }} }} record {{ id answers {{ title tick }} }} followUpId"
)
SOURCES = """query($store: UUID!, $sku: UUID!) { restockSources(storeId: $store, skuId: $sku) {
  onHand promised safetyStock missing inQuarantine shelves { zone code name }
  stores { storeName spare distanceM } } }"""


async def short_of(chain: Chain, shop: Shop, name: str, safety: int) -> Any:
    """Want more of something in a store than it has."""
    goods = await chain.goods(name)
    await chain.rows(
        "update stock_level set safety_stock = $3 where store_id = $1 and sku_id = $2", shop.id, goods.id, safety
    )
    return goods


async def answer(clerk: Staff, sku_id: object, outcome: str, **more: object) -> Told:
    given = {"storeId": clerk.shop.id, "skuId": sku_id, "recordId": uuid4(), "outcome": outcome, "origin": origin()}
    return await clerk.ask(ANSWER, input={"requestId": uuid4(), **given, **more})


async def test_a_shelf_that_was_filled_is_not_asked_for_again_today(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    li, wang = await chain.clerk_at(riverside), await chain.clerk_at(riverside)
    await li.receive(tea=3)
    tea = await short_of(chain, riverside, "tea", 8)
    [task] = await todo(li, riverside, kind="RESTOCK")

    told = await answer(li, tea.id, "FILLED")

    assert told.kind == "AnswerRestockSuccess", told.body
    done = told.value["task"]
    assert (done["id"], done["state"], done["doneByName"], done["sku"]) == (
        task["id"],
        "DONE",
        li.name,
        {"name": "tea"},
    )
    assert (told.value["record"]["answers"], told.value["followUpId"]) == ([{"title": "补上了", "tick": True}], None)
    assert await todo(wang, riverside, kind="RESTOCK") == []
    assert [each["id"] for each in await todo(wang, riverside, kind="RESTOCK", over=True)] == [task["id"]]
    assert (await take(wang, task)).kind == "TaskOver"


async def test_none_where_the_book_says_some_becomes_a_task_to_count_it(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    li = await chain.clerk_at(riverside)
    await li.receive(tea=3, milk=1)
    await li.sell(milk=1)
    tea, milk = await short_of(chain, riverside, "tea", 8), await short_of(chain, riverside, "milk", 8)

    some, none = await answer(li, tea.id, "NONE"), await answer(li, milk.id, "NONE")

    [follow] = await todo(li, riverside, kind="FOLLOW_UP")
    assert (some.value["followUpId"], none.value["followUpId"]) == (follow["id"], None)
    assert follow["title"].startswith("清点 tea：账上 3")


async def test_two_who_looked_are_both_kept_and_the_first_by_its_own_time_did_it(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    li, wang = await chain.clerk_at(riverside), await chain.clerk_at(riverside)
    await li.receive(tea=3)
    tea = await short_of(chain, riverside, "tea", 8)
    earlier = origin(occurredAt=(datetime.now(UTC) - timedelta(seconds=30)).isoformat())

    await answer(li, tea.id, "FILLED")
    told = await answer(wang, tea.id, "NONE", origin=earlier)

    assert told.value["task"]["doneByName"] == wang.name
    kept = "select count(*) from task_record where store_id = $1"
    assert await chain.value(kept, riverside.id) == 2


async def test_what_was_answered_days_ago_is_that_days_and_todays_task_stays(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    li = await chain.clerk_at(riverside)
    await li.receive(tea=3)
    tea = await short_of(chain, riverside, "tea", 8)
    two_days_ago = origin(occurredAt=(datetime.now(UTC) - timedelta(days=2)).isoformat())

    assert (await answer(li, tea.id, "FILLED", origin=two_days_ago)).kind == "AnswerRestockSuccess"

    assert len(await todo(li, riverside, kind="RESTOCK")) == 1


async def test_who_does_no_tasks_answers_none_and_nothing_is_said_of_what_a_store_does_not_carry(chain: Chain) -> None:
    riverside, harbour = await chain.open_stores("Riverside", "Harbour")
    li, wang = await chain.clerk_at(riverside), await chain.clerk_at(harbour)
    regional = await chain.staff(Role.REGIONAL_MANAGER, riverside)
    await li.receive(tea=3)
    tea, record = await chain.goods("tea"), uuid4()

    watching = await answer(regional, tea.id, "FILLED")
    not_carried = await answer(wang, tea.id, "FILLED")
    await answer(li, tea.id, "FILLED", recordId=record)
    same_record = await answer(li, tea.id, "NONE", recordId=record)

    assert (watching.kind, not_carried.kind, not_carried.value["path"]) == ("NotPermitted", "NotFound", "skuId")
    assert same_record.problems == [("recordId", "ID_TAKEN")]


async def test_of_two_at_once_under_one_id_the_first_counts_and_the_other_is_told(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    li = await chain.clerk_at(riverside)
    await li.receive(tea=3, milk=3)
    # Of two things: answers about one thing wait for one another by themselves.
    tea, milk = await short_of(chain, riverside, "tea", 8), await short_of(chain, riverside, "milk", 8)
    store, record, now = (await Directory(chain.sessions).stores())[riverside.id], uuid4(), utc_now()
    actor = Actor(li.id, ActorKind.PERSON, "", (), {Permission.TASK_DO: frozenset({riverside.id})})

    async def filled(session: AsyncSession, sku_id: UUID) -> None:
        said = RestockAnswer(record, sku_id, RestockOutcome.FILLED, Origin(now, None, None, None, Source.PHONE))
        await answer_restock(Work(session, actor, now), said, store=store)

    async with chain.sessions() as one, chain.sessions() as other:
        await filled(one, tea.id)
        second = asyncio.create_task(filled(other, milk.id))
        while not await chain.value("select count(*) from pg_locks where not granted"):
            assert not second.done()
        await one.commit()
        with pytest.raises(InvalidInput) as told:
            await second
    assert [(each.path, each.code) for each in told.value.problems] == [("recordId", "ID_TAKEN")]


async def test_where_more_may_be_found(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside", "north")
    harbour, poor = await chain.open_store("Harbour", "north"), await chain.open_store("Poor", "north")
    far = await chain.open_store("Far", "south")
    for store, units, safety in ((riverside, 3, 8), (harbour, 20, 5), (poor, 2, 5), (far, 50, 5)):
        await (await chain.clerk_at(store)).receive(oolong=units)
        tea = await short_of(chain, store, "oolong", safety)
    shelf = uuid4()
    await chain.rows(
        "insert into shelf (store_id, id, zone, code, name, place, token) values ($1, $2, '后仓', 'B1', '常温', 1, $3)",
        riverside.id,
        shelf,
        uuid4().hex[:16],
    )
    await chain.rows(
        "insert into shelf_sku (store_id, shelf_id, sku_id) values ($1, $2, $3)", riverside.id, shelf, tea.id
    )
    li = await chain.clerk_at(riverside)

    told = (await li.ask(SOURCES, store=riverside.id, sku=tea.id)).data["restockSources"]

    assert {key: told[key] for key in ("onHand", "promised", "safetyStock", "missing", "inQuarantine")} == {
        "onHand": 3,
        "promised": 0,
        "safetyStock": 8,
        "missing": 5,
        "inQuarantine": 0,
    }
    assert told["shelves"] == [{"zone": "后仓", "code": "B1", "name": "常温"}]
    name = "select name from store where id = $1"
    found = {each["storeName"]: each["spare"] for each in told["stores"]}
    assert found[await chain.value(name, harbour.id)] == 15
    assert not found.keys() & {await chain.value(name, store.id) for store in (riverside, poor, far)}
    elsewhere = await (await chain.clerk_at(far)).ask(SOURCES, store=riverside.id, sku=tea.id)
    assert elsewhere.body["errors"][0]["extensions"]["code"] == "NOT_FOUND"
