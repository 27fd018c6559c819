"""Rubbish is named, with where it stands; what is good beside it is kept, and nothing is half written."""

from typing import Any
from uuid import uuid4

import pytest

from retail.access.permissions import Role
from retail.stocktakes.tally import MOST_COUNTED
from tests.support.chain import Chain, Staff
from tests.support.counting import confirm, count, do, line, now, sheet, start


@pytest.fixture(scope="module")
async def lina(chain: Chain) -> Staff:
    shop = await chain.open_store("Rubbish Lane")
    clerk = await chain.clerk_at(shop)
    await clerk.receive(tea=10)
    return clerk


@pytest.mark.parametrize(
    ("scope", "problem"),
    [
        ({"kind": "ZONE"}, ("scope.zone", "ZONE")),
        ({"kind": "STORE", "zone": "A"}, ("scope.zone", "ZONE")),
        ({"kind": "SHELVES"}, ("scope.shelfIds", "NAME_SOME")),
        ({"kind": "SKUS", "skuIds": []}, ("scope.skuIds", "NAME_SOME")),
        ({"kind": "SKUS", "skuIds": [str(uuid4())] * 501}, ("scope.skuIds", "NAME_SOME")),
        ({"kind": "STORE", "skuIds": [str(uuid4())]}, ("scope.skuIds", "NOT_OF_THIS_SCOPE")),
    ],
)
async def test_a_scope_is_what_its_kind_names(lina: Staff, scope: dict[str, Any], problem: tuple[str, str]) -> None:
    told = await do(lina, "startStocktake", id=uuid4(), storeId=lina.shop.id, scope=scope, startedAt=now())

    assert told.problems == [problem]


@pytest.mark.parametrize(
    ("scope", "path"),
    [
        ({"kind": "ZONE", "zone": "nowhere\0"}, "scope.zone"),
        ({"kind": "SHELVES", "shelfIds": [str(uuid4())]}, "scope.shelfIds"),
        ({"kind": "CATEGORIES", "categoryIds": [str(uuid4())]}, "scope.categoryIds"),
        ({"kind": "SKUS", "skuIds": [str(uuid4())]}, "scope.skuIds"),
    ],
)
async def test_what_a_scope_names_must_be_there(lina: Staff, scope: dict[str, Any], path: str) -> None:
    told = await do(lina, "startStocktake", id=uuid4(), storeId=lina.shop.id, scope=scope, startedAt=now())

    assert (told.kind, told.value["path"]) == ("NotFound", path)


async def test_a_stocktakes_id_is_taken_once_in_the_whole_chain(chain: Chain, lina: Staff) -> None:
    stranger = await chain.clerk_at(await chain.open_store("Harbour"))
    id = await start(lina)

    for who in (lina, stranger):
        told = await do(who, "startStocktake", id=id, storeId=who.shop.id, scope={"kind": "STORE"}, startedAt=now())
        assert told.problems == [("id", "ID_TAKEN")]


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"quantity": -1}, ("quantity", "QUANTITY_OUT_OF_RANGE")),
        ({"quantity": 1_000_001}, ("quantity", "QUANTITY_OUT_OF_RANGE")),
        ({"skuId": None}, ("", "NAME_ONE")),
        ({"code": "x"}, ("", "NAME_ONE")),
        ({"skuId": None, "code": ""}, ("", "NAME_ONE")),
        ({"skuId": None, "code": "\0"}, ("code", "TEXT_NOT_PLAIN")),
        ({"skuId": None, "code": "9" * 101}, ("code", "TEXT_TOO_LONG")),
        ({"skuId": str(uuid4())}, ("skuId", "UNKNOWN_ITEM")),
        ({"shelfId": str(uuid4())}, ("shelfId", "UNKNOWN_SHELF")),
        ({"round": -1}, ("round", "ROUND_NOT_ASKED")),
        ({"round": 2}, ("round", "ROUND_NOT_ASKED")),
        ({"device": "x" * 101}, ("device", "TEXT_TOO_LONG")),
        ({"latitude": 91}, ("latitude", "OUT_OF_RANGE")),
    ],
)
async def test_a_bad_line_is_named_and_the_good_ones_are_kept(
    lina: Staff, more: dict[str, Any], problem: tuple[str, str]
) -> None:
    stocktake = await start(lina)
    bad = {**await line(lina, "tea", 3), **more}
    good = await line(lina, "tea", 4)

    both = await do(lina, "recordCounts", stocktakeId=stocktake, lines=[bad, good])
    alone = await do(lina, "recordCounts", stocktakeId=stocktake, lines=[bad])

    told = [(each["path"], each["code"]) for each in both.value["outcomes"][0]["problems"]]
    path = ".".join(part for part in ("lines[0]", problem[0]) if part)
    assert told == alone.problems == [(path, problem[1])]
    assert [each["outcome"] for each in both.value["outcomes"]] == ["REFUSED", "RECORDED"]
    assert (await sheet(lina, stocktake))["goods"]["tea"]["counted"] == 4


