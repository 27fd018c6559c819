"""GraphQL over HTTP: POST of a JSON object, answered as the GraphQL-over-HTTP specification says.

Every refusal, whatever its status, is a JSON object with typed errors. A query is dropped when its client goes away;
a mutation that has begun is always finished, whoever cancels the request.
"""

import asyncio
from contextlib import suppress
from functools import lru_cache
from types import TracebackType
from typing import Any, NamedTuple, Self

import orjson
from graphql import OperationType
from starlette.requests import HTTPConnection
from starlette.types import Message, Receive, Scope, Send

from api.admission import NotAdmitted
from api.door_rates import RateLimited
from api.graphql_answer import encode, internal_error, rate_limited, values_in, with_cost
from api.graphql_desk import Desk
from api.graphql_packing import packed
from schema.kernel.compiled import Rejected

JSON = b"application/json"
GRAPHQL_JSON = b"application/graphql-response+json"
OUR_HEADER = b"x-trueshelf"
"""Other sites cannot send it without asking first, which is refused; a bearer token needs none."""
BODY_TIMEOUT_SECONDS = 30.0
DRAINED_TIMES = 16
DRAIN_SECONDS = 5.0
DRAIN_SILENCE_SECONDS = 0.3
PATIENCE_SECONDS = 1.0
"""Only what takes longer watches whether its client is still there."""


