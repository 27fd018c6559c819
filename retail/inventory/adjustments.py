"""Adjustments: setting the book right, by a difference or to a count with the expected figure."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from retail.access.permissions import Permission
from retail.access.work import Work
from retail.inventory import ledger
from retail.inventory.intake import QUANTITY_AT_MOST, Origin, PostedLine, entry, problem
from retail.inventory.models import Account, AdjustmentReason, MovementKind
from retail.kernel.base import new_id
from retail.kernel.clock import seen_by
from retail.kernel.refusal import InvalidInput, Problem, Refusal


class StockMoved(Refusal):
    """The book is not what the screen showed when the shelf was counted."""

    code = "STOCK_MOVED"

    def __init__(self, expected: int, actual: int) -> None:
        super().__init__(
            f"The book says {actual} now, not {expected}: look again.",
            f"账面现在是 {actual}，不是 {expected}，请再看一眼。",
        )
        self.expected = expected
        self.actual = actual


@dataclass(frozen=True, slots=True)
class Change:
    """Either a difference (`delta`), or a figure (`set_to`) with what the book was thought to be."""

    delta: int | None
    set_to: int | None
    expected: int | None


@dataclass(frozen=True, slots=True)
class StockAdjusted:
    """The answer of `adjust_stock`."""

    adjustment_id: UUID
    recorded_at: datetime
    line: PostedLine


def change_problems(change: Change) -> list[Problem]:
    """Return what is wrong with a change."""
    if (change.delta is None) == (change.set_to is None):
        text = ("Give either delta or setTo.", "请只填 delta 或 setTo 其中之一。")
        return [problem("delta", "GIVE_ONE", *text)]
    if change.set_to is not None and change.expected is None:
        text = ("setTo needs the quantity that the screen showed.", "setTo 需要同时给出屏幕上显示的数量。")
        return [problem("expected", "EXPECTED_MISSING", *text)]
    if change.delta is not None and (change.delta == 0 or abs(change.delta) > QUANTITY_AT_MOST):
        text = ("Not 0, and at most a million either way.", "不能为 0，也不能超过一百万。")
        return [problem("delta", "QUANTITY_OUT_OF_RANGE", *text)]
    if change.set_to is not None and not 0 <= change.set_to <= QUANTITY_AT_MOST:
        text = ("0 to a million.", "须在 0 到一百万之间。")
        return [problem("setTo", "QUANTITY_OUT_OF_RANGE", *text)]
    return []


async def adjust_stock(
    work: Work,
    *,
    store_id: UUID,
    sku_id: UUID,
    origin: Origin,
    change: Change,
    reason: AdjustmentReason,
    note: str | None,
) -> StockAdjusted:
    """Set the book of one SKU right. A count that agrees with the book writes nothing."""
    work.require(Permission.STOCK_ADJUST, store_id)
    problems = change_problems(change)
    if problems:
        raise InvalidInput(problems)

    level = (await ledger.lock_levels(work, [(store_id, sku_id)]))[store_id, sku_id]
    if change.expected is not None and change.expected != level.on_hand:
        raise StockMoved(change.expected, level.on_hand)
    delta = change.delta if change.set_to is None else change.set_to - level.on_hand

    adjustment_id = new_id()
    answer = PostedLine(sku_id, delta or 0, level.on_hand + (delta or 0), None)
    if delta:
        wrote = entry(
            origin,
            work.now,
            store_id=store_id,
            sku_id=sku_id,
            kind=MovementKind.ADJUSTMENT,
            quantity=delta,
            counter=Account.FOUND if delta > 0 else Account.SHRINKAGE,
            document_id=adjustment_id,
            actor_id=work.actor_id,
            reason=reason,
            note=note,
        )
        if change.set_to is not None:
            at, clock_error = seen_by(origin.occurred_at, work.now)
            wrote = wrote._replace(occurred_at=at, clock_error_seconds=clock_error)
        await ledger.post(work, [wrote])
    return StockAdjusted(adjustment_id=adjustment_id, recorded_at=work.now, line=answer)
