"""What both doors of GraphQL share, HTTP and WebSocket: who may ask, what may run, and how it is run."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from time import thread_time
from typing import Any, TypeVar

from graphql import OperationType
from starlette.requests import HTTPConnection

from api.door_rates import Charge, Meter
from api.door_turns import Turns, items_in
from api.graphql_answer import Teller
from schema.kernel.compiled import Answer, Operation, Operations

MakeContext = Callable[[HTTPConnection, dict[str, object] | None], Awaitable[Any]]
"""Who is asking: the context for the resolvers, or None when it is nobody that we know.

Called with an HTTP request and None, or with a WebSocket and the payload of its `connection_init`. Raises
`NotAdmitted` for somebody who was let in once.
"""

T = TypeVar("T")


class Mutations:
    """Finishes the mutations that have begun, whoever stops waiting for them."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    async def finish(self, mutation: Coroutine[Any, Any, T]) -> T:
        """Cancelling this leaves the mutation running."""
        task = asyncio.create_task(mutation)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)

    async def drain(self) -> None:
        """Wait for those that outlived their requests."""
        await asyncio.gather(*self._running, return_exceptions=True)


@dataclass(frozen=True, slots=True)
class Desk:
    operations: Operations
    teller: Teller
    make_context: MakeContext
    may_introspect: Callable[[Any], bool]
    meter: Meter | None = None
    mutations: Mutations = field(default_factory=Mutations)
    turns: Turns = field(default_factory=Turns)

    def prepare(
        self, query: str, name: str | None, variables: Mapping[str, object], context: Any
    ) -> tuple[Operation, Charge | None]:
        """The operation and what it was charged, once it is known that it may run.

        Raises `Rejected`, or `RateLimited` when its client has asked for too much lately.
        """
        operation = self._prepared(query, name, context)
        cost = self.operations.admit(operation, variables, introspection=self.may_introspect(context))
        return operation, None if self.meter is None else self.meter.charge(context, cost, items_in(variables))

    def _prepared(self, query: str, name: str | None, context: Any) -> Operation:
        if self.meter is None:
            return self.operations.prepare(query, name)
        self.meter.require_some(context)
        began = thread_time()
        try:
            return self.operations.prepare(query, name)
        finally:
            self.meter.take_preparing(context, thread_time() - began)

    async def run(self, operation: Operation, variables: Mapping[str, object], context: object) -> Answer:
        """Run a query or a mutation, when it is its person's turn."""
        running = self._in_turn(operation, variables, context)
        if operation.kind is OperationType.MUTATION:
            return await self.mutations.finish(running)
        return await running

    async def _in_turn(self, operation: Operation, variables: Mapping[str, object], context: object) -> Answer:
        if self.meter is None:
            return await self.operations.execute(operation, variables, context)
        async with self.turns.turn(context):
            return await self.operations.execute(operation, variables, context)
