"""Counting through the API: several people, one session, while the shop goes on selling."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from retail.access.permissions import Role
from tests.support.chain import Chain, Staff
from tests.support.counting import confirm, count, do, line, now, sheet, start


async def crew(chain: Chain) -> tuple[Staff, Staff, Staff]:
    """Two clerks and a manager of a shop with 100 tea and 20 milk."""
    shop = await chain.open_store("Riverside")
    lina, wang = await chain.clerk_at(shop), await chain.clerk_at(shop)
    goods = {"tea": 100, "milk": 20}
    await lina.do("receiveGoods", storeId=shop.id, origin={"occurredAt": now(-60)}, lines=await lina.lines(goods))
    return lina, wang, await chain.staff(Role.STORE_MANAGER, shop)


async def test_two_clerks_count_one_session_and_a_manager_closes_it(chain: Chain) -> None:
    lina, wang, manager = await crew(chain)
    stocktake = await start(lina)
    await count(lina, stocktake, tea=99)
    await lina.sell(tea=3)
    await count(wang, stocktake, milk=20)

    seen = await sheet(manager, stocktake)
    closed = await confirm(manager, stocktake)

    assert seen["goods"]["tea"] | {"figures": [], "sku": None} == {
        "state": "READY",
        "round": 0,
        "counted": 99,
        "book": 100,
        "difference": -1,
        "unsure": 0,
        "value": -1500,
        "settledLater": None,
        "reason": None,
        "decision": None,
        "sku": None,
        "figures": [],
    }
    assert [each["lines"] for each in seen["counters"]] == [1, 1]
    assert (seen["lineCount"], seen["version"]) == (2, 2)
    assert (closed.value["posted"], closed.value["changed"], closed.value["leftOut"]) == (2, 1, 0)
    assert await chain.on_hand(lina.shop) == {"tea": 96, "milk": 20}
    after = await sheet(lina, stocktake)
    assert (after["status"], after["closedBy"], after["startedBy"]) == ("CONFIRMED", manager.name, lina.name)
    assert after["goods"]["tea"]["settledLater"] == 0


async def test_whoever_polls_reads_only_what_is_new(chain: Chain) -> None:
    lina, wang, _ = await crew(chain)
    stocktake = await start(lina)
    await count(lina, stocktake, tea=1, milk=2)
    known = (await sheet(lina, stocktake))["version"]
    await count(wang, stocktake, tea=5)

    poll = """query($id: UUID!, $v: Int!) { stocktake(id: $id) { version
      lines(first: 10, afterVersion: $v) { hasMore lines { version units personId } } } }"""
    told = (await lina.ask(poll, id=stocktake, v=known)).data["stocktake"]

    assert told["version"] == known + 1
    assert told["lines"] == {
        "hasMore": False,
        "lines": [{"version": known + 1, "units": None, "personId": str(wang.id)}],
    }


async def test_who_counts_blind_is_not_told_the_book_in_any_field(chain: Chain) -> None:
    lina, wang, manager = await crew(chain)
    stocktake = await start(lina)
    await count(lina, stocktake, tea=42)
    await count(wang, stocktake, milk=20)

    told, seen = await sheet(lina, stocktake), await sheet(manager, stocktake)

    assert told["result"] is None
    assert told["states"] == [{"state": "COUNTED", "count": 2}]
    for item in told["goods"].values():
        assert {item[field] for field in ("book", "difference", "unsure", "value")} == {None}
    assert (told["goods"]["tea"]["counted"], told["goods"]["milk"]["counted"]) == (42, None)
    assert seen["goods"]["tea"]["state"] == "RECOUNT"
    assert seen["result"]["differenceUnits"] == 0, "nothing of it is ready"


async def test_a_result_tells_what_was_right_what_it_costs_and_what_shrank(chain: Chain) -> None:
    lina, _, manager = await crew(chain)
    stocktake = await start(lina)
    for minutes, units in ((-30, 50), (-27, 40), (-20, 8)):
        await count(lina, stocktake, minutes, tea=units)
    await count(lina, stocktake, -17, milk=20)
    await confirm(manager, stocktake)

    result = (await sheet(manager, stocktake))["result"]

    assert result["linesRight"] == {"numerator": 1, "denominator": 2, "value": 0.5}
    assert result["unitsRight"] == pytest.approx(1 - 2 / 120)
    assert (result["differenceUnits"], result["differenceValue"], result["atCost"]) == (-2, -3000, True)
    assert result["shrinkage"] == [{"sku": {"name": "tea"}, "units": 2, "value": 3000}]
    assert result["surplus"] == []
    assert result["minutesPerHundred"] == {"numerator": pytest.approx(600, abs=1), "denominator": 2}


async def test_a_result_tells_also_what_was_found_beyond_the_book(chain: Chain) -> None:
    lina, _, manager = await crew(chain)
    stocktake = await start(lina)
    await count(lina, stocktake, tea=101)
    await count(lina, stocktake, milk=19)
    await confirm(manager, stocktake)

    result = (await sheet(manager, stocktake))["result"]

    assert result["surplus"] == [{"sku": {"name": "tea"}, "units": 1, "value": 1500}]
    assert [each["sku"]["name"] for each in result["shrinkage"]] == ["milk"]


async def test_figures_of_a_month_are_shares_with_what_they_are_made_of(chain: Chain) -> None:
    lina, wang, manager = await crew(chain)
    since = datetime.now(UTC) - timedelta(days=1)
    stocktake = await start(lina)
    await count(lina, stocktake, tea=90)
    await count(lina, stocktake, milk=20)
    asked = await do(lina, "askRecount", stocktakeId=stocktake)
    again = await line(wang, "tea", 98, round=1)
    await do(wang, "recordCounts", stocktakeId=stocktake, lines=[again])
    await confirm(manager, stocktake)

    document = """query($from: DateTime!, $to: DateTime!) { countFigures(from: $from, to: $to) { storeId stocktakes
      discrepancy { numerator denominator value } countError { numerator denominator value }
      countControl { numerator denominator } minutesPerPerson { denominator } minutesPerHundred { denominator } } }"""
    until = datetime.now(UTC) + timedelta(minutes=1)
    (told,) = (await manager.ask(document, **{"from": since.isoformat(), "to": until.isoformat()})).data["countFigures"]

    assert [each["round"] for each in asked.value["rounds"]] == [1]
    assert told["stocktakes"] == 1
    assert told["discrepancy"] == {"numerator": 2, "denominator": 120, "value": pytest.approx(2 / 120)}
    assert told["countError"] == {"numerator": 1, "denominator": 2, "value": 0.5}
    assert told["countControl"] == {"numerator": 0, "denominator": 0}
    assert (told["minutesPerPerson"]["denominator"], told["minutesPerHundred"]["denominator"]) == (2, 2)


async def test_a_late_sale_is_settled_by_the_server_itself(chain: Chain) -> None:
    lina, _, manager = await crew(chain)
    stocktake = await start(lina)
    before = now(-1)
    await count(lina, stocktake, tea=98)
    await confirm(manager, stocktake)
    assert (await chain.on_hand(lina.shop))["tea"] == 98

    tea = (await chain.goods("tea")).id
    await lina.do(
        "recordSale",
        storeId=lina.shop.id,
        origin={"occurredAt": before},
        lines=[{"skuId": tea, "quantity": 2}],
    )
    for _ in range(100):
        item = (await sheet(manager, stocktake))["goods"]["tea"]
        if item["settledLater"]:
            break

    assert item["settledLater"] == 2
    assert (await chain.on_hand(lina.shop))["tea"] == 98
    assert await chain.audit() == []


async def test_headquarters_sets_from_when_on_a_count_is_checked(chain: Chain) -> None:
    lina, _, manager = await crew(chain)
    operations = await chain.staff(Role.HQ_OPERATIONS, lina.shop)
    usual: dict[str, Any] = {
        "recountValue": 5000,
        "recountPercent": 10,
        "recountUnits": 3,
        "confirmValue": 50000,
        "confirmPercent": 50,
        "confirmUnits": 20,
        "oddJump": 5,
    }
    before = await start(lina)
    strict = await do(operations, "setCountPolicy", **{**usual, "recountValue": 1})
    after = await start(lina)
    for stocktake in (before, after):
        await count(lina, stocktake, tea=99)

    states = [(await sheet(manager, each))["goods"]["tea"]["state"] for each in (before, after)]
    refused = await do(manager, "setCountPolicy", **usual)
    wrong = await do(operations, "setCountPolicy", **{**usual, "confirmPercent": 5, "oddJump": 1})
    await do(operations, "setCountPolicy", **usual)

    assert strict.kind == "SetCountPolicySuccess"
    assert states == ["READY", "RECOUNT"]
    assert refused.kind == "NotPermitted"
    assert wrong.problems == [("confirmPercent", "OUT_OF_RANGE"), ("oddJump", "OUT_OF_RANGE")]


async def test_acts_stand_in_the_log_and_a_repeated_one_is_answered_the_same(chain: Chain) -> None:
    lina, _, manager = await crew(chain)
    stocktake = await start(lina)
    await count(lina, stocktake, tea=99)
    request = uuid4()

    first = await do(manager, "confirmStocktake", request_id=request, stocktakeId=stocktake)
    again = await do(manager, "confirmStocktake", request_id=request, stocktakeId=stocktake)
    once_more = await confirm(manager, stocktake)

    assert first.body == again.body
    assert (once_more.kind, once_more.value["status"]) == ("StocktakeClosed", "confirmed")
    acts = await chain.rows(
        "select body::jsonb ->> 'act' as act from operation_log where store_id = $1 order by seq", lina.shop.id
    )
    assert [row["act"] for row in acts][1:] == ["stocktake.started", "stock.adjustment", "stocktake.confirmed"]
