"""`simulate-month`: the whole month with a bar, in a database of its own that is gone afterwards."""

import asyncio
import shutil
import tempfile
from pathlib import Path

from rich.progress import Progress, TaskID

from api.embedded import EmbeddedPostgres
from api.month.plan import Plan
from api.month.report import lines_of
from api.month.run import MonthRun, Outcome
from api.serving import migrate


def simulate_month(plan: Plan) -> Outcome:
    """Run a month on a PostgreSQL of its own; print what it showed."""
    home = Path(tempfile.mkdtemp(prefix="trueshelf-month-"))
    postgres = EmbeddedPostgres(home)
    try:
        postgres.start()
        migrate(postgres.url, postgres.url)
        with Progress(transient=True) as bar:
            task = bar.add_task("a month in the store", total=1.0)
            outcome = asyncio.run(_run(plan, postgres.url, bar, task))
    finally:
        postgres.stop()
        shutil.rmtree(home, ignore_errors=True)
    for line in lines_of(outcome):
        print(line)  # noqa: T201 -- a command line
    return outcome


async def _run(plan: Plan, url: str, bar: Progress, task: TaskID) -> Outcome:
    run = await MonthRun.of(plan, url, name="month", progress=lambda part: bar.update(task, completed=part))
    return await run.go()
