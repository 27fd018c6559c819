"""What the simulator knows of the chain, all of it learned through the API: stores, SKUs, levels."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from api.demo.goods import Good, goods
from api.demo.places import City, Shop
from api.demo.rhythm import shops
from api.replay.channel import Channel, ChannelRefused

_STORES = """
query Stores($after: String) {
  stores(first: 100, after: $after) { edges { node { id code } } pageInfo { hasNextPage endCursor } }
}"""
_SKUS = """
query Skus($after: String) {
  skus(first: 100, after: $after) { edges { node { id code } } pageInfo { hasNextPage endCursor } }
}"""
_GRID = "query Grid($stores: [UUID!]) { stockGrid(filter: {storeIds: $stores}) { storeIds skuIds rows } }"
_ON_HAND, _RESERVED, _SAFETY = 2, 3, 5
"""Places in a row of the grid."""


@dataclass(slots=True)
class Level:
    """What is on hand, promised and kept for safety, as far as the simulator has heard."""

    on_hand: int
    reserved: int
    safety: int

    @property
    def available(self) -> int:
        """Return what may still be promised."""
        return self.on_hand - self.reserved


@dataclass(frozen=True, slots=True)
class Place:
    """A shop of the demo as the API knows it."""

    id: str
    city: City
    shop: Shop


@dataclass(slots=True)
class Market:
    """Shops, goods and levels; `refresh` reads the levels again."""

    channel: Channel
    places: list[Place] = field(default_factory=list)
    levels: dict[tuple[str, str], Level] = field(default_factory=dict)
    _goods: dict[str, Good] = field(default_factory=dict)
    _sku_ids: dict[str, str] = field(default_factory=dict)

    async def learn(self) -> None:
        """Find the demo's shops and goods; raises `ChannelRefused` if they are not there."""
        stores = await self._all(_STORES, "stores")
        self._sku_ids = await self._all(_SKUS, "skus")
        self.places = [
            Place(stores[city.code_of(shop)], city, shop) for city, shop in shops() if city.code_of(shop) in stores
        ]
        self._goods = {self._sku_ids[good.code]: good for good in goods() if good.code in self._sku_ids}
        if not self.places or not self._goods:
            raise ChannelRefused("This chain is not the demo: none of its shops or goods are here.")
        await self.refresh()

    async def refresh(self) -> None:
        """Read every level of the demo's shops."""
        for start in range(0, len(self.places), 8):
            ids = [place.id for place in self.places[start : start + 8]]
            grid = (await self.channel.ask(_GRID, {"stores": ids}))["stockGrid"]
            for row in grid["rows"]:
                sku_id = grid["skuIds"][row[1]]
                if sku_id in self._goods:
                    level = Level(row[_ON_HAND], row[_RESERVED], row[_SAFETY])
                    self.levels[grid["storeIds"][row[0]], sku_id] = level

    def sku_id(self, good: Good) -> str:
        """Return an SKU's id."""
        return self._sku_ids[good.code]

    def level(self, place: Place, good: Good) -> Level:
        """Return what is known of a level."""
        return self.levels.setdefault((place.id, self.sku_id(good)), Level(0, 0, 0))

    def short(self, place: Place) -> Mapping[Good, Level]:
        """Return what a shop has too little of."""
        known = {good: self.levels.get((place.id, sku_id)) for sku_id, good in self._goods.items()}
        return {good: level for good, level in known.items() if level and level.available < level.safety}

    def hear(self, place: Place, lines: list[dict[str, Any]]) -> None:
        """Take the balances of an answer in."""
        for line in lines:
            level = self.levels.get((place.id, line["skuId"]))
            if level is not None:
                level.on_hand = line["onHand"]

    async def _all(self, document: str, name: str) -> dict[str, str]:
        """Return the ids of every page by code."""
        found: dict[str, str] = {}
        after = None
        while True:
            page = (await self.channel.ask(document, {"after": after}))[name]
            found.update({edge["node"]["code"]: edge["node"]["id"] for edge in page["edges"]})
            if not page["pageInfo"]["hasNextPage"]:
                return found
            after = page["pageInfo"]["endCursor"]
