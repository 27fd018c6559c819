"""The `trueshelf` command line."""

import difflib
import signal
import sys
from pathlib import Path
from typing import Annotated, Literal, NoReturn

import typer

from api.channel_commands import COMMANDS
from api.company_commands import COMMANDS as COMPANY_COMMANDS
from api.log import configure_log
from api.mendable import Mendable
from api.settings import ROOT, Settings, WrongSettings, read_settings
from retail.access.permissions import Role

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)

SCHEMA_FILE = ROOT / "schema" / "schema.graphql"

ReplaySource = Literal["complete-journey", "ta-feng"]
ReplayMode = Literal["sales", "movements"]
Port = Annotated[int | None, typer.Option(help="The port to listen on, instead of TRUESHELF_PORT.")]


def _settings(**given: object) -> Settings:
    return read_settings(**{name: value for name, value in given.items() if value is not None})


@app.command()
def run(
    port: Port = None,
    trade: Annotated[bool, typer.Option(help="Let a simulator trade, so that the maps live.")] = True,
) -> None:
    """Serve the demo chain: database, migrations, sample data, simulated trade, web app."""
    from api.serving import run_demo

    run_demo(_settings(port=port), trade=trade)


@app.command()
def serve(port: Port = None) -> None:
    """Serve a database that is there already (TRUESHELF_DATABASE_URL), or the embedded one."""
    from api.serving import database, serve

    settings = _settings(port=port)
    with database(settings) as url:
        serve(settings, url)


@app.command()
def migrate() -> None:
    """Bring the database to the newest shape."""
    from api.serving import database, migrate, owner_of

    settings = _settings()
    with database(settings, shared=True) as url:
        migrate(owner_of(settings, url), url)


@app.command()
def seed() -> None:
    """Make the demo chain in the database, unless it is there."""
    from api.serving import database, migrate, owner_of, seed

    settings = _settings()
    with database(settings, shared=True) as url:
        migrate(owner_of(settings, url), url)
        seed(settings, url)


@app.command()
def demo_reset() -> None:
    """Forget the embedded database and everything in it, with its pictures; its witness's seals are set aside."""
    from api.embedded import EmbeddedPostgres
    from api.outbound.photo_storage import forget_folder
    from api.sealing import set_witness_aside

    settings = _settings()
    if settings.database_url is not None:
        raise WrongSettings("TRUESHELF_DATABASE_URL is set: only the embedded database is forgotten by this command")
    EmbeddedPostgres(settings.home / "postgres").erase()
    forget_folder(settings)
    if (aside := set_witness_aside(settings)) is not None:
        typer.echo(f"the seals of what is forgotten are in {aside}")


File = Annotated[Path, typer.Argument(help="A CSV file, UTF-8, with a header; see docs/real-chain.md.")]
Stores = Annotated[list[str] | None, typer.Option("--store", help="A store's code; may be given more than once.")]
Regions = Annotated[list[str] | None, typer.Option("--region", help="A region's code; may be given more than once.")]


@app.command()
def import_stores(file: File) -> None:
    """Add or change stores from a CSV file: code, name, region, and what else is known."""
    from api import admin
    from api.serving import database

    with database(_settings(), shared=True) as url:
        count = admin.run(url, lambda work: admin.import_stores(work, file))
    typer.echo(f"{count} stores")


@app.command()
def import_goods(file: File) -> None:
    """Add SKUs from a CSV file: code, name, category, and what else is known."""
    from api import admin
    from api.serving import database

    with database(_settings(), shared=True) as url:
        count = admin.run(url, lambda work: admin.import_goods(work, file))
    typer.echo(f"{count} SKUs")


@app.command()
def add_person(
    name: str,
    login: Annotated[str, typer.Option(help="What the person signs in with.")],
    role: Annotated[Role, typer.Option(help="The role.")],
    store: Stores = None,
    region: Regions = None,
    phone: Annotated[str, typer.Option(help="The phone, sealed; +86 unless it says otherwise. '-' asks for it.")] = "",
) -> None:
    """Hire somebody into a role in stores, regions or (neither named) the whole chain; prints a first password."""
    from api import admin
    from api.hiring import phone_and_vault
    from api.serving import database

    settings = _settings()
    number, vault = phone_and_vault(settings, typer.prompt("phone", hide_input=True) if phone == "-" else phone)
    with database(settings, shared=True) as url:
        first = admin.run(
            url,
            lambda work: admin.add_person(
                work,
                name=name,
                login=login,
                role=role,
                stores=store or [],
                regions=region or [],
                phone=number,
                vault=vault,
            ),
        )
    typer.echo(f"{login} {first}")


