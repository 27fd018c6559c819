"""A chain of shops to tell stories about: real stores and people, asked and served through the real API.

Every story opens stores of its own, so stories share one server and one database without seeing each other.
What the books say is read from PostgreSQL with plain SQL, not through our code.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine

import retail.stores.models  # noqa: F401 -- the tables of the ledger refer to the stores
from auth.models import LocalAccount
from auth.sessions import StaffSessions
from retail.access.channel_kinds import ChannelKind
from retail.access.models import Assignment, Person
from retail.access.permissions import ROLE_TABLE, Role
from retail.access.work import Work
from retail.catalogue.codes import check_digit
from retail.channels.commands import NewClient, add_secret, register_client
from retail.channels.reach import Reach
from retail.kernel.clock import utc_now
from tests.support.asking import Asker, Told
from tests.support.postgres import TestingPostgres
from tests.support.redis import TestingRedis
from tests.support.server import ServerProcess

REGIONS = ("north", "south", "west")
PLOTS = 1500
"""Stores that stand empty from the start, so that a story need not wait until a process hears of a new one."""
PRICE = 1500
CASE = 24


@dataclass(frozen=True)
class Goods:
    """An SKU with a GTIN, a case of 24 with a GTIN of its own, and a price of 15 yuan."""

    id: UUID
    code: str
    gtin: str
    case_gtin: str


@dataclass(frozen=True)
class Shop:
    """A store of a story."""

    id: UUID
    code: str
    region_id: UUID
    name: str


@dataclass(frozen=True)
class Staff(Asker):
    """Somebody who works in a store and says things in short words: `await clerk.sell(tea=2)`."""

    shop: Shop = field(kw_only=True)
    chain: "Chain" = field(kw_only=True)

    async def sell(self, *, request_id: UUID | None = None, **goods: int) -> Told:
        return await self.do("recordSale", **self._fact(request_id), lines=await self.lines(goods))

    async def receive(self, *, request_id: UUID | None = None, **goods: int) -> Told:
        return await self.do("receiveGoods", **self._fact(request_id), lines=await self.lines(goods))

    async def adjust(self, goods: str, *, request_id: UUID | None = None, reason: str = "COUNTED", **how: int) -> Told:
        sku = (await self.chain.goods(goods)).id
        return await self.do("adjustStock", **self._fact(request_id), skuId=sku, reason=reason, **how)

    async def reserve(self, *, request_id: UUID | None = None, seconds: int = 900, **goods: int) -> Told:
        what = {"storeId": self.shop.id, "source": "MEITUAN", "expiresInSeconds": seconds}
        return await self.do("reserveStock", requestId=request_id or uuid4(), **what, lines=await self.lines(goods))

    async def release(self, reservation_id: object, *, request_id: UUID | None = None) -> Told:
        return await self.do("releaseReservation", requestId=request_id or uuid4(), reservationId=reservation_id)

    async def lines(self, goods: dict[str, int]) -> list[dict[str, object]]:
        return [{"skuId": (await self.chain.goods(name)).id, "quantity": n} for name, n in goods.items()]

    def _fact(self, request_id: UUID | None) -> dict[str, object]:
        return {"requestId": request_id or uuid4(), "storeId": self.shop.id, "origin": origin()}


def origin(**more: object) -> dict[str, object]:
    """When and where a fact happened: now, unless said otherwise."""
    return {"occurredAt": datetime.now(UTC).isoformat(), **more}


class Chain:
    """The chain, its people and its books. `server` is the process that is asked unless said otherwise."""

    def __init__(self, database_url: str, server: str, http: httpx.AsyncClient) -> None:
        self.database_url = database_url
        self.server = server
        self.http = http
        self.engine: AsyncEngine = create_async_engine(database_url.replace("postgresql:", "postgresql+asyncpg:"))
        self.sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self.regions: dict[str, UUID] = {}
        self._plots: Iterator[Shop] = iter(())
        self._goods: dict[str, Goods] = {}
        self._numbers = itertools.count(1)
        self._books: asyncpg.Connection | None = None
        self._reading = asyncio.Lock()
        self._making = asyncio.Lock()

    async def __aenter__(self) -> Self:
        await self.connect()
        rows = await self.rows("select s.id, s.code, s.region_id, s.name from store s order by s.code")
        self._plots = iter([Shop(*row) for row in rows])
        self.regions = {row["code"]: row["id"] for row in await self.rows("select id, code from region")}
        return self

    async def __aexit__(self, *_failure: object) -> None:
        await self.disconnect()
        await self.engine.dispose()

    async def connect(self) -> None:
        """Open the connection that reads the books."""
        self._books = await asyncpg.connect(self.database_url)
        await self._books.set_type_codec("uuid", schema="pg_catalog", encoder=str, decoder=UUID)

    async def disconnect(self) -> None:
        if self._books is not None:
            await self._books.close()

    async def rows(self, query: str, *values: object) -> Sequence[Any]:
        """What PostgreSQL itself says."""
        assert self._books is not None, "the books are closed"
        async with self._reading:
            found: Sequence[Any] = await self._books.fetch(query, *values)
        return found

    async def value(self, query: str, *values: object) -> Any:
        rows = await self.rows(query, *values)
        return rows[0][0] if rows else None

    # ------------------------------------------------------------ stores, goods, people

    async def open_store(self, name: str = "Riverside", region: str | None = None) -> Shop:
        for plot in self._plots:
            if region is None or plot.region_id == self.regions[region]:
                return Shop(plot.id, plot.code, plot.region_id, name)
        raise AssertionError("no plots are left: raise PLOTS")

    async def open_stores(self, *names: str) -> list[Shop]:
        return [await self.open_store(name) for name in names]

    async def goods(self, name: str) -> Goods:
        """The SKU of that name, made when it is first mentioned."""
        async with self._making:
            if name not in self._goods:
                self._goods[name] = await self._make_goods(name)
        return self._goods[name]

    async def _make_goods(self, name: str) -> Goods:
        number, sku_id, product_id = next(self._numbers), uuid4(), uuid4()
        body, case = f"690{number:09d}", f"1690{number:09d}"
        goods = Goods(sku_id, f"{name}-{number}", body + check_digit(body), case + check_digit(case))
        category = await self.value("select id from category")
        await self.rows("insert into product values ($1, $2, $2, $3)", product_id, name, category)
        await self.rows(
            "insert into sku (id, product_id, code, name, name_en, unit, locality, search)"
            " values ($1, $2, $3, $4, $4, '件', 'core', $5)",
            *(sku_id, product_id, goods.code, name, f"{name} {goods.code}".lower()),
        )
        await self.rows("insert into sku_code values ($1, $3, 1), ($2, $3, 24)", goods.gtin, goods.case_gtin, sku_id)
        await self.rows("insert into price values ($1, $2, null, $3, '2020-01-01', null)", uuid4(), sku_id, PRICE)
        return goods

    async def clerk_at(self, shop: Shop) -> Staff:
        return await self.staff(Role.CLERK, shop)

    async def staff(self, role: Role, shop: Shop) -> Staff:
        """Hire somebody for a role whose scope is the shop, or its region or the whole chain as roles go."""
        if role in {Role.CLERK, Role.STORE_MANAGER}:
            asker = await self.hire(role, store_ids=[shop.id])
        elif role is Role.REGIONAL_MANAGER:
            asker = await self.hire(role, region_ids=[shop.region_id])
        elif role is Role.CHANNEL:
            asker = await self.register_channel(store_ids=[shop.id])
        else:
            asker = await self.hire(role)
        return Staff(asker.http, asker.server, asker.headers, asker.id, asker.name, shop=shop, chain=self)

    async def hire(
        self,
        role: Role,
        *,
        store_ids: list[UUID] | None = None,
        region_ids: list[UUID] | None = None,
        until: datetime | None = None,
    ) -> Asker:
        """Hire a person and sign them in."""
        person = Person(id=uuid4(), name=f"李娜 {next(self._numbers)}")
        began = utc_now() - timedelta(days=1)
        async with self.sessions.begin() as session:
            session.add(person)
            await session.flush()
            session.add(LocalAccount(person_id=person.id, login=f"li.na.{person.id.hex}", password_hash="-"))
            session.add(
                Assignment(
                    person_id=person.id,
                    role=role,
                    store_ids=store_ids,
                    region_ids=region_ids,
                    valid_from=began,
                    valid_until=until,
                )
            )
        return await self.signed_in(person.id, person.name)

    async def signed_in(self, person_id: UUID, name: str = "") -> Asker:
        """A fresh session of a person."""
        token = await StaffSessions(self.sessions, utc_now).create(person_id, "a story", way="test")
        headers = {"cookie": f"trueshelf_session={token}", "x-trueshelf": "1"}
        return Asker(self.http, self.server, headers, person_id, name)

    async def register_channel(self, *, store_ids: list[UUID] | None = None, kind: ChannelKind | None = None) -> Asker:
        """Register a program and let it fetch a token itself; one without a kind may do all that any may."""
        scopes = None if kind else tuple(ROLE_TABLE[Role.CHANNEL])
        new = NewClient(
            f"Meituan {next(self._numbers)}",
            kind or ChannelKind.OTHER,
            scopes=scopes,
            store_ids=None if store_ids is None else tuple(store_ids),
        )
        async with self.sessions.begin() as session:
            work = Work(session, None, utc_now() - timedelta(days=1))
            channel = await register_client(work, Reach(), new)
            _, secret = await add_secret(work, channel)
        form = {"grant_type": "client_credentials"}
        answer = await self.http.post(f"{self.server}/auth/token", data=form, auth=(channel.client_id, secret))
        headers = {"authorization": f"Bearer {answer.json()['access_token']}"}
        return Asker(self.http, self.server, headers, channel.id, channel.name)

    # ------------------------------------------------------------ the books, by plain SQL

    async def on_hand(self, shop: Shop) -> dict[str, int]:
        """What stands in a store by the running totals, by the goods' names."""
        return {name: row["on_hand"] for name, row in (await self.levels(shop)).items()}

    async def levels(self, shop: Shop) -> dict[str, Any]:
        rows = await self.rows(
            "select k.name, l.* from stock_level l join sku k on k.id = l.sku_id where l.store_id = $1", shop.id
        )
        return {row["name"]: row for row in rows}

    async def movements(self, shop: Shop) -> Sequence[Any]:
        return await self.rows("select * from movement where store_id = $1 order by sku_id, version", shop.id)

    async def footprint(self) -> tuple[int, int, int, int]:
        """How much was done: equal before and after means nothing, not even half; a promise that lapses is no act."""
        row = (
            await self.rows(
                "select (select count(*) from movement where actor_id is not null),"
                " (select coalesce(sum(on_hand), 0) from stock_level) + (select coalesce(sum(quantity), 0)"
                "  from reservation_line l join reservation r on (r.store_id, r.id) = (l.store_id, reservation_id)"
                "  where r.status in ('open', 'expired')),"
                " (select count(*) from applied_request), (select count(*) from reservation)"
            )
        )[0]
        return row[0], row[1], row[2], row[3]

    async def audit(self) -> list[str]:
        """Everything that is wrong with the books of the whole chain; empty when they are true."""
        wrong: list[str] = []
        for name, query in AUDIT.items():
            found = await self.rows(query)
            wrong.extend(f"{name}: {dict(row)}" for row in found[:3])
        return wrong


