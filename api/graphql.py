"""The GraphQL endpoint: one ASGI app for HTTP and WebSocket over one schema.

Wiring: `GraphQLApp(schema, context=...)`, mounted at `/graphql`. `context(connection, init_payload)` says who is
asking: it returns the resolvers' context, or None for nobody (HTTP 401, socket closed with 4403).
"""

from collections.abc import Callable
from typing import Any

import strawberry
from starlette.types import Receive, Scope, Send

from api.door_rates import Meter
from api.graphql_answer import Expose, Teller
from api.graphql_desk import Desk, MakeContext
from api.graphql_http import HttpView
from api.graphql_ws import Revoked, SocketRules, SocketView
from schema.kernel.compiled import Operations
from schema.kernel.limits import Limits

__all__ = ["GraphQLApp", "SocketRules"]

MAX_BODY = 1024 * 1024


class GraphQLApp:
    """Serves a Strawberry schema.

    `expose` puts an expected exception into words for clients; every other one is masked and logged.
    `revoked` is asked every `sockets.recheck_seconds` which of the open sockets' contexts must go.
    With a `meter`, every operation is charged to its client.
    """

    def __init__(
        self,
        schema: strawberry.Schema,
        *,
        context: MakeContext,
        max_body: int = MAX_BODY,
        limits: Limits | None = None,
        sockets: SocketRules | None = None,
        expose: Expose | None = None,
        revoked: Revoked | None = None,
        may_introspect: Callable[[Any], bool] = lambda _context: True,
        meter: Meter | None = None,
    ) -> None:
        self._desk = Desk(Operations(schema, limits), Teller(expose), context, may_introspect, meter)
        self._http = HttpView(self._desk, max_body)
        self._sockets = SocketView(self._desk, sockets or SocketRules(), revoked)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._sockets(scope, receive, send)
        else:
            await self._http(scope, receive, send)

    async def close_sockets(self, concerned: Callable[[Any], bool]) -> int:
        """Close at once the sockets whose context is concerned; returns how many."""
        return await self._sockets.close_sockets(concerned)

    def doubt(self) -> None:
        """Ask soon which sockets must go: somebody's access has changed."""
        self._sockets.doubt()

    @property
    def socket_count(self) -> int:
        return len(self._sockets.sockets)

    async def drain(self) -> None:
        """Wait for the mutations that still run; call it before closing what they use."""
        await self._desk.mutations.drain()
