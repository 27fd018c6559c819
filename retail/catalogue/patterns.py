"""How the chain's scales write their codes: read in a transaction, and set for the whole chain at once."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from retail.access.work import Work
from retail.audit import log
from retail.catalogue.in_store import LENGTH, Measure, Pattern, read
from retail.catalogue.models import InStorePattern, SkuCode
from retail.kernel.events import CatalogueChanged
from retail.kernel.refusal import InvalidInput, Problem

PATTERNS_AT_MOST = 20


async def in_store_patterns(session: AsyncSession) -> list[Pattern]:
    """Return the chain's patterns by prefix."""
    rows = await session.scalars(select(InStorePattern).order_by(InStorePattern.prefix))
    return [
        Pattern(row.prefix, row.item_digits, row.value_digits, Measure(row.measure), row.price_check) for row in rows
    ]


async def set_in_store_patterns(
    work: Work, patterns: Sequence[Pattern], *, expected: Sequence[Pattern] | None = None
) -> int:
    """Replace the chain's patterns and return how many there are; refused if they are not the expected ones any more.

    Whoever takes a pattern away or changes one must say what they expect, so that nothing goes that they do not know.
    Refused too if goods of the catalogue could not be scanned any more, because their codes would be read as weighed.

    The caller has asked for the right to, and works in the system's session.
    """
    problems = _problems(patterns)
    if problems:
        raise InvalidInput(problems)
    # Two who set them come one after the other, and the later one learns of the earlier.
    await work.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("in-store patterns", 0))))
    before = await in_store_patterns(work.session)
    if expected is not None and set(expected) != set(before):
        words = ("Somebody has changed them meanwhile: look again.", "刚才有人改过规则，请刷新后再改。")
        raise InvalidInput([Problem("expected", "CHANGED_MEANWHILE", *words)])
    if expected is None and not set(before) <= set(patterns):
        words = ("A pattern that is there would go: say what they were.", "会去掉现有的规则，请注明原有规则。")
        raise InvalidInput([Problem("expected", "EXPECTED_MISSING", *words)])
    if problems := await _hiding(work.session, patterns, before):
        raise InvalidInput(problems)
    await work.session.execute(delete(InStorePattern))
    if patterns:
        rows = [
            {
                "prefix": each.prefix,
                "item_digits": each.item_digits,
                "value_digits": each.value_digits,
                "measure": each.measure,
                "price_check": each.price_check,
            }
            for each in patterns
        ]
        await work.session.execute(insert(InStorePattern), rows)
    work.announce(CatalogueChanged())
    details = {"prefixes": sorted(each.prefix for each in patterns)}
    await log.append(work.session, act="in_store_codes.set", actor_id=work.actor_id, details=details)
    return len(patterns)


async def _hiding(session: AsyncSession, patterns: Sequence[Pattern], before: Sequence[Pattern]) -> list[Problem]:
    """Return which new patterns take ordinary codes of the catalogue for weighed ones."""
    found = []
    for n, each in enumerate(patterns):
        if each in before:
            continue
        alike = select(SkuCode.gtin).where(SkuCode.gtin.like(f"{each.prefix}%"), func.length(SkuCode.gtin) == LENGTH)
        lost = []
        for gtin in await session.scalars(alike.order_by(SkuCode.gtin)):
            weighed = read(gtin, patterns)
            if weighed is not None and weighed.base != gtin:
                lost.append(gtin)
        if lost:
            said = f"{len(lost)} codes of the catalogue could not be read any more, such as {lost[0]}."
            said_zh = f"目录里有 {len(lost)} 个条码会认不出来，例如 {lost[0]}。"
            found.append(Problem(f"patterns[{n}].prefix", "HIDES_GOODS", said, said_zh))
    return found


def _problems(patterns: Sequence[Pattern]) -> list[Problem]:
    if len(patterns) > PATTERNS_AT_MOST:
        words = (f"At most {PATTERNS_AT_MOST}.", f"最多 {PATTERNS_AT_MOST} 条。")
        return [Problem("patterns", "TOO_MANY", *words)]
    found = []
    prefixes = [each.prefix for each in patterns]
    for n, each in enumerate(patterns):
        if not each.is_sound:
            said = "02, 2x or 2xx; 3-7 digits of item, 4-6 of value (4-5 with a price check digit); 12 in all."
            said_zh = "前缀 02、2x 或 2xx；商品 3-7 位，数值 4-6 位（带价格校验位时 4-5 位）；合计 12 位。"
            found.append(Problem(f"patterns[{n}]", "NOT_SOUND", said, said_zh))
        if each.prefix in prefixes[:n]:
            found.append(Problem(f"patterns[{n}].prefix", "TWICE", "It stands here twice.", "重复了。"))
    return found
