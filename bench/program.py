"""Programs of ours that measure in a process of their own: one JSON order a line in, one JSON answer a line out."""

import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Self

import orjson
import uvloop

ROOT = Path(__file__).resolve().parent.parent

Order = dict[str, Any]
Answer = dict[str, Any]


class Program:
    """A running program."""

    def __init__(self, module: str) -> None:
        self._command = [sys.executable, "-m", module]

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(self._command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return self

    def __exit__(self, *_failure: object) -> None:
        self._process.kill()
        self._process.wait()

    def send(self, order: Order) -> None:
        """Give an order without waiting."""
        assert self._process.stdin is not None
        self._process.stdin.write(orjson.dumps(order) + b"\n")
        self._process.stdin.flush()

    def receive(self) -> Answer:
        """Wait for the answer of the oldest order; stops when the program could not do what it was told."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, f"{self._command[-1]} has ended"
        answer: Answer = orjson.loads(line)
        assert "failed" not in answer, f"{self._command[-1]}: {answer['failed']}"
        return answer

    def ask(self, order: Order) -> Answer:
        """Give an order and wait for its answer."""
        self.send(order)
        return self.receive()


def obey(carry_out: Callable[[Order], AsyncIterator[Answer]]) -> None:
    """Carry out the orders of standard input, one after another, until it ends; each may have several answers."""
    for line in sys.stdin.buffer:
        uvloop.run(_told(carry_out, orjson.loads(line)))


async def _told(carry_out: Callable[[Order], AsyncIterator[Answer]], order: Order) -> None:
    try:
        async for answer in carry_out(order):
            _tell(answer)
    except Exception as failed:  # noqa: BLE001 -- told to whoever gave the order, who stops
        _tell({"failed": repr(failed)})


def _tell(answer: Answer) -> None:
    sys.stdout.buffer.write(orjson.dumps(answer) + b"\n")
    sys.stdout.buffer.flush()
