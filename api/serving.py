"""Serving: the web server over the application, and the demo's whole household around it."""

import asyncio
import errno
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import asyncpg
import uvicorn
from alembic import command
from alembic.script import ScriptDirectory
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import DBAPIError

from api.database import admit, as_login, connect, is_above_the_walls, system_office
from api.demo.chain import DemoSeeded, seed_demo
from api.demo.children import child
from api.demo.company import with_demo_company
from api.demo.staff import CLIENTS
from api.embedded import NAME as EMBEDDED_OWNER
from api.embedded import EmbeddedPostgres
from api.master_keys import NAME as MASTER_KEYS
from api.master_keys import read_ring, require_ring, ring_text, warn_of_file
from api.settings import PREFIX, Settings, WrongSettings, asyncpg_url
from migrations import alembic_config
from retail.insights.projection import rebuild
from retail.kernel.privacy.vault import Vault

GRACE_SECONDS = 5


def migrate(owner_url: str, database_url: str) -> None:
    """Bring a database to the newest shape as its owner, and let the program's own login in."""
    command.upgrade(alembic_config(asyncpg_url(owner_url)), "head")
    if owner_url != database_url:
        asyncio.run(admit(owner_url, database_url))


def rebuild_insights(database_url: str) -> None:
    """Add the sums of sales up again, showing how far it is."""

    async def make(show: Callable[[int], None]) -> None:
        async with system_office(database_url) as office:
            await rebuild(office, show)

    with Console(stderr=True).status("汇总 · sums") as status:
        asyncio.run(make(lambda done: status.update(f"汇总 · sums {done:,}")))


def require_shape(database_url: str) -> None:
    """Raise `WrongSettings` unless the database answers and has the shape that this program knows."""
    try:
        found = asyncio.run(_shape(database_url))
    except (OSError, DBAPIError, asyncpg.PostgresError) as away:
        raise WrongSettings(f"{PREFIX}DATABASE_URL: the database does not answer ({away})") from None
    needed = ScriptDirectory.from_config(alembic_config(asyncpg_url(database_url))).get_current_head()
    if found != needed:
        state = f"has shape {found}" if found else "is empty"
        raise WrongSettings(f"the database {state}, this program needs shape {needed}: run `trueshelf migrate`")
    if asyncio.run(is_above_the_walls(database_url)):
        raise WrongSettings(
            f"{PREFIX}DATABASE_URL: this login owns the tables or may do anything, so row-level security would not "
            f"hold it. Keep it in {PREFIX}OWNER_DATABASE_URL for `trueshelf migrate`, and name another user in "
            f"{PREFIX}DATABASE_URL: migrate makes it"
        )
    if asyncio.run(_is_from_elsewhere(database_url)):
        raise WrongSettings(
            "the movements carry transaction ids that this PostgreSQL has not given yet: the database was loaded from "
            "a dump. Restore a physical backup instead, or see docs/real-chain.md, 'Backups'"
        )


async def _shape(database_url: str) -> str | None:
    """Return the revision of the database's shape, None if it has none that this login may see."""
    try:
        connection = await connect(database_url)
    except asyncpg.InvalidPasswordError:
        raise
    except (
        asyncpg.InvalidAuthorizationSpecificationError,
        asyncpg.InvalidParameterValueError,
        asyncpg.InsufficientPrivilegeError,
    ):
        return None  # login and roles are made by migrate
    try:
        found: str | None = await connection.fetchval("select version_num from alembic_version")
    except (asyncpg.UndefinedTableError, asyncpg.InsufficientPrivilegeError):
        return None
    else:
        return found
    finally:
        await connection.close()


async def _is_from_elsewhere(database_url: str) -> bool:
    """Say whether the ledger was written by another PostgreSQL cluster, so that following it by xid would fail."""
    connection = await connect(database_url)
    try:
        written = await connection.fetchval("select xid::text from movement order by xid desc limit 1")
        ahead = await connection.fetchval("select pg_snapshot_xmax(pg_current_snapshot())::text")
        return int(written or 0) >= int(ahead)
    finally:
        await connection.close()


def require_no_demo(settings: Settings, database_url: str) -> None:
    """Raise `WrongSettings` when the demo chain, to which everybody knows every password, is served as a real one."""
    if not settings.demo and asyncio.run(_is_the_demos(database_url)):
        raise WrongSettings(
            "the database holds the demo chain, whose passwords and secrets are public: begin with an empty database, "
            f"or set {PREFIX}DEMO=true if this is a demo"
        )


async def _is_the_demos(database_url: str) -> bool:
    connection = await connect(database_url)
    try:
        known = [client.client_id for client in CLIENTS]
        found = "select exists (select from channel_client where client_id = any($1))"
        return bool(await connection.fetchval(found, known))
    finally:
        await connection.close()


