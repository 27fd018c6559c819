"""GraphQL over WebSocket: the protocol graphql-transport-ws, as Strawberry speaks it, with our doors and limits.

A socket is admitted by its origin, then by its `connection_init`; it holds a bounded number of operations and its
messages are bounded. Nothing is buffered here: an item is written before the next is asked for, so a slow client
slows its own source, which is bounded. A mutation that has begun is finished even when its socket closes.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

import orjson
from graphql import GraphQLFormattedError, OperationType
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect
from strawberry.asgi import ASGIWebSocketAdapter, GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http.exceptions import NonJsonMessageReceived, NonTextMessageReceived, WebSocketDisconnected
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import Operation as SocketOperation
from strawberry.subscriptions.protocols.graphql_transport_ws.types import ConnectionInitMessage, Message
from strawberry.types.unset import UnsetType

from api.admission import NotAdmitted
from api.door_address import household
from api.door_rates import Charge, RateLimited
from api.graphql_answer import encode, internal_error, rate_limited, values_in
from api.graphql_desk import Desk
from schema.kernel.compiled import Answer, Operation, Rejected

FORBIDDEN = 4403
TRY_AGAIN_LATER = 1013
TOO_BIG = 1009
CLOSING_SECONDS = 1.0
RECHECK_SECONDS = 2.0
RECHECK_AT_ONCE_SECONDS = 0.1
"""How long a recheck that was asked for waits, so that ten changes of access are one recheck."""

Revoked = Callable[[Sequence[Any]], Awaitable[Collection[tuple[Any, str]]]]
"""Of these contexts, the ones that may no longer be here, each with the reason that its client is told.

