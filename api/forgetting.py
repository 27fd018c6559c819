"""What is forgotten with an erased person beside their sealed data: all that proves who they were.

Logins, names at the company's provider, devices and the like say who somebody is, or was. What they did
(movements, assignments, the log) stays, under an id that now leads to a pseudonym alone.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from auth.company.models import ExternalIdentity
from auth.models import (
    HalfSession,
    KnownDevice,
    LocalAccount,
    RecoveryCode,
    SecondFactor,
    StaffPin,
    StaffSession,
    WrongPins,
)
from retail.push.models import PushSubscription

FORGOTTEN: tuple[type[Any], ...] = (
    ExternalIdentity,
    HalfSession,
    KnownDevice,
    PushSubscription,
    RecoveryCode,
    SecondFactor,
    StaffPin,
    StaffSession,
    WrongPins,
    LocalAccount,
)


async def forget_person(session: AsyncSession, person_id: UUID) -> None:
    """Delete what proves who somebody was, in the transaction that erases them."""
    for model in FORGOTTEN:
        await session.execute(delete(model).where(model.person_id == person_id))
