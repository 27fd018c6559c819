"""What a stocktake covers, what nobody saw in it, and what who counts blind is told of it."""

import pytest

from retail.kernel.refusal import InvalidInput, NotPermitted
from retail.stocktakes.models import CountState, ScopeKind
from tests.retail.stocktakes.shop import Shop


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


@pytest.mark.parametrize("found", [2, 60])
async def test_what_does_not_belong_on_a_shelf_is_noted_and_changes_no_book(shop: Shop, found: int) -> None:
    front = await shop.shelf("A1", "tea")
    await shop.move("tea", 10, -60)
    await shop.move("bun", 50, -60)  # which no shelf expects: nobody knows where the others stand
    stocktake = await shop.start(ScopeKind.SHELVES, shelf_ids=(front,))
    await shop.send(stocktake, shop.line("tea", 9), shop.line("bun", found))

    items = await shop.items(stocktake)
    await shop.confirm(stocktake)

    assert (items["tea"].state, items["bun"].state) == (CountState.READY, CountState.OUTSIDE)
    assert (await shop.on_hand("tea"), await shop.on_hand("bun")) == (9, 50)


async def test_where_no_shelf_says_what_belongs_on_it_everything_does(shop: Shop) -> None:
    bare = await shop.shelf("A1")
    await shop.shelf("B1", "milk", zone="B")
    for name in ("tea", "milk"):
        await shop.move(name, 10, -60)
    stocktake = await shop.start(ScopeKind.SHELVES, shelf_ids=(bare,))
    await shop.send(stocktake, shop.line("tea", 9), shop.line("milk", 9))

    items = await shop.items(stocktake)

    assert (items["tea"].state, items["milk"].state) == (CountState.READY, CountState.PART)


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


async def test_who_counts_blind_is_told_what_waits_for_somebody_else_and_not_by_how_much(shop: Shop) -> None:
    await shop.move("tea", 100, -60)
    stocktake = await shop.start()
    await shop.count(stocktake, "tea", 400, 0)
    await shop.recount(stocktake)
    assert (await shop.items(stocktake, by=shop.clerk))["tea"].state == CountState.RECOUNT
    await shop.count(stocktake, "tea", 400, 2, round=1)

    told = (await shop.items(stocktake, by=shop.clerk))["tea"]

    assert told.state == CountState.SECOND_PERSON
    assert (told.book, told.difference, told.unsure, told.price_fen) == (None,) * 4


async def test_an_open_stocktake_that_is_not_blind_shows_the_book_to_who_counts(shop: Shop) -> None:
    await shop.move("tea", 100, -60)
    stocktake = await shop.start(blind=False)
    await shop.count(stocktake, "tea", 99, 0)

    assert (await shop.items(stocktake, by=shop.clerk))["tea"].book == 100
