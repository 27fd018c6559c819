"""Looking at somebody's data: who, whose, which field, why and when is written before the value leaves.

The views of one person follow one another, so that nobody passes the limit by asking twice at once.
A value is never stored with the request that asked for it: the request keeps the id of its view, and
asked again it is another view.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import func, select

from retail.access.actor import Actor
from retail.access.models import Person
from retail.access.permissions import Permission
from retail.access.work import Work
from retail.audit.acts import Act
from retail.audit.log import append
from retail.kernel.base import new_id
from retail.kernel.privacy.masking import Personal
from retail.kernel.refusal import InvalidInput, NotFound
from retail.people.errors import PersonErased, TooManyReveals, note_problems
from retail.people.events import SecurityAlarmRaised
from retail.people.models import (
    AlarmKind,
    PersonalField,
    PersonalView,
    PersonErasure,
    RevealPurpose,
    SecurityAlarm,
    ViewKind,
)
from retail.people.office import PeopleOffice, reach
from retail.people.queries import find_person, open_values
from retail.people.rules import USUAL_DAYS, Looking, unusual

log = structlog.get_logger(__name__)

_ACTS: dict[ViewKind, Act] = {
    ViewKind.REVEAL: "person.revealed",
    ViewKind.EXPORT: "person.exported",
    ViewKind.LOOK_UP: "person.looked_up",
}
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SHOWN_FOR = timedelta(seconds=60)
"""For how long a screen should show a revealed value."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Whose data somebody wants to see, which, and what for."""

    person_id: UUID
    field: PersonalField
    purpose: RevealPurpose
    note: str | None = None


@dataclass(frozen=True, slots=True)
class ViewNoted:
    """What is kept of a reveal with its request."""

    view_id: UUID


@dataclass(frozen=True, slots=True)
class Revealed:
    """A value for one pair of eyes, until it should be hidden again."""

    value: Personal
    expires_at: datetime


async def reveal(
    people: PeopleOffice, actor: Actor, *, request_id: UUID, wish: Wish, region_of: Mapping[UUID, UUID]
) -> Revealed:
    """Show one value of somebody within reach; each call is a view, also of a request that is repeated."""
    if problems := note_problems("note", wish.note):
        raise InvalidInput(problems)
    shown: list[Revealed] = []

    async def show(work: Work) -> ViewNoted:
        value, view_id = await _reveal(people, work, actor, wish, region_of)
        shown.append(Revealed(value, work.now + SHOWN_FOR))
        return ViewNoted(view_id)

    await people.system.once(actor, request_id=request_id, operation="reveal", content=wish, answer=ViewNoted, run=show)
    if not shown:
        async with people.work(actor) as work:
            await show(work)
    return shown[0]


async def _reveal(
    people: PeopleOffice, work: Work, actor: Actor, wish: Wish, region_of: Mapping[UUID, UUID]
) -> tuple[Personal, UUID]:
    await require_person(people, work, actor, wish.person_id, Permission.PERSON_REVEAL, region_of)
    view = PersonalView(
        viewer_id=actor.id,
        person_id=wish.person_id,
        kind=ViewKind.REVEAL,
        field=wish.field,
        purpose=wish.purpose,
        note=wish.note,
    )
    values = await open_values(work.session, people.vault, [wish.person_id], lock=True)
    value = values.get((wish.person_id, wish.field))
    if value is None:
        raise NotFound("field", "value of this person", "个人信息")
    return value, await note_view(people, work, view)


async def require_person(
    people: PeopleOffice,
    work: Work,
    actor: Actor,
    person_id: UUID,
    permission: Permission,
    region_of: Mapping[UUID, UUID],
) -> None:
    """Refuse unless the permission reaches the person, and their data has not been erased."""
    near = reach(actor, permission, region_of)
    if await find_person(work.session, people.vault, near, person_id, work.now) is None:
        raise NotFound("personId", "person", "员工")
    if await work.session.get(PersonErasure, person_id) is not None:
        raise PersonErased


async def note_view(people: PeopleOffice, work: Work, view: PersonalView) -> UUID:
    """Write a view down before its value leaves; refuse beyond the limit of an hour, raise an alarm when unusual."""
    await work.session.execute(select(Person.id).where(Person.id == view.viewer_id).with_for_update(key_share=True))
    before = await looking(work, view.viewer_id)
    if before.views_this_hour >= people.policy.views_an_hour:
        first = await work.session.scalar(
            select(func.min(PersonalView.viewed_at)).where(
                PersonalView.viewer_id == view.viewer_id, PersonalView.viewed_at > work.now - HOUR
            )
        )
        raise TooManyReveals(people.policy.views_an_hour, (first or work.now) + HOUR)
    view.id, view.viewed_at = new_id(), work.now
    work.session.add(view)
    await work.session.flush()
    after = await looking(work, view.viewer_id)
    for kind in sorted(unusual(after, people.policy)):
        await _raise_alarm(work, kind, view.viewer_id, after)
    details = {"view": view.id, "person": view.person_id, "field": view.field, "purpose": view.purpose}
    await append(work.session, act=_ACTS[view.kind], actor_id=view.viewer_id, details=details)
    return view.id


async def looking(work: Work, viewer_id: UUID) -> Looking:
    """Return how much somebody has looked until now."""
    # Without an end: who has waited for another view of theirs has an older `now` than that view.
    mine = PersonalView.viewer_id == viewer_id
    hour = (
        await work.session.execute(
            select(func.count(), func.count(PersonalView.person_id.distinct())).where(
                mine, PersonalView.viewed_at > work.now - HOUR
            )
        )
    ).one()
    seconds = func.greatest(func.extract("epoch", work.now - PersonalView.viewed_at), 0)
    ago = func.floor(seconds / DAY.total_seconds())
    days = await work.session.execute(
        select(ago.label("ago"), func.count(PersonalView.person_id.distinct()).label("people"))
        .where(mine, PersonalView.viewed_at > work.now - DAY * (USUAL_DAYS + 1))
        .group_by(ago)
    )
    by_day = {int(row.ago): row.people for row in days}
    return Looking(hour[0], hour[1], by_day.pop(0, 0), by_day)


async def _raise_alarm(work: Work, kind: AlarmKind, about: UUID, looked: Looking) -> None:
    """Raise an alarm unless the same one was raised within the hour."""
    recent = await work.session.scalar(
        select(SecurityAlarm.id).where(
            SecurityAlarm.about_id == about, SecurityAlarm.kind == kind, SecurityAlarm.raised_at > work.now - HOUR
        )
    )
    if recent is not None:
        return
    alarm = SecurityAlarm(
        id=new_id(),
        kind=kind,
        about_id=about,
        people=max(looked.people_this_hour, looked.people_today),
        usual=looked.usual,
        raised_at=work.now,
    )
    work.session.add(alarm)
    work.announce(SecurityAlarmRaised())
    details = {"alarm": alarm.id, "kind": kind, "about": about}
    await append(work.session, act="security_alarm.raised", actor_id=None, details=details)
    log.warning("unusual viewing of personal data", alarm=str(alarm.id), kind=kind, about=str(about))
