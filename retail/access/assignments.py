"""Giving people roles and taking them away: grant, lend, end.

What the granter may do is read again from the database, under one lock with every other change of
access: nobody grants with a right that has just ended, and two changes cannot pass each other. This
sees everybody's assignments, so it works as the system; the program's other role has no right at
all to the table, and nothing else writes it.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from retail.access.actor import Actor
from retail.access.granting import CHAIN_WIDE, NotToYourself, Reach, check_giving, is_in_sight
from retail.access.models import Assignment, Person
from retail.access.permissions import Permission, Role
from retail.access.scope import load_actor
from retail.access.work import Office, Work
from retail.audit import log
from retail.audit.acts import Act
from retail.kernel.base import new_id
from retail.kernel.clock import LATEST_AHEAD
from retail.kernel.content import as_uuid
from retail.kernel.events import AccessChanged
from retail.kernel.refusal import InvalidInput, NotFound, NotPermitted, Problem, Refusal

PLACES_AT_MOST = 1000
LENT_AT_MOST = timedelta(days=92)
AHEAD_AT_MOST = timedelta(days=366)
_ACCESS_LOCK = 0x6163_6365_7373  # any number that no other advisory lock of ours uses
_SHOP_ROLES = (Role.CLERK, Role.STORE_MANAGER)


class LastOfRole(Refusal):
    """Without this person nobody would be left who could give that role to anybody."""

    code = "LAST_OF_ROLE"

    def __init__(self, role: Role) -> None:
        super().__init__(
            "Nobody else holds this role for good: give it to somebody first.",
            "没有其他人长期担任这个岗位，请先授予他人。",
        )
        self.role = role


class AlreadyOver(Refusal):
    """It has ended before; the first end stands."""

    code = "ALREADY_OVER"

    def __init__(self, ended_at: datetime) -> None:
        super().__init__("That has ended already.", "已经结束了。")
        self.ended_at = ended_at


@dataclass(frozen=True, slots=True)
class Given:
    """An assignment of a person as it was written: the answer of every command here."""

    assignment_id: UUID
    person_id: UUID
    role: Role
    store_ids: tuple[UUID, ...] | None
    region_ids: tuple[UUID, ...] | None
    valid_from: datetime
    valid_until: datetime | None

    @property
    def reach(self) -> Reach:
        """Return where it holds."""
        return Reach(self.store_ids, self.region_ids)


@dataclass(frozen=True, slots=True)
class Time:
    """From when (None: now) until when (None: for good)."""

    valid_from: datetime | None
    valid_until: datetime | None


async def grant_role(
    work: Work,
    *,
    person_id: UUID,
    role: Role,
    reach: Reach,
    chain_wide: bool,
    time: Time,
    region_of: Mapping[UUID, UUID],
) -> Given:
    """Give somebody a role in stores, regions or (said so, not by leaving both out) the whole chain."""
    giver = await standing(work, region_of)
    problems = [*_reach_problems(role, reach, chain_wide), *_time_problems(time, work.now)]
    if problems:
        raise InvalidInput(problems)
    if person_id == giver.id:
        raise NotToYourself
    check_giving(giver, role, reach, region_of)
    _check_places(reach, region_of)
    _, held = await find_staff(work, person_id)
    if held and not any(is_in_sight(giver, each.reach) for each in held):
        raise NotFound("personId", "person", "员工")  # another's people are borrowed, not taken
    return await _give(work, person_id, role, reach, time)


async def lend_person(
    work: Work, *, person_id: UUID, store_id: UUID, time: Time, region_of: Mapping[UUID, UUID]
) -> Given:
    """Let somebody who works in another store help as a clerk in this one; it ends by itself.

    The manager of the store that is helped does this, or whoever is above: the store that lends
    gives nothing away but time, and its manager may end the person's own role there as ever.
    """
    giver = await standing(work, region_of)
    problems = list(_time_problems(time, work.now, LENT_AT_MOST))
    if problems:
        raise InvalidInput(problems)
    if person_id == giver.id:
        raise NotToYourself
    reach = Reach((store_id,), None)
    if store_id not in region_of or not giver.may(Permission.STORE_READ, store_id):
        raise NotFound("storeId", "store", "门店")
    check_giving(giver, Role.CLERK, reach, region_of)
    _, held = await find_staff(work, person_id)
    elsewhere = [
        each
        for each in held
        if each.role in _SHOP_ROLES and each.valid_from <= work.now and each.reach.stores(region_of) - {store_id}
    ]
    if not elsewhere:
        words = ("Works in no other store.", "此人没有在其他门店任职。")
        raise InvalidInput([Problem("personId", "NOBODY_TO_LEND", *words)])
    return await _give(work, person_id, Role.CLERK, reach, time)


async def end_assignment(
    work: Work, *, assignment_id: UUID, ends_at: datetime | None, region_of: Mapping[UUID, UUID]
) -> Given:
    """End somebody's role now or at a later time, never later than it would have ended anyway.

    One that has not begun is taken back altogether; its `valid_until` is then its beginning.
    """
    ender = await standing(work, region_of)
    row = await work.session.get(Assignment, assignment_id)
    found = None if row is None or row.person_id is None else given(row)
    if row is None or found is None or not is_in_sight(ender, found.reach):
        raise NotFound("assignmentId", "assignment", "任职")
    check_giving(ender, found.role, found.reach, region_of)
    if found.valid_until is not None and found.valid_until <= work.now:
        raise AlreadyOver(found.valid_until)
    await guard_last(work, [found])
    return await close(work, row, max(ends_at or work.now, work.now))


async def standing(work: Work, region_of: Mapping[UUID, UUID]) -> Actor:
    """Return what the actor may do once every other change of access is held off until this one has ended."""
    before = work.actor
    if before is None or not before.stores(Permission.ACCESS_GRANT):
        raise NotPermitted(Permission.ACCESS_GRANT)  # before the lock: whoever may not grant holds nobody off
    began = monotonic()
    await work.session.execute(select(func.pg_advisory_xact_lock(_ACCESS_LOCK)))
    work.now += timedelta(seconds=monotonic() - began)  # what ended while this waited has ended
    now = await load_actor(work.session, kind=before.kind, actor_id=before.id, region_of=region_of, now=work.now)
    if now is None or not now.stores(Permission.ACCESS_GRANT) & before.stores(Permission.ACCESS_GRANT):
        raise NotPermitted(Permission.ACCESS_GRANT)
    # What proved the identity may have narrowed it: never more than the actor came with.
    return replace(now, grants={each: now.stores(each) & before.stores(each) for each in now.grants})


async def find_staff(work: Work, person_id: UUID) -> tuple[Person, list[Given]]:
    """Return somebody who works here now and the assignments; a person who has left is told like one that never was.

    Both are asked for whoever it is, so that the work done tells nothing either.
    """
    person = await work.session.get(Person, person_id)
    held = await assignments_of(work.session, person_id, work.now)
    if person is None or (person.left_at is not None and person.left_at <= work.now):
        raise NotFound("personId", "person", "员工")
    return person, held


async def assignments_of(session: AsyncSession, person_id: UUID, now: datetime) -> list[Given]:
    """Return a person's assignments that are in force or will be."""
    rows = await session.scalars(_of_person(person_id, now))
    return [given(row) for row in rows]


