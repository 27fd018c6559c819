import logging
import re
from pathlib import Path
from typing import Any

import orjson
import pytest
import strawberry
from hypothesis import HealthCheck, given, settings
from strawberry.extensions import MaxAliasesLimiter

from schema import schema
from schema.kernel.compiled import Answer, Operations, Rejected
from tests.support.corner_shop import LINES, TEA, Change, corner_shop
from tests.support.operation_writer import generated

SHOP = corner_shop()
CONTEXT = "at the counter"

ORIGIN: dict[str, Any] = {"occurredAt": "2026-03-01T08:30:00+00:00", "device": None}
SALE: dict[str, Any] = {
    "requestId": "22222222-2222-4222-8222-222222222222",
    "origin": ORIGIN,
    "lines": [{"quantity": 2, "skuId": str(TEA)}, {"quantity": 1, "code": "6901234567892", "unitPrice": 350}],
}
SELL = """
mutation Sell($input: SaleInput!) {
  sell(input: $input) {
    __typename
    ... on Sold { saleId at lines { skuId quantity kind amount note weight belowZero } refusals { code } }
    ... on Refusal { code message }
    ... on NotEnough { available }
  }
}
"""


@pytest.fixture(autouse=True)
def _quiet() -> None:
    logging.getLogger("strawberry.execution").setLevel(logging.CRITICAL)


async def ours(text: str, variables: dict[str, Any] | None = None, name: str | None = None) -> dict[str, Any]:
    operations = Operations(SHOP)
    try:
        operation = operations.prepare(text, name)
    except Rejected as rejected:
        return _told(Answer(None, rejected.errors, executed=False))
    return _told(await operations.execute(operation, variables or {}, CONTEXT))


async def theirs(text: str, variables: dict[str, Any] | None = None, name: str | None = None) -> dict[str, Any]:
    result = await SHOP.execute(text, variables, context_value=CONTEXT, operation_name=name)
    return _told(Answer(result.data, result.errors or []))


def _told(answer: Answer) -> dict[str, Any]:
    errors = [{key: value for key, value in error.formatted.items() if key != "extensions"} for error in answer.errors]
    return {"data": orjson.loads(orjson.dumps(answer.data)), "errors": errors}


def covered(text: str) -> bool:
    return Operations(SHOP).prepare(text).plan is not None


@pytest.mark.parametrize(
    "text",
    [
        "{ lines { skuId quantity kind amount note weight kinds parts belowZero inner { inner { quantity } } } }",
        "{ first: lines { q: quantity again: quantity } }",
        "{ line(quantity: 4, kind: THROWN_AWAY, id: 7) { quantity kind note __typename } }",
        "query($n: Int!, $a: String) { page(first: $n, after: $a) { quantity note } }",
        "{ refusals { __typename code ... on NotEnough { available } ... on NotToday { until message } } }",
        "fragment L on Line { quantity ...M } fragment M on Line { kind } { lines { ...L ... { quantity } } }",
        "query { ...Q } fragment Q on Query { lines { quantity } }",
        "{ rows }",
        "query($w: [Float!]) { total(amount: 3, weights: $w) }",
        SELL,
        """
        mutation($id: UUID!, $lines: [LineInput!]!, $device: String = "till") {
          sell(input: {requestId: $id, lines: $lines, origin: {occurredAt: "2026-03-01T08:30:00Z", device: $device}}) {
            ... on Sold { lines { note } }
          }
        }
        """,
        "subscription { changes { ... on Change { cursor lines { quantity } } ... on Quiet { reason } } }",
    ],
)
def test_a_plan_covers_what_the_screens_ask_for(text: str) -> None:
    assert covered(text)


@pytest.mark.parametrize(
    "text",
    [
        "{ lines { slowName } }",
        "{ lines { price } }",
        "{ lines { price(times: 2) } }",
        "{ lines { quantity @skip(if: true) } }",
        "query($yes: Boolean!) { lines @include(if: $yes) { quantity } }",
        "{ a: lines { quantity } b: lines { quantity } }",
        "{ __schema { types { name } } }",
        "{ __typename }",
    ],
)
async def test_what_a_plan_does_not_cover_is_answered_by_graphql_core(text: str) -> None:
    assert not covered(text)
    assert await ours(text, {"yes": True}) == await theirs(text, {"yes": True})


