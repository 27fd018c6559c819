"""A count during trade leaves the book true, whatever is sold meanwhile and whatever arrives late."""

import asyncio

import pytest
from sqlalchemy import text

from retail.access.permissions import Role
from retail.kernel.base import new_id
from retail.kernel.refusal import InvalidInput, NotFound, NotPermitted
from retail.stocktakes.errors import CountsOpen, OwnCount, StocktakeClosed
from retail.stocktakes.models import CountState, Decision, ScopeKind
from retail.stocktakes.recording import CountOutcome
from tests.retail.stocktakes.shop import Shop, hire


async def test_a_difference_is_posted_at_the_time_of_the_count(shop: Shop) -> None:
    await shop.move("tea", 100, -60)
    stocktake = await shop.start()
    await shop.count(stocktake, "tea", 97, 0)
    await shop.move("tea", -5, 10)
    shop.turn_to(60)

    done = await shop.confirm(stocktake)

    assert (done.posted, done.changed) == (1, 1)
    assert await shop.on_hand("tea") == 92
    (posted,) = await shop.rows("select * from movement where store_id = :store and kind = 'adjustment'")
    assert (posted.quantity, posted.occurred_at, posted.reason) == (-3, shop.at(0), "counted")
    assert posted.document_id == stocktake


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


async def test_what_moved_between_two_places_makes_a_count_unsure(shop: Shop) -> None:
    await shop.shelf("A1", "tea")
    await shop.shelf("B1", "tea")
    await shop.move("tea", 100, -60)
    stocktake = await shop.start()
    await shop.count(stocktake, "tea", 60, 0, place="A1")
    await shop.move("tea", -3, 5)
    await shop.count(stocktake, "tea", 37, 10, place="B1")
    shop.turn_to(60)

    item = (await shop.items(stocktake))["tea"]
    await shop.confirm(stocktake)

    assert (item.counted, item.book, item.unsure, item.difference) == (97, 97, 3, 0)
    assert await shop.on_hand("tea") == 97


async def test_unsure_counts_whose_verdict_hangs_on_it_are_asked_for_again(shop: Shop) -> None:
    await shop.shelf("A1", "tea")
    await shop.shelf("B1", "tea")
    await shop.move("tea", 100, -60)
    stocktake = await shop.start()
    await shop.count(stocktake, "tea", 60, 0, place="A1")
    await shop.move("tea", -30, 5)
    await shop.count(stocktake, "tea", 40, 10, place="B1")

    assert (await shop.items(stocktake))["tea"].state is CountState.RECOUNT


async def test_a_large_difference_is_counted_again_by_somebody_else(shop: Shop) -> None:
    await shop.move("tea", 100, -60)
    stocktake = await shop.start()
    await shop.count(stocktake, "tea", 40, 0)
    with pytest.raises(CountsOpen):
        await shop.confirm(stocktake)

    asked = await shop.recount(stocktake)
    await shop.count(stocktake, "tea", 40, 20, by=shop.other, round=1)
    await shop.confirm(stocktake, by=shop.clerk)

    assert [(each.sku_id, each.round) for each in asked.recounts] == [(shop.skus["tea"], 1)]
    assert await shop.on_hand("tea") == 40


async def test_the_same_person_counting_twice_needs_somebody_to_accept_it(shop: Shop) -> None:
    await shop.move("tea", 100, -60)
    stocktake = await shop.start()
    await shop.count(stocktake, "tea", 40, 0, by=shop.manager)
    await shop.recount(stocktake)
    await shop.count(stocktake, "tea", 40, 20, by=shop.manager, round=1)
    assert (await shop.items(stocktake))["tea"].state is CountState.SECOND_PERSON

    with pytest.raises(OwnCount):
        await shop.say(stocktake, "tea", Decision.ACCEPT, shop.manager)
    with pytest.raises(NotPermitted):
        await shop.say(stocktake, "tea", Decision.ACCEPT, shop.clerk)
    await shop.say(stocktake, "tea", Decision.ACCEPT, await shop.hire(Role.STORE_MANAGER))

    assert (await shop.items(stocktake))["tea"].state is CountState.READY
    await shop.count(stocktake, "tea", 1, 25, by=shop.manager, round=1)
    assert (await shop.items(stocktake))["tea"].state is not CountState.READY, "what was accepted was another figure"


async def test_two_clerks_who_differ_count_again_or_say_that_each_counted_a_part(shop: Shop) -> None:
    await shop.move("tea", 100, -60)
    stocktake = await shop.start()
    await shop.count(stocktake, "tea", 60, 0)
    await shop.count(stocktake, "tea", 39, 1, by=shop.other)
    assert (await shop.items(stocktake))["tea"].state is CountState.CONFLICT
    with pytest.raises(InvalidInput):
        await shop.say(stocktake, "tea", Decision.ACCEPT, shop.manager)

    await shop.say(stocktake, "tea", Decision.SUM, shop.clerk)

    item = (await shop.items(stocktake))["tea"]
    assert (item.state, item.counted, item.difference) == (CountState.READY, 99, -1)