Asked for all sockets of the process at once.
"""


@dataclass(frozen=True, slots=True)
class SocketRules:
    """What one socket may do, and how often it is asked whether it may still."""

    max_operations: int = 50
    max_sockets: int = 5_000
    max_sockets_of_one: int = 100
    max_unnamed_of_one: int = 200
    """From one address, before they have said whose they are."""
    max_message_characters: int = 256 * 1024
    init_seconds: float = 10.0
    recheck_seconds: float = RECHECK_SECONDS
    allowed_origins: tuple[str, ...] = ()


@dataclass(slots=True)
class Connection:
    """A socket; its `context` is made when `connection_init` has come."""

    websocket: WebSocket
    connection_params: dict[str, object] | None = None
    context: Any = None


class BoundedAdapter(ASGIWebSocketAdapter):
    """Reads messages that are not too long."""

    async def iter_json(self, *, ignore_parsing_errors: bool = False) -> AsyncGenerator[object, None]:
        limit = cast("SocketView", self.view).rules.max_message_characters
        with suppress(WebSocketDisconnect):
            while True:
                message = await self.ws.receive()
                if message["type"] == "websocket.disconnect":
                    return
                text = message.get("text")
                if text is None:
                    raise NonTextMessageReceived
                if len(text) > limit:
                    await self.close(TOO_BIG, "Message too big")
                    return
                try:
                    yield orjson.loads(text)
                except orjson.JSONDecodeError as error:
                    if not ignore_parsing_errors:
                        raise NonJsonMessageReceived from error


class SocketHandler(BaseGraphQLTransportWSHandler[Connection, None]):
    """One socket's side of the protocol, with operations run by `Operations`."""

    view: "SocketView"

    async def shutdown(self) -> None:
        self.view.forget(self)
        await super().shutdown()

    async def handle_message(self, message: Message) -> None:
        if not _is_message(message):
            await self.handle_invalid_message("Failed to parse message")
            return
        await super().handle_message(message)

    async def handle_connection_init(self, message: ConnectionInitMessage) -> None:
        if message.get("payload", {}) is None:
            message = {"type": "connection_init"}
        try:
            await super().handle_connection_init(message)
        except NotAdmitted as gone:
            await self.websocket.close(FORBIDDEN, gone.code)
            return
        except RateLimited:
            await self.websocket.close(TRY_AGAIN_LATER, "Try again later")
            return
        except Exception as error:  # noqa: BLE001  # whoever knocks may try again; nobody is let in
            internal_error(error, operation="connection_init")
            await self.websocket.close(TRY_AGAIN_LATER, "Try again later")
            return
        if self.connection_acknowledged and not self.view.remember(self):
            await self.websocket.close(TRY_AGAIN_LATER, "Too many sockets")

    async def run_operation(self, operation: SocketOperation[Connection, None]) -> None:
        try:
            await self._run(operation)
            await operation.send_operation_message({"id": operation.id, "type": "complete"})
        except (WebSocketDisconnected, WebSocketDisconnect):
            return
        except Exception as error:  # noqa: BLE001  # the last place where it can be masked
            with suppress(WebSocketDisconnected, WebSocketDisconnect):
                await self._refuse(operation, [internal_error(error, operation=operation.operation_name)])

    async def _run(self, operation: SocketOperation[Connection, None]) -> None:
        desk, context, variables = self.view.desk, self.context.context, operation.variables or {}
        try:
            prepared, charge = desk.prepare(operation.query, operation.operation_name or None, variables, context)
        except Rejected as rejected:
            await self._refuse(operation, desk.teller.errors(rejected.errors, operation.operation_name))
            return
        except RateLimited as limited:
            await self._refuse(operation, [rate_limited(limited)])
            return
        if prepared.kind is OperationType.SUBSCRIPTION:
            async with aclosing(desk.operations.subscribe(prepared, variables, context)) as answers:
                async for answer in answers:
                    await self._tell(operation, prepared, answer, charge)
                    charge = None  # how much comes later is not the client's to say
        else:
            await self._tell(operation, prepared, await desk.run(prepared, variables, context), charge)

    async def _tell(
        self, operation: SocketOperation[Connection, None], prepared: Operation, answer: Answer, charge: Charge | None
    ) -> None:
        if not answer.executed:
            await self._refuse(operation, self.view.desk.teller.errors(answer.errors, prepared.name))
        elif not operation.completed:
            payload = encode(self.view.desk.teller.payload(answer, prepared.name))
            if self.view.desk.meter is not None and charge is not None and not answer.errors:
                self.view.desk.meter.settle(charge, values_in(payload))
            text = f'{{"id":{_quoted(operation.id)},"type":"next","payload":{payload.decode()}}}'
            await self.context.websocket.send({"type": "websocket.send", "text": text})

    async def _refuse(
        self, operation: SocketOperation[Connection, None], errors: Sequence[Mapping[str, object]]
    ) -> None:
        payload = cast("list[GraphQLFormattedError]", errors)
        await operation.send_operation_message({"id": operation.id, "type": "error", "payload": payload})

    async def close(self, code: int, reason: str) -> None:
        """Close from outside: nothing more is sent, whether or not the client still reads."""
        for id in list(self.operations):
            await self.cleanup_operation(id)
        with suppress(TimeoutError, WebSocketDisconnect, RuntimeError):
            async with asyncio.timeout(CLOSING_SECONDS):
                await self.websocket.close(code, reason)