AUDIT = {
    "what stores hold and what counter-accounts gave do not cancel out": """
        select sum(held) as held, sum(given) as given from (
            select on_hand::bigint as held, 0::bigint as given from stock_level
            union all select 0, -quantity from movement where counter_account <> 'none') a
        having coalesce(sum(held + given), 0) <> 0""",
    "a level is not the sum of its movements": """
        select l.store_id, l.sku_id, l.on_hand, l.reserved, l.version, l.sold_units, m.*
        from stock_level l left join (
            select store_id as store, sku_id as sku, sum(quantity) q, sum(reserved) r, count(*) n, max(version) v,
                -coalesce(sum(quantity) filter (where kind in ('sale', 'customer_return')), 0) sold
            from movement group by 1, 2) m on m.store = l.store_id and m.sku = l.sku_id
        where (l.on_hand, l.reserved, l.version, l.version, l.sold_units) is distinct from
            (coalesce(m.q, 0), coalesce(m.r, 0), coalesce(m.n, 0), coalesce(m.v, 0), coalesce(m.sold, 0))""",
    "a movement without a level": """
        select m.store_id, m.sku_id from movement m where not exists (
            select from stock_level l where l.store_id = m.store_id and l.sku_id = m.sku_id)""",
    "a balance that does not follow from the one before": """
        select * from (select store_id, sku_id, version, balance,
            sum(quantity) over (partition by store_id, sku_id order by version) as should_be,
            row_number() over (partition by store_id, sku_id order by version) as n from movement) m
        where balance <> should_be or version <> n""",
    "what is reserved is not what open reservations hold": """
        select l.store_id, l.sku_id, l.reserved, coalesce(sum(r.quantity), 0) as open
        from stock_level l left join (
            select x.* from reservation_line x join reservation h on h.store_id = x.store_id
                and h.id = x.reservation_id and h.status = 'open') r
            on r.store_id = l.store_id and r.sku_id = l.sku_id
        group by l.store_id, l.sku_id, l.reserved having l.reserved <> coalesce(sum(r.quantity), 0)""",
    "an entry of the operation log that does not follow from the one before": """
        select store_id, seq, body from (select *, lag(seq, 1, 0::bigint) over w as last,
            lag(hash, 1, decode(repeat('00', 32), 'hex')) over w as before
            from operation_log window w as (partition by store_id order by seq)) e
        where seq <> last + 1 or hash <> sha256(
            before || uuid_send(store_id) || int8send(seq) || sha256(convert_to(body, 'UTF8')))""",
    "a head of the operation log that is not its newest entry": """
        select * from (select distinct on (store_id) * from operation_log order by store_id, seq desc) e
        full join log_head h using (store_id)
        where coalesce(h.seq, 0) > 0 and (e.seq, e.hash) is distinct from (h.seq, h.hash)""",
    "an entry that vouches for more or fewer movements than there are": """
        select * from (select store_id, seq, (body::jsonb -> 'wrote' ->> 'lines')::bigint as told
            from operation_log where body like '%"wrote":%') e
        full join (select store_id, log_seq as seq, count(*) as written from movement group by 1, 2) m
            using (store_id, seq)
        where told is distinct from written""",
    "an event or request that was written twice": """
        select document_id, sku_id, kind, count(*) from movement where content_hash is null and kind = 'release'
        group by 1, 2, 3 having count(*) > 1""",
}


