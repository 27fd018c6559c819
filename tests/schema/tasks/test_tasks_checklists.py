"""Headquarters designs checklists without code; each store gets them on its own days, once; nobody's answer is lost."""

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from retail.access.permissions import Role
from retail.stores.directory import REMEMBERED_FOR
from tests.schema.tasks.chores import (
    ANSWERS,
    COUNTS,
    FLOOR,
    FRIDGE,
    checklist,
    complete,
    item,
    photo,
    save,
    take,
    today,
    todo,
)
from tests.support.asking import Asker
from tests.support.chain import Chain, Shop, Staff, origin

CHECKLISTS = """query($first: Int!, $after: String, $active: Boolean!) {
  checklists(first: $first, after: $after, onlyActive: $active) {
    edges { node { id title version active } } pageInfo { hasNextPage endCursor } totalCount } }"""


async def shop_with_staff(chain: Chain) -> tuple[Shop, Staff, Staff]:
    riverside = await chain.open_store("Riverside")
    return riverside, await chain.clerk_at(riverside), await chain.staff(Role.HQ_OPERATIONS, riverside)


async def answers(who: Asker, chain: Chain, shop: Shop, days: int = 1, **more: object) -> Any:
    day = await today(chain, shop)
    span = {"since": str(day - timedelta(days=days - 1)), "until": str(day)}
    return (await who.ask(ANSWERS, **span, first=100, **more)).data["checklistAnswers"]


async def test_an_edit_is_a_new_version_and_running_tasks_keep_theirs(chain: Chain) -> None:
    riverside, li, operations = await shop_with_staff(chain)
    first = checklist(FLOOR, storeIds=[riverside.id])
    await save(operations, **first)
    [running] = await todo(li, riverside)

    second = {**first, "requestId": uuid4(), "items": [FRIDGE], "expectedVersion": 1, "title": "新检查"}
    saved = await save(operations, **second)
    stale = await save(operations, **{**second, "requestId": uuid4(), "title": "别人的"})

    assert (saved.value["checklist"]["version"], saved.value["checklist"]["savedBy"]) == (2, operations.name)
    assert (stale.kind, stale.value["expected"], stale.value["actual"]) == ("ChecklistMoved", 1, 2)
    [still] = await todo(li, riverside)
    assert (still["id"], still["checklistVersion"], still["title"]) == (running["id"], 1, "开店检查")
    assert [need["title"] for need in still["needs"]] == ["地面已拖"]
    versions = "select array_agg(title order by version) from checklist_version where checklist_id = $1"
    assert await chain.value(versions, first["id"]) == ["开店检查", "新检查"]


async def test_a_checklist_that_is_switched_off_takes_its_open_tasks_back(chain: Chain) -> None:
    riverside, li, operations = await shop_with_staff(chain)
    given = checklist(storeIds=[riverside.id])
    await save(operations, **given)
    [task] = await todo(li, riverside)

    await save(operations, **{**given, "requestId": uuid4(), "expectedVersion": 1, "active": False})

    assert await todo(li, riverside) == []
    [over] = await todo(li, riverside, over=True)
    assert (over["id"], over["state"]) == (task["id"], "WITHDRAWN")
    done = await complete(li, task)  # somebody had done it without network
    assert (done.kind, done.value["task"]["state"]) == ("CompleteTaskSuccess", "DONE")


async def test_only_the_stores_and_regions_that_are_named_are_asked(chain: Chain) -> None:
    riverside, li, operations = await shop_with_staff(chain)
    same_region = await chain.open_store("Next door")
    while same_region.region_id != riverside.region_id:
        same_region = await chain.open_store("Next door")
    by_store, by_region = checklist(storeIds=[riverside.id]), checklist(regionIds=[riverside.region_id])
    for given in (by_store, by_region):
        assert (await save(operations, **given)).kind == "SaveChecklistSuccess"

    here = {task["checklistId"] for task in await todo(li, riverside)}
    there = {task["checklistId"] for task in await todo(await chain.clerk_at(same_region), same_region)}

    assert {str(by_store["id"]), str(by_region["id"])} <= here
    assert str(by_region["id"]) in there
    assert str(by_store["id"]) not in there
    await save(operations, **{**by_region, "requestId": uuid4(), "expectedVersion": 1, "active": False})


