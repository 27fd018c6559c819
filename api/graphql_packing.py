"""Answers made small for the way: gzip, for whoever takes it and where it saves a packet.

A catalogue of a shop shrinks to a sixth, which a phone in a cellar notices. Sizes tell a listener nothing of use:
a page of another site cannot ask in somebody's name (it cannot send our header), so it cannot mix its guesses with
her answers.
"""

import asyncio
import zlib
from functools import lru_cache

from starlette.types import Scope

PACKET = 1_200
"""Bytes that travel at once anyway."""
LONG = 128 * 1024
"""Packing takes longer than a millisecond: not in the thread that everybody waits for."""
LEVEL = 3
"""Where more work stops to pay: a sixth of the size in 5 ns a byte."""
_GZIP = 16 + zlib.MAX_WBITS
PACKED = ((b"content-encoding", b"gzip"),)


async def packed(scope: Scope, body: bytes) -> tuple[bytes, tuple[tuple[bytes, bytes], ...]]:
    """Return what to send of an answer, and the headers that say how to read it."""
    if len(body) <= PACKET or not any(name == b"accept-encoding" and _takes(value) for name, value in scope["headers"]):
        return body, ()
    return await asyncio.to_thread(_gzip, body) if len(body) > LONG else _gzip(body), PACKED


def _gzip(body: bytes) -> bytes:
    packer = zlib.compressobj(LEVEL, wbits=_GZIP)
    return packer.compress(body) + packer.flush()


@lru_cache(maxsize=64)
def _takes(accepted: bytes) -> bool:
    for offer in accepted.lower().replace(b" ", b"").split(b","):
        name, _, weight = offer.partition(b";q=")
        if name in {b"gzip", b"*"}:
            return weight.strip(b"0.") != b"" if weight else True
    return False
