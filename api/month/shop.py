"""The store of the simulation: the real commands on a real database, at a time that is turned by hand."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine

from api.month.plan import FIRST_DAY, Fact, Told
from retail.access.actor import Actor, ActorKind
from retail.access.models import Assignment, Person
from retail.access.permissions import ROLE_TABLE, Role
from retail.access.work import Office
from retail.catalogue.commands import NewSku, import_categories, import_skus
from retail.catalogue.lookup import Lookup
from retail.inventory import adjustments, ledger, receipts, sales
from retail.inventory.batching import Counter
from retail.inventory.desk import Desk
from retail.inventory.intake import Counted, NewLine, Origin, entry
from retail.inventory.models import Account, AdjustmentReason, MovementKind, Source, StockLevel
from retail.kernel.base import new_id
from retail.kernel.content import as_uuid
from retail.kernel.privacy.masters import MasterKeys, new_master_key
from retail.kernel.privacy.vault import Vault
from retail.people.office import PeopleOffice
from retail.stores.directory import Directory
from retail.stores.models import Region, Store


@dataclass(slots=True)
class TurnedClock:
    """Stands still until it is turned, and never goes back."""

    now: datetime = FIRST_DAY

    def __call__(self) -> datetime:
        """Return the time of the simulation."""
        return self.now

    def turn_to(self, instant: datetime) -> None:
        """Let time pass until an instant."""
        self.now = max(self.now, instant)


@dataclass(slots=True)
class MonthShop:
    """One store with two clerks, a manager and a phone; `skus` by their numbers in the plan."""

    engine: AsyncEngine
    clock: TurnedClock
    desk: Desk
    store_id: UUID
    skus: list[UUID]
    clerks: tuple[Actor, Actor]
    manager: Actor
    number_of: dict[UUID, int] = field(default_factory=dict)

    @classmethod
    async def open(cls, database_url: str, opening: Sequence[int], *, name: str) -> Self:
        """Open the store in a migrated database, with its first stock on the shelves."""
        engine = create_async_engine(database_url.replace("postgresql://", "postgresql+asyncpg://"))
        sessions = async_sessionmaker(engine, expire_on_commit=False)
        clock = TurnedClock()
        office = Office(sessions, lambda _events: None, clock)
        counter = Counter(engine, lambda _events: None)
        people = PeopleOffice(office, Vault(MasterKeys.parse(new_master_key("month"))))
        desk = Desk(office, counter, Lookup(sessions), Directory(sessions), people)
        await counter.open()
        store_id = await _build(office, name)
        skus = await _stock(office, store_id, opening, name)
        hired = [await _hire(office, store_id, role) for role in (Role.CLERK, Role.CLERK, Role.STORE_MANAGER)]
        numbers = {sku_id: n for n, sku_id in enumerate(skus)}
        return cls(engine, clock, desk, store_id, skus, (hired[0], hired[1]), hired[2], numbers)

    async def close(self) -> None:
        """Finish and let the database go."""
        await self.desk.counter.close()
        await self.engine.dispose()

    async def hear(self, fact: Fact) -> None:
        """Take a fact into the books, at the time at which it is sent."""
        self.clock.turn_to(fact.sent_at)
        source = Source.PHONE if fact.phone else Source.TILL
        origin = Origin(fact.device_at, "phone" if fact.phone else "till", None, None, source)
        sku_id = self.skus[fact.sku]
        if fact.told is Told.SALE:
            sold = sales.NewSale(self.store_id, origin, (NewLine(sku_id, None, -fact.units),))
            await sales.record_sale(self.desk, self.clerks[0], request_id=new_id(), sale=sold)
            return
        async with self.desk.office.work(self.clerks[1]) as work:
            if fact.told is Told.RECEIPT:
                item = (await self.desk.lookup.find([sku_id]))[sku_id]
                lines = [Counted(item, fact.units, None)]
                await receipts.receive_goods(work, store_id=self.store_id, origin=origin, lines=lines, note=None)
            else:
                await adjustments.adjust_stock(
                    work,
                    store_id=self.store_id,
                    sku_id=sku_id,
                    origin=origin,
                    change=adjustments.Change(fact.units, None, None),
                    reason=AdjustmentReason.DAMAGED,
                    note=None,
                )

    async def book(self) -> list[int]:
        """Return what the books say now, by SKU number."""
        async with self.desk.office.system() as session:
            rows = await session.execute(
                select(StockLevel.sku_id, StockLevel.on_hand).where(StockLevel.store_id == self.store_id)
            )
        held = {as_uuid(row.sku_id): row.on_hand for row in rows}
        return [held.get(sku_id, 0) for sku_id in self.skus]


async def _build(office: Office, name: str) -> UUID:
    region_id, store_id = new_id(), new_id()
    async with office.work(None) as work:
        work.session.add(Region(id=region_id, code=f"R-{name}", name=name, name_en=name))
        await work.session.flush()
        work.session.add(
            Store(id=store_id, code=f"S-{name}", name=name, name_en=name, region_id=region_id, zone="Asia/Shanghai")
        )
    return store_id


async def _stock(office: Office, store_id: UUID, opening: Sequence[int], name: str) -> list[UUID]:
    async with office.work(None) as work:
        await import_categories(work, [("month", "模拟", "Month", None)])
        goods = [
            NewSku(f"{name}-{n:03}", f"商品 {n}", f"Item {n}", "month", price_fen=600 + 137 * (n % 23))
            for n in range(len(opening))
        ]
        ids = await import_skus(work, goods)
        skus = [ids[new.code] for new in goods]
        origin = Origin(work.now, None, None, None, Source.OTHER)
        document = new_id()
        entries = [
            entry(
                origin,
                work.now,
                store_id=store_id,
                sku_id=sku_id,
                kind=MovementKind.OPENING,
                quantity=units,
                counter=Account.OPENING,
                document_id=document,
                actor_id=None,
            )
            for sku_id, units in zip(skus, opening, strict=True)
        ]
        await ledger.post(work, entries)
    return skus


async def _hire(office: Office, store_id: UUID, role: Role) -> Actor:
    person_id, name = new_id(), f"{role} of the month"
    async with office.work(None) as work:
        work.session.add(Person(id=person_id, name=name))
        await work.session.flush()
        work.session.add(Assignment(person_id=person_id, role=role, store_ids=[store_id], valid_from=work.now))
    return Actor(person_id, ActorKind.PERSON, name, grants=dict.fromkeys(ROLE_TABLE[role], frozenset({store_id})))
