"""Heat, figures and tasks as a screen asks for them: through GraphQL, on the compiled way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import orjson
import pytest_asyncio
from graphql import OperationType

from retail.access.actor import Actor
from retail.access.permissions import Role
from retail.insights.projection import catch_up
from schema import schema
from schema.kernel.compiled import Operations
from schema.kernel.context import Context
from schema.kernel.live import StockFeed
from tests.retail.insights.books import Books, Line, somebody

HEAT_CELL = """
    storeId categoryId skuCount availableCount outCount belowSafetyCount negativeCount
    shortageUnits soldUnits soldUnitsLastHour salesTodayFen
"""
HEAT = f"query ($filter: HeatFilter) {{ heat(filter: $filter) {{ asOf cells {{ {HEAT_CELL} }} }} }}"
HEAT_CHANGES = f"subscription {{ heatChanges {{ asOf cells {{ {HEAT_CELL} }} }} }}"
SUMMARIES = """{ storeSummaries {
    store { name } asOf salesTodayFen unitsToday basketsToday salesLastHourFen
    skuCount outCount belowSafetyCount negativeCount hourly { hour units amount baskets }
} }"""
CHAIN = """{ chainSummary {
    asOf storeCount openStoreCount salesTodayFen unitsToday basketsToday
    outCount belowSafetyCount negativeCount hourly { hour units amount baskets }
} }"""
TASKS = "query ($id: UUID!) { tasks(storeId: $id) { id kind storeId dueAt sku { name } quantity priority } }"


class Api:
    """The schema in front of the books, as the server runs it."""

    def __init__(self, books: Books, feed: StockFeed) -> None:
        self.operations = Operations(schema)
        self.books = books
        self.feed = feed

    async def ask(self, actor: Actor, text: str, **variables: object) -> Any:
        """Return the answer, or the codes of its errors."""
        operation = self.operations.prepare(text)
        assert operation.plan is not None, "a screen's question takes the ordinary, slow way"
        answer = await self.operations.execute(operation, variables, self.context(actor))
        if answer.errors:
            return [getattr(error.original_error, "code", str(error)) for error in answer.errors]
        return orjson.loads(orjson.dumps(answer.data))

    def context(self, actor: Actor) -> Context:
        return Context(actor, self.books.desk, self.feed)


@pytest_asyncio.fixture
async def api(books: Books) -> AsyncIterator[Api]:
    feed = StockFeed(books.sessions)
    await feed.open()
    yield Api(books, feed)
    await feed.close()


async def test_a_manager_reads_heat_and_figures_of_her_store(api: Api) -> None:
    books = api.books
    store, foreign = await books.open_store("望京店"), await books.open_store("滨江店")
    skus = await books.stock_catalogue({"drinks/tea": ["oolong"]})
    for place in (store, foreign):
        await books.carry(place, skus["oolong"], received=5, safety=4)
        await books.record(Line(place.id, skus["oolong"], 2, books.clock(), fen=3600))
    await catch_up(books.office)
    manager = somebody(Role.STORE_MANAGER, store)

    heat = (await api.ask(manager, HEAT))["heat"]
    [summary] = (await api.ask(manager, SUMMARIES))["storeSummaries"]
    chain = (await api.ask(manager, CHAIN))["chainSummary"]

    assert heat == {
        "asOf": "2026-11-20T04:02:00Z",
        "cells": [
            {
                "storeId": str(store.id),
                "categoryId": str(books.categories["drinks"]),
                "skuCount": 1,
                "availableCount": 1,
                "outCount": 0,
                "belowSafetyCount": 1,
                "negativeCount": 0,
                "shortageUnits": 1,
                "soldUnits": 2,
                "soldUnitsLastHour": 2,
                "salesTodayFen": 3600,
            }
        ],
    }
    assert summary["store"] == {"name": "望京店"}
    assert (summary["salesTodayFen"], summary["unitsToday"], summary["basketsToday"]) == (3600, 2, 1)
    assert summary["hourly"][-1] == {"hour": "2026-11-20T04:00:00Z", "units": 2, "amount": 3600, "baskets": 1}
    assert (chain["storeCount"], chain["openStoreCount"], chain["salesTodayFen"]) == (1, 0, 3600)


async def test_a_filter_narrows_the_heat(api: Api) -> None:
    books = api.books
    store = await books.open_store("望京店")
    skus = await books.stock_catalogue({"drinks": ["tea"], "food": ["bun"]})
    await books.carry(store, skus["tea"], received=1)
    await books.carry(store, skus["bun"], received=1)
    manager = somebody(Role.STORE_MANAGER, store)
    food = str(books.categories["food"])

    narrowed = await api.ask(manager, HEAT, filter={"storeIds": [str(store.id)], "categoryIds": [food]})

    assert [cell["categoryId"] for cell in narrowed["heat"]["cells"]] == [food]


async def test_a_clerk_is_refused_insights_but_sees_what_there_is_to_do(api: Api) -> None:
    books = api.books
    store = await books.open_store("望京店")
    skus = await books.stock_catalogue({"drinks": ["tea"]})
    await books.carry(store, skus["tea"], received=1, safety=3)
    clerk = somebody(Role.CLERK, store)

    tasks = (await api.ask(clerk, TASKS, id=str(store.id)))["tasks"]

    assert [await api.ask(clerk, text) for text in (HEAT, SUMMARIES, CHAIN)] == [["NOT_PERMITTED"]] * 3
    assert await refused(api, clerk) == ["NOT_PERMITTED"]
    assert [(task["kind"], task["sku"], task["quantity"]) for task in tasks] == [
        ("OPEN_DAY", None, None),
        ("RESTOCK", {"name": "tea"}, 2),
    ]
    assert tasks[0]["dueAt"] == "2026-11-19T23:30:00Z"


async def test_the_tasks_of_another_store_are_not_found(api: Api) -> None:
    mine, foreign = await api.books.open_store("望京店"), await api.books.open_store("滨江店")

    answers = [
        await api.ask(somebody(Role.CLERK, mine), TASKS, id=id)
        for id in (str(foreign.id), "00000000-0000-4000-8000-000000000000")
    ]

    assert answers == [["NOT_FOUND"]] * 2


async def test_the_heat_changes_on_the_screen_as_soon_as_something_is_sold(api: Api) -> None:
    books = api.books
    store = await books.open_store("望京店")
    skus = await books.stock_catalogue({"drinks": ["tea"], "food": ["bun"]})
    for sku_id in skus.values():
        await books.carry(store, sku_id, received=9)
    manager = somebody(Role.STORE_MANAGER, store)
    operation = api.operations.prepare(HEAT_CHANGES)
    assert operation.kind is OperationType.SUBSCRIPTION
    assert operation.plan is not None

    async with (
        aclosing(api.operations.subscribe(operation, {}, api.context(manager))) as screen,
        aclosing(api.operations.subscribe(operation, {}, api.context(manager))) as neighbour,
    ):
        first = orjson.loads(orjson.dumps((await anext(screen)).data))
        await anext(neighbour)
        await books.record(Line(store.id, skus["bun"], 4, books.clock(), fen=800))
        api.feed.wake()
        async with asyncio.timeout(5):
            second = await anext(screen)
            same = await anext(neighbour)

    assert len(first["heatChanges"]["cells"]) == 2
    [cell] = orjson.loads(orjson.dumps(second.data))["heatChanges"]["cells"]
    assert (cell["categoryId"], cell["soldUnits"], cell["salesTodayFen"]) == (str(books.categories["food"]), 4, 800)
    assert second.data is same.data  # encoded once for both


async def refused(api: Api, actor: Actor) -> list[str]:
    """Return the codes with which the heat's subscription ends."""
    operation = api.operations.prepare(HEAT_CHANGES)
    async with aclosing(api.operations.subscribe(operation, {}, api.context(actor))) as items:
        return [getattr(error.original_error, "code", str(error)) for error in (await anext(items)).errors]
