"""Clocks that are ahead: a count is never later than its arrival, and the device's own time is kept beside it."""

from datetime import timedelta

import pytest

from retail.kernel.base import new_id
from retail.stocktakes.times import ahead, counted_when
from tests.retail.insights.books import NOON_IN_SHANGHAI as NOW
from tests.retail.stocktakes.shop import Shop


@pytest.mark.parametrize("tells_its_clock", [True, False])
async def test_what_is_sold_after_a_count_by_a_fast_clock_was_not_counted(shop: Shop, *, tells_its_clock: bool) -> None:
    """Her phone is four minutes ahead: it says 12:04 when she counts at noon, and the till sells at 12:02."""
    await shop.move("tea", 100, -60)
    stocktake = await shop.start()
    lines = [shop.line("tea", 98, 4)]

    await shop.send(stocktake, *lines, sent_at=shop.at(4) if tells_its_clock else None, arrives=0)
    await shop.move("tea", -1, 2)
    shop.turn_to(60)
    await shop.confirm(stocktake)

    assert await shop.on_hand("tea") == 97
    [line] = await shop.rows("select counted_at, clock_error_seconds from stocktake_line where store_id = :store")
    assert (line.counted_at, line.clock_error_seconds) == (shop.at(0), 240)


async def test_a_single_count_by_a_fast_clock_stands_at_its_arrival(shop: Shop) -> None:
    await shop.move("tea", 100, -60)
    await shop.set_to("tea", 98, 4, arrives=0)

    await shop.move("tea", -1, 2)
    await shop.follow()

    assert await shop.on_hand("tea") == 97
    [anchor] = await shop.rows("select counted_to, counted, settled from count_anchor where store_id = :store")
    assert (anchor.counted_to, anchor.counted, anchor.settled) == (shop.at(0), 98, 0)
    [posted] = await shop.rows("select clock_error_seconds from movement where store_id = :store and quantity = -2")
    assert posted.clock_error_seconds == 240


@pytest.mark.parametrize(
    ("said", "sent", "when", "error"),
    [
        (-10, None, -10, None),
        (4, None, 0, 240),
        (9, None, 0, 540),
        (2, 4, -2, 240),  # what it says that it sends proves that it is ahead, and by how much
        (6, 4, 0, 360),
        (-2, -4, -2, None),  # it may be right, and the network slow
        (-30, -25, -5, -1500),
    ],
)
def test_the_time_that_is_kept_and_the_clocks_error_are_the_devices_own_time(
    said: int, sent: int | None, when: int, error: int | None
) -> None:
    device = NOW + timedelta(minutes=said)

    at, off = counted_when(device, ahead(None if sent is None else NOW + timedelta(minutes=sent), NOW), NOW)

    assert (at - NOW, off) == (timedelta(minutes=when), error)
    assert at + timedelta(seconds=off or 0) == device


async def test_lines_of_a_fast_clock_keep_their_order(shop: Shop) -> None:
    await shop.move("tea", 100, -60)
    stocktake = await shop.start()
    first, second = sorted((new_id(), new_id()))
    later = shop.line("tea", 40, 3, id=second, replace=True)

    await shop.send(stocktake, later, shop.line("tea", 9, 2, id=first, replace=True), arrives=0)

    assert (await shop.items(stocktake))["tea"].counted == 40
