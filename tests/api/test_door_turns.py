"""What one person takes of what everybody shares."""

import asyncio
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from api.door_turns import AT_ONCE, Turns, items_in
from retail.access.actor import ActorKind
from retail.access.permissions import Permission
from tests.support.chain import Chain

ACCESS_LOCK = 0x6163_6365_7373
"""What changes of access take turns with (retail/access/assignments.py)."""


def somebody(kind: ActorKind = ActorKind.PERSON) -> Any:
    return SimpleNamespace(actor=SimpleNamespace(id=uuid4(), kind=kind))


async def busy_at_once(turns: Turns, *contexts: Any) -> int:
    """How many of these have their turn while nobody is done."""
    done, busy = asyncio.Event(), 0

    async def work(context: Any) -> None:
        nonlocal busy
        async with turns.turn(context):
            busy += 1
            await done.wait()

    working = [asyncio.create_task(work(context)) for context in contexts]
    await asyncio.sleep(0.01)
    seen = busy
    done.set()
    await asyncio.gather(*working)
    assert busy == len(contexts), "everybody has a turn in the end"
    return seen


async def test_one_person_does_so_much_at_once_and_others_do_not_wait_for_it() -> None:
    turns, greedy, modest = Turns(), somebody(), somebody()

    assert await busy_at_once(turns, *[greedy] * 20) == AT_ONCE
    assert await busy_at_once(turns, *[greedy] * 20, modest) == AT_ONCE + 1
    assert len(turns) == 0, "nobody is remembered who does nothing"


async def test_the_sales_of_a_channel_are_gathered_and_do_not_wait() -> None:
    assert await busy_at_once(Turns(), *[somebody(ActorKind.CHANNEL)] * 300) == 300


async def test_who_gives_up_waiting_takes_nobodys_turn() -> None:
    turns, person = Turns(1), somebody()
    async with turns.turn(person):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01), turns.turn(person):
                pass

    assert await busy_at_once(turns, person) == 1


@pytest.mark.parametrize(
    ("variables", "items"),
    [
        ({}, 0),
        ({"text": "abc", "n": 3, "nothing": None}, 0),
        ({"input": {"lines": [{"quantity": 1}, {"quantity": 2}], "storeIds": ["a"]}}, 3),
        ({"nested": [[1, 2], [3]]}, 5),
    ],
)
def test_the_items_that_come_with_an_operation_are_counted(variables: object, items: int) -> None:
    assert items_in(variables) == items


async def test_the_requests_of_one_clerk_do_not_hold_every_connection(chain: Chain) -> None:
    """Twins of one request wait for each other in PostgreSQL: four of them at once, not as many as are sent."""
    riverside = await chain.open_store()
    clerk, request = await chain.clerk_at(riverside), uuid4()
    await clerk.receive(tea=1)
    waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"

    async with chain.engine.connect() as held:
        await held.exec_driver_sql("select from log_head where store_id = $1 for update", (riverside.id,))
        twins = [asyncio.create_task(clerk.receive(tea=1, request_id=request)) for _ in range(20)]
        for _ in range(100):
            if await chain.value(waiting) >= AT_ONCE:
                break
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.3)
        seen = await chain.value(waiting)
        await held.rollback()

    kinds = {(await twin).kind for twin in twins}
    assert seen == AT_ONCE
    assert kinds <= {"ReceiveGoodsSuccess", "RequestIdConflict"}


async def test_who_may_not_grant_does_not_wait_for_those_who_do(chain: Chain) -> None:
    riverside = await chain.open_store()
    clerk = await chain.clerk_at(riverside)

    async with chain.engine.connect() as held:
        await held.exec_driver_sql(f"select pg_advisory_xact_lock({ACCESS_LOCK})")
        told = await asyncio.wait_for(
            clerk.do("grantRole", personId=clerk.id, role="CLERK", storeIds=[riverside.id]), timeout=5
        )
        await held.rollback()

    assert told.kind == "NotPermitted"
    assert told.value["permission"] == Permission.ACCESS_GRANT
