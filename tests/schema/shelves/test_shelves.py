"""A manager arranges the shelves of the store; whoever counts there sees them, and nobody of another store does."""

import asyncio
from uuid import uuid4

import pytest

from retail.access.permissions import Role
from tests.schema.shelves.words import BY_TOKEN, SHELVES, do
from tests.support.chain import Chain, Staff


@pytest.fixture
async def manager(chain: Chain) -> Staff:
    return await chain.staff(Role.STORE_MANAGER, await chain.open_store())


async def codes(asker: Staff) -> list[str]:
    told = await asker.ask(SHELVES, storeId=asker.shop.id)
    return [shelf["code"] for shelf in told.data["shelves"]]


async def test_many_shelves_are_added_at_once_and_seen_by_zone_and_place(chain: Chain, manager: Staff) -> None:
    cold = await do(manager, "addShelves", storeId=manager.shop.id, zone="B 冷藏", codes=["B-01"], name="奶制品")
    dry = await do(manager, "addShelves", storeId=manager.shop.id, zone="A", codes=["A-10", " A-02 "])

    assert (cold.kind, dry.kind) == ("AddShelvesSuccess", "AddShelvesSuccess")
    clerk = await chain.clerk_at(manager.shop)
    seen = (await clerk.ask(SHELVES, storeId=manager.shop.id)).data["shelves"]
    assert [(each["zone"], each["code"], each["name"]) for each in seen] == [
        ("A", "A-10", ""),
        ("A", "A-02", ""),
        ("B 冷藏", "B-01", "奶制品"),
    ]
    assert len({each["path"] for each in seen}) == 3


async def test_the_same_request_adds_shelves_once(manager: Staff) -> None:
    request = uuid4()
    what = {"requestId": request, "storeId": manager.shop.id, "zone": "A", "codes": ["A-01"]}

    first = await do(manager, "addShelves", **what)
    again = await do(manager, "addShelves", **what)

    assert first.value == again.value
    assert await codes(manager) == ["A-01"]


async def test_everything_that_is_wrong_with_new_shelves_is_named(manager: Staff) -> None:
    await do(manager, "addShelves", storeId=manager.shop.id, zone="A", codes=["A-01"])

    told = await do(
        manager,
        "addShelves",
        storeId=manager.shop.id,
        zone=" ",
        codes=["A-01", "A-02", "A-02", "", "x" * 21, "A\u0000"],
        name="n" * 61,
    )

    assert told.problems == [
        ("zone", "TEXT"),
        ("name", "TEXT"),
        ("codes[2]", "TWICE"),
        ("codes[3]", "TEXT"),
        ("codes[4]", "TEXT"),
        ("codes[5]", "TEXT"),
        ("codes[0]", "CODE_TAKEN"),
    ]
    assert await codes(manager) == ["A-01"]


@pytest.mark.parametrize("many", [0, 201])
async def test_no_shelf_and_too_many_are_refused(manager: Staff, many: int) -> None:
    told = await do(manager, "addShelves", storeId=manager.shop.id, zone="A", codes=[f"A-{n}" for n in range(many)])

    assert told.problems == [("codes", "OUT_OF_RANGE")]


async def test_a_shelf_keeps_its_printed_code_when_it_is_renamed(chain: Chain, manager: Staff) -> None:
    tea = await chain.goods("tea")
    added = await do(manager, "addShelves", storeId=manager.shop.id, zone="A", codes=["A-01", "A-02"])
    shelf = added.value["shelves"][0]

    changed = await do(
        manager, "changeShelf", shelfId=shelf["id"], code="T-01", zone="T", name="茶", place=7, skuIds=[tea.id, tea.id]
    )

    assert changed.value["shelf"] == {
        **shelf,
        "code": "T-01",
        "zone": "T",
        "name": "茶",
        "place": 7,
        "skuIds": [str(tea.id)],
    }
    emptied = await do(manager, "changeShelf", shelfId=shelf["id"], skuIds=[])
    assert emptied.value["shelf"]["skuIds"] == []
    assert emptied.value["shelf"]["code"] == "T-01"


async def test_a_change_that_cannot_be_names_what_is_wrong(manager: Staff) -> None:
    added = await do(manager, "addShelves", storeId=manager.shop.id, zone="A", codes=["A-01", "A-02"])
    shelf_id = added.value["shelves"][0]["id"]

    told = await do(
        manager, "changeShelf", shelfId=shelf_id, code="A-02", zone="", name="n" * 61, place=-1, skuIds=[uuid4()]
    )

    assert told.problems == [
        ("zone", "TEXT"),
        ("name", "TEXT"),
        ("place", "OUT_OF_RANGE"),
        ("code", "CODE_TAKEN"),
        ("skuIds[0]", "UNKNOWN_ITEM"),
    ]
    too_many = await do(manager, "changeShelf", shelfId=shelf_id, skuIds=[uuid4() for _ in range(501)])
    assert too_many.problems == [("skuIds", "TOO_MANY")]


