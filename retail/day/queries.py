"""Reads of a store's day: who is here, what was handed over, and what has come to light since."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import any_, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from retail.access.models import Assignment, Person
from retail.access.permissions import ROLE_TABLE, Permission, Role
from retail.access.work import Reading, require
from retail.day.attendance import LONGEST_SHIFT, ClockDirection, Clocked, ClockFlag, ClockPlace, flags, on_shift
from retail.day.models import ClockEntry, HandOver, HandOverConfirmation
from retail.day.snapshot import DaySales, Snapshot, day_sales, gather, snapshot_of
from retail.kernel.content import as_uuid
from retail.kernel.refusal import NotPermitted
from retail.stores.directory import StoreEntry
from retail.tasks.compliance import require_span
from retail.tasks.schedule import day_ends

ENTRIES_AT_MOST = 2000
DAYS_AT_MOST = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class ClockRow:
    """A clock-in or clock-out with what is to be looked at in it."""

    entry: ClockEntry
    flags: list[ClockFlag]


@dataclass(frozen=True, slots=True)
class HandOverRow:
    """A hand-over as it was, who took it on, and what its day's sales have changed by since."""

    row: HandOver
    snapshot: Snapshot
    since_then: DaySales
    confirmations: list[HandOverConfirmation] = field(default_factory=list)

    @property
    def place(self) -> tuple[datetime, UUID]:
        """Return where the hand-over stands in the list."""
        return self.row.occurred_at, as_uuid(self.row.id)


@dataclass(frozen=True, slots=True)
class DayNow:
    """A store's business day as it stands: its figures, the hand-over that it began with, who is here."""

    now: Snapshot
    previous: HandOverRow | None
    latest: HandOverRow | None
    here: list[Clocked]


async def day_of(reading: Reading, store: StoreEntry) -> DayNow:
    """Return a store's current day; `previous` is the last hand-over of an earlier day, `latest` of this one."""
    _require(reading, store)
    now = await gather(reading.session, store, reading.now, reading.now)
    began = store.day_began(reading.now)
    previous = await _rows(reading.session, store, HandOver.day < now.day, first=1)
    latest = await _rows(reading.session, store, HandOver.day == now.day, first=1)
    entries = await _entries(reading.session, store, began - LONGEST_SHIFT, reading.now + LONGEST_SHIFT)
    return DayNow(now, _first(previous), _first(latest), on_shift(map(_clocked, entries), reading.now))


async def hand_overs(
    reading: Reading, store: StoreEntry, *, first: int, after: Sequence[Any] | None
) -> tuple[list[HandOverRow], bool]:
    """Return a store's hand-overs, newest first, and whether more follow."""
    _require(reading, store)
    place = [] if after is None else [tuple_(HandOver.occurred_at, HandOver.id) < tuple_(*after)]
    rows = await _rows(reading.session, store, *place, first=first + 1)
    return rows[:first], len(rows) > first


async def hand_over_seen(reading: Reading, store: StoreEntry, id: UUID) -> HandOverRow | None:
    """Return one hand-over of a store by its own id, or by that of a task which something disputed of it became."""
    _require(reading, store)
    disputed = select(HandOverConfirmation.hand_over_id).where(
        HandOverConfirmation.store_id == store.id,
        or_(
            HandOverConfirmation.disputes.contains([{"task_id": str(id)}]),
            HandOverConfirmation.disputes.contains([{"id": str(id)}]),  # the task's id too, in the first days
        ),
    )
    return _first(await _rows(reading.session, store, or_(HandOver.id == id, HandOver.id.in_(disputed)), first=1))


async def hand_over_by_id(session: AsyncSession, store: StoreEntry, id: UUID) -> HandOverRow | None:
    """Return one hand-over of a store."""
    return _first(await _rows(session, store, HandOver.id == id, first=1))


async def clock_entries(reading: Reading, store: StoreEntry, *, since: date, until: date) -> list[ClockRow]:
    """Return the comings and goings of some business days: everybody's for those who lead, else one's own."""
    leads = reading.actor.may(Permission.WORK_READ, store.id)
    if not leads:
        require(reading.actor, Permission.DAY_WORK, store.id)
    require_span(since, until, DAYS_AT_MOST)
    began, ends = day_ends(store, since - timedelta(days=1)), day_ends(store, until)
    entries = await _entries(reading.session, store, began - LONGEST_SHIFT, ends)
    flagged = flags(map(_clocked, entries))
    return [
        ClockRow(entry, flagged[as_uuid(entry.id)])
        for entry in entries
        if since <= entry.day <= until and (leads or entry.person_id == reading.actor.id)
    ]


