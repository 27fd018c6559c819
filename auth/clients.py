"""The clients that may ask for tokens, and whether what they hold is still good.

A client is believed for 3 s at most, so one that is revoked or has given a token back loses it in every process
within that time. Whoever asks for a token is looked up afresh: a new secret is good at once.
"""

import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from auth.brief_memory import BriefMemory
from auth.identify import Identity
from auth.oauth_models import RevokedToken
from auth.tokens import VerifiedToken
from retail.access.actor import ActorKind
from retail.access.models import ChannelClient
from retail.access.permissions import Permission
from retail.channels.commands import hash_secret
from retail.channels.models import ChannelKey, ChannelSecret
from retail.kernel.clock import Clock
from retail.kernel.content import as_uuid

LONGEST_ID = 64
_PERMISSIONS = {permission.value: permission for permission in Permission}


@dataclass(frozen=True, slots=True)
class KnownClient:
    """A client in good standing, what its tokens may say, and what makes one of them worthless.

    `proofs` names the secrets and keys that are good: a token that was got by another one went with it.
    """

    client_id: str
    channel_id: UUID
    scopes: frozenset[Permission]
    proofs: frozenset[str]
    revoked_tokens: frozenset[str]

    def stands_by(self, token: VerifiedToken) -> bool:
        """Say whether a token of this client still opens anything."""
        return token.proof in self.proofs and token.jti not in self.revoked_tokens


@dataclass(frozen=True, slots=True)
class KnownSecret:
    """A secret of a client, as its hash."""

    id: UUID
    hash: bytes
    ends_at: datetime | None

    def is_good(self, now: datetime) -> bool:
        """Say whether it still proves anything."""
        return self.ends_at is None or self.ends_at > now


@dataclass(frozen=True, slots=True)
class Credentials:
    """By what a client can prove itself, read afresh; one that is revoked can prove nothing."""

    client: KnownClient
    is_revoked: bool
    secrets: tuple[KnownSecret, ...]
    keys: tuple[tuple[str, str], ...]
    """Key id and public JWK."""

    def secret_given(self, secret: str) -> KnownSecret | None:
        """Return which secret this is, in constant time, be it good or ended."""
        given = hash_secret(secret)
        matching = [kept for kept in self.secrets if hmac.compare_digest(given, kept.hash)]
        return matching[0] if matching else None


class Clients:
    def __init__(self, sessions: async_sessionmaker[AsyncSession], clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock
        self._known: BriefMemory[str, KnownClient] = BriefMemory()

    async def holder(self, token: VerifiedToken) -> KnownClient | None:
        """Return the client that holds a token, if it stands by it."""
        client = await self.find(token.client_id)
        if client is not None and token.proof not in client.proofs:
            # Got by a secret that is newer than what is remembered, or by one that has ended: the database knows.
            self.forget(token.client_id)
            client = await self.find(token.client_id)
        return client if client is not None and client.stands_by(token) else None

    async def find(self, client_id: str) -> KnownClient | None:
        """Return a client in good standing."""
        if not is_client_id(client_id):
            return None
        now = self._clock()
        known = self._known.recall(client_id, now)
        if known is not None:
            return known
        async with self._sessions() as session:
            row = (
                await session.execute(_clients(now).where(_is_good(now), ChannelClient.client_id == client_id))
            ).one_or_none()
        if row is None:
            return None
        known = _known(row)
        self._known.remember(client_id, known, asked_at=now)
        return known

    async def credentials(self, client_id: str) -> Credentials | None:
        """Return by what a client can prove itself, be it in good standing or not."""
        if not is_client_id(client_id):
            return None
        now = self._clock()
        async with self._sessions() as session:
            row = (await session.execute(_clients(now).where(ChannelClient.client_id == client_id))).one_or_none()
            if row is None:
                return None
            secrets = await session.execute(
                select(ChannelSecret.id, ChannelSecret.secret_hash, ChannelSecret.ends_at).where(
                    ChannelSecret.channel_id == row.id
                )
            )
            keys = await session.execute(
                select(ChannelKey.kid, ChannelKey.public_jwk).where(ChannelKey.channel_id == row.id)
            )
        return Credentials(
            _known(row),
            is_revoked=row.revoked_at is not None and row.revoked_at <= now,
            secrets=tuple(KnownSecret(as_uuid(id), bytes(hash), ends_at) for id, hash, ends_at in secrets),
            keys=tuple((kid, jwk) for kid, jwk in keys),
        )

    async def ended(self, identities: Collection[Identity]) -> set[Identity]:
        """Return which of many channels' identities no longer hold, asking the database once."""
        mine = [each for each in identities if each.kind is ActorKind.CHANNEL]
        if not mine:
            return set()
        now = self._clock()
        async with self._sessions() as session:
            rows = await session.execute(
                _clients(now).where(_is_good(now), ChannelClient.id.in_({each.id for each in mine}))
            )
            clients = {as_uuid(row.id): _known(row) for row in rows}
        return {each for each in mine if now >= each.ends_at or not _stands(each, clients.get(each.id))}

    def forget(self, client_id: str) -> None:
        """Look a client up again at the next question."""
        self._known.forget(lambda known_id, _: known_id == client_id)


def is_client_id(text: str) -> bool:
    """Say whether a text could name a client."""
    return 0 < len(text) <= LONGEST_ID and text.isascii() and text.isprintable()


def session_key(token: VerifiedToken) -> str:
    """Return what names a token, and by what it was got, in an identity."""
    return f"{token.jti} {token.proof}"


def _stands(identity: Identity, client: KnownClient | None) -> bool:
    """Say whether what an open socket was opened with still holds, down to the last scope."""
    jti, _, proof = identity.session_key.partition(" ")
    held = identity.limits.permissions if identity.limits else None
    if client is None or held is None:
        return False
    return held <= client.scopes and proof in client.proofs and jti not in client.revoked_tokens


def _known(row: Row[Any]) -> KnownClient:
    proofs = frozenset(map(str, row.secret_ids or ())) | frozenset(row.kids or ())
    revoked = frozenset(row.revoked_tokens or ())
    return KnownClient(row.client_id, as_uuid(row.id), _permissions(row.scopes), proofs, revoked)


def _permissions(scopes: Collection[str]) -> frozenset[Permission]:
    """Return what scopes mean; one that an older program knew means nothing."""
    return frozenset(_PERMISSIONS[scope] for scope in scopes if scope in _PERMISSIONS)


def _clients(now: datetime) -> Select[Any]:
    """Select clients with their good secrets and keys, and the tokens given back that have not ended yet."""
    secret_ids = (
        select(func.array_agg(ChannelSecret.id))
        .where(
            ChannelSecret.channel_id == ChannelClient.id,
            or_(ChannelSecret.ends_at.is_(None), ChannelSecret.ends_at > now),
        )
        .scalar_subquery()
    )
    kids = select(func.array_agg(ChannelKey.kid)).where(ChannelKey.channel_id == ChannelClient.id).scalar_subquery()
    given_back = (
        select(func.array_agg(RevokedToken.jti))
        .where(RevokedToken.channel_id == ChannelClient.id, RevokedToken.ends_at > now)
        .scalar_subquery()
    )
    return select(
        ChannelClient.client_id,
        ChannelClient.id,
        ChannelClient.scopes,
        ChannelClient.revoked_at,
        secret_ids.label("secret_ids"),
        kids.label("kids"),
        given_back.label("revoked_tokens"),
    )


def _is_good(now: datetime) -> ColumnElement[bool]:
    return or_(ChannelClient.revoked_at.is_(None), ChannelClient.revoked_at > now)
