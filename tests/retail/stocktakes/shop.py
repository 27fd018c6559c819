"""A shop that counts while it sells: the commands themselves on a real database, with a clock to turn."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID

from sqlalchemy import select, text

from retail.access.actor import Actor, ActorKind
from retail.access.models import Assignment, Person
from retail.access.permissions import ROLE_TABLE, Role
from retail.inventory import ledger
from retail.inventory.adjustments import Change
from retail.inventory.intake import Origin, entry
from retail.inventory.models import Account, AdjustmentReason, MovementKind, Source, StockLevel
from retail.kernel.base import new_id
from retail.kernel.content import as_uuid
from retail.shelves.unknown import Named
from retail.stocktakes import alone
from retail.stocktakes.closing import StocktakeConfirmed, cancel_stocktake, confirm_stocktake
from retail.stocktakes.deciding import RecountAsked, Settlement, ask_recount, settle_count
from retail.stocktakes.following import follow_counts
from retail.stocktakes.models import CountMode, Decision, NotSeen, ScopeKind, Stocktake
from retail.stocktakes.naming import count_named
from retail.stocktakes.queries import ItemRow, item_rows
from retail.stocktakes.recording import CountsRecorded, NewCount, names_of, record_counts
from retail.stocktakes.starting import NewStocktake, Scope, start_stocktake
from retail.stores.directory import StoreEntry
from tests.retail.insights.books import NOON_IN_SHANGHAI, Books


async def hire(books: Books, store: StoreEntry, role: Role, name: str = "李娜") -> Actor:
    """Somebody who plays a role in the store."""
    id, ids = new_id(), frozenset({store.id})
    async with books.sessions.begin() as session:
        session.add(Person(id=id, name=name))
        await session.flush()
        began = books.clock() - timedelta(days=1000)
        session.add(Assignment(person_id=id, role=role, store_ids=[store.id], valid_from=began))
    return Actor(id, ActorKind.PERSON, name, grants=dict.fromkeys(ROLE_TABLE[role], ids))


@dataclass
class Shop:
    """One store with its people; `noon` is when the story begins."""

    books: Books
    store: StoreEntry
    skus: dict[str, UUID]
    clerk: Actor
    other: Actor
    manager: Actor
    noon: datetime
    shelves: dict[str, UUID] = field(default_factory=dict)

    @classmethod
    async def open(cls, books: Books) -> Self:
        store = await books.open_store("河畔店")
        skus = await books.stock_catalogue({"drinks": ["tea", "milk"], "food": ["bun"]})
        books.clock.now = NOON_IN_SHANGHAI
        lina, wang = await hire(books, store, Role.CLERK), await hire(books, store, Role.CLERK)
        manager = await hire(books, store, Role.STORE_MANAGER)
        return cls(books, store, skus, lina, wang, manager, noon=books.clock())

    async def hire(self, role: Role) -> Actor:
        """One more person."""
        return await hire(self.books, self.store, role, "王强")

    def at(self, minute: float) -> datetime:
        return self.noon + timedelta(minutes=minute)

    def turn_to(self, minute: float) -> None:
        self.books.clock.now = self.at(minute)

    def reach(self, instant: datetime) -> None:
        """Nothing is told before it happened."""
        self.books.clock.now = max(self.books.clock.now, instant)

    async def shelf(self, code: str, *expects: str, zone: str = "A") -> UUID:
        """A shelf that expects some SKUs."""
        id = self.shelves[code] = new_id()
        async with self.books.sessions.begin() as session:
            await session.execute(
                text(
                    "insert into shelf (store_id, id, zone, code, name, place, token)"
                    " values (:store, :id, :zone, :code, :code, 1, :token)"
                ),
                {"store": self.store.id, "id": id, "zone": zone, "code": code, "token": id.hex[-16:]},
            )
            for name in expects:
                await session.execute(
                    text("insert into shelf_sku (store_id, shelf_id, sku_id) values (:store, :shelf, :sku)"),
                    {"store": self.store.id, "shelf": id, "sku": self.skus[name]},
                )
        return id

    # ------------------------------------------------------------ trade

    async def move(self, name: str, units: int, minute: float) -> None:
        """Sell (negative) or receive, at a minute of the story; it arrives now."""
        kind, counter = (MovementKind.SALE, Account.CUSTOMER) if units < 0 else (MovementKind.RECEIPT, Account.SUPPLIER)
        self.reach(self.at(minute))
        async with self.books.office.work(None) as work:
            wrote = entry(
                Origin(self.at(minute), None, None, None, Source.TILL),
                work.now,
                store_id=self.store.id,
                sku_id=self.skus[name],
                kind=kind,
                quantity=units,
                counter=counter,
                document_id=new_id(),
                actor_id=None,
            )
            await ledger.post(work, [wrote])

    async def on_hand(self, name: str) -> int:
        async with self.books.sessions() as session:
            found = await session.scalar(
                select(StockLevel.on_hand).where(
                    StockLevel.store_id == self.store.id, StockLevel.sku_id == self.skus[name]
                )
            )
        return found or 0

    # ------------------------------------------------------------ counting

    async def set_to(self, name: str, units: int, minute: float, *, arrives: float | None = None) -> None:
        """Count one thing outside any stocktake: the book that the screen shows is the book."""
        self.reach(self.at(minute if arrives is None else arrives))
        shown = await self.on_hand(name)
        async with self.books.office.work(self.clerk) as work:
            await alone.adjust_stock(
                work,
                store_id=self.store.id,
                sku_id=self.skus[name],
                origin=Origin(self.at(minute), None, None, None, Source.PHONE),
                change=Change(None, units, shown),
                reason=AdjustmentReason.COUNTED,
                note=None,
            )

    async def start(
        self, kind: ScopeKind = ScopeKind.STORE, *, blind: bool = True, by: Actor | None = None, **named: Any
    ) -> UUID:
        id = new_id()
        new = NewStocktake(id, self.store.id, Scope(kind, **named), self.books.clock(), blind)
        async with self.books.office.work(by or self.clerk) as work:
            await start_stocktake(work, new)
        return id

    def line(
        self,
        name: str,
        units: int,
        minute: float = 0,
        *,
        place: str | None = None,
        replace: bool = False,
        round: int = 0,
        id: UUID | None = None,
    ) -> NewCount:
        return NewCount(
            id=id or new_id(),
            sku_id=self.skus.get(name),
            code=None if name in self.skus else name,
            quantity=units,
            counted_at=self.at(minute),
            mode=CountMode.REPLACE if replace else CountMode.ADD,
            round=round,
            shelf_id=None if place is None else self.shelves[place],
        )

    async def send(
        self,
        stocktake: UUID,
        *lines: NewCount,
        by: Actor | None = None,
        sent_at: datetime | None = None,
        arrives: float | None = None,
    ) -> CountsRecorded:
        self.reach(max(line.counted_at for line in lines) if arrives is None else self.at(arrives))
        items = await self.books.desk.lookup.find(names_of(lines))
        async with self.books.office.work(by or self.clerk) as work:
            return await record_counts(work, stocktake_id=stocktake, lines=lines, items=items, sent_at=sent_at)

    async def count(self, stocktake: UUID, name: str, units: int, minute: float = 0, **how: Any) -> CountsRecorded:
        by = how.pop("by", None)
        return await self.send(stocktake, self.line(name, units, minute, **how), by=by)

    async def recount(self, stocktake: UUID, *names: str, by: Actor | None = None) -> RecountAsked:
        wanted: Sequence[UUID] | None = [self.skus[name] for name in names] or None
        async with self.books.office.work(by or self.clerk) as work:
            return await ask_recount(work, stocktake_id=stocktake, sku_ids=wanted)

    async def say(self, stocktake: UUID, name: str, decision: Decision | None, by: Actor, **more: Any) -> None:
        said = Settlement(self.skus[name], decision, **more)
        async with self.books.office.work(by) as work:
            await settle_count(work, stocktake_id=stocktake, settlement=said)

    async def confirm(
        self, stocktake: UUID, *, by: Actor | None = None, zero: bool = False, partial: bool = False
    ) -> StocktakeConfirmed:
        not_seen = NotSeen.ZERO if zero else NotSeen.LEAVE_OUT
        async with self.books.office.work(by or self.manager) as work:
            return await confirm_stocktake(work, stocktake_id=stocktake, not_seen=not_seen, partial=partial)

    async def cancel(self, stocktake: UUID, *, by: Actor | None = None) -> None:
        async with self.books.office.work(by or self.manager) as work:
            await cancel_stocktake(work, stocktake_id=stocktake)

    async def name(self, stocktake: UUID, line: UUID, name: str, units: int) -> int:
        """Headquarters says what a code is."""
        async with self.books.office.work(None) as work:
            return await count_named(work, [Named(self.store.id, stocktake, line, self.skus[name], units)])

    async def follow(self) -> int:
        """Let the follower look at everything that has arrived."""
        return await follow_counts(self.books.office)

    async def items(self, stocktake: UUID, *, by: Actor | None = None) -> dict[str, ItemRow]:
        """What somebody is told of a stocktake's SKUs, by their names."""
        names = {id: name for name, id in self.skus.items()}
        async with self.books.office.reading(by or self.manager) as reading:
            row = await reading.session.scalar(select(Stocktake).where(Stocktake.id == stocktake))
            assert row is not None
            return {names[each.sku_id]: each for each in await item_rows(reading, row)}

    async def rows(self, query: str, **values: object) -> list[Any]:
        """What PostgreSQL says; `:store` is the shop's own."""
        bound = {"store": self.store.id, **values} if ":store" in query else values
        async with self.books.sessions() as session:
            return list(await session.execute(text(query), bound))

    async def corrections(self) -> list[int]:
        """What counts have posted in the shop, in its order."""
        rows = await self.rows(
            "select quantity from movement where store_id = :store and kind = 'adjustment' order by recorded_at, xid"
        )
        return [row.quantity for row in rows]

    async def following(self, stocktake: UUID) -> UUID | None:
        """The stocktake that keeps another's late lines."""
        rows = await self.rows("select id from stocktake where follows_id = :id", id=stocktake)
        return as_uuid(rows[0].id) if rows else None
