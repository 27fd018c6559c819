"""Giving people the means to prove who they are, and taking them away.

For seeding and the command line. The caller opens the session and commits it.
"""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import func, insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from auth.models import LocalAccount, StaffSession
from auth.passwords import fold_login, hash_password, is_login


async def create_local_account(session: AsyncSession, person_id: UUID, login: str, password: str) -> None:
    """Let a person sign in by login and password; raise ValueError if either cannot be one."""
    await create_local_accounts(session, {person_id: login}, password)


async def create_local_accounts(session: AsyncSession, logins: Mapping[UUID, str], password: str) -> None:
    """Let several people sign in who share a first password; it is hashed once (0.1 s), not for each."""
    folded = {person_id: fold_login(login) for person_id, login in logins.items()}
    wrong = [login for login in folded.values() if not is_login(login)]
    if wrong:
        raise ValueError(f"Not a login: {wrong[0]!r}")
    password_hash = await hash_password(password)
    rows = [
        {"person_id": person_id, "login": login, "password_hash": password_hash} for person_id, login in folded.items()
    ]
    await session.flush()
    await session.execute(insert(LocalAccount), rows)


async def disable_local_account(session: AsyncSession, person_id: UUID) -> None:
    """Close a person's account and end every session of theirs."""
    await session.execute(
        update(LocalAccount).where(LocalAccount.person_id == person_id).values(disabled_at=func.now())
    )
    await session.execute(
        update(StaffSession)
        .where(StaffSession.person_id == person_id, StaffSession.revoked_at.is_(None))
        .values(revoked_at=func.now())
    )
