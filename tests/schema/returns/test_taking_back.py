"""Goods come back: to any store, never more than was bought, never for more money than was paid."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from retail.access.permissions import Role
from tests.schema.returns.counter import cancel, find, line_of, moved, photo, sold, take_back
from tests.support.chain import CASE, PRICE, Chain


async def test_what_was_bought_in_one_store_comes_back_in_another(chain: Chain) -> None:
    riverside, harbour = await chain.open_stores("Riverside", "Harbour")
    seller, taker = await chain.clerk_at(riverside), await chain.clerk_at(harbour)
    receipt = f"T1-{uuid4().hex[:8]}"
    await seller.receive(soap=10)
    await sold(seller, soap=3, receipt=receipt)
    line = await line_of(taker, reference=receipt)

    told = await take_back(taker, "soap", 2, saleLineId=line)

    returned = told.value["returned"]
    assert told.kind == "RecordReturnSuccess"
    assert (returned["disposition"], returned["refund"]) == ("BACK_ON_SALE", 2 * PRICE)
    assert [each["status"] for each in returned["photos"]] == ["AWAITED"]
    assert (await chain.on_hand(riverside))["soap"] == 7
    assert (await chain.on_hand(harbour))["soap"] == 2
    assert await moved(chain, returned["id"]) == [("customer_return", 2, "customer")]
    (sale,) = await find(taker, reference=receipt)
    assert not sale["soldHere"]
    assert [(each["sold"], each["returned"], each["left"]) for each in sale["lines"]] == [(3, 2, 1)]


async def test_more_than_was_bought_is_refused_with_the_figures(chain: Chain) -> None:
    clerk = await chain.clerk_at(await chain.open_store())
    await sold(clerk, soap=3, receipt=(receipt := uuid4().hex))
    line = await line_of(clerk, reference=receipt)
    await take_back(clerk, "soap", 2, saleLineId=line)
    before = await chain.footprint()

    told = await take_back(clerk, "soap", 2, saleLineId=line)

    assert told.kind == "MoreThanBought"
    assert (told.value["bought"], told.value["returnedBefore"], told.value["wanted"]) == (3, 2, 2)
    assert "还能退 1 件" in told.value["messageZh"]
    assert await chain.footprint() == before


async def test_two_stores_do_not_take_the_same_last_piece(chain: Chain) -> None:
    shops = await chain.open_stores("Riverside", "Harbour")
    clerks = [await chain.clerk_at(shop) for shop in shops]
    await sold(clerks[0], soap=2, receipt=(receipt := uuid4().hex))
    line = await line_of(clerks[1], reference=receipt)

    told = await asyncio.gather(*(take_back(clerks[n % 2], "soap", 1, saleLineId=line) for n in range(12)))

    assert sorted(each.kind for each in told) == ["MoreThanBought"] * 10 + ["RecordReturnSuccess"] * 2
    assert sum(each.value["returned"]["refund"] for each in told if each.kind == "RecordReturnSuccess") == 2 * PRICE
    assert await chain.audit() == []


async def test_a_refund_follows_the_price_that_was_paid_and_never_exceeds_it(chain: Chain) -> None:
    manager = await chain.staff(Role.STORE_MANAGER, await chain.open_store())
    case = (await chain.goods("soap")).case_gtin
    given = {"code": case, "quantity": 1, "unitPrice": 1000}
    sale = await manager.do("recordSale", requestId=uuid4(), storeId=manager.shop.id, origin=_origin(), lines=[given])
    line = await line_of(manager, reference=sale.value["saleId"])

    refunds = [(await take_back(manager, "soap", 1, saleLineId=line)).value["returned"]["refund"] for _ in range(CASE)]

    assert sum(refunds) == 1000
    assert set(refunds) == {41, 42}
    assert (await take_back(manager, "soap", 1, saleLineId=line)).kind == "MoreThanBought"


async def test_what_was_paid_is_unknown_and_so_is_the_refund(chain: Chain) -> None:
    clerk = await chain.clerk_at(await chain.open_store())
    unlisted = f"unlisted {uuid4()}"
    await chain.rows("delete from price where sku_id = $1", (await chain.goods(unlisted)).id)
    await sold(clerk, **{unlisted: 2}, receipt=(receipt := uuid4().hex))

    told = await take_back(clerk, unlisted, 1, saleReference=receipt)

    assert told.kind == "RecordReturnSuccess", told.body
    assert told.value["returned"]["refund"] is None


async def test_a_case_comes_back_as_its_pieces(chain: Chain) -> None:
    clerk = await chain.clerk_at(await chain.open_store())
    soap = await chain.goods("soap")
    await sold(clerk, soap=30, receipt=(receipt := uuid4().hex))

    told = await take_back(clerk, "soap", 1, skuId=None, code=soap.case_gtin, saleReference=receipt)

    assert (told.value["returned"]["units"], told.value["returned"]["refund"]) == (CASE, CASE * PRICE)


async def test_nothing_is_taken_back_without_a_picture(chain: Chain) -> None:
    clerk = await chain.clerk_at(await chain.open_store())
    before = await chain.footprint()

    told = await take_back(clerk, "soap", photos=[])

    assert told.kind == "PhotoNeeded"
    assert await chain.footprint() == before


async def test_a_return_that_is_sent_twice_is_taken_once(chain: Chain) -> None:
    clerk = await chain.clerk_at(await chain.open_store())
    await sold(clerk, soap=3, receipt=(receipt := uuid4().hex))
    same = {"requestId": str(uuid4()), "id": str(uuid4()), "photos": [photo()], "origin": _origin()}

    told = [await take_back(clerk, "soap", 2, saleReference=receipt, **same) for _ in range(2)]

    assert told[0].value == told[1].value
    assert await moved(chain, same["id"]) == [("customer_return", 2, "customer")]  # type: ignore[arg-type]
    other = await take_back(clerk, "soap", 1, saleReference=receipt, **same)
    assert other.kind == "RequestIdConflict"


async def test_two_returns_have_no_id_in_common(chain: Chain) -> None:
    clerk = await chain.clerk_at(await chain.open_store())
    first = await take_back(clerk, "soap")

    told = await take_back(clerk, "soap", id=first.value["returned"]["id"])

    assert told.problems == [("id", "ID_TAKEN")]


async def test_without_a_receipt_a_clerk_takes_little_and_the_manager_decides_about_more(chain: Chain) -> None:
    shop = await chain.open_store()
    clerk, manager = await chain.clerk_at(shop), await chain.staff(Role.STORE_MANAGER, shop)

    little = await take_back(clerk, "soap", 2)
    much = await take_back(clerk, "soap", 3)
    decided = await take_back(manager, "soap", 3)

    assert (little.value["returned"]["soldAt"], little.value["returned"]["disposition"]) == (None, "QUARANTINE")
    assert little.value["returned"]["refund"] == 2 * PRICE
    assert much.kind == "ProofNeeded"
    assert (much.value["mostUnits"], much.value["most"], much.value["mostADay"]) == (2, 10_000, 5)
    assert decided.kind == "RecordReturnSuccess"


async def test_without_a_receipt_a_clerk_takes_so_often_a_day_only(chain: Chain) -> None:
    clerk = await chain.clerk_at(await chain.open_store())

    told = [await take_back(clerk, "soap") for _ in range(6)]

    assert [each.kind for each in told] == ["RecordReturnSuccess"] * 5 + ["ProofNeeded"]


async def test_a_receipt_that_leads_nowhere_is_no_return_without_a_receipt(chain: Chain) -> None:
    clerk = await chain.clerk_at(await chain.open_store())
    await sold(clerk, soap=1, receipt=(receipt := uuid4().hex))

    unknown = await take_back(clerk, "soap", saleReference="T1-0000")
    of_something_else = await take_back(clerk, "tea", saleReference=receipt)
    rubbish = await take_back(clerk, "soap", saleReference="\u0000" * 50)
    no_line = await take_back(clerk, "soap", saleLineId=str(uuid4()))

    assert [each.kind for each in (unknown, of_something_else, rubbish, no_line)] == ["NotFound"] * 4
    assert {each.value["path"] for each in (unknown, of_something_else, rubbish, no_line)} == {"sale"}


async def test_a_mistake_is_undone_and_the_sale_can_be_returned_again(chain: Chain) -> None:
    shop = await chain.open_store()
    clerk = await chain.clerk_at(shop)
    await sold(clerk, soap=1, receipt=(receipt := uuid4().hex))
    returned = (await take_back(clerk, "soap", saleReference=receipt)).value["returned"]

    undone = await cancel(clerk, returned["id"])

    assert undone.value["returned"]["cancelledAt"] is not None
    assert await moved(chain, returned["id"]) == [("customer_return", 1, "customer"), ("sale", -1, "customer")]
    assert (await cancel(clerk, returned["id"])).value["status"] == "cancelled"
    assert (await take_back(clerk, "soap", saleReference=receipt)).kind == "RecordReturnSuccess"
    assert (await take_back(clerk, "soap", saleReference=receipt)).kind == "MoreThanBought"
    # What the undoing sold is no sale to bring anything back from.
    line = await chain.value(
        "select movement_id from movement where document_id::text = $1 and kind = 'sale'", returned["id"]
    )
    assert (await take_back(clerk, "soap", saleLineId=line)).kind == "NotFound"
    assert await chain.audit() == []


async def test_a_sale_that_was_undone_cannot_be_returned_again(chain: Chain) -> None:
    clerk = await chain.clerk_at(await chain.open_store())
    soap = await chain.goods("soap")
    await sold(clerk, soap=2, requestId=(request := str(uuid4())))
    event = {"eventId": uuid4(), "storeId": clerk.shop.id, "skuId": soap.id, "kind": "CUSTOMER_RETURN", "quantity": 1}
    event |= {"occurredAt": _origin()["occurredAt"], "documentId": request}
    await clerk.do("recordMovements", requestId=uuid4(), source="PHONE", events=[event])

    told = await take_back(clerk, "soap", 2, saleReference=request)

    assert (told.kind, told.value.get("returnedBefore"), told.value.get("bought")) == ("MoreThanBought", 1, 2)
    assert (await take_back(clerk, "soap", 1, saleReference=request)).value["returned"]["refund"] == PRICE


@pytest.mark.parametrize(
    ("how", "problem"),
    [
        ({"disposition": "SUPPLIER"}, ("overrideReason", "REASON_MISSING")),
        ({"disposition": "SUPPLIER", "overrideReason": "  "}, ("overrideReason", "REASON_MISSING")),
        (
            {"condition": "EXPIRED", "disposition": "BACK_ON_SALE", "overrideReason": "x"},
            ("disposition", "NEVER_ON_SALE"),
        ),
        (
            {"condition": "EXPIRED", "disposition": "QUARANTINE", "overrideReason": "x"},
            ("disposition", "NEVER_ON_SALE"),
        ),
        ({"quantity": 0}, ("lines[0].quantity", "QUANTITY_NOT_POSITIVE")),
        ({"skuId": None}, ("lines[0]", "NAME_ONE")),
        ({"note": "x" * 201}, ("note", "TEXT_TOO_LONG")),
        ({"overrideReason": "a\u0000b"}, ("overrideReason", "TEXT_NOT_PLAIN")),
        ({"origin": {"occurredAt": "2026-01-01T00:00:00Z", "latitude": 91.0}}, ("origin.latitude", "OUT_OF_RANGE")),
        ({"photos": [{**photo(), "sha256": "x"}]}, ("photos[0].sha256", "NOT_A_HASH")),
    ],
)
async def test_rubbish_is_refused_by_name(chain: Chain, how: dict[str, Any], problem: tuple[str, str]) -> None:
    clerk = await chain.clerk_at(await chain.open_store())
    before = await chain.footprint()

    told = await take_back(clerk, "soap", **how)

    assert told.problems == [problem]
    assert await chain.footprint() == before


async def test_the_counter_decides_otherwise_and_says_why(chain: Chain) -> None:
    clerk = await chain.clerk_at(await chain.open_store())

    told = await take_back(clerk, "soap", disposition="SUPPLIER", overrideReason="供应商在召回")

    returned = told.value["returned"]
    assert (returned["advised"], returned["disposition"]) == ("QUARANTINE", "SUPPLIER")
    assert returned["overrideReason"] == "供应商在召回"
    assert await moved(chain, returned["id"]) == [
        ("customer_return", 1, "customer"),
        ("supplier_return", -1, "supplier"),
    ]


def _origin() -> dict[str, object]:
    return {"occurredAt": "2026-11-22T03:00:00Z"}


async def test_after_a_day_only_the_manager_undoes_a_return(chain: Chain) -> None:
    shop = await chain.open_store()
    clerk, manager = await chain.clerk_at(shop), await chain.staff(Role.STORE_MANAGER, shop)
    returned = (await take_back(clerk, "soap")).value["returned"]["id"]
    await chain.rows("update goods_return set recorded_at = now() - interval '25 hours' where id::text = $1", returned)

    assert (await cancel(clerk, returned)).value["status"] == "too_old"
    assert (await cancel(manager, returned)).kind == "CancelReturnSuccess"


async def test_a_return_is_undone_once_however_often_it_is_asked_for(chain: Chain) -> None:
    clerk = await chain.clerk_at(await chain.open_store())
    await sold(clerk, soap=2, receipt=(receipt := uuid4().hex))
    returned = (await take_back(clerk, "soap", saleReference=receipt)).value["returned"]["id"]

    told = await asyncio.gather(*(cancel(clerk, returned) for _ in range(6)))

    assert sorted(each.kind for each in told) == ["CancelReturnSuccess"] + ["ReturnClosed"] * 5
    assert await moved(chain, returned) == [("customer_return", 1, "customer"), ("sale", -1, "customer")]
