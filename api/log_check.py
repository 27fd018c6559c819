"""Verifying the operation log: every chain, every seal, the witness and the movements, from one snapshot.

Nothing that the database says of itself is believed: hashes are made again here, and what was sealed is
known by signatures whose key the database does not have, and by a witness that it cannot reach. What is
not sealed yet (a minute at most) somebody with all rights over the database can still change unseen.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
from rich.progress import Progress

from api.database import connect
from api.mendable import Mendable
from api.witness import files_of
from retail.audit.chain import Head
from retail.audit.chain_check import ChainCheck
from retail.audit.findings import Findings
from retail.audit.seal_check import SealCheck, Testimony
from retail.audit.signing import KEY_BYTES, key_name
from retail.audit.witness import Record
from retail.inventory.vouching import MOVEMENTS, MovementCheck
from retail.kernel.content import as_uuid

CHUNK = 5000

Tell = Callable[[int, int], None]
"""Told how many entries and movements are done, and about how many there are."""

_SEALS = "select number, body, signature from log_seal order by number"
_HEADS = "select store_id, seq, hash from log_head"
_STORES = """
select store_id from log_head union select distinct store_id from operation_log
union select distinct store_id from movement order by 1
"""
_ENTRIES = "select seq, body, hash from operation_log where store_id = $1 order by seq"
_ABOUT = """
select (select coalesce(sum(seq), 0) from log_head)::bigint
    + (select greatest(reltuples, 0) from pg_class where oid = 'movement'::regclass)::bigint
"""


@dataclass(slots=True)
class LogVerified:
    """What was read and what was found."""

    findings: Findings = field(default_factory=Findings)
    chains: int = 0
    entries: int = 0
    movements: int = 0
    seals: int = 0
    witnessed: int | None = None
    sealed_at: datetime | None = None
    unsealed: int = 0

    @property
    def is_clean(self) -> bool:
        """Say whether nothing is wrong."""
        return self.findings.count == 0

    def lines(self) -> list[str]:
        """Return the result in words, one line each."""
        if self.witnessed is None:
            witness = "no witness was read: what was sealed is known by signatures alone"
        else:
            witness = f"{self.witnessed:,} records of the witness"
        sealed = (
            "nothing is sealed yet" if self.sealed_at is None else f"last sealed at {self.sealed_at:%Y-%m-%d %H:%M:%SZ}"
        )
        found = [
            f"{self.entries:,} entries of {self.chains:,} chains, {self.movements:,} movements, {self.seals:,} seals",
            witness,
            f"{sealed}; {self.unsealed:,} newer entries are not sealed yet",
            f"{'✓' if self.is_clean else '✗'} operation log: {self.findings.count:,} findings",
        ]
        found += [f"    {finding.line()}" for finding in self.findings.shown]
        if self.findings.count > len(self.findings.shown):
            found.append(f"    and {self.findings.count - len(self.findings.shown):,} more")
        return found


def read_witness(folder: Path, keys: Mapping[str, bytes], findings: Findings) -> Testimony:
    """Read a witness's folder."""
    testimony = Testimony(keys, findings)
    for file in files_of(folder):
        with file.open("rb") as lines:
            for line in lines:
                if not line.strip():
                    continue
                try:
                    testimony.take(Record.read(line))
                except ValueError:  # a crash has torn it, and it came again; if it did not, its number is missed
                    continue
    return testimony


async def verify_log(
    database_url: str,
    keys: Mapping[str, bytes],
    witness: Path | None,
    progress: Tell = lambda _done, _total: None,
) -> LogVerified:
    """Verify the log of a database (postgresql://...) with the public keys of its seals; changes nothing."""
    verified = LogVerified()
    testimony = None
    # The witness first: whatever it has, the database had before.
    if witness is not None:
        testimony = await asyncio.to_thread(read_witness, witness, keys, verified.findings)
        verified.witnessed = testimony.records
    connection = await connect(database_url)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            await _Verification(connection, verified, progress).run(SealCheck(keys, testimony, verified.findings))
    finally:
        await connection.close()
    return verified


class _Verification:
    """One snapshot's verification."""

    def __init__(self, connection: asyncpg.Connection, verified: LogVerified, progress: Tell) -> None:
        self._connection = connection
        self._verified = verified
        self._progress = progress
        self._about = 0

    async def run(self, seals: SealCheck) -> None:
        verified = self._verified
        self._about = await self._connection.fetchval(_ABOUT)
        async for rows in self._chunks(_SEALS):
            for number, body, signature in rows:
                seals.take(number, body, signature)
        seals.finish()
        verified.seals = seals.count
        verified.sealed_at = seals.run.last.at if seals.run.last else None
        heads = {as_uuid(row[0]): Head(as_uuid(row[0]), row[1], row[2]) for row in await self._connection.fetch(_HEADS)}
        stores = {as_uuid(row[0]) for row in await self._connection.fetch(_STORES)} | seals.sealed.keys()
        for store_id in sorted(stores):
            await self._verify_store(store_id, heads.get(store_id), seals)
        verified.chains = len(stores)
        self._progress(self._about, self._about)

    async def _verify_store(self, store_id: UUID, head: Head | None, seals: SealCheck) -> None:
        verified = self._verified
        chain = ChainCheck(store_id, seals.sealed.get(store_id, {}), verified.findings)
        async for rows in self._chunks(_ENTRIES, store_id):
            for seq, body, hashed in rows:
                chain.take(seq, body, hashed)
            verified.entries += len(rows)
            self._tell()
        chain.finish(head)
        verified.unsealed += chain.unsealed
        movements = MovementCheck(store_id, chain.vouched, chain.adopted, verified.findings)
        async for rows in self._chunks(MOVEMENTS, store_id):
            for row in rows:
                movements.take(row)
            verified.movements += len(rows)
            self._tell()
        movements.finish()

    def _tell(self) -> None:
        done = self._verified.entries + self._verified.movements
        self._progress(done, max(done, self._about))

    async def _chunks(self, query: str, *values: object) -> AsyncIterator[list[Any]]:
        """Read a query's rows in pieces; PostgreSQL prepares the next while one is looked at."""
        cursor = await self._connection.cursor(query, *values)
        coming = asyncio.ensure_future(cursor.fetch(CHUNK))
        while rows := await coming:
            coming = asyncio.ensure_future(cursor.fetch(CHUNK))
            await asyncio.sleep(0)  # let it be asked
            yield rows


def verify(database_url: str, keys: Mapping[str, bytes], witness: Path, *, must_exist: bool) -> LogVerified:
    """Verify with a progress bar; a folder that is not there is no witness, or an error if somebody named it."""
    if must_exist and not witness.is_dir():
        raise Mendable(f"--witness {witness}: there is no such folder")
    with Progress(transient=True) as bar:
        task = bar.add_task("操作日志 · operation log", total=None)
        return asyncio.run(
            verify_log(
                database_url,
                keys,
                witness if witness.is_dir() else None,
                lambda done, about: bar.update(task, completed=done, total=about),
            )
        )


def told_keys(texts: Iterable[str]) -> dict[str, bytes]:
    """Return public keys by name; raise `Mendable` for a text that is not 64 hexadecimal digits."""
    keys: dict[str, bytes] = {}
    for given in texts:
        try:
            key = bytes.fromhex(given)
        except ValueError:
            key = b""
        if len(key) != KEY_BYTES:
            raise Mendable(f"--public-key {given!r}: a public key has 64 hexadecimal digits")
        keys[key_name(key)] = key
    return keys
