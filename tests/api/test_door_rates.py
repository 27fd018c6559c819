"""How much one client may ask for: enough for every shop, not enough for a flood."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import orjson
import pytest
from starlette.requests import HTTPConnection

from api import door_rates
from api.door_address import Proxies, household, read_networks
from api.door_rates import Buckets, Rate, RateLimited, StrangersCounted
from api.graphql_answer import encode, values_in, with_cost
from auth.identify import Identity
from retail.access.actor import ActorKind
from retail.access.permissions import Role
from tests.support.asking import Asker
from tests.support.chain import Chain, found_chain, open_chain
from tests.support.postgres import TestingPostgres
from tests.support.server import ServerProcess

PROXY = "127.0.0.1"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that only the story moves."""
    now = [100.0]
    monkeypatch.setattr(door_rates, "monotonic", lambda: now[0])
    return now


# ------------------------------------------------------------ buckets


def test_a_bucket_fills_again_by_itself_and_never_runs_over(clock: list[float]) -> None:
    buckets = Buckets(Rate(10, 2))
    buckets.require("till", 10)
    with pytest.raises(RateLimited) as refused:
        buckets.require("till", 4)

    clock[0] += 2
    buckets.require("till", 4)
    clock[0] += 1000

    assert refused.value.seconds == 2
    assert buckets.left("till") == 10


def test_who_is_refused_loses_nothing_by_asking(clock: list[float]) -> None:
    buckets = Buckets(Rate(10, 1))
    buckets.require("till", 9)
    for _ in range(100):
        with pytest.raises(RateLimited):
            buckets.require("till", 5)

    clock[0] += 4

    assert buckets.require("till", 5)[0] == 0


def test_one_request_larger_than_a_bucket_passes_when_it_is_full(clock: list[float]) -> None:
    buckets = Buckets(Rate(10, 1))

    assert buckets.require("report", 25)[0] == -15
    with pytest.raises(RateLimited):
        buckets.require("report", 1)
    clock[0] += 16
    assert buckets.require("report", 1)[0] == 0


def test_no_flood_of_names_fills_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door_rates, "MOST_REMEMBERED", 50)
    buckets = Buckets(Rate(10, 1))

    for n in range(1000):
        buckets.take(n, 1)

    assert len(buckets) == 50


# ------------------------------------------------------------ whose address


