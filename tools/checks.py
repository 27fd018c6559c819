"""Everything that can be said about the code without running its stories, in the order of STYLE's check."""

import time
from collections.abc import Sequence
from pathlib import Path

from tools import web
from tools.environment import PYTHON, ROOT, VENV, environ
from tools.steps import run_for_code, say

BIN = VENV / "bin"


def check_all() -> int:
    """Run every check, also after one has failed; name the failed ones at the end."""
    failed = [title for title, command, folder in _checks() if not _passes(title, command, folder)]
    say(f"✗ Not in order: {'; '.join(failed)}" if failed else "✓ Everything is in order")
    return 1 if failed else 0


def _checks() -> list[tuple[str, Sequence[str | Path], Path]]:
    return [
        ("Formatting of Python", [BIN / "ruff", "format", "--check", "."], ROOT),
        ("Lint of Python", [BIN / "ruff", "check", "."], ROOT),
        ("Types of Python", [BIN / "mypy"], ROOT),
        ("Layers and areas", [BIN / "lint-imports", "--no-cache"], ROOT),
        ("The schema file says what the code says", [PYTHON, "-m", "api", "export-schema", "--check"], ROOT),
        ("The migrations make what the models say", [PYTHON, "-m", "tests.support.drift"], ROOT),
        ("Types of the web app", [web.NPM, "run", "typecheck"], web.PWA),
    ]


def _passes(title: str, command: Sequence[str | Path], folder: Path) -> bool:
    say(f"→ {title} ...")
    began = time.monotonic()
    passed = run_for_code(command, cwd=folder, env=environ()) == 0
    say(f"{'✓' if passed else '✗'} {title} ({time.monotonic() - began:.1f} s)")
    return passed
