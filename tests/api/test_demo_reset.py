"""Forgetting the demo: the next one begins with a witness that has seen nothing."""

import subprocess
import sys
from pathlib import Path

from tests.support.environment import clean_environment
from tests.support.postgres import ROOT


def demo_reset(home: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "api", "demo-reset"]
    env = clean_environment(TRUESHELF_HOME=str(home))
    return subprocess.run(command, cwd=ROOT, env=env, check=False, capture_output=True, text=True)


def test_the_seals_of_what_is_forgotten_are_set_aside(tmp_path: Path) -> None:
    (tmp_path / "witness").mkdir()
    (tmp_path / "witness" / "2026-11-22.jsonl").write_text("{}\n")

    first, second = demo_reset(tmp_path), demo_reset(tmp_path)

    assert (first.returncode, second.returncode, second.stdout) == (0, 0, "")
    assert not (tmp_path / "witness").exists()
    (aside,) = tmp_path.glob("witness-until-*/2026-11-22.jsonl")
    assert str(aside.parent) in first.stdout
