"""Why a session is over, told to nobody but who holds its token.

A phone has to know whether its person only has to sign in again, and may go on meanwhile, or whether
it must forget what they could read: they have left, or signed this device out from another one.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from auth.answers import AuthRefusal
from auth.models import LocalAccount, SharedDevice, StaffSession
from retail.access.models import Person


class Ending(StrEnum):
    """An ending for good; one that a new sign-in mends is none."""

    LEFT = "PERSON_LEFT"
    REVOKED = "SESSION_REVOKED"


WORDS = {
    Ending.LEFT: ("This account is closed.", "该账号已停用。"),
    Ending.REVOKED: ("This device was signed out.", "此设备已被退出登录。"),
}


async def read_ending(session: AsyncSession, token_hash: bytes, now: datetime) -> Ending | None:
    """Return why the session of a token is over for good; None if it is not, or if there never was one."""
    row = (
        await session.execute(
            select(
                Person.left_at,
                LocalAccount.disabled_at,
                StaffSession.revoked_at,
                SharedDevice.revoked_at.label("device_revoked_at"),
            )
            .select_from(StaffSession)
            .join(Person, Person.id == StaffSession.person_id)
            .outerjoin(LocalAccount, LocalAccount.person_id == StaffSession.person_id)
            .outerjoin(SharedDevice, SharedDevice.id == StaffSession.shared_device_id)
            .where(StaffSession.token_hash == token_hash)
        )
    ).one_or_none()
    if row is None:
        return None
    if row.disabled_at is not None or (row.left_at is not None and row.left_at <= now):
        return Ending.LEFT
    is_revoked = row.revoked_at is not None or row.device_revoked_at is not None
    return Ending.REVOKED if is_revoked else None


def over(ending: Ending) -> AuthRefusal:
    """Return the refusal that tells an ending."""
    return AuthRefusal(401, ending, *WORDS[ending], WWW_Authenticate="Bearer")