def came(peer: str, *forwarded: str, proto: str | None = None) -> dict[str, Any]:
    headers = [(b"x-forwarded-for", each.encode()) for each in forwarded]
    if proto is not None:
        headers.append((b"x-forwarded-proto", proto.encode()))
    return {"type": "http", "client": (peer, 5), "scheme": "http", "headers": headers}


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", ["1.2.3.4"], "203.0.113.9"),
        ("10.0.0.1", ["198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", ["1.2.3.4, 198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", ["1.2.3.4", "198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", ["198.51.100.7, 10.0.0.2"], "198.51.100.7"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", ["nonsense"], "10.0.0.1"),
        ("10.0.0.1", ["1.2.3.4, nonsense, 10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("::ffff:10.0.0.1", ["2001:db8::1"], "2001:db8::1"),
    ],
)
def test_an_address_is_believed_from_our_own_proxies_only(peer: str, forwarded: list[str], client: str) -> None:
    scope = came(peer, *forwarded)

    Proxies(read_networks("10.0.0.0/8, 192.0.2.1")).settle(scope)

    assert scope["client"][0] == client


def test_the_scheme_too() -> None:
    ours, strangers = came("10.0.0.1", proto="https"), came("203.0.113.9", proto="https")
    for scope in (ours, strangers):
        Proxies(read_networks("10.0.0.0/8")).settle(scope)

    assert (ours["scheme"], strangers["scheme"]) == ("https", "http")


def test_a_household_is_one_client() -> None:
    assert household("2001:db8:1:2:3::4") == household("2001:db8:1:2:ffff::1")
    assert household("2001:db8:1:2::4") != household("2001:db8:1:3::4")
    assert household("::ffff:192.0.2.7") == household("192.0.2.7")


# ------------------------------------------------------------ strangers


def knock(address: str, bearer: str) -> HTTPConnection:
    headers = [(b"authorization", bearer.encode())]
    return HTTPConnection({"type": "http", "client": (address, 1), "headers": headers})


async def test_a_guesser_is_slowed_and_the_till_behind_the_same_router_is_not(clock: list[float]) -> None:
    asked: list[str] = []
    till = Identity(ActorKind.CHANNEL, uuid4(), "till", datetime.now(UTC))

    async def identify(connection: HTTPConnection, bearer: str | None) -> Identity | None:
        asked.append(bearer or connection.headers["authorization"])
        return till if asked[-1] == "Bearer good" else None

    guarded = StrangersCounted(identify, Rate(20, 1))
    assert await guarded(knock("192.0.2.1", "Bearer good"), None) == till
    for n in range(20):
        assert await guarded(knock("192.0.2.1", f"Bearer guess {n}"), None) is None

    with pytest.raises(RateLimited):
        await guarded(knock("192.0.2.1", "Bearer guess"), None)
    with pytest.raises(RateLimited):
        await guarded(knock("192.0.2.1", "Bearer good"), "Bearer guess")
    assert await guarded(knock("192.0.2.1", "Bearer good"), None) == till
    assert await guarded(knock("192.0.2.1", "Bearer guess"), "Bearer good") == till
    assert await guarded(knock("192.0.2.2", "Bearer guess"), None) is None
    assert len(asked) == 24
    clock[0] += 1
    assert await guarded(knock("192.0.2.1", "Bearer guess"), None) is None


# ------------------------------------------------------------ what an operation costs


@pytest.mark.parametrize(
    ("data", "values"),
    [
        ({"me": {"name": "李娜"}}, 2),
        ({"rows": [{"a": 1, "b": None}, {"a": 2, "b": 'a "quoted": thing, {"x":1}'}]}, 5),
        ({"text": '\\":'}, 1),
        ({}, 0),
    ],
)
def test_the_values_of_an_answer_are_counted(data: object, values: int) -> None:
    assert values_in(encode({"data": data})) == values
    assert b'"extensions":{"cost":{"x":1}}' in with_cost(encode({"data": data}), b'{"x":1}')


@pytest.fixture(scope="module")
async def tight(postgres: TestingPostgres) -> AsyncIterator[Chain]:
    """A chain whose server gives everybody little, and stands behind a proxy."""
    with postgres.database(postgres.migrated()) as url:
        await found_chain(url, 20)
        with ServerProcess(
            url,
            TRUESHELF_PERSON_COST_PER_SECOND="1000",
            TRUESHELF_CHANNEL_COST_PER_SECOND="1000",
            TRUESHELF_ANONYMOUS_PER_SECOND="1",
            TRUESHELF_SIGN_INS_PER_MINUTE="5",
            TRUESHELF_TOKENS_PER_MINUTE="5",
            TRUESHELF_TRUSTED_PROXIES=PROXY,
        ) as server:
            async with open_chain(url, server.url) as chain:
                yield chain


async def test_every_answer_says_what_it_cost_and_what_is_left(tight: Chain) -> None:
    asker = await tight.hire(Role.HQ_OPERATIONS)
    many = " ".join(f"a{n}: me {{ id name }}" for n in range(9))
    body = {"query": f"{{ {many} }}"}

    first = (await tight.http.post(f"{tight.server}/graphql", json=body, headers=dict(asker.headers))).json()

    cost = first["extensions"]["cost"]
    assert (cost["requestedQueryCost"], cost["actualQueryCost"]) == (27, 27)
    left = cost["throttleStatus"]
    assert (left["maximumAvailable"], left["restoreRate"]) == (20_000, 1000)
    assert 19_973 <= left["currentlyAvailable"] <= 20_000


async def test_who_asks_for_too_much_waits_and_others_do_not(tight: Chain) -> None:
    greedy, modest = await tight.hire(Role.HQ_OPERATIONS), await tight.hire(Role.HQ_OPERATIONS)
    fields = " ".join(f"s{n}: me {{ stores {{ id name code }} }}" for n in range(10))
    statuses: list[int] = []
    for _ in range(60):
        answer = await tight.http.post(
            f"{tight.server}/graphql", json={"query": f"{{ {fields} }}"}, headers=dict(greedy.headers)
        )
        statuses.append(answer.status_code)
        if answer.status_code == 429:
            break

    assert statuses[0] == 200
    assert answer.status_code == 429
    error = answer.json()["errors"][0]
    assert error["extensions"]["code"] == "RATE_LIMITED"
    assert int(answer.headers["retry-after"]) == error["extensions"]["retryAfterSeconds"]
    assert "秒" in error["extensions"]["messageZh"]
    assert error["extensions"]["cost"]["throttleStatus"]["restoreRate"] == 1000
    assert (await modest.ask("{ me { name } }")).status == 200


async def ask_until_told_to_wait(asker: Asker, most: int, body: Callable[[int], dict[str, object]]) -> list[str]:
    """The codes that somebody is told who asks one thing after the other, up to the first RATE_LIMITED."""
    codes: list[str] = []
    for n in range(most):
        told = await asker.send(orjson.dumps(body(n)))
        codes.extend(told.codes[:1])
        if "RATE_LIMITED" in codes:
            break
    return codes


async def test_what_is_brought_along_is_charged_and_not_given_back(tight: Chain) -> None:
    """A thousand lines are a second's work of a process, whatever little the answer is asked to say of them."""
    clerk = await tight.clerk_at(await tight.open_store())
    document = "mutation($input: RecordMovementsInput!) { recordMovements(input: $input) { __typename } }"
    event = {"kind": "SALE", "quantity": 1, "occurredAt": "2026-01-01T00:00:00Z", "code": "nothing"}

    def batch(_n: int) -> dict[str, object]:
        events = [{**event, "eventId": str(uuid4()), "storeId": str(clerk.shop.id)} for _ in range(1000)]
        return {
            "query": document,
            "variables": {"input": {"requestId": str(uuid4()), "source": "ERP", "events": events}},
        }

    assert await ask_until_told_to_wait(clerk, 5, batch) == ["RATE_LIMITED"]


async def test_a_text_that_takes_long_to_look_at_is_charged_though_it_is_refused(tight: Chain) -> None:
    asker = await tight.hire(Role.CLERK)
    unknown = " ".join(f"x{n}" for n in range(290))

    # On a fast computer each is looked at in a moment, so it takes many.
    codes = await ask_until_told_to_wait(asker, 600, lambda n: {"query": f"query Q{n} {{ me {{ {unknown} }} }}"})

    assert codes[0] == "GRAPHQL_VALIDATION_FAILED"
    assert codes[-1] == "RATE_LIMITED", len(codes)


async def test_a_socket_is_charged_like_a_request(tight: Chain) -> None:
    greedy = await tight.hire(Role.HQ_OPERATIONS)
    fields = " ".join(f"s{n}: me {{ stores {{ id name code }} }}" for n in range(10))
    codes: set[str] = set()
    async with greedy.socket() as socket:
        for n in range(300):
            payload = {"query": f"{{ {fields} }}"}
            await socket.say({"id": str(n), "type": "subscribe", "payload": payload})
            told = await socket.hear()
            if told["type"] == "error":
                codes.add(told["payload"][0]["extensions"]["code"])
                break
            await socket.hear()

    assert codes == {"RATE_LIMITED"}


async def test_what_a_subscription_tells_first_is_charged_for_all_that_it_holds(tight: Chain) -> None:
    """Or a snapshot of twenty thousand levels would cost as much as one of ten."""
    clerk = await tight.clerk_at(await tight.open_store())
    goods: dict[str, Any] = {f"kind{n}": 1 for n in range(60)}
    await clerk.receive(**goods)
    levels = " ".join(f"f{n}: onHand" for n in range(30))
    query = f"subscription {{ stockChanges {{ ... on StockSnapshot {{ levels {{ {levels} }} }} }} }}"
    codes: list[str] = []
    async with clerk.socket() as socket:
        for n in range(30):
            await socket.say({"id": str(n), "type": "subscribe", "payload": {"query": query}})
            told = await socket.hear()
            if told["type"] == "error":
                codes.append(told["payload"][0]["extensions"]["code"])
                break
            await socket.say({"id": str(n), "type": "complete"})

    assert codes == ["RATE_LIMITED"]


async def knocks(
    chain: Chain, count: int, path: str, address: str, headers: Mapping[str, str] | None = None, body: bytes = b""
) -> list[int]:
    sent = {**(headers or {}), "X-Forwarded-For": address}
    answers = [await chain.http.post(chain.server + path, content=body, headers=sent) for _ in range(count)]
    return [answer.status_code for answer in answers]


@pytest.mark.parametrize("path", ["/auth/sign-in", "/auth/token", "/auth/password"])
async def test_sign_in_is_counted_for_each_address(tight: Chain, path: str) -> None:
    street = {"/auth/sign-in": "198.51.100", "/auth/token": "198.51.101", "/auth/password": "198.51.102"}[path]

    flood = await knocks(tight, 9, path, f"{street}.1")
    spoofed = await knocks(tight, 1, path, f"203.0.113.77, {street}.1")
    neighbour = await knocks(tight, 1, path, f"{street}.2")

    assert 429 not in flood[:5]
    assert set(flood[6:]) == {429}
    assert spoofed == [429]
    assert neighbour != [429]


async def test_guessing_at_graphql_is_counted_for_each_address(tight: Chain) -> None:
    headers = {"content-type": "application/json", "authorization": "Bearer guess"}
    guess: dict[str, Any] = {"headers": headers, "body": b'{"query": "{ me { name } }"}'}

    flood = await knocks(tight, 45, "/graphql", "198.51.100.9", **guess)

    assert flood[0] == 401
    assert flood[-1] == 429
    assert await knocks(tight, 1, "/graphql", "198.51.100.10", **guess) == [401]


async def test_one_client_does_not_hold_all_sockets(chain: Chain) -> None:
    asker = await chain.hire(Role.HQ_OPERATIONS)
    opened: list[Any] = []

    async def hold() -> bool:
        held = asker.socket()
        try:
            socket = await held.__aenter__()
            await socket.say({"id": "1", "type": "subscribe", "payload": {"query": "{ me { name } }"}})
            alive = bool((await socket.hear())["type"] == "next")
        except Exception:  # noqa: BLE001 -- however it was shown out
            return False
        opened.append(held)
        return alive

    holding = [await hold() for _ in range(105)]
    for held in opened:
        await held.__aexit__(None, None, None)

    assert sum(holding) == 100
    for _ in range(50):
        if await hold():
            break
        await asyncio.sleep(0.1)
    assert len(opened) == 101
    await opened[-1].__aexit__(None, None, None)