async def assignments_in_sight(
    office: Office, reader: Actor, person_id: UUID, region_of: Mapping[UUID, UUID]
) -> list[Given]:
    """Return those of a person's assignments that concern stores whose people the reader may read.

    Of each, the stores and regions that the reader sees. It is read as the system: assignments have no wall.
    """
    if Permission.PERSON_READ not in reader.grants:
        raise NotPermitted(Permission.PERSON_READ)
    seen = reader.stores(Permission.PERSON_READ)
    if not seen:
        raise NotPermitted(Permission.PERSON_READ)
    regions = {region_of.get(store) for store in seen}
    async with office.system() as session:
        found = await assignments_of(session, person_id, office.clock())
    return [
        replace(
            each,
            store_ids=None if each.store_ids is None else tuple(s for s in each.store_ids if s in seen),
            region_ids=None if each.region_ids is None else tuple(r for r in each.region_ids if r in regions),
        )
        for each in found
        if each.reach.stores(region_of) & seen
    ]


async def guard_last(work: Work, ending: Collection[Given]) -> None:
    """Refuse to end the last lasting assignment of a role that only its holders can give."""
    for role in sorted({each.role for each in ending if each.valid_until is None} & CHAIN_WIDE):
        others = await work.session.scalar(
            select(func.count())
            .select_from(Assignment)
            .join(Person, Person.id == Assignment.person_id)
            .where(
                Assignment.role == role,
                Assignment.store_ids.is_(None),
                Assignment.region_ids.is_(None),
                Assignment.valid_from <= work.now,
                Assignment.valid_until.is_(None),
                Person.left_at.is_(None),
                Assignment.id.not_in([each.assignment_id for each in ending]),
            )
        )
        if not others:
            raise LastOfRole(role)


async def close(work: Work, row: Assignment, at: datetime) -> Given:
    """End an assignment at an instant, unless it ends sooner; one that has not begun by then is removed."""
    if at <= row.valid_from:
        await work.session.delete(row)
        told = replace(given(row), valid_until=row.valid_from)
    else:
        row.valid_until = at if row.valid_until is None else min(row.valid_until, at)
        told = given(row)
    await work.session.flush()
    work.announce(AccessChanged())
    await _log(work, "access.ended", told)
    return told


