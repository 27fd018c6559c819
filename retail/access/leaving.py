"""Leaving: from one instant on somebody is nobody here any more, on every road.

The instant stands in `person.left_at`. Whatever proves who somebody is (sessions, PINs, devices to
push to) asks it, so that leaving ends all of them without knowing of any. The person's assignments
end with it, so that whoever is hired again begins with none.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from retail.access.actor import Actor
from retail.access.assignments import Given, close, find_staff, guard_last, standing
from retail.access.granting import WiderThanYours, check_giving, check_rank, is_in_sight
from retail.access.models import Assignment
from retail.access.permissions import Role
from retail.access.work import Work
from retail.audit import log
from retail.kernel.events import AccessChanged
from retail.kernel.refusal import InvalidInput, NotFound, Problem

RECORDED_BEHIND = timedelta(days=400)
RECORDED_AHEAD = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Left:
    """The answer of `record_leaver`: who is out, from when, and how many roles ended with it."""

    person_id: UUID
    left_at: datetime
    ended: int


async def record_leaver(
    work: Work, *, person_id: UUID, left_at: datetime | None, region_of: Mapping[UUID, UUID]
) -> Left:
    """Let somebody go, now or at an instant; one that was recorded before stands if it is earlier."""
    recorder = await standing(work, region_of)
    if problems := list(_problems(left_at, work.now)):
        raise InvalidInput(problems)
    person, held = await find_staff(work, person_id)
    check_letting_go(recorder, held, region_of)
    await guard_last(work, held)

    leaves = min(left_at or work.now, person.left_at or datetime.max.replace(tzinfo=work.now.tzinfo))
    person.left_at = leaves
    for each in held:
        await close(work, await work.session.get_one(Assignment, each.assignment_id), max(leaves, work.now))
    work.announce(AccessChanged())
    details = {"person": person_id, "left_at": leaves.isoformat()}
    await log.append(work.session, act="person.left", actor_id=work.actor_id, details=details)
    return Left(person_id, leaves, len(held))


def check_letting_go(recorder: Actor, held: Sequence[Given], region_of: Mapping[UUID, UUID]) -> None:
    """Refuse unless the recorder may end all that the person does here for good.

    Help that ends by itself in a store of somebody else's does not stand in the way, unless its
    role is above the recorder. Somebody without any role is headquarters' to let go.
    """
    if not held:
        if any(one.role == Role.HQ_OPERATIONS for one in recorder.held):
            return
        raise NotFound("personId", "person", "员工")
    if not any(is_in_sight(recorder, each.reach) for each in held):
        raise NotFound("personId", "person", "员工")
    check_rank(recorder, [each.role for each in held])
    try:
        for each in [one for one in held if one.valid_until is None] or held:
            check_giving(recorder, each.role, each.reach, region_of)
    except NotFound:
        # The person is in sight, what else they do is not: which store that is stays untold.
        raise WiderThanYours("personId") from None


def _problems(left_at: datetime | None, now: datetime) -> Iterator[Problem]:
    if left_at is not None and not now - RECORDED_BEHIND <= left_at <= now + RECORDED_AHEAD:
        words = ("At most 400 days ago and a year ahead.", "须在过去 400 天到未来一年之间。")
        yield Problem("leftAt", "OUT_OF_RANGE", *words)
