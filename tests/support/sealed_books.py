"""Books of a small market whose operation log has been sealed twice and trades on, for tests that attack it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from api.database import system_office
from api.log_check import LogVerified, verify_log
from api.replay.importer import import_source
from api.sealing import Sealing
from api.witness import FolderWitness
from retail.access.work import Office
from retail.audit.acts import Act
from retail.audit.log import append
from retail.audit.signing import SealKeys
from retail.inventory import ledger
from retail.inventory.ledger import Entry
from retail.kernel.clock import utc_now
from retail.kernel.content import as_uuid
from tests.api.replay.corner_market import corner_market

_FIRST_STORE = "store_id = (select id from store order by code limit 1)"
SEED = b"a seed of 32 bytes for the tests"


@dataclass
class SealedBooks:
    """A database with its sealing; `attack` is what a superuser could do to it."""

    url: str
    office: Office
    folder: Path
    keys: SealKeys

    async def sell(self, store: int, *skus: int, document: UUID | None = None) -> None:
        """Sell one of some goods in a store, both by number."""
        async with self.office.work(None) as work:
            stores = await self.rows("select id from store order by code")
            goods = await self.rows("select id from sku order by code")
            document = document or uuid4()
            lines = [sale_line(as_uuid(stores[store][0]), as_uuid(goods[sku][0]), document) for sku in skus]
            await ledger.post(work, lines)

    async def log(self, act: Act, **details: object) -> None:
        """Log an act of the whole chain."""
        async with self.office.work(None) as work:
            await append(work.session, act=act, actor_id=None, details=details)

    async def seal(self) -> None:
        """Seal now and tell the witness."""
        sealing = Sealing(self.office.system, self.keys, [FolderWitness(self.folder)])
        await sealing.beat()

    async def rows(self, query: str, *values: object) -> list[Any]:
        """What PostgreSQL itself says, to somebody who may do everything and whom no trigger stops."""
        connection = await asyncpg.connect(self.url)
        try:
            await connection.execute("set session_replication_role = replica")
            return list(await connection.fetch(query, *values))
        finally:
            await connection.close()

    async def attack(self, *statements: str) -> None:
        """Do things as a superuser; {here} is the first store."""
        connection = await asyncpg.connect(self.url)
        try:
            await connection.execute("set session_replication_role = replica")
            for statement in statements:
                await connection.execute(statement.replace("{here}", _FIRST_STORE))
        finally:
            await connection.close()

    async def verify(self, *, witness: bool = True, keys: SealKeys | None = None) -> LogVerified:
        """Verify as the command does."""
        return await verify_log(self.url, (keys or self.keys).public_keys, self.folder if witness else None)


def sale_line(store_id: UUID, sku_id: UUID, document: UUID) -> Entry:
    """Return one line of a till's sale."""
    now = utc_now()
    return Entry(
        request=0,
        movement_id=uuid4(),
        content_hash=None,
        store_id=store_id,
        sku_id=sku_id,
        kind="sale",
        quantity=-1,
        reserved=0,
        counter_account="customer",
        amount_fen=500,
        reason=None,
        note=None,
        occurred_at=now,
        recorded_at=now,
        clock_error_seconds=None,
        actor_id=None,
        device="till 3",
        latitude=31.25,
        longitude=None,
        source="till",
        document_id=document,
    )


@asynccontextmanager
async def sealed_books(url: str, folder: Path, keys: SealKeys | None = None) -> AsyncIterator[SealedBooks]:
    """Open the books: entries 1 (opening) and 2 are sealed once, 3 to 5 with the second seal, 6 not yet."""
    async with system_office(url) as office:
        await import_source(office, corner_market(), None, lambda *_: None)
        books = SealedBooks(url, office, folder, keys or SealKeys([SEED]))
        await books.sell(0, 0)
        await books.log("signed_in", way="local")
        await books.seal()
        await books.sell(0, 0, 1)
        await books.sell(0, 1)
        await books.sell(0, 0)
        await books.sell(1, 0)
        await books.log("person.left", person=uuid4())
        await books.seal()
        await books.sell(0, 0)
        yield books
