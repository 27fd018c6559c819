"""The content of a request as a hash: the same words give the same hash in every process."""

from hashlib import blake2b
from typing import Any
from uuid import UUID

import orjson


def content_hash(content: Any) -> bytes:
    """Return 16 bytes of BLAKE2b over the JSON of a dataclass (keys sorted, UTC times)."""
    text = orjson.dumps(content, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)
    return blake2b(text, digest_size=16).digest()


def as_uuid(value: Any) -> UUID:
    """Return a database driver's UUID, which may be a subclass, as a plain one."""
    return UUID(int=value.int)
