"""A small chain whose books the stories write by hand: what was sold, when, and in whose transaction."""

import itertools
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine

from retail.access.actor import Actor, ActorKind
from retail.access.permissions import ROLE_TABLE, Role
from retail.access.work import Office, Work
from retail.catalogue.commands import NewSku, import_categories, import_skus
from retail.catalogue.lookup import Lookup
from retail.inventory import ledger
from retail.inventory.batching import Counter
from retail.inventory.desk import Desk
from retail.inventory.ledger import Entry
from retail.kernel.base import new_id
from retail.kernel.privacy.vault import Vault
from retail.people.office import PeopleOffice
from retail.stores.directory import Directory, StoreEntry
from retail.stores.models import BusinessDay, Region, Store
from tests.support.environment import MASTERS

SHANGHAI, URUMQI, KATHMANDU, NEW_YORK = "Asia/Shanghai", "Asia/Urumqi", "Asia/Kathmandu", "America/New_York"
NOON_IN_SHANGHAI = datetime(2026, 11, 20, 4, 2, tzinfo=UTC)
COUNTER_ACCOUNT = {"sale": "customer", "customer_return": "customer", "receipt": "supplier"}


class TurnableClock:
    """Stands still until it is turned."""

    def __init__(self, now: datetime = NOON_IN_SHANGHAI) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True)
class Line:
    """A movement as a story tells it; `units` went to the customer (or came back, in a return)."""

    store_id: UUID
    sku_id: UUID
    units: int
    at: datetime
    fen: int | None = 0
    kind: str = "sale"
    basket: UUID = field(default_factory=uuid4)

    @property
    def sold(self) -> int:
        return -self.units if self.kind == "customer_return" else self.units

    @property
    def earned(self) -> int:
        return -(self.fen or 0) if self.kind == "customer_return" else self.fen or 0


class Books:
    """The chain: an office on a real database, and a clock to turn."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.clock = TurnableClock()
        self.sessions = async_sessionmaker(engine, expire_on_commit=False)
        self.office = Office(self.sessions, lambda _events: None, self.clock)
        self.directory = Directory(self.sessions)
        self.desk = Desk(
            self.office,
            Counter(engine, lambda _events: None),
            Lookup(self.sessions, self.clock),
            self.directory,
            PeopleOffice(self.office, Vault(MASTERS)),
        )
        self.region_ids: dict[str, UUID] = {}
        self.categories: dict[str, UUID] = {}
        self._codes = itertools.count(1)

    @classmethod
    async def open(cls, database_url: str) -> Self:
        url = database_url.replace("postgresql://", "postgresql+asyncpg://")
        return cls(create_async_engine(url, pool_size=20))

    async def close(self) -> None:
        await self.engine.dispose()

    async def open_store(
        self, name: str, zone: str = SHANGHAI, *, cutoff: time = time(4), opens: time = time(7, 30), region: str = "东"
    ) -> StoreEntry:
        store_id = new_id()
        async with self.sessions.begin() as session:
            if region not in self.region_ids:
                self.region_ids[region] = new_id()
                code = f"R{len(self.region_ids)}"
                session.add(Region(id=self.region_ids[region], code=code, name=region, name_en=code))
                await session.flush()
            session.add(
                Store(
                    id=store_id,
                    code=f"S{next(self._codes):03}",
                    name=name,
                    name_en=name,
                    region_id=self.region_ids[region],
                    zone=zone,
                    day_cutoff=cutoff,
                    opens_at=opens,
                )
            )
        self.directory.forget()
        return (await self.directory.stores())[store_id]

    async def stock_catalogue(self, shelves: Mapping[str, Sequence[str]]) -> dict[str, UUID]:
        """Add SKUs by the path of their category (`drinks/tea`); return their ids by name."""
        paths = {"/".join(path.split("/")[: n + 1]) for path in shelves for n in range(path.count("/") + 1)}
        rows = [(path, path, path, path.rpartition("/")[0] or None) for path in sorted(paths)]
        skus = [NewSku(name, name, name, path) for path, names in shelves.items() for name in names]
        async with self.office.work(None) as work:
            await import_categories(work, rows)
            found = await import_skus(work, skus)
        from retail.catalogue.queries import categories

        async with self.sessions() as session:
            self.categories = {row.code: row.id for row in await categories(session)}
        return found

    async def carry(self, store: StoreEntry, sku_id: UUID, *, received: int = 0, safety: int = 0) -> None:
        """Put an SKU on a store's shelves."""
        async with self.office.work(None) as work:
            await ledger.set_safety_stock(work, store.id, {sku_id: safety})
            if received:
                await write(work, [Line(store.id, sku_id, -received, self.clock(), kind="receipt")])

    async def record(self, *lines: Line) -> None:
        """Write movements in one transaction."""
        async with self.office.work(None) as work:
            await write(work, lines)

    async def open_day(self, store: StoreEntry, day: date) -> None:
        async with self.sessions.begin() as session:
            session.add(BusinessDay(store_id=store.id, day=day, opened_at=self.clock(), opened_by=uuid4()))


async def write(work: Work, lines: Sequence[Line]) -> None:
    await ledger.post(work, [entry(line) for line in lines])


def entry(line: Line) -> Entry:
    return Entry(
        request=0,
        movement_id=new_id(),
        content_hash=None,
        store_id=line.store_id,
        sku_id=line.sku_id,
        kind=line.kind,
        quantity=line.units if line.kind == "customer_return" else -line.units,
        reserved=0,
        counter_account=COUNTER_ACCOUNT[line.kind],
        amount_fen=line.fen,
        reason=None,
        note=None,
        occurred_at=line.at,
        recorded_at=line.at,
        clock_error_seconds=None,
        actor_id=None,
        device=None,
        latitude=None,
        longitude=None,
        source="till",
        document_id=line.basket,
    )


def somebody(role: Role, *stores: StoreEntry) -> Actor:
    """A person who plays a role in some stores."""
    ids = frozenset(store.id for store in stores)
    return Actor(uuid4(), ActorKind.PERSON, "王芳", grants=dict.fromkeys(ROLE_TABLE[role], ids))


def random_lines(
    stores: Sequence[StoreEntry],
    skus: Sequence[UUID],
    now: datetime,
    *,
    seed: int,
    count: int,
    one_basket_each: bool = False,
) -> list[Line]:
    """Sales and returns of the two days before now; baskets may have several lines at several times."""
    chance = random.Random(seed)
    baskets = [uuid4() for _ in range(max(count // 3, 1))]
    return [
        Line(
            chance.choice(stores).id,
            chance.choice(skus),
            chance.randint(1, 9),
            now - timedelta(seconds=chance.choice((chance.randint(0, 7_200), chance.randint(0, 172_800)))),
            fen=chance.choice((None, chance.randint(0, 50_000))),
            kind=chance.choice(("sale", "sale", "sale", "customer_return")),
            basket=uuid4() if one_basket_each else chance.choice(baskets),
        )
        for _ in range(count)
    ]
