"""The stock ledger: the only code that changes how many of a thing a store holds.

Every change is an `Entry`, written once and never edited. A level (`stock_level`) is the running
total of its entries, kept beside them so that reading it is cheap. Both are written by one SQL
function, `ledger_post`, which locks the books of the stores in order, so crossing writers cannot
deadlock, and which writes into the operation log what it has done. Quantities are conserved by
construction: what a store gains, a counter-account gives.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import select, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from retail.access.permissions import Permission
from retail.access.work import Work
from retail.inventory.lines import Acts, acts_of
from retail.inventory.models import StockLevel
from retail.kernel.content import as_uuid
from retail.kernel.events import StockMoved
from retail.kernel.refusal import InvalidInput, NotPermitted, Problem

Key = tuple[UUID, UUID]

ON_HAND_RANGE = "ck_stock_level_on_hand"
INSUFFICIENT_PRIVILEGE = "42501"


class Entry(NamedTuple):
    """One movement to write; the fields are the columns of `ledger_post`, in its order.

    `request` is the 1-based place of the request it belongs to, 0 for none. `content_hash` makes
    it an event that is known by its own `movement_id`. `quantity` and `reserved` are signed, in
    base units; `amount_fen` is what the customer paid for the line.
    """

    request: int
    movement_id: UUID
    content_hash: bytes | None
    store_id: UUID
    sku_id: UUID
    kind: str
    quantity: int
    reserved: int
    counter_account: str
    amount_fen: int | None
    reason: str | None
    note: str | None
    occurred_at: datetime
    recorded_at: datetime
    clock_error_seconds: int | None
    actor_id: UUID | None
    device: str | None
    latitude: float | None
    longitude: float | None
    source: str
    document_id: UUID


class Request(NamedTuple):
    """A request to remember: the columns of `ledger_post`; `answer` is JSON text."""

    id: UUID
    actor_id: UUID | None
    operation: str
    content_hash: bytes
    answer: str


@dataclass(frozen=True, slots=True)
class Posted:
    """What `ledger_post` did, in the order of what it was given.

    A known request or line was not written again; `same` says whether it was the same as now,
    `answers` is the first answer with its `balances`. A balance is what was on hand afterwards.
    """

    request_known: Sequence[bool]
    request_same: Sequence[bool]
    answers: Sequence[Any]
    line_known: Sequence[bool]
    line_same: Sequence[bool]
    balances: Sequence[int]


_PLACES = range(len(Request._fields) + len(Entry._fields) + len(Acts._fields))
POST = f"select * from ledger_post({', '.join(f'${n + 1}' for n in _PLACES)})"  # noqa: S608 -- only places
_POST_BOUND = text(f"select * from ledger_post({', '.join(f':p{n}' for n in _PLACES)})")  # noqa: S608 -- same
_LOCK_BOOKS = text("select lock_books(cast(:stores as uuid[]))")


def columns(requests: Sequence[Request], entries: Sequence[Entry]) -> list[Any]:
    """Return the arguments of `ledger_post`: each field as one list, then the acts."""
    asked = [list(column) for column in zip(*requests, strict=True)]
    return [
        *(asked or [[] for _ in Request._fields]),
        *(list(column) for column in zip(*entries, strict=True)),
        *acts_of(requests, entries),
    ]


def posted(row: Any) -> Posted:
    """Return the row that `ledger_post` gave as `Posted`."""
    return Posted(
        row[0] or (),
        row[1] or (),
        [None if a is None else orjson.loads(a) for a in row[2] or ()],
        row[3],
        row[4],
        row[5],
    )


async def post(work: Work, entries: Sequence[Entry], request: Request | None = None) -> Posted:
    """Write entries in a work's own transaction and announce that stock has moved.

    The books of the stores stay locked until the commit.
    """
    if request is None:
        arguments = columns((), entries)
    else:
        arguments = columns((request,), [entry._replace(request=1) for entry in entries])
    bound = {f"p{n}": argument for n, argument in enumerate(arguments)}
    try:
        row = (await work.session.execute(_POST_BOUND, bound)).one()
    except DBAPIError as failed:
        if ON_HAND_RANGE in str(failed.orig) or "integer out of range" in str(failed.orig):
            raise out_of_range() from None
        if is_beyond_the_wall(failed.orig):
            raise NotPermitted(Permission.STORE_READ) from None
        raise
    work.announce(StockMoved())
    return posted(row)


def is_beyond_the_wall(cause: BaseException | None) -> bool:
    """Say whether the database has refused a line because its actor does not see the store."""
    return getattr(cause, "sqlstate", None) == INSUFFICIENT_PRIVILEGE


def out_of_range() -> InvalidInput:
    """Return the refusal of entries that would take a level further than a book goes (a billion either way)."""
    words = ("The book would leave the range of a billion either way.", "账面数量将超出十亿的范围。")
    return InvalidInput([Problem("quantity", "LEVEL_OUT_OF_RANGE", *words)])


async def lock_levels(work: Work, keys: Iterable[Key]) -> Mapping[Key, StockLevel]:
    """Lock the books of (store, SKU) pairs and return their levels as they are now.

    A pair that has no level yet gets one of zero.
    """
    wanted = sorted(set(keys))
    await _lock_books(work, {store for store, _ in wanted})
    await work.session.execute(
        insert(StockLevel)
        .values([{"store_id": store, "sku_id": sku} for store, sku in wanted])
        .on_conflict_do_nothing()
    )
    rows = await work.session.scalars(
        select(StockLevel)
        .where(tuple_(StockLevel.store_id, StockLevel.sku_id).in_(wanted))
        .execution_options(populate_existing=True)
    )
    return {(as_uuid(row.store_id), as_uuid(row.sku_id)): row for row in rows}


async def set_safety_stock(work: Work, store_id: UUID, safety: Mapping[UUID, int]) -> None:
    """Set the safety stock of SKUs in a store, in base units; the books do not move."""
    await _lock_books(work, [store_id])
    rows = [{"store_id": store_id, "sku_id": sku, "safety_stock": units} for sku, units in sorted(safety.items())]
    statement = insert(StockLevel)
    await work.session.execute(
        statement.on_conflict_do_update(
            index_elements=[StockLevel.store_id, StockLevel.sku_id],
            set_={"safety_stock": statement.excluded.safety_stock},
        ),
        rows,
    )


async def _lock_books(work: Work, store_ids: Iterable[UUID]) -> None:
    try:
        await work.session.execute(_LOCK_BOOKS, {"stores": sorted(store_ids)})
    except DBAPIError as failed:
        if is_beyond_the_wall(failed.orig):
            raise NotPermitted(Permission.STORE_READ) from None
        raise
