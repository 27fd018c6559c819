"""`trueshelf replay`: import a source, send its trade through the public API, check the books, report.

With a database (the settings' or the running embedded one) it imports as an administrator and
checks at the end. Without one it only sends: the stores must be there, and the credentials given.
"""

import asyncio
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from rich.console import Console
from rich.markdown import Markdown
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import TimeRemainingColumn as TimeLeftColumn

from api.database import system_office
from api.ledger_check import LedgerChecked, check_ledger
from api.replay import complete_journey, ta_feng
from api.replay.channel import Channel, ChannelRefused
from api.replay.comparison import Comparison, ReplayMixed, compare, guard_way
from api.replay.importer import import_source
from api.replay.movements import Movements
from api.replay.report import Outcome, markdown
from api.replay.runner import Runner
from api.replay.sales import Sales
from api.replay.sent import Sender
from api.replay.source import Source, SourceMissing
from api.replay.state import State, load, save
from api.replay.watcher import Latency, Watcher

SOURCES: Mapping[str, Callable[[int | None], Source]] = {
    "complete-journey": complete_journey.read,
    "ta-feng": ta_feng.read,
}
MODES = ("sales", "movements")
_STORES = """
query Stores($after: String) {
  stores(first: 100, after: $after) { edges { node { id code } } pageInfo { hasNextPage endCursor } }
}"""
_CLEAN, _NOT_CLEAN, _IMPOSSIBLE, _STOPPED = 0, 1, 2, 130
_TOLD = (ChannelRefused, ReplayMixed, SourceMissing)


class ReplayImpossible(Exception):
    """The replay cannot begin; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asked for. `stores` and `speed` None: all, and as fast as it goes; `limit` is in baskets."""

    url: str
    state_file: Path
    stores: int | None = None
    mode: str = "sales"
    speed: float | None = None
    limit: int | None = None
    connections: int = 8
    client_id: str | None = None
    client_secret: str | None = None
    report: Path | None = None

    def command(self, source: Source) -> str:
        """Return the command line that asks for this, without what is secret or of this machine only."""
        words = ["trueshelf replay", f"--source {source.name}", f"--mode {self.mode}"]
        words += [f"--stores {self.stores}"] if self.stores else []
        words += [f"--limit {self.limit}"] if self.limit else []
        return " ".join([*words, f"--speed {self.speed:g}" if self.speed else "--speed max"])

    def plan(self, source: Source) -> str:
        """Return the name of what is replayed; a state of another plan does not fit it."""
        limit = f":{self.limit}" if self.mode == "movements" and self.limit else ""
        return f"{source.name}:{self.stores or 'all'}:{self.mode}{limit}:{self.url}"


def run(source_name: str, wish: Wish, database_url: str | None) -> int:
    """Read a source and replay it; return the exit code. What a person can mend is told in words."""
    console = Console()
    try:
        with console.status(f"Reading {source_name}"):
            source = SOURCES[source_name](wish.stores)
        return asyncio.run(replay(source, wish, database_url, console))
    except (ReplayImpossible, *_TOLD) as impossible:
        console.print(f"✗ {impossible}", style="red", markup=False)
        return _IMPOSSIBLE


async def replay(source: Source, wish: Wish, database_url: str | None, console: Console) -> int:
    """Carry a wish out; return 0 if all is clean, 1 if not, 130 if it was stopped."""
    state = load(wish.state_file, wish.plan(source))
    if wish.client_id and wish.client_secret:
        state.client_id, state.secret = wish.client_id, wish.client_secret
    with _progress(console) as progress:
        channel_id = await _prepare(source, wish, state, database_url, progress)
        channel = Channel(wish.url, state.client_id, state.secret, wish.connections)
        try:
            latency, sender = await _send(source, wish, state, channel, progress)
        finally:
            channel.close()
        complete = state.position >= sender.units
        ledger = comparison = None
        if database_url is not None:
            ledger = await _check(database_url, progress)
            if complete and channel_id is not None:
                baskets = max(sender.baskets_before(sender.units), sender.baskets_before(state.position))
                comparison = await _compare(database_url, source, channel_id, baskets, progress)
    outcome = Outcome(source, state, wish.command(source), complete, channel.mishaps, latency, ledger, comparison)
    _tell(outcome, wish, console)
    if not complete:
        return _STOPPED
    return _CLEAN if outcome.is_clean else _NOT_CLEAN


