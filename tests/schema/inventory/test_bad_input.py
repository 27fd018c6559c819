"""Whatever is sent, the answer says where it is wrong and why, and nothing is half done."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import orjson
import pytest

from tests.support.asking import MUTATIONS, Asker, Told
from tests.support.chain import Chain, Staff, origin

LIMIT = 2 * 1024 * 1024
NUL = "Riverside\x00"


@dataclass(frozen=True)
class Bad:
    """One fact of a good request changed: what is sent, and what is told: (path, code), or a code alone."""

    name: str
    change: Mapping[str, Any]
    told: tuple[str, str] | str
    mutation: str = "recordSale"


def line(**change: object) -> dict[str, Any]:
    return {"lines": [{"good": True}, change]}


def event(**change: object) -> dict[str, Any]:
    return {"events": [{"good": True}, change], "allOrNothing": True}


GRAPHQL = "of another type"
BULK, ADJUST, RECEIVE, OPEN = "recordMovements", "adjustStock", "receiveGoods", "openBusinessDay"
OF_THE_SHELF = {"recordSale", RECEIVE, ADJUST, "reserveStock", "releaseReservation", OPEN, BULK}
WRONG_QUANTITIES: list[tuple[object, str]] = [
    (0, "QUANTITY_NOT_POSITIVE"),
    (-1, "QUANTITY_NOT_POSITIVE"),
    (1_000_001, "QUANTITY_TOO_LARGE"),
    (2**31 - 1, "QUANTITY_TOO_LARGE"),
]
NO_INTS: list[object] = [2**31, 2**63, 1.5, "2", True, None, [2], {}]

BAD = [
    *(
        Bad(f"{mutation}: quantity {wrong}", line(quantity=wrong), ("lines[1].quantity", code), mutation)
        for mutation in ("recordSale", "receiveGoods", "reserveStock")
        for wrong, code in WRONG_QUANTITIES
    ),
    *(Bad(f"no Int: {wrong!r}", line(quantity=wrong), GRAPHQL) for wrong in NO_INTS),
    *(Bad(f"event: {n}", event(quantity=n), ("events[1].quantity", c), BULK) for n, c in WRONG_QUANTITIES),
    Bad("too many cases", line(skuId=None, code="CASE", quantity=10**6), ("lines[1].quantity", "QUANTITY_TOO_LARGE")),
    Bad("an unknown SKU", line(skuId=str(uuid4())), ("lines[1].skuId", "UNKNOWN_ITEM")),
    Bad("an unknown GTIN", line(skuId=None, code="4006381333931"), ("lines[1].code", "UNKNOWN_ITEM")),
    Bad("a wrong check digit", line(skuId=None, code="4006381333932"), ("lines[1].code", "UNKNOWN_ITEM")),
    Bad("an empty code", line(skuId=None, code=""), ("lines[1].code", "UNKNOWN_ITEM")),
    Bad("a code with a null byte", line(skuId=None, code=NUL), ("lines[1].code", "UNKNOWN_ITEM")),
    Bad("a code of a megabyte", line(skuId=None, code="9" * 1_000_000), ("lines[1].code", "UNKNOWN_ITEM")),
    Bad("neither SKU nor code", line(skuId=None), ("lines[1]", "NAME_ONE")),
    Bad("both SKU and code", line(code="CASE"), ("lines[1]", "NAME_ONE")),
    Bad("an SKU that is no UUID", line(skuId="tea"), GRAPHQL),
    Bad("an SKU that is a number", line(skuId=7), GRAPHQL),
    Bad("an unknown field", line(colour="green"), GRAPHQL),
    Bad("a negative price", line(unitPrice=-1), ("lines[1].unitPrice", "AMOUNT_OUT_OF_RANGE")),
    Bad("a price beyond belief", line(unitPrice=10**12), ("lines[1].unitPrice", "AMOUNT_OUT_OF_RANGE")),
    Bad("a line dearer than belief", line(unitPrice=10**11, quantity=2), ("lines[1].unitPrice", "AMOUNT_OUT_OF_RANGE")),
    Bad("a price with a fraction", line(unitPrice=1.5), GRAPHQL),
    Bad("a price of 53 bits", line(unitPrice=2**53), GRAPHQL),
    Bad("no lines", {"lines": []}, ("lines", "NO_LINES")),
    Bad("501 lines", {"lines": [{}] * 501}, ("lines", "TOO_MANY_LINES")),
    Bad("lines that are null", {"lines": [None]}, GRAPHQL),
    Bad("no store", {"storeId": None}, GRAPHQL),
    Bad("an unknown store", {"storeId": str(uuid4())}, "NOT_FOUND"),
    Bad("no request id", {"requestId": None}, GRAPHQL),
    Bad("a request id that is no UUID", {"requestId": "1"}, GRAPHQL),
    Bad("a time without a zone", {"origin": {"occurredAt": "2026-01-05T10:00:00"}}, GRAPHQL),
    Bad("a time that is nonsense", {"origin": {"occurredAt": "yesterday"}}, GRAPHQL),
    Bad("a time that is a number", {"origin": {"occurredAt": 1767607200}}, GRAPHQL),
    Bad("the 30th of February", {"origin": {"occurredAt": "2026-02-30T10:00:00Z"}}, GRAPHQL),
    Bad("before the first day", {"origin": {"occurredAt": "0001-01-01T00:00:00+14:00"}}, GRAPHQL),
    Bad("no such latitude", {"origin": origin(latitude=90.1)}, ("origin.latitude", "OUT_OF_RANGE")),
    Bad("no such longitude", {"origin": origin(longitude=-180.1)}, ("origin.longitude", "OUT_OF_RANGE")),
    Bad("a latitude in words", {"origin": origin(latitude="NaN")}, GRAPHQL),
    Bad("a device of 101 characters", {"origin": origin(device="机" * 101)}, ("origin.device", "TEXT_TOO_LONG")),
    Bad("a device with a null byte", {"origin": origin(device=NUL)}, ("origin.device", "TEXT_NOT_PLAIN")),
    Bad("an unknown source", {"origin": origin(source="TELEPATHY")}, GRAPHQL),
    Bad("a source in lower case", {"origin": origin(source="till")}, GRAPHQL),
    Bad("a reservation of nobody", {"reservationId": str(uuid4())}, "NOT_FOUND"),
    Bad("a note of 201 characters", {"note": "字" * 201}, ("note", "TEXT_TOO_LONG"), RECEIVE),
    Bad("a note with a null byte", {"note": NUL}, ("note", "TEXT_NOT_PLAIN"), RECEIVE),
    Bad("receive: a null byte", {"origin": origin(device=NUL)}, ("origin.device", "TEXT_NOT_PLAIN"), RECEIVE),
    Bad("adjust: neither delta nor setTo", {"delta": None}, ("delta", "GIVE_ONE"), ADJUST),
    Bad("adjust: both", {"setTo": 3, "expected": 3}, ("delta", "GIVE_ONE"), ADJUST),
    Bad("adjust: setTo alone", {"delta": None, "setTo": 3}, ("expected", "EXPECTED_MISSING"), ADJUST),
    Bad("adjust: by nothing", {"delta": 0}, ("delta", "QUANTITY_OUT_OF_RANGE"), ADJUST),
    Bad("adjust: by too much", {"delta": -1_000_001}, ("delta", "QUANTITY_OUT_OF_RANGE"), ADJUST),
    Bad("adjust: below 0", {"delta": None, "setTo": -1, "expected": 0}, ("setTo", "QUANTITY_OUT_OF_RANGE"), ADJUST),
    Bad("adjust: what", {"skuId": None}, ("skuId", "NAME_ONE"), ADJUST),
    Bad("adjust: an unknown GTIN", {"skuId": None, "code": "4006381333931"}, ("code", "UNKNOWN_ITEM"), ADJUST),
    Bad("adjust: a null byte", {"note": NUL}, ("note", "TEXT_NOT_PLAIN"), ADJUST),
    Bad("adjust: no reason", {"reason": None}, GRAPHQL, ADJUST),
    Bad("adjust: an unknown reason", {"reason": "BORED"}, GRAPHQL, ADJUST),
    Bad("reserve: for no time", {"expiresInSeconds": 0}, ("expiresInSeconds", "OUT_OF_RANGE"), "reserveStock"),
    Bad("reserve: for ever", {"expiresInSeconds": 2**31 - 1}, ("expiresInSeconds", "OUT_OF_RANGE"), "reserveStock"),
    Bad("reserve: too much for a line", line(quantity=10), "INSUFFICIENT_STOCK", "reserveStock"),
    Bad("release: what", {"reservationId": str(uuid4())}, "NOT_FOUND", "releaseReservation"),
    Bad("open day: a null byte", {"origin": origin(device=NUL)}, ("origin.device", "TEXT_NOT_PLAIN"), OPEN),
    Bad("open day: unknown store", {"storeId": str(uuid4())}, "NOT_FOUND", OPEN),
    Bad("no events", {"events": []}, ("events", "NO_LINES"), BULK),
    Bad("1,001 events", {"events": [{"good": True}] * 1001}, ("events", "TOO_MANY_LINES"), BULK),
    Bad("twice", {"events": [{"eventId": str(uuid4())}] * 2}, ("events[1].eventId", "DUPLICATE_EVENT_ID"), BULK),
    Bad("a batch's device with a null byte", {"device": NUL}, ("device", "TEXT_NOT_PLAIN"), BULK),
    Bad("a batch's device too long", {"device": "x" * 101}, ("device", "TEXT_TOO_LONG"), BULK),
    Bad("event: no store", event(storeId=None), ("events[1].storeId", "NAME_ONE"), BULK),
    Bad("event: two stores", event(storeCode="S0001"), ("events[1].storeId", "NAME_ONE"), BULK),
    Bad("event: unknown store", event(storeId=str(uuid4())), ("events[1].storeId", "UNKNOWN_STORE"), BULK),
    Bad("event: unknown code", event(storeId=None, storeCode=NUL), ("events[1].storeCode", "UNKNOWN_STORE"), BULK),
    Bad("event: unknown SKU", event(skuId=str(uuid4())), ("events[1].skuId", "UNKNOWN_ITEM"), BULK),
    Bad("event: a code with a null byte", event(skuId=None, code=NUL), ("events[1].code", "UNKNOWN_ITEM"), BULK),
    Bad("event: neither SKU nor code", event(skuId=None), ("events[1]", "NAME_ONE"), BULK),
    Bad("event: a promise", event(kind="RESERVE"), ("events[1].kind", "KIND_NOT_RECORDABLE"), BULK),
    Bad("event: an unknown kind", event(kind="MAGIC"), GRAPHQL, BULK),
    Bad("event: no reason", event(kind="ADJUSTMENT"), ("events[1].reason", "REASON_MISSING"), BULK),
    Bad("event: a negative amount", event(amount=-5), ("events[1].amount", "AMOUNT_OUT_OF_RANGE"), BULK),
]  # fmt: skip


@pytest.fixture(scope="module")
async def clerk(chain: Chain) -> Staff:
    riverside = await chain.open_store("Riverside")
    clerk = await chain.clerk_at(riverside)
    await clerk.receive(tea=9)
    return clerk


async def good_input(clerk: Staff, mutation: str) -> dict[str, Any]:
    """A request that is carried out if nothing in it is changed."""
    store, tea = str(clerk.shop.id), str((await clerk.chain.goods("tea")).id)
    request = {"requestId": str(uuid4())}
    place = {**request, "storeId": store, "origin": origin()}
    lines = {"lines": [{"skuId": tea, "quantity": 1}]}
    inputs: dict[str, dict[str, Any]] = {
        "recordSale": {**place, **lines},
        "receiveGoods": {**place, **lines},
        "adjustStock": {**place, "skuId": tea, "delta": 1, "reason": "COUNTED"},
        "reserveStock": {**request, "storeId": store, "source": "MEITUAN", **lines},
        "releaseReservation": {**request, "reservationId": str(uuid4())},
        "openBusinessDay": place,
        "recordMovements": {**request, "source": "TILL", "events": [{}]},
    }
    return inputs[mutation]


async def changed(clerk: Staff, bad: Bad) -> dict[str, Any]:
    """The good request with one fact changed; lines and events are filled up to good ones."""
    given = {**await good_input(clerk, bad.mutation), **bad.change}
    tea = await clerk.chain.goods("tea")
    good_line = {"skuId": str(tea.id), "quantity": 1}
    if "lines" in bad.change:
        given["lines"] = [each if each is None else _filled(good_line, each) for each in given["lines"]]
    good_event = {**good_line, "storeId": str(clerk.shop.id), "kind": "SALE", **origin()}
    for n, each in enumerate(given.get("events", [])):
        given["events"][n] = _filled({"eventId": str(uuid4()), **good_event}, each)
    return _with_case(given, tea.case_gtin)


def _filled(good: Mapping[str, object], change: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in {**good, **change}.items() if key != "good"}


def _with_case(given: dict[str, Any], case_gtin: str) -> dict[str, Any]:
    for each in given.get("lines", []):
        if each is not None and each.get("code") == "CASE":
            each["code"] = case_gtin
    return given


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name)
async def test_bad_input_is_named_and_nothing_is_done(chain: Chain, clerk: Staff, bad: Bad) -> None:
    given = await changed(clerk, bad)
    before = await chain.footprint()

    told = await clerk.ask(MUTATIONS[bad.mutation], input=given)

    assert_typed(told)
    if isinstance(bad.told, tuple):
        assert bad.told in told.problems, told.body
    elif bad.told == GRAPHQL:
        assert told.body["errors"][0]["message"].startswith("Variable '$input'"), told.body
    else:
        assert told.value["code"] == bad.told, told.body
    assert await chain.footprint() == before


def assert_typed(told: Told) -> None:
    assert told.status < 500, told.body
    assert "INTERNAL" not in told.codes, told.body
    assert "data" in told.body or told.body["errors"], told.body


@pytest.mark.parametrize("mutation", sorted(OF_THE_SHELF))
async def test_the_same_request_without_the_change_is_carried_out(clerk: Staff, mutation: str) -> None:
    given = await changed(
        clerk, Bad("nothing", {"events": [{}]} if mutation == "recordMovements" else {}, "", mutation)
    )
    if mutation == "releaseReservation":
        given["reservationId"] = (await clerk.reserve(tea=1)).value["reservationId"]

    told = await clerk.ask(MUTATIONS[mutation], input=given)

    assert told.kind == mutation[0].upper() + mutation[1:] + "Success", told.body


@pytest.mark.parametrize("mutation", sorted(OF_THE_SHELF - {BULK, "releaseReservation"}))
async def test_a_foreign_store_is_not_found(chain: Chain, clerk: Staff, mutation: str) -> None:
    harbour = await chain.open_store("Harbour")
    given = {**await good_input(clerk, mutation), "storeId": str(harbour.id)}
    before = await chain.footprint()

    told = await clerk.ask(MUTATIONS[mutation], input=given)

    assert (told.kind, told.value["path"]) == ("NotFound", "storeId")
    assert await chain.footprint() == before


async def test_every_problem_is_named_not_only_the_first(chain: Chain, clerk: Staff) -> None:
    tea = str((await chain.goods("tea")).id)
    lines = [{"skuId": tea, "quantity": 0}, {"quantity": 1}, {"code": "nothing", "quantity": 1}]

    told = await clerk.do("recordSale", storeId=clerk.shop.id, origin=origin(latitude=100, device=NUL), lines=lines)

    assert {path for path, _ in told.problems} == {
        "origin.device", "origin.latitude", "lines[0].quantity", "lines[1]", "lines[2].code",
    }  # fmt: skip
    assert all(each["message"] and each["messageZh"] for each in told.value["problems"])


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "MALFORMED_JSON"),
        (b'{"query": "{ me { id } }"', 400, "MALFORMED_JSON"),
        (b'{"query": "{ me { id } }", "variables": {"x": NaN}}', 400, "MALFORMED_JSON"),
        (b'{"query": "{ me { id } }", "variables": {"x": 1e999}}', 400, "MALFORMED_JSON"),
        (b'{"query": "{ me { id } }", "variables": {"x": "\\ud800"}}', 400, "MALFORMED_JSON"),
        (b'{"query": "{ me { id } }", "variables": {"x": "\xff"}}', 400, "MALFORMED_JSON"),
        (b"[" * 100_000, 400, "MALFORMED_JSON"),
        (b"[]", 400, "NOT_A_REQUEST"),
        (b"{}", 400, None),
        (b'{"query": 7}', 400, None),
    ],
    ids=lambda value: repr(value)[:40],
)
async def test_a_body_that_is_no_request_is_refused(clerk: Staff, body: bytes, status: int, code: str | None) -> None:
    told = await clerk.send(body)

    assert told.status == status
    assert_typed(told)
    assert code is None or told.codes == [code]


async def test_a_body_over_the_limit_is_refused_before_it_is_read(chain: Chain, clerk: Staff) -> None:
    host, port = chain.server.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = (
        f"POST /graphql HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\ncontent-length: {LIMIT + 1}\r\n"
    )

    writer.write(f"{head}cookie: {clerk.headers['cookie']}\r\nx-trueshelf: 1\r\n\r\n".encode())

    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'"BODY_TOO_LARGE"' in answer
    assert f'"limitBytes":{LIMIT}'.encode() in answer


async def test_a_client_that_sends_far_too_much_still_hears_why(clerk: Staff) -> None:
    told = await clerk.send(b" " * (LIMIT * 4))

    assert (told.status, told.codes) == (413, ["BODY_TOO_LARGE"])


async def test_a_surrogate_written_in_the_text_of_a_query_is_a_syntax_error(clerk: Staff) -> None:
    told = await clerk.ask('{ skus(first: 1, text: "\\ud800") { totalCount } }')

    assert "Syntax Error" in told.body["errors"][0]["message"]


QUERIES = [
    ("{ stock(first: 0) { totalCount } }", "INVALID_INPUT"),
    ("{ stock(first: -1) { totalCount } }", "INVALID_INPUT"),
    ("{ stock(first: 101) { totalCount } }", "INVALID_INPUT"),
    ("{ stock(first: 2147483647) { totalCount } }", None),
    ("{ stock(first: 2147483648) { totalCount } }", None),
    ('{ stock(first: 1, after: "tea") { totalCount } }', "INVALID_INPUT"),
    ('{ stock(first: 1, after: "é") { totalCount } }', "INVALID_INPUT"),
    ('{ stock(first: 1, after: "") { totalCount } }', "INVALID_INPUT"),
    ('{ skus(first: 1, after: "WzAsIlx1MDAwMCIsIjAxOTNiZTVmLTAwMDAtNzAwMC04MDAwLTAwMDAwMDAwMDAwMCJd") { totalCount } }',
     "INVALID_INPUT"),
    ('{ stores(first: 1, after: "W10") { totalCount } }', "INVALID_INPUT"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "code"), QUERIES)
async def test_a_page_that_cannot_be_is_refused(clerk: Staff, query: str, code: str | None) -> None:
    told = await clerk.ask(query)

    assert_typed(told)
    assert told.body["errors"]
    assert code is None or told.codes == [code]


@pytest.mark.parametrize("word", ["\x00", "%", "_", "\\", "'", '"', "茶\x00", "a" * 10_000, "🍵", "4006381333931"])
@pytest.mark.parametrize(
    "query",
    [
        "query($text: String!) { skus(first: 5, text: $text) { totalCount } }",
        "query($text: String!) { stores(first: 5, text: $text) { totalCount } }",
        "query($text: String!) { stock(first: 5, filter: {text: $text}) { totalCount } }",
        "query($text: String!) { stockGrid(filter: {text: $text}) { skuIds } }",
        "query($text: String!) { skuByCode(code: $text) { packUnits } }",
    ],
)
async def test_any_text_may_be_looked_for(clerk: Staff, query: str, word: str) -> None:
    told = await clerk.ask(query, text=word)

    assert_typed(told)
    found = told.data
    assert found in (
        {"skus": {"totalCount": 0}}, {"stores": {"totalCount": 0}}, {"stock": {"totalCount": 0}},
        {"stockGrid": {"skuIds": []}}, {"skuByCode": None},
    )  # fmt: skip


async def test_a_stranger_learns_nothing(chain: Chain) -> None:
    stranger = Asker(chain.http, chain.server, {})

    told = await stranger.send(orjson.dumps({"query": "{ me { id } }"}))

    assert (told.status, told.codes) == (401, ["UNAUTHENTICATED"])
