"""Giving people roles, lending them, ending roles, letting people go: each resolver calls one command.

What a granter may do is decided by the command from the database's own word; here is only what the
request says. A request that was carried out before gets its first answer, as everywhere.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

import strawberry

from retail.access.assignments import Given, Time, end_assignment, grant_role, lend_person
from retail.access.granting import Reach
from retail.access.leaving import Left, record_leaver
from retail.access.work import Work
from schema.access.types import StaffAssignment
from schema.kernel.context import Info
from schema.kernel.enums import Role
from schema.kernel.errors import (
    AlreadyOver,
    InvalidInput,
    LastOfRole,
    NotFound,
    NotPermitted,
    NotToYourself,
    RequestIdConflict,
    RoleAboveYours,
    WiderThanYours,
)

A = TypeVar("A")

_REQUEST_ID = "Made by the client; makes the request happen exactly once."
_FROM = "When it begins; left out, now. At most a year ahead."


def _tuple(ids: list[UUID] | None) -> tuple[UUID, ...] | None:
    return None if ids is None else tuple(ids)


@strawberry.input(description="Give somebody a role: in stores, in regions (both may be given), or chain-wide.")
class GrantRoleInput:
    request_id: UUID = strawberry.field(description=_REQUEST_ID)
    person_id: UUID = strawberry.field(description="Who gets it; not yourself.")
    role: Role = strawberry.field(description="The role; not CHANNEL.")
    store_ids: list[UUID] | None = strawberry.field(default=None, description="The stores, 1 to 1,000.")
    region_ids: list[UUID] | None = strawberry.field(default=None, description="The regions, 1 to 1,000.")
    chain_wide: bool = strawberry.field(default=False, description="Every store, with those yet to be opened.")
    valid_from: datetime | None = strawberry.field(default=None, description=_FROM)
    valid_until: datetime | None = strawberry.field(default=None, description="When it ends by itself; null for good.")


@strawberry.input(description="Let a clerk or manager of another store help as a clerk in this one.")
class LendPersonInput:
    request_id: UUID = strawberry.field(description=_REQUEST_ID)
    person_id: UUID = strawberry.field(description="Who helps; works in another store now.")
    store_id: UUID = strawberry.field(description="The store that is helped.")
    valid_until: datetime = strawberry.field(description="When it ends by itself, at most 92 days after its beginning.")
    valid_from: datetime | None = strawberry.field(default=None, description=_FROM)


@strawberry.input(description="End somebody's role.")
class EndAssignmentInput:
    request_id: UUID = strawberry.field(description=_REQUEST_ID)
    assignment_id: UUID = strawberry.field(description="The assignment.")
    ends_at: datetime | None = strawberry.field(
        default=None, description="When; left out or past, now. Never later than it would have ended anyway."
    )


@strawberry.input(description="Let somebody go.")
class RecordLeaverInput:
    request_id: UUID = strawberry.field(description=_REQUEST_ID)
    person_id: UUID = strawberry.field(description="Who leaves.")
    left_at: datetime | None = strawberry.field(
        default=None, description="When; left out, now. At most 400 days ago and a year ahead."
    )


@strawberry.type(description="The role is given.")
class GrantRoleSuccess:
    assignment: StaffAssignment = strawberry.field(description="What was given.")


@strawberry.type(description="The person is lent.")
class LendPersonSuccess:
    assignment: StaffAssignment = strawberry.field(description="The help, which ends by itself.")


@strawberry.type(description="The role ends.")
class EndAssignmentSuccess:
    assignment: StaffAssignment = strawberry.field(description="What ended.")


@strawberry.type(description="The person is out from `leftAt` on.")
class RecordLeaverSuccess:
    person_id: UUID = strawberry.field(description="Who left.")
    left_at: datetime = strawberry.field(description="From when; the earliest that was ever recorded.")
    ended: int = strawberry.field(description="How many roles ended with it.")


_Refused = InvalidInput | NotFound | NotPermitted | RequestIdConflict | RoleAboveYours | WiderThanYours
GrantRoleResult = Annotated[
    GrantRoleSuccess | _Refused | NotToYourself,
    strawberry.union("GrantRoleResult", description="What was given, or why not."),
]
LendPersonResult = Annotated[
    LendPersonSuccess | _Refused | NotToYourself,
    strawberry.union("LendPersonResult", description="The help, or why not."),
]
EndAssignmentResult = Annotated[
    EndAssignmentSuccess | _Refused | AlreadyOver | LastOfRole,
    strawberry.union("EndAssignmentResult", description="What ended, or why not."),
]
RecordLeaverResult = Annotated[
    RecordLeaverSuccess | _Refused | LastOfRole,
    strawberry.union("RecordLeaverResult", description="From when the person is out, or why not."),
]


@strawberry.type
class AccessMutation:
    @strawberry.mutation(
        description="Give somebody a role. Only below one's own, only where one may, never to oneself."
    )
    async def grant_role(
        self, info: Info, input: Annotated[GrantRoleInput, strawberry.argument(description="What to give.")]
    ) -> GrantRoleResult:
        region_of = await info.context.desk.directory.region_of()
        reach = Reach(_tuple(input.store_ids), _tuple(input.region_ids))
        time = Time(input.valid_from, input.valid_until)

        async def grant(work: Work) -> Given:
            return await grant_role(
                work,
                person_id=input.person_id,
                role=input.role,
                reach=reach,
                chain_wide=input.chain_wide,
                time=time,
                region_of=region_of,
            )

        content = (input.person_id, input.role, reach, input.chain_wide, time)
        done = await _once(info, input.request_id, content, Given, grant)
        return GrantRoleSuccess(assignment=StaffAssignment.of(done))

    @strawberry.mutation(description="Let somebody of another store help in this one for a time; ends by itself.")
    async def lend_person(
        self, info: Info, input: Annotated[LendPersonInput, strawberry.argument(description="Who helps where.")]
    ) -> LendPersonResult:
        region_of = await info.context.desk.directory.region_of()
        time = Time(input.valid_from, input.valid_until)

        async def lend(work: Work) -> Given:
            return await lend_person(
                work, person_id=input.person_id, store_id=input.store_id, time=time, region_of=region_of
            )

        content = (input.person_id, input.store_id, time)
        done = await _once(info, input.request_id, content, Given, lend)
        return LendPersonSuccess(assignment=StaffAssignment.of(done))

    @strawberry.mutation(description="End somebody's role. Whoever may give it may end it.")
    async def end_assignment(
        self, info: Info, input: Annotated[EndAssignmentInput, strawberry.argument(description="What ends.")]
    ) -> EndAssignmentResult:
        region_of = await info.context.desk.directory.region_of()

        async def end(work: Work) -> Given:
            return await end_assignment(
                work, assignment_id=input.assignment_id, ends_at=input.ends_at, region_of=region_of
            )

        done = await _once(info, input.request_id, (input.assignment_id, input.ends_at), Given, end)
        return EndAssignmentSuccess(assignment=StaffAssignment.of(done))

    @strawberry.mutation(description="Let somebody go: out everywhere within five seconds of `leftAt`.")
    async def record_leaver(
        self, info: Info, input: Annotated[RecordLeaverInput, strawberry.argument(description="Who leaves.")]
    ) -> RecordLeaverResult:
        region_of = await info.context.desk.directory.region_of()

        async def leave(work: Work) -> Left:
            return await record_leaver(work, person_id=input.person_id, left_at=input.left_at, region_of=region_of)

        done = await _once(info, input.request_id, (input.person_id, input.left_at), Left, leave)
        return RecordLeaverSuccess(person_id=done.person_id, left_at=done.left_at, ended=done.ended)


async def _once(info: Info, request_id: UUID, content: Any, answer: type[A], run: Callable[[Work], Awaitable[A]]) -> A:
    """Carry a request out once, as the system: nobody may touch assignments behind the wall."""
    return await info.context.desk.office.once(
        info.context.actor,
        request_id=request_id,
        operation=info.field_name,
        content=content,
        answer=answer,
        run=run,
        as_system=True,
    )
