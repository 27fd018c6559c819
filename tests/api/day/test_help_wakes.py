"""Somebody in a store needs help, or is given a task: whom it concerns is woken, and nobody else."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import orjson
import pytest

from retail.access.permissions import Role
from tests.schema.day.shifts import answer, ask_for_help
from tests.schema.tasks.test_tasks_assigned import assign
from tests.support.asking import Asker
from tests.support.chain import Chain, found_chain, open_chain
from tests.support.postgres import TestingPostgres
from tests.support.push_service import Browser, PushService, push_service
from tests.support.server import ServerProcess

SUBSCRIBE = "mutation($input: SubscribePushInput!) { subscribePush(input: $input) { __typename } }"


@pytest.fixture(scope="module")
async def shop(postgres: TestingPostgres) -> AsyncIterator[Chain]:
    with postgres.database(postgres.migrated()) as url:
        await found_chain(url, 20)
        with ServerProcess(url, TRUESHELF_PUSH_INSIDE="true") as server:
            async with open_chain(url, server.url) as chain:
                yield chain


@pytest.fixture
async def service() -> AsyncIterator[PushService]:
    async with push_service() as running:
        yield running


async def subscribe(asker: Asker, browser: Browser) -> None:
    told = await asker.ask(SUBSCRIBE, input={"requestId": uuid4(), **browser.subscription})
    assert told.kind == "SubscribePushSuccess"


async def test_headquarters_is_woken_and_then_the_asker_and_nobody_else(shop: Chain, service: PushService) -> None:
    riverside = await shop.open_store("Riverside")
    li, wang = await shop.clerk_at(riverside), await shop.clerk_at(riverside)
    operations = await shop.staff(Role.HQ_OPERATIONS, riverside)
    browsers = {name: service.browser(name) for name in ("asker", "colleague", "headquarters")}
    for who, browser in zip((li, wang, operations), browsers.values(), strict=True):
        await subscribe(who, browser)

    call = (await ask_for_help(li, words="盘不了")).value["call"]["id"]
    woken = await service.next("headquarters")
    await answer(operations, riverside, call, words="先刷新")
    answered = await service.next("asker")
    await asyncio.sleep(2.5)

    assert orjson.loads(browsers["headquarters"].open(woken.body)) == {"path": "/help"}
    assert orjson.loads(browsers["asker"].open(answered.body)) == {"path": "/help/mine"}
    assert "colleague" not in service.came
    assert [len(service.came[name]) for name in ("headquarters", "asker")] == [1, 1]


async def test_a_call_for_help_does_not_wait_because_of_a_call_about_something_else(
    shop: Chain, service: PushService
) -> None:
    harbour = await shop.open_store("Harbour")
    li, operations = await shop.clerk_at(harbour), await shop.staff(Role.HQ_OPERATIONS, harbour)
    await subscribe(operations, service.browser("called-before"))
    await shop.rows(
        "update push_subscription set called = jsonb_build_object('/people/alarms', now() + interval '1 minute')"
        " where person_id = $1",
        operations.id,
    )

    await ask_for_help(li)

    await service.next("called-before")
    assert len(service.came["called-before"]) == 1


async def test_a_call_that_headquarters_leaves_waiting_wakes_who_leads_the_store(
    shop: Chain, service: PushService
) -> None:
    meadow, harbour = await shop.open_stores("Meadow", "Harbour")
    li = await shop.clerk_at(meadow)
    manager, elsewhere = [await shop.staff(Role.STORE_MANAGER, store) for store in (meadow, harbour)]
    await subscribe(manager, service.browser("manager"))
    await subscribe(elsewhere, service.browser("elsewhere"))
    await shop.rows("update push_subscription set created_at = created_at - interval '1 hour'")
    call = (await ask_for_help(li, words="盘不了")).value["call"]["id"]
    await asyncio.sleep(2.5)
    assert "manager" not in service.came

    await shop.rows("update help_call set recorded_at = recorded_at - interval '11 minutes' where id = $1", UUID(call))
    await service.next("manager")
    await asyncio.sleep(2.5)

    assert ("elsewhere" in service.came, len(service.came["manager"])) == (False, 1)


async def test_a_region_is_woken_for_its_own_stores_alone(shop: Chain, service: PushService) -> None:
    north, south = await shop.open_store("Meadow", "north"), await shop.open_store("Harbour", "south")
    li, wang = await shop.clerk_at(north), await shop.clerk_at(south)
    await ask_for_help(wang, words="好了")
    await shop.rows("update help_call set closed_at = now(), closed_by = $1", wang.id)
    for name, store in (("north", north), ("south", south)):
        await subscribe(await shop.staff(Role.REGIONAL_MANAGER, store), service.browser(name))
    await shop.rows("update push_subscription set created_at = created_at - interval '1 hour'")

    call = (await ask_for_help(li, words="盘不了")).value["call"]["id"]
    await shop.rows("update help_call set recorded_at = recorded_at - interval '11 minutes' where id = $1", UUID(call))
    await service.next("north")
    await asyncio.sleep(2.5)

    assert set(service.came) == {"north"}


async def test_whoever_is_given_a_task_is_woken_and_all_who_work_there_if_it_is_nobodys(
    shop: Chain, service: PushService
) -> None:
    garden, harbour = await shop.open_stores("Garden", "Harbour")
    manager, li, wang = [await shop.staff(role, garden) for role in (Role.STORE_MANAGER, Role.CLERK, Role.CLERK)]
    stranger = await shop.clerk_at(harbour)
    browsers = {name: service.browser(name) for name in ("giver", "li", "wang", "stranger")}
    for who, browser in zip((manager, li, wang, stranger), browsers.values(), strict=True):
        await subscribe(who, browser)

    await assign(manager, garden, toId=li.id)
    woken = await service.next("li")
    await asyncio.sleep(2.5)
    assert set(service.came) == {"li"}
    await assign(manager, garden)
    await service.next("wang")
    await service.next("li")
    await asyncio.sleep(2.5)

    assert orjson.loads(browsers["li"].open(woken.body)) == {"path": "/home"}
    assert {name: len(came) for name, came in service.came.items()} == {"li": 2, "wang": 1}