@pytest.mark.parametrize("of", LINES)
@pytest.mark.parametrize(
    "fields", ["skuId quantity kind amount note weight kinds parts", "quantity half", "inner { half }"]
)
async def test_whatever_a_resolver_returns_is_told_as_graphql_core_tells_it(of: str, fields: str) -> None:
    text = f"query($of: String!) {{ lines(of: $of) {{ {fields} }} }}"

    told = await ours(text, {"of": of})

    assert covered(text)
    assert told == await theirs(text, {"of": of})


@pytest.mark.parametrize("device", [None, "till 3", "sold out", "speechless", "broken", "closed"])
async def test_a_sale_ends_as_it_would_without_a_plan(device: str | None) -> None:
    sale = {"input": {**SALE, "origin": {**ORIGIN, "device": device}}}

    told = await ours(SELL, sale)

    assert told == await theirs(SELL, sale)
    if device == "sold out":
        assert told["data"]["sell"]["message"] == "at the counter: come back tomorrow"


async def test_a_resolver_is_asked_once_even_when_its_answer_cannot_be_told() -> None:
    asked: list[int] = []

    @strawberry.type
    class Query:
        @strawberry.field
        async def stock(self) -> int:
            asked.append(1)
            return "plenty"  # type: ignore[return-value]

    operations = Operations(strawberry.Schema(Query))
    answer = await operations.execute(operations.prepare("{ stock }"), {}, None)

    assert asked == [1]
    assert answer.data is None
    assert answer.errors[0].message == "Int cannot represent non-integer value: 'plenty'"


@pytest.mark.parametrize(
    "change",
    [
        {"requestId": None},
        {"requestId": "not a UUID"},
        {"requestId": 5},
        {"lines": None},
        {"lines": {"quantity": 1}},
        {"lines": [None]},
        {"lines": [{"quantity": 1.0}, {"quantity": 1.5}]},
        {"lines": [{"quantity": True}]},
        {"lines": [{"quantity": 2**31}]},
        {"lines": [{"quantity": 1, "unitPrice": "cheap"}]},
        {"lines": [{"quantity": 1, "weight": 2}, {"quantity": 1, "weight": 2**60 + 1}]},
        {"lines": [{"quantity": 1, "colour": "red"}]},
        {"origin": {"device": "till"}},
        {"origin": {**ORIGIN, "kind": "sale"}},
        {"origin": {**ORIGIN, "kind": "THROWN_AWAY", "tags": []}},
        {"origin": {**ORIGIN, "tags": "one"}},
        {"ids": ["a", 5, 5.5]},
        {"allOrNothing": None},
        {"allOrNothing": 1},
        {"colour": "red"},
    ],
)
async def test_every_input_is_read_as_graphql_core_reads_it(change: dict[str, Any]) -> None:
    sale = {"input": {**SALE, **change}}

    assert await ours(SELL, sale) == await theirs(SELL, sale)


async def test_an_input_that_is_missing_or_extra_is_treated_as_graphql_core_treats_it() -> None:
    for variables in ({}, {"input": None}, {"input": SALE, "more": 1}, {"input": [SALE]}):
        assert await ours(SELL, variables) == await theirs(SELL, variables)


@pytest.mark.parametrize("variables", [{}, {"n": None}, {"n": 2}])
@pytest.mark.parametrize("text", ["page(first: $n) { quantity }", "line(quantity: $n) { quantity }"])
async def test_a_variable_with_a_default_may_be_left_out_but_not_be_null_where_none_may_be(
    text: str, variables: dict[str, Any]
) -> None:
    query = f"query($n: Int = 3) {{ {text} }}"

    assert await ours(query, variables) == await theirs(query, variables)


async def test_a_resolver_is_not_asked_at_all_when_an_argument_is_wrong() -> None:
    asked: list[int] = []

    @strawberry.type
    class Query:
        @strawberry.field
        def page(self, first: int) -> int:
            asked.append(first)
            return 1

    operations = Operations(strawberry.Schema(Query))
    operation = operations.prepare("query($n: Int = 3) { page(first: $n) }")

    answer = await operations.execute(operation, {"n": None}, None)
    await operations.execute(operation, {}, None)

    assert answer.errors
    assert asked == [3]


def test_a_text_is_prepared_once_and_the_oldest_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("schema.kernel.compiled.CACHED_OPERATIONS", 2)
    operations = Operations(SHOP)
    first = operations.prepare("{ rows }")
    second = operations.prepare("{ total }")

    assert operations.prepare("{ rows }") is first
    operations.prepare("{ a: rows }")

    assert operations.prepare("{ rows }") is first
    assert operations.prepare("{ total }") is not second


