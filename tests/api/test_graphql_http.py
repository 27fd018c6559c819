from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import strawberry
from starlette.requests import HTTPConnection
from structlog.testing import capture_logs

from api.graphql import GraphQLApp
from tests.api.graphql_askers import somebody
from tests.support.corner_shop import TEA, SoldOut, corner_shop

GRAPHQL_JSON = "application/graphql-response+json"


def words(error: Exception) -> dict[str, object] | None:
    return {"message": "Sold out.", "extensions": {"code": "SOLD_OUT"}} if isinstance(error, SoldOut) else None


APP = GraphQLApp(corner_shop(), context=somebody, max_body=20_000, expose=words)


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(APP), base_url="http://shop") as client:
        yield client


async def ask(client: httpx.AsyncClient, query: str, *, accept: str = "*/*", **more: Any) -> httpx.Response:
    return await client.post("/graphql", json={"query": query, **more}, headers={"accept": accept})


async def test_a_question_is_answered(client: httpx.AsyncClient) -> None:
    answer = await ask(client, "query($n: Int!) { page(first: $n) { quantity note } }", variables={"n": 3})

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json() == {"data": {"page": [{"quantity": 3, "note": "somebody page None"}, None]}}


@pytest.mark.parametrize("query", ["{ rows }", "{ rows other: rows }"])
async def test_json_that_the_database_has_written_goes_out_as_it_is(client: httpx.AsyncClient, query: str) -> None:
    answer = await ask(client, query)

    assert b'"rows":[[0,1,5],[1,0,"x"]]' in answer.content


async def test_a_stranger_is_asked_to_sign_in(client: httpx.AsyncClient) -> None:
    answer = await client.post("/graphql", json={"query": "{ rows }"}, headers={"x-name": ""})

    assert answer.status_code == 401
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS", "HEAD"])
async def test_only_posts_are_answered(client: httpx.AsyncClient, method: str) -> None:
    answer = await client.request(method, "/graphql?query={rows}")

    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 200),
        ("Application/JSON; charset=UTF-8", 200),
        ('application/json; charset="utf-8"', 200),
        ("application/json; charset=gbk", 415),
        ("application/jsonp", 415),
        ("application/graphql", 415),
        ("text/plain", 415),
        ("text/plain; application/json", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        (None, 415),
    ],
)
async def test_only_json_is_read(client: httpx.AsyncClient, content_type: str | None, status: int) -> None:
    headers = {} if content_type is None else {"content-type": content_type}
    answer = await client.post("/graphql", content=b'{"query": "{ rows }"}', headers=headers)

    assert answer.status_code == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"cookie": "session=x"}, 403),
        ({"cookie": "session=x", "x-trueshelf": "0"}, 403),
        ({"cookie": "session=x", "x-trueshelf": "1"}, 200),
        ({"cookie": "session=x", "authorization": "Bearer x"}, 200),
        ({}, 200),
    ],
)
async def test_whoever_asks_by_cookie_must_say_that_it_is_our_app(
    client: httpx.AsyncClient, headers: dict[str, str], status: int
) -> None:
    answer = await client.post("/graphql", json={"query": "{ rows }"}, headers=headers)

    assert answer.status_code == status
    if status == 403:
        assert answer.json()["errors"][0]["extensions"]["code"] == "MISSING_HEADER"


async def test_a_packed_body_is_not_unpacked(client: httpx.AsyncClient) -> None:
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    answer = await client.post("/graphql", content=b"x", headers=headers)

    assert answer.status_code == 415


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('{"query": ', "MALFORMED_JSON"),
        ("", "MALFORMED_JSON"),
        (b'{"query": "\xff"}', "MALFORMED_JSON"),
        ("[" * 5000, "MALFORMED_JSON"),
        ('[{"query": "{ rows }"}]', "NOT_A_REQUEST"),
        ('"{ rows }"', "NOT_A_REQUEST"),
        ("null", "NOT_A_REQUEST"),
        ("{}", "NOT_A_REQUEST"),
        ('{"query": ""}', "NOT_A_REQUEST"),
        ('{"query": 5}', "NOT_A_REQUEST"),
        ('{"query": "{ rows }", "variables": []}', "NOT_A_REQUEST"),
        ('{"query": "{ rows }", "operationName": 5}', "NOT_A_REQUEST"),
        ('{"query": "{ rows }", "extensions": 5}', "NOT_A_REQUEST"),
    ],
)
async def test_a_body_that_is_no_request_is_refused(client: httpx.AsyncClient, body: Any, code: str) -> None:
    answer = await client.post("/graphql", content=body, headers={"content-type": "application/json"})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == code


async def test_broken_json_is_refused_with_the_place_where_it_breaks(client: httpx.AsyncClient) -> None:
    body = '{"query":\n  rows}'
    answer = await client.post("/graphql", content=body, headers={"content-type": "application/json"})

    assert answer.json()["errors"][0]["extensions"] == {"code": "MALFORMED_JSON", "line": 2, "column": 3}