async def test_a_batch_has_one_to_five_hundred_lines(lina: Staff) -> None:
    stocktake = await start(lina)
    many = [await line(lina, "tea", 1)] * 501

    for lines in ([], many):
        told = await do(lina, "recordCounts", stocktakeId=stocktake, lines=lines)
        assert told.problems == [("lines", "LINES")]


async def test_a_clock_that_cannot_be_right_loses_no_line(chain: Chain, lina: Staff) -> None:
    stocktake = await start(lina)
    odd = [await line(lina, "tea", 1) | {"countedAt": at} for at in ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z")]

    for sent_at in (None, "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"):
        fresh = [each | {"id": str(uuid4())} for each in odd]
        told = await do(lina, "recordCounts", stocktakeId=stocktake, lines=fresh, sentAt=sent_at)
        assert [each["outcome"] for each in told.value["outcomes"]] == ["RECORDED"] * 2
    errors = await chain.rows("select clock_error_seconds from stocktake_line where stocktake_id = $1", stocktake)
    assert all(row[0] for row in errors)


async def test_what_is_said_of_a_count_must_fit_it(chain: Chain, lina: Staff) -> None:
    manager = await chain.staff(Role.STORE_MANAGER, lina.shop)
    stocktake = await start(lina)
    await count(lina, stocktake, tea=10)
    tea, milk = (await chain.goods("tea")).id, (await chain.goods("milk")).id

    not_there = await do(manager, "settleCount", stocktakeId=stocktake, skuId=milk, decision="ACCEPT")
    no_conflict = await do(manager, "settleCount", stocktakeId=stocktake, skuId=tea, decision="SUM")
    long = await do(manager, "settleCount", stocktakeId=stocktake, skuId=tea, note="x" * 201)
    reason = await do(lina, "settleCount", stocktakeId=stocktake, skuId=tea, reason="STOLEN")
    nobody = await do(manager, "askRecount", stocktakeId=stocktake, skuIds=[str(milk)])
    none = await do(manager, "askRecount", stocktakeId=stocktake, skuIds=[])

    assert (not_there.kind, not_there.value["path"]) == ("NotFound", "skuId")
    assert no_conflict.problems == [("decision", "DOES_NOT_FIT")]
    assert long.problems == [("note", "TEXT_TOO_LONG")]
    assert reason.kind == "NotPermitted"
    assert (nobody.kind, none.problems) == ("NotFound", [("skuIds", "NAME_SOME")])


async def test_a_reason_stands_beside_what_is_posted(chain: Chain, lina: Staff) -> None:
    manager = await chain.staff(Role.STORE_MANAGER, lina.shop)
    stocktake = await start(lina)
    await count(lina, stocktake, tea=9)
    tea = (await chain.goods("tea")).id
    await do(manager, "settleCount", stocktakeId=stocktake, skuId=tea, reason="STOLEN", note="空盒")

    await confirm(manager, stocktake)

    posted = await chain.rows("select quantity, reason from movement where document_id = $1", stocktake)
    assert [tuple(row) for row in posted] == [(-1, "stolen")]
    assert (await sheet(lina, stocktake))["goods"]["tea"]["reason"] == "STOLEN"


async def test_figures_are_of_a_time_that_ends_after_it_begins(chain: Chain, lina: Staff) -> None:
    manager = await chain.staff(Role.STORE_MANAGER, lina.shop)
    document = "query($a: DateTime!, $b: DateTime!) { countFigures(from: $a, to: $b) { storeId } }"

    for a, b in ((now(1), now()), (now(-600 * 24 * 60), now())):
        told = await manager.ask(document, a=a, b=b)
        assert told.body["errors"][0]["extensions"]["code"] == "INVALID_INPUT"


async def test_millions_upon_millions_stop_neither_the_sheet_nor_the_closing(chain: Chain, lina: Staff) -> None:
    manager = await chain.staff(Role.STORE_MANAGER, lina.shop)
    stocktake = await start(lina)
    for _ in range(5):
        lines = [await line(lina, "tea", 1_000_000) for _ in range(500)]
        assert (await do(lina, "recordCounts", stocktakeId=stocktake, lines=lines)).kind == "RecordCountsSuccess"

    (tea,) = [edge["node"] for edge in (await sheet(manager, stocktake))["items"]["edges"]]
    told = await confirm(manager, stocktake, partial=True)

    assert tea["counted"] == MOST_COUNTED
    assert (told.kind, told.value["posted"]) == ("ConfirmStocktakeSuccess", 0), told.body
    assert await chain.audit() == []
