"""The content of a request as a hash: the same words give the same hash in every process."""

from hashlib import blake2b
from typing import Any
from uuid import UUID

import orjson


def content_hash(content: Any) -> bytes:
    """Return 16 bytes of BLAKE2b over the JSON of a dataclass (keys sorted, UTC times)."""
    return blake2b(as_json(content), digest_size=16).digest()


def as_json(content: Any) -> bytes:
    """Return a dataclass as JSON (keys sorted, UTC times); a driver's UUID is a UUID too."""
    return orjson.dumps(content, default=_plain, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)


def _plain(value: Any) -> str:
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(type(value))


def as_uuid(value: Any) -> UUID:
    """Return a database driver's UUID, which may be a subclass, as a plain one."""
    return UUID(int=value.int)
