"""What is done first explains itself, and never the wrong way round."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail.tasks.priority import Stakes, TaskKind, urgency

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
minutes = st.integers(-3_000, 3_000).map(lambda n: NOW + timedelta(minutes=n))
stakes = st.builds(
    Stakes,
    kind=st.sampled_from(TaskKind),
    now=st.just(NOW),
    must=st.booleans(),
    due_at=st.none() | minutes,
    below_zero=st.integers(0, 10_000),
    missing=st.integers(0, 10_000),
    is_empty=st.booleans(),
    left=st.floats(0, 1),
    value_fen=st.none() | st.integers(0, 10**9),
)


@given(one=stakes)
def test_what_must_be_done_comes_before_the_same_that_need_not(one: Stakes) -> None:
    assert urgency(replace(one, must=True)).points < urgency(replace(one, must=False)).points


@given(one=stakes, due=minutes, later=st.integers(1, 3_000))
def test_what_is_due_earlier_never_comes_later(one: Stakes, due: datetime, later: int) -> None:
    sooner, after = replace(one, due_at=due), replace(one, due_at=due + timedelta(minutes=later))

    assert urgency(sooner).points <= urgency(after).points
    assert urgency(after).points <= urgency(replace(one, due_at=None)).points


@given(one=stakes, more=st.integers(0, 10**9))
def test_more_at_stake_never_comes_later(one: Stakes, more: int) -> None:
    worth = one.value_fen or 0

    assert urgency(replace(one, value_fen=worth + more)).points <= urgency(replace(one, value_fen=worth)).points
    assert urgency(replace(one, is_empty=True)).points <= urgency(replace(one, is_empty=False)).points
    assert urgency(replace(one, below_zero=one.below_zero + more)).points <= urgency(one).points


@given(one=stakes)
def test_whatever_is_urgent_says_why_in_both_languages(one: Stakes) -> None:
    told = urgency(one)

    assert bool(told.why) == bool(told.why_en)
    assert bool(told.why) == (one.kind is not TaskKind.CHECKLIST or one.must or one.due_at is not None or _dear(one))
    assert (("必做" in told.why), "ust be done" in told.why_en) == (one.must, one.must)


def _dear(one: Stakes) -> bool:
    return (one.value_fen or 0) >= 10_000


@pytest.mark.parametrize(
    ("one", "why", "why_en"),
    [
        (
            Stakes(TaskKind.CHECKLIST, NOW, must=True, due_at=NOW + timedelta(minutes=20, seconds=30)),
            "必做，还有 20 分钟",
            "Due in 20 minutes, must be done",
        ),
        (
            Stakes(TaskKind.CHECKLIST, NOW, must=True, due_at=NOW - timedelta(minutes=1)),
            "必做，已晚 1 分钟",
            "1 minute late, must be done",
        ),
        (
            Stakes(TaskKind.SENT, NOW, due_at=NOW + timedelta(hours=3)),
            "还有 3 小时；总部交办",
            "Due in 3 hours; From headquarters",
        ),
        (
            Stakes(TaskKind.RESTOCK, NOW, missing=7, is_empty=True, value_fen=10_500, unit="杯"),
            "货架已空，缺 7 杯；约值 ¥105",
            "The shelf is empty, 7 missing; worth about ¥105",
        ),
        (
            Stakes(TaskKind.REPAIR_DISCREPANCY, NOW, below_zero=5),
            "账面少了 5 件，须清点",
            "The book is 5 below zero: count it",
        ),
        (Stakes(TaskKind.CHECKLIST, NOW, due_at=NOW - timedelta(days=3)), "已晚 3 天", "3 days late"),
    ],
)
def test_the_reasons_read_like_a_colleagues(one: Stakes, why: str, why_en: str) -> None:
    told = urgency(one)

    assert (told.why, told.why_en) == (why, why_en)