class HttpRefusal(Exception):
    """The request is not one that GraphQL can answer."""

    def __init__(
        self, status: int, code: str, message: str, *, headers: tuple[tuple[bytes, bytes], ...] = (), **details: object
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers
        self.error = {"message": message, "extensions": {"code": code, **details}}


class ClientGone(Exception):
    """Nobody is left to answer."""


class GraphQLRequest(NamedTuple):
    query: str
    operation_name: str | None
    variables: dict[str, object]


class HttpView:
    """Answers the HTTP requests of a `GraphQLApp`."""

    def __init__(self, desk: Desk, max_body: int) -> None:
        self._desk = desk
        self._max_body = max_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            media_type = _checked_headers(scope)
            _require_short(scope, self._max_body)
            context = await self._admit(scope)
            asked_at = asyncio.get_running_loop().time()
            body = await _body(receive, self._max_body)
            if asyncio.get_running_loop().time() - asked_at > PATIENCE_SECONDS:
                context = await self._admit(scope)  # who was let in to begin it may have left meanwhile
            status, payload = await self._answer(receive, parse_request(body), context)
            answer, encoding = await packed(scope, payload)
            # For application/json the status tells only whether the request was one.
            await _send(send, status if media_type is GRAPHQL_JSON else 200, media_type, answer, encoding)
        except NotAdmitted as gone:
            error = {"message": gone.message, "extensions": {"code": gone.code, "messageZh": gone.message_zh}}
            await _send(send, 401, JSON, encode({"errors": [error]}))
        except HttpRefusal as refusal:
            if refusal.status == 413:  # noqa: PLR2004 -- a body that is too large
                await _let_it_come(receive, self._max_body * DRAINED_TIMES)
            await _send(send, refusal.status, JSON, encode({"errors": [refusal.error]}), refusal.headers)
        except RateLimited as limited:
            await _send(send, 429, JSON, encode({"errors": [rate_limited(limited)]}), (_retry_after(limited),))
        except ClientGone:
            return
        except Exception as error:  # noqa: BLE001  # the last place where it can be masked
            told = self._desk.teller.exposed(error)
            status = 500 if told is None else 503
            await _send(send, status, JSON, encode({"errors": [told or internal_error(error)]}))

    async def _admit(self, scope: Scope) -> Any:
        """Return the context of whoever asks; not a byte of a stranger's body is read."""
        context = await self._desk.make_context(HTTPConnection(scope), None)
        if context is None:
            raise HttpRefusal(401, "UNAUTHENTICATED", "Sign in first.")
        return context

    async def _answer(self, receive: Receive, request: GraphQLRequest, context: Any) -> tuple[int, bytes]:
        desk = self._desk
        try:
            operation, charge = desk.prepare(request.query, request.operation_name, request.variables, context)
        except Rejected as rejected:
            return 400, encode({"errors": desk.teller.errors(rejected.errors, request.operation_name)})
        if operation.kind is OperationType.SUBSCRIPTION:
            raise HttpRefusal(400, "SUBSCRIPTION_OVER_HTTP", "Subscriptions run over WebSocket (graphql-transport-ws).")
        with _ClientWatch(receive):
            answer = await desk.run(operation, request.variables, context)
        payload = encode(desk.teller.payload(answer, operation.name))
        if desk.meter is not None and charge is not None:
            actual = charge.cost if answer.errors else values_in(payload)
            payload = with_cost(payload, desk.meter.settle(charge, actual))
        return 200 if answer.executed else 400, payload


class _ClientWatch:
    """Stops waiting for what takes long when its client goes away (a query stops with it); raises `ClientGone`."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._listener: asyncio.Task[None] | None = None
        self._gone = False

    def __enter__(self) -> Self:
        self._request = asyncio.current_task()
        self._timer = asyncio.get_running_loop().call_later(PATIENCE_SECONDS, self._start_listening)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._timer.cancel()
        if self._listener is not None:
            self._listener.cancel()
        if self._gone and self._request is not None:
            self._request.uncancel()
            raise ClientGone from error

    def _start_listening(self) -> None:
        self._listener = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._gone = True
        if self._request is not None:
            self._request.cancel()


def _checked_headers(scope: Scope) -> bytes:
    """The media type of the answer; raises when the request is not a POST of JSON."""
    if scope["method"] != "POST":
        hint = "Send a POST with a JSON body; subscriptions run over WebSocket (graphql-transport-ws)."
        raise HttpRefusal(405, "METHOD_NOT_ALLOWED", hint, headers=((b"allow", b"POST"),))
    content_type = accept = b""
    by_cookie, is_ours = False, False
    for name, value in scope["headers"]:
        if name == b"content-type":
            content_type = value
        elif name == b"cookie":
            by_cookie = True
        elif name == OUR_HEADER:
            is_ours = value == b"1"
        elif name == b"accept":
            accept = accept + b"," + value if accept else value
        elif name == b"content-encoding" and value.lower() != b"identity":
            raise HttpRefusal(415, "UNSUPPORTED_ENCODING", "Send the body as it is, without content-encoding.")
    if not _is_json(content_type):
        raise HttpRefusal(415, "UNSUPPORTED_MEDIA_TYPE", "Send content-type: application/json (in UTF-8).")
    if by_cookie and not is_ours and not any(name == b"authorization" for name, _ in scope["headers"]):
        raise HttpRefusal(403, "MISSING_HEADER", "Whoever asks by cookie sends the header X-Trueshelf: 1.")
    return _chosen_media_type(accept)


@lru_cache(maxsize=64)
def _is_json(content_type: bytes) -> bool:
    """Nothing that a form of another site could send counts, so a foreign page cannot post with our cookie."""
    kind, _, parameters = content_type.lower().replace(b" ", b"").replace(b'"', b"").partition(b";")
    return kind == JSON and parameters in {b"", b"charset=utf-8"}


@lru_cache(maxsize=64)
def _chosen_media_type(accept: bytes) -> bytes:
    """What the client prefers of the two that we speak; application/json when it does not care."""
    weights = {b"*/*": 0.0, b"application/*": 0.0, JSON: 0.0, GRAPHQL_JSON: 0.0}
    for part in accept.lower().replace(b" ", b"").split(b","):
        kind, _, parameters = part.partition(b";")
        if kind in weights:
            weights[kind] = max(weights[kind], _weight(parameters))
    if weights[GRAPHQL_JSON] > weights[JSON]:
        return GRAPHQL_JSON
    if accept and not any(weights.values()):
        raise HttpRefusal(406, "NOT_ACCEPTABLE", "Accept application/graphql-response+json or application/json.")
    return JSON


def _weight(parameters: bytes) -> float:
    for parameter in parameters.split(b";"):
        name, _, value = parameter.partition(b"=")
        if name == b"q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0


def _require_short(scope: Scope, limit: int) -> None:
    """Raise when the body says of itself that it is too large."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and int(value) > limit:
            raise _too_large(limit)


async def _body(receive: Receive, limit: int) -> bytes:
    """The whole body; raises as soon as it is known to be too large."""
    try:
        async with asyncio.timeout(BODY_TIMEOUT_SECONDS):
            message = await receive()
            if not message.get("more_body", False):
                return _chunk(message, limit, 0)
            return await _rest_of_body(message, receive, limit)
    except TimeoutError:
        raise HttpRefusal(408, "BODY_TIMEOUT", "The body did not arrive in time.", headers=_CLOSE) from None


async def _rest_of_body(message: Message, receive: Receive, limit: int) -> bytes:
    body = bytearray(_chunk(message, limit, 0))
    while message.get("more_body", False):
        message = await receive()
        body += _chunk(message, limit, len(body))
    return bytes(body)


async def _let_it_come(receive: Receive, most: int) -> None:
    """Read and forget what is still coming, within bounds: who is cut off while sending never hears why."""
    came = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_SECONDS):
            while came <= most:
                message = await asyncio.wait_for(receive(), DRAIN_SILENCE_SECONDS)
                came += len(message.get("body", b""))
                if not message.get("more_body", False):
                    return