async def clock_entry(session: AsyncSession, store: StoreEntry, id: UUID) -> ClockRow:
    """Return one coming or going, judged by what went before."""
    entry = await session.get_one(ClockEntry, (store.id, id))
    around = await _entries(session, store, entry.occurred_at - LONGEST_SHIFT, entry.occurred_at)
    return ClockRow(entry, flags(map(_clocked, around))[id])


async def runs_alone(session: AsyncSession, store: StoreEntry, person_id: UUID, now: datetime) -> bool:
    """Say whether somebody manages a store in which nobody else works; asked in the system's session."""
    works = [role for role, allowed in ROLE_TABLE.items() if Permission.DAY_WORK in allowed]
    here = or_(literal(store.id) == any_(Assignment.store_ids), literal(store.region_id) == any_(Assignment.region_ids))
    rows = await session.execute(
        select(Assignment.person_id, Assignment.role)
        .join(Person, Person.id == Assignment.person_id)
        .where(
            here,
            Assignment.role.in_(works),
            Assignment.valid_from <= now,
            or_(Assignment.valid_until.is_(None), Assignment.valid_until > now),
            or_(Person.left_at.is_(None), Person.left_at > now),
        )
    )
    staff = {(as_uuid(row.person_id), Role(row.role)) for row in rows}
    return {id for id, _ in staff} == {person_id} and (person_id, Role.STORE_MANAGER) in staff


def _require(reading: Reading, store: StoreEntry) -> None:
    """Refuse whoever neither works in a store nor leads it."""
    if not any(reading.actor.may(each, store.id) for each in (Permission.DAY_WORK, Permission.WORK_READ)):
        raise NotPermitted(Permission.DAY_WORK)


async def _rows(session: AsyncSession, store: StoreEntry, *where: Any, first: int) -> list[HandOverRow]:
    newest = (
        select(HandOver)
        .where(HandOver.store_id == store.id, *where)
        .order_by(HandOver.occurred_at.desc(), HandOver.id.desc())
        .limit(first)
    )
    rows = list(await session.scalars(newest))
    confirmed = await session.scalars(
        select(HandOverConfirmation)
        .where(
            HandOverConfirmation.store_id == store.id, HandOverConfirmation.hand_over_id.in_([row.id for row in rows])
        )
        .order_by(HandOverConfirmation.occurred_at, HandOverConfirmation.id)
    )
    by_id: dict[UUID, list[HandOverConfirmation]] = {as_uuid(row.id): [] for row in rows}
    for each in confirmed:
        by_id[as_uuid(each.hand_over_id)].append(each)
    return [await _with_since(session, store, row, by_id[as_uuid(row.id)]) for row in rows]


async def _with_since(
    session: AsyncSession, store: StoreEntry, row: HandOver, confirmations: list[HandOverConfirmation]
) -> HandOverRow:
    kept = snapshot_of(row.snapshot)
    now, then = await day_sales(session, store, row.day), kept.sales
    since = DaySales(now.amount_fen - then.amount_fen, now.baskets - then.baskets, now.units - then.units)
    return HandOverRow(row, kept, since, confirmations)


async def _entries(session: AsyncSession, store: StoreEntry, since: datetime, until: datetime) -> list[ClockEntry]:
    rows = await session.scalars(
        select(ClockEntry)
        .where(ClockEntry.store_id == store.id, ClockEntry.occurred_at >= since, ClockEntry.occurred_at <= until)
        .order_by(ClockEntry.occurred_at.desc(), ClockEntry.id.desc())
        .limit(ENTRIES_AT_MOST)
    )
    return list(rows)


def _clocked(row: ClockEntry) -> Clocked:
    return Clocked(
        as_uuid(row.id),
        as_uuid(row.person_id),
        ClockDirection(row.direction),
        row.occurred_at,
        row.recorded_at,
        ClockPlace(row.place),
        row.clock_error_seconds,
    )


def _first(rows: Sequence[HandOverRow]) -> HandOverRow | None:
    return rows[0] if rows else None
