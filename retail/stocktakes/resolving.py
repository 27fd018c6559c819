"""Saying what a code is that nobody knew: its finds in all stores are settled, and those of stocktakes count.

What was said wrongly is taken back, except where it has been posted already.
"""

from dataclasses import dataclass
from uuid import UUID

from retail.access.work import Work
from retail.audit import log
from retail.kernel.refusal import InvalidInput, Problem
from retail.shelves.settled import let_wait, take_back
from retail.shelves.unknown import CODE_AT_MOST, disown_code, name_code, require_resolving
from retail.stocktakes.naming import count_named, uncount


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a code is: of which SKU so many base units (of weighed goods, a kilogram is), or (None) none of ours."""

    code: str
    sku_id: UUID | None
    pack_units: int = 1


@dataclass(frozen=True, slots=True)
class CodeResolved:
    """The answer of `resolve_code`: how many finds are settled, and how many of them have become counts."""

    settled: int
    counted: int


async def resolve_code(work: Work, said: Resolution) -> CodeResolved:
    """Settle every find of a code in all stores. Works in the system's session."""
    _require_code(work, said.code)
    if said.sku_id is None:
        settled, counted = await disown_code(work, key=said.code), 0
    else:
        settled, named = await name_code(work, key=said.code, sku_id=said.sku_id, pack_units=said.pack_units)
        counted = await count_named(work, named)
    details = {"sku": said.sku_id, "settled": settled, "counted": counted}
    await log.append(work.session, act="code.resolved", actor_id=work.actor_id, details=details)
    return CodeResolved(settled, counted)


@dataclass(frozen=True, slots=True)
class CodeReopened:
    """The answer of `reopen_code`: how many finds wait again, and how many stay because they are posted."""

    reopened: int
    posted: int


async def reopen_code(work: Work, code: str) -> CodeReopened:
    """Take the last verdict on a code back, in all stores. Works in the system's session."""
    _require_code(work, code)
    settled = await take_back(work, key=code)
    posted = await uncount(work, settled)
    await let_wait(work, [each.id for each in settled if each.id not in posted])
    done = CodeReopened(len(settled) - len(posted), len(posted))
    details = {"sku": settled[0].sku_id, "reopened": done.reopened, "posted": done.posted}
    await log.append(work.session, act="code.reopened", actor_id=work.actor_id, details=details)
    return done


def _require_code(work: Work, code: str) -> None:
    if work.actor is not None:
        require_resolving(work.actor)
    if not 0 < len(code) <= CODE_AT_MOST or "\0" in code:
        words = (f"1 to {CODE_AT_MOST} characters.", f"1 到 {CODE_AT_MOST} 个字符。")
        raise InvalidInput([Problem("code", "TEXT", *words)])
