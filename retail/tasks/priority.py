"""What is done first, and why, in words: pure.

Points are added up; the fewer, the sooner. Whatever takes points away says so in a sentence, so nobody has to believe
a number: must be done, how late it is, which shelf is empty, what it is worth, who asks.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class TaskKind(StrEnum):
    """What is to be done: read from the books, or asked by a checklist, headquarters, a manager or a colleague."""

    OPEN_DAY = "open_day"
    REPAIR_DISCREPANCY = "repair_discrepancy"
    RESTOCK = "restock"
    COUNT = "count"
    CHECKLIST = "checklist"
    FOLLOW_UP = "follow_up"
    SENT = "sent"
    ASSIGNED = "assigned"
    DISPUTE = "dispute"


START = 10_000
_OF_KIND = {
    TaskKind.OPEN_DAY: 6_000,
    TaskKind.REPAIR_DISCREPANCY: 1_500,
    TaskKind.FOLLOW_UP: 1_200,
    TaskKind.DISPUTE: 800,
    TaskKind.SENT: 200,
    TaskKind.ASSIGNED: 200,
}
_SAID = {
    TaskKind.OPEN_DAY: ("今天还没有开始营业", "The day is not open yet"),
    TaskKind.COUNT: ("今日轮盘，边卖边盘", "Today's short count, while you sell"),
    TaskKind.FOLLOW_UP: ("需要跟进", "Something has to be followed up"),
    TaskKind.DISPUTE: ("交接时有异议", "Disputed at the hand-over"),
    TaskKind.SENT: ("总部交办", "From headquarters"),
    TaskKind.ASSIGNED: ("上级交办", "From your manager"),
}
_MUST, _EMPTY, _LATE = 2_000, 600, 1_000
_NEAR = timedelta(hours=8)
_MOST_UNITS, _MOST_YUAN, _WORTH_SAYING_FEN = 300, 300, 10_000
_LEFT_AT_MOST = 300
_HOUR, _TWO_DAYS = 60, 48 * 60


@dataclass(frozen=True, slots=True)
class Stakes:
    """What a task's urgency follows from; quantities in base units, `left` the part of the safety stock there is."""

    kind: TaskKind
    now: datetime
    must: bool = False
    due_at: datetime | None = None
    below_zero: int = 0
    missing: int = 0
    is_empty: bool = False
    left: float = 0.0
    value_fen: int | None = None
    unit: str = "件"


@dataclass(frozen=True, slots=True)
class Urgency:
    """How soon (the smaller, the sooner), and why in Chinese and English."""

    points: int
    why: str
    why_en: str


def urgency(stakes: Stakes) -> Urgency:
    """Return how soon a task is to be done, and why in words."""
    points = START - _OF_KIND.get(stakes.kind, 0) - (_MUST if stakes.must else 0) - _time_points(stakes)
    points -= min(stakes.below_zero, _MOST_UNITS) + (_EMPTY if stakes.is_empty else 0)
    points -= min((stakes.value_fen or 0) // 100, _MOST_YUAN)
    if stakes.kind is TaskKind.RESTOCK:
        points += round(min(max(stakes.left, 0.0), 1.0) * _LEFT_AT_MOST)
    reasons = [reason for reason in (_of_time(stakes), _of_kind(stakes), _of_value(stakes)) if reason]
    return Urgency(points, "；".join(zh for zh, _ in reasons), "; ".join(en for _, en in reasons))


def _time_points(stakes: Stakes) -> int:
    """Return what the time takes away: nothing until eight hours before, more by the minute, most when it is late."""
    if stakes.due_at is None:
        return 0
    minutes, near = _minutes(stakes.due_at - stakes.now), _minutes(_NEAR)
    return _LATE + min(-minutes, near) if minutes < 0 else max(near - minutes, 0)


def _of_time(stakes: Stakes) -> tuple[str, str] | None:
    if stakes.due_at is None:
        return ("必做", "Must be done") if stakes.must else None
    minutes = _minutes(stakes.due_at - stakes.now)
    zh, en = _span(abs(minutes))
    said = (f"已晚 {zh}", f"{en} late") if minutes < 0 else (f"还有 {zh}", f"Due in {en}")
    return (f"必做，{said[0]}", f"{said[1]}, must be done") if stakes.must else said


def _of_kind(stakes: Stakes) -> tuple[str, str] | None:
    missing = stakes.missing
    if stakes.kind is TaskKind.REPAIR_DISCREPANCY:
        return f"账面少了 {stakes.below_zero} 件，须清点", f"The book is {stakes.below_zero} below zero: count it"
    if stakes.kind is TaskKind.RESTOCK:
        empty = (f"货架已空，缺 {missing} {stakes.unit}", f"The shelf is empty, {missing} missing")
        return empty if stakes.is_empty else (f"缺 {missing} {stakes.unit}", f"{missing} missing")
    return _SAID.get(stakes.kind)


def _of_value(stakes: Stakes) -> tuple[str, str] | None:
    if stakes.value_fen is None or stakes.value_fen < _WORTH_SAYING_FEN:
        return None
    yuan = f"¥{stakes.value_fen // 100:,}"
    return f"约值 {yuan}", f"worth about {yuan}"


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)


def _span(minutes: int) -> tuple[str, str]:
    if minutes < _HOUR:
        return f"{minutes} 分钟", f"{minutes} minute{'' if minutes == 1 else 's'}"
    hours = minutes // _HOUR
    if minutes < _TWO_DAYS:
        return f"{hours} 小时", f"{hours} hour{'' if hours == 1 else 's'}"
    return f"{hours // 24} 天", f"{hours // 24} days"