async def test_what_nobody_saw_is_left_out_or_counted_as_zero(shop: Shop) -> None:
    await shop.move("tea", 10, -60)
    await shop.move("milk", 4, -60)
    await shop.move("bun", 6, -60)
    stocktake = await shop.start()
    await shop.count(stocktake, "tea", 10, 0)
    await shop.move("bun", 24, 5)  # came while people counted: may stand where they had been already
    await shop.count(stocktake, "tea", 0, 10)
    assert (await shop.items(stocktake))["milk"].state is CountState.NOT_SEEN
    with pytest.raises(NotPermitted):
        await shop.confirm(stocktake, by=shop.clerk, zero=True)

    shop.turn_to(60)
    await shop.confirm(stocktake, zero=True)

    assert [await shop.on_hand(name) for name in ("tea", "milk", "bun")] == [10, 0, 24]


async def test_nothing_is_zero_beside_nothing(shop: Shop) -> None:
    await shop.move("tea", 10, -60)
    stocktake = await shop.start()

    with pytest.raises(InvalidInput):
        await shop.confirm(stocktake, zero=True)
    done = await shop.confirm(stocktake)

    assert done.posted == 0
    assert await shop.on_hand("tea") == 10


async def test_a_stocktake_with_open_counts_can_be_closed_in_part_by_who_confirms(shop: Shop) -> None:
    await shop.move("tea", 100, -60)
    await shop.move("milk", 10, -60)
    stocktake = await shop.start()
    await shop.send(stocktake, shop.line("tea", 40), shop.line("milk", 9))
    with pytest.raises(NotPermitted):
        await shop.confirm(stocktake, by=shop.clerk, partial=True)

    done = await shop.confirm(stocktake, partial=True)

    assert (done.posted, done.left_out) == (1, 1)
    assert (await shop.on_hand("tea"), await shop.on_hand("milk")) == (100, 9)
    assert (await shop.items(stocktake))["tea"].state is CountState.RECOUNT, "so that it can be seen why it stayed out"


async def test_a_shelf_says_nothing_of_what_stands_elsewhere_too(shop: Shop) -> None:
    front = await shop.shelf("A1", "tea", "milk")
    await shop.shelf("B1", "tea")
    await shop.move("tea", 100, -60)
    await shop.move("milk", 10, -60)
    stocktake = await shop.start(ScopeKind.SHELVES, shelf_ids=(front,))
    await shop.send(stocktake, shop.line("tea", 30), shop.line("milk", 9))

    items = await shop.items(stocktake)
    await shop.confirm(stocktake)

    assert (items["tea"].state, items["milk"].state) == (CountState.PART, CountState.READY)
    assert (await shop.on_hand("tea"), await shop.on_hand("milk")) == (100, 9)


async def test_a_shelf_and_the_other_place_make_a_whole(shop: Shop) -> None:
    front = await shop.shelf("A1", "tea")
    await shop.shelf("B1", "tea", zone="B")
    await shop.move("tea", 100, -60)
    stocktake = await shop.start(ScopeKind.SHELVES, shelf_ids=(front,))
    await shop.send(stocktake, shop.line("tea", 30), shop.line("tea", 69, place="B1"))

    await shop.confirm(stocktake)

    assert await shop.on_hand("tea") == 99


async def test_a_zone_expects_what_stands_in_it_alone(shop: Shop) -> None:
    await shop.shelf("A1", "tea", "milk")
    await shop.shelf("A2", "tea")
    await shop.shelf("B1", "milk", zone="B")
    for name in ("tea", "milk", "bun"):
        await shop.move(name, 3, -60)
    stocktake = await shop.start(ScopeKind.ZONE, zone="A")

    assert set(await shop.items(stocktake)) == {"tea"}


async def test_a_category_is_counted_wherever_it_stands_and_holds_nothing_else(shop: Shop) -> None:
    for name in ("tea", "milk", "bun"):
        await shop.move(name, 10, -60)
    drinks = (shop.books.categories["drinks"],)
    stocktake = await shop.start(ScopeKind.CATEGORIES, category_ids=drinks)
    await shop.send(stocktake, shop.line("tea", 9), shop.line("bun", 2))

    states = {name: item.state for name, item in (await shop.items(stocktake)).items()}

    assert states == {"tea": CountState.READY, "milk": CountState.NOT_SEEN, "bun": CountState.OUTSIDE}
    await shop.confirm(stocktake)
    assert (await shop.on_hand("tea"), await shop.on_hand("bun")) == (9, 10)


