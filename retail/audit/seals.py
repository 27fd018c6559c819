"""Seals: signed statements of where every chain stood, each bound to all seals before it.

A seal's text is canonical JSON: when (`at`), which number, how many chains stand where (`chains`,
`heads`: the Merkle root over all heads in the order of their stores), which of them have moved since
the last seal and to where (`changed`), the last seal's hash (`previous`), the root of the tree over all
earlier seals (`history`), and the name of the key. One process seals at a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import orjson
import rfc8785
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from retail.audit.chain import Head
from retail.audit.merkle import Frontier, leaf_hash, root_of
from retail.audit.models import LogHead, LogSeal, LogSealedHead
from retail.audit.signing import Signer
from retail.kernel.content import as_uuid

IDLE_AT_MOST = timedelta(hours=1)
"""Where nothing happens, a seal an hour says so."""

_ALONE = text("select pg_try_advisory_xact_lock(7281965)")


@dataclass(frozen=True, slots=True)
class Seal:
    """What a seal says; `body` is the very text that was signed."""

    number: int
    at: datetime
    body: str
    signature: bytes
    chains: int
    heads: str
    changed: Sequence[Head]
    history: str
    previous: str | None
    key: str

    @classmethod
    def read(cls, body: str, signature: bytes) -> "Seal":
        """Return a seal from its text; raises `ValueError` for a text that is none."""
        try:
            said = orjson.loads(body)
            return cls(
                number=int(said["number"]),
                at=datetime.fromisoformat(said["at"]),
                body=body,
                signature=signature,
                chains=int(said["chains"]),
                heads=str(said["heads"]),
                changed=[Head(UUID(store), int(seq), bytes.fromhex(hash)) for store, seq, hash in said["changed"]],
                history=str(said["history"]),
                previous=said["previous"],
                key=str(said["key"]),
            )
        except (KeyError, TypeError, AttributeError) as wrong:
            raise ValueError("not a seal") from wrong

    def hash(self) -> str:
        """Return what the next seal calls `previous`."""
        return sha256(self.body.encode()).hexdigest()

    def leaf(self) -> bytes:
        """Return the hash of this seal in the tree over all seals."""
        return leaf_hash(self.body.encode())


async def seal_log(session: AsyncSession, signer: Signer, now: datetime) -> Seal | None:
    """Seal what has happened since the last seal, in the session's own transaction.

    Returns None when nothing has (and the last seal is young), or another process is at it.
    """
    if not await session.scalar(_ALONE):
        return None
    last = await session.scalar(select(LogSeal).order_by(LogSeal.number.desc()).limit(1))
    heads = await _heads(session, LogHead)
    sealed = {head.store_id: head for head in await _heads(session, LogSealedHead)}
    changed = [head for head in heads if sealed.get(head.store_id) != head]
    if not changed and (last is None or now - last.sealed_at < IDLE_AT_MOST):
        return None

    number = 1 if last is None else last.number + 1
    grown = Frontier() if last is None else Frontier.unpack(last.number, last.frontier)
    body = rfc8785.dumps(
        {
            "at": now.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
            "chains": len(heads),
            "changed": [[str(head.store_id), head.seq, head.hash.hex()] for head in changed],
            "heads": root_of([leaf_hash(head.leaf()) for head in heads]).hex(),
            "history": grown.root().hex(),
            "key": next(iter(signer.public_keys)),
            "number": number,
            "previous": None if last is None else sha256(last.body.encode()).hexdigest(),
        }
    ).decode()
    seal = Seal.read(body, signer.sign(body.encode()))
    grown.add(seal.leaf())
    session.add(
        LogSeal(
            number=number, sealed_at=now, body=body, signature=seal.signature, leaf=seal.leaf(), frontier=grown.pack()
        )
    )
    await _remember(session, changed)
    return seal


async def _heads(session: AsyncSession, table: type[LogHead] | type[LogSealedHead]) -> list[Head]:
    rows = await session.execute(
        select(table.store_id, table.seq, table.hash).where(table.seq > 0).order_by(table.store_id)
    )
    return [Head(as_uuid(store), seq, hash) for store, seq, hash in rows]


async def _remember(session: AsyncSession, changed: Sequence[Head]) -> None:
    if changed:
        statement = insert(LogSealedHead)
        await session.execute(
            statement.on_conflict_do_update(
                index_elements=[LogSealedHead.store_id],
                set_={"seq": statement.excluded.seq, "hash": statement.excluded.hash},
            ),
            [{"store_id": head.store_id, "seq": head.seq, "hash": head.hash} for head in changed],
        )
