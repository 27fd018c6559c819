"""Paging: connections of 1 to 100 rows, with opaque cursors that stay right while rows come and go."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
import strawberry

from retail.kernel.refusal import InvalidInput, Problem

PAGE_AT_MOST = 100
LARGEST = 2**31


@strawberry.type(description="Where a page ends.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether more rows follow.")
    end_cursor: str | None = strawberry.field(description="Give it as `after` for the next page.")


def page_size(first: int) -> int:
    """Return a page's size, or refuse one that is not 1 to 100."""
    if 1 <= first <= PAGE_AT_MOST:
        return first
    words = (f"1 to {PAGE_AT_MOST}.", f"须在 1 到 {PAGE_AT_MOST} 之间。")
    raise InvalidInput([Problem("first", "OUT_OF_RANGE", *words)])


def cursor_of(key: tuple[Any, ...]) -> str:
    """Return a row's place as an opaque text."""
    return urlsafe_b64encode(orjson.dumps(key)).decode().rstrip("=")


def key_of(cursor: str | None, *kinds: type) -> list[Any] | None:
    """Return the place that a cursor stands for, of values of these kinds; any other text is refused."""
    if cursor is None:
        return None
    try:
        key = orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if isinstance(key, list) and len(key) == len(kinds):
            return [_value(value, kind) for value, kind in zip(key, kinds, strict=True)]
    except (ValueError, OverflowError):
        pass
    raise InvalidInput([Problem("after", "NOT_A_CURSOR", "Not a cursor of this list.", "不是这个列表的游标。")])


def _value(value: object, kind: type) -> object:
    if kind is UUID and isinstance(value, str):
        return UUID(value)
    if kind is datetime and isinstance(value, str) and (instant := datetime.fromisoformat(value)).tzinfo is not None:
        return instant.astimezone(UTC)
    if kind is int and isinstance(value, int) and abs(value) < LARGEST:
        return value
    if kind is str and isinstance(value, str) and "\0" not in value:
        return value
    raise ValueError(value)