def _chunk(message: Message, limit: int, before: int) -> bytes:
    if message["type"] == "http.disconnect":
        raise ClientGone
    chunk: bytes = message.get("body", b"")
    if before + len(chunk) > limit:
        raise _too_large(limit)
    return chunk


_CLOSE = ((b"connection", b"close"),)


def _retry_after(limited: RateLimited) -> tuple[bytes, bytes]:
    return b"retry-after", str(limited.seconds).encode()


def _too_large(limit: int) -> HttpRefusal:
    return HttpRefusal(413, "BODY_TOO_LARGE", "The body is too large.", headers=_CLOSE, limitBytes=limit)


def parse_request(body: bytes) -> GraphQLRequest:
    """The request object; raises `HttpRefusal` when it is not one."""
    try:
        request = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise HttpRefusal(
            400, "MALFORMED_JSON", f"The body is not JSON: {error}", line=error.lineno, column=error.colno
        ) from None
    if not isinstance(request, dict):
        raise HttpRefusal(400, "NOT_A_REQUEST", "Send one JSON object with `query`; there are no batches here.")
    query, name, variables = request.get("query"), request.get("operationName"), request.get("variables")
    if not isinstance(query, str) or not query:
        raise HttpRefusal(400, "NOT_A_REQUEST", "`query` must be a text that is not empty.")
    if name is not None and not isinstance(name, str):
        raise HttpRefusal(400, "NOT_A_REQUEST", "`operationName` must be a text or null.")
    if variables is not None and not isinstance(variables, dict):
        raise HttpRefusal(400, "NOT_A_REQUEST", "`variables` must be an object or null.")
    if not isinstance(request.get("extensions"), dict | None):
        raise HttpRefusal(400, "NOT_A_REQUEST", "`extensions` must be an object or null.")
    return GraphQLRequest(query, name or None, variables or {})


async def _send(
    send: Send, status: int, media_type: bytes, body: bytes, headers: tuple[tuple[bytes, bytes], ...] = ()
) -> None:
    own = (
        (b"content-type", media_type + b"; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    )
    await send({"type": "http.response.start", "status": status, "headers": [*own, *headers]})
    await send({"type": "http.response.body", "body": body})