async def test_each_store_is_asked_on_its_own_day_in_its_own_zone(chain: Chain) -> None:
    """Also where the day turns late, and where it is another day than here."""
    apia, apias, operations = await shop_with_staff(chain)
    honolulu, honolulus, _ = await shop_with_staff(chain)
    places = {apia.id: ("Pacific/Apia", time(6)), honolulu.id: ("Pacific/Honolulu", time(2))}
    for id, (zone, cutoff) in places.items():
        await chain.rows("update store set zone = $2, day_cutoff = $3 where id = $1", id, zone, cutoff)
    await asyncio.sleep(REMEMBERED_FOR.total_seconds() + 0.2)
    at = ["05:30", "23:59"]
    await save(operations, **checklist(storeIds=[apia.id, honolulu.id], times=at))
    long_ago = "update checklist_version set saved_at = now() - interval '3 days' where store_ids @> array[$1::uuid]"
    await chain.rows(long_ago, apia.id)
    await chain.rows("delete from tasks_made where store_id = any($1)", [apia.id, honolulu.id])

    for shop, clerk in ((apia, apias), (honolulu, honolulus)):
        zone, cutoff = places[shop.id]
        day = await today(chain, shop)
        found = {task["dueAt"] for task in await todo(clerk, shop) if task["day"] == str(day)}
        assert found == {
            datetime.combine(day + timedelta(days=time.fromisoformat(each) < cutoff), time.fromisoformat(each))
            .replace(tzinfo=ZoneInfo(zone))
            .astimezone(UTC)
            .isoformat()
            .replace("+00:00", "Z")
            for each in at
        }


async def test_after_two_days_without_a_server_every_day_is_made_up_for_once(chain: Chain) -> None:
    riverside, li, operations = await shop_with_staff(chain)
    given = checklist(storeIds=[riverside.id], times=["12:00", "23:59"])
    await save(operations, **given)
    await back_in_time(chain, riverside, given["id"], days=2)
    day = await today(chain, riverside)

    seen = await asyncio.gather(*(todo(li, riverside) for _ in range(8)))

    made = await chain.rows(
        "select day, count(*) from task where checklist_id = $1 group by day order by day", given["id"]
    )
    assert [tuple(row) for row in made] == [(day - timedelta(days=n), 2) for n in (2, 1, 0)]
    assert {len(each) for each in seen} == {2}
    told = await answers(operations, chain, riverside, days=3, checklist=given["id"])
    states = [edge["node"]["task"]["state"] for edge in told["edges"]]
    assert states == ["OPEN"] * 2 + ["MISSED"] * 4
    assert told["totalCount"] == 6
    assert told["missingStoreIds"] == [str(riverside.id)]


async def back_in_time(chain: Chain, shop: Shop, checklist_id: object, days: int) -> None:
    """Let it be as if a checklist had been saved long ago and nobody had asked or made anything for so many days."""
    await chain.rows(
        "update checklist_version set saved_at = saved_at - interval '9 days' where checklist_id = $1", checklist_id
    )
    await chain.rows("delete from task where checklist_id = $1", checklist_id)
    await chain.rows(
        "insert into tasks_made values ($1, $2, now() - interval '9 days')"
        " on conflict (store_id) do update set through = excluded.through, at = excluded.at",
        *(shop.id, await today(chain, shop) - timedelta(days=days)),
    )


async def test_headquarters_sees_who_did_what_with_pictures_and_who_has_not(chain: Chain) -> None:
    riverside, li, operations = await shop_with_staff(chain)
    harbour, wang, _ = await shop_with_staff(chain)
    shelf, picture = item("货架照片", "PHOTO"), photo()
    given = checklist(FRIDGE, shelf, storeIds=[riverside.id, harbour.id])
    await save(operations, **given)
    [mine], [theirs] = await todo(li, riverside), await todo(wang, harbour)
    await complete(
        li,
        mine,
        {"itemId": FRIDGE["id"], "number": 9},
        {"itemId": shelf["id"], "photoIds": [picture["id"]]},
        photos=[picture],
        origin=origin(latitude=31.0, longitude=121.0),
    )
    await chain.rows("update task set due_at = now() - interval '1 hour' where id = $1", theirs["id"])

    told = await answers(operations, chain, riverside, checklist=given["id"])

    done, missing = [edge["node"] for edge in told["edges"]]
    assert (missing["storeId"], missing["records"], missing["task"]["isLate"]) == (str(harbour.id), [], True)
    [record] = done["records"]
    assert (record["byName"], record["latitude"]) == (li.name, 31.0)
    assert [(each["number"], each["isOutside"], each["photoIds"]) for each in record["answers"]] == [
        (9, True, []),
        (None, False, [str(picture["id"])]),
    ]
    assert [each["id"] for each in done["task"]["photos"]] == [str(picture["id"])]
    figures = {word: told[word] for word in ("totalCount", "due", "done", "onTime", "completionRate")}
    assert figures == {"totalCount": 2, "due": 2, "done": 1, "onTime": 1, "completionRate": 0.5}
    assert told["missingStoreIds"] == [str(harbour.id)]


