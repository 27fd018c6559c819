"""Shared devices: a shop's tablet or till on which its clerks take turns by PIN.

A device belongs to one store and may be taken back at any time; its sessions end with it. What proves that it is
one is renewed with every turn, so that a copy is worth nothing once the next colleague has come. Only who is
assigned to that store as clerk or manager now, has a PIN, and needs no second factor, is on its list.
Five wrong PINs of a person on a device close that person's PIN there, and nowhere else, until they have
signed in on it with everything that is asked of them. A store makes only so many devices a day: each is
worth five guesses at every colleague's PIN, to whoever may make them.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, and_, any_, delete, exists, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from auth.models import LocalAccount, SharedDevice, StaffPin, StaffSession, WrongPins
from auth.opaque import hash_token, is_token, new_token
from auth.pins import check_pin, set_pins
from auth.sessions import StaffSessions, end_sessions
from auth.standing import in_force
from retail.access.models import Assignment, Person
from retail.access.permissions import Role
from retail.audit.acts import Act
from retail.audit.log import append
from retail.kernel.clock import Clock
from retail.kernel.privacy.masters import MasterKeys
from retail.stores.models import Store

MOST_WRONG = 5
MOST_A_DAY = 20
"""At most a hundred guesses a day at a PIN that has nearly a million values."""
_DAY = timedelta(days=1)
LASTS = timedelta(days=400)
"""As long as browsers keep a cookie at most."""
TAKES_TURNS = (Role.CLERK, Role.STORE_MANAGER)


class TooManyDevices(Exception):
    """The store has made as many shared devices as it may in a day."""


@dataclass(frozen=True, slots=True)
class Device:
    """A shared device that is good now, and its store."""

    id: UUID
    name: str
    store: Store
    has_former: bool


@dataclass(frozen=True, slots=True)
class Colleague:
    person_id: UUID
    name: str
    pin_hash: str


class Turn(StrEnum):
    """How an attempt to take a device over by PIN ended."""

    TAKEN = "taken"
    WRONG = "wrong"
    CLOSED = "closed"


class SharedDevices:
    def __init__(
        self,
        database: async_sessionmaker[AsyncSession],
        clock: Clock,
        sessions: StaffSessions,
        masters: MasterKeys,
        second_factor_roles: AbstractSet[Role],
    ) -> None:
        self._database = database
        self._clock = clock
        self._sessions = sessions
        self._masters = masters
        self._second_factor_roles = second_factor_roles

    async def share(self, store_id: UUID, name: str, by: UUID) -> tuple[UUID, str]:
        """Make a device a shop's own; return its id and the token that its cookie carries. Raise `TooManyDevices`."""
        token = new_token()
        device = SharedDevice(
            token_hash=hash_token(token), store_id=store_id, name=name, shared_by=by, created_at=self._clock()
        )
        async with self._database.begin() as session:
            await self._require_few(session, store_id)
            session.add(device)
            await session.flush()
            await self._log(session, "device.shared", by, device)
        return device.id, token

    async def take_back(self, device_id: UUID, by: UUID) -> None:
        """Make a device nobody's again; the sessions that PINs have opened on it end."""
        now = self._clock()
        async with self._database.begin() as session:
            device = await session.scalar(
                update(SharedDevice)
                .where(SharedDevice.id == device_id, SharedDevice.revoked_at.is_(None))
                .values(revoked_at=now)
                .returning(SharedDevice)
            )
            ended = await end_sessions(session, StaffSession.shared_device_id == device_id, now)
            if device is not None:
                await self._log(session, "device.taken_back", by, device)
        self._sessions.forget(ended)

    async def find(self, token: str | None) -> Device | None:
        """Return the shared device of a cookie. Once a renewed token is shown, the one before is dead."""
        if token is None or not is_token(token):
            return None
        shown = hash_token(token)
        device = await self._find(or_(SharedDevice.token_hash == shown, SharedDevice.former_hash == shown))
        if device is not None and device.has_former:
            has_come = (SharedDevice.token_hash == shown) & SharedDevice.former_hash.is_not(None)
            async with self._database.begin() as session:
                await session.execute(update(SharedDevice).where(has_come).values(former_hash=None))
        return device

    async def renew(self, device: Device, shown: str) -> str:
        """Give a device another token: whoever copied the cookie during a turn may not use it for long after.

        What it has shown stays good until the new one is shown, for the answer that carries it may be lost.
        """
        token = new_token()
        async with self._database.begin() as session:
            await session.execute(
                update(SharedDevice)
                .where(SharedDevice.id == device.id)
                .values(former_hash=hash_token(shown), token_hash=hash_token(token))
            )
        return token

    async def named(self, device_id: UUID) -> Device | None:
        return await self._find(SharedDevice.id == device_id)

    async def of_store(self, store_id: UUID) -> Sequence[SharedDevice]:
        """Return a store's devices, the newest first."""
        async with self._database() as session:
            rows = await session.scalars(
                select(SharedDevice)
                .where(SharedDevice.store_id == store_id, SharedDevice.revoked_at.is_(None))
                .order_by(SharedDevice.created_at.desc())
            )
            return list(rows)

    async def people(self, device: Device) -> list[Colleague]:
        """Return who may take turns on a device now."""
        async with self._database() as session:
            rows = await session.execute(
                select(Person.id, Person.name, StaffPin.pin_hash)
                .join(StaffPin, StaffPin.person_id == Person.id)
                .where(self._may_take_turns(device.store))
                .order_by(Person.name, Person.id)
            )
            return [Colleague(*row) for row in rows]

    async def take_turn(self, device: Device, person_id: UUID, pin: str) -> Turn | None:
        """Check a PIN; None: nobody of that id takes turns here. It counts as wrong until it is right."""
        colleague = next((each for each in await self.people(device) if each.person_id == person_id), None)
        if colleague is None:
            return None
        if not await self._count(device.id, person_id):
            return Turn.CLOSED
        if not await check_pin(self._masters, person_id, pin, colleague.pin_hash):
            return Turn.WRONG
        await self._forget_wrong(device.id, person_id)
        async with self._database.begin() as session:
            if not colleague.pin_hash.startswith(f"{self._masters.first}:"):
                await set_pins(session, self._masters, {person_id: pin}, self._clock())
            await session.execute(
                update(SharedDevice).where(SharedDevice.id == device.id).values(last_used_at=self._clock())
            )
        return Turn.TAKEN

    async def note_full_sign_in(self, token: str | None, person_id: UUID) -> bool:
        """Open a person's PIN here again: they have just proved everything. Say whether this is a shared device."""
        device = await self.find(token)
        if device is not None:
            await self._forget_wrong(device.id, person_id)
        return device is not None

    async def set_pin(self, person_id: UUID, pin: str) -> None:
        now = self._clock()
        async with self._database.begin() as session:
            await set_pins(session, self._masters, {person_id: pin}, now)
            await append(session, act="pin.set", actor_id=person_id, details={"person": person_id}, clock=self._clock)

    async def has_pin(self, person_id: UUID) -> bool:
        async with self._database() as session:
            return await session.get(StaffPin, person_id) is not None

    def _may_take_turns(self, store: Store) -> ColumnElement[bool]:
        now = self._clock()
        mine = and_(Assignment.person_id == Person.id, in_force(now))
        here = or_(
            literal(store.id) == any_(Assignment.store_ids),
            literal(store.region_id) == any_(Assignment.region_ids),
            and_(Assignment.store_ids.is_(None), Assignment.region_ids.is_(None)),
        )
        works_here = exists().where(mine, here, Assignment.role.in_(TAKES_TURNS))
        needs_more = exists().where(mine, Assignment.role.in_(self._second_factor_roles))
        is_closed = exists().where(LocalAccount.person_id == Person.id, LocalAccount.disabled_at.is_not(None))
        is_here = or_(Person.left_at.is_(None), Person.left_at > now)
        return and_(is_here, works_here, ~needs_more, ~is_closed)

    async def _find(self, which: ColumnElement[bool]) -> Device | None:
        async with self._database() as session:
            row = (
                await session.execute(
                    select(SharedDevice.id, SharedDevice.name, Store, SharedDevice.former_hash.is_not(None))
                    .join(Store, Store.id == SharedDevice.store_id)
                    .where(which, SharedDevice.revoked_at.is_(None))
                )
            ).one_or_none()
        return None if row is None else Device(*row)

    async def _require_few(self, session: AsyncSession, store_id: UUID) -> None:
        """Refuse another device beyond those of a day, taken back or not; who asks at once waits for the other."""
        await session.execute(select(Store.id).where(Store.id == store_id).with_for_update(key_share=True))
        lately = select(func.count()).where(
            SharedDevice.store_id == store_id, SharedDevice.created_at > self._clock() - _DAY
        )
        if (await session.scalar(lately) or 0) >= MOST_A_DAY:
            raise TooManyDevices

    async def _count(self, device_id: UUID, person_id: UUID) -> bool:
        """Count one wrong PIN, before it is checked; False when there were too many already."""
        async with self._database.begin() as session:
            counted = await session.scalar(
                insert(WrongPins)
                .values(device_id=device_id, person_id=person_id, count=1)
                .on_conflict_do_update(
                    index_elements=[WrongPins.device_id, WrongPins.person_id],
                    set_={"count": WrongPins.count + 1},
                    where=WrongPins.count < MOST_WRONG,
                )
                .returning(WrongPins.count)
            )
        return counted is not None

    async def _forget_wrong(self, device_id: UUID, person_id: UUID) -> None:
        async with self._database.begin() as session:
            await session.execute(
                delete(WrongPins).where(WrongPins.device_id == device_id, WrongPins.person_id == person_id)
            )

    async def _log(self, session: AsyncSession, act: Act, by: UUID, device: SharedDevice) -> None:
        details = {"device": device.id}
        await append(session, act=act, actor_id=by, store_id=device.store_id, details=details, clock=self._clock)
