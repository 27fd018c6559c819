"""A line answers a round that was asked for, or is the next look; no other may stand above all that is asked for."""

from retail.stocktakes.recording import CountOutcome, CountsRecorded
from tests.retail.stocktakes.shop import Shop


def outcomes(told: CountsRecorded) -> list[CountOutcome]:
    return [each.outcome for each in told.outcomes]


async def test_a_round_that_nobody_asked_for_is_named_and_the_count_is_not_blocked(shop: Shop) -> None:
    await shop.move("tea", 100, -60)
    stocktake = await shop.start()
    told = await shop.send(stocktake, shop.line("tea", 60), shop.line("tea", 1, 1, round=50))

    assert outcomes(told) == [CountOutcome.RECORDED, CountOutcome.REFUSED]
    assert [(each.path, each.code) for each in told.outcomes[1].problems] == [("lines[1].round", "ROUND_NOT_ASKED")]
    [again] = (await shop.recount(stocktake)).recounts
    assert again.round == 1
    assert outcomes(await shop.count(stocktake, "tea", 98, 9, by=shop.other, round=1)) == [CountOutcome.RECORDED]
    assert (await shop.items(stocktake))["tea"].counted == 98


async def test_of_goods_that_nobody_saw_only_a_round_that_was_asked_for_is_answered(shop: Shop) -> None:
    await shop.move("tea", 10, -60)
    stocktake = await shop.start()
    await shop.count(stocktake, "milk", 1)
    refused = await shop.send(stocktake, shop.line("milk", 1), shop.line("tea", 10, 1, round=1))

    await shop.recount(stocktake, "tea")
    taken = await shop.count(stocktake, "tea", 10, 2, round=1)

    assert outcomes(refused) == [CountOutcome.RECORDED, CountOutcome.REFUSED]
    assert outcomes(taken) == [CountOutcome.RECORDED]


async def test_an_answer_to_what_was_asked_before_the_stocktake_was_closed_is_not_lost(shop: Shop) -> None:
    await shop.move("tea", 100, -60)
    stocktake = await shop.start()
    await shop.count(stocktake, "tea", 60)
    await shop.recount(stocktake)
    await shop.recount(stocktake, "tea")
    shop.turn_to(60)
    await shop.confirm(stocktake, partial=True)

    late = await shop.count(stocktake, "tea", 98, 30, by=shop.other, round=1)
    later = await shop.count(stocktake, "tea", 98, 40, by=shop.other, round=2)

    assert outcomes(late) == outcomes(later) == [CountOutcome.LATE]


async def test_a_batch_may_hold_a_count_and_its_recount_in_any_order(shop: Shop) -> None:
    await shop.move("tea", 100, -60)
    stocktake = await shop.start()

    told = await shop.send(stocktake, shop.line("tea", 98, 9, round=1), shop.line("tea", 60))

    assert outcomes(told) == [CountOutcome.RECORDED] * 2


async def test_a_code_that_nobody_knows_may_be_found_in_a_recount(shop: Shop) -> None:
    await shop.move("tea", 100, -60)
    stocktake = await shop.start()
    await shop.count(stocktake, "tea", 60)
    await shop.recount(stocktake)

    found = await shop.count(stocktake, "6900000000000", 3, 9, round=1)
    above = await shop.send(stocktake, shop.line("6900000000000", 3, 9, round=3), shop.line("tea", 98, 9, round=1))

    assert outcomes(found) == [CountOutcome.RECORDED]
    assert outcomes(above) == [CountOutcome.REFUSED, CountOutcome.RECORDED]
