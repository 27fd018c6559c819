"""The grid of heat that a process keeps, and what its watchers have not seen of it yet.

A watcher holds no queue, only the tick that it has seen: whoever is slow is told once of all that
changed meanwhile. Watchers with the same sight at the same tick are given the same object, so that
it is projected and encoded once.
"""

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from retail.insights.queries import CellKey
from schema.insights.types import Heat, HeatCell

TICKS_REMEMBERED = 60
NOTHING_SEEN = 0


class Sight(NamedTuple):
    """The stores that a watcher may see and asks for, and the categories (None: any)."""

    stores: frozenset[UUID]
    categories: frozenset[UUID] | None

    def shows(self, key: CellKey) -> bool:
        """Say whether a cell is in sight."""
        return key[0] in self.stores and (self.categories is None or key[1] in self.categories)


@dataclass(slots=True)
class Grid:
    """Every cell as it was at the last tick; ticks count from 1, and only when something changed."""

    tick: int = NOTHING_SEEN
    _as_of: datetime | None = None
    _cells: dict[CellKey, HeatCell] = field(default_factory=dict)
    _news: deque[frozenset[CellKey]] = field(default_factory=lambda: deque(maxlen=TICKS_REMEMBERED))
    _items: dict[tuple[Sight, int], Heat] = field(default_factory=dict)
    _ticked: asyncio.Event = field(default_factory=asyncio.Event)

    def turn(self, as_of: datetime, cells: Iterable[HeatCell]) -> None:
        """Take in cells as they are now and, if any differs, wake the watchers."""
        fresh = {(cell.store_id, cell.category_id): cell for cell in cells}
        changed = frozenset(key for key, cell in fresh.items() if self._cells.get(key) != cell)
        if not changed and self.tick != NOTHING_SEEN:
            return
        self._cells.update(fresh)
        self._as_of = as_of
        self._news.append(changed)
        self._items.clear()
        self.tick += 1
        self._ticked.set()
        self._ticked = asyncio.Event()

    async def newer_than(self, tick: int) -> None:
        """Wait until there is something that a watcher has not seen."""
        while self.tick <= tick:
            await self._ticked.wait()

    def item(self, sight: Sight, since: int) -> Heat:
        """Return the cells in sight that changed after a tick; all of them if that is too long ago."""
        item = self._items.get((sight, since))
        if item is None:
            shown = [self._cells[key] for key in sorted(self._changed(since)) if sight.shows(key)]
            item = self._items[(sight, since)] = Heat(as_of=self._at, cells=shown)
        return item

    @property
    def _at(self) -> datetime:
        if self._as_of is None:
            raise RuntimeError("nothing has been computed yet: wait for newer_than(NOTHING_SEEN)")
        return self._as_of

    def _changed(self, since: int) -> Iterable[CellKey]:
        missed = self.tick - since
        if missed > len(self._news):
            return self._cells
        return frozenset().union(*list(self._news)[len(self._news) - missed :])
