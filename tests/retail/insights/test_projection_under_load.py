"""The sums keep up when a channel sends a day's trade at once."""

import asyncio

from retail.insights.projection import STEP, follow_ledger
from tests.retail.insights.books import Books, Line

AT_ONCE = 4000
PATIENCE = 8.0


async def test_a_step_of_many_baskets_takes_a_moment_and_not_the_square_of_their_number(books: Books) -> None:
    store = await books.open_store("望京店")
    skus = list((await books.stock_catalogue({"drinks": ["tea", "milk"]})).values())
    for _ in range(STEP // AT_ONCE):
        lines = (Line(store.id, skus[n % 2], 1, books.clock(), fen=100) for n in range(AT_ONCE))
        await books.record(*lines)

    async with asyncio.timeout(PATIENCE), books.office.work(None) as work:
        added = await follow_ledger(work)

    assert added == STEP
