"""Closing a stocktake: what is ready is posted at once, in one transaction, and the book keeps to it from then on.

Lines that arrive at the same moment wait for the stocktake's row and then belong to what follows it; two who confirm
at once come one after the other, and the second finds it closed. The sheet is worked out while the store's books
are held, so that what is posted fits the ledger to the movement.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from retail.access.permissions import Permission
from retail.access.work import Work
from retail.audit import log
from retail.audit.acts import Act
from retail.inventory.models import AdjustmentReason
from retail.kernel.content import as_uuid
from retail.kernel.refusal import InvalidInput, NotPermitted, Problem
from retail.stocktakes.anchors import Anchor, Correction, counted_again, drop_anchors, lock_book, post, settle
from retail.stocktakes.checks import CHECKS, Checks, checks_of
from retail.stocktakes.errors import CountsOpen
from retail.stocktakes.models import CountState, NotSeen, Stocktake, StocktakeLine, StocktakeStatus
from retail.stocktakes.policy import CountPolicy, restored_policy
from retail.stocktakes.sheet import Entry, Sheet, read_material, work_out
from retail.stocktakes.starting import StocktakeChanged, lock_open
from retail.stocktakes.tally import checked
from retail.stocktakes.verdict import OPEN_STATES


@dataclass(frozen=True, slots=True)
class StocktakeConfirmed:
    """The answer of `confirm_stocktake`: how many counts hold now, how many changed the book, and what was left."""

    stocktake_id: UUID
    version: int
    posted: int
    changed: int
    left_out: int


async def confirm_stocktake(
    work: Work, *, stocktake_id: UUID, not_seen: NotSeen = NotSeen.LEAVE_OUT, partial: bool = False
) -> StocktakeConfirmed:
    """Close a stocktake and post what is ready.

    Whoever counts may close one in which nothing is open; closing it with open counts, or counting what nobody saw
    as zero, needs whoever may confirm. Raises `CountsOpen` where `partial` is not said.
    """
    stocktake = await lock_open(work, stocktake_id, Permission.COUNT_RECORD)
    store_id = as_uuid(stocktake.store_id)
    if not_seen is NotSeen.ZERO or partial:
        _require_confirming(work, store_id)
    of = await read_material(work.session, stocktake)
    if not_seen is NotSeen.ZERO and of.first is None:
        words = ("Nothing was counted: there is nothing to be zero beside.", "还没有任何盘点记录，不能按零处理。")
        raise InvalidInput([Problem("notSeen", "NOTHING_COUNTED", *words)])
    await lock_book(work, store_id, of.sku_ids)
    sheet = await work_out(work.session, stocktake, of)
    if (still_open := len(sheet.of(*OPEN_STATES))) and not partial:
        raise CountsOpen(still_open)

    ready = sheet.of(*(_READY if not_seen is NotSeen.LEAVE_OUT else {*_READY, CountState.NOT_SEEN}))
    held = [(each, _anchor(each, stocktake_id, of.first, of.last)) for each in ready]
    wrong = [Correction(anchor, units) for each, anchor in held if (units := _units(each))]
    await post(work, store_id, wrong)
    await drop_anchors(work, store_id, [anchor for _, anchor in held], replaced=of.ancestors)
    await _keep(work, stocktake, sheet, {each.sku_id: anchor for each, anchor in held})
    await settle(work, store_id, await counted_again(work, store_id, [anchor for _, anchor in held]))
    return await _close(work, stocktake, not_seen, sheet, len(held), len(wrong))


async def cancel_stocktake(work: Work, *, stocktake_id: UUID) -> StocktakeChanged:
    """End a stocktake without posting; for whoever began it or may confirm. Its lines stay, also those to come."""
    stocktake = await lock_open(work, stocktake_id, Permission.COUNT_RECORD)
    if stocktake.started_by != work.actor_id:
        _require_confirming(work, as_uuid(stocktake.store_id))
    _end(work, stocktake, StocktakeStatus.CANCELLED)
    await work.session.flush()
    await _log(work, "stocktake.cancelled", stocktake)
    return StocktakeChanged(stocktake_id, stocktake.version)


_READY = frozenset({CountState.READY})


def _require_confirming(work: Work, store_id: UUID) -> None:
    if work.actor is not None and not work.actor.may(Permission.COUNT_CONFIRM, store_id):
        raise NotPermitted(Permission.COUNT_CONFIRM)


def _units(entry: Entry) -> int:
    return 0 if entry.found is None else entry.found.certain


def _anchor(entry: Entry, stocktake_id: UUID, first: datetime | None, last: datetime | None) -> Anchor:
    """Return what the book keeps to: what was counted, or 0 over the whole stocktake for what nobody saw."""
    if entry.counted is not None:
        first, last = entry.counted.tally.first, entry.counted.tally.last
    if first is None or last is None:
        raise RuntimeError("an SKU is ready that nobody counted, in a stocktake without lines")
    return Anchor(entry.sku_id, stocktake_id, first, last, entry.units or 0, reason_of(entry))


def reason_of(entry: Entry) -> AdjustmentReason:
    """Return the reason that was given for a difference; without one the count itself is the reason."""
    if entry.item is None or entry.item.reason is None:
        return AdjustmentReason.COUNTED
    return AdjustmentReason(entry.item.reason)


async def _keep(work: Work, stocktake: Stocktake, sheet: Sheet, held: dict[UUID, Anchor]) -> None:
    """Write down what became of every SKU of the sheet."""
    policy = restored_policy(stocktake.policy)
    rows = [_outcome(each, held.get(each.sku_id), policy) for each in sheet.entries.values()]
    if not rows:
        return
    columns = {f"c{n}": [row[name] for row in rows] for n, name in enumerate(_OUTCOME)}
    await work.session.execute(_KEEP, {"store": stocktake.store_id, "stocktake": stocktake.id, **columns})


_OUTCOME = {
    "sku_id": "uuid",
    "round": "int",
    "state": "text",
    "counted": "int",
    "counted_from": "timestamptz",
    "counted_to": "timestamptz",
    "low": "int",
    "high": "int",
    "book": "int",
    "posted": "int",
    "price_fen": "bigint",
    "checked": "int",
    "wrong": "int",
    **dict.fromkeys(CHECKS, "int"),
}
_KEEP = text(f"""
insert into stocktake_item (store_id, stocktake_id, {", ".join(_OUTCOME)})
select :store, :stocktake, *
from unnest({", ".join(f"cast(:c{n} as {kind}[])" for n, kind in enumerate(_OUTCOME.values()))})
on conflict (store_id, stocktake_id, sku_id) do update
set {", ".join(f"{name} = excluded.{name}" for name in _OUTCOME if name not in {"sku_id", "round"})}
""")  # noqa: S608 -- own names


def _outcome(entry: Entry, held: Anchor | None, policy: CountPolicy) -> dict[str, Any]:
    found, tally = entry.found, None if entry.counted is None else entry.counted.tally
    many, wrong, checks = 0, 0, Checks()
    if entry.counted is not None:
        many, wrong = checked(entry.counted, entry.book)
        checks = checks_of(entry.counted, entry.book, price_fen=entry.price_fen, policy=policy)
    return {
        "sku_id": entry.sku_id,
        "round": entry.round,
        "state": (CountState.POSTED if held is not None else _left(entry.state)).value,
        "counted": held.counted if held is not None else entry.units,
        "counted_from": held.first if held is not None else None if tally is None else tally.first,
        "counted_to": held.last if held is not None else None if tally is None else tally.last,
        "low": None if found is None else found.low,
        "high": None if found is None else found.high,
        "book": None if found is None else found.book,
        "posted": None if held is None else _units(entry),
        "price_fen": entry.price_fen,
        "checked": many,
        "wrong": wrong,
        **asdict(checks),
    }


def _left(state: CountState) -> CountState:
    """Return the state of what was not posted: it keeps its own, so that it can be seen why."""
    return CountState.LEFT_OUT if state is CountState.READY else state


async def _close(
    work: Work, stocktake: Stocktake, not_seen: NotSeen, sheet: Sheet, posted: int, changed: int
) -> StocktakeConfirmed:
    _end(work, stocktake, StocktakeStatus.CONFIRMED)
    stocktake.not_seen = not_seen
    await work.session.flush()
    left_out = len(sheet.entries) - posted
    await _log(work, "stocktake.confirmed", stocktake, posted=posted, changed=changed, left_out=left_out)
    return StocktakeConfirmed(as_uuid(stocktake.id), stocktake.version, posted, changed, left_out)


def _end(work: Work, stocktake: Stocktake, status: StocktakeStatus) -> None:
    stocktake.status = status
    stocktake.closed_at, stocktake.closed_by = work.now, work.actor_id
    stocktake.version += 1


async def _log(work: Work, act: Act, stocktake: Stocktake, **details: object) -> None:
    """Log an act with a hash of the lines as they stand, so that nobody changes what was counted unseen."""
    hashes: Sequence[bytes] = (
        await work.session.scalars(
            select(StocktakeLine.content_hash)
            .where(StocktakeLine.stocktake_id == stocktake.id)
            .order_by(StocktakeLine.seq)
        )
    ).all()
    details = {
        "stocktake": stocktake.id,
        "lines": len(hashes),
        "counted": sha256(b"".join(bytes(each) for each in hashes)).hexdigest(),
        **details,
    }
    await log.append(
        work.session, act=act, actor_id=work.actor_id, store_id=as_uuid(stocktake.store_id), details=details
    )
