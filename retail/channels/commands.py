"""Channel clients: registering them, their secrets, keys and scopes, and ending them.

A secret is 256 random bits, returned once and kept as its SHA-256: a slow hash guards what people choose, and
there is nothing to guess here. What a command returns for the memory of requests never holds one. Each act goes
to the operation log. The row of the client is locked first, so it never has more than two secrets that are good.
"""

import hashlib
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, delete, or_, select

from retail.access.channel_kinds import KINDS, ChannelKind
from retail.access.models import Assignment, ChannelClient
from retail.access.permissions import Permission, Role
from retail.access.work import Work
from retail.audit import log
from retail.audit.acts import Act
from retail.channels.models import ChannelKey, ChannelSecret
from retail.channels.reach import Reach
from retail.kernel.base import new_id
from retail.kernel.events import AccessChanged
from retail.kernel.refusal import InvalidInput, NotFound, Problem

OLD_SECRET_LASTS = timedelta(days=7)
OLD_SECRET_LASTS_AT_MOST = timedelta(days=30)
LIVE_SECRETS = 2
NAME_LENGTH = 100
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class ClientChanged:
    """What an act on a client leaves in the memory of requests: ids only; `secret_id` is of a secret it made."""

    channel_id: UUID
    secret_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class NewClient:
    """Who is to be registered, and for which stores (`None` and `None`: the whole chain)."""

    name: str
    kind: ChannelKind
    scopes: tuple[str, ...] | None = None
    store_ids: tuple[UUID, ...] | None = None
    region_ids: tuple[UUID, ...] | None = None
    valid_until: datetime | None = None
    client_id: str | None = None


async def register_client(work: Work, reach: Reach, new: NewClient) -> ChannelClient:
    """Connect a program of the chain's or a partner's; it has no means to prove itself yet."""
    reach.require_places(new.store_ids, new.region_ids)
    problems = _name_problems(new.name)
    if new.valid_until is not None and new.valid_until <= work.now:
        problems.append(Problem("validUntil", "IN_THE_PAST", "This is in the past.", "时间已过。"))
    scopes = KINDS[new.kind].needs if new.scopes is None else _read_scopes(new.kind, new.scopes, problems)
    if problems:
        raise InvalidInput(problems)
    client = ChannelClient(id=new_id(), name=new.name.strip(), kind=new.kind, scopes=sorted(scopes))
    if new.client_id is not None:
        client.client_id = new.client_id
    work.session.add(client)
    await work.session.flush()
    work.session.add(
        Assignment(
            channel_id=client.id,
            role=Role.CHANNEL,
            store_ids=None if new.store_ids is None else list(new.store_ids),
            region_ids=None if new.region_ids is None else list(new.region_ids),
            valid_from=work.now,
            valid_until=new.valid_until,
        )
    )
    await work.session.flush()
    await _log(work, "client.registered", client.id, kind=new.kind, scopes=sorted(scopes))
    return client


async def add_secret(work: Work, client: ChannelClient, secret: str | None = None) -> tuple[UUID, str]:
    """Give a client a secret beside those that it has; return its id and the secret, which is never shown again."""
    secret = secret or f"tss_{secrets.token_urlsafe(32)}"
    row = ChannelSecret(
        id=new_id(),
        channel_id=client.id,
        secret_hash=hash_secret(secret),
        prefix=secret[:_SHOWN],
        created_at=work.now,
    )
    work.session.add(row)
    await work.session.flush()
    return row.id, secret


async def rotate_secret(
    work: Work, reach: Reach, *, channel_id: UUID, old_lasts: timedelta = OLD_SECRET_LASTS
) -> tuple[ClientChanged, str]:
    """Give a client a second secret; the first stays good for a while, so that no order fails meanwhile."""
    if not timedelta(0) <= old_lasts <= OLD_SECRET_LASTS_AT_MOST:
        hours = OLD_SECRET_LASTS_AT_MOST // timedelta(hours=1)
        raise _wrong("oldSecretHours", "OUT_OF_RANGE", f"0 to {hours}.", f"须在 0 到 {hours} 之间。")
    client = await _lock(work, reach, channel_id)
    held = await _live_secrets(work, client.id)
    if len(held) >= LIVE_SECRETS:
        words = ("It has two secrets already: retire one first.", "已有两个有效密钥，请先停用一个。")
        raise _wrong("channelId", "TWO_SECRETS", *words)
    for old in held:
        old.ends_at = work.now + old_lasts
    secret_id, secret = await add_secret(work, client)
    await _log(work, "client.secret_rotated", client.id, secret=secret_id, old_ends_in_s=int(old_lasts.total_seconds()))
    return ClientChanged(client.id, secret_id), secret


async def retire_secret(work: Work, reach: Reach, *, channel_id: UUID, secret_id: UUID) -> ClientChanged:
    """End a secret now, and the tokens that were got by it; the last proof of a client is ended by revoking it."""
    client = await _lock(work, reach, channel_id)
    held = {secret.id: secret for secret in await _live_secrets(work, client.id)}
    if secret_id not in held:
        raise NotFound("secretId", "secret that is still good", "有效密钥")
    if len(held) == 1 and (await work.session.scalars(_keys_of(client.id))).first() is None:
        words = (
            "It is the client's only one: rotate first, or revoke the client.",
            "这是唯一的密钥：请先轮换，或撤销客户端。",
        )
        raise _wrong("secretId", "LAST_SECRET", *words)
    held[secret_id].ends_at = work.now
    for other in held.values():
        if other.id != secret_id:
            other.ends_at = None  # what is left is the client's own again, without an end
    await _log(work, "client.secret_retired", client.id, secret=secret_id)
    return ClientChanged(client.id)


