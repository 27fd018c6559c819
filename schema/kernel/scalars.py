"""Custom scalars: money in fen, instants with a zone, and rows that PostgreSQL has written."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NewType

import orjson
import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

from retail.kernel.privacy.masking import mask

Fen = NewType("Fen", int)
MaskedText = NewType("MaskedText", str)
StockRows = NewType("StockRows", bytes)

FEN_LIMIT = 2**53
_TICK = timedelta(microseconds=1)
EARLIEST, LATEST = datetime.min.replace(tzinfo=UTC) + _TICK, datetime.max.replace(tzinfo=UTC) - _TICK


def _parse_fen(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= FEN_LIMIT:
        raise GraphQLError(f"Fen cannot represent {value!r}: give a whole number of fen.")
    return value


def _parse_datetime(value: Any) -> datetime:
    """Return an RFC 3339 instant in UTC; a time without a zone could be any of many, so it is refused.

    PostgreSQL's driver takes the first and the last instant of all for "ever", and gives that back without a zone: they
    become the ones beside them.
    """
    if not isinstance(value, str):
        raise GraphQLError(f"DateTime cannot represent {value!r}: give an RFC 3339 text.")
    try:
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is None:
            raise GraphQLError(f"DateTime cannot represent {value!r}: it names no zone (add Z or +08:00).")
        return min(max(instant.astimezone(UTC), EARLIEST), LATEST)
    except (ValueError, OverflowError):
        raise GraphQLError(f"DateTime cannot represent {value!r}: not an RFC 3339 instant.") from None


def _datetime_text(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


SCALARS: Mapping[object, ScalarDefinition] = {
    Fen: strawberry.scalar(
        name="Fen",
        description="Money: a whole number of fen (1 yuan = 100 fen), within 53 bits.",
        serialize=int,
        parse_value=_parse_fen,
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description=(
            "An instant as RFC 3339 text; given with any zone, answered in UTC. The first and the last that can be "
            "written (0001-01-01T00:00:00Z, 9999-12-31T23:59:59.999999Z) are kept as the microsecond beside them."
        ),
        specified_by_url="https://scalars.graphql.org/andimarek/date-time",
        serialize=_datetime_text,
        parse_value=_parse_datetime,
    ),
    MaskedText: strawberry.scalar(
        name="MaskedText",
        description="Personal data with its middle hidden, such as 138****5678; never the value in full.",
        # Whatever a resolver hands over is masked here once more: what is masked already stays as it is.
        serialize=lambda value: mask(str(value)),
        parse_value=lambda value: mask(str(value)),
    ),
    StockRows: strawberry.scalar(
        name="StockRows",
        description=(
            "JSON rows of integers: [storeIndex, skuIndex, onHand, reserved, incoming, safetyStock, "
            "soldUnits, version]; the indexes count from 0 into storeIds and skuIds."
        ),
        serialize=orjson.Fragment,
        parse_value=lambda value: value,
    ),
}
