"""The figures of a simulated month, each beside the one that it is held against."""

from collections.abc import Iterator
from datetime import timedelta
from math import sqrt

from api.month.run import Outcome

DISCREPANCY, COUNT_ERROR, MINUTES = 0.025, 0.009, 40


def lines_of(outcome: Outcome) -> Iterator[str]:
    """Yield the report, line by line."""
    plan, figures = outcome.plan, outcome.figures
    counts = len([each for each in outcome.judged if not each.later])
    yield f"seed {plan.seed}: {plan.days} days, {plan.skus} SKUs, {outcome.facts:,} facts,"
    yield f"  {outcome.late_facts:,} of them told more than half an hour late;"
    yield f"  {counts:,} counts of an SKU, {outcome.corrections:,} corrections for what came late"
    yield ""
    yield "After a count the book equals the true shelf      Trueshelf   snapshot and set"
    for words, later in (("at once", False), ("before the next count", True)):
        ours, usual = outcome.right(later=later), outcome.right(later=later, control=True)
        yield f"  {words:<46}{ours:>9.2%}{usual:>16.2%}"
    yield f"  units wrong by then{outcome.off():>36,}{outcome.off(control=True):>16,}"
    yield f"  counts whose error is not what was scanned wrong{len(outcome.unexplained):>7,}"
    yield f"  units that a wrong clock put before or after a count{outcome.misplaced:>3,}"
    yield ""
    wrong = outcome.scanned_wrong / outcome.scanned
    longest = max(outcome.full_counts, default=timedelta(0)) / timedelta(minutes=1)
    yield "Figures from events                                measured        promised"
    if figures is not None:
        discrepancy, error = figures.discrepancy.value or 0.0, figures.count_error.value or 0.0
        yield f"  discrepancy of a month's counts{discrepancy:>27.2%}{f'< {DISCREPANCY:.1%}':>16}"
        control = figures.count_control
        yield f"  count error, estimated from what was checked{error:>14.2%}{f'< {COUNT_ERROR:.1%}':>16}"
        size = control.denominator
        share = (control.numerator + 1) / (size + 2)  # none wrong of a hundred is not none at all (Agresti-Coull)
        doubt = sqrt(share * (1 - share) / (size + 2))
        yield f"    of {figures.count_error.denominator:,.0f} figures, with a control of {size:,.0f}: so ± {doubt:.2%}"
    yield f"  figures seen wrong in truth (injected {plan.scan_error:.1%}){wrong:>15.2%}"
    yield f"  the longest full count, minutes{longest:>27.1f}{f'< {MINUTES}':>16}"