async def _pieces(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b" " * 1000


@pytest.mark.parametrize("streamed", [True, False])
async def test_a_body_that_is_too_large_is_refused(client: httpx.AsyncClient, streamed: bool) -> None:
    content: Any = _pieces(21) if streamed else b" " * 21_000
    answer = await client.post("/graphql", content=content, headers={"content-type": "application/json"})

    assert answer.status_code == 413
    assert answer.json()["errors"][0]["extensions"] == {"code": "BODY_TOO_LARGE", "limitBytes": 20_000}


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        (GRAPHQL_JSON, GRAPHQL_JSON),
        (f"{GRAPHQL_JSON}, application/json;q=0.9", GRAPHQL_JSON),
        (f"{GRAPHQL_JSON};q=0.5, application/json", "application/json"),
        ("text/html, */*;q=0.1", "application/json"),
        (f"{GRAPHQL_JSON};q=oops", None),
        ("text/html", None),
    ],
)
async def test_the_answer_is_in_the_form_that_was_asked_for(
    client: httpx.AsyncClient, accept: str, media_type: str | None
) -> None:
    answer = await ask(client, "{ rows }", accept=accept)

    if media_type is None:
        assert answer.status_code == 406
    else:
        assert answer.headers["content-type"] == f"{media_type}; charset=utf-8"


@pytest.mark.parametrize(
    ("query", "variables", "code"),
    [
        ("{ rows", {}, "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", {}, "GRAPHQL_VALIDATION_FAILED"),
        ("{" + "rows " * 11 + "}", {}, "GRAPHQL_LIMIT_EXCEEDED"),
        ("query($n: Int!) { page(first: $n) { quantity } }", {"n": 1_000_000}, "GRAPHQL_LIMIT_EXCEEDED"),
        ("query($n: Int!) { page(first: $n) { quantity } }", {"n": "x"}, "BAD_USER_INPUT"),
        ("query($n: Int!) { page(first: $n) { quantity } }", {}, "BAD_USER_INPUT"),
    ],
)
async def test_a_refused_request_has_no_data_and_its_status_depends_on_the_form(
    client: httpx.AsyncClient, query: str, variables: dict[str, Any], code: str
) -> None:
    new = await ask(client, query, variables=variables, accept=GRAPHQL_JSON)
    old = await ask(client, query, variables=variables)

    assert (new.status_code, old.status_code) == (400, 200)
    assert new.json() == old.json()
    assert list(new.json()) == ["errors"]
    assert new.json()["errors"][0]["extensions"]["code"] == code


async def test_a_subscription_is_sent_to_the_other_door(client: httpx.AsyncClient) -> None:
    answer = await ask(client, "subscription { changes { __typename } }")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "SUBSCRIPTION_OVER_HTTP"


@pytest.mark.parametrize("query", ["{ lines { half } }", "{ lines { half slowName } }"])
async def test_what_went_wrong_inside_is_logged_and_not_told(client: httpx.AsyncClient, query: str) -> None:
    with capture_logs() as logs:
        answer = await ask(client, query, accept=GRAPHQL_JSON)

    [error] = answer.json()["errors"]
    assert answer.status_code == 200
    assert answer.json()["data"] is None
    assert error["message"] == "Internal error"
    assert error["path"] == ["lines", 1, "half"]
    assert b"an odd quantity" not in answer.content
    assert [(log["id"], str(log["exc_info"])) for log in logs] == [
        (error["extensions"]["id"], "an odd quantity has no half")
    ]


async def test_a_refusal_that_clients_may_know_of_is_told() -> None:
    @strawberry.type
    class Query:
        @strawberry.field
        def stock(self) -> int:
            raise SoldOut

    app = GraphQLApp(strawberry.Schema(Query), context=somebody, expose=words)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop") as client:
        answer = await ask(client, "{ stock }")

    [error] = answer.json()["errors"]
    assert (error["message"], error["path"], error["extensions"]) == ("Sold out.", ["stock"], {"code": "SOLD_OUT"})


async def test_a_failure_before_the_operation_is_masked_too() -> None:
    async def failing(_connection: HTTPConnection, _payload: dict[str, object] | None) -> None:
        raise OSError("no database at 10.0.0.7")

    app = GraphQLApp(corner_shop(), context=failing)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop") as client:
        with capture_logs() as logs:
            answer = await ask(client, "{ rows }")

    assert answer.status_code == 500
    assert answer.json()["errors"][0]["extensions"] == {"code": "INTERNAL", "id": logs[0]["id"]}
    assert b"10.0.0.7" not in answer.content


async def test_introspection_is_for_those_who_may() -> None:
    app = GraphQLApp(corner_shop(), context=somebody, may_introspect=lambda context: context == "the developer")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop") as client:
        refused = await ask(client, "{ __schema { queryType { name } } }")
        client.headers["x-name"] = "the developer"
        answered = await ask(client, "{ __schema { queryType { name } } }")

    assert refused.json()["errors"][0]["message"] == "Introspection is not allowed here."
    assert answered.json() == {"data": {"__schema": {"queryType": {"name": "Query"}}}}


async def test_a_sale_over_http_reaches_its_resolver(client: httpx.AsyncClient) -> None:
    sale = {
        "requestId": str(TEA),
        "origin": {"occurredAt": "2026-03-01T08:30:00Z", "device": "till"},
        "lines": [{"quantity": 2}],
    }
    query = "mutation($input: SaleInput!) { sell(input: $input) { ... on Sold { saleId lines { quantity } } } }"

    answer = await ask(client, query, variables={"input": sale})

    assert answer.json() == {"data": {"sell": {"saleId": str(TEA), "lines": [{"quantity": 2}]}}}
