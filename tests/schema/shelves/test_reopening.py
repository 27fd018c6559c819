"""Headquarters took a code for the wrong thing: it is taken back, and nothing that was found is lost."""

from itertools import count as numbers
from typing import Any
from uuid import uuid4

import pytest

from retail.access.permissions import Role
from retail.catalogue.codes import check_digit
from tests.schema.shelves.words import SETTLED, UNKNOWN, do
from tests.support.asking import Asker
from tests.support.chain import Chain, Staff
from tests.support.counting import confirm, now, sheet, start
from tests.support.counting import do as act

NEW = numbers(1)
MEANS = "query($c: String!) { skuByCode(code: $c) { sku { id } } }"


def fresh_gtin() -> str:
    """One that no other story has used, of a maker of its own."""
    body = f"695{next(NEW):06d}001"
    return body + check_digit(body)


@pytest.fixture
async def clerk(chain: Chain) -> Staff:
    clerk = await chain.clerk_at(await chain.open_store())
    await clerk.receive(tea=100, milk=50)
    return clerk


@pytest.fixture
async def headquarters(chain: Chain) -> Asker:
    return await chain.hire(Role.HQ_OPERATIONS)


async def scan(who: Staff, stocktake: str, code: str, quantity: int = 1) -> None:
    line = {"id": uuid4(), "code": code, "quantity": quantity, "countedAt": now()}
    told = await act(who, "recordCounts", stocktakeId=stocktake, lines=[line])
    assert told.value["outcomes"][0]["outcome"] == "RECORDED", told.body


async def waits(asker: Asker, code: str) -> bool:
    page = (await asker.ask(UNKNOWN, first=100)).data["unknownCodes"]
    return code in {edge["node"]["code"] for edge in page["edges"]}