async def _prepare(
    source: Source, wish: Wish, state: State, database_url: str | None, progress: Progress
) -> UUID | None:
    """Import the source if there is a database; fix credentials and times in the state."""
    if database_url is None:
        if state.credentials is None:
            raise ReplayImpossible(
                "No credentials: give --client-id and --client-secret, or a database to import into."
            )
        state.shift_seconds = state.shift_seconds or int(source.shift(datetime.now(UTC)).total_seconds())
        save(wish.state_file, state)
        return None
    tasks: dict[str, TaskID] = {}

    def show(what: str, done: int, total: int) -> None:
        if what not in tasks:
            tasks[what] = progress.add_task(what, total=total, rate="")
        progress.update(tasks[what], completed=done, total=total)

    async with system_office(database_url) as office:
        done = await import_source(office, source, state.credentials, show)
    for task in tasks.values():
        progress.update(task, completed=progress.tasks[task].total)
    if done.fresh_credentials:
        state.begin_again()
    await guard_way(database_url, done.channel_id, wish.mode)
    state.client_id, state.secret = done.client_id, done.secret
    state.shift_seconds = int(done.shift.total_seconds())
    save(wish.state_file, state)
    return done.channel_id


async def _send(
    source: Source, wish: Wish, state: State, channel: Channel, progress: Progress
) -> tuple[Latency | None, Sender]:
    baskets = min(wish.limit or source.trade.baskets, source.trade.baskets)
    store_ids = await _store_ids(source, channel)
    shift = timedelta(seconds=state.shift_seconds)
    way = Movements if wish.mode == "movements" else Sales
    sender: Sender = way(source, channel, store_ids, shift, baskets)
    eyes = Channel(wish.url, state.client_id, state.secret, connections=1)
    watcher = Watcher(eyes, store_ids[source.stores[0].code])
    watching = asyncio.create_task(watcher.run())
    task = progress.add_task("Sending", total=baskets, rate="")

    def show(state: State) -> None:
        done = sender.baskets_before(min(state.position, sender.units))
        rate = f"{state.tally.lines / state.seconds:,.0f} lines/s" if state.seconds else ""
        refused = f", {state.tally.refused_lines:,} refused" if state.tally.refused_lines else ""
        progress.update(task, completed=done, rate=rate + refused)

    runner = Runner(sender, state, wish.state_file, wish.connections, wish.speed, watcher, show)
    try:
        await watcher.ready()
        with _stopping(runner.stop):
            await runner.run()
        show(state)
        await watcher.finish()
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
        eyes.close()
    return watcher.latency, sender


async def _store_ids(source: Source, channel: Channel) -> dict[str, str]:
    """Return the ids of the source's stores as the API tells them."""
    found: dict[str, str] = {}
    after = None
    while True:
        page = (await channel.ask(_STORES, {"after": after}))["stores"]
        found.update({edge["node"]["code"]: edge["node"]["id"] for edge in page["edges"]})
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    missing = [store.code for store in source.stores if store.code not in found]
    if missing:
        raise ReplayImpossible(
            f"{len(missing)} stores are not there for this channel, {missing[0]} for one: import them."
        )
    return found


async def _check(database_url: str, progress: Progress) -> LedgerChecked:
    task = progress.add_task("Checking the ledger", total=None, rate="")
    return await check_ledger(database_url, lambda done, total: progress.update(task, completed=done, total=total))


async def _compare(database_url: str, source: Source, channel_id: UUID, baskets: int, progress: Progress) -> Comparison:
    task = progress.add_task("Comparing with the source", total=1, rate="")
    found = await compare(database_url, source, channel_id, baskets)
    progress.update(task, completed=1)
    return found


def _tell(outcome: Outcome, wish: Wish, console: Console) -> None:
    text = markdown(outcome)
    console.print(Markdown(text))
    if wish.report is not None:
        wish.report.parent.mkdir(parents=True, exist_ok=True)
        wish.report.write_text(text, encoding="utf-8")
        console.print(f"Written to {wish.report}")


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeLeftColumn(),
        TextColumn("{task.fields[rate]}"),
        console=console,
    )


@contextmanager
def _stopping(stop: asyncio.Event) -> Iterator[None]:
    """Let Ctrl-C and a polite kill end the sending at the next answer."""
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGINT, signal.SIGTERM)
    for number in numbers:
        loop.add_signal_handler(number, stop.set)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)


def state_file(home: Path, source: str) -> Path:
    """Return where the state of a source is kept when nobody says."""
    return home / f"replay-{source}.json"