async def found_chain(database_url: str, plots: int = PLOTS) -> None:
    """Put regions, empty stores and a category into a migrated database."""
    connection = await asyncpg.connect(database_url)
    for region in REGIONS:
        await connection.execute("insert into region values ($1, $2, $2, $2)", uuid4(), region)
    await connection.execute(
        """insert into store (id, code, name, name_en, kind, region_id, zone, opens_at, closes_at, day_cutoff)
        select gen_random_uuid(), 'S' || to_char(n, 'FM0000'), '店' || n, 'Shop ' || n, 'shop', r.id, 'Asia/Shanghai',
            '07:30', '22:30', '04:00'
        from generate_series(1, $1::int) n
        join (select id, row_number() over (order by code) - 1 as place from region) r on r.place = n % 3""",
        plots,
    )
    await connection.execute("insert into category values ($1, 'drinks', '饮料', 'Drinks', null)", uuid4())
    await connection.close()


@asynccontextmanager
async def open_chain(database_url: str, server: str) -> AsyncIterator[Chain]:
    """Meet a chain that a server serves already."""
    limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
    patience = httpx.Timeout(30, pool=240)  # a thousand who ask at once wait for one another, not for the server
    async with httpx.AsyncClient(timeout=patience, limits=limits) as http, Chain(database_url, server, http) as chain:
        yield chain


