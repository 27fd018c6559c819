"""Which few goods a store should count today, and why: a pure rule over what its books know of each SKU.

Goods are graded by the value that customers have moved (ABC analysis: A makes up the first 80 % of it, B the next
15 %, C the rest), and each grade has an interval in which it is counted once. First comes what is surely wrong (a
book below zero), then what somebody set by hand since its last count, then what is due; a difference that was large
makes goods due twice as often. No more is proposed than a quarter of an hour's work at the store's own pace.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import accumulate
from uuid import UUID


class Grade(StrEnum):
    """How much of the value goods move."""

    A = "a"
    B = "b"
    C = "c"


class Why(StrEnum):
    """Why goods should be counted; the first is the most urgent."""

    NEGATIVE = "negative"
    SET_BY_HAND = "set_by_hand"
    LARGE_DIFFERENCE = "large_difference"
    DUE = "due"
    NEVER_COUNTED = "never_counted"


INTERVALS = {Grade.A: timedelta(days=14), Grade.B: timedelta(days=30), Grade.C: timedelta(days=90)}
SHARE_OF_A, SHARE_OF_A_AND_B = 0.80, 0.95
A_QUARTER = timedelta(minutes=15)
USUAL_PACE = timedelta(seconds=20)
"""An item, where a store has not been seen counting yet."""
_PACES = (timedelta(seconds=6), timedelta(minutes=3))
_SEEN_ENOUGH = 20
"""As many items as weigh as much as the usual pace: a handful of quick scans says little of a shop's counting."""
_FREQUENT = 0.5
_IN_WORDS = {
    Grade.A: ("sells most", "畅销"),
    Grade.B: ("sells well", "较好卖"),
    Grade.C: ("sells little", "卖得少"),
}


@dataclass(frozen=True, slots=True)
class Known:
    """What the books know of an SKU in a store; `counted` is how long ago, None for never.

    `moved_fen` is the value that customers took. `by_hand` counts how often its book was set by hand since then, and
    `large` how many of its last counts found a large difference.
    """

    sku_id: UUID
    on_hand: int
    moved_fen: int
    counted: timedelta | None
    by_hand: int = 0
    large: int = 0


@dataclass(frozen=True, slots=True)
class Proposal:
    """An SKU to count, with its most urgent reason in words."""

    sku_id: UUID
    grade: Grade
    why: Why
    words: str
    words_zh: str
    counted: timedelta | None


def grades(moved: Mapping[UUID, int]) -> dict[UUID, Grade]:
    """Return the grade of every SKU by the value that it moved; what moved nothing is C."""
    order = sorted(moved, key=lambda sku_id: (-moved[sku_id], sku_id))
    total = sum(moved.values())
    before = accumulate((moved[sku_id] for sku_id in order), initial=0)
    # What crosses a line still belongs to the better grade, so that there always is an A.
    return {
        sku_id: _grade(value / total if total else 1.0, moved[sku_id])
        for sku_id, value in zip(order, before, strict=False)
    }


def proposals(known: Sequence[Known], pace: timedelta | None) -> list[Proposal]:
    """Return what to count today, most urgent first, as much as a quarter of an hour holds."""
    graded = grades({each.sku_id: each.moved_fen for each in known})
    found = []
    for each in known:
        grade = graded[each.sku_id]
        why = _why(each, grade)
        if why is not None:
            found.append((_urgency(each, grade, why), _proposal(each, grade, why)))
    found.sort(key=lambda ranked: ranked[0])
    return [proposal for _, proposal in found[: items_in(A_QUARTER, pace)]]


def items_in(time: timedelta, pace: timedelta | None) -> int:
    """Return how many items can be counted in a time at a pace (time an item), at least one."""
    return max(1, time // _working(pace))


def minutes_for(items: int, pace: timedelta | None) -> int:
    """Return about how many minutes some items take one person: the one estimate that every screen tells."""
    return max(1, round(items * _working(pace) / timedelta(minutes=1))) if items else 0


def _working(pace: timedelta | None) -> timedelta:
    fastest, slowest = _PACES
    return min(max(USUAL_PACE if pace is None else pace, fastest), slowest)


def _grade(share_before: float, moved: int) -> Grade:
    if moved <= 0 or share_before >= SHARE_OF_A_AND_B:
        return Grade.C
    return Grade.A if share_before < SHARE_OF_A else Grade.B


def _interval(each: Known, grade: Grade) -> timedelta:
    return INTERVALS[grade] * (_FREQUENT if each.large else 1)


def _why(each: Known, grade: Grade) -> Why | None:
    if each.on_hand < 0:
        return Why.NEGATIVE
    if each.by_hand:
        return Why.SET_BY_HAND
    if each.counted is None:
        return Why.NEVER_COUNTED
    if each.counted < _interval(each, grade):
        return None
    return Why.LARGE_DIFFERENCE if each.large else Why.DUE


def _urgency(each: Known, grade: Grade, why: Why) -> tuple[int, float, int, UUID]:
    """Return a key that sorts the most urgent first: by reason, by how much overdue, by value."""
    overdue = 2.0 if each.counted is None else each.counted / _interval(each, grade)
    rank = {Why.NEGATIVE: 0, Why.SET_BY_HAND: 1}.get(why, 2)
    return rank, -overdue if rank > 1 else 0.0, -each.moved_fen, each.sku_id


def _proposal(each: Known, grade: Grade, why: Why) -> Proposal:
    seller, seller_zh = _IN_WORDS[grade]
    days = 0 if each.counted is None else each.counted.days
    words = {
        Why.NEGATIVE: ("The book is below zero, which cannot be.", "账面是负数，肯定有错。"),
        Why.SET_BY_HAND: (
            f"Set by hand {each.by_hand} times since it was last counted.",
            f"上次盘点后，账面被手工改过 {each.by_hand} 次。",
        ),
        Why.LARGE_DIFFERENCE: (
            f"Differed much before; last counted {days} days ago.",
            f"以前差得多，上次盘点是 {days} 天前。",
        ),
        Why.DUE: (
            f"It {seller}; last counted {days} days ago, due every {INTERVALS[grade].days}.",
            f"{seller_zh}，{days} 天没盘了，应 {INTERVALS[grade].days} 天一盘。",
        ),
        Why.NEVER_COUNTED: (f"It {seller}, and has never been counted.", f"{seller_zh}，还没盘过。"),
    }[why]
    return Proposal(each.sku_id, grade, why, *words, each.counted)


def pace_of(gaps: Iterable[timedelta]) -> timedelta | None:
    """Return the median time between two items, drawn to the usual pace while few were seen; None without any."""
    some = sorted(gaps)
    if not some:
        return None
    return (some[len(some) // 2] * len(some) + USUAL_PACE * _SEEN_ENOUGH) / (len(some) + _SEEN_ENOUGH)
