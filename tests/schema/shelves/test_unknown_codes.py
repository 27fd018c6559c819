"""A code that nobody knows is kept where it was found until headquarters says what it is; then it counts."""

import asyncio
from itertools import count as numbers
from typing import Any
from uuid import uuid4

import pytest

from retail.access.permissions import Role
from retail.catalogue.codes import check_digit
from tests.schema.shelves.words import PATTERNS, UNKNOWN, do, forget_patterns
from tests.support.asking import Asker
from tests.support.chain import Chain, Staff
from tests.support.counting import confirm, now, sheet, start
from tests.support.counting import do as act

NEW = numbers(1)


def gtin(body: str) -> str:
    return body + check_digit(body)


def fresh_gtin() -> str:
    """One that no other story has used, of a maker of its own."""
    return gtin(f"697{next(NEW):06d}001")


@pytest.fixture
async def clerk(chain: Chain) -> Staff:
    clerk = await chain.clerk_at(await chain.open_store())
    await clerk.receive(tea=100)
    return clerk


@pytest.fixture
async def headquarters(chain: Chain) -> Asker:
    return await chain.hire(Role.HQ_OPERATIONS)


async def scan(who: Staff, stocktake: str, code: str, quantity: int = 1, **more: object) -> None:
    line = {"id": uuid4(), "code": code, "quantity": quantity, "countedAt": now(), **more}
    told = await act(who, "recordCounts", stocktakeId=stocktake, lines=[line])
    assert told.value["outcomes"][0]["outcome"] == "RECORDED", told.body


async def waiting(asker: Asker) -> dict[str, Any]:
    """All codes that wait, read page by page."""
    found: dict[str, Any] = {}
    after = None
    while True:
        page = (await asker.ask(UNKNOWN, first=3, after=after)).data["unknownCodes"]
        found |= {edge["node"]["code"]: edge["node"] for edge in page["edges"]}
        if not page["pageInfo"]["hasNextPage"]:
            assert len(found) == page["totalCount"]
            return found
        after = page["pageInfo"]["endCursor"]


async def test_what_was_scanned_under_an_unknown_code_counts_once_it_is_named(
    chain: Chain, clerk: Staff, headquarters: Asker
) -> None:
    code, tea = fresh_gtin(), await chain.goods("tea")
    stocktake = await start(clerk)
    await scan(clerk, stocktake, code, 3)
    await scan(clerk, stocktake, f"0{code}", 2)

    seen = (await waiting(headquarters))[code]
    told = await do(headquarters, "resolveCode", code=code, skuId=tea.id, packUnits=12)

    assert (seen["times"], seen["quantity"], seen["storeCount"]) == (2, 5, 1)
    assert {each["stocktakeId"] for each in seen["sightings"]} == {stocktake}
    assert {each["foundBy"] for each in seen["sightings"]} == {str(clerk.id)}
    assert (told.value["settled"], told.value["counted"]) == (2, 2)
    assert code not in await waiting(headquarters)
    manager = await chain.staff(Role.STORE_MANAGER, clerk.shop)
    assert (await sheet(manager, stocktake))["goods"]["tea"]["counted"] == 60
    scanned = await clerk.ask("query($c: String!) { skuByCode(code: $c) { packUnits sku { id } } }", c=code)
    assert scanned.data["skuByCode"] == {"packUnits": 12, "sku": {"id": str(tea.id)}}


async def test_a_code_named_after_the_stocktake_was_closed_counts_in_the_one_that_follows(
    chain: Chain, clerk: Staff, headquarters: Asker
) -> None:
    code, tea = fresh_gtin(), await chain.goods("tea")
    manager = await chain.staff(Role.STORE_MANAGER, clerk.shop)
    stocktake = await start(clerk)
    await scan(clerk, stocktake, code, 100)
    assert (await confirm(manager, stocktake)).kind == "ConfirmStocktakeSuccess"

    told = await do(headquarters, "resolveCode", code=code, skuId=tea.id)

    assert told.value["counted"] == 1
    following = await chain.value("select id from stocktake where follows_id = $1", stocktake)
    assert (await sheet(manager, str(following)))["goods"]["tea"]["counted"] == 100


