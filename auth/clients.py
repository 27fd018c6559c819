"""The clients that may ask for tokens: the credentials of a channel and whether they still hold.

A client is believed for 3 s at most, so one that is revoked, or whose channel is, loses its
tokens as well within that time.
"""

import hashlib
import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from auth.brief_memory import BriefMemory
from auth.models import OAuthClient
from retail.access.models import ChannelClient
from retail.kernel.clock import Clock

_LONGEST_ID = 64


@dataclass(frozen=True, slots=True)
class KnownClient:
    """A client in good standing and the channel that it speaks for."""

    client_id: str
    channel_id: UUID
    secret_hashes: tuple[bytes, ...]

    def has_secret(self, secret: str) -> bool:
        """Say whether a secret is one of this client's, in constant time."""
        given = hash_secret(secret)
        return any([hmac.compare_digest(given, kept) for kept in self.secret_hashes])  # noqa: C419 -- compare all


class Clients:
    def __init__(self, sessions: async_sessionmaker[AsyncSession], clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock
        self._known: BriefMemory[str, KnownClient] = BriefMemory()

    async def find(self, client_id: str) -> KnownClient | None:
        """Return a client in good standing."""
        if not _is_client_id(client_id):
            return None
        now = self._clock()
        known = self._known.recall(client_id, now)
        if known is not None:
            return known
        async with self._sessions() as session:
            row = (await session.execute(_good(now).where(OAuthClient.client_id == client_id))).one_or_none()
        if row is None:
            return None
        known = KnownClient(row.client_id, row.channel_id, tuple(row.secret_hashes))
        self._known.remember(client_id, known, asked_at=now)
        return known

    async def live(self, client_ids: Collection[str]) -> set[str]:
        """Return which of many clients are still in good standing, asking the database once."""
        if not client_ids:
            return set()
        async with self._sessions() as session:
            rows = await session.scalars(
                _good(self._clock())
                .with_only_columns(OAuthClient.client_id)
                .where(OAuthClient.client_id.in_(client_ids))
            )
            return set(rows)


def hash_secret(secret: str) -> bytes:
    """Return what is kept of a client's secret; it has 256 random bits, so SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).digest()


def _is_client_id(text: str) -> bool:
    return 0 < len(text) <= _LONGEST_ID and text.isascii() and text.isprintable()


def _good(now: datetime) -> Select[str, UUID, list[bytes]]:
    """Select the clients in good standing at an instant."""
    return (
        select(OAuthClient.client_id, OAuthClient.channel_id, OAuthClient.secret_hashes)
        .join(ChannelClient, ChannelClient.id == OAuthClient.channel_id)
        .where(
            OAuthClient.revoked_at.is_(None),
            or_(ChannelClient.revoked_at.is_(None), ChannelClient.revoked_at > now),
        )
    )
