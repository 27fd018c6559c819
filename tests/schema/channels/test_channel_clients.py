"""Headquarters registers, limits, watches and ends channel clients; nobody else does."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from joserfc.jwk import ECKey

from retail.access.permissions import Role
from tests.schema.channels.conftest import Headquarters, document
from tests.support.asking import Asker
from tests.support.chain import Chain, origin

PUBLIC = json.dumps(ECKey.generate_key("P-256", {"kid": "one"}).as_dict(private=False))
NOT_A_PLATFORMS = ("CUSTOMER_RETURN", "OPENING", "WASTE")
LIST = "{ channelClients(first: 10) { totalCount } }"


async def test_a_partner_is_registered_with_what_its_kind_needs(chain: Chain, headquarters: Headquarters) -> None:
    riverside = await chain.open_store("Riverside")

    meituan = await headquarters.connect(riverside)

    client = await headquarters.client(meituan)
    assert (client["kind"], client["scopes"]) == (
        "PLATFORM",
        ["sale:record", "stock:read", "stock:reserve", "store:read"],
    )
    assert (client["chainWide"], client["storeIds"], client["storeCount"]) == (False, [str(riverside.id)], 1)
    (secret,) = client["secrets"]
    assert meituan.secret.startswith(secret["prefix"])
    assert (secret["endsAt"], secret["lastUsedAt"], client["health"]["state"]) == (None, None, "NEW")
    assert meituan.secret not in json.dumps(client)


async def test_a_platforms_key_sells_and_reserves_and_nothing_more(chain: Chain, headquarters: Headquarters) -> None:
    riverside, harbour = await chain.open_stores("Riverside", "Harbour")
    clerk, tea = await chain.clerk_at(riverside), (await chain.goods("tea")).id
    await clerk.receive(tea=9)
    meituan = await (await headquarters.connect(riverside)).asker()
    line = {"lines": [{"skuId": tea, "quantity": 1}]}
    here = {"storeId": riverside.id, "origin": origin(source="MEITUAN")}

    cheap = await meituan.do("recordSale", **here, lines=[{"skuId": tea, "quantity": 1, "unitPrice": 1}])
    reserved = await meituan.do("reserveStock", storeId=riverside.id, source="MEITUAN", **line)
    elsewhere = await meituan.do("reserveStock", storeId=harbour.id, source="MEITUAN", **line)
    adjusted = await meituan.do("adjustStock", **here, skuId=tea, delta=5, reason="FOUND")
    received = await meituan.do("receiveGoods", **here, **line)
    event = {"eventId": uuid4(), "storeId": riverside.id, "skuId": tea, "quantity": 1, **origin()}
    bulk = await meituan.do(
        "recordMovements",
        source="MEITUAN",
        events=[
            {**event, "eventId": uuid4(), "kind": kind} for kind in ("CUSTOMER_RETURN", "OPENING", "WASTE", "SALE")
        ],
    )

    assert (cheap.kind, cheap.value["total"]) == ("RecordSaleSuccess", 1500), "its own price does not count"
    assert (reserved.kind, elsewhere.kind) == ("ReserveStockSuccess", "NotFound")
    assert (adjusted.kind, received.kind) == ("NotPermitted", "NotPermitted")
    assert [each["status"] for each in bulk.value["outcomes"]] == ["REFUSED"] * 3 + ["RECORDED"]
    assert await chain.on_hand(riverside) == {"tea": 7}


async def test_a_token_for_one_store_sees_and_sells_in_that_store_only(
    chain: Chain, headquarters: Headquarters
) -> None:
    riverside, harbour = await chain.open_stores("Riverside", "Harbour")
    partner = await headquarters.connect(riverside, harbour, kind="TILL")

    till = await partner.asker(stores=riverside.code)

    stores = (await till.ask("{ me { stores { code } permissions } }")).data["me"]["stores"]
    line = {"lines": [{"skuId": (await chain.goods("tea")).id, "quantity": 1}]}
    assert [store["code"] for store in stores] == [riverside.code]
    assert (await till.do("recordSale", storeId=riverside.id, origin=origin(), **line)).kind == "RecordSaleSuccess"
    assert (await till.do("recordSale", storeId=harbour.id, origin=origin(), **line)).kind == "NotFound"


async def test_a_secret_is_told_once_and_written_nowhere(chain: Chain, headquarters: Headquarters) -> None:
    request = {"requestId": uuid4(), "name": "抖音", "kind": "PLATFORM", "chainWide": True}

    first = await headquarters.asker.ask(document("registerChannelClient"), input=request)
    again = await headquarters.asker.ask(document("registerChannelClient"), input=request)

    secret = first.value["secret"]
    assert secret
    assert (first.value["secretShownBefore"], again.value["secretShownBefore"]) == (False, True)
    assert again.value["secret"] is None
    assert again.value["client"]["id"] == first.value["client"]["id"]
    tables = ("applied_request", "channel_secret", "channel_client", "operation_log")
    everything = " union all ".join(f"select t::text as line from {table} t" for table in tables)  # noqa: S608 -- our own names
    found = f"select count(*) from ({everything}) written where line like $1"  # noqa: S608 -- same
    assert await chain.value(found, f"%{secret[4:]}%") == 0


async def test_the_same_request_with_other_content_is_refused(headquarters: Headquarters) -> None:
    request = {"requestId": uuid4(), "name": "抖音", "kind": "PLATFORM", "chainWide": True}
    await headquarters.asker.ask(document("registerChannelClient"), input=request)

    told = await headquarters.asker.ask(document("registerChannelClient"), input={**request, "kind": "TILL"})

    assert told.kind == "RequestIdConflict"


async def test_a_client_may_sign_instead_of_having_a_secret(headquarters: Headquarters) -> None:
    told = await headquarters.do("registerChannelClient", name="ERP", kind="ERP", chainWide=True, publicKeys=PUBLIC)

    assert (told.value["secret"], told.value["secretShownBefore"]) == (None, False)
    client = told.value["client"]
    assert (client["keys"], client["secrets"]) == ([{"kid": "one", "kty": "EC"}], [])
    last = await headquarters.do("setClientKeys", channelId=client["id"], publicKeys=None)
    assert last.problems == [("publicKeys", "LAST_KEY")]
    other = json.dumps(ECKey.generate_key("P-256", {"kid": "one"}).as_dict(private=False))
    same = await headquarters.do("setClientKeys", channelId=client["id"], publicKeys=other)
    assert same.problems == [("publicKeys", "SAME_KEY_ID")]


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"name": ""}, ("name", "NAME")),
        ({"name": "x" * 101}, ("name", "NAME")),
        ({"name": "a\x00b"}, ("name", "NAME")),
        ({"chainWide": False}, ("chainWide", "NO_PLACE")),
        ({"storeIds": [str(uuid4())]}, ("chainWide", "TWO_PLACES")),
        ({"scopes": []}, ("scopes", "NO_SCOPE")),
        ({"scopes": ["stock:adjust"]}, ("scopes[0]", "SCOPE_BEYOND_KIND")),
        ({"scopes": ["stock:read", "\x00"]}, ("scopes[1]", "UNKNOWN_SCOPE")),
        ({"validUntil": "2020-01-01T00:00:00Z"}, ("validUntil", "IN_THE_PAST")),
        ({"publicKeys": "https://partner.example/jwks.json"}, ("publicKeys", "NOT_A_JWK")),
    ],
)
async def test_a_bad_input_is_refused_with_the_field_and_the_reason(
    headquarters: Headquarters, changed: dict[str, object], problem: tuple[str, str]
) -> None:
    right: dict[str, object] = {"name": "美团", "kind": "PLATFORM", "chainWide": True}

    told = await headquarters.do("registerChannelClient", **{**right, **changed})

    assert (told.kind, told.problems) == ("InvalidInput", [problem])


async def test_a_place_that_is_not_there_is_not_found(headquarters: Headquarters) -> None:
    for places in ({"storeIds": [uuid4()]}, {"regionIds": [uuid4()]}):
        told = await headquarters.do("registerChannelClient", name="美团", kind="PLATFORM", **places)
        assert told.kind == "NotFound"


async def test_whoever_manages_some_stores_manages_their_clients_only(chain: Chain, headquarters: Headquarters) -> None:
    north, south = await chain.open_store("North", "north"), await chain.open_store("South", "south")
    northern, southern = await headquarters.connect(north), await headquarters.connect(south)
    everywhere = await headquarters.connect()
    lin = Headquarters(chain, await chain.hire(Role.HQ_OPERATIONS, region_ids=[north.region_id]))

    seen = await lin.clients()

    assert str(northern.id) in seen
    assert not {str(southern.id), str(everywhere.id)} & set(seen)
    for foreign in (southern, everywhere):
        assert (await lin.do("revokeChannelClient", channelId=foreign.id)).kind == "NotFound"
    told = await lin.do("registerChannelClient", name="x", kind="TILL", storeIds=[south.id])
    assert told.kind == "NotFound"
    told = await lin.do("registerChannelClient", name="x", kind="TILL", chainWide=True)
    assert told.kind == "NotPermitted"
    assert (await southern.ask_token()).status_code == 200


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.HQ_OPERATIONS])
async def test_nobody_else_manages_clients_or_hears_of_them(
    chain: Chain, headquarters: Headquarters, role: Role
) -> None:
    shop = await chain.open_store("Riverside")
    partner = await headquarters.connect(shop)
    secret = (await headquarters.client(partner))["secrets"][0]["id"]
    asker: Asker = await chain.staff(role, shop)
    attempts: dict[str, dict[str, Any]] = {
        "registerChannelClient": {"name": "x", "kind": "TILL", "storeIds": [shop.id]},
        "rotateClientSecret": {"channelId": partner.id},
        "retireClientSecret": {"channelId": partner.id, "secretId": secret},
        "setClientScopes": {"channelId": partner.id, "scopes": ["stock:read"]},
        "setClientKeys": {"channelId": partner.id, "publicKeys": PUBLIC},
        "revokeChannelClient": {"channelId": partner.id},
    }

    for mutation, input in attempts.items():
        told = await asker.ask(document(mutation), input={"requestId": uuid4(), **input})
        assert told.kind == "NotPermitted", mutation

    assert (await asker.ask(LIST)).codes == ["NOT_PERMITTED"]
    assert (await partner.ask_token()).json()["scope"] == "sale:record stock:read stock:reserve store:read"


async def test_a_token_that_may_manage_clients_manages_none_through_the_api(headquarters: Headquarters) -> None:
    """`client:manage` in a token is for introspection; management takes a person's role."""
    gateway = await headquarters.connect(kind="OTHER", scopes=["client:manage", "store:read"])

    asker = await gateway.asker(scope="client:manage store:read")

    assert (await asker.ask(LIST)).codes == ["NOT_PERMITTED"]


