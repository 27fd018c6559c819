"""Witnesses: places outside the database that keep every seal, so that what was sealed cannot be taken back.

A record is one line of JSON: `seal` (the signed text), `signature` and `publicKey` in hexadecimal. A witness
that does not answer gets everything later, in order; nothing is skipped, a record may come twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from zlib import crc32

import orjson
from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from retail.audit.models import LogSeal, LogWitness
from retail.audit.seals import Seal

AT_ONCE = 100

_ALONE = text("select pg_try_advisory_xact_lock(7281966, :place)")


@dataclass(frozen=True, slots=True)
class Record:
    """A seal as a witness keeps it, with the key that it claims to be signed by."""

    seal: Seal
    public_key: bytes

    def line(self) -> bytes:
        """Return the record as a line of JSON."""
        return orjson.dumps(
            {
                "publicKey": self.public_key.hex(),
                "seal": self.seal.body,
                "signature": self.seal.signature.hex(),
            },
            option=orjson.OPT_APPEND_NEWLINE,
        )

    @classmethod
    def read(cls, line: bytes) -> "Record":
        """Return the record of a line; raises `ValueError` for a line that is none."""
        try:
            held = orjson.loads(line)
            return cls(Seal.read(held["seal"], bytes.fromhex(held["signature"])), bytes.fromhex(held["publicKey"]))
        except (KeyError, TypeError, AttributeError) as wrong:
            raise ValueError("not a record of a seal") from wrong


class WitnessIsAhead(Exception):
    """A witness has seals that the database does not: it is another chain's, or seals have been cut off."""


class Witness(Protocol):
    """A place that keeps records."""

    @property
    def place(self) -> str:
        """Return what tells this witness from others."""

    async def kept(self) -> int | None:
        """Return the number of the last seal that it has, or None if it cannot say."""

    async def keep(self, records: Sequence[Record]) -> None:
        """Keep records for ever, or raise: then it gets them again."""


async def deliver(sessions: async_sessionmaker[AsyncSession], witness: Witness, keys: Mapping[str, bytes]) -> int:
    """Give a witness what it does not have yet, and return how many seals it took; `keys` are the public ones.

    Raises `WitnessIsAhead` rather than wait in silence until the database has caught up.
    """
    delivered = 0
    while True:
        async with sessions.begin() as session:
            if not await session.scalar(_ALONE, {"place": crc32(witness.place.encode()) - 2**31}):
                return delivered
            last = await witness.kept()
            if last is not None and last > (newest := await session.scalar(select(func.max(LogSeal.number))) or 0):
                raise WitnessIsAhead(f"it has seals up to {last}, the database only up to {newest}")
            if last is None:
                last = await session.scalar(select(LogWitness.number).where(LogWitness.place == witness.place)) or 0
            rows = await session.scalars(
                select(LogSeal).where(LogSeal.number > last).order_by(LogSeal.number).limit(AT_ONCE)
            )
            seals = [Seal.read(row.body, row.signature) for row in rows]
            records = [Record(seal, keys.get(seal.key, b"")) for seal in seals]
            if not records:
                return delivered
            await witness.keep(records)
            statement = insert(LogWitness).values(place=witness.place, number=records[-1].seal.number)
            await session.execute(
                statement.on_conflict_do_update(
                    index_elements=[LogWitness.place], set_={"number": statement.excluded.number}
                )
            )
        delivered += len(records)
