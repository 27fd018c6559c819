"""Coming and going is recorded wherever and whenever it was, and flagged where a manager may want to look."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from retail.access.permissions import Role
from retail.stores.directory import REMEMBERED_FOR
from tests.schema.day.shifts import ENTRIES, come, day_of, go
from tests.schema.tasks.chores import today
from tests.support.chain import Chain, Shop, Staff, origin


async def someone(chain: Chain) -> tuple[Shop, Staff]:
    riverside = await chain.open_store("Riverside")
    return riverside, await chain.clerk_at(riverside)


def ago(**span: float) -> str:
    return (datetime.now(UTC) - timedelta(**span)).isoformat()


async def entries(who: Staff, shop: Shop, chain: Chain) -> list[dict[str, object]]:
    day = await today(chain, shop)
    span = {"since": str(day - timedelta(days=2)), "until": str(day + timedelta(days=1))}
    found: list[dict[str, object]] = (await who.ask(ENTRIES, store=shop.id, **span)).data["clockEntries"]
    return found


async def test_whoever_came_is_at_work_until_they_go(chain: Chain) -> None:
    riverside, li = await someone(chain)
    wang = await chain.clerk_at(riverside)

    await come(li, origin=origin(occurredAt=ago(minutes=2)))
    await come(wang)
    both = await day_of(li, riverside)
    await go(li)

    assert [each["personName"] for each in both["onShift"]] == [li.name, wang.name]
    assert [each["personName"] for each in (await day_of(li, riverside))["onShift"]] == [wang.name]


async def test_a_place_is_recorded_and_never_refused(chain: Chain) -> None:
    riverside, li = await someone(chain)
    harbour, wang = await someone(chain)
    await chain.rows("update store set radius_metres = 1000 where id = $1", harbour.id)
    await stand_at(chain, 31.0, 121.0, riverside, harbour)

    def at(latitude: float) -> dict[str, object]:
        return origin(latitude=latitude, longitude=121.0)

    told = [
        await come(li, origin=at(31.0017)),
        await go(li, origin=at(31.0019)),
        await come(li),
        await come(wang, origin=at(31.005)),
    ]

    shown = [(each.value["entry"]["place"], each.value["entry"]["distanceMetres"]) for each in told]
    assert [each.kind for each in told] == ["ClockInSuccess", "ClockOutSuccess", "ClockInSuccess", "ClockInSuccess"]
    assert shown == [("INSIDE", 189), ("OUTSIDE", 211), ("UNKNOWN", None), ("INSIDE", 556)]
    flags = [each.value["entry"]["flags"] for each in told]
    assert flags == [[], ["OUTSIDE"], ["PLACE_UNKNOWN"], []]


async def stand_at(chain: Chain, latitude: float, longitude: float, *shops: Shop) -> None:
    """Move stores, and wait until the server knows: it remembers stores for three seconds."""
    ids = [shop.id for shop in shops]
    await chain.rows("update store set latitude = $2, longitude = $3 where id = any($1)", ids, latitude, longitude)
    await asyncio.sleep(REMEMBERED_FOR.total_seconds() + 0.2)


async def test_twice_in_without_out_is_two_flagged_records_and_no_loss(chain: Chain) -> None:
    riverside, li = await someone(chain)
    manager = await chain.staff(Role.STORE_MANAGER, riverside)

    await come(li, origin=origin(occurredAt=ago(hours=2)))
    await come(li, origin=origin(occurredAt=ago(minutes=1)))

    seen = await entries(manager, riverside, chain)
    assert [("TWICE" in str(each["flags"])) for each in seen] == [True, False]
    [here] = (await day_of(li, riverside))["onShift"]
    assert datetime.fromisoformat(here["since"]) < datetime.now(UTC) - timedelta(hours=1)


async def test_what_comes_hours_late_and_out_of_order_is_judged_by_when_it_was(chain: Chain) -> None:
    riverside, li = await someone(chain)
    manager = await chain.staff(Role.STORE_MANAGER, riverside)

    went = await go(li, origin=origin(occurredAt=ago(hours=1)))
    came = await come(li, origin=origin(occurredAt=ago(hours=9)))

    assert "OUT_WITHOUT_IN" in went.value["entry"]["flags"]
    assert "TOLD_LATE" in came.value["entry"]["flags"]
    flags = [each["flags"] for each in await entries(manager, riverside, chain)]
    assert flags == [["PLACE_UNKNOWN", "TOLD_LATE"]] * 2  # with both told, nothing is missing


async def test_a_device_a_day_ahead_is_recorded_at_the_servers_time(chain: Chain) -> None:
    riverside, li = await someone(chain)

    told = await come(li, origin=origin(occurredAt=ago(days=-1)))

    entry = told.value["entry"]
    assert (entry["clockErrorSeconds"], entry["day"]) == (86_400, str(await today(chain, riverside)))
    assert "WRONG_CLOCK" in entry["flags"]


async def test_who_forgot_to_go_yesterday_is_not_at_work_today(chain: Chain) -> None:
    riverside, li = await someone(chain)

    await come(li, origin=origin(occurredAt=ago(hours=19)))

    assert (await day_of(li, riverside))["onShift"] == []


async def test_a_clerk_reads_the_own_times_and_the_manager_everybodys(chain: Chain) -> None:
    riverside, li = await someone(chain)
    wang, manager = await chain.clerk_at(riverside), await chain.staff(Role.STORE_MANAGER, riverside)
    _, stranger = await someone(chain)
    await come(li)
    await come(wang)

    mine, all_of_them = await entries(li, riverside, chain), await entries(manager, riverside, chain)
    span, backwards = {"since": "2026-01-02", "until": "2026-01-02"}, {"since": "2026-01-02", "until": "2026-01-01"}

    assert [each["personName"] for each in mine] == [li.name]
    assert {each["personName"] for each in all_of_them} == {li.name, wang.name}
    assert (await stranger.ask(ENTRIES, store=riverside.id, **span)).codes == ["NOT_FOUND"]
    assert (await li.ask(ENTRIES, store=riverside.id, **backwards)).codes == ["INVALID_INPUT"]


async def test_the_same_press_is_recorded_once(chain: Chain) -> None:
    riverside, li = await someone(chain)
    request, entry, when = uuid4(), uuid4(), origin()

    told = [await come(li, requestId=request, id=entry, origin=when) for _ in range(2)]
    other = await go(li, id=entry)

    assert [each.kind for each in told] == ["ClockInSuccess"] * 2
    assert other.problems == [("id", "ID_TAKEN")]
    assert await chain.value("select count(*) from clock_entry where store_id = $1", riverside.id) == 1


@pytest.mark.parametrize(
    ("rubbish", "path"),
    [({"latitude": 91}, "latitude"), ({"longitude": -181}, "longitude"), ({"device": "x" * 101}, "device")],
)
async def test_rubbish_is_refused_by_name(chain: Chain, rubbish: dict[str, object], path: str) -> None:
    riverside, li = await someone(chain)

    told = await come(li, origin=origin(**rubbish))

    assert [each for each, _ in told.problems] == [f"origin.{path}"]
    assert await chain.value("select count(*) from clock_entry where store_id = $1", riverside.id) == 0


@pytest.mark.parametrize(("day", "path"), [("0001-01-01", "since"), ("9999-12-31", "until")])
async def test_days_at_the_ends_of_the_calendar_are_refused_by_name(chain: Chain, day: str, path: str) -> None:
    riverside, li = await someone(chain)

    told = await li.ask(ENTRIES, store=riverside.id, since=day, until=day)

    assert told.codes == ["INVALID_INPUT"], told.body
    assert path in str(told.body)