async def test_five_silent_tills_are_found_among_the_others(chain: Chain, headquarters: Headquarters) -> None:
    shops = await chain.open_stores(*(f"Shop {n}" for n in range(8)))
    tills = [await headquarters.connect(shop, kind="TILL") for shop in shops]
    for till in tills:
        assert (await till.ask_token()).status_code == 200
    for till in tills[:5]:
        till.secret = "tss_of_last_year"
        assert (await till.ask_token()).status_code == 401

    refused = await headquarters.clients(states=["REFUSED"], kinds=["TILL"])

    assert {str(till.id) for till in tills} & set(refused) == {str(till.id) for till in tills[:5]}
    assert {refused[str(till.id)]["health"]["lastRefusal"] for till in tills[:5]} == {"wrong_secret"}
    working = await headquarters.clients(states=["WORKING"])
    assert {str(till.id) for till in tills[5:]} <= set(working)


async def test_a_client_whose_assignment_ends_is_out(chain: Chain, headquarters: Headquarters) -> None:
    riverside = await chain.open_store("Riverside")
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    partner = await headquarters.connect(riverside, validUntil=until)

    assert (await headquarters.client(partner))["storeCount"] == 1
    await chain.rows("update assignment set valid_until = now() where channel_id = $1", partner.id)

    assert (await headquarters.client(partner))["storeCount"] == 0


