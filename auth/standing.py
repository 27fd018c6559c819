"""What sign-in must know of a person: roles in force, and what is still asked of them.

Read afresh at every step, so that a role or a second factor of this minute already counts.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from auth.models import LocalAccount, SecondFactor
from retail.access.models import Assignment, Person
from retail.access.permissions import Role


@dataclass(frozen=True, slots=True)
class Standing:
    """A person who may sign in."""

    person_id: UUID
    name: str
    roles: frozenset[Role] = frozenset()
    must_change: bool = False
    has_second_factor: bool = False


async def read_standing(session: AsyncSession, person_id: UUID, now: datetime) -> Standing | None:
    """Return what sign-in must know of a person; None if there is none, or none who may sign in."""
    row = (
        await session.execute(
            select(Person.name, LocalAccount.must_change, SecondFactor.confirmed_at)
            .outerjoin(LocalAccount, LocalAccount.person_id == Person.id)
            .outerjoin(SecondFactor, SecondFactor.person_id == Person.id)
            .where(
                Person.id == person_id,
                or_(Person.left_at.is_(None), Person.left_at > now),
                LocalAccount.disabled_at.is_(None),
            )
        )
    ).one_or_none()
    if row is None:
        return None
    roles = await session.scalars(select(Assignment.role).where(Assignment.person_id == person_id, in_force(now)))
    return Standing(
        person_id,
        row.name,
        roles=frozenset(Role(role) for role in roles),
        must_change=bool(row.must_change),
        has_second_factor=row.confirmed_at is not None,
    )


def in_force(now: datetime) -> ColumnElement[bool]:
    """Say of an assignment whether it holds at an instant."""
    return (Assignment.valid_from <= now) & or_(Assignment.valid_until.is_(None), Assignment.valid_until > now)
