"""Reading the operation log: pages of entries, newest first, and what proves one of them to somebody else."""

import asyncio
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from retail.audit.merkle import consistency_proof, inclusion_proof
from retail.audit.models import NOT_STOCK, LogEntry, LogSeal, LogSealedHead
from retail.audit.seals import Seal
from retail.kernel.content import as_uuid
from retail.kernel.refusal import InvalidInput, Problem

STOCK = "stock."
CLOCKS_APART = timedelta(minutes=10)
"""How far the database's clock may be ahead of that which dates the seals."""
LINKS_AT_MOST = 50_000

_UUID = re.compile(r'"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"')
_ACT = text("(operation_log.body::jsonb ->> 'act') = any(cast(:acts as text[]))")
_ACTOR = text("operation_log.body::jsonb ->> 'actor' = :actor")


@dataclass(frozen=True, slots=True)
class Operation:
    """An entry as it stands in the log, with the hash of the one before it."""

    store_id: UUID
    seq: int
    body: str
    hash: bytes
    written_at: datetime

    @property
    def said(self) -> dict[str, Any]:
        """Return the body's values."""
        said: dict[str, Any] = orjson.loads(self.body)
        return said

    def ids(self) -> set[UUID]:
        """Return every id that the body names, people's among them."""
        return {UUID(found) for found in _UUID.findall(self.body)}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries: all of one chain, or of several what is not about stock; of one actor or some acts if given."""

    chains: Collection[UUID]
    whole: bool
    actor_id: UUID | None = None
    acts: Collection[str] | None = None


async def operations(
    session: AsyncSession, wanted: Wanted, size: int, before: tuple[datetime, UUID, int] | None
) -> list[Operation]:
    """Return the newest entries, or those before a place: one more than `size` if there are more.

    One chain goes by its numbers, several together by when an entry was written.
    """
    place = tuple_(LogEntry.written_at, LogEntry.store_id, LogEntry.seq)
    query = select(LogEntry).where(LogEntry.store_id.in_(wanted.chains))
    if wanted.whole:
        query = query.order_by(LogEntry.seq.desc())
        query = query if before is None else query.where(LogEntry.seq < before[2])
    else:
        query = query.where(text(NOT_STOCK)).order_by(
            *(column.desc() for column in (LogEntry.written_at, LogEntry.store_id, LogEntry.seq))
        )
        query = query if before is None else query.where(place < before)
    bound: dict[str, object] = {}
    if wanted.actor_id is not None:
        query, bound["actor"] = query.where(_ACTOR), str(wanted.actor_id)
    if wanted.acts is not None:
        query, bound["acts"] = query.where(_ACT), list(wanted.acts)
    return [_operation(row) for row in await session.scalars(query.limit(size + 1), bound)]


def _operation(row: LogEntry) -> Operation:
    return Operation(as_uuid(row.store_id), row.seq, row.body, row.hash, row.written_at)


@dataclass(frozen=True, slots=True)
class Proof:
    """What a third party needs, with a public key alone: see docs/operation-log.md.

    `before` is the hash before the entry; `links` the hashes of the bodies of those after it up to the
    sealed one; `path` proves that the seal is in the history of `newest`.
    """

    operation: Operation
    before: bytes
    links: Sequence[bytes] = ()
    seal: Seal | None = None
    newest: Seal | None = None
    path: Sequence[bytes] = ()


async def prove(session: AsyncSession, store_id: UUID, seq: int) -> Proof | None:
    """Return the proof of an entry, without a seal while none covers it; None if there is no such entry."""
    rows = (
        await session.scalars(
            select(LogEntry)
            .where(LogEntry.store_id == store_id, LogEntry.seq.in_([seq - 1, seq]))
            .order_by(LogEntry.seq)
        )
    ).all()
    if not rows or rows[-1].seq != seq:
        return None
    operation, before = _operation(rows[-1]), rows[0].hash if len(rows) > 1 else bytes(32)
    seal, sealed_seq = await _covering(session, operation)
    if seal is None:
        return Proof(operation, before)
    if sealed_seq - seq > LINKS_AT_MOST:
        words = ("Too many entries lie between it and its seal.", "它与封印之间的记录太多。")
        raise InvalidInput([Problem("seq", "TOO_FAR_FROM_SEAL", *words)])
    bodies = await session.scalars(
        select(LogEntry.body)
        .where(LogEntry.store_id == store_id, LogEntry.seq > seq, LogEntry.seq <= sealed_seq)
        .order_by(LogEntry.seq)
    )
    links = [sha256(body.encode()).digest() for body in bodies]
    newest, path = await _history(session, seal.number)
    return Proof(operation, before, links, seal, newest, path)


async def _covering(session: AsyncSession, operation: Operation) -> tuple[Seal | None, int]:
    """Return the first seal that names the chain at this entry or a later one, and where it stands there."""
    sealed_to = await session.scalar(select(LogSealedHead.seq).where(LogSealedHead.store_id == operation.store_id))
    if (sealed_to or 0) < operation.seq:
        return None, 0  # or every seal there is would be looked through in vain
    named = LogSeal.body.contains(f'["{operation.store_id}",', autoescape=True)
    since = LogSeal.sealed_at >= operation.written_at - CLOCKS_APART
    for where in (since, ~since):
        rows = await session.stream_scalars(select(LogSeal).where(where, named).order_by(LogSeal.number))
        async for row in rows:
            seal = Seal.read(row.body, row.signature)
            for head in seal.changed:
                if head.store_id == operation.store_id and head.seq >= operation.seq:
                    await rows.close()
                    return seal, head.seq
    return None, 0


@dataclass(frozen=True, slots=True)
class Growth:
    """What proves that the newest seal's history has grown out of an older one's, for whoever has kept that one."""

    seal: Seal
    newest: Seal
    path: Sequence[bytes]


async def prove_growth(session: AsyncSession, number: int) -> Growth | None:
    """Return what proves that nothing has been changed behind a seal; None if there is no such seal."""
    older, newest = await session.get(LogSeal, number), await _newest(session)
    if older is None or newest is None:
        return None
    # Before the first seal there was no history: nothing to prove, as RFC 9162 has no proof of it.
    leaves = await _leaves(session, newest) if number > 1 else []
    path = await asyncio.to_thread(consistency_proof, leaves, number - 1) if leaves else []
    return Growth(Seal.read(older.body, older.signature), Seal.read(newest.body, newest.signature), path)


async def _history(session: AsyncSession, number: int) -> tuple[Seal | None, list[bytes]]:
    """Return the newest seal, and the path of an older one in the tree that it calls its history."""
    row = await _newest(session)
    if row is None or row.number == number:
        return None, []
    path = await asyncio.to_thread(inclusion_proof, await _leaves(session, row), number - 1)
    return Seal.read(row.body, row.signature), path


async def _newest(session: AsyncSession) -> LogSeal | None:
    return await session.scalar(select(LogSeal).order_by(LogSeal.number.desc()).limit(1))


async def _leaves(session: AsyncSession, seal: LogSeal) -> Sequence[bytes]:
    """Return the leaves of the tree that a seal calls its history."""
    rows = await session.scalars(select(LogSeal.leaf).where(LogSeal.number < seal.number).order_by(LogSeal.number))
    return rows.all()
