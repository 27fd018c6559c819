"""How x.py speaks: one line when a step begins, one when it ends, with how long it took."""

import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path


class StepFailed(Exception):
    """A step could not be done; the message is for the person at the keyboard."""


@contextmanager
def step(title: str) -> Iterator[None]:
    began = time.monotonic()
    say(f"→ {title} ...")
    yield
    say(f"✓ {title} ({time.monotonic() - began:.1f} s)")


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def run(command: Sequence[str | Path], *, cwd: Path, env: Mapping[str, str] | None = None, why: str) -> None:
    """Run a program with its output on the screen; `why` names the step in the error when it fails."""
    code = run_for_code(command, cwd=cwd, env=env)
    if code:
        line = shlex.join(str(word) for word in command)
        raise StepFailed(f"{why}: this command ended with code {code}:\n  {line}")


def run_for_code(command: Sequence[str | Path], *, cwd: Path, env: Mapping[str, str] | None = None) -> int:
    """Run a program in our terminal and wait for it, also through Ctrl-C, which it receives as well."""
    words = [str(word) for word in command]
    with subprocess.Popen(words, cwd=cwd, env=None if env is None else dict(env)) as program:
        while True:
            try:
                return program.wait()
            except KeyboardInterrupt:
                say("… stopping")
