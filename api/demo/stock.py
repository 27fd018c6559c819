"""What the demo chain has on its shelves: opening stock, safety stock, and the sales since then.

Everything is drawn from one seeded chance, so the same hour gives the same chain.
"""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from api.demo.goods import Good
from api.demo.places import CITIES, DAY_CUTOFF, ZONE, City, Shop
from api.demo.rhythm import PEAK_BASKETS_AN_HOUR, demand_a_day, hour_share, range_of, shops
from retail.inventory.intake import Origin, entry
from retail.inventory.ledger import Entry
from retail.inventory.models import Account, MovementKind, Source
from retail.kernel.base import new_id
from retail.kernel.clock import business_day

_SAFETY_DAYS = 0.6
_OPENING_DAYS = (1.6, 3.4)
_WAREHOUSE_DAYS = 5
_SHORT = 0.05
"""How many of the levels open below their safety stock."""
_STEP = timedelta(minutes=5)
_FILLED_AT = time(6, 0)
_HISTORY = timedelta(hours=6)


def history_begins(now: datetime) -> datetime:
    """Return the morning at which the shelves were filled: of the business day six hours ago."""
    day = business_day(now - _HISTORY, ZONE, DAY_CUTOFF)
    return datetime.combine(day, _FILLED_AT, ZoneInfo(ZONE))


def is_open(shop: Shop, instant: datetime) -> bool:
    """Say whether a shop is open; some close after midnight."""
    local = instant.astimezone(ZoneInfo(ZONE)).time()
    if shop.opens_at < shop.closes_at:
        return shop.opens_at <= local < shop.closes_at
    return local >= shop.opens_at or local < shop.closes_at


@dataclass(slots=True)
class Shelves:
    """The demo's stock as it is written down: levels so far and the ledger's entries."""

    stores: Mapping[str, UUID]
    skus: Mapping[str, UUID]
    keeper_id: UUID
    till_id: UUID
    now: datetime
    chance: random.Random = field(default_factory=lambda: random.Random("青柚"))  # noqa: S311 -- a demo, no secret
    entries: list[Entry] = field(default_factory=list)
    _left: dict[tuple[str, str], int] = field(default_factory=dict)

    def fill(self) -> Mapping[str, Mapping[UUID, int]]:
        """Write every opening down; return the safety stock of each store."""
        safety: dict[str, Mapping[UUID, int]] = {}
        for city, shop in shops():
            safety[city.code_of(shop)] = self._fill_shop(city, shop)
        for city in CITIES:
            safety[city.code_of(city.warehouse)] = self._fill_warehouse(city)
        return safety

    def trade(self) -> None:
        """Write down what customers bought from the opening until now, never more than was there."""
        sold: list[Entry] = []
        for city, shop in shops():
            instant = history_begins(self.now)
            while instant < self.now:
                if is_open(shop, instant):
                    sold += self._five_minutes(city, shop, instant)
                instant += _STEP
        self.entries += sorted(sold, key=lambda each: each.occurred_at)

    def _fill_shop(self, city: City, shop: Shop) -> Mapping[UUID, int]:
        safety = {}
        for good, a_day in demand_a_day(city, shop).items():
            keep = max(2, math.ceil(a_day * _SAFETY_DAYS))
            units = keep + round(a_day * self.chance.uniform(*_OPENING_DAYS)) + self.chance.randint(1, 4)
            if self.chance.random() < _SHORT:
                units = self.chance.randint(0, keep - 1)
            self._open(city.code_of(shop), good, units)
            safety[self.skus[good.code]] = keep
        return safety

    def _fill_warehouse(self, city: City) -> Mapping[UUID, int]:
        safety = {}
        needs = [demand_a_day(city, shop) for shop in city.shops]
        for good in range_of(city.code).goods:
            if good.made_here:
                continue
            a_day = sum(need[good] for need in needs)
            case = good.case_units or 10
            self._open(city.code_of(city.warehouse), good, case * math.ceil(a_day * _WAREHOUSE_DAYS / case))
            safety[self.skus[good.code]] = math.ceil(a_day * 1.5)
        return safety

    def _open(self, store: str, good: Good, units: int) -> None:
        self._left[store, good.code] = units
        if units:
            self.entries.append(self._entry(history_begins(self.now), store, good, units, document=new_id()))

    def _five_minutes(self, city: City, shop: Shop, start: datetime) -> Sequence[Entry]:
        expected = PEAK_BASKETS_AN_HOUR * shop.busy * hour_share(start) * _STEP / timedelta(hours=1)
        baskets = int(expected) + (self.chance.random() < expected % 1)
        store = city.code_of(shop)
        sold = []
        for _ in range(baskets):
            at = start + self.chance.random() * min(_STEP, self.now - start)
            document = new_id()
            for good, wanted in range_of(city.code).basket(self.chance).items():
                units = min(wanted, self._left[store, good.code])
                if units:
                    self._left[store, good.code] -= units
                    sold.append(self._entry(at, store, good, -units, document=document))
        return sold

    def _entry(self, at: datetime, store: str, good: Good, units: int, *, document: UUID) -> Entry:
        sale = units < 0
        return entry(
            Origin(at, "till-1" if sale else None, None, None, Source.TILL if sale else Source.ERP),
            self.now,
            store_id=self.stores[store],
            sku_id=self.skus[good.code],
            kind=MovementKind.SALE if sale else MovementKind.OPENING,
            quantity=units,
            counter=Account.CUSTOMER if sale else Account.OPENING,
            document_id=document,
            actor_id=self.till_id if sale else self.keeper_id,
            amount=-units * good.price_fen if sale else None,
        )
