"""Whatever a shop sells, loses and learns late: once everything has arrived, its book is what stands on the shelf."""

import asyncio
import random
from dataclasses import dataclass, field
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retail.stocktakes.models import Decision
from tests.retail.insights.books import Books
from tests.retail.stocktakes.shop import Shop


@dataclass
class Days:
    """Some days of one SKU: what really stands there, what nobody has told the books yet, who has counted."""

    shop: Shop
    chance: random.Random
    shelf: int = 60
    minute: int = 0
    unsent: list[tuple[int, int]] = field(default_factory=list)
    unconfirmed: list[UUID] = field(default_factory=list)

    async def live(self, acts: int) -> None:
        await self.shop.move("tea", self.shelf, -60)
        for _ in range(acts):
            self.minute += self.chance.randint(1, 8 * 60)
            self.shop.turn_to(self.minute)
            await self.chance.choice((self.sell, self.sell, self.receive, self.steal, self.count, self.arrive))()
            if self.unconfirmed and self.chance.random() < 0.2:
                await self.confirm()

    async def sell(self) -> None:
        await self.trade(-min(self.chance.randint(1, 9), self.shelf))

    async def receive(self) -> None:
        await self.trade(self.chance.randint(1, 30))

    async def trade(self, units: int) -> None:
        """Half of it reaches the books at once, the rest when a phone finds a network."""
        self.shelf += units
        if units and self.chance.random() < 0.5:
            await self.shop.move("tea", units, self.minute)
        elif units:
            self.unsent.append((units, self.minute))

    async def steal(self) -> None:
        self.shelf -= min(self.chance.randint(1, 4), self.shelf)

    async def count(self) -> None:
        stocktake = await self.shop.start()
        await self.shop.count(stocktake, "tea", self.shelf, self.minute)
        self.unconfirmed.append(stocktake)

    async def confirm(self) -> None:
        stocktake = self.unconfirmed.pop(self.chance.randrange(len(self.unconfirmed)))
        await self.shop.say(stocktake, "tea", Decision.ACCEPT, self.shop.manager)
        await self.shop.confirm(stocktake)

    async def arrive(self) -> None:
        if self.unsent:
            await self.shop.move("tea", *self.unsent.pop(self.chance.randrange(len(self.unsent))))
        if self.chance.random() < 0.5:
            await asyncio.gather(self.shop.follow(), self.shop.follow())

    async def end(self) -> None:
        """Somebody counts a last time; then everything arrives that was under way."""
        self.minute += 1
        await self.count()
        while self.unconfirmed:
            await self.confirm()
        while self.unsent:
            await self.arrive()
        while await self.shop.follow():
            pass


async def story(books: Books, seed: int) -> None:
    chance = random.Random(seed)
    days = Days(await Shop.open(books), chance)

    await days.live(chance.randint(5, 30))
    await days.end()

    assert await days.shop.on_hand("tea") == days.shelf


async def test_the_book_is_the_shelf_once_everything_has_arrived(books: Books) -> None:
    loop = asyncio.get_running_loop()

    @settings(max_examples=12, deadline=None, database=None, suppress_health_check=list(HealthCheck), print_blob=True)
    @given(seed=st.integers(0, 2**32))
    def any_story(seed: int) -> None:
        asyncio.run_coroutine_threadsafe(story(books, seed), loop).result(60)

    await asyncio.to_thread(any_story)
