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
from typing import TYPE_CHECKING, Any, NamedTuple
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
    _, movement, event_hash, store, sku, kind, quantity, reserved, counter, amount, reason, note, *rest = entry
    occurred_at, recorded_at, clock_error, actor, device, latitude, longitude, source, document = rest
    columns = [movement, store, sku, kind, quantity, reserved, counter, amount, reason, note]
    columns += occurred_at.astimezone(UTC), recorded_at.astimezone(UTC), clock_error, actor, device
    columns.append(None if latitude is None else pack(">d", latitude).hex())
    columns.append(None if longitude is None else pack(">d", longitude).hex())
    columns += source, document, None if event_hash is None else event_hash.hex()
    return stored_digest(columns)


def stored_digest(columns: list[Any]) -> bytes:
    """Return the SHA-256 of the text of a movement that was read with `STORED`."""
    return sha256(_json(columns)).digest()


class Acts(NamedTuple):
    """The acts that lines belong to, in the order of their stores: the last arguments of `ledger_post`."""

    digests: list[bytes]
    places: list[int]
    stores: list[UUID]
    bodies: list[str]


def acts_of(requests: Sequence["Request"], entries: Sequence["Entry"]) -> Acts:
    """Return the entries of the operation log for lines, each with the hash of the digests of its lines.

    The lines of one request are one act in each of its stores, and without a request those of one document.
    It is named after its first line's kind, or `stock.batch` when its lines are of several documents.
    """
    digests = [digest(entry) for entry in entries]
    lines: dict[tuple[UUID, int | UUID], list[int]] = {}
    for n, entry in enumerate(entries):
        lines.setdefault((entry.store_id, entry.request or entry.document_id), []).append(n)
    places = [0] * len(entries)
    stores, bodies = [], []
    for place, key in enumerate(sorted(lines, key=_store), 1):
        of_act = lines[key]
        for n in of_act:
            places[n] = place
        stores.append(key[0])
        bodies.append(_body(requests, entries, of_act, digests))
    return Acts(digests, places, stores, bodies)


def _store(key: tuple[UUID, int | UUID]) -> UUID:
    return key[0]


def _body(requests: Sequence["Request"], entries: Sequence["Entry"], lines: list[int], digests: list[bytes]) -> str:
    first = entries[lines[0]]
    one = True
    if len(lines) > 1:
        one = all(entries[n].document_id == first.document_id for n in lines)
        lines = sorted(lines, key=lambda n: entries[n].sku_id)
    return _json(
        {
            "act": f"stock.{first.kind}" if one else "stock.batch",
            "actor": first.actor_id,
            "at": first.recorded_at.astimezone(UTC),
            "document": first.document_id if one else None,
            "request": requests[first.request - 1].id if first.request else None,
            "wrote": {"lines": len(lines), "movements": sha256(b"".join([digests[n] for n in lines])).hexdigest()},
        }
    ).decode()


def _json(value: Any) -> bytes:
    return orjson.dumps(value, default=_driver_uuid, option=orjson.OPT_UTC_Z)


def _driver_uuid(value: Any) -> str:
    """Return the text of a database driver's UUID, which orjson takes for no UUID."""
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(type(value))
