import asyncio
import subprocess
import sys
from collections.abc import Callable

import pytest

from api.demo.deeds import Traded
from api.demo.simulator import simulate
from api.demo.staff import CLIENTS
from api.ledger_check import check_ledger
from api.replay.channel import ChannelRefused
from api.settings import ROOT
from tests.support.postgres import TestingPostgres
from tests.support.server import ServerProcess

StartServer = Callable[..., ServerProcess]
BY_A_MEMBER = "select count(*) from applied_request where operation = 'recordSale' and answer ->> 'member' is not null"


async def test_the_simulated_trade_is_in_the_books_and_the_books_are_right(
    postgres: TestingPostgres, demo_database_url: str, start_server: StartServer
) -> None:
    server = start_server(demo_database_url, TRUESHELF_DEMO="true")
    question = "select count(distinct document_id) from movement where kind = 'sale'"
    before = int(postgres.psql(question, demo_database_url))
    members = int(postgres.psql(BY_A_MEMBER, demo_database_url))

    traded = await _trade_for(6, server.url, pace=20)
    server.stop()

    assert traded.sales > 20
    assert traded.reserved > 0
    assert int(postgres.psql(BY_A_MEMBER, demo_database_url)) > members
    assert set(traded.refused) <= {"InsufficientStock"}
    sold = int(postgres.psql(question, demo_database_url)) - before
    # What was under way when it was told to stop may have been taken without its knowing.
    assert traded.sales <= sold <= traded.sales + 20
    checked = await check_ledger(demo_database_url)
    assert checked.is_clean, checked.lines()


async def test_the_simulator_waits_for_a_server_that_is_away(demo_database_url: str, start_server: StartServer) -> None:
    server = start_server(demo_database_url, TRUESHELF_DEMO="true")
    stop = asyncio.Event()
    trade = asyncio.create_task(simulate(server.url, CLIENTS, pace=20, stop=stop))
    await asyncio.sleep(2)

    server.kill9()
    await asyncio.sleep(1)
    server.start()
    await asyncio.sleep(3)
    stop.set()
    traded = await trade

    assert traded.sales > 0
    checked = await check_ledger(demo_database_url)
    assert checked.is_clean, checked.lines()


async def test_the_simulator_says_so_when_the_chain_is_not_the_demo(
    database_url: str, start_server: StartServer
) -> None:
    server = start_server(database_url)

    with pytest.raises(ChannelRefused, match="No token"):
        await simulate(server.url, CLIENTS, pace=1)


async def _trade_for(seconds: float, url: str, *, pace: float) -> Traded:
    stop = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, stop.set)
    return await simulate(url, CLIENTS, pace=pace, stop=stop)


def test_the_simulator_ends_when_its_parent_was_gone_before_it_could_look() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()

    command = [sys.executable, "-m", "api.demo.simulator", "--url", "http://127.0.0.1:1", "--parent", str(gone.pid)]

    assert subprocess.run(command, cwd=ROOT, timeout=30, check=False).returncode == 0
