"""The report of a replay: the same words for the terminal and for docs/."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from api.ledger_check import LedgerChecked
from api.replay.channel import Mishaps
from api.replay.comparison import Comparison
from api.replay.source import Source
from api.replay.state import State
from api.replay.tally import Tally
from api.replay.watcher import Latency


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything that a report tells. What could not be looked at is None, and is said to be so."""

    source: Source
    state: State
    command: str
    complete: bool
    mishaps: Mishaps
    latency: Latency | None
    ledger: LedgerChecked | None
    comparison: Comparison | None

    @property
    def is_clean(self) -> bool:
        """Say whether nothing that was looked at is wrong."""
        books = (self.ledger is None or self.ledger.is_clean) and (self.comparison is None or self.comparison.is_clean)
        return books and not self.state.tally.clock_errors and self.complete


def markdown(outcome: Outcome) -> str:
    """Return the report."""
    parts = [
        f"# Replay: {outcome.source.title}",
        "",
        _verdict(outcome),
        "",
        f"`{outcome.command}`",
        "",
        (
            f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC; {platform.python_implementation()} {platform.python_version()}, "
            f"{os.cpu_count()} processors shared by sender, server and PostgreSQL."
        ),
        "",
        *_section("What was sent", _sent(outcome)),
        *_section("What was refused, and why", _refused(outcome.state.tally)),
        *_section("How fast", _speed(outcome)),
        *_section("From the mutation to a subscriber's screen", _latency(outcome.latency)),
        *_section("The ledger, read from PostgreSQL with plain SQL", _ledger(outcome.ledger)),
        *_section("The source against the ledger", _comparison(outcome.comparison, complete=outcome.complete)),
        *_section("How the source was read", _about(outcome)),
    ]
    return "\n".join(parts).rstrip() + "\n"


def _verdict(outcome: Outcome) -> str:
    if not outcome.complete:
        return "**Stopped before the end**; the same command goes on from here."
    if not outcome.is_clean:
        return "**Not clean**: see below."
    if outcome.ledger is None:
        return "**Complete.** The books were not looked at: no database was given."
    return "**Clean**: everything was answered, both ledger checks hold, and the ledger sold what the source sold."


def _section(title: str, lines: Sequence[str]) -> list[str]:
    return [f"## {title}", "", *lines, ""]


def _sent(outcome: Outcome) -> list[str]:
    tally = outcome.state.tally
    rows = [
        ("sent", tally.baskets, tally.lines),
        ("accepted", tally.accepted_baskets, tally.accepted_lines),
        ("repeated (answered again after a stop)", tally.repeated_baskets, tally.repeated_lines),
        ("refused", tally.refused_baskets, tally.refused_lines),
    ]
    return [
        "| | baskets | lines |",
        "|---|--:|--:|",
        *(f"| {name} | {baskets:,} | {lines:,} |" for name, baskets, lines in rows),
        "",
        f"- {tally.units:,} units for {tally.money / 100:,.2f}",
        f"- {tally.mended_baskets:,} baskets were taken without the lines that were refused",
        f"- {tally.split_lines:,} lines were sent as two, because their price is no whole number a unit",
        f"- {tally.unpriced_lines:,} lines had no price in the source",
        f"- {tally.below_zero_lines:,} lines left the book below zero (kept: a sale is a fact)",
        f"- {tally.clock_errors:,} times were not believed by the server",
    ]


def _refused(tally: Tally) -> list[str]:
    if not tally.reasons:
        return ["Nothing."]
    return [
        "| code | lines |",
        "|---|--:|",
        *(f"| {code} | {lines:,} |" for code, lines in tally.reasons.most_common()),
        "",
        f"They hold {tally.refused_units:,} units and {tally.refused_money / 100:,.2f} in money.",
    ]


def _speed(outcome: Outcome) -> list[str]:
    tally, seconds, mishaps = outcome.state.tally, outcome.state.seconds, outcome.mishaps
    pace = max(seconds, 0.001)
    return [
        f"- {seconds:,.1f} s of sending in {outcome.state.runs} run(s), {tally.requests:,} requests",
        (
            f"- {tally.baskets / pace:,.0f} baskets/s, {tally.lines / pace:,.0f} lines/s, "
            f"{tally.requests / pace:,.0f} requests/s"
        ),
        (
            f"- in the last run: {mishaps.token_refreshes:,} tokens, {mishaps.lost_connections:,} lost connections, "
            f"{mishaps.busy_answers:,} busy answers, {mishaps.errors:,} errors, all sent again"
        ),
    ]


def _latency(latency: Latency | None) -> list[str]:
    if latency is None:
        return ["Not measured."]
    if latency.trouble:
        return [f"The watching ended: {latency.trouble}"]
    half, most = latency.quantile(0.5), latency.quantile(0.99)
    if half is None or most is None:
        return ["No sample: nothing was written now that a screen could show."]
    return [
        f"- p50 {half * 1000:,.0f} ms, p99 {most * 1000:,.0f} ms, worst {max(latency.samples) * 1000:,.0f} ms",
        f"- {len(latency.samples):,} samples in the busiest store, {latency.lost:,} never arrived",
        f"- {latency.reconnections:,} reconnections, {latency.resyncs:,} times told to start anew",
    ]


def _ledger(ledger: LedgerChecked | None) -> list[str]:
    return ["Not looked at: no database was given."] if ledger is None else [f"- {line}" for line in ledger.lines()]


def _comparison(comparison: Comparison | None, *, complete: bool) -> list[str]:
    if comparison is None:
        return ["Not looked at: no database was given, or the replay is not complete."]
    mark = "✓" if comparison.differences == 0 else "✗"
    lines = [
        f"- {mark} {comparison.pairs:,} pairs of store and SKU, {comparison.differences:,} differ in units or money",
        (
            f"- source {comparison.source_units:,} units, {comparison.source_money / 100:,.2f}; "
            f"ledger {comparison.ledger_units:,} units, {comparison.ledger_money / 100:,.2f}"
        ),
        *(f"    {words}" for words in comparison.shown),
    ]
    if comparison.left_wrong is not None and complete:
        mark = "✗" if comparison.left_wrong else "✓"
        lines.append(f"- {mark} {comparison.left_wrong:,} levels do not end at exactly their safety stock")
    return lines


def _about(outcome: Outcome) -> list[str]:
    source, trade = outcome.source, outcome.source.trade
    weeks = outcome.state.shift_seconds // (7 * 24 * 3600)
    return [
        f"- {len(source.stores):,} stores, {len(source.skus):,} SKUs, {trade.baskets:,} baskets, {trade.lines:,} lines",
        f"- All times are moved by {weeks:,} whole weeks (weekdays and hours stay), so that they are believable.",
        "- A store opens with all that the source will sell there and a week's sale for safety.",
        "- Lines of no units are sent as they are; the server refuses them by name, the rest of the basket is taken.",
        *(f"- {note}" for note in source.notes),
    ]