async def settled(asker: Asker, first: int) -> list[dict[str, Any]]:
    """All codes that were settled lately, read page by page."""
    found: list[dict[str, Any]] = []
    after = None
    while True:
        page = (await asker.ask(SETTLED, first=first, after=after)).data["settledCodes"]
        found += [edge["node"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            assert len(found) == page["totalCount"]
            return found
        after = page["pageInfo"]["endCursor"]


async def test_a_wrong_naming_is_taken_back_and_the_right_one_counts(
    chain: Chain, clerk: Staff, headquarters: Asker
) -> None:
    code, tea, milk = fresh_gtin(), await chain.goods("tea"), await chain.goods("milk")
    manager = await chain.staff(Role.STORE_MANAGER, clerk.shop)
    stocktake = await start(clerk)
    await scan(clerk, stocktake, code, 7)
    await do(headquarters, "resolveCode", code=code, skuId=tea.id)
    assert (await sheet(manager, stocktake))["goods"]["tea"]["counted"] == 7

    told = await do(headquarters, "reopenCode", code=code)

    assert (told.kind, told.value["reopened"], told.value["posted"]) == ("ReopenCodeSuccess", 1, 0)
    assert await waits(headquarters, code)
    assert (await clerk.ask(MEANS, c=code)).data["skuByCode"] is None
    assert not (await sheet(manager, stocktake))["goods"].get("tea", {}).get("counted")
    assert (await do(headquarters, "resolveCode", code=code, skuId=milk.id)).value["counted"] == 1
    assert (await sheet(manager, stocktake))["goods"]["milk"]["counted"] == 7
    assert (await clerk.ask(MEANS, c=code)).data["skuByCode"] == {"sku": {"id": str(milk.id)}}


async def test_what_was_decided_by_a_wrong_figure_is_decided_anew(
    chain: Chain, clerk: Staff, headquarters: Asker
) -> None:
    code, tea = fresh_gtin(), await chain.goods("tea")
    manager = await chain.staff(Role.STORE_MANAGER, clerk.shop)
    stocktake = await start(clerk)
    await scan(clerk, stocktake, tea.gtin, 30)
    await scan(clerk, stocktake, code, 10)
    await do(headquarters, "resolveCode", code=code, skuId=tea.id)
    accepted = await act(manager, "settleCount", stocktakeId=stocktake, skuId=tea.id, decision="ACCEPT")
    assert accepted.kind == "SettleCountSuccess"

    await do(headquarters, "reopenCode", code=code)

    told = (await sheet(manager, stocktake))["goods"]["tea"]
    assert (told["counted"], told["decision"]) == (30, None)


async def test_what_is_posted_stays_and_is_told(chain: Chain, clerk: Staff, headquarters: Asker) -> None:
    code, tea = fresh_gtin(), await chain.goods("tea")
    manager = await chain.staff(Role.STORE_MANAGER, clerk.shop)
    stocktake = await start(clerk)
    await scan(clerk, stocktake, code, 100)
    await do(headquarters, "resolveCode", code=code, skuId=tea.id)
    assert (await confirm(manager, stocktake)).kind == "ConfirmStocktakeSuccess"
    before = await chain.on_hand(clerk.shop)

    told = await do(headquarters, "reopenCode", code=code)

    assert (told.value["reopened"], told.value["posted"]) == (0, 1)
    assert await chain.on_hand(clerk.shop) == before
    assert not await waits(headquarters, code)
    assert (await clerk.ask(MEANS, c=code)).data["skuByCode"] is None


async def test_none_of_ours_is_taken_back_too_and_the_same_request_once(clerk: Staff, headquarters: Asker) -> None:
    code, request = fresh_gtin(), uuid4()
    await scan(clerk, await start(clerk), code)
    await do(headquarters, "resolveCode", code=code)
    assert not await waits(headquarters, code)

    first = await do(headquarters, "reopenCode", requestId=request, code=code)
    again = await do(headquarters, "reopenCode", requestId=request, code=code)

    assert first.value == again.value
    assert await waits(headquarters, code)
    assert (await do(headquarters, "reopenCode", code=code)).kind == "NotFound"


async def test_a_code_that_the_catalogue_had_already_stays_in_it(
    chain: Chain, clerk: Staff, headquarters: Asker
) -> None:
    code, tea = fresh_gtin(), await chain.goods("tea")
    await scan(clerk, await start(clerk), code)
    await chain.rows("insert into sku_code values ($1, $2, 1)", code, tea.id)
    await do(headquarters, "resolveCode", code=code, skuId=tea.id)

    await do(headquarters, "reopenCode", code=code)

    assert await chain.value("select sku_id from sku_code where gtin = $1", code) == tea.id


async def test_settled_codes_are_told_with_what_was_said_the_last_first(
    chain: Chain, clerk: Staff, headquarters: Asker
) -> None:
    tea, stocktake = await chain.goods("tea"), await start(clerk)
    ours, strange = fresh_gtin(), fresh_gtin()
    for code in (ours, ours, strange):
        await scan(clerk, stocktake, code)
    await do(headquarters, "resolveCode", code=ours, skuId=tea.id)
    await do(headquarters, "resolveCode", code=strange)

    told = {each["code"]: each for each in await settled(headquarters, 1)}

    assert [code for code in told if code in {ours, strange}] == [strange, ours]
    assert (told[ours]["times"], told[ours]["sku"]) == (2, {"id": str(tea.id)})
    assert (told[strange]["sku"], told[strange]["settledBy"]) == (None, str(headquarters.id))


@pytest.mark.parametrize("code", ["", "9" * 200, "a\0b"])
async def test_rubbish_is_refused_by_name(headquarters: Asker, code: str) -> None:
    assert (await do(headquarters, "reopenCode", code=code)).problems == [("code", "TEXT")]


async def test_only_headquarters_takes_back(chain: Chain, clerk: Staff) -> None:
    manager = await chain.staff(Role.STORE_MANAGER, clerk.shop)

    assert (await manager.ask(SETTLED, first=1)).codes == ["NOT_PERMITTED"]
    assert (await do(manager, "reopenCode", code="x")).kind == "NotPermitted"