async def test_who_counts_blind_is_told_nothing_of_the_book(shop: Shop) -> None:
    await shop.move("tea", 100, -60)
    await shop.move("milk", 100, -60)
    stocktake = await shop.start()
    await shop.count(stocktake, "tea", 40, 0)
    await shop.count(stocktake, "tea", 41, 1, by=shop.other)
    await shop.count(stocktake, "bun", 3, 1, by=shop.other)

    told = await shop.items(stocktake, by=shop.clerk)

    assert set(told) == {"tea", "bun"}, "what nobody saw would betray that the book holds some"
    for item in told.values():
        assert (item.book, item.difference, item.unsure, item.price_fen, item.counted) == (None,) * 5
    assert [figure.units for figure in told["tea"].figures] == [40]
    assert told["bun"].figures == ()
    assert (told["tea"].state, told["bun"].state) == (CountState.CONFLICT, CountState.COUNTED)
    seen = await shop.items(stocktake)
    assert (seen["tea"].book, seen["milk"].state) == (100, CountState.NOT_SEEN)


async def test_an_open_stocktake_that_is_not_blind_shows_the_book_to_who_counts(shop: Shop) -> None:
    await shop.move("tea", 100, -60)
    stocktake = await shop.start(blind=False)
    await shop.count(stocktake, "tea", 99, 0)

    assert (await shop.items(stocktake, by=shop.clerk))["tea"].book == 100


async def test_a_clock_that_is_a_day_wrong_is_put_right_by_what_it_says_as_it_sends(shop: Shop) -> None:
    await shop.move("tea", 100, -60)
    stocktake = await shop.start()
    await shop.move("tea", -10, 5)
    shop.turn_to(30)
    yesterday = -24 * 60
    line = shop.line("tea", 89, yesterday + 10)

    await shop.send(stocktake, line, sent_at=shop.at(yesterday + 30))

    item = (await shop.items(stocktake))["tea"]
    assert (item.counted_to, item.book, item.difference) == (shop.at(10), 90, -1)
    rows = await shop.rows("select clock_error_seconds as error from stocktake_line where store_id = :store")
    assert rows[0].error == -24 * 3600


async def test_a_line_counts_once_and_its_id_stands_for_one_thing(shop: Shop) -> None:
    stocktake = await shop.start()
    line = shop.line("tea", 7)
    await shop.send(stocktake, line)

    again = await shop.send(stocktake, line, shop.line("tea", 8, id=line.id), shop.line("milk", 1))
    alone = await shop.send(stocktake, line)
    with pytest.raises(InvalidInput):
        await shop.send(stocktake, shop.line("tea", 9, id=line.id))

    assert [each.outcome for each in again.outcomes[:2]] == [CountOutcome.REFUSED] * 2
    assert again.outcomes[1].problems[0].code == "LINE_CONFLICT"
    assert again.outcomes[2].outcome is CountOutcome.RECORDED
    assert [each.outcome for each in alone.outcomes] == [CountOutcome.REPEATED]
    assert (await shop.items(stocktake))["tea"].counted == 7


async def test_a_code_that_nobody_knows_blocks_nothing_and_is_kept(shop: Shop) -> None:
    await shop.move("tea", 10, -60)
    stocktake = await shop.start()

    sent = await shop.send(stocktake, shop.line("6900000000017", 3), shop.line("tea", 10))
    await shop.confirm(stocktake)

    assert [each.outcome for each in sent.outcomes] == [CountOutcome.RECORDED] * 2
    (kept,) = await shop.rows("select code, quantity, stocktake_id from unknown_code where store_id = :store")
    assert (kept.code, kept.quantity, kept.stocktake_id) == ("6900000000017", 3, stocktake)


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


async def test_another_stores_stocktake_is_not_found(shop: Shop) -> None:
    stocktake = await shop.start()
    harbour = await shop.books.open_store("港口店")
    stranger = await hire(shop.books, harbour, Role.STORE_MANAGER)

    for act in (
        shop.count(stocktake, "tea", 1, by=stranger),
        shop.recount(stocktake, by=stranger),
        shop.confirm(stocktake, by=stranger),
        shop.cancel(stocktake, by=stranger),
        shop.count(new_id(), "tea", 1, by=stranger),
    ):
        with pytest.raises(NotFound):
            await act


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


async def test_the_book_of_a_busy_shelf_is_walked_back_as_far_as_it_takes(shop: Shop) -> None:
    await shop.move("tea", 2000, -6000)
    await shop.move("tea", -7, -5000)
    stocktake = await shop.start()
    await shop.count(stocktake, "tea", 1990, 0)
    for n in range(150):
        await shop.move("tea", -1, 1 + n)
    shop.turn_to(200)

    item = (await shop.items(stocktake))["tea"]

    assert (item.book, item.difference) == (1993, -3)


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
