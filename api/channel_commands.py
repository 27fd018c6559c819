"""`trueshelf add-channel` and its siblings: channel clients from the command line."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from api.settings import read_settings
from retail.access.channel_kinds import KINDS, ChannelKind
from retail.access.work import Work
from retail.channels.models import ChannelSecret
from retail.channels.queries import ClientRow

T = TypeVar("T")

ClientId = Annotated[str, typer.Argument(help="The client id, such as tsc_0123456789abcdef.")]
Stores = Annotated[list[str] | None, typer.Option("--store", help="A store's code; may be given more than once.")]
Regions = Annotated[list[str] | None, typer.Option("--region", help="A region's code; may be given more than once.")]
Scopes = Annotated[list[str] | None, typer.Option("--scope", help="A permission; may be given more than once.")]
Keys = Annotated[Path | None, typer.Option(help="A file with the client's public JWK or JWK Set.")]


def add_channel(
    name: str,
    kind: Annotated[ChannelKind, typer.Option(help="What sort of program it is; decides what it may do.")],
    store: Stores = None,
    region: Regions = None,
    scope: Scopes = None,
    keys: Keys = None,
) -> None:
    """Connect a till system, ERP or platform; prints its client id and secret, once."""
    from api import admin_channels

    client_id, secret = _run(
        lambda work: admin_channels.add_channel(
            work, name=name, kind=kind, stores=store or [], regions=region or [], scopes=scope, keys=keys
        )
    )
    typer.echo(f"client_id={client_id}")
    if secret is not None:
        typer.echo(f"client_secret={secret}")


def channels() -> None:
    """List the channel clients: how they fare, what they may do, and how old their secrets are."""
    from api import admin_channels

    for row in _run(admin_channels.list_channels):
        typer.echo(_line(row))


def rotate_channel_secret(
    client_id: ClientId,
    old_hours: Annotated[int, typer.Option(help="For how many hours the old secret stays good.")] = 168,
) -> None:
    """Give a channel client a second secret; prints it, once."""
    from api import admin_channels

    secret = _run(lambda work: admin_channels.rotate_secret(work, client_id=client_id, old_hours=old_hours))
    typer.echo(f"client_secret={secret}")


def retire_channel_secret(
    client_id: ClientId,
    prefix: Annotated[str, typer.Argument(help="What the secret begins with, as `channels` shows it.")],
) -> None:
    """End one secret of a channel client now."""
    from api import admin_channels

    _run(lambda work: admin_channels.retire_secret(work, client_id=client_id, prefix=prefix))


def set_channel_scopes(
    client_id: ClientId, scope: Annotated[list[str], typer.Argument(help="All that it may do from now on.")]
) -> None:
    """Say what a channel client may do, within what its kind may have."""
    from api import admin_channels

    _run(lambda work: admin_channels.set_scopes(work, client_id=client_id, scopes=scope))


def set_channel_keys(
    client_id: ClientId, file: Annotated[Path, typer.Argument(help="A public JWK or JWK Set in JSON.")]
) -> None:
    """Replace the public keys by which a channel client signs."""
    from api import admin_channels

    _run(lambda work: admin_channels.set_keys(work, client_id=client_id, file=file))


def revoke_channel(client_id: ClientId) -> None:
    """End a channel client for good; whatever it holds opens nothing within 5 s."""
    from api import admin_channels

    _run(lambda work: admin_channels.revoke_channel(work, client_id=client_id))


COMMANDS = (
    add_channel,
    channels,
    rotate_channel_secret,
    retire_channel_secret,
    set_channel_scopes,
    set_channel_keys,
    revoke_channel,
)


def _run(act: Callable[[Work], Awaitable[T]]) -> T:
    from api import admin
    from api.serving import database

    with database(read_settings(), shared=True) as url:
        return admin.run(url, act)


def _line(row: ClientRow) -> str:
    client, refused = row.client, f" ({row.health.last_refusal})" if row.state == "refused" else ""
    scopes = "" if set(client.scopes) == KINDS[ChannelKind(client.kind)].needs else f" {' '.join(client.scopes)}"
    secrets = ", ".join(map(_secret, row.secrets))
    return f"{row.state}{refused}\t{client.client_id}\t{client.kind}{scopes}\t{client.name}\t{secrets}"


def _secret(secret: ChannelSecret) -> str:
    end = f" until {secret.ends_at:%F %R}" if secret.ends_at else ""
    return f"{secret.prefix}... since {secret.created_at:%F}{end}"
