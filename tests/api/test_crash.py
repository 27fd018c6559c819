"""The plug is pulled twenty times under load: no sale that was acknowledged is lost, and none is doubled."""

import asyncio
import os
import random
import shutil
import signal
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import psutil
import pytest

from api.embedded import EmbeddedPostgres
from retail.access.permissions import Role
from tests.support.asking import Told
from tests.support.chain import Chain, Shop, Staff, found_chain, open_chain, origin
from tests.support.postgres import trueshelf
from tests.support.server import ServerProcess

CRASHES = 20
TILLS = 8
GOODS = ("tea", "milk", "cup")
PATIENCE = 60.0


class Plug(EmbeddedPostgres):
    """A durable PostgreSQL that dies as in a power cut and comes back at the same address."""

    def pull(self) -> None:
        assert self._server is not None
        family = [psutil.Process(self._server.pid), *psutil.Process(self._server.pid).children(recursive=True)]
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGKILL)
        self._server.wait()

    def put_back(self) -> None:
        assert self._socket_folder is not None
        self._stop_leftover_file()
        self._launch(self._socket_folder)

    def _stop_leftover_file(self) -> None:
        (self.data / "postmaster.pid").unlink(missing_ok=True)


@dataclass
class Ledgerbook:
    """What clients know by their own memory: what they asked for, and what was acknowledged."""

    sales: dict[UUID, Counter[str]] = field(default_factory=dict)
    events: dict[UUID, tuple[str, int]] = field(default_factory=dict)
    receipts: dict[UUID, Counter[str]] = field(default_factory=dict)
    retries: int = 0

    def on_hand(self) -> Counter[str]:
        total: Counter[str] = Counter()
        for goods in self.receipts.values():
            total.update(goods)
        for goods in self.sales.values():
            total.subtract(goods)
        for name, quantity in self.events.values():
            total[name] -= quantity
        return total


@pytest.fixture
def plug() -> Iterator[Plug]:
    home = Path(tempfile.mkdtemp(prefix="trueshelf-plug-"))
    home.chmod(0o755)
    server = Plug(home)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        server.erase()
        shutil.rmtree(home)


async def insist(clerk: Staff, book: Ledgerbook, mutation: str, asked: dict[str, Any]) -> Told:
    """Send a request until it is answered with a success: what a till does."""
    async with asyncio.timeout(PATIENCE):
        while True:
            with suppress(httpx.HTTPError, ValueError):
                told = await clerk.do(mutation, **asked)
                if told.kind.endswith("Success"):
                    return told
                assert set(told.codes) <= {"UNAVAILABLE"}, told.body
            book.retries += 1
            await asyncio.sleep(0.05)


async def trade(clerk: Staff, book: Ledgerbook, chance: random.Random, closing: asyncio.Event) -> None:
    """One till: sales, bulk events and deliveries, each sent until it is acknowledged."""
    while not closing.is_set():
        wanted = Counter({name: chance.randint(1, 3) for name in chance.sample(GOODS, chance.randint(1, 3))})
        request = uuid4()
        fact = {"requestId": request, "storeId": clerk.shop.id, "origin": origin()}
        match chance.choice(["sale", "sale", "sale", "receipt", "bulk"]):
            case "sale":
                await insist(clerk, book, "recordSale", {**fact, "lines": await clerk.lines(dict(wanted))})
                book.sales[request] = wanted
            case "receipt":
                await insist(clerk, book, "receiveGoods", {**fact, "lines": await clerk.lines(dict(wanted))})
                book.receipts[request] = wanted
            case _:
                await send_bulk(clerk, book, chance)


async def send_bulk(clerk: Staff, book: Ledgerbook, chance: random.Random) -> None:
    names = {uuid4(): chance.choice(GOODS) for _ in range(chance.randint(1, 40))}
    events = [
        {
            "eventId": event_id,
            "storeId": clerk.shop.id,
            "skuId": (await clerk.chain.goods(name)).id,
            "kind": "SALE",
            "quantity": 1,
            **origin(),
        }
        for event_id, name in names.items()
    ]
    whole = chance.random() < 0.5
    asked = {"requestId": uuid4(), "source": "TILL", "events": events, "allOrNothing": whole}
    told = await insist(clerk, book, "recordMovements", asked)
    assert told.value["refused"] == 0
    book.events.update({event_id: (name, 1) for event_id, name in names.items()})


@asynccontextmanager
async def trading(clerk: Staff, book: Ledgerbook, seed: int) -> AsyncIterator[None]:
    """Tills that trade all the while."""
    closing = asyncio.Event()
    tills = [asyncio.create_task(trade(clerk, book, random.Random(seed + n), closing)) for n in range(TILLS)]
    try:
        yield
    finally:
        closing.set()
        await asyncio.gather(*tills)


async def test_twenty_crashes_lose_nothing_and_double_nothing(plug: Plug) -> None:
    chance, book = random.Random(20_260_105), Ledgerbook()
    trueshelf("migrate", database_url=plug.url)
    await found_chain(plug.url, plots=3)
    with ServerProcess(plug.url) as server:
        async with open_chain(plug.url, server.url) as chain:
            riverside = await chain.open_store("Riverside")
            clerk = await chain.staff(Role.HQ_OPERATIONS, riverside)
            for name in GOODS:
                await chain.goods(name)
            await chain.disconnect()
            async with trading(clerk, book, seed=7):
                for n in range(CRASHES):
                    await asyncio.sleep(chance.uniform(0.05, 0.8))
                    await crash(plug, server, database=n % 3 != 0)
            await chain.connect()

            assert await chain.audit() == []
            await compare(chain, riverside, book)
            assert book.retries >= CRASHES, "the crashes did not meet the load"
            assert min(len(book.sales), len(book.receipts), len(book.events)) >= CRASHES


async def crash(plug: Plug, server: ServerProcess, *, database: bool) -> None:
    """Kill the database or the server without a goodbye and bring it back, while the tills go on."""
    if database:
        plug.pull()
        await asyncio.to_thread(plug.put_back)
    else:
        os.killpg(server.pid, signal.SIGKILL)
        await asyncio.to_thread(server.kill9)
        await asyncio.to_thread(server.start)


async def compare(chain: Chain, shop: Shop, book: Ledgerbook) -> None:
    """Hold the books of PostgreSQL, read with plain SQL, against what the tills remember."""
    names = {row["id"]: row["name"] for row in await chain.rows("select id, name from sku")}
    applied = {
        row["request_id"]: UUID(row["document"])
        for row in await chain.rows(
            """select request_id, coalesce(answer ->> 'sale_id', answer ->> 'receipt_id') as document
            from applied_request where operation in ('recordSale', 'receiveGoods')"""
        )
    }
    documents: dict[UUID, Counter[str]] = {}
    events: dict[UUID, tuple[str, int]] = {}
    for row in await chain.movements(shop):
        if row["content_hash"] is not None:
            events[row["movement_id"]] = (names[row["sku_id"]], -row["quantity"])
        else:
            documents.setdefault(row["document_id"], Counter())[names[row["sku_id"]]] += abs(row["quantity"])
    told = {**book.sales, **book.receipts}

    assert set(told) == set(applied), "acknowledged requests are those that were carried out"
    assert {request: documents[applied[request]] for request in told} == told
    assert len(documents) == len(told), "no document was written twice"
    assert events == book.events
    assert Counter(await chain.on_hand(shop)) == book.on_hand()