@app.command()
def import_people(file: File) -> None:
    """Hire people from a CSV file: name, role, login, stores, regions, phone; prints the first passwords."""
    from rich.progress import Progress

    from api import admin
    from api.hiring import import_people
    from api.master_keys import ring
    from api.serving import database
    from retail.kernel.privacy.vault import Vault

    settings = _settings()
    vault = Vault(ring(settings))
    with database(settings, shared=True) as url, Progress(transient=True) as bar:
        task = bar.add_task("员工 · people", total=None)
        hired = admin.run(url, lambda work: import_people(work, vault, file, lambda n: bar.update(task, completed=n)))
    for login, first in hired:
        typer.echo(f"{login} {first}")


@app.command()
def make_master_key(
    master_id: Annotated[str | None, typer.Option("--id", help="What to call it; left out, the day.")] = None,
) -> None:
    """Print a fresh key for TRUESHELF_MASTER_KEYS."""
    from api.secrets_commands import make_master_key

    make_master_key(master_id)


@app.command()
def rotate_master_key() -> None:
    """Bring everything that is sealed under the first key of TRUESHELF_MASTER_KEYS; may be interrupted."""
    from api.secrets_commands import rotate_master_key

    rotate_master_key(_settings())


for each in COMMANDS:
    app.command()(each)
for command, carry_out in COMPANY_COMMANDS.items():
    app.command(command)(carry_out)


@app.command()
def reset_second_factor(login: str) -> None:
    """Take a lost second factor away; its person is signed out everywhere and enrols another at the next sign-in."""
    from api import admin
    from api.serving import database

    with database(_settings(), shared=True) as url:
        admin.run(url, lambda work: admin.reset_second_factor(work, login))
    typer.echo(f"{login}: no second factor any more")


@app.command()
def check_ledger() -> None:
    """Check with plain SQL that the ledger adds up; exit 1 if it does not."""
    import asyncio

    from rich.progress import Progress

    from api.ledger_check import check_ledger
    from api.serving import database

    with database(_settings(), shared=True) as url, Progress(transient=True) as bar:
        task = bar.add_task("门店 · stores", total=None)
        checked = asyncio.run(check_ledger(url, lambda done, total: bar.update(task, completed=done, total=total)))
    for line in checked.lines():
        typer.echo(line)
    raise typer.Exit(0 if checked.is_clean else 1)


@app.command()
def verify_log(
    witness: Annotated[Path | None, typer.Option(help="The witness's folder, instead of that of the settings.")] = None,
    public_key: Annotated[
        list[str] | None, typer.Option(help="A key that signs seals, as hexadecimal, instead of the settings'.")
    ] = None,
    show_key: Annotated[bool, typer.Option(help="Only print the public keys of the settings.")] = False,
) -> None:
    """Verify the operation log, its seals and witness, and the movements that it vouches for; exit 1 if not."""
    from api.log_check import told_keys, verify
    from api.master_keys import ring
    from api.sealing import folder_of, seal_keys
    from api.serving import database

    settings = _settings()
    keys = told_keys(public_key) if public_key else seal_keys(ring(settings)).public_keys
    if show_key:
        typer.echo("\n".join(key.hex() for key in keys.values()))
        return
    with database(settings, shared=True) as url:
        verified = verify(url, keys, witness or folder_of(settings), must_exist=witness is not None)
    for line in verified.lines():
        typer.echo(line)
    raise typer.Exit(0 if verified.is_clean else 1)


