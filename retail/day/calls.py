"""Waking people about help: headquarters when somebody waits for it, the asker when there is an answer."""

from datetime import datetime

from sqlalchemy import exists, func
from sqlalchemy.ext.asyncio import AsyncSession

from retail.access.permissions import Permission
from retail.day.models import HelpAnswer, HelpCall
from retail.push.calls import HELP, MY_HELP, call_whoever
from retail.push.models import PushSubscription


async def call_about_help(session: AsyncSession, now: datetime) -> None:
    """Mark those who answer and have not been called since a call that is open, and askers since an answer."""
    since = func.coalesce(PushSubscription.last_ok_at, PushSubscription.created_at)
    asked = (
        exists()
        .where(
            HelpCall.closed_at.is_(None),
            HelpCall.recorded_at > since,
            HelpCall.asked_by != PushSubscription.person_id,
            ~exists().where(HelpAnswer.store_id == HelpCall.store_id, HelpAnswer.help_id == HelpCall.id),
        )
        .correlate(PushSubscription)
    )
    answered = (
        exists()
        .where(
            HelpCall.asked_by == PushSubscription.person_id,
            HelpAnswer.store_id == HelpCall.store_id,
            HelpAnswer.help_id == HelpCall.id,
            HelpAnswer.answered_at > since,
            HelpAnswer.answered_by != PushSubscription.person_id,
        )
        .correlate(PushSubscription)
    )
    await call_whoever(session, now, Permission.HELP_ANSWER, asked, HELP)
    await call_whoever(session, now, Permission.DAY_WORK, answered, MY_HELP)
