#!/usr/bin/env python3
"""Trueshelf's commands. On a bare machine with Python 3.11+, pip and git: `python3 x.py run`."""

import argparse
import os
import sys
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - what an older Python meets first
    sys.exit(f"Trueshelf needs Python 3.11 or newer; this is {sys.version.split()[0]}. Try: python3.11 x.py run")

sys.path.insert(0, str(Path(__file__).resolve().parent))

from tools import advisories as weaknesses
from tools import checks, chromium, environment, web
from tools.environment import PYTHON, ROOT
from tools.steps import StepFailed, run_for_code, say


def run(words: list[str]) -> int:
    """Set up, build, and serve the demo chain on http://127.0.0.1:8000 (--port, TRUESHELF_PORT) until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="x.py run", description=run.__doc__)
    parser.add_argument("--port", type=int, help="the port to listen on, instead of TRUESHELF_PORT")
    trade = "let a simulator trade, so that the maps live"
    parser.add_argument("--trade", action=argparse.BooleanOptionalAction, default=True, help=trade)
    # Before anything is set up or built: help comes at once, and so does what is wrong with an option.
    parser.parse_args(words)
    environment.prepare()
    web.build()
    return _become("-m", "api", "run", *words)


def test(words: list[str]) -> int:
    """Run all tests, with the real servers and browser that they need (or those that pytest's arguments name)."""
    environment.prepare(dev=True)
    web.build()
    browser = chromium.find()
    screen = 0 if words else web.npm_for_code("run", "test")
    if screen:
        say("✗ The tests of the web app failed (see above); going on with the others")
    env = {**environment.environ(), "CHROMIUM": str(browser)}
    return run_for_code([PYTHON, "-m", "pytest", *words], cwd=ROOT, env=env) or screen


def check(_words: list[str]) -> int:
    """Format, lint, types, architecture, schema drift, migrations, types of the web app."""
    environment.prepare(dev=True)
    web.install()
    return checks.check_all()


def bench(words: list[str]) -> int:
    """Measure, and print a table (--json FILE writes the same as data)."""
    environment.prepare(dev=True)
    if not {"-h", "--help"} & set(words):
        web.build()
    return _become("-m", "bench", *words)


def schema(words: list[str]) -> int:
    """Write schema/schema.graphql from the code."""
    environment.prepare()
    return _become("-m", "api", "export-schema", *words)


def demo_reset(words: list[str]) -> int:
    """Forget the demo chain and everything that happened in it."""
    environment.prepare()
    return _become("-m", "api", "demo-reset", *words)


def replay_data(_words: list[str]) -> int:
    """Install the sample data that `x.py trueshelf replay` reads."""
    environment.prepare(replay=True)
    return 0


def trueshelf(words: list[str]) -> int:
    """Trueshelf's own command line: `x.py trueshelf --help`."""
    environment.prepare()
    return _become("-m", "api", *words, folder=Path.cwd())


def setup(words: list[str]) -> int:
    """Set up .venv from the lock files (--dev: with what the tests need; --replay: with sample data)."""
    parser = argparse.ArgumentParser(prog="x.py setup", description=setup.__doc__)
    parser.add_argument("--dev", action="store_true")
    parser.add_argument("--replay", action="store_true")
    asked = parser.parse_args(words)
    environment.prepare(dev=asked.dev, replay=asked.replay)
    return 0


def advisories(words: list[str]) -> int:
    """Ask for known weaknesses of what is locked (needs a network; ends with 1 if any, 2 if not all was asked)."""
    environment.prepare()
    return weaknesses.check(words)


def lock(_words: list[str]) -> int:
    """Resolve pyproject.toml again and rewrite the lock files."""
    environment.lock()
    return 0


def _become(*words: str, folder: Path = ROOT) -> int:
    """Replace this process by Python with these words, so that signals reach it and nobody else."""
    os.chdir(folder)
    sys.stdout.flush()
    os.execve(PYTHON, [str(PYTHON), *words], environment.environ())  # noqa: S606 - our own program, no shell


VERBS = {
    "run": run,
    "test": test,
    "check": check,
    "bench": bench,
    "schema": schema,
    "demo-reset": demo_reset,
    "replay-data": replay_data,
    "trueshelf": trueshelf,
    "setup": setup,
    "lock": lock,
    "advisories": advisories,
}

WITHOUT_OPTIONS = {"test", "check", "schema", "demo-reset", "replay-data", "lock", "advisories"}
"""They have no options of their own, so that asking for help must not do what they do."""


def main() -> int:
    words = sys.argv[1:]
    if not words or words[0] not in VERBS:
        print("\n".join([f"{__doc__}\n", *(f"  {name:<12} {verb.__doc__}" for name, verb in VERBS.items())]))
        return 0 if words in ([], ["-h"], ["--help"], ["help"]) else 2
    if words[0] in WITHOUT_OPTIONS and {"-h", "--help"} & set(words[1:]):
        print(f"x.py {words[0]}: {VERBS[words[0]].__doc__}")
        return 0
    try:
        return VERBS[words[0]](words[1:])
    except StepFailed as failed:
        say(f"✗ {failed}")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
