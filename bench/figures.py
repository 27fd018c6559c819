"""Figures: what was measured, beside what it is compared with and what we aim at."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the report.

    A figure is the median of `rounds`, which alternated with those of what it is compared with. `ratio` is ours over
    the other's; `paired_ratio` is the median of the rounds' own ratios. `met` is None where nothing is aimed at.
    """

    name: str
    ours: float
    unit: str
    other: float | None = None
    other_name: str = ""
    aim: str = ""
    met: bool | None = None
    note: str = ""
    rounds: tuple[float, ...] = ()
    paired_ratio: float | None = None

    @property
    def ratio(self) -> float | None:
        if self.paired_ratio is not None:
            return self.paired_ratio
        return self.ours / self.other if self.other else None


def middle(values: Sequence[float]) -> float:
    """Return the median of what the rounds gave."""
    return float(median(values))


def percentile(ordered: Sequence[float], share: float) -> float:
    """Return a value of a sorted sequence by nearest rank; NaN of an empty one."""
    if not ordered:
        return float("nan")
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def as_data(figures: Sequence[Figure], machine: dict[str, Any]) -> dict[str, Any]:
    """Return a report as data for JSON."""
    return {"machine": machine, "figures": [{**asdict(figure), "ratio": figure.ratio} for figure in figures]}


def show(console: Console, figures: Sequence[Figure], machine: dict[str, Any]) -> None:
    """Print the table."""
    table = Table(title=" · ".join(str(word) for word in machine.values()), title_justify="left")
    table.add_column("measure")
    table.add_column("ours", justify="right")
    table.add_column("compared with")
    table.add_column("ratio", justify="right")
    table.add_column("aim")
    table.add_column("met")
    for figure in figures:
        met = {True: "[green]yes[/]", False: "[bold red]NO[/]", None: ""}[figure.met]
        ours = f"{_number(figure.ours)} {figure.unit}" + (f" ({figure.note})" if figure.note else "")
        other = f"{_number(figure.other)} {figure.unit}  {figure.other_name}" if figure.other is not None else ""
        ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
        table.add_row(figure.name, ours, other, ratio, figure.aim, met)
    console.print(table)


def _number(value: float) -> str:
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