@app.command()
def replay(
    *,
    source: Annotated[ReplaySource, typer.Option(help="Which data set.")],
    stores: Annotated[int | None, typer.Option(min=1, help="Only the busiest so many stores; left out, all.")] = None,
    mode: Annotated[ReplayMode, typer.Option(help="A request a basket, or up to 1,000 events a request.")] = "sales",
    speed: Annotated[str, typer.Option(help="So many times real time, or max.")] = "max",
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first so many baskets.")] = None,
    connections: Annotated[int, typer.Option(min=1, max=64, help="How many requests are under way at once.")] = 8,
    url: Annotated[str | None, typer.Option(help="Another server, instead of the one of the settings.")] = None,
    client_id: Annotated[str | None, typer.Option(help="A channel's own credentials.")] = None,
    client_secret: Annotated[str | None, typer.Option(envvar="TRUESHELF_CLIENT_SECRET", help="Its secret.")] = None,
    state: Annotated[Path | None, typer.Option(help="Where to keep how far it came.")] = None,
    report: Annotated[Path | None, typer.Option(help="Where to write the report (Markdown).")] = None,
    send_only: Annotated[bool, typer.Option(help="Import and check nothing: only send.")] = False,
) -> None:
    """Replay a public data set through the API of a running server, stoppable and resumable; then check the ledger."""
    from api.replay.command import Wish, run, state_file
    from api.serving import database

    settings = _settings()
    wish = Wish(
        url or settings.site,
        state or state_file(settings.home, source),
        stores=stores,
        mode=mode,
        speed=_speed(speed),
        limit=limit,
        connections=connections,
        client_id=client_id,
        client_secret=client_secret,
        report=report,
    )
    if send_only:
        raise typer.Exit(run(source, wish, None))
    with database(settings, shared=True) as database_url:
        raise typer.Exit(run(source, wish, database_url))


@app.command()
def simulate_month(
    seed: Annotated[int, typer.Option(help="The same seed is the same month.")] = 1,
    days: Annotated[int, typer.Option(min=1, max=92, help="How many days.")] = 30,
    skus: Annotated[int, typer.Option(min=4, max=400, help="How many SKUs the store carries.")] = 80,
) -> None:
    """Simulate a month of a store that counts while it sells, in a database of its own; say how true its books are."""
    from api.month.command import simulate_month
    from api.month.plan import Plan

    plan = Plan(seed, days=days, skus=skus, cycle_skus=max(1, skus // 8))
    raise typer.Exit(1 if simulate_month(plan).unexplained else 0)


def _speed(text: str) -> float | None:
    """Return how many times real time, or None for as fast as it goes."""
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed < float("inf"):
        raise typer.BadParameter(f"{text!r} is neither a number above 0 nor max", param_hint="--speed")
    return speed


@app.command()
def rebuild_insights() -> None:
    """Add the sums of sales up again from the ledger."""
    from api.serving import database, rebuild_insights

    with database(_settings(), shared=True) as url:
        rebuild_insights(url)


@app.command()
def export_schema(
    check: Annotated[bool, typer.Option(help="Write nothing; fail if the file is not what the code says.")] = False,
) -> None:
    """Write schema/schema.graphql, the contract, from the code."""
    from schema import schema

    text = schema.as_str() + "\n"
    if not check:
        SCHEMA_FILE.write_text(text, encoding="utf-8")
        return
    held = SCHEMA_FILE.read_text(encoding="utf-8")
    if held != text:
        sys.stdout.writelines(difflib.unified_diff(held.splitlines(True), text.splitlines(True), "file", "code"))
        typer.echo("schema/schema.graphql is not what the code says: run `python3 x.py schema`", err=True)
        raise typer.Exit(1)


@app.command()
def doctor() -> None:
    """Say what the settings are and whether the database answers."""
    from api.serving import database

    settings = _settings()
    for name, field in Settings.model_fields.items():
        typer.echo(f"TRUESHELF_{name.upper()}={_shown(name, getattr(settings, name))}  # {field.description}")
    with database(settings, shared=True):
        typer.echo("database: answers")


def _shown(name: str, value: object) -> object:
    """Return a setting as somebody would write it, without passwords."""
    if value is None:
        return ""
    if name.endswith("database_url") or (name == "bus_url" and "@" in str(value)):
        return "(set)"
    if name == "company_sign_in" and isinstance(value, tuple):
        return ", ".join(provider.id for provider in value)
    return ",".join(sorted(value)) if isinstance(value, frozenset) else value


def _terminated(number: int, _frame: object) -> NoReturn:
    """Leave by an exception, so that everything that was opened is closed."""
    sys.exit(128 + number)


def main() -> None:
    """Run the command line; what a person can mend is told without a traceback."""
    configure_log()
    signal.signal(signal.SIGTERM, _terminated)
    try:
        app(prog_name="trueshelf")
    except Mendable as wrong:
        typer.echo(str(wrong), err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
