"""`python3 x.py bench`: measure everything in one run on one machine and print the table."""

import argparse
import os
import platform
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import orjson
from rich.console import Console

from bench import bulk, curves, lists, log, phone, ready, sales, screens, verify, walls
from bench.figures import Figure, as_data, show
from bench.house import ROOT, House
from bench.plan import FULL, QUICK, Bar, Plan, bar

Benchmark = Callable[[House, Plan, Bar], Iterator[Figure]]

BENCHMARKS: Mapping[str, Benchmark] = {
    "sales": sales.measure,
    "bulk": bulk.measure,
    "lists": lists.measure,
    "screens": screens.measure,
    "ready": ready.measure,
    "phone": phone.measure,
    "walls": walls.measure,
    "log": log.measure,
    "verify": verify.measure,
    "stores": curves.by_stores,
    "movements": curves.by_movements,
}


def main() -> int:
    """Measure what was asked for, print it, and fail if an aim is not met."""
    parser = argparse.ArgumentParser(prog="x.py bench", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the same as data")
    parser.add_argument("--only", nargs="+", choices=BENCHMARKS, default=list(BENCHMARKS), metavar="NAME")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds: a look, not a result")
    asked = parser.parse_args()
    figures: list[Figure] = []
    with House(ROOT / ".trueshelf" / "bench") as house, bar() as progress:
        for name in asked.only:
            figures.extend(BENCHMARKS[name](house, QUICK if asked.quick else FULL, progress))
        machine = {
            "cpus": f"{os.cpu_count()} CPUs",
            "postgresql": house.version(),
            "python": f"Python {platform.python_version()}",
            "load": f"load {os.getloadavg()[0]:.1f} at the end",
        }
    show(Console(width=None if sys.stdout.isatty() else 160), figures, machine)
    if asked.json:
        asked.json.write_bytes(orjson.dumps(as_data(figures, machine), option=orjson.OPT_INDENT_2))
    return 1 if any(figure.met is False for figure in figures) else 0


if __name__ == "__main__":
    sys.exit(main())
