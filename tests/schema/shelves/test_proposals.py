"""What a store is asked to count today: told with reasons, and gone once it is counted."""

from datetime import datetime

import pytest

from retail.access.permissions import Role
from tests.support.chain import Chain, Staff
from tests.support.counting import confirm, count, now, start

PROPOSALS = """query($storeId: UUID!) { countProposals(storeId: $storeId) { minutes secondsAnItem
  items { sku { id name } grade reason why whyZh lastCountedAt } } }"""


@pytest.fixture
async def clerk(chain: Chain) -> Staff:
    clerk = await chain.clerk_at(await chain.open_store())
    goods = {"tea": 100, "milk": 10}
    came = {"storeId": clerk.shop.id, "origin": {"occurredAt": now(-60)}, "lines": await clerk.lines(goods)}
    assert (await clerk.do("receiveGoods", **came)).kind == "ReceiveGoodsSuccess"
    return clerk


async def proposed(who: Staff) -> dict[str, str]:
    told = (await who.ask(PROPOSALS, storeId=who.shop.id)).data["countProposals"]
    assert all(each["why"] and each["whyZh"] for each in told["items"])
    return {each["sku"]["name"]: each["reason"] for each in told["items"]}


async def test_goods_that_were_never_counted_are_proposed_until_they_are(chain: Chain, clerk: Staff) -> None:
    assert await proposed(clerk) == {"tea": "NEVER_COUNTED", "milk": "NEVER_COUNTED"}

    manager = await chain.staff(Role.STORE_MANAGER, clerk.shop)
    stocktake = await start(clerk, kind="SKUS", skuIds=[str((await chain.goods("tea")).id)])
    await count(clerk, stocktake, tea=100)
    await confirm(manager, stocktake)

    assert await proposed(clerk) == {"milk": "NEVER_COUNTED"}


async def test_a_book_below_zero_comes_first(clerk: Staff) -> None:
    await clerk.sell(milk=11)

    assert next(iter((await proposed(clerk)).items())) == ("milk", "NEGATIVE")


async def test_what_was_set_by_hand_since_it_was_counted_is_proposed_again(chain: Chain, clerk: Staff) -> None:
    manager = await chain.staff(Role.STORE_MANAGER, clerk.shop)
    stocktake = await start(clerk)
    await count(clerk, stocktake, tea=100, milk=10)
    await confirm(manager, stocktake)
    assert await proposed(clerk) == {}

    await clerk.adjust("tea", delta=-1, reason="MISRECORDED")
    await clerk.adjust("milk", delta=-1, reason="DAMAGED")

    assert await proposed(clerk) == {"tea": "SET_BY_HAND"}


async def test_the_answer_says_how_long_it_takes_and_when_it_was_counted(chain: Chain, clerk: Staff) -> None:
    manager = await chain.staff(Role.STORE_MANAGER, clerk.shop)
    stocktake = await start(clerk)
    await count(clerk, stocktake, minutes=-2, tea=99)
    await count(clerk, stocktake, minutes=-1, milk=9)
    await confirm(manager, stocktake)
    await clerk.sell(milk=20)

    told = (await clerk.ask(PROPOSALS, storeId=clerk.shop.id)).data["countProposals"]

    # One scan a minute after the other weighs one in twenty-one: a few gaps do not make a pace.
    assert told["secondsAnItem"] == pytest.approx((20 * 20 + 60) / 21, abs=0.3)
    assert (told["minutes"], len(told["items"])) == (1, 1), told
    assert datetime.fromisoformat(told["items"][0]["lastCountedAt"]).tzinfo is not None


async def test_another_store_and_who_does_not_count_are_told_nothing(chain: Chain, clerk: Staff) -> None:
    stranger = await chain.clerk_at(await chain.open_store("Harbour"))
    regional = await chain.staff(Role.REGIONAL_MANAGER, clerk.shop)

    assert (await stranger.ask(PROPOSALS, storeId=clerk.shop.id)).codes == ["NOT_FOUND"]
    assert (await regional.ask(PROPOSALS, storeId=clerk.shop.id)).codes == ["NOT_PERMITTED"]
