"""A count during trade leaves the book true, and nobody's word is enough for a large difference."""

import pytest

from retail.access.permissions import Role
from retail.kernel.base import new_id
from retail.kernel.refusal import InvalidInput, NotFound, NotPermitted
from retail.stocktakes.errors import CountsOpen, OwnCount
from retail.stocktakes.models import CountState, Decision
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
        with pytest.raises(NotFound) as refused:
            await act
        assert refused.value.path == "stocktakeId"


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
