"""The vault: each person's data key, fetched from its wrapping when needed and kept nowhere else.

Destroying a person's key makes everything that was sealed with it unreadable at once, wherever copies
of it lie. A copy of the wrapped key itself (an older backup) opens as long as its master key exists:
rotate the master key and delete the old one to close that door too.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession

from retail.kernel.content import as_uuid
from retail.kernel.privacy.masters import MasterKeys, Wrapped
from retail.kernel.privacy.models import DataKey
from retail.kernel.privacy.sealing import CannotOpen, Place, new_key, seal, unseal


class KeyDestroyed(Exception):
    """Somebody's data was erased: nothing can be sealed for them again."""


@dataclass(frozen=True, slots=True)
class SubjectKey:
    """The open data key of one person."""

    subject_id: UUID
    version: int
    _secret: bytes = field(repr=False)

    def seal(self, place: Place, clear: str) -> bytes:
        """Seal a text for one cell."""
        return seal(self._secret, clear.encode(), place.associated(str(self.version)))

    def open(self, place: Place, sealed: bytes, version: int) -> str:
        """Open the text of a cell; raise `CannotOpen` if anything is not as it was."""
        if version != self.version:
            raise CannotOpen("sealed with another version of the key")
        return unseal(self._secret, sealed, place.associated(str(version))).decode()


class Vault:
    """Makes, opens, renews and destroys the data keys of people. `masters` is the ring that wraps them."""

    def __init__(self, masters: MasterKeys) -> None:
        self.masters = masters

    async def keys(self, session: AsyncSession, subjects: Iterable[UUID]) -> Mapping[UUID, SubjectKey]:
        """Return the keys of those who have one, and keep them as they are until the transaction ends."""
        rows = await session.scalars(
            select(DataKey)
            .where(DataKey.subject_id.in_(list(subjects)), DataKey.wrapped.is_not(None))
            .order_by(DataKey.subject_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return {as_uuid(row.subject_id): self.open(row) for row in rows}

    async def make_keys(self, session: AsyncSession, subjects: Sequence[UUID]) -> Mapping[UUID, SubjectKey]:
        """Return everybody's key, made for those who have none; raise `KeyDestroyed` for somebody erased."""
        known = set(
            map(as_uuid, await session.scalars(select(DataKey.subject_id).where(DataKey.subject_id.in_(subjects))))
        )
        fresh = [self._wrapped(each, 1, new_key()) for each in subjects if each not in known]
        if fresh:
            await session.execute(insert(DataKey).values(fresh).on_conflict_do_nothing())
        keys = await self.keys(session, subjects)
        if len(keys) < len(set(subjects)):
            raise KeyDestroyed
        return keys

    async def renew(self, session: AsyncSession, subject: UUID) -> SubjectKey:
        """Give somebody the next version of their key; the one before is gone, so seal anew what it had sealed."""
        row = await session.scalar(
            select(DataKey).where(DataKey.subject_id == subject, DataKey.wrapped.is_not(None)).with_for_update()
        )
        if row is None:
            raise KeyDestroyed
        secret, version = new_key(), row.version + 1
        changed = self._wrapped(subject, version, secret)
        await session.execute(update(DataKey).where(DataKey.subject_id == subject).values(**changed))
        return SubjectKey(subject, version, secret)

    async def destroy(self, session: AsyncSession, subject: UUID, now: datetime) -> None:
        """Destroy somebody's key, whether they have one or not: from now on they can have none."""
        gone = {"wrapped": None, "destroyed_at": func.coalesce(DataKey.destroyed_at, now)}
        done = await session.scalar(
            update(DataKey).where(DataKey.subject_id == subject).values(**gone).returning(DataKey.subject_id)
        )
        if done is None:
            row = {"subject_id": subject, "version": 1, "master_id": self.masters.first, "destroyed_at": now}
            await session.execute(insert(DataKey).values(**row))

    async def check(self, session: AsyncSession) -> None:
        """Raise `CannotOpen` unless the ring opens one key of every master key that has wrapped any."""
        for row in await session.scalars(
            select(DataKey)
            .where(DataKey.wrapped.is_not(None))
            .ext(distinct_on(DataKey.master_id))
            .order_by(DataKey.master_id, DataKey.subject_id)
        ):
            self.open(row)

    async def remaining(self, session: AsyncSession) -> int:
        """Return how many keys another than the first master key wraps."""
        others = (DataKey.master_id != self.masters.first, DataKey.wrapped.is_not(None))
        return await session.scalar(select(func.count()).select_from(DataKey).where(*others)) or 0

    async def rewrap(self, session: AsyncSession, most: int) -> list[UUID]:
        """Wrap up to so many keys anew that another than the first master key wraps; return whose they are."""
        rows = await session.scalars(
            select(DataKey)
            .where(DataKey.master_id != self.masters.first, DataKey.wrapped.is_not(None))
            .order_by(DataKey.subject_id)
            .limit(most)
            .with_for_update()
        )
        changed = []
        for row in rows:
            row.master_id, row.wrapped = self._rewrapped(row)
            changed.append(as_uuid(row.subject_id))
        await session.flush()
        return changed

    def _rewrapped(self, row: DataKey) -> tuple[str, bytes]:
        place = _place(row.subject_id, row.version)
        wrapped = self.masters.wrap(self.masters.unwrap(_wrapping(row), place), place)
        return wrapped.master_id, wrapped.sealed

    def open(self, row: DataKey) -> SubjectKey:
        """Return the key that a row of somebody's key holds."""
        secret = self.masters.unwrap(_wrapping(row), _place(row.subject_id, row.version))
        return SubjectKey(as_uuid(row.subject_id), row.version, secret)

    def _wrapped(self, subject: UUID, version: int, secret: bytes) -> dict[str, object]:
        wrapped = self.masters.wrap(secret, _place(subject, version))
        return {
            "subject_id": subject,
            "version": version,
            "master_id": wrapped.master_id,
            "wrapped": wrapped.sealed,
        }


def _place(subject: UUID, version: int) -> Place:
    return Place("data_key", "wrapped", f"{as_uuid(subject)} {version}")


def _wrapping(row: DataKey) -> Wrapped:
    return Wrapped(row.master_id, bytes(row.wrapped or b""))
