"""Reading people: within reach, their data masked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, and_, cast, exists, func, or_, select, tuple_
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from retail.access.models import Assignment, Person
from retail.kernel.content import as_uuid
from retail.kernel.privacy.masking import Personal
from retail.kernel.privacy.models import DataKey
from retail.kernel.privacy.sealing import Place
from retail.kernel.privacy.vault import SubjectKey, Vault
from retail.people.models import PersonalField, PersonalValue, PersonErasure
from retail.people.rules import Reach

STILL_SHOWN = timedelta(days=30)
"""For so long somebody whose assignment has ended is still shown to who sees only some stores."""

_UUIDS = ARRAY(postgresql.UUID(as_uuid=True))


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Somebody as the asker may see them: with the assignments within reach."""

    id: UUID
    name: str
    left_at: datetime | None
    erased_at: datetime | None
    phone: Personal | None
    assignments: Sequence[Assignment]


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """A page of people by name, and how many there are on all pages."""

    people: Sequence[KnownPerson]
    total: int
    has_next: bool


async def find_people(
    session: AsyncSession,
    vault: Vault,
    reach: Reach,
    *,
    now: datetime,
    size: int,
    after: tuple[str, UUID] | None = None,
    store_id: UUID | None = None,
    text: str = "",
) -> PeoplePage:
    """Return people within reach by name, of one store if given, whose name holds a text."""
    found = select(Person.id, Person.name).where(_within(reach, now))
    if store_id is not None:
        found = found.where(_assigned(Assignment.store_ids.any_() == store_id, now))
    if text:
        found = found.where(func.strpos(func.lower(Person.name), text.lower()) > 0)
    total = await session.scalar(select(func.count()).select_from(found.subquery()))
    if after is not None:
        found = found.where(tuple_(Person.name, Person.id) > tuple_(*after))
    rows = (await session.execute(found.order_by(Person.name, Person.id).limit(size + 1))).all()
    people = await known_people(session, vault, reach, [as_uuid(row.id) for row in rows[:size]], now)
    return PeoplePage(people, total or 0, len(rows) > size)


async def find_person(
    session: AsyncSession, vault: Vault, reach: Reach, person_id: UUID, now: datetime
) -> KnownPerson | None:
    """Return somebody within reach."""
    seen = await session.scalar(select(Person.id).where(Person.id == person_id, _within(reach, now)))
    return None if seen is None else (await known_people(session, vault, reach, [person_id], now))[0]


async def person_of_phone(session: AsyncSession, vault: Vault, phone: str) -> UUID | None:
    """Return whose number this is (E.164); of several the one who had it last."""
    found = await session.scalar(
        select(PersonalValue.person_id)
        .where(
            PersonalValue.field == PersonalField.PHONE,
            PersonalValue.blind.in_(vault.masters.blinds(PersonalField.PHONE, phone)),
        )
        .order_by(PersonalValue.recorded_at.desc(), PersonalValue.person_id)
        .limit(1)
    )
    return None if found is None else as_uuid(found)


async def known_people(
    session: AsyncSession, vault: Vault, reach: Reach, ids: Sequence[UUID], now: datetime
) -> list[KnownPerson]:
    """Return people in the order of their ids, with what of them is within reach."""
    rows = await session.execute(
        select(Person.id, Person.name, Person.left_at, PersonErasure.erased_at)
        .outerjoin(PersonErasure, PersonErasure.person_id == Person.id)
        .where(Person.id.in_(ids))
    )
    people = {as_uuid(row.id): row for row in rows}
    held: dict[UUID, list[Assignment]] = {each: [] for each in ids}
    assignments = select(Assignment).where(Assignment.person_id.in_(ids), *([] if reach.everybody else [_named(reach)]))
    for assignment in await session.scalars(assignments.order_by(Assignment.valid_from, Assignment.id)):
        if assignment.person_id is not None and (assignment.valid_until is None or assignment.valid_until > now):
            held[as_uuid(assignment.person_id)].append(assignment)
    values = await open_values(session, vault, ids)
    return [
        KnownPerson(
            each,
            people[each].name,
            people[each].left_at,
            people[each].erased_at,
            values.get((each, PersonalField.PHONE)),
            held[each],
        )
        for each in ids
        if each in people
    ]


async def open_values(
    session: AsyncSession, vault: Vault, ids: Iterable[UUID], *, lock: bool = False
) -> Mapping[tuple[UUID, PersonalField], Personal]:
    """Return the personal values of people; of somebody erased there are none. `lock` keeps them until the end."""
    wanted = list(ids)
    if lock:
        await vault.keys(session, wanted)
    # One statement, so that a value and its key are of one moment.
    rows = await session.execute(
        select(PersonalValue, DataKey)
        .join(DataKey, DataKey.subject_id == PersonalValue.person_id)
        .where(PersonalValue.person_id.in_(wanted), DataKey.wrapped.is_not(None))
        .execution_options(populate_existing=True)
    )
    return {
        (as_uuid(value.person_id), PersonalField(value.field)): _opened(value, vault.open(key)) for value, key in rows
    }


def place_of(person_id: UUID, field: PersonalField) -> Place:
    """Return the cell of a value of a person, as it is bound into the sealed text."""
    return Place("personal_value", field, str(as_uuid(person_id)))


def _opened(row: PersonalValue, key: SubjectKey) -> Personal:
    place = place_of(row.person_id, PersonalField(row.field))
    return Personal(key.open(place, bytes(row.sealed), row.key_version))


def _within(reach: Reach, now: datetime) -> ColumnElement[bool]:
    """The condition that a person is within reach."""
    return Person.id.is_not(None) if reach.everybody else _assigned(_named(reach), now)


def _assigned(where: ColumnElement[bool], now: datetime) -> ColumnElement[bool]:
    """The condition that a person has such an assignment, or had until lately."""
    recent = or_(Assignment.valid_until.is_(None), Assignment.valid_until > now - STILL_SHOWN)
    return exists().where(and_(Assignment.person_id == Person.id, recent, where))


def _named(reach: Reach) -> ColumnElement[bool]:
    """The condition that an assignment names a store or a region within reach."""
    stores, regions = cast(sorted(reach.store_ids), _UUIDS), cast(sorted(reach.region_ids), _UUIDS)
    return or_(Assignment.store_ids.bool_op("&&")(stores), Assignment.region_ids.bool_op("&&")(regions))
