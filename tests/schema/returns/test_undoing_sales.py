"""A person takes back without a picture only a sale of her own, undone: no more of it, for no more money, no later."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from retail.access.actor import Actor, ActorKind
from retail.access.channel_kinds import ChannelKind
from retail.access.permissions import ROLE_TABLE, Role
from retail.access.work import Work
from retail.catalogue.lookup import Item
from retail.inventory.intake import Counted, Origin, entry
from retail.inventory.models import Account, MovementKind, Source
from retail.kernel.clock import utc_now
from retail.kernel.refusal import Problem
from retail.photos.rules import NewPhoto
from retail.returns.commands import NewReturn, Proved, record_return
from retail.returns.errors import ProofNeeded
from retail.returns.models import Condition, ReturnReason
from retail.returns.undoing import undo_sales
from tests.schema.returns.counter import line_of, sold, take_back
from tests.support.asking import Asker, Told
from tests.support.chain import PRICE, Chain, Staff, origin


async def back(clerk: Staff, sale: object, units: int = 1, goods: str = "soap", **more: Any) -> dict[str, Any]:
    """Something that a customer gave back at the counter, as an event."""
    event = {"eventId": uuid4(), "storeId": clerk.shop.id, "skuId": (await clerk.chain.goods(goods)).id}
    return {**event, "kind": "CUSTOMER_RETURN", "quantity": units, **_now(), "documentId": sale, **more}


def _now() -> dict[str, object]:
    return {"occurredAt": origin()["occurredAt"]}


async def undo(by: Asker, *events: dict[str, Any], **more: Any) -> list[tuple[str, str | None]]:
    """What became of each event, and why."""
    told: Told = await by.do("recordMovements", source="PHONE", events=list(events), **more)
    return [
        (each["status"], next((problem["code"] for problem in each["problems"]), None))
        for each in told.value["outcomes"]
    ]


async def sell(clerk: Staff, **basket: Any) -> str:
    """Sell, and return the request by which the phone names the sale."""
    request = str(uuid4())
    assert (await sold(clerk, requestId=request, **basket)).kind == "RecordSaleSuccess"
    return request


async def test_a_sale_is_undone_by_whom_it_was_a_mistake_of(chain: Chain) -> None:
    shop = await chain.open_store()
    clerk = await chain.clerk_at(shop)
    sale = await sell(clerk, soap=3)

    assert await undo(clerk, await back(clerk, sale, 3, amount=100 * PRICE)) == [("RECORDED", None)]

    assert (await chain.on_hand(shop))["soap"] == 0
    assert [row["amount_fen"] for row in await chain.movements(shop)] == [3 * PRICE, 3 * PRICE]


async def test_goods_without_a_sale_need_a_picture_and_the_act_that_asks_for_it(chain: Chain) -> None:
    shop = await chain.open_store()
    clerk, manager = await chain.clerk_at(shop), await chain.staff(Role.STORE_MANAGER, shop)
    other = await sell(clerk, tea=5)
    before = await chain.footprint()

    for who in (clerk, manager):
        for nothing in (None, uuid4(), other):
            assert await undo(who, await back(who, nothing)) == [("REFUSED", "NO_SALE")]

    assert await chain.footprint() == before


async def test_more_than_was_sold_is_not_undone_in_one_call_in_two_or_beside_a_return(chain: Chain) -> None:
    clerk = await chain.clerk_at(await chain.open_store())
    sale = await sell(clerk, soap=4)

    assert await undo(clerk, await back(clerk, sale, 5)) == [("REFUSED", "MORE_THAN_SOLD")]
    twice = [await back(clerk, sale, 2), await back(clerk, sale, 3)]
    assert sorted(await undo(clerk, *twice)) == [("RECORDED", None), ("REFUSED", "MORE_THAN_SOLD")]
    line = await line_of(clerk, reference=sale)
    await take_back(clerk, "soap", 1, saleLineId=line)
    assert await undo(clerk, await back(clerk, sale, 3)) == [("REFUSED", "MORE_THAN_SOLD")]


async def test_ten_who_undo_one_sale_at_once_undo_it_once(chain: Chain) -> None:
    shop = await chain.open_store()
    clerk = await chain.clerk_at(shop)
    sale = await sell(clerk, soap=1)

    told = await asyncio.gather(*[undo(clerk, await back(clerk, sale)) for _ in range(10)])

    assert sorted(one for (one,) in told) == [("RECORDED", None)] + [("REFUSED", "MORE_THAN_SOLD")] * 9
    assert (await chain.on_hand(shop))["soap"] == 0


@pytest.mark.parametrize("all_or_nothing", [False, True])
async def test_what_undid_a_sale_is_repeated_when_its_answer_was_lost(chain: Chain, *, all_or_nothing: bool) -> None:
    shop = await chain.open_store()
    clerk = await chain.clerk_at(shop)
    event, request = await back(clerk, await sell(clerk, soap=1)), uuid4()

    first = await undo(clerk, event, requestId=request, allOrNothing=all_or_nothing)
    again = await undo(clerk, event, requestId=request, allOrNothing=all_or_nothing)
    elsewhere = await undo(clerk, event, allOrNothing=all_or_nothing)

    assert (first, again, elsewhere) == ([("RECORDED", None)], [("REPEATED", None)], [("REPEATED", None)])
    assert (await chain.on_hand(shop))["soap"] == 0


@pytest.mark.parametrize("all_or_nothing", [False, True])
async def test_what_is_sent_again_takes_nothing_from_what_is_new(chain: Chain, *, all_or_nothing: bool) -> None:
    shop = await chain.open_store()
    clerk = await chain.clerk_at(shop)
    sale = await sell(clerk, soap=5)
    first, second = await back(clerk, sale, 2), await back(clerk, sale, 3)
    assert await undo(clerk, first) == [("RECORDED", None)]

    told = await undo(clerk, first, second, allOrNothing=all_or_nothing)

    assert told == [("REPEATED", None), ("RECORDED", None)]
    assert (await chain.on_hand(shop))["soap"] == 0
    assert sum(row["amount_fen"] for row in await chain.movements(shop) if row["quantity"] > 0) == 5 * PRICE


async def test_all_or_nothing_undoes_nothing_beside_what_is_no_sale(chain: Chain) -> None:
    shop = await chain.open_store()
    clerk = await chain.clerk_at(shop)
    events = [await back(clerk, await sell(clerk, soap=1)), await back(clerk, uuid4())]

    told = await clerk.do("recordMovements", source="PHONE", allOrNothing=True, events=events)

    assert told.problems == [("events[1].documentId", "NO_SALE")]
    assert (await chain.on_hand(shop))["soap"] == -1


async def test_a_colleagues_sale_is_the_managers_to_undo(chain: Chain) -> None:
    shop = await chain.open_store()
    seller, colleague = await chain.clerk_at(shop), await chain.clerk_at(shop)
    manager = await chain.staff(Role.STORE_MANAGER, shop)
    sale = await sell(seller, soap=2)

    assert await undo(colleague, await back(colleague, sale)) == [("REFUSED", "NOT_YOUR_SALE")]
    assert await undo(manager, await back(manager, sale)) == [("RECORDED", None)]


@pytest.mark.parametrize(("role", "may"), [(Role.CLERK, "TOO_LATE"), (Role.STORE_MANAGER, None)])
async def test_after_a_day_only_the_manager_undoes_a_sale(chain: Chain, role: Role, may: str | None) -> None:
    shop = await chain.open_store()
    clerk, soap = await chain.staff(role, shop), await chain.goods("soap")
    sale = await sell(clerk, soap=1)
    tomorrow = utc_now() + timedelta(hours=25)
    actor = _actor(clerk, role)
    back_then = entry(
        Origin(tomorrow, None, None, None, Source.PHONE),
        tomorrow,
        store_id=shop.id,
        sku_id=soap.id,
        kind=MovementKind.CUSTOMER_RETURN,
        quantity=1,
        counter=Account.CUSTOMER,
        document_id=UUID(sale),
        actor_id=clerk.id,
    )

    async with chain.sessions() as session:
        (told,) = await undo_sales(Work(session, actor, tomorrow), [back_then])

    assert (told.code if isinstance(told, Problem) else None) == may


async def test_another_stores_sale_is_none_here(chain: Chain) -> None:
    riverside, harbour = await chain.open_stores("Riverside", "Harbour")
    here, there = await chain.clerk_at(riverside), await chain.clerk_at(harbour)
    sale = await sell(there, soap=1)

    assert await undo(here, await back(here, sale)) == [("REFUSED", "NO_SALE")]


async def test_a_sale_that_came_as_an_event_is_undone_by_the_event(chain: Chain) -> None:
    clerk = await chain.clerk_at(await chain.open_store())
    event = await back(clerk, None, kind="SALE")
    assert await undo(clerk, event) == [("RECORDED", None)]

    assert await undo(clerk, await back(clerk, event["eventId"])) == [("RECORDED", None)]
    assert await undo(clerk, await back(clerk, event["eventId"])) == [("REFUSED", "MORE_THAN_SOLD")]


async def test_a_till_takes_back_what_its_scopes_let_it(chain: Chain) -> None:
    shop = await chain.open_store()
    clerk = await chain.clerk_at(shop)
    till = await chain.register_channel(store_ids=[shop.id], kind=ChannelKind.TILL)

    assert await undo(till, await back(clerk, None)) == [("RECORDED", None)]


async def test_a_return_takes_no_sales_id(chain: Chain) -> None:
    shop = await chain.open_store()
    clerk = await chain.clerk_at(shop)
    told = await sold(clerk, soap=1, receipt=(receipt := uuid4().hex))
    event = await back(clerk, None, kind="SALE", documentId=uuid4())
    await undo(clerk, event)
    before = await chain.footprint()

    for sale in (told.value["saleId"], event["eventId"], event["documentId"]):
        assert (await take_back(clerk, "soap", id=str(sale))).problems == [("id", "ID_TAKEN")]

    assert (await take_back(clerk, "tea", id=told.value["saleId"])).problems == [("id", "ID_TAKEN")]
    assert await chain.footprint() == before
    assert (await take_back(clerk, "soap", saleReference=receipt)).kind == "RecordReturnSuccess"


async def test_two_at_once_do_not_pass_the_limit_of_a_day(chain: Chain) -> None:
    shop = await chain.open_store()
    clerk, soap = await chain.clerk_at(shop), await chain.goods("soap")
    for _ in range(4):
        assert (await take_back(clerk, "soap")).kind == "RecordReturnSuccess"
    item = Item(soap.id, 1, ())
    now = utc_now()
    actor = _actor(clerk, Role.CLERK)

    async def fifth(session: AsyncSession) -> None:
        new = NewReturn(
            uuid4(),
            shop.id,
            Origin(now, None, None, None, Source.PHONE),
            ReturnReason.UNWANTED,
            Condition.SEALED,
            (NewPhoto(uuid4(), "ab" * 32, 1000, now),),
        )
        await record_return(Work(session, actor, now), new, Counted(item, 1, None), Proved(shown=False, line_id=None))

    async with chain.sessions() as one, chain.sessions() as other:
        await fifth(one)
        second = asyncio.create_task(fifth(other))
        while not await chain.value("select count(*) from pg_locks where not granted"):
            assert not second.done()
        await one.commit()
        with pytest.raises(ProofNeeded):
            await second


def _actor(clerk: Staff, role: Role) -> Actor:
    grants = {permission: frozenset({clerk.shop.id}) for permission in ROLE_TABLE[role]}
    return Actor(clerk.id, ActorKind.PERSON, "", (), grants)
