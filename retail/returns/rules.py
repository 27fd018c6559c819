"""Where goods go that came back: one ordered table, the first row that fits decides. Pure.

Every combination of reason, condition, handling and age has exactly one answer, because the last row fits all.
Phones get the same table and decide by it without a network; the server decides again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from retail.returns.models import Condition, Disposition, Handling, ReturnReason

YOUNG_DAYS = 7
"""So long after its sale an unopened thing is believed to have been kept as a shop would."""


class Age(StrEnum):
    """How long ago it was sold; unknown without a proof of the sale."""

    YOUNG = "young"
    OLD = "old"
    UNKNOWN = "unknown"


class Question(StrEnum):
    """What whoever inspects a lot must be able to say yes to before it is sold again."""

    SEAL_INTACT = "seal_intact"
    IN_DATE = "in_date"
    CLEAN = "clean"
    COMPLETE = "complete"
    WORKS = "works"
    STAYED_COLD = "stayed_cold"


R, C, H, D = ReturnReason, Condition, Handling, Disposition


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: what it fits (`None`: anything), where the goods go, and why, in words.

    With `firm`, nobody puts them on sale all the same, whatever reason they give.
    """

    name: str
    disposition: Disposition
    why: str
    why_en: str
    reasons: frozenset[ReturnReason] | None = None
    conditions: frozenset[Condition] | None = None
    handlings: frozenset[Handling] | None = None
    ages: frozenset[Age] | None = None
    firm: bool = False

    def fits(self, reason: ReturnReason, condition: Condition, handling: Handling, age: Age) -> bool:
        """Say whether the row speaks of this."""
        return (
            (self.reasons is None or reason in self.reasons)
            and (self.conditions is None or condition in self.conditions)
            and (self.handlings is None or handling in self.handlings)
            and (self.ages is None or age in self.ages)
        )


T = TypeVar("T")


def _of(*ones: T) -> frozenset[T]:
    return frozenset(ones)


RULES: tuple[Rule, ...] = (
    Rule(
        "made_here",
        D.DESTROYED,
        "现制商品离店后不能再售",
        "Made in the shop: once it has left, it is never sold again",
        handlings=_of(H.MADE_HERE),
        firm=True,
    ),
    Rule(
        "expired_goods",
        D.SUPPLIER,
        "过期的非食品退供应商",
        "Past its date and no food: back to the supplier",
        conditions=_of(C.EXPIRED),
        handlings=_of(H.NON_FOOD),
        firm=True,
    ),
    Rule(
        "expired_food",
        D.DESTROYED,
        "过期食品只能销毁",
        "Food past its date is destroyed",
        conditions=_of(C.EXPIRED),
        firm=True,
    ),
    Rule(
        "said_expired",
        D.QUARANTINE,
        "顾客说过期：先核对日期",
        "The customer says it is past its date: look at the date first",
        reasons=_of(R.EXPIRED),
        handlings=_of(H.AMBIENT, H.NON_FOOD),
        conditions=_of(C.SEALED),
    ),
    Rule(
        "chilled_misdelivered",
        D.QUARANTINE,
        "送错的冷藏品未拆封：先查冷链",
        "Chilled, delivered in error and unopened: ask after the cold chain first",
        reasons=_of(R.DELIVERY_ERROR),
        conditions=_of(C.SEALED),
        handlings=_of(H.CHILLED),
        ages=_of(Age.YOUNG),
    ),
    Rule(
        "chilled",
        D.DESTROYED,
        "冷藏品离开冷链后不能再售",
        "Chilled goods that left the cold are never sold again",
        handlings=_of(H.CHILLED),
        firm=True,
    ),
    Rule(
        "quality_sealed",
        D.QUARANTINE,
        "质量问题且未拆封：先检验",
        "A complaint about quality, unopened: look at it first",
        reasons=_of(R.QUALITY),
        conditions=_of(C.SEALED),
    ),
    Rule(
        "quality",
        D.SUPPLIER,
        "质量问题：退供应商索赔",
        "A complaint about quality: back to the supplier with a claim",
        reasons=_of(R.QUALITY),
    ),
    Rule(
        "broken_on_the_way",
        D.SUPPLIER,
        "配送途中损坏：退供应商索赔",
        "Broken on the way: back with a claim",
        reasons=_of(R.DELIVERY_ERROR),
        conditions=_of(C.DAMAGED, C.UNSELLABLE),
    ),
    Rule(
        "broken_goods",
        D.SUPPLIER,
        "破损的非食品退供应商",
        "Broken and no food: back to the supplier",
        conditions=_of(C.DAMAGED, C.UNSELLABLE),
        handlings=_of(H.NON_FOOD),
    ),
    Rule(
        "broken_food",
        D.DESTROYED,
        "破损或无法再售的食品销毁",
        "Food that is broken or cannot be sold is destroyed",
        conditions=_of(C.DAMAGED, C.UNSELLABLE),
        firm=True,
    ),
    Rule(
        "opened_food",
        D.DESTROYED,
        "拆封的食品不能再售",
        "Opened food is never sold again",
        conditions=_of(C.OPENED_GOOD),
        handlings=_of(H.AMBIENT),
        firm=True,
    ),
    Rule(
        "opened_goods",
        D.QUARANTINE,
        "已拆封：检查齐全、能用再上架",
        "Opened: see that it is complete and works first",
        conditions=_of(C.OPENED_GOOD),
    ),
    Rule(
        "sealed_and_young",
        D.BACK_ON_SALE,
        f"未拆封，{YOUNG_DAYS} 天内：直接上架",
        f"Unopened, within {YOUNG_DAYS} days: on sale again",
        reasons=_of(R.UNWANTED, R.WRONG_ITEM, R.DELIVERY_ERROR),
        conditions=_of(C.SEALED),
        ages=_of(Age.YOUNG),
    ),
    Rule(
        "sealed_and_old",
        D.QUARANTINE,
        f"未拆封，但超过 {YOUNG_DAYS} 天或没有凭证：先检验",
        f"Unopened, but after {YOUNG_DAYS} days or without proof: look at it first",
        reasons=_of(R.UNWANTED, R.WRONG_ITEM, R.DELIVERY_ERROR),
    ),
    Rule("anything_else", D.QUARANTINE, "先检验再决定", "Look at it first"),
)


