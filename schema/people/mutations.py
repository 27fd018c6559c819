"""Acts on personal data: reveal, change, erase, and seeing to an alarm."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from retail.access.permissions import Permission
from retail.people import viewing
from retail.people.alarms import acknowledge_alarm, find_alarms
from retail.people.commands import change_phone, erase_person, phone_of
from retail.people.office import reach
from retail.people.queries import find_person
from schema.kernel.context import Info
from schema.kernel.enums import PersonalField, RevealPurpose
from schema.kernel.errors import (
    InvalidInput,
    NotFound,
    NotPermitted,
    OwnAlarm,
    PersonErased,
    PersonStillHere,
    RequestIdConflict,
    RoleAboveYours,
    TooManyReveals,
)
from schema.kernel.scalars import MaskedText
from schema.people.types import SecurityAlarm

_REQUEST_ID = "Made by the client; makes the request happen exactly once."


@strawberry.input(description="Show one value of a person in full.")
class RevealInput:
    request_id: UUID = strawberry.field(
        description="Made by the client; recorded once for each time it is sent, for each time the value is shown."
    )
    person_id: UUID = strawberry.field(description="The person.")
    field: PersonalField = strawberry.field(description="Which value.")
    purpose: RevealPurpose = strawberry.field(description="What for; kept with who and when.")
    note: str | None = strawberry.field(
        default=None, description="More words on why, at most 200; no phone or identity number."
    )


@strawberry.type(description="The value in full, for the asker's eyes. It is recorded that they saw it.")
class RevealSuccess:
    value: str = strawberry.field(description="The value in the clear. Keep it nowhere.")
    expires_at: datetime = strawberry.field(description="When the screen should hide it again.")


RevealResult = Annotated[
    RevealSuccess | InvalidInput | NotFound | NotPermitted | PersonErased | RequestIdConflict | TooManyReveals,
    strawberry.union("RevealResult", description="The value, or why not."),
]


@strawberry.input(description="Set or remove a person's phone.")
class ChangePhoneInput:
    request_id: UUID = strawberry.field(description=_REQUEST_ID)
    person_id: UUID = strawberry.field(description="The person.")
    phone: str | None = strawberry.field(description="The number, +86 unless it says otherwise; null removes it.")


@strawberry.type(description="The phone is set, or gone.")
class ChangePhoneSuccess:
    phone: MaskedText | None = strawberry.field(description="What is kept now, masked.")


ChangePhoneResult = Annotated[
    ChangePhoneSuccess | InvalidInput | NotFound | NotPermitted | PersonErased | RequestIdConflict | RoleAboveYours,
    strawberry.union("ChangePhoneResult", description="The phone as it is kept, or why not."),
]


@strawberry.input(description="Erase the personal data of somebody who has left, for good.")
class ErasePersonInput:
    request_id: UUID = strawberry.field(description=_REQUEST_ID)
    person_id: UUID = strawberry.field(description="The person.")


@strawberry.type(description="The data is gone; what the person did stays in the books under a pseudonym.")
class ErasePersonSuccess:
    person_id: UUID = strawberry.field(description="The person.")
    erased_at: datetime = strawberry.field(description="When it was erased, the first time.")


ErasePersonResult = Annotated[
    ErasePersonSuccess | NotFound | NotPermitted | PersonStillHere | RequestIdConflict,
    strawberry.union("ErasePersonResult", description="That it is gone, or why not."),
]


@strawberry.input(description="Say that you have seen to an alarm.")
class AcknowledgeAlarmInput:
    request_id: UUID = strawberry.field(description=_REQUEST_ID)
    alarm_id: UUID = strawberry.field(description="The alarm.")
    note: str | None = strawberry.field(
        default=None, description="What you found, at most 200 characters; no phone or identity number."
    )


@strawberry.type(description="The alarm has been seen to.")
class AcknowledgeAlarmSuccess:
    alarm: SecurityAlarm = strawberry.field(description="The alarm.")


AcknowledgeAlarmResult = Annotated[
    AcknowledgeAlarmSuccess | InvalidInput | NotFound | NotPermitted | OwnAlarm | RequestIdConflict,
    strawberry.union("AcknowledgeAlarmResult", description="The alarm, or why not."),
]


@strawberry.type
class PeopleMutation:
    @strawberry.mutation(description="Show one value of a person in full. Sent again it is shown, and recorded, again.")
    async def reveal(
        self, info: Info, input: Annotated[RevealInput, strawberry.argument(description="What, and what for.")]
    ) -> RevealResult:
        desk = info.context.desk
        shown = await viewing.reveal(
            desk.people,
            info.context.actor,
            request_id=input.request_id,
            wish=viewing.Wish(input.person_id, input.field, input.purpose, input.note),
            region_of=await desk.directory.region_of(),
        )
        return RevealSuccess(value=shown.value.clear, expires_at=shown.expires_at)

    @strawberry.mutation(description="Set or remove a person's phone. The one before is gone.")
    async def change_phone(
        self, info: Info, input: Annotated[ChangePhoneInput, strawberry.argument(description="Whose, and what.")]
    ) -> ChangePhoneResult:
        desk, actor = info.context.desk, info.context.actor
        region_of = await desk.directory.region_of()
        phone = None if input.phone is None else phone_of(input.phone)
        await change_phone(
            desk.people,
            actor,
            request_id=input.request_id,
            person_id=input.person_id,
            phone=phone,
            region_of=region_of,
        )
        near = reach(actor, Permission.ACCESS_GRANT, region_of)
        async with desk.people.session() as session:
            known = await find_person(session, desk.people.vault, near, input.person_id, desk.office.clock())
        kept = None if known is None else known.phone
        return ChangePhoneSuccess(phone=None if kept is None else MaskedText(kept.masked))

    @strawberry.mutation(description="Erase the personal data of somebody who has left. Done twice, the first stands.")
    async def erase_person(
        self, info: Info, input: Annotated[ErasePersonInput, strawberry.argument(description="Whose.")]
    ) -> ErasePersonResult:
        desk = info.context.desk
        done = await erase_person(
            desk.people,
            info.context.actor,
            request_id=input.request_id,
            person_id=input.person_id,
            region_of=await desk.directory.region_of(),
        )
        return ErasePersonSuccess(person_id=done.person_id, erased_at=done.erased_at)

    @strawberry.mutation(description="Say that you have seen to an alarm. Done twice, the first stands.")
    async def acknowledge_alarm(
        self, info: Info, input: Annotated[AcknowledgeAlarmInput, strawberry.argument(description="Which one.")]
    ) -> AcknowledgeAlarmResult:
        desk = info.context.desk
        done = await acknowledge_alarm(
            desk.people, info.context.actor, request_id=input.request_id, alarm_id=input.alarm_id, note=input.note
        )
        async with desk.people.session() as session:
            page = await find_alarms(session, size=1, only=done.alarm_id)
        return AcknowledgeAlarmSuccess(alarm=SecurityAlarm.of(page.alarms[0]))
