"""Finding an SKU by what was scanned or typed, from memory when it was asked for lately.

A code is a GTIN (with any leading zeros) or an SKU code. Remembered entries are dropped after a
minute, or at once when the catalogue announces a change.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select

from retail.access.work import Sessions
from retail.catalogue.codes import is_gtin, plain_gtin
from retail.catalogue.models import Price, Sku, SkuCode
from retail.kernel.clock import Clock, utc_now
from retail.kernel.content import as_uuid

REMEMBERED_FOR = timedelta(seconds=60)
REMEMBERED_AT_MOST = 50_000

Name = UUID | str


@dataclass(frozen=True, slots=True)
class PriceSpan:
    """A price in fen a base unit, in one store or (None) the chain, from until."""

    store_id: UUID | None
    fen: int
    valid_from: datetime
    valid_until: datetime | None


@dataclass(frozen=True, slots=True)
class Item:
    """An SKU as it was named: its id, how many base units the named code stands for, prices."""

    sku_id: UUID
    pack_units: int
    prices: tuple[PriceSpan, ...]

    def price(self, store_id: UUID, at: datetime) -> int | None:
        """Return the price of one base unit in fen: the store's own before the chain's."""
        best: PriceSpan | None = None
        for span in self.prices:
            if span.store_id not in (None, store_id):
                continue
            if span.valid_from > at or (span.valid_until is not None and span.valid_until <= at):
                continue
            if best is None or _rank(span) > _rank(best):
                best = span
        return best.fen if best else None

    def was_listed(self, store_id: UUID, fen: int, by: datetime) -> bool:
        """Say whether this was the list price of one base unit here at any time, until then."""
        return any(
            span.fen == fen and span.store_id in {None, store_id} and span.valid_from <= by for span in self.prices
        )


def _rank(span: PriceSpan) -> tuple[bool, datetime]:
    return span.store_id is not None, span.valid_from


@dataclass(slots=True)
class Lookup:
    """The catalogue as the hot path sees it."""

    sessions: Sessions
    clock: Clock = utc_now
    _items: dict[Name, tuple[Item, datetime]] = field(default_factory=dict)
    _changes: int = 0

    async def find(self, names: Iterable[Name]) -> Mapping[Name, Item]:
        """Return the items of SKU ids and codes; what does not exist is left out."""
        now = self.clock()
        found: dict[Name, Item] = {}
        missing: list[Name] = []
        for name in names:
            held = self._items.get(name)
            if held is not None and held[1] > now:
                found[name] = held[0]
            else:
                missing.append(name)
        if missing:
            changes = self._changes
            fresh = await self._read(set(missing))
            found.update(fresh)
            if changes != self._changes:
                return found  # it may have been read before the change: good for now, not to be remembered
            if len(self._items) + len(fresh) > REMEMBERED_AT_MOST:
                self._items.clear()
            until = now + REMEMBERED_FOR
            self._items.update({name: (item, until) for name, item in fresh.items()})
        return found

    def forget(self) -> None:
        """Read everything again at the next question."""
        self._changes += 1
        self._items.clear()

    async def _read(self, names: set[Name]) -> dict[Name, Item]:
        ids = {name for name in names if isinstance(name, UUID)}
        # PostgreSQL does not take a null byte, so no code holds one.
        texts = {name for name in names if isinstance(name, str) and "\0" not in name}
        gtins = {name: plain_gtin(name) for name in texts if is_gtin(name)}
        async with self.sessions() as session:
            skus = await session.execute(select(Sku.id, Sku.code).where(or_(Sku.id.in_(ids), Sku.code.in_(texts))))
            codes = await session.execute(
                select(SkuCode.gtin, SkuCode.sku_id, SkuCode.pack_units).where(SkuCode.gtin.in_(set(gtins.values())))
            )
            named: dict[Name, tuple[UUID, int]] = {}
            for sku_id, code in skus:
                plain = as_uuid(sku_id)
                named.update({name: (plain, 1) for name in (plain, code) if name in names})
            packs = {row.gtin: (as_uuid(row.sku_id), row.pack_units) for row in codes}
            named.update({name: packs[gtin] for name, gtin in gtins.items() if gtin in packs})
            prices: dict[UUID, list[PriceSpan]] = {}
            spans = await session.scalars(
                select(Price).where(Price.sku_id.in_({sku_id for sku_id, _ in named.values()}))
            )
            for row in spans:
                store_id = as_uuid(row.store_id) if row.store_id else None
                prices.setdefault(as_uuid(row.sku_id), []).append(
                    PriceSpan(store_id, row.fen, row.valid_from, row.valid_until)
                )
        return {name: Item(sku_id, pack, tuple(prices.get(sku_id, ()))) for name, (sku_id, pack) in named.items()}