@pytest.fixture(scope="session")
async def chain(postgres: TestingPostgres, redis: TestingRedis) -> AsyncIterator[Chain]:
    """The chain that stories share: one server process over one database."""
    with postgres.database(postgres.migrated()) as url:
        await found_chain(url)
        with ServerProcess(url, TRUESHELF_BUS_URL=redis.url) as server:
            async with open_chain(url, server.url) as opened:
                yield opened


@dataclass(frozen=True)
class TwoDoors:
    """A chain that two server processes serve over one database and one Redis."""

    chain: Chain
    servers: tuple[str, str]
    redis: TestingRedis

    def door(self, n: int) -> str:
        """The address of one of them, by turns."""
        return self.servers[n % 2]


@pytest.fixture(scope="session")
async def two_doors(postgres: TestingPostgres) -> AsyncIterator[TwoDoors]:
    """Two processes for the stories that are about their being two; the Redis is theirs to kill."""
    with TestingRedis() as redis, postgres.database(postgres.migrated()) as url:
        await found_chain(url)
        bus = {"TRUESHELF_BUS_URL": redis.url, "TRUESHELF_PUBLIC_URL": "http://localhost"}
        with ServerProcess(url, **bus) as one, ServerProcess(url, **bus) as other:
            async with open_chain(url, one.url) as opened:
                yield TwoDoors(opened, (one.url, other.url), redis)
