"""A store whose counts cannot be settled holds up no other, is not forgotten, and is tried less and less often."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from api.ledger_check import check_ledger
from retail.kernel.content import as_uuid
from retail.stocktakes.following import LONGEST_PATIENCE, PATIENCE, CountFollower
from tests.retail.stocktakes.shop import Shop


async def counted(shop: Shop) -> None:
    await shop.move("tea", 100, -60)
    stocktake = await shop.start()
    await shop.count(stocktake, "tea", 100, 0)
    await shop.confirm(stocktake)


async def break_store(shop: Shop) -> None:
    """Let PostgreSQL refuse every adjustment of a store."""
    await run(
        shop,
        "create function broken() returns trigger language plpgsql as $$ begin raise exception 'broken'; end $$",
        "create trigger broken before insert on movement for each row"
        f" when (new.store_id = '{shop.store.id}' and new.kind = 'adjustment') execute function broken()",
    )


async def mend(shop: Shop) -> None:
    await run(shop, "drop trigger broken on movement", "drop function broken")


async def run(shop: Shop, *statements: str) -> None:
    async with shop.books.sessions.begin() as session:
        for each in statements:
            await session.execute(text(each))


async def test_a_store_that_cannot_be_settled_holds_up_no_other_and_catches_up(
    shop: Shop, module_database_url: str
) -> None:
    harbour = await Shop.open(shop.books)
    for each in (shop, harbour):
        await counted(each)
    follower = CountFollower(shop.books.office)
    await follower.follow()
    await break_store(shop)

    for each in (shop, harbour):
        shop.turn_to(1)
        await each.move("tea", -2, -30)  # sold before the count, told after it
    settled = await follower.follow()

    assert settled == 1
    assert (await shop.on_hand("tea"), await harbour.on_hand("tea")) == (98, 100)
    checked = await check_ledger(module_database_url)
    assert (checked.unsettled, checked.is_clean) == ([shop.store.id], False)
    assert f"✗ counts: those of store {shop.store.id} could not be settled" in checked.lines()

    await harbour.move("tea", -1, -20)  # the others go on, and what comes for the broken one is not forgotten
    await shop.move("tea", -1, -20)
    assert await follower.follow() == 1
    await mend(shop)
    assert await follower.follow() == 0  # its time has not come
    shop.turn_to(60)
    await shop.follow()  # another process knows of no failure, and tries at once

    assert (await shop.on_hand("tea"), await harbour.on_hand("tea")) == (100, 100)
    assert await follower.follow() == 0
    assert (await check_ledger(module_database_url)).unsettled == []


async def test_a_broken_store_is_tried_less_and_less_often(shop: Shop) -> None:
    await counted(shop)
    follower = CountFollower(shop.books.office)
    await follower.follow()
    await break_store(shop)
    shop.turn_to(1)
    await shop.move("tea", -2, -30)
    began = shop.books.clock.now

    waits = []
    for _ in range(12):
        await follower.follow()
        [(_, again)] = follower.tries.values()
        waits.append(again - shop.books.clock.now)
        shop.books.clock.now = again - timedelta(seconds=1)
        await follower.follow()  # too early: nothing is tried
        [(tries, _)] = follower.tries.values()
        assert tries == len(waits)
        shop.books.clock.now = again

    assert waits[:3] == [PATIENCE, PATIENCE * 2, PATIENCE * 4]
    assert waits[-1] == LONGEST_PATIENCE
    assert shop.books.clock.now - began < timedelta(hours=1)
    await mend(shop)
    assert await follower.follow() == 1
    assert follower.tries == {}
    assert await shop.on_hand("tea") == 100


async def test_what_came_while_a_store_was_behind_is_settled_with_it(shop: Shop) -> None:
    """Steps of one movement each: the cursor is far ahead when the store catches up."""
    await counted(shop)
    follower = CountFollower(shop.books.office, step=1)
    while await follower.follow():
        pass
    await break_store(shop)
    shop.turn_to(1)
    for minute in (-30, -29, -28, -27):
        await shop.move("tea", -1, minute)
    for _ in range(8):
        await follower.follow()
    assert await shop.on_hand("tea") == 96

    await mend(shop)
    shop.turn_to(30)
    await follower.follow()

    assert await shop.on_hand("tea") == 100
    assert (await shop.items(await newest(shop)))["tea"].settled == 4


async def newest(shop: Shop) -> UUID:
    [row] = await shop.rows("select id from stocktake where store_id = :store")
    return as_uuid(row.id)
