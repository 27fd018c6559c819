"""Where seals are kept outside the database: a folder of files that only grow, or somebody else's server."""

import asyncio
import os
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import httpx

from retail.audit.witness import Record

PATIENCE_SECONDS = 10.0
_BLOCK = 1 << 20


class FolderWitness:
    """One file of JSON lines a day; a record counts as kept once the disk has it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.place = f"{socket.gethostname()}:{folder}"[-400:]

    async def kept(self) -> int | None:
        """Return the number of the last whole record; 0 where there is none."""
        return await asyncio.to_thread(self._last)

    async def keep(self, records: Sequence[Record]) -> None:
        """Append records to the files of the days on which they were sealed."""
        await asyncio.to_thread(self._append, records)

    def _last(self) -> int:
        for file in reversed(files_of(self._folder)):
            for line in _from_the_end(file):
                try:
                    return Record.read(line).seal.number
                except ValueError:  # torn by a crash; it was not counted as kept
                    continue
        return 0

    def _append(self, records: Sequence[Record]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        lines: dict[Path, bytes] = {}
        for record in records:
            file = self._folder / f"{record.seal.at:%Y-%m-%d}.jsonl"
            lines[file] = lines.get(file, b"") + record.line()
        for file, text in lines.items():
            _append(file, text)


def _append(file: Path, text: bytes) -> None:
    """Put text at the end of a file and wait for the disk; a line that a crash has torn is ended first."""
    descriptor = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        size = os.fstat(descriptor).st_size
        torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        os.write(descriptor, b"\n" + text if torn else text)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def files_of(folder: Path) -> list[Path]:
    """Return the files of a witness's folder, oldest day first."""
    return sorted(folder.glob("????-??-??.jsonl"))


def _from_the_end(file: Path) -> Iterator[bytes]:
    """Yield the lines of a file, the last first: it is asked for at every beat, and a day's file is long."""
    with file.open("rb") as opened:
        end, rest = opened.seek(0, os.SEEK_END), b""
        while end:
            start = max(0, end - _BLOCK)
            opened.seek(start)
            rest, *lines = (opened.read(end - start) + rest).split(b"\n")
            yield from reversed(lines)
            end = start
        yield rest


class UrlWitness:
    """A server that takes JSON lines by POST and keeps them; any answer of 2xx means that it has them."""

    def __init__(self, url: str, token: str | None = None) -> None:
        parts = urlsplit(url)
        self._url = url
        self._headers = {"content-type": "application/x-ndjson"}
        if token:
            self._headers["authorization"] = f"Bearer {token}"
        self.place = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))[:400]

    async def kept(self) -> int | None:
        """Return None: the database remembers what was taken."""
        return None

    async def keep(self, records: Sequence[Record]) -> None:
        """Send records; raises unless the server says that it has them."""
        async with httpx.AsyncClient(timeout=PATIENCE_SECONDS) as http:
            answer = await http.post(
                self._url, content=b"".join(record.line() for record in records), headers=self._headers
            )
        answer.raise_for_status()  # also for a redirect: none is followed
