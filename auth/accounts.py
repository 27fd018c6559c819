"""Giving people the means to prove who they are, and taking them away.

For seeding and the command line. The caller opens the session and commits it.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from auth.models import LocalAccount, StaffSession
from auth.passwords import fold_login, hash_password, is_login
from auth.second_factor import forget_second_factor
from auth.sessions import end_sessions
from retail.audit.log import append


async def create_local_account(
    session: AsyncSession, person_id: UUID, login: str, password: str, *, must_change: bool = False
) -> None:
    """Let a person sign in by login and password; raise ValueError if either cannot be one.

    `must_change` is for a password that somebody else has chosen: it opens nothing but the choice of another.
    """
    await create_local_accounts(session, {person_id: login}, password, must_change=must_change)


async def create_local_accounts(
    session: AsyncSession, logins: Mapping[UUID, str], password: str, *, must_change: bool = False
) -> None:
    """Let several people sign in who share a first password; it is hashed once (0.1 s), not for each."""
    folded = {person_id: fold_login(login) for person_id, login in logins.items()}
    wrong = [login for login in folded.values() if not is_login(login)]
    if wrong:
        raise ValueError(f"Not a login: {wrong[0]!r}")
    password_hash = await hash_password(password)
    rows = [
        {"person_id": person_id, "login": login, "password_hash": password_hash, "must_change": must_change}
        for person_id, login in folded.items()
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


async def reset_second_factor(session: AsyncSession, login: str, now: datetime) -> bool:
    """Take a lost second factor away and end its person's sessions, on the record; False: no such login.

    Whoever must have one is asked to enrol another at the next sign-in, after the password.
    """
    account = await session.scalar(select(LocalAccount).where(LocalAccount.login == fold_login(login)))
    if account is None:
        return False
    person_id = account.person_id
    await forget_second_factor(session, person_id)
    ended = await end_sessions(session, StaffSession.person_id == person_id, now)
    details = {"person": person_id, "sessions_ended": len(ended)}
    await append(session, act="second_factor.reset", actor_id=None, details=details, clock=lambda: now)
    return True
