"""Finding an SKU by what was scanned or typed, from memory when it was asked for lately.

A code is a GTIN (with any leading zeros), an SKU code, or what a scale of the chain's has printed (see
`catalogue.in_store`). Remembered entries are dropped after a minute, or at once when the catalogue announces a change.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select

from retail.access.work import Sessions
from retail.catalogue.codes import is_gtin, plain_gtin
from retail.catalogue.in_store import Measure, Pattern, Weighed, read, units_of
from retail.catalogue.models import Price, Sku, SkuCode
from retail.catalogue.patterns import in_store_patterns
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
    """An SKU as it was named: its id, how many base units the named code stands for, prices.

    `labelled_fen` is what a scale has printed as the price of all of them.
    """

    sku_id: UUID
    pack_units: int
    prices: tuple[PriceSpan, ...]
    labelled_fen: int | None = None

    def price(self, store_id: UUID, at: datetime) -> int | None:
        """Return the price of one base unit in fen: the store's own before the chain's."""
        return _price(self.prices, store_id, at)

    def was_listed(self, store_id: UUID, fen: int, by: datetime) -> bool:
        """Say whether this was the list price of one base unit here at any time, until then."""
        return any(
            span.fen == fen and span.store_id in {None, store_id} and span.valid_from <= by for span in self.prices
        )


def may_be_weighed(name: Name) -> bool:
    """Say whether a name could be a code of a scale's: cheap, for the hot path."""
    return isinstance(name, str) and name.startswith(("2", "02")) and is_gtin(name)


def _package(item: Item, reading: Weighed, store_id: UUID | None, at: datetime) -> Item | None:
    """Return what a code of a scale's stands for, None if it takes a price and there is none."""
    unit_fen = _price(item.prices, store_id, at)
    units = units_of(reading, pack_units=item.pack_units, unit_fen=unit_fen)
    if units is None:
        return None
    fen = reading.value if reading.measure is Measure.FEN and reading.value else None
    return replace(item, pack_units=units, labelled_fen=fen)


def _price(prices: Iterable[PriceSpan], store_id: UUID | None, at: datetime) -> int | None:
    """Return the price in force at an instant: of those that began, a store's own before the chain's."""
    best: PriceSpan | None = None
    for span in prices:
        if span.store_id not in (None, store_id):
            continue
        if span.valid_from > at or (span.valid_until is not None and span.valid_until <= at):
            continue
        if best is None or _rank(span) > _rank(best):
            best = span
    return best.fen if best else None


def _rank(span: PriceSpan) -> tuple[bool, datetime]:
    return span.store_id is not None, span.valid_from


@dataclass(slots=True)
class Lookup:
    """The catalogue as the hot path sees it."""

    sessions: Sessions
    clock: Clock = utc_now
    _items: dict[Name, tuple[Item, datetime]] = field(default_factory=dict)
    _patterns: tuple[tuple[Pattern, ...], datetime] | None = None
    _changes: int = 0

    async def find(
        self, names: Iterable[Name], *, store_id: UUID | None = None, at: datetime | None = None
    ) -> Mapping[Name, Item]:
        """Return the items of SKU ids and codes; what does not exist is left out.

        A code of weighed goods stands for as many base units as were weighed. One with a price on it stands for as
        many as that buys by the prices of a store (else the chain's) at an instant (else now).
        """
        wanted = list(names)
        weighed: dict[Name, Weighed] = {}
        if any(may_be_weighed(name) for name in wanted):
            patterns = await self.patterns()
            readings = ((name, read(name, patterns)) for name in wanted if isinstance(name, str))
            weighed = {name: reading for name, reading in readings if reading is not None}
        plain = await self._find([weighed[name].base if name in weighed else name for name in wanted])
        if not weighed:
            return plain
        found = {name: plain[name] for name in wanted if name not in weighed and name in plain}
        for name, reading in weighed.items():
            item = plain.get(reading.base)
            package = None if item is None else _package(item, reading, store_id, at or self.clock())
            if package is not None:
                found[name] = package
        return found

    async def patterns(self) -> tuple[Pattern, ...]:
        """Return how the chain's scales write their codes."""
        held, now, changes = self._patterns, self.clock(), self._changes
        if held is not None and held[1] > now:
            return held[0]
        async with self.sessions() as session:
            fresh = tuple(await in_store_patterns(session))
        if changes == self._changes:
            self._patterns = (fresh, now + REMEMBERED_FOR)
        return fresh

    async def _find(self, names: Iterable[Name]) -> Mapping[Name, Item]:
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
        self._patterns = None

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
