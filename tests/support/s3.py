"""A real server that speaks S3 (moto), on a free port of this machine, in memory only."""

import subprocess
import sys
import time
from typing import Self

import httpx

from tests.support.environment import clean_environment
from tests.support.ports import free_port

PATIENCE = 30.0
KEYS = {"TRUESHELF_PHOTOS_KEY_ID": "shelf", "TRUESHELF_PHOTOS_SECRET": "not a secret"}


class TestingS3:
    """May be killed and started again on the same port, to tell stories of a storage that is away."""

    __test__ = False

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_failure: object) -> None:
        self.kill()

    def start(self) -> None:
        words = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        quiet = subprocess.DEVNULL
        self._server = subprocess.Popen(words, env=clean_environment(), stdin=quiet, stdout=quiet, stderr=quiet)
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            assert self._server.poll() is None, "the S3 server has ended"
            assert time.monotonic() < deadline, f"no S3 server in {PATIENCE} s"
            time.sleep(0.05)

    def kill(self) -> None:
        if self._server is not None:
            self._server.kill()
            self._server.wait()
            self._server = None

    def bucket(self, name: str) -> dict[str, str]:
        """Make a bucket; returns the settings of a program that keeps its pictures there."""
        assert httpx.put(f"{self.url}/{name}").status_code == 200
        return {"TRUESHELF_PHOTOS": f"s3://{name}/shop", "TRUESHELF_PHOTOS_ENDPOINT": self.url, **KEYS}

    def names(self, bucket: str) -> list[str]:
        """What lies in a bucket, as its own listing tells."""
        listing = httpx.get(f"{self.url}/{bucket}", params={"list-type": "2"}).text
        return [part.partition("</Key>")[0] for part in listing.split("<Key>")[1:]]

    def _answers(self) -> bool:
        try:
            return httpx.get(self.url, timeout=2).status_code == 200
        except httpx.TransportError:
            return False
