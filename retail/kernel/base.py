"""The declarative base of every table, and the one way to make an id.

Every id is a UUIDv7 (RFC 9562), made in the process, so that a row can be named before it is
written and rows made together lie together in an index.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import uuid_utils
from sqlalchemy import DateTime, MetaData
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import UserDefinedType

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """A table of Trueshelf; Python types map to UUID and timestamptz columns."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map: ClassVar[Mapping[Any, Any]] = {
        UUID: postgresql.UUID(as_uuid=True),
        datetime: DateTime(timezone=True),
    }


class Xid8(UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction id."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Return the column type's name."""
        return "xid8"


def new_id() -> UUID:
    """Return a fresh UUIDv7 (RFC 9562)."""
    return UUID(bytes=uuid_utils.uuid7().bytes)