async def test_what_was_done_to_a_client_stands_in_the_operation_log(chain: Chain, headquarters: Headquarters) -> None:
    partner = await headquarters.connect(await chain.open_store("Riverside"), kind="TILL")
    await headquarters.do("rotateClientSecret", channelId=partner.id)
    old = (await headquarters.client(partner))["secrets"][0]["id"]
    await headquarters.do("retireClientSecret", channelId=partner.id, secretId=old)
    await headquarters.do("setClientScopes", channelId=partner.id, scopes=["stock:read"])
    await headquarters.do("setClientKeys", channelId=partner.id, publicKeys=PUBLIC)
    await headquarters.do("revokeChannelClient", channelId=partner.id)

    rows = await chain.rows(
        "select body::jsonb ->> 'act' as act, body::jsonb ->> 'actor' as actor from operation_log"
        " where body::jsonb -> 'details' ->> 'channel' = $1 order by seq",
        str(partner.id),
    )

    assert [row["act"] for row in rows] == [
        "client.registered",
        "client.secret_rotated",
        "client.secret_retired",
        "client.scopes_set",
        "client.keys_set",
        "client.revoked",
    ]
    assert {UUID(row["actor"]) for row in rows} == {headquarters.asker.id}


async def test_a_revoked_client_is_changed_no_more(chain: Chain, headquarters: Headquarters) -> None:
    partner = await headquarters.connect(await chain.open_store("Riverside"))
    await headquarters.do("revokeChannelClient", channelId=partner.id)

    for mutation, input in {
        "rotateClientSecret": {},
        "setClientScopes": {"scopes": ["stock:read"]},
        "revokeChannelClient": {},
    }.items():
        told = await headquarters.do(mutation, channelId=partner.id, **input)
        assert told.problems == [("channelId", "CLIENT_REVOKED")]
    client = await headquarters.client(partner)
    assert (client["health"]["state"], client["secrets"], client["storeCount"]) == ("REVOKED", [], 0)
