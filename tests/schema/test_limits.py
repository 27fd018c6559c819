import time
from typing import Any

import pytest
from graphql import OperationDefinitionNode, build_schema, get_introspection_query, parse

from schema import schema
from schema.kernel.compiled import Operations, Rejected
from schema.kernel.limits import ASSUMED_ITEMS, LimitExceeded, Limits, check_shape, cost_of
from tests.support.corner_shop import corner_shop

CHAIN = build_schema("""
type Query { stores(first: Int!): StoreConnection! regions: [Region!]! store: Store }
type StoreConnection { edges: [StoreEdge!]! total: Int! }
type StoreEdge { cursor: String! node: Store! }
type Store { name: String! region: Region! tags: [String!]! stores(first: Int = 5): [Store!]! }
type Region { name: String! stores: [Store!]! }
""")


def cost(text: str, variables: dict[str, Any] | None = None) -> int:
    document = parse(text)
    [operation] = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    return cost_of(CHAIN, document, operation).total(variables or {})


def test_a_connection_costs_as_much_as_the_page_that_is_asked_for() -> None:
    assert cost("{ stores(first: 100) { total edges { cursor node { name } } } }") == 1 + 1 + 1 + 100 * 3
    assert cost("query($n: Int!) { stores(first: $n) { edges { cursor } } }", {"n": 7}) == 1 + 1 + 7
    assert cost("query($n: Int = 4) { stores(first: $n) { edges { cursor } } }") == 1 + 1 + 4


def test_a_list_without_a_page_costs_what_lists_are_taken_to_hold() -> None:
    assert cost("{ regions { name } }") == 1 + ASSUMED_ITEMS
    assert cost("{ regions { stores { name } } }") == 1 + ASSUMED_ITEMS * (1 + ASSUMED_ITEMS)
    assert cost("query($n: Int) { store { stores(first: $n) { name } } }") == 1 + 1 + ASSUMED_ITEMS


def test_pages_within_pages_multiply() -> None:
    assert cost(
        "query($n: Int!) { stores(first: $n) { edges { node { stores(first: $n) { name } } } } }", {"n": 50}
    ) == (1 + 1 + 50 * (1 + 1 + 50))


def test_fragments_cost_what_they_hold_wherever_they_are_spread() -> None:
    assert cost("{ regions { ...R } store { region { ...R } } } fragment R on Region { name ... { name } }") == (
        1 + ASSUMED_ITEMS * 2 + 1 + 1 + 2
    )


@pytest.mark.parametrize("asked", [-5, "many", None, True, 1.5])
def test_a_page_size_that_is_none_does_not_lower_the_cost_of_the_rest(asked: Any) -> None:
    assert cost("query($n: Int!) { stores(first: $n) { total } }", {"n": asked}) == 2


def ladder(rungs: int) -> str:
    """Fragments without a field, each of which opens all that follow: 2 to the n are opened."""
    opened = [" ".join(f"...F{below}" for below in range(n + 1, rungs)) for n in range(rungs)]
    return "".join(f"fragment F{n} on Query {{ {below} }} " for n, below in enumerate(opened))


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("{ a " * 17 + "}" * 17, "depth is 17, at most 16"),
        ("{" + "".join(f"a{number}: a " for number in range(31)) + "}", "number of aliases is 31, at most 30"),
        ("{ a {" + "a " * 300 + "} }", "number of fields is 301, at most 300"),
        ("{" + "a " * 11 + "}", "number of root fields is 11, at most 10"),
        ("{ ...F } fragment F on Query {" + "a " * 11 + "}", "number of root fields is 11, at most 10"),
        ("{ a { ...F } } fragment F on A " + "{ b " * 16 + "}" * 16, "depth is 17, at most 16"),
        ("{ a {" + "...F " * 301 + "} } fragment F on A { }", "number of fragments opened is 301, at most 300"),
        ("{ a {" + "... { } " * 301 + "} }", "number of fragments opened is 301, at most 300"),
        ("{ ...F0 } " + ladder(40), f"number of fragments opened is {2**39}, at most 300"),
    ],
)
def test_a_document_that_spreads_out_is_refused_with_the_limit_it_breaks(text: str, limit: str) -> None:
    document = parse(text)

    with pytest.raises(LimitExceeded, match=limit):
        check_shape(document, Limits())


def test_fragments_that_double_one_another_are_counted_without_being_opened_each_time() -> None:
    doubling = "".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }} " for n in range(60))
    document = parse("{ ...F0 }" + doubling + "fragment F60 on Query { a }")
    began = time.thread_time()

    with pytest.raises(LimitExceeded, match=f"number of fields is {2**60}"):
        check_shape(document, Limits())

    assert time.thread_time() - began < 0.1


