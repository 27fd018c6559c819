"""Who may do what, told through the API: every mutation for every role, here and in a foreign store."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from graphql import is_input_object_type, is_non_null_type
from strawberry.types import get_object_definition
from strawberry.utils.str_converters import to_camel_case

from retail.access.permissions import ROLE_TABLE, Permission, Role
from schema import schema
from schema.inventory.mutations import InventoryMutation
from schema.stores.mutations import StoresMutation
from tests.support.chain import PRICE, Chain, Staff, origin

NEEDED = {
    "recordSale": Permission.SALE_RECORD,
    "receiveGoods": Permission.STOCK_RECEIVE,
    "adjustStock": Permission.STOCK_ADJUST,
    "reserveStock": Permission.STOCK_RESERVE,
    "releaseReservation": Permission.STOCK_RESERVE,
    "openBusinessDay": Permission.BUSINESS_DAY_OPEN,
    "recordMovements": Permission.SALE_RECORD,
}
MOVES_NO_STOCK = {"setStorePlace"}
HEADQUARTERS = {Role.HQ_OPERATIONS, Role.HQ_COMPLIANCE, Role.BUYER}
P = Permission
SHOP = {P.BUSINESS_DAY_OPEN, P.SALE_RECORD, P.STOCK_ADJUST, P.STOCK_RECEIVE, P.STOCK_RESERVE}
MAY = {
    Role.CLERK: SHOP,
    Role.STORE_MANAGER: SHOP,
    Role.REGIONAL_MANAGER: set(),
    Role.HQ_OPERATIONS: SHOP,
    Role.HQ_COMPLIANCE: set(),
    Role.BUYER: set(),
    Role.CHANNEL: SHOP - {P.BUSINESS_DAY_OPEN},
}


async def asked(staff: Staff, mutation: str) -> dict[str, Any]:
    tea = (await staff.chain.goods("tea")).id
    store = {"storeId": staff.shop.id}
    line = {"lines": [{"skuId": tea, "quantity": 1}]}
    event = {"eventId": uuid4(), **store, "skuId": tea, "kind": "SALE", "quantity": 1, **origin()}
    inputs: dict[str, dict[str, Any]] = {
        "recordSale": {**store, "origin": origin(), **line},
        "receiveGoods": {**store, "origin": origin(), **line},
        "adjustStock": {**store, "origin": origin(), "skuId": tea, "delta": 1, "reason": "FOUND"},
        "reserveStock": {**store, "source": "MEITUAN", **line},
        "releaseReservation": {"reservationId": uuid4()},
        "openBusinessDay": {**store, "origin": origin()},
        "recordMovements": {"source": "TILL", "events": [event]},
    }
    return inputs[mutation]


async def outcome(chain: Chain, role: Role, mutation: str) -> str:
    """Try a mutation in a store of one's own; a bulk call answers event by event."""
    riverside = await chain.open_store("Riverside")
    staff, helper = await chain.staff(role, riverside), await chain.staff(Role.HQ_OPERATIONS, riverside)
    await helper.receive(tea=5)
    given = await asked(staff, mutation)
    if mutation == "releaseReservation":
        holder = staff if P.STOCK_RESERVE in MAY[role] else helper
        given = {"reservationId": (await holder.reserve(tea=1)).value["reservationId"]}
    before = await chain.footprint()
    told = await staff.do(mutation, **given)
    if NEEDED[mutation] not in MAY[role]:
        assert await chain.footprint() == before, "a refused act has left something behind"
    if told.kind != "RecordMovementsSuccess":
        return told.kind
    (one,) = told.value["outcomes"]
    return "NotPermitted" if [each["code"] for each in one["problems"]] == ["NOT_PERMITTED"] else told.kind


@pytest.mark.parametrize("mutation", NEEDED)
@pytest.mark.parametrize("role", Role)
async def test_a_role_does_what_it_includes_and_nothing_else(chain: Chain, role: Role, mutation: str) -> None:
    success = mutation[0].upper() + mutation[1:] + "Success"

    told = await outcome(chain, role, mutation)

    assert told == (success if NEEDED[mutation] in MAY[role] else "NotPermitted")


@pytest.mark.parametrize("mutation", [each for each in NEEDED if each != "releaseReservation"])
@pytest.mark.parametrize("role", [Role.CLERK, Role.STORE_MANAGER, Role.REGIONAL_MANAGER, Role.CHANNEL])
async def test_a_foreign_store_is_not_there(chain: Chain, role: Role, mutation: str) -> None:
    riverside, harbour = await chain.open_store("Riverside", "north"), await chain.open_store("Harbour", "south")
    staff = await chain.staff(role, riverside)
    elsewhere = Staff(staff.http, staff.server, staff.headers, staff.id, staff.name, shop=harbour, chain=chain)

    told = await elsewhere.do(mutation, **await asked(elsewhere, mutation))

    if mutation == "recordMovements":
        assert told.value["outcomes"][0]["problems"][0]["code"] == "UNKNOWN_STORE"
    else:
        assert (told.kind, told.value["path"]) == ("NotFound", "storeId")
    assert await chain.movements(harbour) == []