def test_a_long_text_pushes_others_out_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("schema.kernel.compiled.CACHED_CHARACTERS", 40)
    operations = Operations(SHOP)
    first = operations.prepare("{ rows }")

    operations.prepare("{ rows }" + " " * 35)

    assert operations.prepare("{ rows }") is not first


@pytest.mark.parametrize("name", [None, "B", "C"])
async def test_an_operation_is_chosen_by_its_name(name: str | None) -> None:
    told = await ours("query A { rows } query B { total }", name=name)

    assert told["data"] == ({"total": 5.0} if name == "B" else None)
    assert bool(told["errors"]) is (name != "B")


async def test_a_shared_item_is_encoded_once_for_everyone_who_asks_alike() -> None:
    projected: list[object] = []

    def projection(item: Any) -> object:
        projected.append(item)
        return {"cursor": item.cursor}

    item = Change(cursor="7", lines=[])
    encoded = [item.encoded_by(projection) for _ in range(3)]

    assert len(projected) == 1
    assert {orjson.dumps(each) for each in encoded} == {b'{"cursor":"7"}'}


@pytest.mark.parametrize(
    "text",
    [
        "subscription { changes(count: 3) { ... on Change { cursor lines { quantity } } ... on Quiet { reason } } }",
        "subscription { odd { quantity half } }",
        "subscription { odd { slowName } }",
        "subscription { changes { ... on Change @skip(if: true) { cursor } __typename } }",
    ],
)
async def test_a_subscription_gives_what_strawberry_gives(text: str) -> None:
    operations = Operations(SHOP)
    told = [_told(answer) async for answer in operations.subscribe(operations.prepare(text), {}, CONTEXT)]

    source: Any = await SHOP.subscribe(text, context_value=CONTEXT)
    assert told == [_told(Answer(result.data, result.errors or [])) async for result in source]


async def test_a_source_that_breaks_off_ends_the_subscription_with_its_error() -> None:
    operations = Operations(SHOP)
    operation = operations.prepare("subscription { breaking { ... on Quiet { reason } } }")

    answers = [answer async for answer in operations.subscribe(operation, {}, CONTEXT)]

    assert [answer.executed for answer in answers] == [True, False]
    assert str(answers[1].errors[0].original_error) == "a secret of the feed"


async def test_a_subscription_with_wrong_variables_is_refused_before_it_begins() -> None:
    operations = Operations(SHOP)
    operation = operations.prepare("subscription($n: Int!) { changes(count: $n) { __typename } }")

    [answer] = [answer async for answer in operations.subscribe(operation, {"n": "many"}, CONTEXT)]

    assert not answer.executed
    assert answer.errors[0].extensions == {"code": "BAD_USER_INPUT"}


def test_a_schema_whose_extensions_a_plan_would_skip_is_not_taken() -> None:
    @strawberry.type
    class Query:
        stock: int = 3

    with pytest.raises(ValueError, match="extensions"):
        Operations(strawberry.Schema(Query, extensions=[lambda: MaxAliasesLimiter(1)]))


def documents_of_the_web_app() -> list[str]:
    """Its operations, each with the fragments that it spreads."""
    written = [
        text.strip()
        for path in sorted(Path("pwa/src").rglob("*.ts"))
        for text in re.findall(r"graphql\(\s*`(.*?)`", path.read_text(), re.DOTALL)
    ]
    fragments = {text.split()[1]: text for text in written if text.startswith("fragment ")}
    return [_with_fragments(text, fragments) for text in written if not text.startswith("fragment ")]


def _with_fragments(text: str, fragments: dict[str, str]) -> str:
    for name in [name for name in fragments if re.search(rf"\.\.\.\s*{name}\b", text)]:
        if f"fragment {name} " not in text:
            return _with_fragments(text + fragments[name], fragments)
    return text


def test_every_operation_of_the_web_app_may_run_and_the_busy_ones_run_by_a_plan() -> None:
    operations = Operations(schema)

    prepared = [operations.prepare(text) for text in documents_of_the_web_app()]

    for operation in prepared:
        operations.admit(operation, {})
    planned = {operation.name for operation in prepared if operation.plan is not None}
    assert planned >= {"RecordSale", "RecordMovements", "StockGrid", "StockPage", "StockChanges", "HeatChanges"}


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(generated())
async def test_any_operation_is_answered_as_strawberry_answers_it(asked: tuple[str, dict[str, Any]]) -> None:
    text, variables = asked

    assert await ours(text, variables) == await theirs(text, variables)