def test_a_long_chain_or_a_circle_of_fragments_does_no_harm() -> None:
    chain = "".join(f"fragment F{n} on Query {{ ...F{n + 1} }} " for n in range(2000))
    with pytest.raises(LimitExceeded, match="number of nested fragments"):
        check_shape(parse("{ ...F0 }" + chain + "fragment F2000 on Query { a }"), Limits())

    check_shape(parse("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }"), Limits())


def test_the_standard_introspection_fits_into_the_limits() -> None:
    operations = Operations(corner_shop())

    operation = operations.prepare(get_introspection_query())
    operations.admit(operation, {})

    assert operation.introspects


def test_introspection_is_refused_to_those_who_may_not() -> None:
    operations = Operations(corner_shop())

    for text in ("{ __schema { queryType { name } } }", '{ __type #\n, (name: "Line") { name } }'):
        with pytest.raises(Rejected, match="Introspection is not allowed"):
            operations.admit(operations.prepare(text), {}, introspection=False)
    operations.admit(operations.prepare("{ __typename }"), {}, introspection=False)


NESTED = "{__schema{types{" + "fields{type{" * 8 + "name" + "}" * 19


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (NESTED, "GRAPHQL_LIMIT_EXCEEDED"),
        ("{__schema{types{" + "fields{type{" * 4 + "name" + "}" * 11, "GRAPHQL_VALIDATION_FAILED"),
        ("{ lines " + "{ inner " * 9 + "{ quantity }" + "}" * 10, None),
        ("{" + "lines { quantity } " * 150 + "}", "GRAPHQL_LIMIT_EXCEEDED"),
        ("{ lines {" + "quantity " * 299 + "} }", None),
        ("{ lines {" + "inner { quantity } " * 149 + "} }", None),
        ("{ lines {" + "quantity " * 3000 + "} }", "GRAPHQL_LIMIT_EXCEEDED"),
        ("{ a " * 3000, "GRAPHQL_LIMIT_EXCEEDED"),
        ("{ page(first: " + "1" * 60_000 + ") { note } }", "GRAPHQL_LIMIT_EXCEEDED"),
        ('{ lines(of: "' + "x" * 70_000 + '") { note } }', "GRAPHQL_LIMIT_EXCEEDED"),
        ("[" * 1000, "GRAPHQL_PARSE_FAILED"),
    ],
)
def test_no_short_text_takes_long_before_it_is_refused_or_ready(text: str, code: str | None) -> None:
    operations = Operations(corner_shop())
    began = time.thread_time()

    try:
        operations.prepare(text)
        refused = None
    except Rejected as rejected:
        refused = (rejected.errors[0].extensions or {})["code"]

    assert refused == code
    assert time.thread_time() - began < 0.5


def test_a_page_that_is_too_large_is_refused_before_anything_runs() -> None:
    operations = Operations(corner_shop())
    operation = operations.prepare("query($n: Int!) { page(first: $n) { quantity note } }")

    operations.admit(operation, {"n": 100})
    with pytest.raises(Rejected, match="its cost is 2000001, at most 100000 is allowed"):
        operations.admit(operation, {"n": 1_000_000})


def test_a_field_that_is_work_of_its_own_says_what_it_costs() -> None:
    """A sheet of thousands of lines is worked out for each stocktake whose states are asked for."""
    operations = Operations(schema)
    page = "query($n: Int!) { stocktakes(storeId: %r, first: $n) { edges { node { id %s } } } }"
    store = "00000000-0000-0000-0000-000000000000"
    plain, states, items = (
        operations.prepare((page % (store, more)).replace("'", '"'))
        for more in ("", "states { count }", "items(first: 100) { totalCount }")
    )

    assert operations.admit(plain, {"n": 100}) < 1_000
    assert operations.admit(states, {"n": 20}) > 20 * 4_500
    for sheets in (states, items):
        with pytest.raises(Rejected, match="at most 100000 is allowed"):
            operations.admit(sheets, {"n": 100})


@pytest.mark.parametrize("text", ["{ page(first: %s) { quantity } }", "{ page(first: -%s) { quantity } }"])
def test_a_number_that_python_would_not_read_is_refused_in_words(text: str) -> None:
    with pytest.raises(Rejected, match="digits in a row is 5000") as refused:
        Operations(corner_shop()).prepare(text % ("9" * 5000), None)

    assert refused.value.errors[0].extensions == {"code": "GRAPHQL_LIMIT_EXCEEDED"}
