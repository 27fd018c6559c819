"""The steps of a sign-in, and the one place that turns a proven first factor into a session.

Whatever proved who somebody is (a password, the company's provider), `Steps.enter` answers with a
session, or with a half session that opens nothing but the next step and is gone in ten minutes.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import delete, or_
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from starlette.requests import HTTPConnection
from starlette.responses import Response

from auth.cookies import Cookies
from auth.known_devices import KNOWN_FOR, KnownDevices
from auth.limits import LIMITS, PIN, SECOND_FACTOR_ROLES, strictness
from auth.models import HalfSession
from auth.opaque import hash_token, is_token, new_token
from auth.sessions import StaffSessions
from auth.shared_devices import SharedDevices
from auth.standing import Standing, read_standing
from retail.access.permissions import Role
from retail.kernel.clock import Clock

HALF_LIFE = timedelta(minutes=10)
LOCAL = "local"


class Status(StrEnum):
    """How far a sign-in has come: in, or what it waits for."""

    SIGNED_IN = "signed_in"
    CHANGE_PASSWORD = "change_password"  # noqa: S105 -- the name of a step
    SECOND_FACTOR = "second_factor"
    ENROL_SECOND_FACTOR = "enrol_second_factor"


def next_step(person: Standing, way: str, *, is_strong: bool, required_of: AbstractSet[Role]) -> Status:
    """Return what is asked next of somebody whose first factor is proved.

    `is_strong` says that a second one is proved too: here, or at the company's provider.
    """
    if person.must_change and way == LOCAL:
        return Status.CHANGE_PASSWORD
    if is_strong:
        return Status.SIGNED_IN
    if person.has_second_factor:
        return Status.SECOND_FACTOR
    if person.roles & required_of:
        return Status.ENROL_SECOND_FACTOR
    return Status.SIGNED_IN


@dataclass(frozen=True, slots=True)
class Half:
    """A half session that is good now, and what it waits for."""

    token_hash: bytes
    person: Standing
    way: str
    reference: str | None
    is_strong: bool
    status: Status


@dataclass(frozen=True, slots=True)
class Entered:
    """How far somebody has come; `write` gives the browser what its next request needs."""

    status: Status
    person: Standing
    _cookies: Cookies
    _token: str
    _lasts: timedelta
    _known_device: str | None = None

    def write(self, response: Response) -> None:
        if self.status is not Status.SIGNED_IN:
            self._cookies.half.write(response, self._token, self._lasts)
            return
        self._cookies.session.write(response, self._token, self._lasts)
        self._cookies.half.clear(response)
        if self._known_device is not None:
            self._cookies.known_device.write(response, self._known_device, KNOWN_FOR)


class Steps:
    """Leads people in, one proof after the other."""

    def __init__(
        self,
        database: async_sessionmaker[AsyncSession],
        clock: Clock,
        cookies: Cookies,
        sessions: StaffSessions,
        devices: tuple[KnownDevices, SharedDevices],
        *,
        required_of: AbstractSet[Role] = SECOND_FACTOR_ROLES,
    ) -> None:
        self._database = database
        self._clock = clock
        self._cookies = cookies
        self._sessions = sessions
        self._known_devices, self._shared_devices = devices
        self.required_of = required_of

    async def enter(
        self,
        connection: HTTPConnection,
        person_id: UUID,
        way: str,
        *,
        is_strong: bool = False,
        reference: str | None = None,
    ) -> Entered | None:
        """Let somebody in whose first factor is proved, or answer what is asked next; None: has left.

        `way` is `local` or `company:<id>`; `is_strong` says that a second factor is proved too;
        `reference` is what the company's provider calls the session, kept with it.
        """
        async with self._database() as session:
            person = await read_standing(session, person_id, self._clock())
        if person is None:
            return None
        status = next_step(person, way, is_strong=is_strong, required_of=self.required_of)
        if status is Status.SIGNED_IN:
            return await self._open(connection, person, way, reference)
        token = await self._wait(connection, person_id, way, reference, is_strong=is_strong)
        return Entered(status, person, self._cookies, token, HALF_LIFE)

    async def half(self, connection: HTTPConnection) -> Half | None:
        """Return the half session of a request, if there is one that is good now."""
        token = self._cookies.half.read(connection)
        if token is None or not is_token(token):
            return None
        now = self._clock()
        async with self._database() as session:
            row = await session.get(HalfSession, hash_token(token))
            person = None if row is None or row.ends_at <= now else await read_standing(session, row.person_id, now)
        if row is None or person is None:
            return None
        status = next_step(person, row.way, is_strong=row.is_strong, required_of=self.required_of)
        return Half(row.token_hash, person, row.way, row.reference, row.is_strong, status)

    async def go_on(self, connection: HTTPConnection, half: Half, *, is_strong: bool) -> Entered | None:
        """Take the next step of a half session: it is used up, whatever follows."""
        async with self._database.begin() as session:
            used = await session.scalar(
                delete(HalfSession).where(HalfSession.token_hash == half.token_hash).returning(HalfSession.person_id)
            )
        if used is None:
            return None
        strong = is_strong or half.is_strong
        return await self.enter(connection, half.person.person_id, half.way, is_strong=strong, reference=half.reference)

    async def give_up(self, connection: HTTPConnection) -> None:
        """Forget the half session of a request."""
        token = self._cookies.half.read(connection)
        if token is not None:
            async with self._database.begin() as session:
                await session.execute(delete(HalfSession).where(HalfSession.token_hash == hash_token(token)))

    async def _open(self, connection: HTTPConnection, person: Standing, way: str, reference: str | None) -> Entered:
        shared = self._cookies.shared_device.read(connection)
        on_shared_device = await self._shared_devices.note_full_sign_in(shared, person.person_id)
        token = await self._sessions.create(
            person.person_id,
            connection.headers.get("user-agent", ""),
            replaced=self._cookies.session.read(connection),
            way=way,
            reference=reference,
            on_shared_device=on_shared_device,
        )
        device = await self._known_devices.remember(self._cookies.known_device.read(connection), person.person_id)
        lasts = PIN.life if on_shared_device else LIMITS[strictness(person.roles)].life
        return Entered(Status.SIGNED_IN, person, self._cookies, token, lasts, device)

    async def _wait(
        self, connection: HTTPConnection, person_id: UUID, way: str, reference: str | None, *, is_strong: bool
    ) -> str:
        """Open a half session; those of ten minutes ago, and the one before of this browser, are swept away."""
        token, now = new_token(), self._clock()
        before = self._cookies.half.read(connection) or ""
        async with self._database.begin() as session:
            await session.execute(
                delete(HalfSession).where(or_(HalfSession.ends_at <= now, HalfSession.token_hash == hash_token(before)))
            )
            session.add(
                HalfSession(
                    token_hash=hash_token(token),
                    person_id=person_id,
                    way=way,
                    reference=reference,
                    is_strong=is_strong,
                    ends_at=now + HALF_LIFE,
                )
            )
        return token
