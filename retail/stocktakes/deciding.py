"""Asking for recounts, and saying what people know of a count: it is right, each counted a part, why it differs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from retail.access.permissions import Permission
from retail.access.work import Work
from retail.audit import log
from retail.audit.acts import Act
from retail.inventory.intake import NOTE_AT_MOST, text_problems
from retail.inventory.models import AdjustmentReason
from retail.kernel.content import as_uuid
from retail.kernel.refusal import InvalidInput, NotFound, NotPermitted, Problem
from retail.stocktakes.errors import OwnCount
from retail.stocktakes.models import CountState, Decision, Stocktake, StocktakeItem
from retail.stocktakes.sheet import Entry, read_sheet
from retail.stocktakes.starting import NAMED_AT_MOST, StocktakeChanged, lock_open


@dataclass(frozen=True, slots=True)
class Recount:
    """An SKU that is to be counted again, and the round that answers."""

    sku_id: UUID
    round: int


@dataclass(frozen=True, slots=True)
class RecountAsked:
    """The answer of `ask_recount`."""

    stocktake_id: UUID
    version: int
    recounts: list[Recount]


@dataclass(frozen=True, slots=True)
class Settlement:
    """What is said of the count of one SKU; what is None stays as it was."""

    sku_id: UUID
    decision: Decision | None = None
    reason: AdjustmentReason | None = None
    note: str | None = None


async def ask_recount(work: Work, *, stocktake_id: UUID, sku_ids: Sequence[UUID] | None = None) -> RecountAsked:
    """Ask for another count of some SKUs of the sheet, or of all for which the rule wants one.

    What has been asked for and is not counted yet is not asked for again.
    """
    stocktake = await lock_open(work, stocktake_id, Permission.COUNT_RECORD)
    if sku_ids is not None and not 1 <= len(sku_ids) <= NAMED_AT_MOST:
        words = (f"1 to {NAMED_AT_MOST}.", f"须为 1 到 {NAMED_AT_MOST} 个。")
        raise InvalidInput([Problem("skuIds", "NAME_SOME", *words)])
    sheet = await read_sheet(work.session, stocktake, sku_ids)
    if sku_ids is None:
        wanted = sheet.of(CountState.RECOUNT, CountState.CONFLICT)
    else:
        if not set(sku_ids) <= set(sheet.entries):
            raise NotFound("skuIds", "SKU in this stocktake", "盘点商品")
        wanted = list(sheet.entries.values())
    recounts = [Recount(entry.sku_id, _round(entry)) for entry in wanted]
    asked = [each for each in recounts if each.round > sheet.entries[each.sku_id].round]
    for each in asked:
        values = {"round": each.round, "recount_asked_at": work.now, "recount_asked_by": work.actor_id}
        await _write(work, stocktake, each.sku_id, values)
    if asked:
        await _log(work, "stocktake.recount_asked", stocktake, asked=len(asked))
    return RecountAsked(stocktake_id, stocktake.version, recounts)


async def settle_count(work: Work, *, stocktake_id: UUID, settlement: Settlement) -> StocktakeChanged:
    """Say something of the count of one SKU. Who accepts a count has not counted it."""
    stocktake = await lock_open(work, stocktake_id, Permission.COUNT_RECORD)
    if problems := text_problems("note", settlement.note, NOTE_AT_MOST):
        raise InvalidInput(problems)
    says_more = settlement.reason is not None or settlement.note is not None
    if says_more or settlement.decision in {Decision.ACCEPT, Decision.LEAVE_OUT}:
        _require_confirming(work, stocktake)
    entry = (await read_sheet(work.session, stocktake, [settlement.sku_id])).entries.get(settlement.sku_id)
    if entry is None:
        raise NotFound("skuId", "SKU in this stocktake", "盘点商品")

    values: dict[str, Any] = {}
    if settlement.decision is not None:
        _require_fitting(work, entry, settlement.decision)
        values |= {
            "decision": settlement.decision,
            "decided_seq": entry.newest,
            "decided_at": work.now,
            "decided_by": work.actor_id,
        }
        if settlement.decision is Decision.SUM and entry.counted is not None:
            # A recount that was asked for while only one part was known has its answer.
            values["round"] = entry.counted.tally.round
    if settlement.reason is not None:
        values["reason"] = settlement.reason
    if settlement.note is not None:
        values["note"] = settlement.note
    if values:
        await _write(work, stocktake, settlement.sku_id, values)
        decision = None if settlement.decision is None else settlement.decision.value
        await _log(work, "stocktake.settled", stocktake, sku=settlement.sku_id, decision=decision)
    return StocktakeChanged(stocktake_id, stocktake.version)


def _round(entry: Entry) -> int:
    """Return the round that answers when this is asked for: the one that is waited for, or the next."""
    done = -1 if entry.counted is None else entry.counted.tally.round
    return max(done + 1, entry.round, 1)


def _require_fitting(work: Work, entry: Entry, decision: Decision) -> None:
    """Refuse a decision that does not fit the count."""
    if decision is Decision.LEAVE_OUT:
        return
    if entry.counted is None:
        raise _unfit("Nobody has counted it yet.", "还没有人盘过这个商品。")
    if decision is Decision.SUM:
        if entry.state is not CountState.CONFLICT:
            raise _unfit("Nobody differs about it.", "这个商品没有不一致的数。")
        return
    if entry.counted.tally.conflict:
        raise _unfit(
            "Two people differ: count again, or say that each counted a part.", "两人数量不一致，请复盘或合计。"
        )
    if work.actor_id in entry.counted.tally.people:
        raise OwnCount


def _unfit(message: str, message_zh: str) -> InvalidInput:
    return InvalidInput([Problem("decision", "DOES_NOT_FIT", message, message_zh)])


def _require_confirming(work: Work, stocktake: Stocktake) -> None:
    if work.actor is not None and not work.actor.may(Permission.COUNT_CONFIRM, as_uuid(stocktake.store_id)):
        raise NotPermitted(Permission.COUNT_CONFIRM)


async def _write(work: Work, stocktake: Stocktake, sku_id: UUID, values: dict[str, Any]) -> None:
    keys = {"store_id": stocktake.store_id, "stocktake_id": stocktake.id, "sku_id": sku_id}
    await work.session.execute(
        insert(StocktakeItem).values(**keys, **values).on_conflict_do_update(index_elements=list(keys), set_=values)
    )


async def _log(work: Work, act: Act, stocktake: Stocktake, **details: object) -> None:
    stocktake.version += 1
    await work.session.flush()
    await log.append(
        work.session,
        act=act,
        actor_id=work.actor_id,
        store_id=as_uuid(stocktake.store_id),
        details={"stocktake": stocktake.id, **details},
    )
