"""What the endpoints ask about a person, and what they note in the log about one."""

from collections.abc import Set as AbstractSet
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from auth.identify import Identity
from auth.live_sessions import LiveSession
from auth.second_factor import SecondFactors
from auth.sessions import StaffSessions, end_sessions
from auth.shared_devices import SharedDevices
from auth.standing import Standing, read_standing
from retail.access.actor import Actor
from retail.access.permissions import Role
from retail.access.scope import load_actor
from retail.audit.acts import Act
from retail.audit.log import append
from retail.kernel.clock import Clock
from retail.stores.models import Store


class People:
    def __init__(
        self,
        database: async_sessionmaker[AsyncSession],
        clock: Clock,
        sessions: StaffSessions,
        second_factors: SecondFactors,
        shared_devices: SharedDevices,
        second_factor_roles: AbstractSet[Role],
    ) -> None:
        self._database = database
        self._clock = clock
        self._sessions = sessions
        self._second_factors = second_factors
        self._shared_devices = shared_devices
        self._second_factor_roles = second_factor_roles

    async def standing(self, person_id: UUID) -> Standing | None:
        async with self._database() as session:
            return await read_standing(session, person_id, self._clock())

    async def name_of(self, person_id: UUID) -> str:
        person = await self.standing(person_id)
        return "" if person is None else person.name

    async def has_second_factor(self, person_id: UUID) -> bool:
        person = await self.standing(person_id)
        return person is not None and person.has_second_factor

    async def needs_second_factor(self, person_id: UUID) -> bool:
        """Say whether one of a person's roles asks for a second factor."""
        person = await self.standing(person_id)
        return person is None or bool(person.roles & self._second_factor_roles)

    async def situation(self, live: LiveSession) -> dict[str, object]:
        """Return what the app shows a person about their own means of signing in."""
        person = await self.standing(live.person_id)
        return {
            "name": "" if person is None else person.name,
            "way": live.way,
            "mustChange": person is not None and person.must_change,
            "secondFactor": person is not None and person.has_second_factor,
            "secondFactorRequired": person is not None and bool(person.roles & self._second_factor_roles),
            "recoveryCodesLeft": await self._second_factors.codes_left(live.person_id),
            "hasPin": await self._shared_devices.has_pin(live.person_id),
        }

    async def actor_of(self, identity: Identity) -> Actor | None:
        """Return what somebody may do where, worked out now."""
        async with self._database() as session:
            region_of = {row.id: row.region_id for row in await session.execute(select(Store.id, Store.region_id))}
            return await load_actor(
                session,
                kind=identity.kind,
                actor_id=identity.id,
                region_of=region_of,
                now=self._clock(),
                limits=identity.limits,
            )

    async def note_failure(self, person_id: UUID | None, means: str, store_id: UUID | None = None) -> None:
        """Log that somebody's password, code or PIN was given wrongly; what is nobody's leaves no trace."""
        if person_id is None:
            return
        async with self._database.begin() as session:
            details = {"person": person_id, "means": means}
            await append(
                session, act="sign_in.failed", actor_id=None, store_id=store_id, details=details, clock=self._clock
            )

    async def end_sessions(self, person_id: UUID, which: ColumnElement[bool], act: Act) -> int:
        """End some of a person's own sessions, on the record; return how many."""
        async with self._database.begin() as session:
            ended = await end_sessions(session, which, self._clock())
            if ended:
                details = {"person": person_id, "sessions_ended": len(ended)}
                await append(session, act=act, actor_id=person_id, details=details, clock=self._clock)
        self._sessions.forget(ended)
        return len(ended)
