"""The context of an operation: who asks, and where to read, work and listen."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from strawberry.dataloader import DataLoader
from strawberry.types import Info as StrawberryInfo

from retail.access.actor import Actor
from retail.access.work import Reading
from retail.catalogue.costs import costs
from retail.catalogue.lookup import Item
from retail.inventory.desk import Desk
from retail.push.endpoints import PushRules
from retail.returns.queries import quarantined
from schema.kernel.live import StockFeed


@dataclass(slots=True)
class Context:
    """One operation's (over a socket: one connection's) surroundings.

    Loaders batch but never remember: over a socket they would go stale. `session_key` names the asker's session and
    opens nothing. `offline_hours` is how long a device may show what it kept without a word from us.
    """

    actor: Actor
    desk: Desk
    feed: StockFeed
    session_key: str = field(default="", kw_only=True)
    push: PushRules = field(default=PushRules(), kw_only=True)
    offline_hours: int = field(default=24, kw_only=True)
    items: DataLoader[UUID, Item | None] = field(init=False)
    costs: DataLoader[UUID, int | None] = field(init=False)
    quarantined: DataLoader[tuple[UUID, UUID], int] = field(init=False)

    def __post_init__(self) -> None:
        self.items = DataLoader(self._items, cache=False)
        self.costs = DataLoader(self._costs, cache=False)
        self.quarantined = DataLoader(self._quarantined, cache=False)

    def reading(self) -> AbstractAsyncContextManager[Reading]:
        """Open one short session for reading in the asker's name."""
        return self.desk.office.reading(self.actor)

    async def _items(self, sku_ids: list[UUID]) -> list[Item | None]:
        found = await self.desk.lookup.find(sku_ids)
        return [found.get(sku_id) for sku_id in sku_ids]

    async def _costs(self, sku_ids: list[UUID]) -> list[int | None]:
        async with self.reading() as reading:
            found = await costs(reading, sku_ids)
        return [found.get(sku_id) for sku_id in sku_ids]

    async def _quarantined(self, keys: list[tuple[UUID, UUID]]) -> list[int]:
        async with self.reading() as reading:
            found = await quarantined(reading.session, keys)
        return [found.get(key, 0) for key in keys]


Info = StrawberryInfo[Context, Any]
