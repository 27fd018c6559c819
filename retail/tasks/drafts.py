"""What somebody wants done, before it is kept: everything that can be wrong with it, named at once. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import isfinite
from uuid import UUID

from retail.inventory.intake import problem, text_problems
from retail.kernel.refusal import Problem
from retail.tasks.needs import NUMBER_AT_MOST, Need, NeedKind
from retail.tasks.schedule import Moment, read_time

TITLE_AT_MOST = 100
UNIT_AT_MOST = 20
ITEMS_AT_MOST = 50
TIMES_AT_MOST = 24
STORES_AT_MOST = 1000
LONG_NOTE_AT_MOST = 1000
DUE_WITHIN = timedelta(days=366)
"""Nothing is due longer ago or later: a slip of the year would be at the top of a list for ever, or never seen."""
_WEEK = range(1, 8)


@dataclass(frozen=True, slots=True)
class Draft:
    """A checklist as it is to be saved; times are HH:MM, weekdays 1 (Monday) to 7."""

    checklist_id: UUID
    expected_version: int | None
    title: str
    title_en: str
    needs: tuple[Need, ...]
    must: bool
    store_ids: tuple[UUID, ...] | None
    region_ids: tuple[UUID, ...] | None
    moment: Moment
    times: tuple[str, ...]
    weekdays: tuple[int, ...]
    valid_from: date
    valid_until: date | None
    active: bool


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task that headquarters sends to stores, once."""

    id: UUID
    store_ids: tuple[UUID, ...]
    title: str
    title_en: str
    needs: tuple[Need, ...]
    note: str | None
    must: bool
    due_at: datetime | None


def draft_problems(draft: Draft) -> list[Problem]:
    """Return what is wrong with a checklist."""
    found = [*_titles(draft.title, draft.title_en), *need_problems(draft.needs), *_time_problems(draft)]
    if not draft.weekdays or any(day not in _WEEK for day in draft.weekdays):
        words = ("At least one day, 1 (Monday) to 7.", "至少选一天，须在 1（周一）到 7 之间。")
        found.append(problem("weekdays", "NOT_A_WEEKDAY", *words))
    if draft.valid_until is not None and draft.valid_until < draft.valid_from:
        found.append(problem("validUntil", "ENDS_BEFORE", "Ends before it begins.", "结束日期早于开始日期。"))
    if len(draft.store_ids or ()) > STORES_AT_MOST:
        found.append(_too_many("storeIds", STORES_AT_MOST))
    return found


def new_task_problems(new: NewTask, now: datetime) -> list[Problem]:
    """Return what is wrong with a task that is to be sent."""
    found = [*_titles(new.title, new.title_en), *need_problems(new.needs)]
    found += text_problems("note", new.note, LONG_NOTE_AT_MOST)
    if new.due_at is not None and abs(new.due_at - now) > DUE_WITHIN:
        found.append(problem("dueAt", "OUT_OF_RANGE", "Within a year from now.", "须在前后一年之内。"))
    if not new.store_ids or len(set(new.store_ids)) != len(new.store_ids):
        found.append(problem("storeIds", "NAME_EACH_ONCE", "Name each store once.", "每家门店须且只须指定一次。"))
    if len(new.store_ids) > STORES_AT_MOST:
        found.append(_too_many("storeIds", STORES_AT_MOST))
    return found


def need_problems(needs: Sequence[Need]) -> list[Problem]:
    """Return what is wrong with what is asked."""
    if not needs:
        return [problem("items", "NO_ITEMS", "At least one item.", "至少要有一项。")]
    if len(needs) > ITEMS_AT_MOST:
        return [_too_many("items", ITEMS_AT_MOST)]
    found: list[Problem] = []
    if len({need.id for need in needs}) != len(needs):
        found.append(problem("items", "SAME_ID", "Two items have the same id.", "两项使用了相同的编号。"))
    for n, need in enumerate(needs):
        found += _titles(need.title, need.title_en, f"items[{n}].")
        found += text_problems(f"items[{n}].unit", need.unit, UNIT_AT_MOST)
        found += _range_problems(need, f"items[{n}]")
    return found


def _range_problems(need: Need, path: str) -> list[Problem]:
    bounds = {"min": need.low, "max": need.high}
    given = {word: value for word, value in bounds.items() if value is not None}
    if given and need.kind is not NeedKind.NUMBER:
        return [
            problem(f"{path}.{next(iter(given))}", "WRONG_KIND", "Only a number has a range.", "只有数字才有范围。")
        ]
    found = [
        problem(f"{path}.{word}", "NOT_A_NUMBER", "Not a usable number.", "不是有效的数字。")
        for word, value in given.items()
        if not (isfinite(value) and abs(value) <= NUMBER_AT_MOST)
    ]
    if not found and need.low is not None and need.high is not None and need.low > need.high:
        found.append(problem(f"{path}.max", "ENDS_BEFORE", "The most is below the least.", "最大值小于最小值。"))
    return found


def _titles(title: str, title_en: str, path: str = "") -> list[Problem]:
    found: list[Problem] = []
    for word, said in (("title", title), ("titleEn", title_en)):
        found += text_problems(f"{path}{word}", said, TITLE_AT_MOST)
        if not said.strip():
            found.append(problem(f"{path}{word}", "TEXT_MISSING", "Must be said.", "必须填写。"))
    return found


def _time_problems(draft: Draft) -> list[Problem]:
    if (draft.moment is Moment.AT_TIMES) != bool(draft.times):
        words = ("Give times if it is due at times, and only then.", "仅在按时间执行时填写时间。")
        return [problem("times", "TIMES_MISSING" if not draft.times else "TIMES_UNUSED", *words)]
    if len(draft.times) > TIMES_AT_MOST:
        return [_too_many("times", TIMES_AT_MOST)]
    return [
        problem(f"times[{n}]", "NOT_A_TIME", "Not a time of day: HH:MM.", "不是有效的时间（HH:MM）。")
        for n, each in enumerate(draft.times)
        if not _is_time(each)
    ]


def _is_time(text: str) -> bool:
    try:
        read_time(text)
    except ValueError:
        return False
    return True


def _too_many(path: str, most: int) -> Problem:
    return problem(path, "TOO_MANY", f"At most {most}.", f"最多 {most} 个。")
