"""What clients are told: the wire form of answers and errors, in one place for HTTP and WebSocket.

An error that the client caused is told in full, with a code. An exception that nobody expected is told as
"Internal error" with an id; everything else about it goes to the log under that id, and nothing of it to the client.
"""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

import orjson
import structlog
from graphql import GraphQLError

from api.door_rates import RateLimited
from api.log import REQUEST
from schema.kernel.compiled import Answer

log = structlog.get_logger("trueshelf.graphql")

Expose = Callable[[Exception], Mapping[str, object] | None]
"""For an exception that clients may know of (a refusal): `{"message": ..., "extensions": {"code": ...}}`."""


class Teller:
    """Puts answers into words for clients."""

    def __init__(self, expose: Expose | None = None) -> None:
        self._expose = expose

    def payload(self, answer: Answer, operation: str | None) -> dict[str, object]:
        """The response object of the GraphQL specification."""
        if not answer.errors:
            return {"data": answer.data}
        errors = self.errors(answer.errors, operation)
        return {"data": answer.data, "errors": errors} if answer.executed else {"errors": errors}

    def errors(self, errors: list[GraphQLError], operation: str | None) -> list[dict[str, object]]:
        return [self._error(error, operation) for error in errors]

    def exposed(self, cause: Exception) -> Mapping[str, object] | None:
        """What clients may know of an exception, None if nothing."""
        return self._expose(cause) if self._expose else None

    def _error(self, error: GraphQLError, operation: str | None) -> dict[str, object]:
        told: dict[str, Any] = dict(error.formatted)
        cause = error.original_error
        if cause is None or isinstance(cause, GraphQLError):
            return told
        return {**told, **(self.exposed(cause) or internal_error(cause, operation=operation, path=error.path))}


def internal_error(cause: Exception, **about: object) -> dict[str, object]:
    """Log the exception under a new id and return what the client is told of it."""
    id = str(uuid4())
    log.error("graphql.internal_error", id=id, exc_info=cause, **about)
    told = {"code": "INTERNAL", "id": id}
    request = REQUEST.get()
    if request is not None:
        told["requestId"] = request
    return {"message": "Internal error", "extensions": told}


def rate_limited(limited: RateLimited) -> dict[str, object]:
    """Return what a client is told that has asked for too much lately."""
    told: dict[str, object] = {
        "code": limited.code,
        "messageZh": limited.message_zh,
        "retryAfterSeconds": limited.seconds,
    }
    if limited.cost is not None:
        told["cost"] = limited.cost
    return {"message": limited.message, "extensions": told}


def with_cost(payload: bytes, cost: bytes) -> bytes:
    """Return an encoded answer with what it cost, encoded too, in its extensions."""
    return b'%b,"extensions":{"cost":%b}}' % (payload[:-1], cost)


def values_in(payload: bytes) -> int:
    """Return how many field values an encoded answer without errors holds.

    In JSON a name ends with `":`, and inside a text a quotation mark has a backslash before it; the one name that is
    no field is `data`.
    """
    return payload.count(b'":') - payload.count(b'\\":') - 1


def encode(payload: object) -> bytes:
    """JSON; `orjson.Fragment`s inside go out as they are."""
    return orjson.dumps(payload)
