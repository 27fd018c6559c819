"""Reading and working in somebody's name.

A `Reading` is one short session that sees what its actor may see. A `Work` is one transaction
of one mutation: commands take it first, and nobody else commits, announces or asks the clock.
`once` carries a request out exactly once: its id decides through a unique index, and asked
again it gives the first answer, even years later.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import orjson
from pydantic import TypeAdapter
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from retail.access.actor import Actor
from retail.access.permissions import Permission
from retail.kernel.clock import Clock, utc_now
from retail.kernel.content import content_hash
from retail.kernel.events import Announcer, Event
from retail.kernel.refusal import NotFound, NotPermitted, RequestIdConflict
from retail.kernel.requests import AppliedRequest

Sessions = async_sessionmaker[AsyncSession]
A = TypeVar("A")


@dataclass(slots=True)
class Reading:
    """One short session in an actor's name."""

    session: AsyncSession
    actor: Actor
    now: datetime

    def store_ids(self, permission: Permission) -> list[UUID]:
        """Return the stores that the actor holds a permission in, sorted."""
        return sorted(self.actor.stores(permission))


@dataclass(slots=True)
class Work:
    """One transaction in an actor's name; `actor` is None when the system itself works."""

    session: AsyncSession
    actor: Actor | None
    now: datetime
    events: list[Event] = field(default_factory=list)

    @property
    def actor_id(self) -> UUID | None:
        """Return who is answerable for what this work writes."""
        return self.actor.id if self.actor else None

    def require(self, permission: Permission, store_id: UUID, path: str = "storeId") -> None:
        """Refuse unless the actor holds the permission in the store."""
        if self.actor is not None:
            require(self.actor, permission, store_id, path)

    def announce(self, event: Event) -> None:
        """Tell the readers of this event once the transaction has been committed."""
        if event not in self.events:
            self.events.append(event)


def require(actor: Actor, permission: Permission, store_id: UUID, path: str = "storeId") -> None:
    """Refuse unless the actor holds the permission; an unseen store is not found."""
    if actor.may(permission, store_id):
        return
    if actor.may(Permission.STORE_READ, store_id):
        raise NotPermitted(permission)
    raise NotFound(path, "store", "门店")


@dataclass(frozen=True, slots=True)
class Office:
    """Where work is done: sessions, a clock, and somebody to tell after the commit."""

    sessions: Sessions
    announcer: Announcer
    clock: Clock = utc_now

    @asynccontextmanager
    async def reading(self, actor: Actor) -> AsyncIterator[Reading]:
        """Open a short session for reading in an actor's name."""
        async with self.sessions() as session:
            yield Reading(session, actor, self.clock())

    @asynccontextmanager
    async def work(self, actor: Actor | None) -> AsyncIterator[Work]:
        """Open one transaction; it commits at the end of the block unless something is raised."""
        async with self.sessions() as session, session.begin():
            work = Work(session, actor, self.clock())
            yield work
        if work.events:
            self.announcer(work.events)

    async def once(
        self,
        actor: Actor,
        *,
        request_id: UUID,
        operation: str,
        content: Any,
        answer: type[A],
        run: Callable[[Work], Awaitable[A]],
    ) -> A:
        """Carry a request out exactly once and return its first answer.

        A refusal rolls everything back and leaves no trace of the request, so that the same
        request may be sent again when its cause is mended. Raises `RequestIdConflict` if the id
        was used before by somebody else, for another operation or with other content.
        """
        hashed = content_hash(content)
        async with self.work(actor) as work:
            first = await _claim(work, request_id, operation, hashed)
            if first is not None:
                return restored(answer, first)
            result = await run(work)
            await work.session.execute(
                update(AppliedRequest)
                .where(AppliedRequest.request_id == request_id)
                .values(answer=orjson.loads(orjson.dumps(result)))
            )
        return result

    async def first_answer(self, actor: Actor, request_id: UUID, operation: str, content: Any) -> Any:
        """Return the stored answer of a request that was carried out before, None if it was not."""
        async with self.sessions() as session:
            return await session.scalar(
                select(AppliedRequest.answer).where(
                    AppliedRequest.request_id == request_id,
                    AppliedRequest.actor_id == actor.id,
                    AppliedRequest.operation == operation,
                    AppliedRequest.content_hash == content_hash(content),
                )
            )


async def _claim(work: Work, request_id: UUID, operation: str, hashed: bytes) -> Any:
    """Claim a request id; return the first answer if it was carried out before, else None.

    A twin that is still running is waited for: the unique index holds the insert until it
    ends. A repeated request is touched, so that its answer too is confirmed by a commit.
    """
    row = (
        await work.session.execute(
            insert(AppliedRequest)
            .values(
                request_id=request_id,
                actor_id=work.actor_id,
                operation=operation,
                content_hash=hashed,
                recorded_at=work.now,
            )
            .on_conflict_do_update(
                index_elements=[AppliedRequest.request_id],
                set_={"replays": AppliedRequest.replays + 1},
            )
            .returning(
                AppliedRequest.replays,
                AppliedRequest.actor_id,
                AppliedRequest.operation,
                AppliedRequest.content_hash,
                AppliedRequest.answer,
            )
        )
    ).one()
    if row.replays == 0:
        return None
    if (row.actor_id, row.operation, bytes(row.content_hash)) != (work.actor_id, operation, hashed):
        raise RequestIdConflict
    return row.answer


def restored(answer: type[A], stored: Any) -> A:
    """Return a stored answer as the dataclass that it was made from."""
    adapter = _ADAPTERS.get(answer)
    if adapter is None:
        adapter = _ADAPTERS[answer] = TypeAdapter(answer)
    value: A = adapter.validate_python(stored)
    return value


_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}