async def test_the_same_naming_sent_twice_is_done_once(chain: Chain, clerk: Staff, headquarters: Asker) -> None:
    code, tea, request = fresh_gtin(), await chain.goods("tea"), uuid4()
    await scan(clerk, await start(clerk), code)

    first = await do(headquarters, "resolveCode", requestId=request, code=code, skuId=tea.id)
    again = await do(headquarters, "resolveCode", requestId=request, code=code, skuId=tea.id)

    assert first.value == again.value
    assert (await do(headquarters, "resolveCode", code=code, skuId=tea.id)).kind == "NotFound"


async def test_a_misread_code_counts_and_is_not_learnt(chain: Chain, clerk: Staff, headquarters: Asker) -> None:
    tea = await chain.goods("tea")
    misread = tea.gtin[:-1] + str((int(tea.gtin[-1]) + 1) % 10)
    stocktake = await start(clerk)
    await scan(clerk, stocktake, misread, 7)

    guess = (await waiting(headquarters))[misread]["suggestions"][0]
    told = await do(headquarters, "resolveCode", code=misread, skuId=guess["skuId"], packUnits=guess["packUnits"])

    assert (guess["likeness"], guess["gtin"], guess["sku"]["code"]) == ("ONE_DIGIT_OFF", tea.gtin, tea.code)
    assert told.value["counted"] == 1
    assert await chain.value("select count(*) from sku_code where gtin = $1", misread) == 0


async def test_a_code_of_the_same_maker_is_suggested_after_what_is_nearer(
    chain: Chain, clerk: Staff, headquarters: Asker
) -> None:
    tea = await chain.goods("tea")
    maker = f"698{next(NEW):06d}"
    await chain.rows("insert into sku_code values ($1, $2, 6)", gtin(f"{maker}111"), tea.id)
    code = gtin(f"{maker}999")
    await scan(clerk, await start(clerk), code)

    guesses = (await waiting(headquarters))[code]["suggestions"]

    assert [(each["likeness"], each["gtin"], each["packUnits"]) for each in guesses] == [
        ("SAME_MAKER", gtin(f"{maker}111"), 6)
    ]


async def test_more_finds_than_a_number_holds_hide_no_page(clerk: Staff, headquarters: Asker) -> None:
    code = fresh_gtin()
    await clerk.chain.rows(
        "insert into unknown_code (store_id, id, code, key, quantity, found_at, recorded_at)"
        " select $1, gen_random_uuid(), $2, $2, 1000000, now(), now() from generate_series(1, 2200)",
        clerk.shop.id,
        code,
    )

    found = await waiting(headquarters)
    await do(headquarters, "resolveCode", code=code)

    assert (found[code]["times"], found[code]["quantity"]) == (2200, 2**31 - 1)


async def test_what_is_not_ours_is_settled_and_counts_nowhere(chain: Chain, clerk: Staff, headquarters: Asker) -> None:
    code = fresh_gtin()
    stocktake = await start(clerk)
    await scan(clerk, stocktake, code, 4)

    told = await do(headquarters, "resolveCode", code=code)

    assert (told.value["settled"], told.value["counted"]) == (1, 0)
    assert code not in await waiting(headquarters)
    manager = await chain.staff(Role.STORE_MANAGER, clerk.shop)
    assert (await sheet(manager, stocktake))["unknownCount"] == 1