async def set_scopes(work: Work, reach: Reach, *, channel_id: UUID, scopes: Collection[str]) -> ClientChanged:
    """Say what a client's tokens may do from now on; tokens that say more lose it within 5 s."""
    client = await _lock(work, reach, channel_id)
    problems: list[Problem] = []
    chosen = _read_scopes(ChannelKind(client.kind), scopes, problems)
    if problems:
        raise InvalidInput(problems)
    client.scopes = sorted(chosen)
    work.announce(AccessChanged())
    await _log(work, "client.scopes_set", client.id, scopes=sorted(chosen))
    return ClientChanged(client.id)


async def set_keys(work: Work, reach: Reach, *, channel_id: UUID, keys: Mapping[str, str]) -> ClientChanged:
    """Replace a client's public keys (by key id, as read by `channel_keys`); both of two may be good for a while."""
    client = await _lock(work, reach, channel_id)
    if not keys and not await _live_secrets(work, client.id):
        words = ("The client has no secret: it needs a key.", "该客户端没有密钥可用，至少保留一个公钥。")
        raise _wrong("publicKeys", "LAST_KEY", *words)
    await work.session.execute(
        delete(ChannelKey).where(ChannelKey.channel_id == client.id, ChannelKey.kid.not_in(list(keys)))
    )
    held = {key.kid: key.public_jwk for key in await work.session.scalars(_keys_of(client.id))}
    if any(held.get(kid, jwk) != jwk for kid, jwk in keys.items()):
        raise _wrong("publicKeys", "SAME_KEY_ID", "Give a new key a kid of its own.", "新密钥请使用新的 kid。")
    for kid, jwk in keys.items():
        if kid not in held:
            work.session.add(ChannelKey(channel_id=client.id, kid=kid, public_jwk=jwk, created_at=work.now))
    await _log(work, "client.keys_set", client.id, kids=sorted(keys))
    return ClientChanged(client.id)


async def revoke_client(work: Work, reach: Reach, *, channel_id: UUID) -> ClientChanged:
    """End a client for good: its secrets, keys and assignments; whatever it holds opens nothing within 5 s."""
    client = await _lock(work, reach, channel_id)
    client.revoked_at = work.now
    for secret in await _live_secrets(work, client.id):
        secret.ends_at = work.now
    assignments = await work.session.scalars(
        select(Assignment).where(
            Assignment.channel_id == client.id,
            Assignment.valid_from < work.now,
            or_(Assignment.valid_until.is_(None), Assignment.valid_until > work.now),
        )
    )
    for assignment in assignments:
        assignment.valid_until = work.now
    work.announce(AccessChanged())
    await _log(work, "client.revoked", client.id)
    return ClientChanged(client.id)


def hash_secret(secret: str) -> bytes:
    """Return what is kept of a client's secret; it has 256 random bits, so SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).digest()


async def _lock(work: Work, reach: Reach, channel_id: UUID) -> ChannelClient:
    """Return a client that is in force and within the manager's reach, locked against a second change."""
    client = await work.session.get(ChannelClient, channel_id, with_for_update=True)
    assigned = await work.session.scalars(select(Assignment).where(Assignment.channel_id == channel_id))
    if client is None or not reach.covers(assigned):
        raise NotFound("channelId", "channel client", "渠道客户端")
    if client.revoked_at is not None:
        raise _wrong("channelId", "CLIENT_REVOKED", "This client has been revoked.", "该客户端已被撤销。")
    return client


def _keys_of(channel_id: UUID) -> Select[ChannelKey]:
    return select(ChannelKey).where(ChannelKey.channel_id == channel_id)


async def _live_secrets(work: Work, channel_id: UUID) -> list[ChannelSecret]:
    rows = await work.session.scalars(
        select(ChannelSecret)
        .where(
            ChannelSecret.channel_id == channel_id,
            or_(ChannelSecret.ends_at.is_(None), ChannelSecret.ends_at > work.now),
        )
        .order_by(ChannelSecret.created_at)
    )
    return list(rows)


def _name_problems(name: str) -> list[Problem]:
    if 0 < len(name.strip()) <= NAME_LENGTH and name.isprintable():
        return []
    return [Problem("name", "NAME", f"1 to {NAME_LENGTH} visible characters.", f"1 到 {NAME_LENGTH} 个可见字符。")]


def _read_scopes(kind: ChannelKind, scopes: Collection[str], problems: list[Problem]) -> frozenset[Permission]:
    """Return scopes as permissions; name each that is none, or that a client of this kind never has."""
    chosen = set()
    for number, scope in enumerate(scopes):
        path = f"scopes[{number}]"
        if scope not in _PERMISSIONS:
            problems.append(Problem(path, "UNKNOWN_SCOPE", "There is no such scope.", "没有这个权限范围。"))
        elif _PERMISSIONS[scope] not in KINDS[kind].may_have:
            words = (f"A client of kind {kind} never has this.", f"{kind} 类客户端不能拥有此权限。")
            problems.append(Problem(path, "SCOPE_BEYOND_KIND", *words))
        else:
            chosen.add(_PERMISSIONS[scope])
    if not scopes:
        problems.append(Problem("scopes", "NO_SCOPE", "Name at least one.", "至少选择一项。"))
    return frozenset(chosen)


_PERMISSIONS = {permission.value: permission for permission in Permission}


async def _log(work: Work, act: Act, channel_id: UUID, **details: object) -> None:
    await log.append(
        work.session,
        act=act,
        actor_id=work.actor_id,
        details={"channel": channel_id, **details},
        clock=lambda: work.now,
    )


def _wrong(path: str, code: str, message: str, message_zh: str) -> InvalidInput:
    return InvalidInput([Problem(path, code, message, message_zh)])
