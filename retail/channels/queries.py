"""Questions about channel clients, for those who manage them.

Read in the system's sessions: secrets and keys are nobody's to read behind the wall, and the reach that is
given decides which clients are seen.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from retail.access.channel_kinds import ChannelKind
from retail.access.models import Assignment, ChannelClient
from retail.channels.health import ChannelState, Health, state_of
from retail.channels.models import ChannelHealth, ChannelKey, ChannelSecret
from retail.channels.reach import Reach
from retail.kernel.content import as_uuid

R = TypeVar("R")


@dataclass(slots=True)
class ClientRow:
    """A client with everything that is told about it; `secrets` are those that are good now."""

    client: ChannelClient
    state: ChannelState
    health: Health
    assignments: list[Assignment]
    secrets: list[ChannelSecret] = field(default_factory=list)
    keys: list[ChannelKey] = field(default_factory=list)

    @property
    def place(self) -> tuple[str, UUID]:
        """Return where the client stands in the list."""
        return self.client.name, as_uuid(self.client.id)


async def client_page(
    session: AsyncSession,
    reach: Reach,
    now: datetime,
    *,
    first: int,
    after: Sequence[Any] | None = None,
    states: Collection[ChannelState] | None = None,
    kinds: Collection[ChannelKind] | None = None,
) -> tuple[list[ClientRow], int]:
    """Return up to `first` + 1 clients after a place, by name, and how many there are on all pages."""
    rows = [
        row
        for row in await _clients(session, reach, now)
        if (states is None or row.state in states) and (kinds is None or row.client.kind in kinds)
    ]
    page = [row for row in rows if after is None or row.place > tuple(after)][: first + 1]
    await _add_credentials(session, page, now)
    return page, len(rows)


async def client_row(session: AsyncSession, reach: Reach, now: datetime, channel_id: UUID) -> ClientRow | None:
    """Return one client, or None if there is none within reach."""
    rows = await _clients(session, reach, now, channel_id)
    await _add_credentials(session, rows, now)
    return rows[0] if rows else None


async def _clients(
    session: AsyncSession, reach: Reach, now: datetime, channel_id: UUID | None = None
) -> list[ClientRow]:
    """Read the clients within reach. A chain has a few thousand at most: their states are decided in memory."""
    chosen = select(ChannelClient, ChannelHealth).outerjoin(ChannelHealth, ChannelHealth.channel_id == ChannelClient.id)
    assigned = select(Assignment).where(Assignment.channel_id.is_not(None))
    if channel_id is not None:
        chosen = chosen.where(ChannelClient.id == channel_id)
        assigned = assigned.where(Assignment.channel_id == channel_id)
    of = _by_channel(await session.scalars(assigned.order_by(Assignment.valid_from)))
    rows = []
    for client, known in await session.execute(chosen):
        health = _health(known)
        state = state_of(health, is_revoked=client.revoked_at is not None, now=now)
        if reach.covers(of[client.id]):
            rows.append(ClientRow(client, state, health, [each for each in of[client.id] if _in_force(each, now)]))
    return sorted(rows, key=lambda row: row.place)


async def _add_credentials(session: AsyncSession, rows: Sequence[ClientRow], now: datetime) -> None:
    ids = [row.client.id for row in rows]
    good = or_(ChannelSecret.ends_at.is_(None), ChannelSecret.ends_at > now)
    secrets = _by_channel(
        await session.scalars(
            select(ChannelSecret)
            .where(ChannelSecret.channel_id.in_(ids), good)
            .order_by(ChannelSecret.created_at, ChannelSecret.id)
        )
    )
    keys = _by_channel(
        await session.scalars(select(ChannelKey).where(ChannelKey.channel_id.in_(ids)).order_by(ChannelKey.kid))
    )
    for row in rows:
        row.secrets, row.keys = secrets[row.client.id], keys[row.client.id]


def _health(known: ChannelHealth | None) -> Health:
    if known is None:
        return Health()
    return Health(known.last_token_at, known.last_used_at, known.last_refused_at, known.last_refusal, known.refusals)


def _in_force(assignment: Assignment, now: datetime) -> bool:
    return assignment.valid_from <= now and (assignment.valid_until is None or assignment.valid_until > now)


def _by_channel(rows: Iterable[R]) -> defaultdict[UUID, list[R]]:
    found: defaultdict[UUID, list[R]] = defaultdict(list)
    for row in rows:
        found[row.channel_id].append(row)  # type: ignore[attr-defined]  # each of these tables has it
    return found
