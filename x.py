#!/usr/bin/env python3
"""Trueshelf's commands. On a bare machine with Python 3.11+, pip and git: `python3 x.py run`."""

import argparse
import sys
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - what an older Python meets first
    sys.exit(f"Trueshelf needs Python 3.11 or newer; this is {sys.version.split()[0]}. Try: python3.11 x.py run")

sys.path.insert(0, str(Path(__file__).resolve().parent))

from tools import environment
from tools.steps import StepFailed


def setup(arguments: list[str]) -> int:
    """Set up .venv from the lock files (--dev: with what the tests need; --replay: with sample data)."""
    parser = argparse.ArgumentParser(prog="x.py setup", description=setup.__doc__)
    parser.add_argument("--dev", action="store_true")
    parser.add_argument("--replay", action="store_true")
    asked = parser.parse_args(arguments)
    environment.prepare(dev=asked.dev, replay=asked.replay)
    return 0


def lock(_arguments: list[str]) -> int:
    """Resolve pyproject.toml again and rewrite the lock files."""
    environment.lock()
    return 0


VERBS = {"setup": setup, "lock": lock}


def main() -> int:
    words = sys.argv[1:]
    if not words or words[0] not in VERBS:
        print("\n".join([f"{__doc__}\n", *(f"  {name:<12} {verb.__doc__}" for name, verb in VERBS.items())]))
        return 0 if words in ([], ["-h"], ["--help"], ["help"]) else 2
    try:
        return VERBS[words[0]](words[1:])
    except StepFailed as failed:
        print(f"✗ {failed}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
