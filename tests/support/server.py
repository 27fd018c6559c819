"""Trueshelf as its users meet it: the real program in a process of its own, on a port of its own."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

import psutil

from api.database import as_login
from tests.support.environment import MASTER_KEYS, clean_environment
from tests.support.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_START = 30.0
PATIENCE_STOP = 15.0
LAST_WORDS = 20_000
"""Characters of its log that a failed test shows."""


class ServerProcess:
    """`trueshelf serve` with these settings; `restart` keeps port, database and state.

    Settings are named as in the environment: `ServerProcess(url, TRUESHELF_BUS_URL=redis.url)`.
    """

    command: Sequence[str] = ("-m", "api", "serve")
    """What Python is to run."""

    def __init__(self, database_url: str, **settings: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder = Path(tempfile.mkdtemp(prefix="trueshelf-server-"))
        self._settings = {
            "TRUESHELF_DATABASE_URL": as_login(database_url),
            "TRUESHELF_OWNER_DATABASE_URL": database_url,
            "TRUESHELF_MASTER_KEYS": MASTER_KEYS,
            "TRUESHELF_HOST": "127.0.0.1",
            # Stories say what there is to do; whoever tells of the daily count asks for it.
            "TRUESHELF_COUNT_TASKS": "0",
            "TRUESHELF_PORT": str(self.port),
            "TRUESHELF_HOME": str(self._folder),
            **settings,
        }
        self._program: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, _kind: object, failure: BaseException | None, _trace: object) -> None:
        if failure is not None:
            failure.add_note(f"The server's last words:\n{self.log[-LAST_WORDS:]}")
        self.close()

    @property
    def pid(self) -> int:
        assert self._program is not None, "the server is not running"
        return self._program.pid

    @property
    def log(self) -> str:
        """Everything that the program has printed so far."""
        return (self._folder / "log").read_text(errors="replace")

    def start(self) -> None:
        """Start the program and wait until it says that it is ready."""
        command = [sys.executable, *self.command]
        with (self._folder / "log").open("ab") as log:
            env = clean_environment(**self._settings)
            # A group of its own: kill9 takes the workers with it, and our Ctrl-C does not reach them.
            self._program = subprocess.Popen(
                command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + PATIENCE_START
        while not self.is_ready():
            assert self._program.poll() is None, f"the server ended with {self._program.returncode}:\n{self.log}"
            assert time.monotonic() < deadline, f"the server was not ready in {PATIENCE_START} s:\n{self.log}"
            time.sleep(0.05)

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as answer:  # noqa: S310 - our own http address
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False

    def stop(self) -> int:
        """Ask it to end, as Ctrl-C or a service manager would, and return its exit code."""
        assert self._program is not None, "the server is not running"
        self._program.send_signal(signal.SIGTERM)
        try:
            code = self._program.wait(PATIENCE_STOP)
        except subprocess.TimeoutExpired:
            self.kill9()
            raise AssertionError(f"the server did not stop in {PATIENCE_STOP} s:\n{self.log}") from None
        self._program = None
        return code

    def kill9(self) -> None:
        """The plug is pulled: no goodbye, no clean-up."""
        if self._program is not None:
            family = _family_of(self._program.pid)
            with suppress(ProcessLookupError):
                os.killpg(self._program.pid, signal.SIGKILL)
            self._program.wait()
            self._program = None
            while any(map(_is_alive, family)):
                time.sleep(0.01)

    def restart(self) -> None:
        self.stop()
        self.start()

    def close(self) -> None:
        try:
            if self._program is not None:
                self.stop()
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)


def _family_of(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _is_alive(process: psutil.Process) -> bool:
    """Whether it still runs; where nobody collects orphans, the dead stay as zombies."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
