"""Whatever arrives late: sales, deliveries, counts, names of codes, whole stocktakes; the book is true afterwards."""

import asyncio

import pytest
from sqlalchemy import text

from retail.access.permissions import Role
from retail.kernel.refusal import NotPermitted
from retail.stocktakes.errors import StocktakeClosed
from retail.stocktakes.models import Decision
from retail.stocktakes.recording import CountOutcome
from tests.retail.stocktakes.shop import Shop


async def test_a_sale_from_before_the_count_that_arrives_after_it_is_not_subtracted_twice(shop: Shop) -> None:
    await shop.move("tea", 100, -60)
    stocktake = await shop.start()
    await shop.count(stocktake, "tea", 98, 0)
    shop.turn_to(60)
    await shop.confirm(stocktake)
    assert await shop.on_hand("tea") == 98

    await shop.move("tea", -2, -30)  # sold before the count, on a phone that was offline
    await shop.move("tea", -1, 30)
    settled = await shop.follow()

    assert settled == 1
    assert await shop.on_hand("tea") == 97
    item = (await shop.items(stocktake))["tea"]
    assert (item.difference, item.settled) == (-2, 2)
    assert await shop.follow() == 0


async def test_a_late_fact_between_two_counts_is_settled_at_the_second(shop: Shop) -> None:
    await shop.move("tea", 100, -60)
    for minute, found in ((0, 100), (60, 90)):
        shop.turn_to(minute)
        stocktake = await shop.start()
        await shop.count(stocktake, "tea", found, minute)
        await shop.say(stocktake, "tea", Decision.ACCEPT, shop.manager)
        await shop.confirm(stocktake)

    shop.turn_to(120)
    await shop.move("tea", -7, 30)
    await shop.follow()

    assert await shop.on_hand("tea") == 90
    settled = await shop.rows("select quantity, occurred_at from movement where store_id = :store and quantity = 7")
    assert [(row.quantity, row.occurred_at) for row in settled] == [(7, shop.at(60))]


async def test_an_earlier_count_that_is_confirmed_later_leaves_the_later_one_true(shop: Shop) -> None:
    await shop.move("tea", 100, -60)
    early, late = await shop.start(), await shop.start()
    await shop.count(early, "tea", 98, 0)
    await shop.count(late, "tea", 97, 30)
    shop.turn_to(60)

    await shop.confirm(late)
    await shop.confirm(early)

    assert await shop.on_hand("tea") == 97
    assert await shop.follow() == 0


async def test_two_followers_and_a_kill_between_settle_once(shop: Shop) -> None:
    await shop.move("tea", 100, -60)
    await shop.move("milk", 50, -60)
    stocktake = await shop.start()
    await shop.send(stocktake, shop.line("tea", 98), shop.line("milk", 50))
    shop.turn_to(60)
    await shop.confirm(stocktake)
    await shop.move("tea", -2, -30)
    await shop.move("milk", 6, -20)

    await asyncio.gather(*(shop.follow() for _ in range(4)))
    # A kill before the cursor moved: everything is looked at again.
    async with shop.books.sessions.begin() as session:
        await session.execute(text("update projection set xid = '3' where name = 'counts'"))
    await shop.follow()

    assert (await shop.on_hand("tea"), await shop.on_hand("milk")) == (98, 50)
    assert sorted(await shop.corrections()) == [-6, -2, 2]


async def test_a_line_that_comes_after_the_close_is_part_of_what_was_counted_then(shop: Shop) -> None:
    await shop.move("tea", 100, -60)
    stocktake = await shop.start()
    await shop.count(stocktake, "tea", 60, 0, place=None)
    await shop.say(stocktake, "tea", Decision.ACCEPT, shop.manager)
    await shop.confirm(stocktake)
    assert await shop.on_hand("tea") == 60

    await shop.shelf("B1")
    late = await shop.count(stocktake, "tea", 39, -5, place="B1", by=shop.other)
    following = await shop.following(stocktake)

    assert following is not None
    assert [each.outcome for each in late.outcomes] == [CountOutcome.LATE]
    assert late.stocktake_id == following
    assert (await shop.items(following))["tea"].counted == 99
    await shop.say(following, "tea", Decision.ACCEPT, await shop.hire(Role.STORE_MANAGER))
    await shop.confirm(following)
    assert await shop.on_hand("tea") == 99
    assert await shop.follow() == 0


async def test_a_second_late_line_joins_the_same_following_stocktake(shop: Shop) -> None:
    stocktake = await shop.start()
    await shop.confirm(stocktake)

    first = await shop.count(stocktake, "tea", 1)
    second = await shop.count(stocktake, "tea", 1, 1)
    await shop.confirm(first.stocktake_id)
    third = await shop.count(stocktake, "tea", 1, 2)

    assert first.stocktake_id == second.stocktake_id != third.stocktake_id
    assert (await shop.items(third.stocktake_id))["tea"].counted == 3