@contextmanager
def database(settings: Settings, *, shared: bool = False) -> Iterator[str]:
    """Give the URL of the database of the settings, or of the embedded one, which is started and stopped.

    It is the URL of the program's own login, which owns nothing. `shared` is for commands beside a running server:
    they use its embedded database if it is up.
    """
    if settings.database_url is not None:
        yield settings.database_url
        return
    embedded = EmbeddedPostgres(settings.home / "postgres")
    running = embedded.running_url() if shared else None
    if running is not None:
        yield as_login(running)
        return
    with embedded:
        yield as_login(embedded.url)


def owner_of(settings: Settings, database_url: str) -> str:
    """Return the URL with which the owner of the tables connects."""
    if settings.owner_database_url is not None:
        return settings.owner_database_url
    return as_login(database_url, EMBEDDED_OWNER) if settings.database_url is None else database_url


def seed(settings: Settings, database_url: str) -> DemoSeeded:
    """Make the demo chain unless it is there, showing what is being done."""
    vault = Vault(read_ring(ring_text(settings)))

    async def make() -> DemoSeeded:
        async with system_office(database_url) as office:
            return await seed_demo(office, show, vault)

    with Console(stderr=True).status("示例连锁 · demo chain") as status:

        def show(what: str, done: int, total: int) -> None:
            status.update(f"{what} {done:,}/{total:,}" if total > 1 else what)

        return asyncio.run(make())


def serve(settings: Settings, database_url: str) -> None:
    """Serve until told to stop; open requests and mutations are finished first."""
    require_address(settings)
    require_shape(database_url)
    require_no_demo(settings, database_url)
    masters = ring_text(settings)
    asyncio.run(require_ring(database_url, read_ring(masters)))
    warn_of_file(settings)
    os.environ[f"{PREFIX}DATABASE_URL"] = database_url
    os.environ[MASTER_KEYS] = masters
    uvicorn.run(
        "api.asgi:make",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers if settings.workers > 1 else None,
        loop="uvloop",
        http="api.door_wire:BoundedHead",
        # Whom to believe about addresses is the door's to say (api/door_address.py).
        proxy_headers=False,
        ws_per_message_deflate=False,
        ws_max_size=settings.max_body_bytes,
        access_log=False,
        server_header=False,
        log_level="warning",
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def run_demo(settings: Settings, *, trade: bool) -> None:
    """Serve the demo chain: database, migrations, seed, a simulator that trades, and the server."""
    console = Console()
    with database(settings) as url:
        require_address(settings)
        migrate(owner_of(settings, url), url)
        seeded = seed(settings, url)
        os.environ[f"{PREFIX}DEMO"] = "true"
        _introduce(console, settings, seeded)
        with with_demo_company(settings.site), _trading(settings, on=trade):
            serve(settings.model_copy(update={"demo": True}), url)


@contextmanager
def _trading(settings: Settings, *, on: bool) -> Iterator[None]:
    """Let the simulator trade through the public API, in a process of its own that ends with ours."""
    if not on:
        yield
        return
    with child("api.demo.simulator", "--url", settings.own_url):
        yield


def _introduce(console: Console, settings: Settings, seeded: DemoSeeded) -> None:
    table = Table(title="示例账号 · demo accounts", title_justify="left", box=None)
    for heading in ("账号 login", "密码 password", "PIN / TOTP", "姓名 name", "岗位 role", "地点 place"):
        table.add_column(heading, overflow="fold")  # a secret that is cut off is of no use
    for account in seeded.accounts:
        more = account.pin or account.totp_secret or ""
        table.add_row(account.login, account.password, more, account.name, account.role, account.place)
    console.print(table)
    channels = Table(title="渠道凭证 · channel credentials (POST /auth/token)", title_justify="left", box=None)
    for heading in ("client_id", "client_secret", "名称 name"):
        channels.add_column(heading)
    for client in seeded.clients:
        channels.add_row(client.client_id, client.secret, client.name)
    console.print(channels)
    console.print(f"\n  [bold green]真架 Trueshelf[/]  {settings.site}")
    console.print(f"  GraphQL        {settings.site}/graphql")
    console.print("  Ctrl-C 停止 · stops\n")


def require_address(settings: Settings) -> None:
    """Raise `WrongSettings` unless we can listen where the settings say."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as wrong:
            where = f"{settings.host}:{settings.port}"
            if wrong.errno == errno.EADDRINUSE:
                raise WrongSettings(f"{PREFIX}PORT: {where} is in use; choose another port") from None
            if isinstance(wrong, PermissionError):
                raise WrongSettings(f"{PREFIX}PORT: {where} is not for this user; choose one above 1023") from None
            raise WrongSettings(f"{PREFIX}HOST: cannot listen on {settings.host} ({wrong.strerror})") from None
