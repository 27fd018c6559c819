"""Whether an id is a sale's: told alike for every way to name one, at a cost that does not grow with what was sold."""

from uuid import UUID

import asyncpg
import pytest

SOLD = 20_000
STORE, SKU = UUID(int=1), UUID(int=2)
MANY_SALES = """
    insert into movement (store_id, sku_id, movement_id, version, kind, quantity, reserved, counter_account,
        balance, occurred_at, recorded_at, source, document_id)
    select $1, $2, gen_random_uuid(), n, 'sale', -1, 0, 'customer', -n, now(), now(), 'till', gen_random_uuid()
    from generate_series($3::int, $4::int) n
    """
FOLLOWED = """
    with known as (insert into basket (store_id, document_id) select store_id, document_id from movement)
    insert into projection (name, xid) values ('sales', pg_current_xact_id())
    """


async def names_sale(books: asyncpg.Connection, id: UUID) -> bool:
    return bool(await books.fetchval("select names_sale($1, $2)", STORE, id))


@pytest.mark.parametrize("column", ["movement_id", "document_id"])
async def test_an_event_and_a_document_are_known_before_and_after_the_sums_have_followed(
    database_url: str, column: str
) -> None:
    books = await asyncpg.connect(database_url)
    await books.execute("set session_replication_role = replica")
    await books.execute(MANY_SALES, STORE, SKU, 1, 10)
    await books.execute(FOLLOWED)
    await books.execute(MANY_SALES, STORE, SKU, 11, 20)

    ids = [row[0] for row in await books.fetch(f"select {column} from movement")]  # noqa: S608 -- of this test

    assert [await names_sale(books, each) for each in ids] == [True] * 20
    assert not await names_sale(books, UUID(int=7))
    await books.close()


async def test_a_thing_that_is_sold_all_day_makes_the_look_up_no_slower(database_url: str) -> None:
    books = await asyncpg.connect(database_url)
    await books.execute("set session_replication_role = replica")
    await books.execute(MANY_SALES, STORE, SKU, 1, SOLD)
    await books.execute(FOLLOWED)
    await books.execute("vacuum analyze")
    await names_sale(books, UUID(int=7))

    plan = await books.fetch("explain (analyze, buffers) select names_sale($1, $2)", STORE, UUID(int=7))

    pages = sum(int(word.partition("=")[2]) for word in plan[1][0].split() if word.startswith(("hit=", "read=")))
    assert 0 < pages < 40, plan  # of some hundred that hold what was sold
    await books.close()
