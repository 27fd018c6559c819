"""Waking people about help: headquarters when somebody waits, who stands in after a while, the asker at an answer."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.ext.asyncio import AsyncSession

from retail.access.permissions import Permission, roles_with
from retail.day.help import RISES_AFTER
from retail.day.models import HelpAnswer, HelpCall
from retail.push.calls import HELP, MY_HELP, call_whoever, called_last, plays
from retail.push.models import PushSubscription


async def call_about_help(session: AsyncSession, now: datetime) -> None:
    """Mark headquarters for a call that is open, those who stand in for one that waits too long, askers for an answer.

    A call that has risen wakes headquarters once more as well.
    """
    waiting = (
        HelpCall.closed_at.is_(None),
        HelpCall.asked_by != PushSubscription.person_id,
        ~exists().where(HelpAnswer.store_id == HelpCall.store_id, HelpAnswer.help_id == HelpCall.id),
    )
    risen_at = HelpCall.recorded_at + RISES_AFTER
    asked = (
        exists()
        .where(
            *waiting,
            or_(
                and_(HelpCall.recorded_at > called_last(HELP), _plays(Permission.HELP_ANSWER, now)),
                and_(risen_at <= now, risen_at > called_last(HELP), _plays(Permission.HELP_STAND_IN, now)),
            ),
        )
        .correlate(PushSubscription)
    )
    answered = (
        exists()
        .where(
            HelpCall.asked_by == PushSubscription.person_id,
            HelpAnswer.store_id == HelpCall.store_id,
            HelpAnswer.help_id == HelpCall.id,
            HelpAnswer.answered_at > called_last(MY_HELP),
            HelpAnswer.answered_by != PushSubscription.person_id,
        )
        .correlate(PushSubscription)
    )
    await call_whoever(session, now, Permission.HELP_STAND_IN, asked, HELP)
    await call_whoever(session, now, Permission.DAY_WORK, answered, MY_HELP)


def _plays(permission: Permission, now: datetime) -> ColumnElement[bool]:
    return plays(HelpCall.store_id, roles_with(permission), now)
