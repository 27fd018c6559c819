"""Taking goods back: never more than was bought, never without a picture, and never more money than was paid.

How much of a sale is left is decided under a lock that every store of the chain shares (`claim_return`), so two
counters never take the same thing back. Where the goods go is decided by the rule table; whoever stands at the
counter may decide otherwise and says why, but puts nothing on sale that the table holds back for safety.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert

from retail.access.permissions import Permission
from retail.access.work import Work
from retail.audit import log
from retail.audit.acts import Act
from retail.catalogue.lookup import Item
from retail.inventory import ledger
from retail.inventory.intake import NOTE_AT_MOST, Counted, Origin, origin_problems, text_problems
from retail.kernel.clock import believable
from retail.kernel.content import as_uuid
from retail.kernel.refusal import InvalidInput, NotFound, Problem
from retail.photos.commands import announce
from retail.photos.models import PhotoAbout
from retail.photos.rules import NewPhoto
from retail.returns.errors import MoreThanBought, PhotoNeeded, ProofNeeded, ReturnClosed
from retail.returns.handling import handling_of
from retail.returns.models import Condition, Disposition, GoodsReturn, QuarantineLot, ReturnReason
from retail.returns.posting import Posting
from retail.returns.rules import Rule, decide

UNITS_WITHOUT_PROOF = 2
FEN_WITHOUT_PROOF = 10_000
TIMES_WITHOUT_PROOF = 5
"""What a clerk takes back without a proof: so many pieces, worth so much, so often a day."""
UNDONE_WITHIN = timedelta(hours=24)

_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtextextended(:key, 0))")
_NAMES_SALE = text("select names_sale(:store, :id)")
_CLAIM = text("select * from claim_return(:line, :units)")
_UNCLAIM = text("select unclaim_return(:store, :id)")


@dataclass(frozen=True, slots=True)
class NewReturn:
    """Some of one thing that a customer brought back; without a `disposition` the rule decides."""

    id: UUID
    store_id: UUID
    origin: Origin
    reason: ReturnReason
    condition: Condition
    photos: tuple[NewPhoto, ...]
    disposition: Disposition | None = None
    override_reason: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Proved:
    """What is known of the sale: whether the customer showed anything, and the line of a sale that it led to."""

    shown: bool
    line_id: UUID | None


@dataclass(frozen=True, slots=True)
class ReturnRecorded:
    """The answer of `record_return`."""

    store_id: UUID
    return_id: UUID
    disposition: Disposition
    rule: str
    refund_fen: int | None


@dataclass(frozen=True, slots=True)
class _Claim:
    """What of a sale came back by this return; empty without a proof."""

    refund_fen: int | None
    line_id: UUID | None = None
    document_id: UUID | None = None
    store_id: UUID | None = None
    sold_at: datetime | None = None


async def record_return(work: Work, new: NewReturn, counted: Counted, proved: Proved) -> ReturnRecorded:
    """Take goods back into the books, and to where they go."""
    work.require(Permission.RETURN_RECORD, new.store_id)
    if problems := return_problems(new):
        raise InvalidInput(problems)
    if not new.photos:
        raise PhotoNeeded
    occurred_at, _ = believable(new.origin.occurred_at, work.now)

    handling = await handling_of(work.session, counted.sku_id)
    claim = await _claim(work, new, counted, proved, occurred_at)
    days = None if claim.sold_at is None else max((occurred_at - claim.sold_at).days, 0)
    rule = decide(new.reason, new.condition, handling, days)
    row = _row(work, new, counted, claim, rule, occurred_at)

    await _write(work, row)
    await ledger.post(work, Posting(row, new.origin, work.now, work.actor_id).taken_back())
    await announce(work, store_id=new.store_id, about=(PhotoAbout.RETURN, new.id), photos=new.photos)
    await _log(work, "return.recorded", row, {"disposition": row.disposition, "rule": rule.name})
    return ReturnRecorded(new.store_id, new.id, Disposition(row.disposition), rule.name, claim.refund_fen)


async def cancel_return(work: Work, *, store_id: UUID, return_id: UUID, origin: Origin) -> ReturnRecorded:
    """Take a return back: the goods go out again and the customer pays again. Not after somebody looked at them."""
    work.require(Permission.RETURN_RECORD, store_id)
    if problems := origin_problems(origin):
        raise InvalidInput(problems)
    row = await lock_return(work, store_id, return_id)
    lot = await work.session.get(QuarantineLot, (store_id, return_id))
    if row.cancelled_at is not None:
        raise ReturnClosed("cancelled")
    if lot is not None and lot.closed_at is not None:
        raise ReturnClosed("inspected")
    if work.now - row.recorded_at > UNDONE_WITHIN and not _decides(work, store_id):
        raise ReturnClosed("too_old")

    if row.sale_line_id is not None:
        await work.session.execute(_UNCLAIM, {"store": store_id, "id": return_id})
    row.cancelled_at, row.cancelled_by = work.now, work.actor_id
    if lot is not None:
        lot.closed_at, lot.closed_by, lot.passed_units = work.now, work.actor_id, 0
    await work.session.flush()
    await ledger.post(work, Posting(row, origin, work.now, work.actor_id).undone())
    await _log(work, "return.cancelled", row, {})
    return ReturnRecorded(store_id, return_id, Disposition(row.disposition), row.rule, row.refund_fen)


async def lock_return(work: Work, store_id: UUID, return_id: UUID, path: str = "returnId") -> GoodsReturn:
    """Return a return of a store, locked against a second decision."""
    row = await work.session.get(GoodsReturn, (store_id, return_id), with_for_update=True)
    if row is None:
        raise NotFound(path, "return", "退货单")
    return row


def return_problems(new: NewReturn) -> list[Problem]:
    """Return what is wrong with the words of a return."""
    wrong = origin_problems(new.origin)
    wrong += text_problems("note", new.note, NOTE_AT_MOST)
    wrong += text_problems("overrideReason", new.override_reason, NOTE_AT_MOST)
    return wrong


async def _claim(work: Work, new: NewReturn, counted: Counted, proved: Proved, at: datetime) -> _Claim:
    """Claim what comes back from its sale, or let it in without one as far as that goes."""
    if not proved.shown:
        return await _without_proof(work, new, counted, at)
    if proved.line_id is None:
        raise NotFound("sale", "sale of this item", "销售记录，请核对小票")
    found = (await work.session.execute(_CLAIM, {"line": proved.line_id, "units": counted.units})).one()
    if found.document_id is None or as_uuid(found.sku_id) != counted.sku_id:
        raise NotFound("sale", "sale of this item", "销售记录，请核对小票")
    if not found.fits:
        raise MoreThanBought(bought=found.sold, returned=found.returned, wanted=counted.units)
    return _Claim(found.refund, proved.line_id, as_uuid(found.document_id), as_uuid(found.store_id), found.sold_at)


async def _without_proof(work: Work, new: NewReturn, counted: Counted, at: datetime) -> _Claim:
    """Believe a customer without a receipt: within limits, or when a manager takes it upon herself."""
    price = _lowest(counted.item, new.store_id, at)
    fen = None if price is None else price * counted.units
    if _decides(work, new.store_id):
        return _Claim(fen)
    # Two at once would both count the same returns before them.
    await work.session.execute(_ONE_AT_A_TIME, {"key": f"return without proof {new.store_id} {work.actor_id}"})
    taken = await work.session.scalar(
        select(func.count()).where(
            GoodsReturn.store_id == new.store_id,
            GoodsReturn.recorded_by == work.actor_id,
            GoodsReturn.recorded_at > work.now - timedelta(days=1),
            GoodsReturn.sale_line_id.is_(None),
            GoodsReturn.cancelled_at.is_(None),
        )
    )
    too_much = counted.units > UNITS_WITHOUT_PROOF or (fen or 0) > FEN_WITHOUT_PROOF
    if too_much or (taken or 0) >= TIMES_WITHOUT_PROOF:
        limits = {"most_units": UNITS_WITHOUT_PROOF, "most_fen": FEN_WITHOUT_PROOF}
        raise ProofNeeded(**limits, most_a_day=TIMES_WITHOUT_PROOF)
    return _Claim(fen)


def _lowest(item: Item, store_id: UUID, at: datetime) -> int | None:
    """Return the lowest price at which a piece was on sale here in the last 30 days: it may have been bought then."""
    since = at - timedelta(days=30)
    spans = [
        span.fen
        for span in item.prices
        if span.store_id in {None, store_id} and span.valid_from <= at and (span.valid_until or at) >= since
    ]
    return min(spans, default=None)


def _decides(work: Work, store_id: UUID) -> bool:
    return work.actor is None or work.actor.may(Permission.RETURN_WAIVE, store_id)


def _row(work: Work, new: NewReturn, counted: Counted, claim: _Claim, rule: Rule, occurred_at: datetime) -> GoodsReturn:
    disposition = _chosen(new, rule)
    return GoodsReturn(
        store_id=new.store_id,
        id=new.id,
        sku_id=counted.sku_id,
        units=counted.units,
        reason=new.reason,
        condition=new.condition,
        disposition=disposition,
        advised=rule.disposition,
        rule=rule.name,
        override_reason=new.override_reason if disposition is not rule.disposition else None,
        note=new.note,
        sale_line_id=claim.line_id,
        sale_document_id=claim.document_id,
        sale_store_id=claim.store_id,
        sold_at=claim.sold_at,
        refund_fen=claim.refund_fen,
        occurred_at=occurred_at,
        recorded_at=work.now,
        recorded_by=work.actor_id,
    )


def _chosen(new: NewReturn, rule: Rule) -> Disposition:
    """Return where the goods go: by the rule, or as somebody decided who says why."""
    if new.disposition is None or new.disposition is rule.disposition:
        return rule.disposition
    if not (new.override_reason or "").strip():
        words = ("Say why it goes elsewhere than the rule says.", "与规则不同，请写明原因。")
        raise InvalidInput([Problem("overrideReason", "REASON_MISSING", *words)])
    if rule.firm and new.disposition in {Disposition.BACK_ON_SALE, Disposition.QUARANTINE}:
        words = (f"It can never be sold again: {rule.why_en}.", f"不能再售：{rule.why}。")
        raise InvalidInput([Problem("disposition", "NEVER_ON_SALE", *words)])
    return new.disposition


async def _write(work: Work, row: GoodsReturn) -> None:
    """Write the return, and the lot if it is kept back; refuse an id that is another return's, or a sale's."""
    if await work.session.scalar(_NAMES_SALE, {"store": row.store_id, "id": row.id}):
        words = ("This id is a sale's.", "这个编号属于一笔销售。")
        raise InvalidInput([Problem("id", "ID_TAKEN", *words)])
    names = GoodsReturn.__table__.columns.keys()
    statement = insert(GoodsReturn).values({name: getattr(row, name) for name in names})
    written = await work.session.scalar(statement.on_conflict_do_nothing().returning(GoodsReturn.id))
    if written is None:
        words = ("This id is another return's.", "这个编号属于另一笔退货。")
        raise InvalidInput([Problem("id", "ID_TAKEN", *words)])
    if row.disposition == Disposition.QUARANTINE:
        lot = {"store_id": row.store_id, "id": row.id, "sku_id": row.sku_id, "units": row.units}
        await work.session.execute(insert(QuarantineLot).values(**lot, put_at=row.occurred_at))


async def _log(work: Work, act: Act, row: GoodsReturn, more: dict[str, object]) -> None:
    details = {"return": row.id, "sku": row.sku_id, "units": row.units, **more}
    await log.append(
        work.session,
        act=act,
        actor_id=work.actor_id,
        store_id=row.store_id,
        details=details,
        clock=lambda: work.now,
    )


def best_line(candidates: Sequence[tuple[UUID, UUID, int]], store_id: UUID, units: int) -> UUID | None:
    """Return the line of several sales that a receipt led to: with enough left, the newest first.

    A candidate is a line's id, its store and what is left of it, the newest first. Numbers of receipts repeat between
    stores: where this store has sold under one, the sales of others are not meant, or one paper would bring back two.
    """
    own = [one for one in candidates if one[1] == store_id]
    ranked = sorted(own or candidates, key=lambda one: one[2] < units)
    return ranked[0][0] if ranked else None
