"""A warm start: from `run` to an answering server, on data that a run before it has made."""

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.embedded import EmbeddedPostgres
from bench.figures import Figure, middle
from bench.house import ROOT, House
from bench.plan import Bar, Plan
from tests.support.environment import clean_environment
from tests.support.ports import free_port

AIM_SECONDS = 10
PATIENCE_SECONDS = 120
STARTS = 3


def measure(house: House, plan: Plan, bar: Bar) -> Iterator[Figure]:
    """Yield the seconds of a second start; the first one makes the demo chain."""
    del house, plan
    home = ROOT / ".trueshelf" / "bench-run"
    bar.begin("warm start", 1 + STARTS)
    try:
        with bar.step("first start"):
            cold = _start(home)
        warm = []
        for _ in range(STARTS):
            with bar.step("next start"):
                warm.append(_start(home))
    finally:
        EmbeddedPostgres(home / "postgres").erase()
        shutil.rmtree(home)
    seconds = middle(warm)
    yield Figure(
        "warm start of `run` until /readyz",
        seconds,
        "s",
        aim=f"< {AIM_SECONDS} s",
        met=seconds < AIM_SECONDS,
        note=f"first start {cold:.1f} s",
        rounds=tuple(warm),
    )


@contextmanager
def running(home: Path) -> Iterator[str]:
    """Run the demo chain in a folder that is there no longer afterwards; give its address."""
    try:
        with _started(home) as (port, _seconds):
            yield f"http://127.0.0.1:{port}"
    finally:
        EmbeddedPostgres(home / "postgres").erase()
        shutil.rmtree(home)


def _start(home: Path) -> float:
    """Start the demo chain and stop it; return the seconds until it answered."""
    with _started(home) as (_port, seconds):
        return seconds


@contextmanager
def _started(home: Path) -> Iterator[tuple[int, float]]:
    port = free_port()
    command = [sys.executable, "-m", "api", "run", "--no-trade", "--port", str(port)]
    home.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    with (home / "log").open("ab") as log:
        env = clean_environment(TRUESHELF_HOME=str(home))
        program = subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        while not _is_ready(port):
            assert program.poll() is None, (home / "log").read_text()
            assert time.perf_counter() - began < PATIENCE_SECONDS, "not ready"
            time.sleep(0.02)
        yield port, time.perf_counter() - began
    finally:
        os.kill(program.pid, signal.SIGINT)
        program.wait()


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False
