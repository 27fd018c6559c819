"""Checklists make the same tasks whenever they are worked out: zones, changes of the clock, edits, downtime."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from retail.stores.directory import StoreEntry
from retail.stores.models import StoreKind
from retail.tasks.needs import Need, NeedKind
from retail.tasks.schedule import Moment, Plan, Run, day_ends, days_to_make, local_instant, read_time, runs

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
TICK = (Need(UUID(int=7), "地面", "Floor", NeedKind.TICK),)


DAILY = Plan(
    checklist_id=UUID(int=9),
    version=1,
    title="检查",
    title_en="Checks",
    needs=TICK,
    must=True,
    moment=Moment.AT_OPENING,
    times=(),
    weekdays=frozenset(range(1, 8)),
    store_ids=None,
    region_ids=None,
    valid_from=date(2020, 1, 1),
    valid_until=None,
    active=True,
    saved_at=LONG_AGO,
)
SHOP = StoreEntry(
    id=UUID(int=1),
    code="S",
    name="店",
    name_en="Shop",
    kind=StoreKind.SHOP,
    region_id=UUID(int=2),
    zone="Asia/Shanghai",
    latitude=None,
    longitude=None,
    area_m2=None,
    opens_at=time(7, 30),
    closes_at=time(22, 30),
    day_cutoff=time(4),
)


def shop(zone: str = "Asia/Shanghai", cutoff: time = time(4), **more: Any) -> StoreEntry:
    return replace(SHOP, zone=zone, day_cutoff=cutoff, **more)


def plan(*times: time, **more: Any) -> Plan:
    moment = Moment.AT_TIMES if times else Moment.AT_OPENING
    return replace(DAILY, **{"moment": moment, "times": times, **more})


def due(found: list[Run]) -> list[datetime]:
    return [run.due_at for run in found]


def test_a_time_before_the_cut_off_is_the_next_morning() -> None:
    night_shop = shop("America/New_York", cutoff=time(5), opens_at=time(18), closes_at=time(3))

    found = runs(night_shop, date(2026, 11, 20), [plan(time(23), time(2))])
    closing = runs(night_shop, date(2026, 11, 20), [plan(moment=Moment.BEFORE_HAND_OVER)])

    assert due(found) == [datetime(2026, 11, 21, 4, tzinfo=UTC), datetime(2026, 11, 21, 7, tzinfo=UTC)]
    assert due(closing) == [datetime(2026, 11, 21, 8, tzinfo=UTC)]
    assert day_ends(night_shop, date(2026, 11, 20)) == datetime(2026, 11, 21, 10, tzinfo=UTC)


def test_where_the_clocks_change_a_time_comes_once() -> None:
    berlin = shop("Europe/Berlin", cutoff=time(1))

    skipped = runs(berlin, date(2026, 3, 29), [plan(time(2, 30), time(9))])
    repeated = runs(berlin, date(2026, 10, 25), [plan(time(2, 30), time(9))])

    assert due(skipped) == [datetime(2026, 3, 29, 1, 30, tzinfo=UTC), datetime(2026, 3, 29, 7, tzinfo=UTC)]
    assert due(repeated) == [datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 8, tzinfo=UTC)]


def test_a_checklist_is_asked_on_its_days_in_its_time_and_in_its_stores() -> None:
    friday = date(2026, 11, 20)
    elsewhere, everywhere = frozenset({uuid4()}), shop()

    assert runs(everywhere, friday, [plan(time(9), weekdays=frozenset({5}))]) != []
    assert runs(everywhere, friday, [plan(time(9), weekdays=frozenset({1, 2}))]) == []
    assert runs(everywhere, friday, [plan(time(9), valid_from=friday, valid_until=friday)]) != []
    assert runs(everywhere, friday, [plan(time(9), valid_from=friday + timedelta(days=1))]) == []
    assert runs(everywhere, friday, [plan(time(9), valid_until=friday - timedelta(days=1))]) == []
    assert runs(everywhere, friday, [plan(time(9), active=False)]) == []
    assert runs(everywhere, friday, [plan(time(9), store_ids=elsewhere)]) == []
    assert runs(everywhere, friday, [plan(time(9), store_ids=elsewhere, region_ids=frozenset({UUID(int=2)}))]) != []
    assert runs(everywhere, friday, [plan(time(9), region_ids=elsewhere)]) == []


def test_a_running_day_keeps_its_version_and_an_edit_adds_what_is_still_to_come() -> None:
    store, day = shop(), date(2026, 11, 20)
    noon = local_instant(store, day, time(12))
    before = plan(time(9), time(15))
    after = plan(time(10), time(15), time(18), version=2, saved_at=noon)

    today, tomorrow = runs(store, day, [after, before]), runs(store, day + timedelta(days=1), [before, after])

    assert [(run.slot, run.plan.version) for run in today] == [("09:00", 1), ("15:00", 1), ("18:00", 2)]
    assert [(run.slot, run.plan.version) for run in tomorrow] == [("10:00", 2), ("15:00", 2), ("18:00", 2)]


def test_one_that_is_switched_off_asks_nothing_more_from_that_day_on() -> None:
    store, day = shop(), date(2026, 11, 20)
    noon = local_instant(store, day, time(12))
    history = [plan(time(9), time(15)), plan(time(9), time(15), version=2, saved_at=noon, active=False)]

    found = [runs(store, day + timedelta(days=n), history) for n in (-1, 0, 1)]

    assert [len(each) for each in found] == [2, 0, 0]


def test_a_new_checklist_asks_nothing_of_the_past() -> None:
    store, day = shop(), date(2026, 11, 20)

    found = runs(store, day, [plan(time(9), time(15), saved_at=local_instant(store, day, time(12)))])

    assert [run.slot for run in found] == ["15:00"]


ZONES = ["Asia/Shanghai", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu"]
days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
stores = st.builds(shop, st.sampled_from(ZONES), st.times().map(lambda at: at.replace(microsecond=0)))
clock_times = st.times().map(lambda at: at.replace(second=0, microsecond=0))
saves = st.lists(st.tuples(st.integers(0, 72 * 60), st.sets(clock_times, min_size=1, max_size=4)), max_size=4)


@given(store=stores, day=days, times=st.sets(clock_times, min_size=1, max_size=6))
def test_every_time_comes_exactly_once_within_its_business_day(store: StoreEntry, day: date, times: set[time]) -> None:
    found = runs(store, day, [plan(*times)])

    began, ends = local_instant(store, day, store.day_cutoff), day_ends(store, day)
    assert sorted(run.slot for run in found) == sorted(f"{at:%H:%M}" for at in times)
    assert all(began <= run.due_at < ends + timedelta(hours=1) for run in found)
    assert len({run.id for run in found}) == len(found)


@given(store=stores, day=days, saved=saves)
def test_however_often_and_late_it_is_made_the_day_is_the_same(
    store: StoreEntry, day: date, saved: list[tuple[int, set[time]]]
) -> None:
    """Somebody who makes tasks after each edit and somebody who makes them days later agree on every task."""
    began = local_instant(store, day - timedelta(days=1), store.day_cutoff)
    at = sorted(dict(saved).items())
    plans = [
        plan(*times, version=n + 1, saved_at=began + timedelta(minutes=minute)) for n, (minute, times) in enumerate(at)
    ]

    both = (day, day + timedelta(days=1))
    made: dict[UUID, Run] = {}
    for known in range(len(plans) + 1):
        # So much was known until the next version was saved; by then, whoever asked had these days made.
        until = plans[known].saved_at if known < len(plans) else day_ends(store, both[-1])
        for each in (each for each in both if local_instant(store, each, store.day_cutoff) < until):
            made = {**{run.id: run for run in runs(store, each, plans[:known])}, **made}
    late = {run.id: run for each in both for run in runs(store, each, plans)}

    assert {id: run.plan.version for id, run in late.items()} == {id: run.plan.version for id, run in made.items()}


@given(today=days, away=st.integers(0, 400))
def test_after_a_downtime_no_day_is_left_out(today: date, away: int) -> None:
    made = days_to_make(today - timedelta(days=away), today)

    assert made[-1] == today
    assert made == sorted(set(made))
    assert len(made) == min(away, 31) + 1


@given(at=clock_times, junk=st.text(max_size=8))
def test_a_time_is_read_as_it_is_written_and_nothing_else_is_one(at: time, junk: str) -> None:
    assert read_time(f"{at:%H:%M}") == at
    with suppress(ValueError):
        assert f"{read_time(junk):%H:%M}" == junk
