"""Looking at what waits in quarantine: what passes is on sale again, what fails goes away for good."""

from dataclasses import dataclass
from uuid import UUID

from retail.access.permissions import Permission
from retail.access.work import Work
from retail.audit import log
from retail.inventory import ledger
from retail.inventory.intake import NOTE_AT_MOST, Origin, origin_problems, text_problems
from retail.kernel.clock import believable
from retail.kernel.refusal import InvalidInput, Problem
from retail.returns.commands import lock_return
from retail.returns.errors import ReturnClosed
from retail.returns.handling import handling_of
from retail.returns.models import Condition, Disposition, QuarantineLot
from retail.returns.posting import Posting
from retail.returns.rules import Question, questions

FAILS_TO = frozenset({Disposition.SUPPLIER, Disposition.DESTROYED})


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many passed, what was found good, and where the rest goes."""

    passed: int
    good: tuple[Question, ...]
    failed_to: Disposition | None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class LotInspected:
    """The answer of `inspect_lot`."""

    store_id: UUID
    return_id: UUID


async def inspect_lot(work: Work, *, store_id: UUID, return_id: UUID, origin: Origin, verdict: Verdict) -> LotInspected:
    """Decide about a lot: once, and nothing passes that has not been found good in everything that is asked."""
    work.require(Permission.RETURN_INSPECT, store_id)
    row = await lock_return(work, store_id, return_id)
    lot = await work.session.get(QuarantineLot, (store_id, return_id), with_for_update=True)
    if row.cancelled_at is not None:
        raise ReturnClosed("cancelled")
    if lot is None or lot.closed_at is not None:
        raise ReturnClosed("inspected")
    asked = questions(await handling_of(work.session, row.sku_id), Condition(row.condition))
    problems = [*origin_problems(origin), *text_problems("note", verdict.note, NOTE_AT_MOST)]
    if problems := [*problems, *verdict_problems(verdict, lot.units, asked)]:
        raise InvalidInput(problems)

    failed_to = verdict.failed_to if verdict.passed < lot.units else None
    looked_at, _ = believable(origin.occurred_at, work.now)
    lot.closed_at, lot.closed_by, lot.passed_units = max(looked_at, lot.put_at), work.actor_id, verdict.passed
    lot.failed_to, lot.note = failed_to, verdict.note
    await work.session.flush()
    posting = Posting(row, origin, work.now, work.actor_id)
    await ledger.post(work, posting.inspected(passed=verdict.passed, failed_to=failed_to))
    details = {"return": return_id, "passed": verdict.passed, "failed": lot.units - verdict.passed}
    await log.append(
        work.session,
        act="return.inspected",
        actor_id=work.actor_id,
        store_id=store_id,
        details=details,
        clock=lambda: work.now,
    )
    return LotInspected(store_id, return_id)


def verdict_problems(verdict: Verdict, units: int, asked: tuple[Question, ...]) -> list[Problem]:
    """Return what is wrong with a verdict about so many pieces."""
    wrong = []
    if not 0 <= verdict.passed <= units:
        wrong.append(Problem("passed", "OUT_OF_RANGE", f"0 to {units}.", f"须在 0 到 {units} 之间。"))
    if verdict.passed > 0 and (missing := [each for each in asked if each not in verdict.good]):
        names = ", ".join(missing)
        words = (f"Not found good: {names}. It cannot pass.", f"以下各项未确认，不能通过：{names}。")
        wrong.append(Problem("good", "CHECK_FAILED", *words))
    if verdict.passed < units and verdict.failed_to not in FAILS_TO:
        words = ("Say where the rest goes: SUPPLIER or DESTROYED.", "请选择未通过的去向：退供应商或销毁。")
        wrong.append(Problem("failedTo", "FAILED_TO_MISSING", *words))
    return wrong
