"""Scope, twice: each wall alone keeps a store manager in her own store.

The first wall is the application's (`retail/access/scope.py`), the second PostgreSQL's row-level
security. Each story takes one of them away and asks for what stands in another store.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
from asyncpg.exceptions import InsufficientPrivilegeError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from api.app import create_app
from api.database import as_login, open_engine, sessions_of
from api.settings import read_settings
from retail.access import scope
from retail.access.actor import Actor, ActorKind
from retail.access.permissions import Permission, Role
from retail.access.scope import APP_ROLE, enter
from tests.support.chain import Chain, Goods, Shop, Staff, found_chain, origin
from tests.support.environment import MASTER_KEYS
from tests.support.postgres import TestingPostgres

WALLED = """
    select c.relname as table, c.relrowsecurity and c.relforcerowsecurity as forced,
        array(select polname from pg_policy where polrelid = c.oid order by 1) as policies
    from pg_class c where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and (
        c.relname = 'store' or exists (
            select from pg_attribute a where a.attrelid = c.oid and a.attname = 'store_id' and not a.attisdropped))
    order by 1"""

READS = {
    "a store": "{ store(id: $store) { id } }",
    "the list of stores": "{ stores(first: 100) { edges { node { id } } } }",
    "how many stores": "{ stores(first: 1) { totalCount } }",
    "regions": "{ regions { id } }",
    "myself": "{ me { stores { id } } }",
    "a level": "{ stockLevel(storeId: $store, skuId: $sku) { onHand } }",
    "a page of stock": "{ stock(first: 100, filter: {storeIds: [$store]}) { edges { node { onHand } } } }",
    "how much stock": "{ stock(first: 1, filter: {storeIds: [$store]}) { totalCount } }",
    "a grid": "{ stockGrid(filter: {storeIds: [$store]}) { storeIds rows } }",
    "a history": "{ movements(storeId: $store, skuId: $sku, first: 10) { edges { node { quantity } } } }",
    "a summary": "{ storeSummaries(storeIds: [$store]) { store { id } } }",
    "all summaries": "{ storeSummaries { store { id } } }",
    "the chain": "{ chainSummary { storeCount } }",
    "heat": "{ heat(filter: {storeIds: [$store]}) { cells { storeId } } }",
    "tasks": "{ tasks(storeId: $store) { storeId } }",
}
NAMELESS = {"how many stores", "regions", "how much stock", "the chain"}
"""Answers in which the other store's name does not stand: they are looked at one by one."""


@pytest.fixture(scope="module")
async def two_stores(postgres: TestingPostgres) -> AsyncIterator[tuple[str, Shop, Shop, Goods]]:
    """Riverside and Harbour, each with ten of tea; the database is this module's own, to be mistreated."""
    with postgres.database(postgres.migrated()) as url:
        await found_chain(url, plots=6)
        async with _serving(url) as (http, base), Chain(url, base, http) as chain:
            riverside, harbour = await chain.open_stores("Riverside", "Harbour")
            for shop in (riverside, harbour):
                await (await chain.clerk_at(shop)).receive(tea=10)
            tea = await chain.goods("tea")
        yield url, riverside, harbour, tea


@asynccontextmanager
async def _serving(url: str) -> AsyncIterator[tuple[httpx.AsyncClient, str]]:
    """The application in this process, so that a story can take a part of it away."""
    app = create_app(read_settings(database_url=as_login(url), master_keys=MASTER_KEYS))
    base = "http://127.0.0.1:8000"
    transport = httpx.ASGITransport(app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url=base) as http:
        yield http, base


def _walled(postgres: TestingPostgres, url: str) -> list[str]:
    return postgres.psql("select relname from pg_class where relrowsecurity", url).split()


@asynccontextmanager
async def _manager(url: str, shop: Shop) -> AsyncIterator[Staff]:
    async with _serving(url) as (http, base), Chain(url, base, http) as chain:
        yield await chain.staff(Role.STORE_MANAGER, shop)


async def _peek(manager: Staff, document: str, harbour: Shop, tea: Goods) -> Any:
    shown = document.replace("$store", f'"{harbour.id}"').replace("$sku", f'"{tea.id}"')
    return await manager.ask(shown)


