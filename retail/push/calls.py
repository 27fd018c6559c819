"""Calling: who is to be woken, whose turn it is to call them, and what became of it.

A call says only "there is something for you" and where to look; what has happened meanwhile is one call. Whether there
is something is read from the tables, so a lost event or a killed process loses no call. Whoever claims a call holds it
for a while: when it is not told what became of it, another tries again.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    Text,
    Uuid,
    and_,
    any_,
    cast,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from retail.access.models import Assignment, Person
from retail.access.permissions import Permission, Role, roles_with
from retail.kernel.content import as_uuid
from retail.people.models import SecurityAlarm
from retail.push.models import PushSubscription
from retail.stores.models import Store

ALARMS = "/people/alarms"
HELP = "/help"
MY_HELP = "/help/mine"
TASKS = "/home"
MAY_SEE = {
    ALARMS: Permission.AUDIT_READ,
    HELP: Permission.HELP_STAND_IN,
    MY_HELP: Permission.DAY_WORK,
    TASKS: Permission.TASK_DO,
}
"""Where a call leads to, and what somebody needs to see anything there."""
HELD_FOR = timedelta(seconds=60)
FIRST_WAIT = timedelta(seconds=5)
MOST_TRIES = 8
"""From 5 s to 10 min: what a push service does not take within twenty minutes, the person finds in the app."""


class Outcome(Enum):
    """What became of a call."""

    TAKEN = "taken"
    GONE = "gone"
    NOT_NOW = "not now"
    NOT_THEIRS = "not theirs"


@dataclass(frozen=True, slots=True)
class Call:
    """A browser to be woken, by whoever has claimed it."""

    id: UUID
    person_id: UUID
    session_key: str
    server_key: str
    endpoint: str
    p256dh: bytes
    auth: bytes
    path: str


async def call_about_alarms(session: AsyncSession, now: datetime) -> None:
    """Mark whoever reads the log and has not been called since an alarm that nobody has seen to, and not about them."""
    mine = (
        exists()
        .where(
            SecurityAlarm.acknowledged_at.is_(None),
            SecurityAlarm.about_id != PushSubscription.person_id,
            SecurityAlarm.raised_at > called_last(ALARMS),
        )
        .correlate(PushSubscription)
    )
    await call_whoever(session, now, Permission.AUDIT_READ, mine, ALARMS)


def called_last(path: str) -> ColumnElement[datetime]:
    """Return when a subscription was called about a path, or when it began if it never was."""
    called = PushSubscription.called[path].astext.cast(DateTime(timezone=True))
    return func.coalesce(called, PushSubscription.created_at)


def plays(store_id: InstrumentedAttribute[UUID], roles: Collection[Role], now: datetime) -> ColumnElement[bool]:
    """Say whether the person of a subscription plays one of some roles in a store now."""
    # Of the very row outside: left to itself SQLAlchemy asks for any row of that table in a store of the region.
    in_region = exists().where(Store.id == store_id, Store.region_id == any_(Assignment.region_ids))
    here = or_(
        and_(Assignment.store_ids.is_(None), Assignment.region_ids.is_(None)),
        store_id == any_(Assignment.store_ids),
        in_region.correlate_except(Store),
    )
    return (
        exists()
        .where(
            Assignment.person_id == PushSubscription.person_id,
            Assignment.role.in_(roles),
            Assignment.valid_from <= now,
            or_(Assignment.valid_until.is_(None), Assignment.valid_until > now),
            here,
        )
        .correlate_except(Assignment)
    )


async def call_whoever(
    session: AsyncSession, now: datetime, permission: Permission, there_is: ColumnElement[bool], path: str
) -> None:
    """Mark the subscriptions of whoever holds a permission and for whom there is something at a path."""
    await session.execute(
        update(PushSubscription)
        .where(PushSubscription.due_at.is_(None), _may(permission, now), there_is)
        .values(due_at=now, due_path=path)
    )


async def claim_calls(session: AsyncSession, now: datetime, most: int) -> Sequence[Call]:
    """Claim calls that are due; nobody else gets them while they are held."""
    due = (
        select(PushSubscription.id)
        .where(PushSubscription.due_at <= now)
        .order_by(PushSubscription.due_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    rows = await session.execute(
        update(PushSubscription)
        .where(PushSubscription.id.in_(due.scalar_subquery()))
        .values(due_at=now + HELD_FOR)
        .returning(
            PushSubscription.id,
            PushSubscription.person_id,
            PushSubscription.session_key,
            PushSubscription.server_key,
            PushSubscription.endpoint,
            PushSubscription.p256dh,
            PushSubscription.auth,
            PushSubscription.due_path,
        )
    )
    return [
        Call(
            as_uuid(row.id),
            as_uuid(row.person_id),
            row.session_key,
            row.server_key,
            row.endpoint,
            row.p256dh,
            row.auth,
            row.due_path or "/",
        )
        for row in rows
    ]


async def still_may(session: AsyncSession, calls: Collection[Call], now: datetime) -> set[UUID]:
    """Return the subscriptions, of some calls, whose person may see what they are called about now."""
    allowed = [
        and_(PushSubscription.id.in_([call.id for call in calls if call.path == path]), _may(permission, now))
        for path, permission in MAY_SEE.items()
    ]
    return {as_uuid(id) for id in await session.scalars(select(PushSubscription.id).where(or_(*allowed)))}


async def note(session: AsyncSession, subscription_id: UUID, outcome: Outcome, now: datetime) -> None:
    """Write down what became of a call: done, never again, or later (a while longer each time, and not for ever)."""
    mine = PushSubscription.id == subscription_id
    if outcome is Outcome.GONE:
        await session.execute(delete(PushSubscription).where(mine))
        return
    if outcome is Outcome.TAKEN:
        await session.execute(update(PushSubscription).where(mine).values(_called(now)))
        return
    if outcome is Outcome.NOT_THEIRS:
        await session.execute(update(PushSubscription).where(mine).values(due_at=None, due_path=None))
        return
    failures = await session.scalar(
        update(PushSubscription)
        .where(mine)
        .values(failures=PushSubscription.failures + 1)
        .returning(PushSubscription.failures)
    )
    if failures is None:
        return
    # Given up counts as called: the next alarm begins anew.
    next_step = {"due_at": now + wait_after(failures)} if failures < MOST_TRIES else _called(now)
    await session.execute(update(PushSubscription).where(mine).values(next_step))


async def forget(session: AsyncSession, subscription_ids: Collection[UUID]) -> None:
    """Delete subscriptions that nobody stands behind any more."""
    theirs = any_(literal(list(subscription_ids), ARRAY(Uuid)))  # one parameter, however many they are
    await session.execute(delete(PushSubscription).where(PushSubscription.id == theirs))


async def sessions_behind(session: AsyncSession) -> dict[UUID, str]:
    """Return the session of every subscription."""
    rows = await session.execute(select(PushSubscription.id, PushSubscription.session_key))
    return {as_uuid(id): key for id, key in rows}


def wait_after(failures: int) -> timedelta:
    """Return how long to wait after so many failures in a row: 5 s, 10 s, 20 s ... 10 min."""
    return min(FIRST_WAIT * int(2 ** (failures - 1)), timedelta(minutes=10))


def _called(now: datetime) -> dict[str, Any]:
    """Return what changes when a subscription has been called about the path that was due."""
    about = func.jsonb_build_object(PushSubscription.due_path, cast(now.isoformat(), Text))
    return {"due_at": None, "due_path": None, "failures": 0, "called": PushSubscription.called.concat(about)}


def _may(permission: Permission, now: datetime) -> ColumnElement[bool]:
    """Whether the person of a subscription is here and holds a permission anywhere."""
    return exists().where(
        Person.id == PushSubscription.person_id,
        or_(Person.left_at.is_(None), Person.left_at > now),
        Assignment.person_id == Person.id,
        Assignment.role.in_(roles_with(permission)),
        Assignment.valid_from <= now,
        or_(Assignment.valid_until.is_(None), Assignment.valid_until > now),
    )
