"""What the operation log says of ledger lines: the digest of each, and the acts that they belong to.

A line's text is a JSON array (RFC 8785) of everything that its writer decided, in the order of `STORED`:
instants in UTC, with microseconds unless they are zero; coordinates as the 16 hexadecimal digits of
their IEEE 754 double; the hash of an event in hexadecimal. Whoever has the row of the movement can make
the same text again. What the ledger adds (version and balance) follows from the lines before.
"""

from collections.abc import Sequence
from datetime import UTC
from hashlib import sha256
from struct import pack
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson

if TYPE_CHECKING:
    from retail.inventory.ledger import Entry, Request

STORED = (
    "movement_id::text, store_id::text, sku_id::text, kind, quantity, reserved, counter_account, amount_fen, reason,"
    " note, occurred_at, recorded_at, clock_error_seconds, actor_id::text, device,"
    " encode(float8send(latitude), 'hex'), encode(float8send(longitude), 'hex'), source, document_id::text,"
    " encode(content_hash, 'hex')"
)
"""What to select of a movement, in this order, for `stored_digest`."""


def digest(entry: Sequence[Any]) -> bytes:
    """Return the SHA-256 of the text of a line about to be written, a `ledger.Entry`."""
    (_, movement, event_hash, store, sku, kind, quantity, reserved, counter, amount, reason, note) = entry[:12]
    (occurred_at, recorded_at, clock_error, actor, device, latitude, longitude, source, document) = entry[12:]
    return stored_digest(
        [
            *(movement, store, sku, kind, quantity, reserved, counter, amount, reason, note),
            occurred_at.astimezone(UTC),
            recorded_at.astimezone(UTC),
            *(clock_error, actor, device),
            None if latitude is None else pack(">d", latitude).hex(),
            None if longitude is None else pack(">d", longitude).hex(),
            *(source, document),
            None if event_hash is None else event_hash.hex(),
        ]
    )


def stored_digest(columns: list[Any]) -> bytes:
    """Return the SHA-256 of the text of a movement that was read with `STORED`."""
    return sha256(_json(columns)).digest()


def acts_of(requests: Sequence["Request"], entries: Sequence["Entry"]) -> tuple[list[int], list[str]]:
    """Return the 1-based place of each line's act, and the JSON with which every act's entry begins.

    The lines of one request are one act, and without a request those of one document. It is named
    after its first line's kind, or `stock.batch` when its lines are of several documents.
    """
    places: list[int] = []
    begun: dict[int | UUID, int] = {}
    acts: list[dict[str, Any]] = []
    for entry in entries:
        key = entry.request or entry.document_id
        place = begun.get(key)
        if place is None:
            acts.append(
                {
                    "act": f"stock.{entry.kind}",
                    "actor": entry.actor_id,
                    "at": entry.recorded_at.astimezone(UTC),
                    "document": entry.document_id,
                    "request": requests[entry.request - 1].id if entry.request else None,
                }
            )
            place = begun[key] = len(acts)
        elif acts[place - 1]["document"] != entry.document_id:
            acts[place - 1] |= {"act": "stock.batch", "document": None}
        places.append(place)
    return places, [_json(act).decode() for act in acts]


def _json(value: Any) -> bytes:
    return orjson.dumps(value, default=_driver_uuid, option=orjson.OPT_UTC_Z)


def _driver_uuid(value: Any) -> str:
    """Return the text of a database driver's UUID, which orjson takes for no UUID."""
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(type(value))
