"""Which of our people somebody at a provider is: a written link, or one verified claim the first time.

Nobody is made here. A claim that the provider has not verified links nobody, and neither does one
that fits a person who already is somebody else there: phone numbers and logins change hands.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from auth.company.models import ExternalIdentity
from auth.company.phones import PhoneBook
from auth.company.port import CompanySignInFailed, Problem, Proof, Provider
from auth.models import LocalAccount
from auth.passwords import fold_login, is_login
from retail.access.models import Person
from retail.audit.log import append
from retail.kernel.clock import Clock


class Linking:
    def __init__(self, sessions: async_sessionmaker[AsyncSession], clock: Clock, phones: PhoneBook) -> None:
        self._sessions = sessions
        self._clock = clock
        self._phones = phones

    async def person_of(self, provider: Provider, proof: Proof) -> UUID:
        """Return the person who may sign in; raise `CompanySignInFailed` if there is none."""
        try:
            async with self._sessions.begin() as session:
                linked = await self._linked(session, provider, proof)
                person_id = linked or await self._claimed(session, provider, proof)
                if not await self._may_enter(session, person_id):
                    raise _no_account("the person has left")
        except CompanySignInFailed:
            await self._note_failure(provider)
            raise
        return person_id

    async def _note_failure(self, provider: Provider) -> None:
        """Log that somebody whom the provider knows was refused; what it calls them is personal."""
        details = {"person": None, "means": f"company:{provider.id}"}
        async with self._sessions.begin() as session:
            await append(session, act="sign_in.failed", actor_id=None, details=details, clock=self._clock)

    async def _linked(self, session: AsyncSession, provider: Provider, proof: Proof) -> UUID | None:
        return await session.scalar(
            select(ExternalIdentity.person_id).where(
                ExternalIdentity.provider == provider.id, ExternalIdentity.subject == proof.subject
            )
        )

    async def _claimed(self, session: AsyncSession, provider: Provider, proof: Proof) -> UUID:
        """Link the person whom a verified claim names, and nobody who is linked already."""
        claim = provider.link_claim
        if claim is None:
            raise _no_account("nobody is linked, and no claim may link")
        value = verified(proof.claims, claim)
        if value is None:
            raise _no_account(f"{claim} is not there or not verified")
        person_id = await (self._phones.owner(session, value) if claim == "phone_number" else _by_login(session, value))
        if person_id is None:
            raise _no_account(f"{claim} is nobody's here")
        await session.execute(
            insert(ExternalIdentity)
            .values(
                provider=provider.id,
                subject=proof.subject,
                person_id=person_id,
                linked_at=self._clock(),
                linked_by=claim,
            )
            .on_conflict_do_nothing()
        )
        if await self._linked(session, provider, proof) != person_id:
            raise _no_account(f"{claim} is somebody's who is another subject there")
        details = {"person": person_id, "provider": provider.id, "by": claim}
        await append(session, act="identity.linked", actor_id=person_id, details=details, clock=self._clock)
        return person_id

    async def _may_enter(self, session: AsyncSession, person_id: UUID) -> bool:
        now = self._clock()
        standing: ColumnElement[bool] = or_(Person.left_at.is_(None), Person.left_at > now)
        found = await session.scalar(
            select(Person.id)
            .outerjoin(LocalAccount, LocalAccount.person_id == Person.id)
            .where(Person.id == person_id, standing, LocalAccount.disabled_at.is_(None))
        )
        return found is not None


def verified(claims: Any, claim: str) -> str | None:
    """Return the value of a claim if the provider stands for it.

    A phone number and an address belong to the person who typed them in until the provider says
    otherwise; an employee number or WeCom userid is the company's own word.
    """
    value = claims.get(claim)
    if not isinstance(value, str) or not value.strip():
        return None
    if claim in {"phone_number", "email"} and claims.get(f"{claim}_verified") is not True:
        return None
    return value


async def _by_login(session: AsyncSession, value: str) -> UUID | None:
    login = fold_login(value)
    if not is_login(login):
        return None
    return await session.scalar(select(LocalAccount.person_id).where(LocalAccount.login == login))


def _no_account(reason: str) -> CompanySignInFailed:
    return CompanySignInFailed(Problem.NO_ACCOUNT, reason)
