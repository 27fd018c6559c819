"""Counting compliant acts: an append-only book, by person and business day, for later rewards.

One subject (a task, a day's opening, a clock-in) counts once, for whoever was first told of; nothing is taken back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from retail.access.models import Person
from retail.access.permissions import Permission
from retail.access.work import Reading, Work
from retail.inventory.intake import problem
from retail.kernel.content import as_uuid
from retail.kernel.refusal import InvalidInput, NotPermitted
from retail.tasks.acts import ComplianceAct
from retail.tasks.models import ComplianceEntry

A_YEAR = timedelta(days=366)
_CALENDAR = (date(2000, 1, 1), date(2999, 12, 31))
"""Days that have a day before and after them in every zone; nobody asks about others."""


@dataclass(frozen=True, slots=True)
class ComplianceRow:
    """How often somebody did something as it should be, on one business day."""

    store_id: UUID
    person_id: UUID
    person_name: str
    day: date
    act: ComplianceAct
    count: int


async def count_acts(
    work: Work,
    acts: Sequence[ComplianceAct],
    *,
    store_id: UUID,
    person_id: UUID,
    day: date,
    subject_id: UUID,
    occurred_at: datetime,
) -> None:
    """Write compliant acts down; those of a subject that counted before count no second time."""
    if not acts:
        return
    row = {
        "store_id": store_id,
        "subject_id": subject_id,
        "person_id": person_id,
        "day": day,
        "occurred_at": occurred_at,
        "recorded_at": work.now,
    }
    await work.session.execute(
        insert(ComplianceEntry).values([{**row, "act": act} for act in acts]).on_conflict_do_nothing()
    )


async def compliance_counts(reading: Reading, *, store_id: UUID, since: date, until: date) -> list[ComplianceRow]:
    """Return the counts of a store's days: everybody's for those who lead it, one's own for those who work there."""
    leads = reading.actor.may(Permission.WORK_READ, store_id)
    if not leads and not reading.actor.may(Permission.TASK_DO, store_id):
        raise NotPermitted(Permission.TASK_DO)
    require_span(since, until)
    entry = ComplianceEntry
    chosen = (
        select(entry.store_id, entry.person_id, Person.name, entry.day, entry.act, func.count())
        .join(Person, Person.id == entry.person_id)
        .where(entry.store_id == store_id, entry.day.between(since, until))
        .group_by(entry.store_id, entry.person_id, Person.name, entry.day, entry.act)
        .order_by(entry.day.desc(), Person.name, entry.person_id, entry.act)
    )
    if not leads:
        chosen = chosen.where(entry.person_id == reading.actor.id)
    rows = await reading.session.execute(chosen)
    return [
        ComplianceRow(as_uuid(row[0]), as_uuid(row[1]), row[2], row[3], ComplianceAct(row[4]), row[5]) for row in rows
    ]


def require_span(since: date, until: date, most: timedelta = A_YEAR) -> None:
    """Refuse days that end before they begin, or more of them than may be asked for."""
    if until < since:
        raise InvalidInput([problem("until", "ENDS_BEFORE", "Ends before it begins.", "结束日期早于开始日期。")])
    earliest, latest = _CALENDAR
    if since < earliest or until > latest:
        words = (f"{earliest} to {latest}.", f"须在 {earliest} 到 {latest} 之间。")
        raise InvalidInput([problem("since" if since < earliest else "until", "OUT_OF_RANGE", *words)])
    if until - since >= most:
        words = (f"At most {most.days} days.", f"最多 {most.days} 天。")
        raise InvalidInput([problem("until", "TOO_MANY_DAYS", *words)])
