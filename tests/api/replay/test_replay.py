import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from api.ledger_check import check_ledger
from tests.api.replay.corner_market import SECONDS_APART, corner_market
from tests.support.environment import clean_environment
from tests.support.postgres import TestingPostgres
from tests.support.server import ServerProcess

PROGRAM = Path(__file__).with_name("corner_market.py")
IN_TWO_SECONDS = 400 * SECONDS_APART / 2
"""The speed at which the whole market takes two seconds."""


@dataclass
class Replayer:
    """Starts the replay as a program of its own."""

    url: str
    database_url: str
    folder: Path
    running: ExitStack

    def start(
        self, mode: str = "sales", speed: float | None = None, *, database: bool = True
    ) -> "subprocess.Popen[str]":
        words = [self.url, self.database_url if database else "", self.folder / "state.json", self.report_file, mode]
        program = subprocess.Popen(
            [sys.executable, str(PROGRAM), *map(str, words), "max" if speed is None else str(speed)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=clean_environment(),
        )
        self.running.enter_context(program)
        self.running.callback(program.kill)
        return program

    def finish(self, mode: str = "sales", speed: float | None = None, *, database: bool = True) -> tuple[int, str]:
        program = self.start(mode, speed, database=database)
        said, _ = program.communicate(timeout=60)
        return program.returncode, said

    def wait_for_position(self, position: int) -> None:
        deadline = time.monotonic() + 30
        while self.position() < position:
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def position(self) -> int:
        try:
            return int(json.loads((self.folder / "state.json").read_text())["position"])
        except FileNotFoundError:
            return 0

    @property
    def report_file(self) -> Path:
        return self.folder / "report.md"

    @property
    def report(self) -> str:
        return self.report_file.read_text()


@pytest.fixture
def replayer(database_url: str, start_server: Callable[..., ServerProcess], tmp_path: Path) -> Iterator[Replayer]:
    with ExitStack() as running:
        yield Replayer(start_server(database_url).url, database_url, tmp_path, running)


class Books:
    """What PostgreSQL says of the market, and what the market says of itself."""

    def __init__(self, postgres: TestingPostgres, url: str) -> None:
        self._postgres, self._url = postgres, url

    def sold(self) -> dict[tuple[str, str], tuple[int, int]]:
        rows = self._postgres.psql(
            "select s.code, k.code, -sum(quantity), sum(coalesce(amount_fen, 0)) from movement "
            "join store s on s.id = store_id join sku k on k.id = sku_id where movement.kind = 'sale' group by 1, 2",
            self._url,
        )
        cells = [row.split("|") for row in rows.splitlines()]
        return {(store, sku): (int(units), int(money)) for store, sku, units, money in cells}

    def change(self, statement: str) -> None:
        self._postgres.psql(statement, self._url)

    def count(self, question: str) -> int:
        return int(self._postgres.psql(question, self._url))


@pytest.fixture
def books(postgres: TestingPostgres, database_url: str) -> Books:
    return Books(postgres, database_url)


@pytest.mark.parametrize("mode", ["sales", "movements"])
async def test_a_whole_replay_sells_what_the_source_sold_and_ends_at_the_safety_stock(
    replayer: Replayer, books: Books, database_url: str, mode: str
) -> None:
    code, said = replayer.finish(mode)

    assert code == 0, said
    units = {pair: sold[0] for pair, sold in books.sold().items()}
    assert units == {pair: sold[0] for pair, sold in corner_market().sold(400).items()}
    assert books.count("select count(*) from stock_level where on_hand <> safety_stock") == 0
    assert books.count("select count(*) from movement where clock_error_seconds is not null") == 0
    assert (await check_ledger(database_url)).is_clean
    assert "**Clean**" in replayer.report
    assert "| QUANTITY_NOT_POSITIVE |" in replayer.report


@pytest.mark.parametrize("mode", ["sales", "movements"])
async def test_a_replay_that_is_killed_twice_and_resumed_doubles_nothing_and_loses_nothing(
    replayer: Replayer, books: Books, database_url: str, mode: str
) -> None:
    speed = IN_TWO_SECONDS if mode == "sales" else None
    for position in (60, 200) if mode == "sales" else (1, 1):
        program = replayer.start(mode, speed)
        replayer.wait_for_position(position)
        program.send_signal(signal.SIGKILL)
        program.wait()

    code, said = replayer.finish(mode)

    assert code == 0, said
    assert {pair: sold[0] for pair, sold in books.sold().items()} == {
        pair: sold[0] for pair, sold in corner_market().sold(400).items()
    }
    state = json.loads((replayer.folder / "state.json").read_text())["tally"]
    lines = corner_market().trade.lines
    assert state["lines"] == lines
    assert state["accepted_lines"] + state["repeated_lines"] + state["refused_lines"] == lines
    assert state["reasons"] == {"QUANTITY_NOT_POSITIVE": sum(each == 0 for each in corner_market().trade.quantity)}
    assert (await check_ledger(database_url)).is_clean


def test_money_that_no_whole_price_makes_is_exact_all_the_same(replayer: Replayer, books: Books) -> None:
    replayer.finish("sales")

    trade = corner_market().trade
    lines = list(zip(trade.quantity, trade.hundredths, strict=True))
    assert any(units > 1 and money > 0 and money % units for units, money in lines)
    priced = sum(money for units, money in lines if units > 0 and money >= 0)
    assert sum(money for _, money in books.sold().values()) == priced


def test_a_finished_replay_sent_again_from_the_beginning_changes_nothing(replayer: Replayer, books: Books) -> None:
    replayer.finish()
    before = books.count("select count(*) from movement")
    (replayer.folder / "state.json").unlink()

    code, said = replayer.finish()

    assert code == 0, said
    assert books.count("select count(*) from movement") == before
    assert json.loads((replayer.folder / "state.json").read_text())["tally"]["accepted_lines"] == 0


def test_the_other_way_of_sending_is_refused_because_it_would_sell_everything_twice(
    replayer: Replayer, books: Books
) -> None:
    replayer.finish("sales")
    before = books.count("select count(*) from movement")

    code, said = replayer.finish("movements")

    assert code == 2
    assert "sold twice" in said
    assert books.count("select count(*) from movement") == before


def test_ctrl_c_ends_with_a_report_and_the_next_start_goes_on(replayer: Replayer) -> None:
    program = replayer.start(speed=IN_TWO_SECONDS)
    replayer.wait_for_position(40)

    program.send_signal(signal.SIGINT)
    said, _ = program.communicate(timeout=30)

    assert program.returncode == 130, said
    assert "Stopped before the end" in replayer.report
    assert replayer.finish()[0] == 0


def test_a_stranger_without_a_database_or_credentials_is_told_what_is_missing(replayer: Replayer) -> None:
    code, said = replayer.finish(database=False)

    assert code == 2
    assert "--client-id" in said


def test_without_the_database_it_only_sends_with_the_credentials_of_the_import(
    replayer: Replayer, books: Books
) -> None:
    program = replayer.start(speed=IN_TWO_SECONDS)
    replayer.wait_for_position(40)
    program.send_signal(signal.SIGKILL)
    program.wait()

    code, said = replayer.finish(database=False)

    assert code == 0, said
    assert "The books were not looked at" in replayer.report
    assert books.count("select count(*) from stock_level where on_hand <> safety_stock") == 0


def test_credentials_that_are_taken_away_end_it_with_the_reason_and_new_ones_go_on(
    replayer: Replayer, books: Books
) -> None:
    program = replayer.start(speed=IN_TWO_SECONDS / 2)
    replayer.wait_for_position(40)

    books.change("update channel_secret set ends_at = now()")
    said, _ = program.communicate(timeout=30)

    assert program.returncode == 2, said
    assert "No token: HTTP 401" in said
    assert replayer.finish()[0] == 0


def test_the_server_may_be_killed_under_a_replay(
    replayer: Replayer, books: Books, database_url: str, start_server: Callable[..., ServerProcess]
) -> None:
    server = start_server(database_url)
    replayer.url = server.url
    program = replayer.start(speed=IN_TWO_SECONDS)
    for position in (40, 150, 260):
        replayer.wait_for_position(position)
        server.kill9()
        server.start()
    said, _ = program.communicate(timeout=60)

    assert program.returncode == 0, said
    assert "lost connections" in replayer.report
    assert {pair: sold[0] for pair, sold in books.sold().items()} == {
        pair: sold[0] for pair, sold in corner_market().sold(400).items()
    }