async def test_who_has_not_done_it_and_still_has_time_is_told_with_the_time(chain: Chain) -> None:
    riverside, li, operations = await shop_with_staff(chain)
    harbour, wang, _ = await shop_with_staff(chain)
    given = checklist(FRIDGE, storeIds=[riverside.id, harbour.id])
    await save(operations, **given)
    [mine], [theirs] = await todo(li, riverside), await todo(wang, harbour)
    await chain.rows("update task set due_at = now() + interval '1 hour' where id = $1", mine["id"])
    await chain.rows("update task set due_at = now() + interval '1 hour' where id = $1", theirs["id"])

    before = await answers(operations, chain, riverside, checklist=given["id"])
    await complete(li, mine, {"itemId": FRIDGE["id"], "number": 3})
    after = await answers(operations, chain, riverside, checklist=given["id"])
    await chain.rows("update task set due_at = now() - interval '1 hour' where id = $1", theirs["id"])
    late = await answers(operations, chain, riverside, checklist=given["id"])

    assert sorted(before["waitingStoreIds"]) == sorted([str(riverside.id), str(harbour.id)])
    assert (after["totalCount"], after["due"], after["done"]) == (2, 1, 1)
    assert (after["waitingStoreIds"], after["missingStoreIds"]) == ([str(harbour.id)], [])
    assert datetime.fromisoformat(after["waitingUntil"]) > datetime.now(UTC)
    assert (late["waitingStoreIds"], late["waitingUntil"]) == ([], None)
    assert late["missingStoreIds"] == [str(harbour.id)]


async def test_a_manager_sees_the_answers_of_the_own_store_only(chain: Chain) -> None:
    riverside, li, operations = await shop_with_staff(chain)
    harbour, wang, _ = await shop_with_staff(chain)
    given = checklist(storeIds=[riverside.id, harbour.id])
    await save(operations, **given)
    await todo(li, riverside), await todo(wang, harbour)
    manager = await chain.staff(Role.STORE_MANAGER, riverside)

    mine = await answers(manager, chain, riverside, checklist=given["id"])
    foreign = await answers(manager, chain, riverside, stores=[harbour.id])
    day = str(await today(chain, riverside))
    by_clerk = await li.ask(ANSWERS, since=day, until=day, first=1)

    assert [edge["node"]["storeId"] for edge in mine["edges"]] == [str(riverside.id)]
    assert (foreign["totalCount"], foreign["edges"]) == (0, [])
    assert by_clerk.codes == ["NOT_PERMITTED"]


async def test_compliant_acts_are_counted_once_and_only_when_they_were(chain: Chain) -> None:
    riverside, li, operations = await shop_with_staff(chain)
    wang, manager = await chain.clerk_at(riverside), await chain.staff(Role.STORE_MANAGER, riverside)
    shelf, picture = item("货架照片", "PHOTO"), photo()
    await save(operations, **checklist(FRIDGE, shelf, storeIds=[riverside.id], times=["03:58"]))
    await save(operations, **checklist(FLOOR, storeIds=[riverside.id], times=["03:59"]))
    both, plain = sorted(await todo(li, riverside), key=lambda task: task["dueAt"])
    with_photo = [{"itemId": FRIDGE["id"], "number": 4}, {"itemId": shelf["id"], "photoIds": [picture["id"]]}]
    await complete(li, both, *with_photo, photos=[picture])
    again = photo()
    await complete(wang, both, with_photo[0], {**with_photo[1], "photoIds": [again["id"]]}, photos=[again])
    await chain.rows("update task set due_at = now() - interval '1 hour' where id = $1", plain["id"])
    await complete(wang, plain)

    everybody, own = await counts(manager, chain, riverside), await counts(wang, chain, riverside)

    assert sorted(everybody) == [
        (li.name, "TASK_ON_TIME", 1),
        (li.name, "TASK_WITH_PHOTO", 1),
        (li.name, "TASK_WITH_RECORD", 1),
    ]
    assert own == []


async def counts(who: Asker, chain: Chain, shop: Shop) -> list[tuple[str, str, int]]:
    day = str(await today(chain, shop))
    told = (await who.ask(COUNTS, store=shop.id, since=day, until=day)).data["complianceCounts"]
    return [(each["personName"], each["act"], each["count"]) for each in told]


