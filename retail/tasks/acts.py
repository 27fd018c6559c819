"""Compliant acts: what is counted for later rewards, decided by a pure rule from one record."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ComplianceAct(StrEnum):
    """Something that was done as it should be."""

    TASK_ON_TIME = "task_on_time"
    TASK_WITH_RECORD = "task_with_record"
    TASK_WITH_PHOTO = "task_with_photo"
    COUNTED_WITHOUT_RECOUNT = "counted_without_recount"
    DAY_OPENED_ON_TIME = "day_opened_on_time"
    CLOCKED_IN_AT_STORE = "clocked_in_at_store"
    HANDED_OVER_IN_FULL = "handed_over_in_full"


@dataclass(frozen=True, slots=True)
class Done:
    """What the rule looks at of a task that was done."""

    due_at: datetime | None
    done_at: datetime
    asks_record: bool
    asks_photo: bool
    has_photo: bool


def compliant_acts(done: Done) -> list[ComplianceAct]:
    """Return what a completed task counts for: on time, with the record asked for, with the picture asked for.

    A number outside its range still counts: who reports a warm fridge did right. Without a due time nobody is
    punctual, and without a demand for a picture none is counted.
    """
    found = []
    if done.due_at is not None and done.done_at <= done.due_at:
        found.append(ComplianceAct.TASK_ON_TIME)
    if done.asks_record:
        found.append(ComplianceAct.TASK_WITH_RECORD)
    if done.asks_photo and done.has_photo:
        found.append(ComplianceAct.TASK_WITH_PHOTO)
    return found
