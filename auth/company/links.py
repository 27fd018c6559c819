"""Writing down by hand who somebody is at a provider, and taking it back: for the command line.

The caller opens the session and commits it. Whoever loses a link loses the sessions that it opened.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from auth.company.logout import way_of
from auth.company.models import ExternalIdentity
from auth.models import LocalAccount, StaffSession
from auth.passwords import fold_login
from auth.sessions import end_sessions
from retail.access.models import Person
from retail.audit.acts import Act
from retail.audit.log import append

BY_COMMAND = "command"


async def link_person(session: AsyncSession, provider_id: str, subject: str, person_id: UUID, now: datetime) -> None:
    """Write down that a person is this subject, in place of whatever was written of either."""
    either = or_(ExternalIdentity.subject == subject, ExternalIdentity.person_id == person_id)
    await _forget(session, provider_id, either, now)
    row = {"subject": subject, "person_id": person_id, "linked_at": now, "linked_by": BY_COMMAND}
    session.add(ExternalIdentity(provider=provider_id, **row))
    await _log(session, "identity.linked", provider_id, person_id, now)


async def unlink_person(session: AsyncSession, provider_id: str, person_id: UUID, now: datetime) -> bool:
    """Take a person's link back; return whether there was one."""
    return await _forget(session, provider_id, ExternalIdentity.person_id == person_id, now) > 0


async def find_by_login(session: AsyncSession, login: str) -> UUID | None:
    """Return the person who signs in with a login, or whose id it is."""
    try:
        by_id = UUID(login)
    except ValueError:
        return await session.scalar(select(LocalAccount.person_id).where(LocalAccount.login == fold_login(login)))
    return await session.scalar(select(Person.id).where(Person.id == by_id))


async def _forget(session: AsyncSession, provider_id: str, which: ColumnElement[bool], now: datetime) -> int:
    """Forget links and end the sessions that they opened; return how many links."""
    links = (
        await session.scalars(select(ExternalIdentity).where(ExternalIdentity.provider == provider_id, which))
    ).all()
    for link in links:
        opened = (StaffSession.person_id == link.person_id) & (StaffSession.way == way_of(provider_id))
        await end_sessions(session, opened, now)
        await session.delete(link)
        await _log(session, "identity.unlinked", provider_id, link.person_id, now)
    await session.flush()
    return len(links)


async def _log(session: AsyncSession, act: Act, provider_id: str, person_id: UUID, now: datetime) -> None:
    details = {"person": person_id, "provider": provider_id, "by": BY_COMMAND}
    await session.flush()
    await append(session, act=act, actor_id=None, details=details, clock=lambda: now)
