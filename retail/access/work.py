"""Reading and working in somebody's name.

A `Reading` is one short session that sees what its actor may see. A `Work` is one transaction
of one mutation: commands take it first, and nobody else commits, announces or asks the clock.
`once` carries a request out exactly once: its id decides through a unique index, and asked
again it gives the first answer, even years later.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import orjson
from pydantic import TypeAdapter
from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from retail.access.actor import Actor
from retail.access.permissions import Permission
from retail.access.scope import enter
from retail.kernel.clock import Clock, utc_now
from retail.kernel.content import as_json, content_hash
from retail.kernel.events import Announcer, Event
from retail.kernel.refusal import NotFound, NotPermitted, RequestIdConflict
from retail.kernel.requests import AppliedRequest

Sessions = async_sessionmaker[AsyncSession]
A = TypeVar("A")

_NO_PRIVILEGE = "42501"
_DEADLOCK = "40P01"
_TRIES = 3
"""Of work that PostgreSQL ended for standing in another's way."""

BELIEVED_FOR = timedelta(seconds=0.5)
"""Work that took longer is committed only if its actor still plays a role: it may have waited while they left."""

_ACTS_STILL = text("select acts_still()")


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


async def confirm(session: AsyncSession) -> None:
    """Refuse unless whoever this transaction acts for plays a role at this very moment."""
    if not await session.scalar(_ACTS_STILL):
        raise NotPermitted(Permission.STORE_READ)


@dataclass(frozen=True, slots=True)
class Office:
    """Where work is done: sessions, a clock, and somebody to tell after the commit.

    `system` opens sessions that see everything; `acting` opens those that see what their actor may see. Without
    `acting`, whoever acts does so in the system's sessions: the command line, where the operator is trusted.
    """

    system: Sessions
    announcer: Announcer
    clock: Clock = utc_now
    acting: Sessions | None = None

    @asynccontextmanager
    async def session(self, actor: Actor) -> AsyncIterator[AsyncSession]:
        """Open a session of one transaction behind an actor's wall."""
        async with (self.acting or self.system)() as session:
            await enter(session, actor)
            yield session

    @asynccontextmanager
    async def reading(self, actor: Actor) -> AsyncIterator[Reading]:
        """Open a short session for reading in an actor's name."""
        async with self.session(actor) as session:
            yield Reading(session, actor, self.clock())

    @asynccontextmanager
    async def work(self, actor: Actor | None, *, as_system: bool = False) -> AsyncIterator[Work]:
        """Open one transaction; it commits at the end of the block unless something is raised.

        Without an actor it is the system's own. With `as_system` it is the actor's, in the system's session: for
        tables that nobody may touch behind the wall, such as credentials; its command asks for the right itself.
        """
        async with self.system() if actor is None or as_system else self.session(actor) as session:
            work = Work(session, actor, self.clock())
            yield work
            if actor is not None and not as_system and self.clock() - work.now > BELIEVED_FOR:
                await confirm(session)
            await session.commit()
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
        as_system: bool = False,
    ) -> A:
        """Carry a request out exactly once and return its first answer (`as_system`: see `work`).

        A refusal rolls everything back and leaves no trace of the request, so that the same
        request may be sent again when its cause is mended. Raises `RequestIdConflict` if the id
        was used before by somebody else, for another operation or with other content.

        PostgreSQL ends one of two transactions that wait for each other: that one is run again from the beginning.
        """
        hashed = content_hash(content)
        tries = _TRIES
        while True:
            tries -= 1
            try:
                async with self.work(actor, as_system=as_system) as work:
                    first = await _claim(work, request_id, operation, hashed)
                    if first is not None:
                        return restored(answer, first)
                    result = await run(work)
                    await _keep_answer(work, request_id, result)
            except DBAPIError as failed:
                if not tries or getattr(failed.orig, "sqlstate", None) != _DEADLOCK:
                    raise
            else:
                return result

    async def first_answer(self, actor: Actor, request_id: UUID, operation: str, content: Any) -> Any:
        """Return the stored answer of a request that was carried out before, None if it was not."""
        async with self.session(actor) as session:
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
    statement = insert(AppliedRequest).values(
        request_id=request_id,
        actor_id=work.actor_id,
        operation=operation,
        content_hash=hashed,
        recorded_at=work.now,
    )
    claimed = statement.on_conflict_do_update(
        index_elements=[AppliedRequest.request_id],
        set_={"replays": AppliedRequest.replays + 1},
    ).returning(
        AppliedRequest.replays,
        AppliedRequest.actor_id,
        AppliedRequest.operation,
        AppliedRequest.content_hash,
        AppliedRequest.answer,
    )
    try:
        row = (await work.session.execute(claimed)).one()
    except DBAPIError as refused:
        if _is_behind_the_wall(refused):
            raise RequestIdConflict from None
        raise
    if row.replays == 0:
        return None
    if (row.actor_id, row.operation, bytes(row.content_hash)) != (work.actor_id, operation, hashed):
        raise RequestIdConflict
    return row.answer


async def _keep_answer(work: Work, request_id: UUID, answer: Any) -> None:
    await work.session.execute(
        update(AppliedRequest)
        .where(AppliedRequest.request_id == request_id)
        .values(answer=orjson.loads(as_json(answer)))
    )


def _is_behind_the_wall(refused: DBAPIError) -> bool:
    """Say whether PostgreSQL refused because the row that is there is somebody else's."""
    return getattr(refused.orig, "sqlstate", None) == _NO_PRIVILEGE and "row-level security" in str(refused.orig)


def restored(answer: type[A], stored: Any) -> A:
    """Return a stored answer as the dataclass that it was made from."""
    adapter = _ADAPTERS.get(answer)
    if adapter is None:
        adapter = _ADAPTERS[answer] = TypeAdapter(answer)
    value: A = adapter.validate_python(stored)
    return value


_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}
