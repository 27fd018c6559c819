"""A manager gives her store a task: to somebody by name or to all, with a picture, before the hand-over if need be."""

from typing import Any
from uuid import uuid4

import pytest

from retail.access.permissions import Role
from tests.schema.day.shifts import give
from tests.schema.tasks.chores import TASK, WITHDRAW, complete, document, photo, take, today, todo
from tests.support.asking import Asker, Told
from tests.support.chain import Chain, Shop

ASSIGN = document("assignTask", f"task {{ {TASK} }}")


async def assign(asker: Asker, shop: Shop, **more: object) -> Told:
    given = {"requestId": uuid4(), "id": uuid4(), "storeId": shop.id, "title": "擦橱窗", **more}
    return await asker.ask(ASSIGN, input=given)


async def seen(asker: Asker, shop: Shop) -> list[Any]:
    return await todo(asker, shop, kind="ASSIGNED")


async def test_a_task_to_one_person_is_hers_from_the_beginning(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    manager, li = await chain.staff(Role.STORE_MANAGER, riverside), await chain.clerk_at(riverside)
    wang = await chain.clerk_at(riverside)

    told = await assign(manager, riverside, toId=li.id, note="里外都擦")
    refused = await take(wang, told.value["task"])

    [task] = await seen(li, riverside)
    assert (task["title"], task["titleEn"], task["note"], task["ownerName"]) == (
        "擦橱窗",
        "擦橱窗",
        "里外都擦",
        li.name,
    )
    assert (task["state"], task["why"], refused.kind) == ("TAKEN", "上级交办", "TaskTaken")
    assert [each["kind"] for each in task["needs"]] == ["TICK"]


async def test_one_that_must_be_done_with_a_picture_holds_the_hand_over_until_the_picture_is_there(
    chain: Chain,
) -> None:
    riverside = await chain.open_store("Riverside")
    manager, li = await chain.staff(Role.STORE_MANAGER, riverside), await chain.clerk_at(riverside)
    task = (await assign(manager, riverside, photo=True, must=True)).value["task"]
    [need], picture = task["needs"], photo()

    before = await give(li)
    without = await complete(li, task, {"itemId": need["id"], "tick": True})
    done = await complete(li, task, {"itemId": need["id"], "photoIds": [picture["id"]]}, photos=[picture])

    assert (need["kind"], before.kind, without.kind, done.kind) == (
        "PHOTO",
        "MustDoOpen",
        "InvalidInput",
        "CompleteTaskSuccess",
    )
    assert (await give(li)).kind == "HandOverSuccess"


async def test_a_manager_takes_back_what_she_gave_and_not_what_headquarters_sent(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    manager, regional = [await chain.staff(role, riverside) for role in (Role.STORE_MANAGER, Role.REGIONAL_MANAGER)]
    task = (await assign(regional, riverside)).value["task"]
    sent = uuid4()
    await chain.rows(
        "insert into task (store_id, id, kind, day, title, title_en, needs, must, made_at)"
        " values ($1, $2, 'sent', $3, 'x', 'x', '[]', false, now())",
        *(riverside.id, sent, await today(chain, riverside)),
    )

    own, other = [
        await manager.ask(WITHDRAW, input={"requestId": uuid4(), "storeId": riverside.id, "taskId": id})
        for id in (task["id"], sent)
    ]

    assert (own.kind, other.kind) == ("WithdrawTaskSuccess", "NotPermitted")
    assert await seen(manager, riverside) == []


async def test_only_who_leads_a_store_gives_it_tasks_and_only_to_its_people(chain: Chain) -> None:
    riverside, harbour = await chain.open_stores("Riverside", "Harbour")
    li, stranger = await chain.clerk_at(riverside), await chain.clerk_at(harbour)
    manager = await chain.staff(Role.STORE_MANAGER, riverside)

    clerk, elsewhere = await assign(li, riverside), await assign(manager, harbour)
    to_a_stranger = await assign(manager, riverside, toId=stranger.id)

    assert (clerk.kind, clerk.value["permission"]) == ("NotPermitted", "task:assign")
    assert (elsewhere.kind, elsewhere.value["path"]) == ("NotFound", "storeId")
    assert (to_a_stranger.kind, to_a_stranger.value["path"]) == ("NotFound", "toId")
    assert await seen(manager, riverside) == []


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"title": " "}, ("title", "TEXT_MISSING")),
        ({"note": "长" * 1001}, ("note", "TEXT_TOO_LONG")),
        ({"dueAt": "0001-01-01T00:00:00Z"}, ("dueAt", "OUT_OF_RANGE")),
        ({"dueAt": "9999-12-31T23:59:59Z"}, ("dueAt", "OUT_OF_RANGE")),
    ],
)
async def test_what_is_wrong_with_it_is_named(chain: Chain, wrong: dict[str, object], problem: tuple[str, str]) -> None:
    riverside = await chain.open_store("Riverside")
    manager = await chain.staff(Role.STORE_MANAGER, riverside)

    told = await assign(manager, riverside, **wrong)

    assert problem in told.problems
    assert await seen(manager, riverside) == []


async def test_an_id_that_is_another_tasks_is_not_taken_again(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    manager = await chain.staff(Role.STORE_MANAGER, riverside)
    first = (await assign(manager, riverside)).value["task"]["id"]

    told = await assign(manager, riverside, id=first, title="另一件")

    assert told.problems == [("id", "ID_TAKEN")]