@pytest.mark.parametrize(("role", "may"), [(Role.CLERK, False), (Role.STORE_MANAGER, True), (Role.CHANNEL, True)])
async def test_only_who_may_set_prices_sells_at_another_price(chain: Chain, role: Role, *, may: bool) -> None:
    riverside = await chain.open_store("Riverside")
    staff, tea = await chain.staff(role, riverside), await chain.goods("tea")

    async def sell(price: int, code: str, **when: object) -> int | None:
        line = {"code": code, "quantity": 1, "unitPrice": price}
        told = await staff.do("recordSale", storeId=riverside.id, origin=origin(**when), lines=[line])
        assert told.kind == "RecordSaleSuccess"
        total: int | None = told.value["total"]
        return total

    assert await sell(PRICE, tea.gtin) == PRICE
    assert await sell(24 * PRICE, tea.case_gtin) == 24 * PRICE
    assert await sell(PRICE - 1, tea.gtin) == (PRICE - 1 if may else PRICE)


async def test_a_slow_clock_does_not_lose_a_clerks_sale(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    clerk, tea = await chain.staff(Role.CLERK, riverside), await chain.goods("tea")
    line = {"code": tea.gtin, "quantity": 1, "unitPrice": PRICE}

    for late in (timedelta(hours=2), timedelta(days=30), timedelta(days=399), timedelta(days=500)):
        then = (datetime.now(UTC) - late).isoformat()
        told = await clerk.do("recordSale", storeId=riverside.id, origin=origin(occurredAt=then), lines=[line])

        assert (told.kind, told.value["total"]) == ("RecordSaleSuccess", PRICE)


@pytest.mark.parametrize("role", Role)
async def test_everybody_is_told_who_they_are(chain: Chain, role: Role) -> None:
    riverside = await chain.open_store("Riverside", "west")
    staff = await chain.staff(role, riverside)
    words = "kind name permissions stores { id } assignments { role chainWide regions { id } stores { id } }"

    me = (await staff.ask(f"{{ me {{ {words} }} }}")).data["me"]

    (assignment,) = me["assignments"]
    visible = {each["id"] for each in me["stores"]}
    assert (me["kind"], me["name"]) == ("CHANNEL" if role is Role.CHANNEL else "PERSON", staff.name)
    assert me["permissions"] == sorted(ROLE_TABLE[role])
    assert assignment["role"] == role.name
    assert assignment["chainWide"] == (role in HEADQUARTERS)
    assert [each["id"] for each in assignment["regions"]] == (
        [str(riverside.region_id)] if role is Role.REGIONAL_MANAGER else []
    )
    assert str(riverside.id) in visible
    if role in {Role.CLERK, Role.STORE_MANAGER, Role.CHANNEL}:
        assert visible == {str(riverside.id)}


@pytest.mark.parametrize("role", Role)
async def test_what_one_reads_is_of_stores_that_one_sees(chain: Chain, role: Role) -> None:
    riverside, harbour = await chain.open_store("Riverside", "north"), await chain.open_store("Harbour", "south")
    staff = await chain.staff(role, riverside)
    for shop in (riverside, harbour):
        await (await chain.clerk_at(shop)).receive(tea=1)
    tea = (await chain.goods("tea")).id
    query = """query($store: UUID!, $sku: UUID!) { stockLevel(storeId: $store, skuId: $sku) { onHand }
        store(id: $store) { id } stock(first: 5, filter: {storeIds: [$store]}) { totalCount } }"""
    history = (
        "query($store: UUID!, $sku: UUID!) { movements(storeId: $store, skuId: $sku, first: 1) { edges { cursor } } }"
    )

    mine = (await staff.ask(query, store=riverside.id, sku=tea)).data
    theirs = (await staff.ask(query, store=harbour.id, sku=tea)).data
    told = await staff.ask(history, store=harbour.id, sku=tea)

    assert (mine["stockLevel"], mine["store"]["id"], mine["stock"]["totalCount"]) == (
        {"onHand": 1},
        str(riverside.id),
        1,
    )
    if role in HEADQUARTERS:
        assert theirs["stockLevel"] == {"onHand": 1}
    else:
        assert theirs == {"stockLevel": None, "store": None, "stock": {"totalCount": 0}}
        assert told.codes == ["NOT_FOUND"]


def test_this_table_names_every_act_on_stock_and_every_role() -> None:
    """What any role may do with any other field stands in docs/access-matrix.md."""
    own = (InventoryMutation, StoresMutation)
    fields = [field for kind in own for field in get_object_definition(kind, strict=True).fields]

    assert {to_camel_case(field.python_name) for field in fields} - MOVES_NO_STOCK == set(NEEDED)
    assert set(MAY) == set(Role)


def test_every_mutation_has_a_request_id() -> None:
    mutation_type = schema._schema.mutation_type
    assert mutation_type is not None
    for name, field in mutation_type.fields.items():
        given = field.args["input"].type.of_type
        assert is_input_object_type(given), name
        assert is_non_null_type(given.fields["requestId"].type), name
        assert str(given.fields["requestId"].type) == "UUID!", name


def test_every_element_of_the_contract_is_described() -> None:
    silent = []
    for name, kind in schema._schema.type_map.items():
        if name.startswith("__") or name in {"Boolean", "Int", "Float", "String", "ID", "UUID", "Date"}:
            continue
        silent += [] if kind.description else [name]
        for field_name, field in getattr(kind, "fields", {}).items():
            silent += [] if field.description else [f"{name}.{field_name}"]
            arguments = getattr(field, "args", {})
            silent += [
                f"{name}.{field_name}({each})" for each, argument in arguments.items() if not argument.description
            ]

    assert silent == []
