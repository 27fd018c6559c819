"""Changing what is kept of people: their phone, and its end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from retail.access.actor import Actor
from retail.access.assignments import assignments_of
from retail.access.granting import check_rank
from retail.access.models import Person
from retail.access.permissions import Permission
from retail.access.work import Work
from retail.audit.acts import Act
from retail.audit.log import append
from retail.kernel.privacy.masking import Personal
from retail.kernel.privacy.sealing import Place
from retail.kernel.privacy.vault import KeyDestroyed, SubjectKey, Vault
from retail.kernel.refusal import InvalidInput, NotFound, Problem
from retail.people.errors import PersonErased, PersonStillHere
from retail.people.models import PersonalField, PersonalValue, PersonErasure
from retail.people.office import PeopleOffice, reach
from retail.people.phones import NotAPhone, read_phone
from retail.people.queries import find_person, open_values, place_of
from retail.people.viewing import require_person

PSEUDONYM = "已注销"


@dataclass(frozen=True, slots=True)
class PhoneSet:
    """What is kept of the request that set somebody's phone."""

    person_id: UUID


@dataclass(frozen=True, slots=True)
class Erased:
    """Since when somebody's data is gone."""

    person_id: UUID
    erased_at: datetime


def phone_of(text: str, path: str = "phone") -> Personal:
    """Return a phone number as it was written down, or refuse it without repeating it."""
    try:
        return Personal(read_phone(text))
    except NotAPhone:
        words = ("No phone number such as 13800000001 or +8613800000001.", "不是电话号码，例如 13800000001。")
        raise InvalidInput([Problem(path, "NOT_A_PHONE", *words)]) from None


async def change_phone(
    people: PeopleOffice,
    actor: Actor,
    *,
    request_id: UUID,
    person_id: UUID,
    phone: Personal | None,
    region_of: Mapping[UUID, UUID],
) -> PhoneSet:
    """Set or (None) remove the phone of somebody within reach, exactly once.

    Company sign-in may know people by their phone: nobody sets that of somebody above them, but whoever answers for
    everybody's data.
    """

    async def run(work: Work) -> PhoneSet:
        await require_person(people, work, actor, person_id, Permission.ACCESS_GRANT, region_of)
        if person_id != actor.id and Permission.PERSON_ERASE not in actor.grants:
            held = await assignments_of(work.session, person_id, work.now)
            check_rank(actor, [each.role for each in held])
        await set_phones(work, people.vault, {person_id: phone})
        act: Act = "person.phone_removed" if phone is None else "person.phone_set"
        await append(work.session, act=act, actor_id=actor.id, details={"person": person_id})
        return PhoneSet(person_id)

    # A plain hash of a number could be turned back by trying all numbers: the request keeps a keyed one.
    content = None if phone is None else people.vault.masters.blind("request", phone.clear).hex()
    return await people.system.once(
        actor,
        request_id=request_id,
        operation="changePhone",
        content=(person_id, content),
        answer=PhoneSet,
        run=run,
    )


async def set_phones(work: Work, vault: Vault, phones: Mapping[UUID, Personal | None]) -> None:
    """Seal the phones of people; a value that was there before is gone with its key."""
    await set_values(work, vault, {(each, PersonalField.PHONE): phone for each, phone in phones.items()})


async def set_values(work: Work, vault: Vault, changed: Mapping[tuple[UUID, PersonalField], Personal | None]) -> None:
    """Seal values of people (None removes one), under a new key for whoever had some before."""
    ids = sorted({person_id for person_id, _ in changed})
    try:
        keys = dict(await vault.make_keys(work.session, ids))
        kept = await open_values(work.session, vault, ids)
        for person_id in {each for each, _ in kept}:
            keys[person_id] = await vault.renew(work.session, person_id)
    except KeyDestroyed:
        raise PersonErased from None
    values = {place: value for place, value in {**kept, **changed}.items() if value is not None}
    await work.session.execute(delete(PersonalValue).where(PersonalValue.person_id.in_(ids)))
    if values:
        rows = [_row(work, vault, keys[who], field, value) for (who, field), value in values.items()]
        await work.session.execute(insert(PersonalValue), rows)


def _row(work: Work, vault: Vault, key: SubjectKey, field: PersonalField, value: Personal) -> dict[str, object]:
    place: Place = place_of(key.subject_id, field)
    return {
        "person_id": key.subject_id,
        "field": field,
        "key_version": key.version,
        "sealed": key.seal(place, value.clear),
        "blind": vault.masters.blind(field, value.clear),
        "recorded_at": work.now,
    }


async def erase_person(
    people: PeopleOffice, actor: Actor, *, request_id: UUID, person_id: UUID, region_of: Mapping[UUID, UUID]
) -> Erased:
    """Erase the data of somebody who has left: the key is destroyed, the name replaced, the books stay."""

    async def run(work: Work) -> Erased:
        near = reach(actor, Permission.PERSON_ERASE, region_of)
        if await find_person(work.session, people.vault, near, person_id, work.now) is None:
            raise NotFound("personId", "person", "员工")
        return await _erase(people, work, actor, person_id)

    return await people.system.once(
        actor, request_id=request_id, operation="erasePerson", content=person_id, answer=Erased, run=run
    )


async def _erase(people: PeopleOffice, work: Work, actor: Actor, person_id: UUID) -> Erased:
    person = await work.session.scalar(select(Person).where(Person.id == person_id).with_for_update())
    done = await work.session.get(PersonErasure, person_id)
    if done is not None:
        return Erased(person_id, done.erased_at)
    if person is None or person.left_at is None or person.left_at > work.now:
        raise PersonStillHere
    await people.vault.destroy(work.session, person_id, work.now)
    await work.session.execute(delete(PersonalValue).where(PersonalValue.person_id == person_id))
    await work.session.execute(update(Person).where(Person.id == person_id).values(name=pseudonym(person_id)))
    for forget in people.forget:
        await forget(work.session, person_id)
    work.session.add(PersonErasure(person_id=person_id, erased_at=work.now, erased_by=actor.id))
    await work.session.flush()
    await append(work.session, act="person.erased", actor_id=actor.id, details={"person": person_id})
    return Erased(person_id, work.now)


def pseudonym(person_id: UUID) -> str:
    """Return what an erased person is called: the end of their id, which says nothing of them."""
    return f"{PSEUDONYM} {person_id.hex[-8:]}"