class SocketView(GraphQL[Connection, None]):
    """Answers the WebSockets of a `GraphQLApp`."""

    websocket_adapter_class = BoundedAdapter
    graphql_transport_ws_handler_class = SocketHandler

    def __init__(self, desk: Desk, rules: SocketRules, revoked: Revoked | None) -> None:
        super().__init__(
            desk.operations.schema,
            graphql_ide=None,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            connection_init_wait_timeout=timedelta(seconds=rules.init_seconds),
            max_subscriptions_per_connection=rules.max_operations,
            allowed_origins=rules.allowed_origins,
        )
        self.desk = desk
        self.rules = rules
        self.sockets: set[SocketHandler] = set()
        self._revoked = revoked
        self._rechecking: asyncio.Task[None] | None = None
        self._doubted = asyncio.Event()
        self._held: Counter[object] = Counter()
        self._open = 0
        self._unnamed: dict[int, str] = {}
        """Sockets that have not said whose they are, by the identity of their scope, with their addresses."""
        self._unnamed_at: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        address = household(scope["client"][0]) if scope.get("client") else ""
        if self._open >= self.rules.max_sockets or self._unnamed_at[address] >= self.rules.max_unnamed_of_one:
            await WebSocket(scope, receive, send).close(TRY_AGAIN_LATER)
            return
        self._open += 1
        self._unnamed[id(scope)] = address
        self._unnamed_at[address] += 1
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._open -= 1
            self._named(scope)

    def _named(self, scope: Scope) -> None:
        """Count a socket no longer among those that have not said whose they are."""
        address = self._unnamed.pop(id(scope), None)
        if address is not None:
            self._unnamed_at[address] -= 1
            if not self._unnamed_at[address]:
                del self._unnamed_at[address]

    def encode_json(self, data: object) -> str:
        return encode(data).decode()

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Connection:
        del response
        return Connection(cast("WebSocket", request))

    async def on_ws_connect(self, context: Connection) -> UnsetType:
        context.context = await self.desk.make_context(context.websocket, context.connection_params or {})
        if context.context is None:
            raise ConnectionRejectionError
        self._named(context.websocket.scope)
        return UnsetType()  # acknowledged without a payload; Strawberry's UNSET is this, typed as Any

    def remember(self, socket: SocketHandler) -> bool:
        """Keep an acknowledged socket; False when its client holds as many as one may."""
        client = self._client_of(socket)
        if client is not None and self._held[client] >= self.rules.max_sockets_of_one:
            return False
        self._held[client] += 1
        self.sockets.add(socket)
        if self._revoked is not None and (self._rechecking is None or self._rechecking.done()):
            self._rechecking = asyncio.create_task(self._recheck(self._revoked))
        return True

    def forget(self, socket: SocketHandler) -> None:
        """Give up a socket that is over."""
        if socket in self.sockets:
            self.sockets.discard(socket)
            client = self._client_of(socket)
            self._held[client] -= 1
            if not self._held[client]:
                del self._held[client]

    def _client_of(self, socket: SocketHandler) -> object:
        """Return whose socket it is, None where nobody is told apart."""
        return None if self.desk.meter is None else self.desk.meter.client_of(socket.context.context)

    async def close_sockets(self, concerned: Callable[[Any], bool]) -> int:
        """Close the sockets whose context is concerned (its session was revoked); returns how many."""
        sockets = {socket for socket in self.sockets if concerned(socket.context.context)}
        await asyncio.gather(*(socket.close(FORBIDDEN, "Forbidden") for socket in sockets))
        return len(sockets)

    def doubt(self) -> None:
        """Ask soon, not only when it is time again, which sockets must go."""
        self._doubted.set()

    async def _recheck(self, revoked: Revoked) -> None:
        """As long as there are sockets, ask for all of them together which must go."""
        while self.sockets:
            with suppress(TimeoutError):
                async with asyncio.timeout(self.rules.recheck_seconds):
                    await self._doubted.wait()
                    await asyncio.sleep(RECHECK_AT_ONCE_SECONDS)
            self._doubted.clear()
            try:
                answer = await revoked([each.context.context for each in self.sockets])
            except Exception as error:  # noqa: BLE001  # the next round asks again
                internal_error(error, operation="recheck of sockets")
                continue
            reasons = {id(context): reason for context, reason in answer}
            gone = [(each, reasons.get(id(each.context.context))) for each in self.sockets]
            await asyncio.gather(*(each.close(FORBIDDEN, reason) for each, reason in gone if reason is not None))


def _quoted(text: str) -> str:
    return encode(text).decode()


def _is_message(message: object) -> bool:
    """Whether the parts that Strawberry takes for granted are what it takes them for."""
    if not isinstance(message, dict) or not isinstance(message.get("id", ""), str):
        return False
    payload = message.get("payload")
    if message.get("type") != "subscribe":
        return True
    return (
        isinstance(payload, dict)
        and isinstance(payload.get("query"), str)
        and isinstance(payload.get("variables"), dict | None)
        and isinstance(payload.get("operationName"), str | None)
    )