def _reveals(told: Any, harbour: Shop) -> bool:
    """Whether anything of the other store stands in an answer."""
    found = str(told.body.get("data"))
    return str(harbour.id) in found or "'onHand'" in found or "'quantity'" in found


async def _attempts(manager: Staff, harbour: Shop, tea: Goods) -> dict[str, str]:
    """What becomes of every act in the other store."""
    there: dict[str, object] = {"requestId": uuid4(), "storeId": harbour.id}
    line = {"lines": [{"skuId": tea.id, "quantity": 1}]}
    acts: dict[str, dict[str, object]] = {
        "recordSale": {**there, "origin": origin(), **line},
        "receiveGoods": {**there, "requestId": uuid4(), "origin": origin(), **line},
        "adjustStock": {
            **there,
            "requestId": uuid4(),
            "origin": origin(),
            "skuId": tea.id,
            "delta": 1,
            "reason": "FOUND",
        },
        "reserveStock": {**there, "requestId": uuid4(), "source": "PHONE", **line},
        "openBusinessDay": {**there, "requestId": uuid4(), "origin": origin()},
    }
    return {act: (await manager.do(act, **given)).kind for act, given in acts.items()}


async def test_without_the_applications_filter_the_database_still_refuses(
    two_stores: tuple[str, Shop, Shop, Goods], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, riverside, harbour, tea = two_stores
    monkeypatch.setattr(scope, "stores_of", lambda _assignment, region_of: frozenset(region_of))

    async with _manager(url, riverside) as manager:
        before = await manager.chain.footprint()
        told = {name: await _peek(manager, document, harbour, tea) for name, document in READS.items()}
        acts = await _attempts(manager, harbour, tea)

        assert [name for name, answer in told.items() if _reveals(answer, harbour)] == []
        assert told["how many stores"].data == {"stores": {"totalCount": 1}}
        assert told["how much stock"].data == {"stock": {"totalCount": 0}}
        assert told["the chain"].data == {"chainSummary": {"storeCount": 1}}
        assert len(told["regions"].data["regions"]) == 1
        assert [act for act, kind in acts.items() if kind.endswith("Success")] == []
        assert await manager.chain.footprint() == before


async def test_without_the_policies_the_application_still_refuses(
    two_stores: tuple[str, Shop, Shop, Goods], postgres: TestingPostgres
) -> None:
    url, riverside, harbour, tea = two_stores
    walled = _walled(postgres, url)
    postgres.psql(";".join(f"alter table {table} disable row level security" for table in walled), url)
    try:
        async with _manager(url, riverside) as manager:
            before = await manager.chain.footprint()
            told = {name: await _peek(manager, document, harbour, tea) for name, document in READS.items()}
            acts = await _attempts(manager, harbour, tea)

            assert [name for name, answer in told.items() if _reveals(answer, harbour)] == []
            assert set(acts.values()) == {"NotFound"}
            assert await manager.chain.footprint() == before
    finally:
        postgres.psql(";".join(f"alter table {table} enable row level security" for table in walled), url)


async def test_with_neither_wall_the_other_store_is_seen(
    two_stores: tuple[str, Shop, Shop, Goods], postgres: TestingPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the two stories above would notice a missing wall."""
    url, riverside, harbour, tea = two_stores
    monkeypatch.setattr(scope, "stores_of", lambda _assignment, region_of: frozenset(region_of))
    walled = _walled(postgres, url)
    postgres.psql(";".join(f"alter table {table} disable row level security" for table in walled), url)
    try:
        async with _manager(url, riverside) as manager:
            told = {name: await _peek(manager, document, harbour, tea) for name, document in READS.items()}

            assert {name for name, answer in told.items() if _reveals(answer, harbour)} >= set(READS) - NAMELESS
            assert told["how many stores"].data["stores"]["totalCount"] > 1
            assert told["how much stock"].data == {"stock": {"totalCount": 1}}
            assert told["the chain"].data["chainSummary"]["storeCount"] > 1
            assert len(told["regions"].data["regions"]) > 1
    finally:
        postgres.psql(";".join(f"alter table {table} enable row level security" for table in walled), url)


async def test_one_shared_connection_carries_nothing_from_one_actor_to_the_next(
    two_stores: tuple[str, Shop, Shop, Goods],
) -> None:
    url, riverside, harbour, _ = two_stores
    engine = open_engine(as_login(url), 1, APP_ROLE)
    sessions = sessions_of(engine)
    seen = text("select count(*), min(store_id::text), max(store_id::text) from stock_level")
    async with _serving(url) as (http, base), Chain(url, base, http) as chain:
        actors = [await _actor(chain, shop) for shop in (riverside, harbour)]

    backends = set()
    for _ in range(3):
        for actor, shop in zip(actors, (riverside, harbour), strict=True):
            async with sessions() as session:
                await enter(session, actor)
                assert tuple((await session.execute(seen)).one()) == (1, str(shop.id), str(shop.id))
                backends.add(await session.scalar(text("select pg_backend_pid()")))
                await session.rollback()
                assert (await session.execute(seen)).one()[0] == 0, "the scope outlived its rollback"
            async with sessions() as session:
                await enter(session, actor)
                await session.commit()
                assert (await session.execute(seen)).one()[0] == 0, "the scope outlived its commit"
            with pytest.raises(ZeroDivisionError):
                await _fail_as(sessions, actor)
            async with sessions() as session:
                assert (await session.execute(seen)).one()[0] == 0, "the scope outlived a failure"
    assert len(backends) == 1, "the stories were to share one connection"
    await engine.dispose()


async def _fail_as(sessions: async_sessionmaker[AsyncSession], actor: Actor) -> None:
    async with sessions() as session:
        await enter(session, actor)
        raise ZeroDivisionError


async def _actor(chain: Chain, shop: Shop) -> Actor:
    clerk = await chain.staff(Role.CLERK, shop)
    return Actor(clerk.id, ActorKind.PERSON, clerk.name, grants={Permission.STORE_READ: frozenset({shop.id})})


async def test_every_table_with_a_stores_data_is_walled_and_shows_nothing_to_nobody(
    two_stores: tuple[str, Shop, Shop, Goods], postgres: TestingPostgres
) -> None:
    url, *_ = two_stores
    connection = await asyncpg.connect(url)
    tables = {row["table"]: row for row in await connection.fetch(WALLED)}
    await connection.close()

    right = "has_any_column_privilege('{role}', '{table}', 'select, insert, update')"
    granted = {
        name for name in tables if postgres.psql(f"select {right.format(role=APP_ROLE, table=name)}", url) == "t"
    }
    assert {"stock_level", "movement", "store", "reservation", "price", "sales_day", "operation_log"} <= granted
    assert [name for name in granted if not tables[name]["forced"]] == []
    for name in granted:
        shown = postgres.psql(f"set role {APP_ROLE}; table {name}", url).splitlines()
        chain_wide = postgres.psql("select count(*) from price where store_id is null", url)
        assert len(shown) == (int(chain_wide) if name == "price" else 0), name


async def test_a_login_that_lost_its_role_may_do_nothing(two_stores: tuple[str, Shop, Shop, Goods]) -> None:
    url, *_ = two_stores
    connection = await asyncpg.connect(as_login(url))  # as through a pooler that forgets the role
    for table in ("stock_level", "movement", "person", "staff_session", "local_account"):
        with pytest.raises(InsufficientPrivilegeError):
            await connection.fetch(f"table {table}")
    await connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "select password_hash from local_account",
        "select token_hash from staff_session",
        "select private_jwk from signing_key",
        "select secret_hash from channel_secret",
        "select left_at from person",
        "select * from assignment",
        "insert into movement select * from movement",
        "update stock_level set on_hand = 5",
        "delete from stock_level",
        "update movement set quantity = 5",
        "insert into price select * from price",
        "create table mine (a int)",
        "alter table movement disable row level security",
        "set role trueshelf",
    ],
)
async def test_who_acts_for_somebody_may_not_touch_what_it_does_not_need(
    two_stores: tuple[str, Shop, Shop, Goods], statement: str
) -> None:
    url, *_ = two_stores
    connection = await asyncpg.connect(as_login(url), server_settings={"role": APP_ROLE})
    with pytest.raises(InsufficientPrivilegeError):
        await connection.execute(statement)
    await connection.close()
