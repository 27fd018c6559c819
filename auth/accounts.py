"""Giving people and channels the means to prove who they are, and taking them away.

For seeding and the command line. The caller opens the session and commits it.
"""

import secrets
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import func, insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from auth.clients import hash_secret
from auth.models import LocalAccount, OAuthClient, StaffSession
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


async def create_channel_credentials(session: AsyncSession, channel_id: UUID) -> tuple[str, str]:
    """Give a channel credentials: return its client id and its secret, which is never shown again."""
    client_id = f"tsc_{secrets.token_hex(8)}"
    secret = f"tss_{secrets.token_urlsafe(32)}"
    await session.flush()
    await session.execute(
        insert(OAuthClient).values(client_id=client_id, channel_id=channel_id, secret_hashes=[hash_secret(secret)])
    )
    return client_id, secret


async def revoke_channel_credentials(session: AsyncSession, client_id: str) -> None:
    """Take a client's credentials away; tokens that it already holds die within 3 s."""
    await session.execute(update(OAuthClient).where(OAuthClient.client_id == client_id).values(revoked_at=func.now()))
