"""Doing tasks: one tap takes it, several people, offline, late; what was done is never lost."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from retail.access.actor import Actor, ActorKind
from retail.access.permissions import Permission, Role
from retail.access.work import Work
from retail.kernel.clock import utc_now
from retail.kernel.refusal import InvalidInput
from retail.stores.directory import Directory
from retail.tasks.drafts import NewTask
from retail.tasks.needs import Need, NeedKind
from retail.tasks.sending import send_task
from tests.schema.tasks.chores import (
    FLOOR,
    FRIDGE,
    LEAVE,
    SEND,
    WITHDRAW,
    checklist,
    complete,
    in_order,
    item,
    photo,
    save,
    take,
    todo,
)
from tests.support.chain import Chain, Shop, Staff, origin


async def a_task(chain: Chain, shop: Shop, *items: dict[str, object], **more: object) -> Any:
    """Let headquarters ask this of a store today, and return the task."""
    operations = await chain.staff(Role.HQ_OPERATIONS, shop)
    told = await save(operations, **checklist(*items, storeIds=[shop.id], **more))
    assert told.kind == "SaveChecklistSuccess", told.body
    checklist_id = told.value["checklist"]["id"]
    [task] = [task for task in await todo(operations, shop) if task["checklistId"] == checklist_id]
    return task


async def two_clerks(chain: Chain) -> tuple[Shop, Staff, Staff]:
    riverside = await chain.open_store("Riverside")
    return riverside, await chain.clerk_at(riverside), await chain.clerk_at(riverside)


async def test_one_tap_takes_a_task_and_the_second_is_told_who_has_it(chain: Chain) -> None:
    riverside, li, wang = await two_clerks(chain)
    task = await a_task(chain, riverside)

    first, second = await take(li, task), await take(wang, task)
    over = await take(wang, task, takeOver=True)

    assert (first.value["task"]["state"], first.value["task"]["ownerName"]) == ("TAKEN", li.name)
    assert (second.kind, second.value["ownerName"]) == ("TaskTaken", li.name)
    assert over.value["task"]["ownerName"] == wang.name


async def test_a_task_that_was_left_is_open_again_but_nobody_leaves_anothers(chain: Chain) -> None:
    riverside, li, wang = await two_clerks(chain)
    task = await a_task(chain, riverside)
    await take(li, task)
    given = {"storeId": riverside.id, "taskId": task["id"]}

    not_mine = await wang.ask(LEAVE, input={"requestId": uuid4(), **given})
    mine = await li.ask(LEAVE, input={"requestId": uuid4(), **given})

    assert not_mine.value["task"]["state"] == "TAKEN"
    assert (mine.value["task"]["state"], mine.value["task"]["ownerId"]) == ("OPEN", None)


async def test_what_was_answered_is_kept_with_who_when_and_where(chain: Chain) -> None:
    riverside, li, _ = await two_clerks(chain)
    await chain.rows("update store set latitude = 31.0, longitude = 121.0 where id = $1", riverside.id)
    task = await a_task(chain, riverside)

    told = await complete(li, task, note="一切正常", origin=origin(latitude=31.001, longitude=121.0))

    record = told.value["record"]
    assert (told.kind, told.value["task"]["state"]) == ("CompleteTaskSuccess", "DONE")
    assert (record["byName"], record["note"], record["isLate"]) == (li.name, "一切正常", False)
    assert record["distanceMetres"] in {None, 111}  # the server knows of the move within three seconds
    assert [(each["tick"], each["number"], each["isOutside"]) for each in record["answers"]] == [
        (True, None, False),
        (None, 0, False),
    ]
    assert told.value["task"]["id"] not in [each["id"] for each in await todo(li, riverside)]
    assert told.value["task"]["id"] in [each["id"] for each in await todo(li, riverside, over=True)]


async def test_a_number_out_of_range_is_kept_flagged_and_followed_up(chain: Chain) -> None:
    riverside, li, _ = await two_clerks(chain)
    task = await a_task(chain, riverside, FRIDGE)

    told = await complete(li, task, {"itemId": FRIDGE["id"], "number": 15.5})

    assert told.value["record"]["answers"][0]["isOutside"] is True
    [follow] = await todo(li, riverside, kind="FOLLOW_UP")
    assert told.value["followUpIds"] == [follow["id"]]
    assert (follow["title"], follow["must"]) == ("复查：冷柜温度（15.5 °C）", True)
    assert [need["kind"] for need in follow["needs"]] == ["NUMBER", "TEXT"]
    again = await complete(li, follow, {"itemId": follow["needs"][0]["id"], "number": 4}, in_order(follow["needs"][1]))
    assert (again.value["task"]["state"], again.value["followUpIds"]) == ("DONE", [])


async def test_two_phones_may_complete_the_same_and_both_records_stay(chain: Chain) -> None:
    riverside, li, wang = await two_clerks(chain)
    task = await a_task(chain, riverside)
    earlier = (datetime.now(UTC) - timedelta(hours=3)).isoformat()

    online = await complete(wang, task)
    offline = await complete(li, task, origin=origin(occurredAt=earlier))

    assert online.value["alsoDoneBy"] is None
    assert (offline.value["alsoDoneBy"], offline.value["task"]["doneByName"]) == (wang.name, li.name)
    records = await chain.rows("select person_id from task_record where task_id = $1", offline.value["task"]["id"])
    assert {row["person_id"] for row in records} == {li.id, wang.id}


async def test_a_repeated_completion_is_recorded_once(chain: Chain) -> None:
    riverside, li, _ = await two_clerks(chain)
    task = await a_task(chain, riverside)
    request, record, when = uuid4(), uuid4(), origin()

    told = [await complete(li, task, requestId=request, recordId=record, origin=when) for _ in range(2)]
    same_id = await complete(li, task, recordId=record)

    assert [each.kind for each in told] == ["CompleteTaskSuccess"] * 2
    assert same_id.problems == [("recordId", "ID_TAKEN")]
    assert await chain.value("select count(*) from task_record where task_id = $1", task["id"]) == 1


async def test_late_is_recorded_and_not_refused(chain: Chain) -> None:
    riverside, li, _ = await two_clerks(chain)
    task = await a_task(chain, riverside)
    await chain.rows("update task set due_at = now() - interval '1 hour' where id = $1", task["id"])

    told = await complete(li, task)

    assert (told.value["record"]["isLate"], told.value["task"]["isLate"]) == (True, True)


async def test_a_missed_task_can_still_be_told_of(chain: Chain) -> None:
    riverside, li, _ = await two_clerks(chain)
    task = await a_task(chain, riverside)
    await chain.rows("update task set due_at = now() - interval '2 days', expires_at = now() where id = $1", task["id"])
    [missed] = [each for each in await todo(li, riverside, over=True) if each["id"] == task["id"]]

    told = await complete(li, task)

    assert missed["state"] == "MISSED"
    assert task["id"] not in [each["id"] for each in await todo(li, riverside)]
    assert told.value["task"]["state"] == "DONE"


async def test_pictures_come_with_the_task_and_are_waited_for_by_nobody(chain: Chain) -> None:
    riverside, li, _ = await two_clerks(chain)
    shelf, picture = item("货架照片", "PHOTO"), photo()
    task = await a_task(chain, riverside, shelf)

    without = await complete(li, task, {"itemId": shelf["id"]})
    strange = await complete(li, task, {"itemId": shelf["id"], "photoIds": [uuid4()]})
    told = await complete(li, task, {"itemId": shelf["id"], "photoIds": [picture["id"]]}, photos=[picture])

    assert without.problems == [("answers", "ANSWER_MISSING")]
    assert ("answers[0].photoIds", "UNKNOWN_PHOTO") in strange.problems
    assert told.kind == "CompleteTaskSuccess", told.body
    assert [(each["id"], each["status"]) for each in told.value["task"]["photos"]] == [(str(picture["id"]), "AWAITED")]


async def test_what_the_books_ask_can_be_taken_but_not_ticked_off(chain: Chain) -> None:
    riverside, li, _ = await two_clerks(chain)
    await li.sell(tea=3)
    [repair] = await todo(li, riverside, kind="REPAIR_DISCREPANCY")

    taken, done = await take(li, repair), await complete(li, repair)
    await li.adjust("tea", delta=3)

    assert (taken.value["task"]["state"], taken.value["task"]["ownerName"]) == ("TAKEN", li.name)
    assert done.kind == "TaskFollowsBooks"
    assert await todo(li, riverside, kind="REPAIR_DISCREPANCY") == []


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        ({"number": float("1e308")}, ("answers[0].number", "NOT_A_NUMBER")),
        ({"tick": True}, ("answers[0].tick", "WRONG_KIND")),
        ({"text": "好" * 10_000, "number": 1}, ("answers[0].text", "TEXT_TOO_LONG")),
        ({"text": "a\0b", "number": 1}, ("answers[0].text", "TEXT_NOT_PLAIN")),
        ({"itemId": uuid4(), "number": 1}, ("answers[0].itemId", "UNKNOWN_ITEM")),
        ({}, ("answers", "ANSWER_MISSING")),
    ],
)
async def test_rubbish_is_refused_by_name_and_nothing_is_kept(
    chain: Chain, answer: dict[str, object], wrong: tuple[str, str]
) -> None:
    riverside, li, _ = await two_clerks(chain)
    task = await a_task(chain, riverside, FRIDGE)

    told = await complete(li, task, {"itemId": FRIDGE["id"], **answer})

    assert told.kind == "InvalidInput", told.body
    assert wrong in told.problems
    assert await chain.value("select count(*) from task_record where task_id = $1", task["id"]) == 0
    assert (await complete(li, task)).kind == "CompleteTaskSuccess"


async def test_the_same_item_is_answered_once_and_the_note_has_an_end(chain: Chain) -> None:
    riverside, li, _ = await two_clerks(chain)
    task = await a_task(chain, riverside, FLOOR)
    answer = {"itemId": FLOOR["id"], "tick": True}

    twice = await complete(li, task, answer, answer)
    endless = await complete(li, task, answer, note="x" * 10_000)
    many = await complete(li, task, *[answer] * 51)

    assert twice.problems == [("answers[1].itemId", "ANSWERED_TWICE")]
    assert endless.problems == [("note", "TEXT_TOO_LONG")]
    assert many.problems == [("answers", "TOO_MANY_ANSWERS")]


async def test_another_stores_task_is_not_found(chain: Chain) -> None:
    riverside, li, _ = await two_clerks(chain)
    harbour, stranger, _ = await two_clerks(chain)
    task = await a_task(chain, riverside)

    at_mine = await complete(stranger, task)
    at_theirs = await complete(stranger, task, storeId=riverside.id)

    assert (at_mine.kind, at_mine.value["path"]) == ("NotFound", "taskId")
    assert (at_theirs.kind, at_theirs.value["path"]) == ("NotFound", "storeId")
    assert (await take(stranger, task)).kind == "NotFound"
    assert await todo(stranger, harbour) == []
    assert (await complete(li, task)).kind == "CompleteTaskSuccess"


async def test_headquarters_sends_a_task_once_and_takes_it_back(chain: Chain) -> None:
    riverside, li, _ = await two_clerks(chain)
    harbour, wang, _ = await two_clerks(chain)
    operations = await chain.staff(Role.HQ_OPERATIONS, riverside)
    sent = {"id": uuid4(), "storeIds": [riverside.id, harbour.id], "title": "换海报", "titleEn": "New posters"}
    given = {**sent, "items": [FLOOR], "note": "夏季海报", "must": True}

    told = await operations.ask(SEND, input={"requestId": uuid4(), **given})
    again = await operations.ask(SEND, input={"requestId": uuid4(), **given})
    by_clerk = await li.ask(SEND, input={"requestId": uuid4(), **given, "id": uuid4(), "storeIds": [riverside.id]})

    [mine], [theirs] = await todo(li, riverside, kind="SENT"), await todo(wang, harbour, kind="SENT")
    assert told.value["taskIds"] == [mine["id"], theirs["id"]]
    assert (mine["note"], mine["why"]) == ("夏季海报", "必做；总部交办")
    assert (again.problems, by_clerk.kind) == ([("id", "ID_TAKEN")], "NotPermitted")
    await complete(li, mine)
    back = {"storeId": harbour.id, "taskId": theirs["id"]}
    withdrawn = await operations.ask(WITHDRAW, input={"requestId": uuid4(), **back})
    too_late = await operations.ask(
        WITHDRAW, input={"requestId": uuid4(), "storeId": riverside.id, "taskId": mine["id"]}
    )
    assert (withdrawn.value["task"]["state"], await todo(wang, harbour, kind="SENT")) == ("WITHDRAWN", [])
    assert (too_late.kind, too_late.value["by"]) == ("TaskOver", li.name)
    assert (await take(wang, theirs)).kind == "TaskOver"


async def test_of_two_tasks_sent_at_once_under_one_id_the_second_is_told(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    operations = await chain.hire(Role.HQ_OPERATIONS)
    store = (await Directory(chain.sessions).stores())[riverside.id]
    actor = Actor(operations.id, ActorKind.PERSON, "", (), {Permission.CHECKLIST_DESIGN: frozenset({riverside.id})})
    floor = Need(uuid4(), "地面", "Floor", NeedKind.TICK)
    new = NewTask(uuid4(), (riverside.id,), "换海报", "New posters", (floor,), None, must=False, due_at=None)

    async with chain.sessions() as one, chain.sessions() as other:
        await send_task(Work(one, actor, utc_now()), new, stores=[store])
        second = asyncio.create_task(send_task(Work(other, actor, utc_now()), new, stores=[store]))
        while not await chain.value("select count(*) from pg_locks where not granted"):
            assert not second.done()
        await one.commit()
        with pytest.raises(InvalidInput) as told:
            await second
    assert [(each.path, each.code) for each in told.value.problems] == [("id", "ID_TAKEN")]
