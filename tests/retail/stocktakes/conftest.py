"""A chain with a shop of its own for each story."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.retail.insights.books import Books
from tests.retail.stocktakes.shop import Shop


@pytest_asyncio.fixture(scope="module")
async def books(module_database_url: str) -> AsyncIterator[Books]:
    opened = await Books.open(module_database_url)
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def shop(books: Books) -> Shop:
    return await Shop.open(books)
