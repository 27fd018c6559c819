"""The commands about master keys: make one, and bring everything under the first of the ring."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import typer
from rich.progress import Progress

from api.database import system_office
from api.master_keys import read_ring, ring_text
from api.serving import database
from api.settings import Settings
from auth.keys import wrap_signing_keys
from auth.second_factor import reseal_secrets
from retail.access.work import Office
from retail.kernel.privacy.masters import BadMasterKeys, MasterKeys, new_master_key
from retail.kernel.privacy.vault import Vault
from retail.people.rotation import blind_anew

AT_ONCE = 500


def make_master_key(master_id: str | None) -> None:
    """Print a fresh key for the ring, and on standard error what to do with it."""
    try:
        made = new_master_key(master_id or f"k{datetime.now(UTC):%Y%m%d}")
    except BadMasterKeys as wrong:
        raise typer.BadParameter(str(wrong), param_hint="--id") from None
    typer.echo(made)
    typer.echo(
        "Keep it in a secret store, away from the database and its backups: without it nobody can read the sealed "
        "data again. To rotate: put it in front of the others, restart every process, then `trueshelf "
        "rotate-master-key`.",
        err=True,
    )


def rotate_master_key(settings: Settings) -> None:
    """Wrap everything with the first key of the ring, showing how far it is; interrupted, it goes on where it was."""
    masters = read_ring(ring_text(settings))
    with database(settings, shared=True) as url, Progress(transient=True) as bar:
        task = bar.add_task("密钥 · keys", total=None)
        done = asyncio.run(rotate(url, masters, lambda done, total: bar.update(task, completed=done, total=total)))
    typer.echo(f"{done} keys are wrapped anew with {masters.first}; none is left under another key")


async def rotate(database_url: str, masters: MasterKeys, show: Callable[[int, int], None]) -> int:
    """Wrap all that another than the first key wraps, in short transactions; return how many."""
    async with system_office(database_url) as office:
        async with office.work(None) as work:
            done = await wrap_signing_keys(work.session, masters) + await reseal_secrets(work.session, masters)
            total = done + await Vault(masters).remaining(work.session)
        while moved := await _some(office, masters):
            done += moved
            show(done, max(total, done))
    return done


async def _some(office: Office, masters: MasterKeys) -> int:
    vault = Vault(masters)
    async with office.work(None) as work:
        people = await vault.rewrap(work.session, AT_ONCE)
        await blind_anew(work, vault, people)
    return len(people)