async def test_a_wrong_naming_is_refused_and_the_code_goes_on_waiting(
    chain: Chain, clerk: Staff, headquarters: Asker
) -> None:
    code, tea = fresh_gtin(), await chain.goods("tea")
    await scan(clerk, await start(clerk), code)

    assert (await do(headquarters, "resolveCode", code=code, skuId=tea.id, packUnits=0)).problems == [
        ("packUnits", "OUT_OF_RANGE")
    ]
    assert (await do(headquarters, "resolveCode", code=code, skuId=uuid4())).value["path"] == "skuId"
    assert (await do(headquarters, "resolveCode", code="", skuId=tea.id)).problems == [("code", "TEXT")]
    assert (await do(headquarters, "resolveCode", code="a\u0000", skuId=tea.id)).problems == [("code", "TEXT")]
    assert (await do(headquarters, "resolveCode", code="nobody saw it", skuId=tea.id)).kind == "NotFound"
    await chain.rows("insert into sku_code values ($1, $2, 2)", code, tea.id)
    assert (await do(headquarters, "resolveCode", code=code, skuId=tea.id)).problems == [("code", "CODE_TAKEN")]
    assert code in await waiting(headquarters)


async def test_a_pack_that_no_book_can_hold_is_refused_for_misread_codes_too(
    chain: Chain, clerk: Staff, headquarters: Asker
) -> None:
    code, tea = f"smudged {uuid4()}", await chain.goods("tea")
    stocktake = await start(clerk)
    await scan(clerk, stocktake, code, 500_000)

    for wrong in (-5, 0, 3, 100_000, 2**31 - 1):
        told = await do(headquarters, "resolveCode", code=code, skuId=tea.id, packUnits=wrong)
        assert told.problems == [("packUnits", "OUT_OF_RANGE")], told.body
    told = await do(headquarters, "resolveCode", code=code, skuId=tea.id, packUnits=2)

    assert (told.value["settled"], told.value["counted"]) == (1, 1)


async def test_only_headquarters_says_what_codes_mean(chain: Chain, clerk: Staff) -> None:
    manager = await chain.staff(Role.STORE_MANAGER, clerk.shop)

    assert (await manager.ask(UNKNOWN, first=1)).codes == ["NOT_PERMITTED"]
    assert (await do(manager, "resolveCode", code="x")).kind == "NotPermitted"
    assert (await do(manager, "setInStorePatterns", patterns=[])).kind == "NotPermitted"


async def test_weighed_goods_are_sold_and_counted_by_what_the_scale_printed(
    chain: Chain, clerk: Staff, headquarters: Asker
) -> None:
    patterns = [
        {"prefix": "24", "itemDigits": 5, "valueDigits": 5, "measure": "GRAMS", "priceCheck": False},
        {"prefix": "25", "itemDigits": 5, "valueDigits": 4, "measure": "FEN", "priceCheck": True},
    ]
    await forget_patterns(chain)
    assert (await do(headquarters, "setInStorePatterns", patterns=patterns)).value["patterns"] == patterns
    assert (await clerk.ask(PATTERNS)).data["inStorePatterns"] == patterns
    tea = await chain.goods("tea")  # 15 yuan a unit; here a unit is 100 grams
    await chain.rows("insert into sku_code values ($1, $2, 10)", gtin("240000100000"), tea.id)
    await chain.rows("insert into sku_code values ($1, $2, 10)", gtin("250000100000"), tea.id)
    by_weight, by_price = gtin("240000101230"), gtin("2500001" + "1" + "4500")

    asked = "query($c: String!, $s: UUID!) { skuByCode(code: $c, storeId: $s) { packUnits } }"
    units = [(await clerk.ask(asked, c=code, s=clerk.shop.id)).data["skuByCode"] for code in (by_weight, by_price)]
    sold = await clerk.do(
        "recordSale",
        storeId=clerk.shop.id,
        origin={"occurredAt": now()},
        lines=[{"code": by_weight, "quantity": 1}, {"code": by_price, "quantity": 1}],
    )
    stocktake = await start(clerk)
    await scan(clerk, stocktake, by_weight, 2)

    assert units == [{"packUnits": 12}, {"packUnits": 3}]
    assert [(each["quantity"], each["amount"]) for each in sold.value["lines"]] == [(-12, 18000), (-3, 4500)]
    manager = await chain.staff(Role.STORE_MANAGER, clerk.shop)
    assert (await sheet(manager, stocktake))["goods"]["tea"]["counted"] == 24


