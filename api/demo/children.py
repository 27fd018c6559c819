"""The demo's other programs: started with the server, and over with it however it ends."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

_GRACE_SECONDS = 5
_LOOK_EVERY_SECONDS = 0.5


@contextmanager
def child(
    module: str, *words: str, env: Mapping[str, str] | None = None, keep: Sequence[int] = ()
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a module of ours in a process of its own; `keep` are open files that it inherits."""
    program = subprocess.Popen(  # noqa: S603 -- our own module
        [sys.executable, "-m", module, *words, "--parent", str(os.getpid())],
        stdin=subprocess.DEVNULL,
        env={**os.environ, **(env or {})},
        pass_fds=keep,
    )
    try:
        yield program
    finally:
        program.terminate()
        try:
            program.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            program.kill()
            program.wait()


async def orphaned(parent: int) -> None:
    """Return when the program that started us has ended, also when it was killed before we could look."""
    while os.getppid() == parent:  # noqa: ASYNC110 -- nobody tells a child of its parent's end
        await asyncio.sleep(_LOOK_EVERY_SECONDS)