async def test_a_cancelled_stocktake_posts_nothing_and_keeps_what_was_counted(shop: Shop) -> None:
    await shop.move("tea", 100, -60)
    stocktake = await shop.start()
    await shop.count(stocktake, "tea", 40)
    with pytest.raises(NotPermitted):
        await shop.cancel(stocktake, by=shop.other)
    await shop.cancel(stocktake, by=shop.clerk)

    late = await shop.count(stocktake, "tea", 1, 5)

    assert [each.outcome for each in late.outcomes] == [CountOutcome.KEPT]
    assert (await shop.items(stocktake))["tea"].counted == 41
    assert await shop.on_hand("tea") == 100
    with pytest.raises(StocktakeClosed):
        await shop.confirm(stocktake)


async def test_a_count_outside_any_stocktake_stands_beside_one_that_is_confirmed_later(shop: Shop) -> None:
    await shop.move("tea", 100, -60)
    stocktake = await shop.start()
    await shop.count(stocktake, "tea", 98, 0)
    await shop.set_to("tea", 97, 30)
    shop.turn_to(60)

    await shop.confirm(stocktake)
    assert await shop.on_hand("tea") == 97

    await shop.move("tea", -5, 10)
    await shop.move("tea", -1, 40)
    await shop.follow()
    assert await shop.on_hand("tea") == 96


async def test_two_counts_of_one_instant_do_not_pull_the_book_to_and_fro(shop: Shop) -> None:
    await shop.move("tea", 100, -60)
    first, second = await shop.start(), await shop.start()
    await shop.count(first, "tea", 99, 0)
    await shop.count(second, "tea", 98, 0, by=shop.other)
    await shop.confirm(first)
    await shop.confirm(second)
    await shop.move("tea", -3, -10)

    settled = [await shop.follow() for _ in range(3)]

    assert settled == [1, 0, 0]
    assert await shop.on_hand("tea") == 98


async def test_a_code_that_is_named_later_counts_for_when_it_was_found(shop: Shop) -> None:
    await shop.move("tea", 10, -60)
    stocktake = await shop.start()
    await shop.send(stocktake, shop.line("tea", 7), shop.line("mystery", 3))
    (line,) = await shop.rows("select id from stocktake_line where store_id = :store and code = 'mystery'")

    assert await shop.name(stocktake, line.id, "tea", 3) == 1
    assert await shop.name(stocktake, line.id, "tea", 3) == 0, "once"

    assert (await shop.items(stocktake))["tea"].counted == 10


async def test_a_code_that_is_named_after_the_close_is_counted_in_what_follows(shop: Shop) -> None:
    await shop.move("tea", 10, -60)
    stocktake = await shop.start()
    await shop.send(stocktake, shop.line("tea", 8), shop.line("mystery", 2))
    await shop.confirm(stocktake)
    (line,) = await shop.rows("select id from stocktake_line where store_id = :store and code = 'mystery'")

    await shop.name(stocktake, line.id, "tea", 2)
    following = await shop.following(stocktake)
    assert following is not None
    await shop.confirm(following)

    assert await shop.on_hand("tea") == 10


async def test_a_late_line_replaces_the_count_that_was_posted_without_it(shop: Shop) -> None:
    await shop.move("tea", 100, -60)
    stocktake = await shop.start()
    await shop.count(stocktake, "tea", 97, 0)
    shop.turn_to(10)
    await shop.confirm(stocktake)
    await shop.shelf("B1")
    late = await shop.count(stocktake, "tea", 2, 5, place="B1", by=shop.other)
    await shop.confirm(late.stocktake_id)

    anchors = await shop.rows(
        "select document_id, void, counted from count_anchor where store_id = :store order by void"
    )

    assert [(each.document_id, each.void, each.counted) for each in anchors] == [
        (late.stocktake_id, False, 99),
        (stocktake, True, 97),
    ]
    assert await shop.on_hand("tea") == 99


async def test_a_database_that_counts_its_transactions_anew_is_followed_from_the_beginning(shop: Shop) -> None:
    await shop.move("tea", 100, -60)
    stocktake = await shop.start()
    await shop.count(stocktake, "tea", 98, 0)
    await shop.confirm(stocktake)
    async with shop.books.sessions.begin() as session:
        await session.execute(text("update projection set xid = '99999999999' where name = 'counts'"))

    await shop.move("tea", -2, -30)
    settled = 0
    for _ in range(3):
        settled += await shop.follow()

    assert settled == 1
    assert await shop.on_hand("tea") == 98


async def test_a_sale_that_is_posted_while_a_stocktake_closes_is_counted_or_settled_but_not_lost(shop: Shop) -> None:
    await shop.move("tea", 1000, -60)
    shop.turn_to(60)
    for _ in range(5):
        stocktake = await shop.start()
        before = await shop.on_hand("tea")
        await shop.count(stocktake, "tea", before - 1, 60)

        await asyncio.gather(shop.confirm(stocktake), *(shop.move("tea", -1, 50) for _ in range(6)))
        while await shop.follow():
            pass

        assert await shop.on_hand("tea") == before - 1
        shop.turn_to(60)
