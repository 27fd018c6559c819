"""Alarms about unusual looking: who reads them, and who has seen to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from retail.access.actor import Actor
from retail.access.models import Person
from retail.access.permissions import Permission
from retail.access.work import Work
from retail.audit.log import append
from retail.kernel.content import as_uuid
from retail.kernel.refusal import InvalidInput, NotFound, NotPermitted
from retail.people.errors import OwnAlarm, note_problems
from retail.people.models import AlarmKind, SecurityAlarm
from retail.people.office import PeopleOffice


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm with the names of those whom it concerns."""

    id: UUID
    kind: AlarmKind
    about_id: UUID
    about_name: str
    people: int
    usual: int
    raised_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class AlarmPage:
    """A page of alarms, the newest first, and how many there are on all pages."""

    alarms: Sequence[Alarm]
    total: int
    has_next: bool


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The alarm that somebody has seen to."""

    alarm_id: UUID


def may_read_alarms(actor: Actor) -> None:
    """Refuse whoever does not read the log."""
    if Permission.AUDIT_READ not in actor.grants:
        raise NotPermitted(Permission.AUDIT_READ)


async def find_alarms(
    session: AsyncSession,
    *,
    size: int,
    after: tuple[datetime, UUID] | None = None,
    only_open: bool = False,
    only: UUID | None = None,
) -> AlarmPage:
    """Return alarms, the newest first."""
    found = select(SecurityAlarm)
    if only_open:
        found = found.where(SecurityAlarm.acknowledged_at.is_(None))
    if only is not None:
        found = found.where(SecurityAlarm.id == only)
    total = await session.scalar(select(func.count()).select_from(found.subquery()))
    if after is not None:
        found = found.where(tuple_(SecurityAlarm.raised_at, SecurityAlarm.id) < tuple_(*after))
    order = (SecurityAlarm.raised_at.desc(), SecurityAlarm.id.desc())
    rows = (await session.scalars(found.order_by(*order).limit(size + 1))).all()
    names = await _names(session, rows)
    return AlarmPage([_alarm(row, names) for row in rows[:size]], total or 0, len(rows) > size)


async def acknowledge_alarm(
    people: PeopleOffice, actor: Actor, *, request_id: UUID, alarm_id: UUID, note: str | None
) -> Acknowledged:
    """Say that somebody has seen to an alarm; acknowledged twice, the first stands."""
    if problems := note_problems("note", note):
        raise InvalidInput(problems)

    async def run(work: Work) -> Acknowledged:
        may_read_alarms(actor)
        alarm = await work.session.scalar(select(SecurityAlarm).where(SecurityAlarm.id == alarm_id).with_for_update())
        if alarm is None:
            raise NotFound("alarmId", "alarm", "警报")
        if as_uuid(alarm.about_id) == actor.id:
            raise OwnAlarm
        if alarm.acknowledged_at is None:
            alarm.acknowledged_at, alarm.acknowledged_by, alarm.note = work.now, actor.id, note
            await work.session.flush()
            details = {"alarm": alarm_id}
            await append(work.session, act="security_alarm.acknowledged", actor_id=actor.id, details=details)
        return Acknowledged(alarm_id)

    return await people.system.once(
        actor,
        request_id=request_id,
        operation="acknowledgeAlarm",
        content=(alarm_id, note),
        answer=Acknowledged,
        run=run,
    )


async def _names(session: AsyncSession, rows: Sequence[SecurityAlarm]) -> dict[UUID, str]:
    ids = {each for row in rows for each in (row.about_id, row.acknowledged_by) if each is not None}
    named = await session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {as_uuid(row.id): row.name for row in named}


def _alarm(row: SecurityAlarm, names: dict[UUID, str]) -> Alarm:
    by = row.acknowledged_by
    return Alarm(
        as_uuid(row.id),
        AlarmKind(row.kind),
        as_uuid(row.about_id),
        names.get(as_uuid(row.about_id), ""),
        row.people,
        row.usual,
        row.raised_at,
        row.acknowledged_at,
        None if by is None else names.get(as_uuid(by)),
        row.note,
    )
