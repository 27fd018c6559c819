"""Channel clients from the command line: the same commands as headquarters' screens, by the operator.

A secret is printed once and kept nowhere.
"""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from api.admin import BadFile, ids_of
from api.mendable import Mendable
from retail.access.channel_kinds import ChannelKind
from retail.access.models import ChannelClient
from retail.access.work import Work
from retail.channels import commands as channels
from retail.channels.keys import read_public_keys
from retail.channels.queries import ClientRow, client_page
from retail.channels.reach import Reach
from retail.kernel.content import as_uuid
from retail.kernel.refusal import Refusal

_ALL = 100_000


class ChannelProblem(Mendable):
    """A channel client cannot be changed like that."""


async def add_channel(
    work: Work,
    *,
    name: str,
    kind: ChannelKind,
    stores: Sequence[str],
    regions: Sequence[str],
    scopes: Sequence[str] | None = None,
    keys: Path | None = None,
) -> tuple[str, str | None]:
    """Connect a till system, ERP or platform; return its client id and, unless it signs, its secret, shown once."""
    store_ids, region_ids = await ids_of(work, stores, regions)
    new = channels.NewClient(
        name,
        kind,
        scopes=tuple(scopes) if scopes else None,
        store_ids=None if store_ids is None else tuple(store_ids),
        region_ids=None if region_ids is None else tuple(region_ids),
    )
    try:
        client = await channels.register_client(work, Reach(), new)
        if keys is not None:
            await _set_keys(work, as_uuid(client.id), keys)
            return client.client_id, None
        _, secret = await channels.add_secret(work, client)
    except Refusal as refused:
        raise ChannelProblem(refused.message) from None
    return client.client_id, secret


async def list_channels(work: Work) -> list[ClientRow]:
    """Return every channel client with its state."""
    rows, _ = await client_page(work.session, Reach(), work.now, first=_ALL)
    return rows


async def rotate_secret(work: Work, *, client_id: str, old_hours: int) -> str:
    """Give a client a second secret; return it, shown once."""
    channel_id = await _find(work, client_id)
    try:
        _, secret = await channels.rotate_secret(
            work, Reach(), channel_id=channel_id, old_lasts=timedelta(hours=old_hours)
        )
    except Refusal as refused:
        raise ChannelProblem(refused.message) from None
    return secret


async def retire_secret(work: Work, *, client_id: str, prefix: str) -> None:
    """End the secret of a client that begins so."""
    channel_id = await _find(work, client_id)
    (row,) = [row for row in await list_channels(work) if row.client.client_id == client_id]
    matching = [secret.id for secret in row.secrets if secret.prefix == prefix]
    if len(matching) != 1:
        raise ChannelProblem(f"{len(matching)} good secrets of {client_id} begin with {prefix}")
    try:
        await channels.retire_secret(work, Reach(), channel_id=channel_id, secret_id=as_uuid(matching[0]))
    except Refusal as refused:
        raise ChannelProblem(refused.message) from None


async def set_scopes(work: Work, *, client_id: str, scopes: Sequence[str]) -> None:
    """Say what a client may do."""
    channel_id = await _find(work, client_id)
    try:
        await channels.set_scopes(work, Reach(), channel_id=channel_id, scopes=scopes)
    except Refusal as refused:
        raise ChannelProblem(refused.message) from None


async def set_keys(work: Work, *, client_id: str, file: Path) -> None:
    """Replace a client's public keys by those of a file."""
    channel_id = await _find(work, client_id)
    try:
        await _set_keys(work, channel_id, file)
    except Refusal as refused:
        raise ChannelProblem(refused.message) from None


async def revoke_channel(work: Work, *, client_id: str) -> None:
    """End a client for good."""
    channel_id = await _find(work, client_id)
    try:
        await channels.revoke_client(work, Reach(), channel_id=channel_id)
    except Refusal as refused:
        raise ChannelProblem(refused.message) from None


async def _set_keys(work: Work, channel_id: UUID, file: Path) -> None:
    await channels.set_keys(work, Reach(), channel_id=channel_id, keys=read_public_keys(_text_of(file), file.name))


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as unreadable:
        raise BadFile(f"{file}: {unreadable}") from None


async def _find(work: Work, client_id: str) -> UUID:
    found = await work.session.scalar(select(ChannelClient.id).where(ChannelClient.client_id == client_id))
    if found is None:
        raise ChannelProblem(f"no channel client {client_id}")
    return as_uuid(found)
