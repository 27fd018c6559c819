"""People and alarms as they are told."""

from datetime import datetime
from uuid import UUID

import strawberry

from retail.people.alarms import Alarm
from retail.people.models import PersonalView
from retail.people.queries import KnownPerson
from retail.people.rules import Reach
from schema.access.types import StaffAssignment
from schema.kernel.enums import AlarmKind, PersonalField, RevealPurpose, Role, ViewKind
from schema.kernel.paging import PageInfo
from schema.kernel.scalars import MaskedText


@strawberry.type(description="Somebody who works in the chain, or did.")
class Person:
    id: UUID = strawberry.field(description="The person.")
    name: str = strawberry.field(description="The name; of somebody erased a pseudonym.")
    roles: list[Role] = strawberry.field(description="The roles of the assignments below, each once.")
    assignments: list[StaffAssignment] = strawberry.field(
        description="The assignments within the asker's stores that have not ended."
    )
    phone: MaskedText | None = strawberry.field(description="The phone, masked, if one is known; `reveal` shows it.")
    left_at: datetime | None = strawberry.field(description="When the person left or will leave, if so.")
    erased_at: datetime | None = strawberry.field(description="When the personal data was erased, if it was.")

    @classmethod
    def of(cls, known: KnownPerson, reach: Reach) -> "Person":
        """Return a person as the asker may see them."""
        assignments = []
        for row in known.assignments:
            stores = [each for each in row.store_ids or () if reach.everybody or each in reach.store_ids]
            regions = [each for each in row.region_ids or () if reach.everybody or each in reach.region_ids]
            assignments.append(
                StaffAssignment(
                    id=row.id,
                    person_id=known.id,
                    role=row.role,
                    chain_wide=row.store_ids is None and row.region_ids is None,
                    store_ids=stores,
                    region_ids=regions,
                    valid_from=row.valid_from,
                    valid_until=row.valid_until,
                )
            )
        return cls(
            id=known.id,
            name=known.name,
            roles=sorted({each.role for each in assignments}),
            assignments=assignments,
            phone=None if known.phone is None else MaskedText(known.phone.masked),
            left_at=known.left_at,
            erased_at=known.erased_at,
        )


@strawberry.type(description="A person on a page.")
class PersonEdge:
    cursor: str = strawberry.field(description="The place.")
    node: Person = strawberry.field(description="The person.")


@strawberry.type(description="A page of people.")
class PersonConnection:
    edges: list[PersonEdge] = strawberry.field(description="The people of this page.")
    page_info: PageInfo = strawberry.field(description="Where the page ends.")
    total_count: int = strawberry.field(description="How many there are on all pages.")


@strawberry.type(description="Somebody looked at a person's data.")
class PersonalDataView:
    kind: ViewKind = strawberry.field(description="How.")
    field: PersonalField | None = strawberry.field(description="Which value; null for all or for none.")
    purpose: RevealPurpose | None = strawberry.field(description="What for, as they said.")
    viewed_at: datetime = strawberry.field(description="When.")

    @classmethod
    def of(cls, row: PersonalView) -> "PersonalDataView":
        """Return a view as it is told."""
        return cls(
            kind=ViewKind(row.kind),
            field=None if row.field is None else PersonalField(row.field),
            purpose=None if row.purpose is None else RevealPurpose(row.purpose),
            viewed_at=row.viewed_at,
        )


@strawberry.type(description="What is kept about one person, in the clear, for that person.")
class PersonalData:
    person: Person = strawberry.field(description="The person, with roles and assignments.")
    phone: str | None = strawberry.field(description="The phone in full (E.164).")
    views: list[PersonalDataView] = strawberry.field(
        description="Who has looked at it lately, without names: the latest 100."
    )


@strawberry.type(description="Somebody looked at unusually many people's data.")
class SecurityAlarm:
    id: UUID = strawberry.field(description="The alarm.")
    kind: AlarmKind = strawberry.field(description="What was unusual.")
    about_id: UUID = strawberry.field(description="Who looked.")
    about_name: str = strawberry.field(description="The name of who looked.")
    people: int = strawberry.field(description="At how many people's data, in an hour or a day.")
    usual: int = strawberry.field(description="On a usual day of theirs.")
    raised_at: datetime = strawberry.field(description="When the alarm was raised.")
    acknowledged_at: datetime | None = strawberry.field(description="When somebody saw to it.")
    acknowledged_by: str | None = strawberry.field(description="The name of who saw to it.")
    note: str | None = strawberry.field(description="What they found.")

    @classmethod
    def of(cls, alarm: Alarm) -> "SecurityAlarm":
        """Return an alarm as it is told."""
        return cls(
            id=alarm.id,
            kind=alarm.kind,
            about_id=alarm.about_id,
            about_name=alarm.about_name,
            people=alarm.people,
            usual=alarm.usual,
            raised_at=alarm.raised_at,
            acknowledged_at=alarm.acknowledged_at,
            acknowledged_by=alarm.acknowledged_by,
            note=alarm.note,
        )


@strawberry.type(description="An alarm on a page.")
class SecurityAlarmEdge:
    cursor: str = strawberry.field(description="The place.")
    node: SecurityAlarm = strawberry.field(description="The alarm.")


@strawberry.type(description="A page of alarms.")
class SecurityAlarmConnection:
    edges: list[SecurityAlarmEdge] = strawberry.field(description="The alarms of this page.")
    page_info: PageInfo = strawberry.field(description="Where the page ends.")
    total_count: int = strawberry.field(description="How many there are on all pages.")
