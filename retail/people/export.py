"""What is kept about one person, all of it, for that person (PIPL, article 45), and finding somebody by phone.

Both are recorded as views before anything leaves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from retail.access.actor import Actor
from retail.access.permissions import Permission
from retail.kernel.privacy.masking import Personal
from retail.kernel.refusal import NotFound
from retail.people.errors import PersonErased
from retail.people.models import PersonalView, RevealPurpose, ViewKind
from retail.people.office import PeopleOffice, reach
from retail.people.queries import KnownPerson, find_person, known_people, person_of_phone
from retail.people.rules import Reach
from retail.people.viewing import note_view

LATEST_VIEWS = 100


@dataclass(frozen=True, slots=True)
class KeptOfPerson:
    """Everything that is kept of a person beside what they did in the shops, and who has looked at it lately."""

    person: KnownPerson
    views: Sequence[PersonalView]


async def personal_data(
    people: PeopleOffice, actor: Actor, *, person_id: UUID, region_of: Mapping[UUID, UUID]
) -> tuple[KeptOfPerson, Reach]:
    """Return what is kept of oneself or, for who may reveal, of somebody within reach; and how far that reaches."""
    own = actor.id == person_id
    near = Reach(frozenset(), frozenset(), everybody=True)
    if not own:
        near = reach(actor, Permission.PERSON_REVEAL, region_of)
    async with people.work(actor) as work:
        person = await find_person(work.session, people.vault, near, person_id, work.now)
        if person is None:
            raise NotFound("personId", "person", "员工")
        if person.erased_at is not None:
            raise PersonErased
        latest = select(PersonalView).where(PersonalView.person_id == person_id)
        views = (await work.session.scalars(latest.order_by(PersonalView.viewed_at.desc()).limit(LATEST_VIEWS))).all()
        view = PersonalView(
            viewer_id=actor.id, person_id=person_id, kind=ViewKind.EXPORT, purpose=RevealPurpose.OWN_REQUEST
        )
        await note_view(people, work, view)
    return KeptOfPerson(person, views), near


async def look_up(
    people: PeopleOffice, actor: Actor, *, phone: Personal, region_of: Mapping[UUID, UUID]
) -> KnownPerson | None:
    """Return whose number this is; recorded and limited like a reveal, for who asks could try all numbers."""
    near = reach(actor, Permission.PERSON_FIND, region_of)
    async with people.work(actor) as work:
        found = await person_of_phone(work.session, people.vault, phone.clear)
        known = None
        if found is not None and await find_person(work.session, people.vault, near, found, work.now) is not None:
            known = (await known_people(work.session, people.vault, near, [found], work.now))[0]
        view = PersonalView(viewer_id=actor.id, person_id=known.id if known else None, kind=ViewKind.LOOK_UP)
        await note_view(people, work, view)
    return known