async def test_the_list_is_read_page_by_page_by_those_who_design(chain: Chain) -> None:
    riverside, li, operations = await shop_with_staff(chain)
    titles = [f"页{n}" for n in range(3)]
    given = [checklist(title=title, storeIds=[riverside.id], active=title != "页1") for title in titles]
    for each in given:
        await save(operations, **each)

    found, after = [], None
    while True:
        page = (await operations.ask(CHECKLISTS, first=2, after=after, active=False)).data["checklists"]
        found += [edge["node"]["title"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    active = (await operations.ask(CHECKLISTS, first=100, active=True)).data["checklists"]

    assert [title for title in found if title in titles] == titles
    assert len(found) == page["totalCount"]
    assert [e["node"]["title"] for e in active["edges"] if e["node"]["title"] in titles] == ["页0", "页2"]
    assert (await li.ask(CHECKLISTS, first=1, active=False)).codes == ["NOT_PERMITTED"]
    assert (await save(li, **checklist())).kind == "NotPermitted"


@pytest.mark.parametrize(
    ("rubbish", "wrong"),
    [
        ({"title": "x" * 10_000}, ("title", "TEXT_TOO_LONG")),
        ({"titleEn": " "}, ("titleEn", "TEXT_MISSING")),
        ({"items": []}, ("items", "NO_ITEMS")),
        ({"items": [FLOOR, FLOOR]}, ("items", "SAME_ID")),
        ({"items": [item("x") for _ in range(51)]}, ("items", "TOO_MANY")),
        ({"items": [item("x", min=1)]}, ("items[0].min", "WRONG_KIND")),
        ({"items": [item("x", "NUMBER", min=2, max=1)]}, ("items[0].max", "ENDS_BEFORE")),
        ({"items": [item("x", "NUMBER", max=1e300)]}, ("items[0].max", "NOT_A_NUMBER")),
        ({"items": [item("x", "NUMBER", unit="x" * 21)]}, ("items[0].unit", "TEXT_TOO_LONG")),
        ({"times": ["25:00"]}, ("times[0]", "NOT_A_TIME")),
        ({"times": ["9:00"]}, ("times[0]", "NOT_A_TIME")),
        ({"times": ["09:00"] * 25}, ("times", "TOO_MANY")),
        ({"times": []}, ("times", "TIMES_MISSING")),
        ({"moment": "AT_OPENING"}, ("times", "TIMES_UNUSED")),
        ({"weekdays": [0]}, ("weekdays", "NOT_A_WEEKDAY")),
        ({"weekdays": []}, ("weekdays", "NOT_A_WEEKDAY")),
        ({"validUntil": "2019-12-31"}, ("validUntil", "ENDS_BEFORE")),
    ],
)
async def test_a_checklist_that_cannot_be_is_refused_by_name(
    chain: Chain, rubbish: dict[str, object], wrong: tuple[str, str]
) -> None:
    riverside, _, operations = await shop_with_staff(chain)
    given = {**checklist(storeIds=[riverside.id]), **rubbish}

    told = await save(operations, **given)

    assert told.problems == [wrong]
    assert await chain.value("select count(*) from checklist_version where checklist_id = $1", given["id"]) == 0


async def test_a_checklist_names_only_places_that_there_are(chain: Chain) -> None:
    _, _, operations = await shop_with_staff(chain)

    told = [await save(operations, **checklist(**{places: [uuid4()]})) for places in ("storeIds", "regionIds")]

    assert [each.kind for each in told] == ["NotFound", "NotFound"]


async def test_what_was_recorded_can_be_changed_by_nobody(chain: Chain) -> None:
    for table in ("checklist_version", "task_record", "compliance_entry", "clock_entry", "hand_over", "help_answer"):
        for role in ("trueshelf_app", "trueshelf_system"):
            for right in ("update", "delete"):
                allowed = await chain.value("select has_table_privilege($1, $2, $3)", role, table, right)
                assert not allowed, (table, role, right)


async def test_a_program_is_told_what_the_books_say_and_no_names(chain: Chain) -> None:
    riverside, li, operations = await shop_with_staff(chain)
    await save(operations, **checklist(storeIds=[riverside.id]))
    await li.sell(tea=2)
    [repair] = await todo(li, riverside, kind="REPAIR_DISCREPANCY")
    await take(li, repair)
    till = await chain.register_channel(store_ids=[riverside.id])

    found = await todo(till, riverside, kind=None)

    assert {task["kind"] for task in found} == {"OPEN_DAY", "REPAIR_DISCREPANCY", "RESTOCK"}
    assert {task["ownerName"] for task in found} == {None}


async def test_more_than_a_year_is_not_asked_for(chain: Chain) -> None:
    riverside, _, operations = await shop_with_staff(chain)
    span = {"since": date(2025, 1, 1).isoformat(), "until": date(2026, 1, 2).isoformat()}

    told = [await operations.ask(ANSWERS, **span, first=1), await operations.ask(COUNTS, store=riverside.id, **span)]

    assert [each.codes for each in told] == [["INVALID_INPUT"]] * 2
