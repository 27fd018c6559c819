"""Writing into the operation log: one act, in the transaction that does it, so that neither is without the other.

An act is a few dotted words (`person.left`) with details that name people by their ids only. The acts of
stock need no call: the ledger writes them itself. Whoever acts for somebody can log in no other name:
the database sees to that.
"""

from collections.abc import Mapping
from datetime import UTC
from typing import Any
from uuid import UUID

import rfc8785
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from retail.audit.acts import Act
from retail.kernel.clock import Clock, utc_now

WHOLE_CHAIN = UUID(int=0)
"""The store id under which the acts of no single store stand."""

_APPEND = text("select log_append(cast(:store as uuid), :body)")


async def append(
    session: AsyncSession,
    *,
    act: Act,
    actor_id: UUID | None,
    store_id: UUID | None = None,
    details: Mapping[str, Any] | None = None,
    clock: Clock = utc_now,
) -> int:
    """Log an act in a session's own transaction and return its number in its chain.

    `details` are JSON values, UUIDs among them; no name, phone or other personal datum. It holds the chain's
    head until the commit, so let it be the last thing a transaction does, a store's before the whole chain's.
    """
    body = {
        "act": act,
        "actor": None if actor_id is None else str(actor_id),
        "at": clock().astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "details": _plain(details or {}),
    }
    text_of_it = rfc8785.dumps(body).decode()
    seq = await session.scalar(_APPEND, {"store": store_id or WHOLE_CHAIN, "body": text_of_it})
    return int(seq or 0)


def _plain(value: Any) -> Any:
    """Return a value as JSON knows it: ids as text, sequences as lists."""
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        parts = [_plain(one) for one in value]
        return sorted(parts) if isinstance(value, (set, frozenset)) else parts
    return value