def given(row: Assignment) -> Given:
    """Return a person's assignment as it is told."""
    return Given(
        assignment_id=as_uuid(row.id),
        person_id=as_uuid(row.person_id),
        role=Role(row.role),
        store_ids=None if row.store_ids is None else tuple(map(as_uuid, row.store_ids)),
        region_ids=None if row.region_ids is None else tuple(map(as_uuid, row.region_ids)),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
    )


async def _give(work: Work, person_id: UUID, role: Role, reach: Reach, time: Time) -> Given:
    row = Assignment(
        id=new_id(),
        person_id=person_id,
        role=role,
        store_ids=None if reach.store_ids is None else list(reach.store_ids),
        region_ids=None if reach.region_ids is None else list(reach.region_ids),
        valid_from=max(time.valid_from or work.now, work.now),
        valid_until=time.valid_until,
    )
    work.session.add(row)
    await work.session.flush()
    work.announce(AccessChanged())
    await _log(work, "access.granted", told := given(row))
    return told


async def _log(work: Work, act: Act, told: Given) -> None:
    """Note what was given or ended, in the whole chain's log: a store's would have it wait for that store's tills."""
    details = {
        "assignment": told.assignment_id,
        "person": told.person_id,
        "role": told.role.value,
        "stores": told.store_ids,
        "regions": told.region_ids,
        "from": told.valid_from.isoformat(),
        "until": None if told.valid_until is None else told.valid_until.isoformat(),
    }
    await log.append(work.session, act=act, actor_id=work.actor_id, details=details)


def _of_person(person_id: UUID, now: datetime) -> Select[Assignment]:
    over = Assignment.valid_until <= now
    return (
        select(Assignment)
        .where(Assignment.person_id == person_id, or_(Assignment.valid_until.is_(None), ~over))
        .order_by(Assignment.valid_from, Assignment.id)
    )


def _reach_problems(role: Role, reach: Reach, chain_wide: bool) -> Iterator[Problem]:
    if reach.chain_wide != chain_wide:
        words = ("Give stores or regions, or else chainWide.", "请填写门店或区域，或者选择整个连锁。")
        yield Problem("chainWide", "GIVE_ONE", *words)
    if role is Role.CHANNEL:
        yield Problem("role", "NOT_FOR_PEOPLE", "This role is for programs.", "这个岗位只给程序使用。")
    if role in CHAIN_WIDE and not chain_wide:
        words = ("Headquarters is given for the whole chain.", "总部岗位必须覆盖整个连锁。")
        yield Problem("chainWide", "HQ_IS_CHAIN_WIDE", *words)
    for path, ids in (("storeIds", reach.store_ids), ("regionIds", reach.region_ids)):
        if ids is not None and not 1 <= len(ids) <= PLACES_AT_MOST:
            yield Problem(path, "OUT_OF_RANGE", f"1 to {PLACES_AT_MOST:,}.", f"须为 1 到 {PLACES_AT_MOST:,} 个。")


def _time_problems(time: Time, now: datetime, at_most: timedelta | None = None) -> Iterator[Problem]:
    if time.valid_from is not None and time.valid_from < now - LATEST_AHEAD:
        yield Problem("validFrom", "IN_THE_PAST", "Nobody is given a role back in time.", "不能追溯授予岗位。")
    begins = max(time.valid_from or now, now)
    if begins > now + AHEAD_AT_MOST:
        yield Problem("validFrom", "TOO_FAR_AHEAD", "At most a year ahead.", "最多提前一年。")
        return
    if time.valid_until is not None and time.valid_until <= begins:
        yield Problem("validUntil", "NOT_AFTER_BEGIN", "Must be later than its beginning.", "必须晚于开始时间。")
    if at_most is not None and (time.valid_until is None or time.valid_until > begins + at_most):
        words = (f"At most {at_most.days} days.", f"最多 {at_most.days} 天。")
        yield Problem("validUntil", "TOO_LONG", *words)


def _check_places(reach: Reach, region_of: Mapping[UUID, UUID]) -> None:
    """Refuse places that are not there: whoever sees the whole chain may still name a wrong one."""
    for n, store_id in enumerate(reach.store_ids or ()):
        if store_id not in region_of:
            raise NotFound(f"storeIds[{n}]", "store", "门店")
    regions = set(region_of.values())
    for n, region_id in enumerate(reach.region_ids or ()):
        if region_id not in regions:
            raise NotFound(f"regionIds[{n}]", "region", "区域")