async def test_two_who_fill_a_shelf_at_once_do_not_undo_each_other(chain: Chain, manager: Staff) -> None:
    other = await chain.staff(Role.STORE_MANAGER, manager.shop)
    goods = [await chain.goods(name) for name in ("tea", "milk", "cola", "rice")]
    added = await do(manager, "addShelves", storeId=manager.shop.id, zone="A", codes=["A-01"])
    shelf_id = added.value["shelves"][0]["id"]

    await asyncio.gather(
        *(
            do(who, "changeShelf", shelfId=shelf_id, addSkuIds=[each.id])
            for who, each in zip((manager, other) * 2, goods, strict=True)
        )
    )
    taken = await do(manager, "changeShelf", shelfId=shelf_id, addSkuIds=[goods[0].id], removeSkuIds=[goods[1].id])

    assert set(taken.value["shelf"]["skuIds"]) == {str(goods[n].id) for n in (0, 2, 3)}


async def test_a_shelf_is_not_filled_with_what_there_is_not_or_too_much(chain: Chain, manager: Staff) -> None:
    added = await do(manager, "addShelves", storeId=manager.shop.id, zone="A", codes=["A-01"])
    shelf_id, tea = added.value["shelves"][0]["id"], await chain.goods("tea")
    await chain.rows(
        "with made as (insert into sku (id, product_id, code, name, name_en, unit, locality, search)"
        " select gen_random_uuid(), product_id, 'full-' || n, 'x', 'x', 'x', 'core', 'x'"
        " from sku, generate_series(1, 500) n where id = $3 returning id)"
        " insert into shelf_sku (store_id, shelf_id, sku_id) select $1, $2, id from made",
        *(manager.shop.id, shelf_id, tea.id),
    )
    many = [uuid4() for _ in range(501)]

    strange = await do(manager, "changeShelf", shelfId=shelf_id, addSkuIds=[uuid4()])
    too_many = await do(manager, "changeShelf", shelfId=shelf_id, addSkuIds=many, removeSkuIds=many)
    over = await do(manager, "changeShelf", shelfId=shelf_id, addSkuIds=[tea.id])

    assert strange.problems == [("addSkuIds[0]", "UNKNOWN_ITEM")]
    assert too_many.problems == [("addSkuIds", "TOO_MANY"), ("removeSkuIds", "TOO_MANY")]
    assert over.problems == [("addSkuIds", "TOO_MANY")]


async def test_a_retired_shelf_frees_its_code_and_its_qr_opens_nothing(manager: Staff) -> None:
    added = await do(manager, "addShelves", storeId=manager.shop.id, zone="A", codes=["A-01"])
    shelf = added.value["shelves"][0]
    token = shelf["path"].removeprefix("/s/")
    assert (await manager.ask(BY_TOKEN, token=token)).data["shelfByToken"]["id"] == shelf["id"]

    retired = await do(manager, "retireShelf", shelfId=shelf["id"])

    assert retired.value["shelf"]["retiredAt"] is not None
    assert (await manager.ask(BY_TOKEN, token=token)).data["shelfByToken"] is None
    assert (await do(manager, "retireShelf", shelfId=shelf["id"])).kind == "NotFound"
    assert (await do(manager, "addShelves", storeId=manager.shop.id, zone="A", codes=["A-01"])).kind == (
        "AddShelvesSuccess"
    )
    assert await codes(manager) == ["A-01"]


async def test_a_clerk_sees_shelves_and_arranges_none(chain: Chain, manager: Staff) -> None:
    added = await do(manager, "addShelves", storeId=manager.shop.id, zone="A", codes=["A-01"])
    shelf_id = added.value["shelves"][0]["id"]
    clerk = await chain.clerk_at(manager.shop)

    refused = [
        await do(clerk, "addShelves", storeId=manager.shop.id, zone="A", codes=["A-02"]),
        await do(clerk, "changeShelf", shelfId=shelf_id, name="mine"),
        await do(clerk, "retireShelf", shelfId=shelf_id),
    ]

    assert [each.kind for each in refused] == ["NotPermitted"] * 3
    assert await codes(clerk) == ["A-01"]


async def test_another_stores_shelf_is_not_found_by_id_or_by_its_qr(chain: Chain, manager: Staff) -> None:
    added = await do(manager, "addShelves", storeId=manager.shop.id, zone="A", codes=["A-01"])
    shelf = added.value["shelves"][0]
    stranger = await chain.staff(Role.STORE_MANAGER, await chain.open_store("Harbour"))

    token = shelf["path"].removeprefix("/s/")
    assert (await stranger.ask(BY_TOKEN, token=token)).data["shelfByToken"] is None
    assert (await stranger.ask(BY_TOKEN, token="\u0000")).data["shelfByToken"] is None
    assert (await do(stranger, "changeShelf", shelfId=shelf["id"], name="mine")).value["path"] == "shelfId"
    assert (await do(stranger, "retireShelf", shelfId=shelf["id"])).kind == "NotFound"
    assert (await stranger.ask(SHELVES, storeId=manager.shop.id)).codes == ["NOT_FOUND"]


async def test_two_managers_who_add_the_same_code_at_once_make_one_shelf(chain: Chain, manager: Staff) -> None:
    other = await chain.staff(Role.STORE_MANAGER, manager.shop)

    told = await asyncio.gather(
        *(
            do(asker, "addShelves", storeId=manager.shop.id, zone="A", codes=[f"A-{n}" for n in range(20)])
            for asker in (manager, other) * 8
        )
    )

    assert sorted(each.kind for each in told) == ["AddShelvesSuccess", *["InvalidInput"] * 15]
    assert len(await codes(manager)) == 20