def age_of(days: int | None) -> Age:
    """Return the age of a sale so many days ago."""
    if days is None:
        return Age.UNKNOWN
    return Age.YOUNG if days <= YOUNG_DAYS else Age.OLD


def decide(reason: ReturnReason, condition: Condition, handling: Handling, days: int | None) -> Rule:
    """Return the row that decides; `days` since the sale, None if nobody knows."""
    age = age_of(days)
    return next(rule for rule in RULES if rule.fits(reason, condition, handling, age))


def questions(handling: Handling, condition: Condition) -> tuple[Question, ...]:
    """Return what must be so before a lot is sold again, in the order in which one looks."""
    asked = [Question.SEAL_INTACT] if condition is C.SEALED else []
    if handling is H.NON_FOOD:
        asked += [Question.COMPLETE, Question.WORKS]
    else:
        asked.append(Question.IN_DATE)
    if handling is H.CHILLED:
        asked.append(Question.STAYED_COLD)
    return (*asked, Question.CLEAN)


@dataclass(frozen=True, slots=True)
class Shelf:
    """How much a store has to sell of something and should have, and how far away it is."""

    name: str
    name_en: str
    available: int
    safety: int
    distance_m: float | None

    @property
    def lacks(self) -> int:
        """Return how many are missing to the safety stock."""
        return max(self.safety - self.available, 0)


def send_to(here: Shelf, others: Iterable[Shelf], units: int) -> Shelf | None:
    """Return the store that needs goods more than this one, which has enough; None: they stay.

    Who lacks more counts for more, who is further away for less: a kilometre weighs as much as a missing piece.
    """
    if here.available - units < here.safety * 2:
        return None
    needing = [other for other in others if other.lacks > 0 and other.distance_m is not None]
    return min(needing, key=_trouble, default=None)


def _trouble(shelf: Shelf) -> tuple[float, str]:
    return (shelf.distance_m or 0.0) / 1000 - shelf.lacks, shelf.name


def table(rules: Sequence[Rule] = RULES) -> str:
    """Return the rules as a Markdown table, as docs/returns.md shows it."""
    lines = [
        "| # | rule | reason | condition | handling | sold | goes to | firm | why |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for n, rule in enumerate(rules, 1):
        cells = (_cell(rule.reasons), _cell(rule.conditions), _cell(rule.handlings), _cell(rule.ages))
        firm = "yes" if rule.firm else ""
        lines.append(
            f"| {n} | `{rule.name}` | {' | '.join(cells)} | **{rule.disposition}** | {firm}"
            f" | {rule.why_en}<br>{rule.why} |"
        )
    return "\n".join(lines)


def _cell(ones: Iterable[StrEnum] | None) -> str:
    return "any" if ones is None else ", ".join(sorted(ones))