async def test_a_weighed_item_that_nobody_knows_is_named_once_for_all_its_weights(
    chain: Chain, clerk: Staff, headquarters: Asker
) -> None:
    pattern = {"prefix": "24", "itemDigits": 5, "valueDigits": 5, "measure": "GRAMS", "priceCheck": False}
    await forget_patterns(chain)
    await do(headquarters, "setInStorePatterns", patterns=[pattern])
    assert (await clerk.ask(PATTERNS)).data["inStorePatterns"] == [pattern]
    tea = await chain.goods("tea")
    stocktake = await start(clerk)
    await scan(clerk, stocktake, gtin("249999900500"))
    await scan(clerk, stocktake, gtin("249999901500"))
    base = gtin("249999900000")

    assert (await waiting(headquarters))[base]["times"] == 2
    told = await do(headquarters, "resolveCode", code=base, skuId=tea.id, packUnits=10)

    assert told.value["counted"] == 2
    manager = await chain.staff(Role.STORE_MANAGER, clerk.shop)
    assert (await sheet(manager, stocktake))["goods"]["tea"]["counted"] == 20


async def test_patterns_that_no_scale_can_follow_are_refused_all_at_once(headquarters: Asker) -> None:
    good = {"prefix": "24", "itemDigits": 5, "valueDigits": 5, "measure": "GRAMS"}

    told = await do(
        headquarters, "setInStorePatterns", patterns=[good, {**good, "prefix": "69"}, good, {**good, "itemDigits": 6}]
    )
    many = await do(headquarters, "setInStorePatterns", patterns=[good] * 21)

    assert told.problems == [
        ("patterns[1]", "NOT_SOUND"),
        ("patterns[2].prefix", "TWICE"),
        ("patterns[3]", "NOT_SOUND"),
        ("patterns[3].prefix", "TWICE"),
    ]
    assert many.problems == [("patterns", "TOO_MANY")]


async def test_two_who_change_the_patterns_at_once_do_not_undo_each_other(headquarters: Asker, chain: Chain) -> None:
    other = await chain.hire(Role.HQ_OPERATIONS)
    seen = (await headquarters.ask(PATTERNS)).data["inStorePatterns"]
    mine = {"prefix": "26", "itemDigits": 5, "valueDigits": 5, "measure": "GRAMS", "priceCheck": False}
    theirs = {**mine, "prefix": "27"}

    told = await asyncio.gather(
        *(do(headquarters, "setInStorePatterns", patterns=[mine], expected=seen) for _ in range(4)),
        *(do(other, "setInStorePatterns", patterns=[theirs], expected=seen) for _ in range(4)),
    )

    assert sorted(each.kind for each in told) == [*["InvalidInput"] * 7, "SetInStorePatternsSuccess"]
    late = next(each for each in told if each.kind == "InvalidInput")
    assert late.problems == [("expected", "CHANGED_MEANWHILE")]


async def test_patterns_set_at_once_without_looking_end_as_one_of_them(chain: Chain, headquarters: Asker) -> None:
    good = {"prefix": "26", "itemDigits": 5, "valueDigits": 5, "measure": "GRAMS", "priceCheck": False}
    await forget_patterns(chain)

    told = await asyncio.gather(*(do(headquarters, "setInStorePatterns", patterns=[good]) for _ in range(8)))

    assert {each.kind for each in told} == {"SetInStorePatternsSuccess"}
    assert (await headquarters.ask(PATTERNS)).data["inStorePatterns"] == [good]


