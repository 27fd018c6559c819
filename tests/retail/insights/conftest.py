"""A chain with empty books for each story."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.retail.insights.books import Books


@pytest_asyncio.fixture
async def books(database_url: str) -> AsyncIterator[Books]:
    opened = await Books.open(database_url)
    yield opened
    await opened.close()
