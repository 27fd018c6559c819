"""Random stories keep the books true; and the same stories find every error that is planted in the ledger."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import httpx
import pytest
from hypothesis import HealthCheck, Phase, settings

import migrations
from retail.access.permissions import Role
from retail.access.work import Office
from retail.inventory.reservations import expire_reservations
from tests.retail.inventory.shelf_machine import GOODS, World, tell_stories
from tests.support.chain import Chain, Staff, found_chain, open_chain
from tests.support.postgres import TestingPostgres
from tests.support.server import ServerProcess

LEDGER = Path(migrations.__file__).parent / "sql" / "ledger_post_v2.sql"
CALM = settings(
    max_examples=60,
    stateful_step_count=25,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
# The search ends at the first find, after 4 to 52 stories as things stand. Hypothesis draws otherwise as soon as a
# constant changes anywhere in the code, so there is much room.
SEARCH = settings(CALM, max_examples=600, derandomize=True, phases=[Phase.generate], report_multiple_bugs=False)

PLANTED = {
    "a basket's lines of one kind are not summed up": ("sum(quantity) as quantity", "max(quantity) as quantity"),
    "promises are forgotten": ("reserved = s.reserved + t.reserved", "reserved = s.reserved"),
    "a repeated request is carried out again": ("where request <> all (case", "where 0 <> all (case"),
    "a repeated event says what is on hand now": ("array_agg(s.balance order by g.n)", "array_agg(0 order by g.n)"),
    "what comes back is not taken from what was sold": ("kind in ('sale', 'customer_return')", "kind in ('sale')"),
    "balances within a basket do not follow on one another": (
        "partition by line.store_id, line.sku_id order by line.n",
        "partition by line.store_id, line.sku_id order by -line.n",
    ),
}

T = TypeVar("T")


@dataclass
class Stage:
    """A chain of its own, whose ledger may be spoilt."""

    chain: Chain
    world: World

    async def install(self, ledger: str) -> None:
        await self.chain.rows(ledger.replace("create function", "create or replace function", 1))


@asynccontextmanager
async def stage_of(postgres: TestingPostgres, plots: int) -> AsyncIterator[Stage]:
    """A chain in a database of its own: a spoilt ledger writes nonsense into nobody else's books."""
    with postgres.database(postgres.migrated()) as url:
        await found_chain(url, plots)
        with ServerProcess(url) as server, httpx.Client(timeout=30) as http:
            async with open_chain(url, server.url) as chain:
                staff = await chain.staff(Role.HQ_OPERATIONS, await chain.open_store())
                yield Stage(chain, await world_of(chain, staff, http))


async def world_of(chain: Chain, staff: Staff, http: httpx.Client) -> World:
    loop = asyncio.get_running_loop()
    office = Office(chain.sessions, lambda _events: None)

    def wait(coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result(30)

    async def rows(query: str) -> list[dict[str, Any]]:
        return [dict(row) for row in await chain.rows(query)]

    async def expire(reservation_id: UUID) -> None:
        """Let its time be up, and end it as the periodic job does."""
        await chain.rows("update reservation set expires_at = now() - interval '1 s' where id = $1", reservation_id)
        while await chain.value("select status from reservation where id = $1", reservation_id) == "open":
            async with office.work(None) as work:
                await expire_reservations(work)

    return World(
        http=http,
        server=chain.server,
        headers=staff.headers,
        skus={name: (await chain.goods(name)).id for name in GOODS},
        next_shop=lambda: wait(chain.open_store()),
        rows=lambda query: wait(rows(query)),
        audit=lambda: wait(chain.audit()),
        expire=lambda reservation_id: wait(expire(reservation_id)),
    )


async def test_random_stories_keep_the_books_true(postgres: TestingPostgres) -> None:
    async with stage_of(postgres, plots=1000) as stage:
        await asyncio.to_thread(tell_stories, stage.world, CALM)

        assert await stage.chain.value("select count(distinct store_id) from movement") > CALM.max_examples / 2


@pytest.mark.parametrize("error", PLANTED)
async def test_random_stories_find_a_planted_error(postgres: TestingPostgres, error: str) -> None:
    right, wrong = PLANTED[error]
    ledger = LEDGER.read_text(encoding="utf-8")
    assert right in ledger, "the ledger has changed: plant the error anew"
    async with stage_of(postgres, plots=700) as stage:
        await stage.install(ledger.replace(right, wrong))

        with pytest.raises(AssertionError):
            await asyncio.to_thread(tell_stories, stage.world, SEARCH)