async def test_without_saying_what_is_there_patterns_come_but_none_goes_or_changes(
    chain: Chain, headquarters: Asker
) -> None:
    wide = {"prefix": "24", "itemDigits": 5, "valueDigits": 5, "measure": "GRAMS", "priceCheck": False}
    narrow, other = {**wide, "prefix": "249", "itemDigits": 4}, {**wide, "prefix": "25"}
    await forget_patterns(chain)
    await do(headquarters, "setInStorePatterns", patterns=[wide, narrow])

    for fewer in ([other], [wide], [narrow], [], [wide, {**narrow, "measure": "FEN"}, other]):
        told = await do(headquarters, "setInStorePatterns", patterns=fewer)
        assert told.problems == [("expected", "EXPECTED_MISSING")]
    more = await do(headquarters, "setInStorePatterns", patterns=[narrow, other, wide])
    known = await do(headquarters, "setInStorePatterns", patterns=[other], expected=[wide, other, narrow])

    assert (more.kind, known.value["patterns"]) == ("SetInStorePatternsSuccess", [other])


async def test_a_longer_prefix_is_read_before_a_shorter_one(chain: Chain, clerk: Staff, headquarters: Asker) -> None:
    wide = {"prefix": "24", "itemDigits": 5, "valueDigits": 5, "measure": "GRAMS"}
    narrow = {"prefix": "249", "itemDigits": 4, "valueDigits": 5, "measure": "FEN"}
    await forget_patterns(chain)
    told = await do(headquarters, "setInStorePatterns", patterns=[wide, narrow])
    assert told.kind == "SetInStorePatternsSuccess"
    tea = await chain.goods("tea")  # 15 yuan
    await chain.rows("insert into sku_code values ($1, $2, 10)", gtin("249777700000"), tea.id)

    asked = "query($c: String!, $s: UUID!) { skuByCode(code: $c, storeId: $s) { packUnits } }"
    units = await clerk.ask(asked, c=gtin("249777703000"), s=clerk.shop.id)

    assert units.data["skuByCode"] == {"packUnits": 2}


async def test_a_pattern_that_would_hide_goods_of_the_catalogue_is_refused(chain: Chain, headquarters: Asker) -> None:
    tea = await chain.goods("tea")
    weighed, plain, free = gtin("239000100000"), gtin("239000101230"), gtin("230000101230")
    pattern = {"prefix": "239", "itemDigits": 4, "valueDigits": 5, "measure": "GRAMS"}
    before = (await headquarters.ask(PATTERNS)).data["inStorePatterns"]
    for code in (weighed, plain, free):
        await chain.rows("insert into sku_code values ($1, $2, 1)", code, tea.id)

    hiding = await do(headquarters, "setInStorePatterns", patterns=[pattern], expected=before)
    unchanged = (await headquarters.ask(PATTERNS)).data["inStorePatterns"]
    await chain.rows("delete from sku_code where gtin = $1", plain)
    harmless = await do(headquarters, "setInStorePatterns", patterns=[pattern], expected=before)

    assert hiding.problems == [("patterns[0].prefix", "HIDES_GOODS")]
    assert f"1 codes of the catalogue could not be read any more, such as {plain}." in str(hiding.body)
    assert unchanged == before
    assert harmless.kind == "SetInStorePatternsSuccess"


@pytest.mark.parametrize("prefix", ["2\u0663", "9" * 10_000, "2\0", "", "3"])
async def test_a_prefix_of_other_signs_than_digits_is_refused(headquarters: Asker, prefix: str) -> None:
    digits = 12 - len(prefix) - 5
    pattern = {"prefix": prefix, "itemDigits": digits, "valueDigits": 5, "measure": "GRAMS"}

    told = await do(headquarters, "setInStorePatterns", patterns=[pattern])

    assert told.problems == [("patterns[0]", "NOT_SOUND")]


async def test_a_foreign_stores_prices_are_not_told_through_a_code(chain: Chain, clerk: Staff) -> None:
    harbour = await chain.open_store("Harbour")

    told = await clerk.ask('query($s: UUID!) { skuByCode(code: "x", storeId: $s) { packUnits } }', s=harbour.id)

    assert told.codes == ["NOT_FOUND"]
