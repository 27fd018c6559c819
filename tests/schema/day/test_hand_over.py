"""The day ends in the hand-over: figures gathered, what must be done explained, the next shift takes it on."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from retail.access.permissions import Role
from tests.schema.day.shifts import HAND_OVERS, come, confirm, day_of, give, hand_over_seen_by, settled
from tests.schema.returns.counter import cancel, line_of, sold, take_back
from tests.schema.tasks.chores import SEND, checklist, complete, item, photo, save, today, todo
from tests.support.chain import PRICE, Chain, Shop, Staff, origin


async def two_shifts(chain: Chain) -> tuple[Shop, Staff, Staff]:
    riverside = await chain.open_store("Riverside")
    return riverside, await chain.clerk_at(riverside), await chain.clerk_at(riverside)


async def a_must(chain: Chain, shop: Shop, title: str = "锁好后门", **more: object) -> Any:
    """Let headquarters send something that must be done."""
    operations = await chain.staff(Role.HQ_OPERATIONS, shop)
    given = {"id": uuid4(), "storeIds": [shop.id], "title": title, "titleEn": title, "items": [item(title)]}
    told = await operations.ask(SEND, input={"requestId": uuid4(), **given, "must": True, **more})
    return next(task for task in await todo(operations, shop, kind="SENT") if task["id"] in told.value["taskIds"])


async def test_a_hand_over_gathers_the_days_figures(chain: Chain) -> None:
    riverside, li, _ = await two_shifts(chain)
    await li.receive(tea=10)
    await li.sell(tea=2)
    await li.sell(tea=1, milk=4)
    await li.adjust("tea", delta=-3)
    await settled(chain, riverside, 7)
    picture = photo()

    told = await give(li, note="冰箱有点响", photos=[picture])

    assert told.kind == "HandOverSuccess", told.body
    kept = told.value["handOver"]
    assert (kept["givenByName"], kept["note"], kept["day"]) == (
        li.name,
        "冰箱有点响",
        str(await today(chain, riverside)),
    )
    assert kept["sales"] == {"amount": 7 * PRICE, "baskets": 2, "units": 7}
    assert kept["sinceThen"] == {"amount": 0, "baskets": 0, "units": 0}
    assert kept["differences"] == [{"sku": {"name": "tea"}, "quantity": -3, "value": -3 * PRICE}]
    assert kept["belowZero"] == [{"sku": {"name": "milk"}, "quantity": -4, "value": -4 * PRICE}]
    assert (kept["differencesCount"], kept["belowZeroCount"], kept["returnsWaiting"]) == (1, 1, 0)
    assert [each["id"] for each in kept["photos"]] == [str(picture["id"])]


async def test_a_hand_over_tells_what_came_back_and_its_sales_are_net_of_it(chain: Chain) -> None:
    riverside, li, _ = await two_shifts(chain)
    await sold(li, tea=3, receipt="R1")
    line = await line_of(li, reference="R1")
    stands = await take_back(li, "tea", 2, saleLineId=line)
    undone = await take_back(li, "tea", 1, saleLineId=line)
    await cancel(li, undone.value["returned"]["id"])
    await settled(chain, riverside, 1)

    day, told = await day_of(li, riverside), await give(li)

    assert stands.value["returned"]["refund"] == 2 * PRICE
    for each in (day, told.value["handOver"]):
        assert each["returns"] == {"number": 1, "refunds": 2 * PRICE}
        assert each["sales"]["amount"] == PRICE


async def test_what_was_thrown_away_is_told_apart_from_what_was_found_otherwise(chain: Chain) -> None:
    riverside, li, _ = await two_shifts(chain)
    await sold(li, tea=3, receipt="W1")
    line = await line_of(li, reference="W1")
    await take_back(li, "tea", 2, saleLineId=line, condition="UNSELLABLE")
    await li.adjust("tea", delta=-1)
    await li.adjust("milk", delta=-4, reason="EXPIRED")
    await li.adjust("milk", delta=-2, reason="STOLEN")

    for each in (await day_of(li, riverside), (await give(li)).value["handOver"]):
        assert {(one["sku"]["name"], one["quantity"], one["value"]) for one in each["differences"]} == {
            ("tea", -1, -PRICE),
            ("milk", -2, -2 * PRICE),
        }
        assert {(one["sku"]["name"], one["quantity"], one["value"]) for one in each["wasted"]} == {
            ("tea", -2, -2 * PRICE),
            ("milk", -4, -4 * PRICE),
        }
        assert (each["differencesCount"], each["wastedCount"]) == (2, 2)


async def test_a_disputed_hand_over_is_found_by_its_id_and_by_its_task(chain: Chain) -> None:
    riverside, li, wang = await two_shifts(chain)
    lakeside = await chain.open_store("Lakeside")
    given = (await give(li, note="零钱在抽屉里")).value["handOver"]
    told = await confirm(wang, given["id"], disputes=[{"id": uuid4(), "words": "少了一箱"}])
    [dispute] = told.value["handOver"]["confirmations"][0]["disputes"]
    [task] = await todo(wang, riverside, kind="DISPUTE")

    manager = await chain.staff(Role.STORE_MANAGER, riverside)
    for who in (li, wang, manager):
        for id in (given["id"], dispute["taskId"], task["id"]):
            seen = await hand_over_seen_by(who, riverside, id)
            assert (seen["id"], seen["note"]) == (given["id"], "零钱在抽屉里")
            assert seen["confirmations"][0]["disputes"][0]["words"] == "少了一箱"
    stranger = await chain.clerk_at(lakeside)
    assert await hand_over_seen_by(stranger, lakeside, given["id"]) is None
    assert await hand_over_seen_by(stranger, lakeside, task["id"]) is None
    assert await hand_over_seen_by(li, riverside, uuid4()) is None


async def test_a_hand_over_counts_the_unknown_codes_that_still_wait(chain: Chain) -> None:
    riverside, li, _ = await two_shifts(chain)
    find = """insert into unknown_code (store_id, id, code, key, quantity, found_at, recorded_at, resolved_at, verdict)
        values ($1, gen_random_uuid(), $2, $2, 1, now(), now(), $3, $4)"""
    await chain.rows(find, riverside.id, "one", None, None)
    await chain.rows(find, riverside.id, "one", None, None)
    await chain.rows(find, riverside.id, "two", None, None)
    await chain.rows(find, riverside.id, "named", datetime.now(UTC), "not_ours")

    assert (await give(li)).value["handOver"]["unknownCodes"] == 2


async def test_a_hand_over_of_the_first_days_says_nothing_of_what_it_did_not_keep(chain: Chain) -> None:
    riverside, li, _ = await two_shifts(chain)
    await give(li)
    newer = ["returns", "unknown_codes", "wasted", "wasted_count"]
    forget = "update hand_over set snapshot = snapshot - $2::text[] where store_id = $1"
    await chain.rows(forget, riverside.id, newer)

    kept = (await day_of(li, riverside))["latest"]

    assert [kept[each] for each in ("returns", "unknownCodes", "wasted", "wastedCount")] == [None] * 4


async def test_late_facts_do_not_change_what_was_handed_over_and_are_told_beside_it(chain: Chain) -> None:
    riverside, li, wang = await two_shifts(chain)
    await li.sell(tea=2)
    await settled(chain, riverside, 2)
    before = (await give(li)).value["handOver"]

    await wang.sell(tea=5)
    await settled(chain, riverside, 7)

    after = (await day_of(wang, riverside))["latest"]
    assert after["sales"] == before["sales"] == {"amount": 2 * PRICE, "baskets": 1, "units": 2}
    assert after["sinceThen"] == {"amount": 5 * PRICE, "baskets": 1, "units": 5}


async def test_what_must_be_done_is_done_or_explained(chain: Chain) -> None:
    riverside, li, _ = await two_shifts(chain)
    door, lights = await a_must(chain, riverside), await a_must(chain, riverside, "关灯")

    refused = await give(li)
    one_reason = await give(li, reasons=[{"taskId": door["id"], "words": "锁坏了"}])
    await complete(li, lights)
    explained = await give(li, reasons=[{"taskId": door["id"], "words": "锁坏了"}])

    assert refused.kind == "MustDoOpen"
    assert {task["title"] for task in refused.value["tasks"]} == {"锁好后门", "关灯"}
    assert [task["title"] for task in one_reason.value["tasks"]] == ["关灯"]
    assert explained.kind == "HandOverSuccess"
    assert [(task["title"], task["reason"]) for task in explained.value["handOver"]["tasks"]] == [
        ("锁好后门", "锁坏了")
    ]
    assert await chain.value("select count(*) from hand_over where store_id = $1", riverside.id) == 1


async def test_between_two_shifts_only_what_is_due_by_then_must_be_done(chain: Chain) -> None:
    riverside, li, _ = await two_shifts(chain)
    in_an_hour = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    await a_must(chain, riverside, dueAt=in_an_hour)

    at_noon, at_night = await give(li, endsDay=False), await give(li)
    await a_must(chain, riverside, "到期", dueAt=datetime.now(UTC).isoformat())
    overdue = await give(li, endsDay=False)

    assert (at_noon.kind, at_night.kind) == ("HandOverSuccess", "MustDoOpen")
    assert [task["title"] for task in overdue.value["tasks"]] == ["到期"]


async def test_one_that_was_pressed_offline_is_kept_and_what_it_left_unsaid_becomes_a_task(chain: Chain) -> None:
    riverside, li, _ = await two_shifts(chain)
    await a_must(chain, riverside)
    await chain.rows("update task set made_at = made_at - interval '1 hour' where store_id = $1", riverside.id)
    earlier = origin(occurredAt=(datetime.now(UTC) - timedelta(minutes=11)).isoformat())

    told = await give(li, origin=earlier)

    assert told.kind == "HandOverSuccess"
    [follow] = await todo(li, riverside, kind="FOLLOW_UP")
    assert (follow["title"], follow["must"]) == ("说明未完成：锁好后门", False)


async def test_who_did_something_since_is_asked_also_if_the_phone_says_that_it_was_pressed_earlier(
    chain: Chain,
) -> None:
    riverside, li, wang = await two_shifts(chain)
    await a_must(chain, riverside)
    other = await a_must(chain, riverside, "关灯")
    await chain.rows("update task set made_at = made_at - interval '1 hour' where store_id = $1", riverside.id)
    earlier = origin(occurredAt=(datetime.now(UTC) - timedelta(minutes=11)).isoformat())
    await complete(li, other)

    mine, hers = await give(li, origin=earlier), await give(wang, origin=earlier)

    assert (mine.kind, hers.kind) == ("MustDoOpen", "HandOverSuccess")


async def test_who_was_heard_of_a_while_ago_is_asked_also_if_her_clock_is_slow(chain: Chain) -> None:
    riverside, li, _ = await two_shifts(chain)
    await a_must(chain, riverside)
    await chain.rows("update task set made_at = made_at - interval '1 hour' where store_id = $1", riverside.id)
    slow = origin(occurredAt=(datetime.now(UTC) - timedelta(minutes=11)).isoformat())
    await come(li, origin=origin(occurredAt=(datetime.now(UTC) - timedelta(minutes=17)).isoformat()))
    in_the_same_breath = await give(li, origin=slow)

    heard = "update clock_entry set recorded_at = recorded_at - interval '6 minutes' where store_id = $1"
    await chain.rows(heard, riverside.id)
    await a_must(chain, riverside, "关灯")
    await chain.rows("update task set made_at = made_at - interval '1 hour' where store_id = $1", riverside.id)
    told = await give(li, origin=slow)

    assert (in_the_same_breath.kind, told.kind) == ("HandOverSuccess", "MustDoOpen")


async def test_a_hand_over_days_late_belongs_to_its_own_day(chain: Chain) -> None:
    riverside, li, _ = await two_shifts(chain)
    await li.sell(tea=2)
    await settled(chain, riverside, 2)
    two_days_ago = datetime.now(UTC) - timedelta(days=2)

    told = await give(li, origin=origin(occurredAt=two_days_ago.isoformat()))

    assert told.value["handOver"]["day"] == str(await today(chain, riverside) - timedelta(days=2))
    assert told.value["handOver"]["sales"]["units"] == 0
    now = await day_of(li, riverside)
    assert (now["previous"]["id"], now["latest"]) == (told.value["handOver"]["id"], None)


async def test_the_next_shift_takes_it_on_and_what_it_disputes_becomes_a_task(chain: Chain) -> None:
    riverside, li, wang = await two_shifts(chain)
    given = (await give(li)).value["handOver"]
    dispute = {"id": uuid4(), "words": "少了两箱牛奶"}

    own = await confirm(li, given["id"])
    told = await confirm(wang, given["id"], disputes=[dispute])

    assert (own.kind, own.value["code"]) == ("OwnHandOver", "OWN_HAND_OVER")
    [task] = await todo(wang, riverside, kind="DISPUTE")
    said = {"id": str(dispute["id"]), "taskId": task["id"], "words": "少了两箱牛奶"}
    assert [(each["byName"], each["disputes"]) for each in told.value["handOver"]["confirmations"]] == [
        (wang.name, [said])
    ]
    assert task["note"] == "少了两箱牛奶"


async def test_a_dispute_becomes_a_task_also_if_its_id_is_another_tasks(chain: Chain) -> None:
    riverside, li, wang = await two_shifts(chain)
    given = (await give(li)).value["handOver"]
    taken = await a_must(chain, riverside)

    await confirm(wang, given["id"], disputes=[{"id": taken["id"], "words": "少了两箱牛奶"}])

    assert [task["note"] for task in await todo(wang, riverside, kind="DISPUTE")] == ["少了两箱牛奶"]


async def test_two_may_confirm_and_nothing_that_either_says_is_lost(chain: Chain) -> None:
    riverside, li, wang = await two_shifts(chain)
    zhao = await chain.clerk_at(riverside)
    given = (await give(li)).value["handOver"]

    for who in (wang, zhao):
        await confirm(who, given["id"], disputes=[{"id": uuid4(), "words": who.name}])

    assert {task["note"] for task in await todo(li, riverside, kind="DISPUTE")} == {wang.name, zhao.name}


async def test_a_manager_who_works_alone_confirms_what_she_handed_over(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    manager = await chain.staff(Role.STORE_MANAGER, riverside)
    given = (await give(manager)).value["handOver"]["id"]

    alone = await confirm(manager, given)
    await chain.clerk_at(riverside)
    with_a_clerk = await confirm(manager, given)

    assert alone.kind == "ConfirmHandOverSuccess"
    assert with_a_clerk.kind == "OwnHandOver"


async def test_a_clerk_who_works_alone_does_not(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    clerk = await chain.clerk_at(riverside)

    told = await confirm(clerk, (await give(clerk)).value["handOver"]["id"])

    assert told.kind == "OwnHandOver"


async def test_the_next_morning_shows_what_was_handed_over_and_what_must_be_done(chain: Chain) -> None:
    riverside, li, wang = await two_shifts(chain)
    operations = await chain.staff(Role.HQ_OPERATIONS, riverside)
    await save(operations, **checklist(storeIds=[riverside.id], title="早班检查"))
    yesterday = await give(
        li,
        note="牛奶快没了",
        origin=origin(occurredAt=(datetime.now(UTC) - timedelta(days=1)).isoformat()),
    )

    day = await day_of(wang, riverside)

    assert day["previous"]["note"] == yesterday.value["handOver"]["note"] == "牛奶快没了"
    assert (day["openedAt"], day["latest"]) == (None, None)
    assert {task["title"] for task in day["mustDo"]} == {"开始营业", "早班检查"}
    assert day["openTasks"] == 2


async def test_hand_overs_are_read_page_by_page_by_those_of_the_store(chain: Chain) -> None:
    riverside, li, _ = await two_shifts(chain)
    _, stranger, _ = await two_shifts(chain)
    made = [(await give(li)).value["handOver"]["id"] for _ in range(3)]

    first = (await li.ask(HAND_OVERS, store=riverside.id, first=2)).data["handOvers"]
    rest = (await li.ask(HAND_OVERS, store=riverside.id, first=2, after=first["pageInfo"]["endCursor"])).data[
        "handOvers"
    ]
    foreign = await stranger.ask(HAND_OVERS, store=riverside.id, first=2)

    assert [edge["node"]["id"] for edge in first["edges"] + rest["edges"]] == made[::-1]
    assert (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)
    assert foreign.codes == ["NOT_FOUND"]


async def test_another_stores_hand_over_is_not_found(chain: Chain) -> None:
    _, li, _ = await two_shifts(chain)
    _, stranger, _ = await two_shifts(chain)
    given = (await give(li)).value["handOver"]["id"]

    told = await confirm(stranger, given)

    assert (told.kind, told.value["path"]) == ("NotFound", "handOverId")


async def test_rubbish_is_refused_by_name_and_nothing_is_kept(chain: Chain) -> None:
    riverside, li, wang = await two_shifts(chain)
    given = (await give(li)).value["handOver"]["id"]
    before = await chain.footprint()
    long, none = "x" * 10_000, "  "
    same = uuid4()

    told = [
        await give(li, note=long),
        await give(li, reasons=[{"taskId": uuid4(), "words": none}]),
        await give(li, reasons=[{"taskId": uuid4(), "words": "x"}] * 201),
        await give(li, id=given),
        await give(li, origin=origin(latitude=91)),
        await confirm(wang, given, disputes=[{"id": uuid4(), "words": none}]),
        await confirm(wang, given, disputes=[{"id": same, "words": "x"}, {"id": same, "words": "y"}]),
        await confirm(wang, given, disputes=[{"id": uuid4(), "words": "x"}] * 21),
    ]

    assert [each.problems for each in told] == [
        [("note", "TEXT_TOO_LONG")],
        [("reasons[0].words", "TEXT_MISSING")],
        [("reasons", "TOO_MANY")],
        [("id", "ID_TAKEN")],
        [("origin.latitude", "OUT_OF_RANGE")],
        [("disputes[0].words", "TEXT_MISSING")],
        [("disputes", "SAME_ID")],
        [("disputes", "TOO_MANY")],
    ]
    assert await chain.footprint() == before
    assert await todo(li, riverside, kind="DISPUTE") == []
