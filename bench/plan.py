"""How much is measured, and the bar that shows how far it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


@dataclass(frozen=True, slots=True)
class Plan:
    """Rounds and seconds; `turns` are the movements of every level at the points of the ledger's curve."""

    rounds: int = 3
    seconds: float = 3.0
    stores: int = 100
    skus: int = 200
    turns: tuple[int, ...] = (1, 10, 100, 500)
    chains: tuple[int, ...] = (10, 100, 1000)


FULL = Plan()
QUICK = Plan(rounds=2, seconds=1.0, turns=(1, 10), chains=(10, 100))


class Bar:
    """One bar a benchmark; `say` tells what is being done right now."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=None)

    def begin(self, title: str, steps: int) -> None:
        """Begin a benchmark of so many steps."""
        self._title = title
        self._progress.update(self._task, description=title, total=steps, completed=0)

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """Show one step while it runs."""
        self._progress.update(self._task, description=f"{self._title}: {what}")
        yield
        self._progress.advance(self._task)


@contextmanager
def bar() -> Iterator[Bar]:
    """Show progress on the terminal's standard error."""
    from rich.console import Console

    words = SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*words, console=Console(stderr=True), transient=True) as progress:
        yield Bar(progress)
