"""Whether somebody's phone can have been without a network since it says that something was pressed.

A phone's own word decides what happened when. What must be done could be slipped past with it: press now, say that it
was earlier. So what the server has received of the same person is read beside it. A phone sends in order: what was
pressed later and is here already shows that this was not waiting. And whoever was heard of a while ago was there to be
asked; what came in the same breath does not count, because a phone that comes back sends all that it has kept.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from retail.day.models import ClockEntry, HandOver, HandOverConfirmation, HelpCall
from retail.tasks.models import TaskRecord

ONE_BREATH = timedelta(minutes=5)


async def was_heard_since(
    session: AsyncSession, *, store_id: UUID, person_id: UUID | None, pressed_at: datetime, now: datetime
) -> bool:
    """Say whether the server has received something of a person's day that speaks against a phone without network."""
    sent: tuple[tuple[Any, Any], ...] = (
        (ClockEntry, ClockEntry.person_id),
        (HandOver, HandOver.given_by),
        (HandOverConfirmation, HandOverConfirmation.person_id),
        (HelpCall, HelpCall.asked_by),
        (TaskRecord, TaskRecord.person_id),
    )
    meanwhile = (
        exists().where(
            each.store_id == store_id,
            by == person_id,
            or_(
                each.occurred_at > pressed_at,
                and_(each.recorded_at > pressed_at, each.recorded_at < now - ONE_BREATH),
            ),
        )
        for each, by in sent
    )
    return bool(await session.scalar(select(or_(*meanwhile))))
