"""Codes that the catalogue does not have: kept with where and when they were found, until somebody says what they are.

Nothing that was found is lost: a code keeps its quantity, and once it is known it can still be counted for the
moment at which it was found.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from retail.access.work import Work
from retail.shelves.models import UnknownCode

CODE_AT_MOST = 100


@dataclass(frozen=True, slots=True)
class FoundCode:
    """A code that was found: `id` is the stocktake line's own, `quantity` how many of what the code stands for."""

    id: UUID
    code: str
    quantity: int
    found_at: datetime
    shelf_id: UUID | None = None
    device: str | None = None
    photo_id: UUID | None = None


async def put_aside(
    work: Work, *, store_id: UUID, found: Sequence[FoundCode], stocktake_id: UUID | None = None
) -> None:
    """Keep codes that nobody knows, each once by its id; the caller has asked for the right to record."""
    if not found:
        return
    rows = [
        {
            "store_id": store_id,
            "id": each.id,
            "code": each.code,
            "quantity": each.quantity,
            "shelf_id": each.shelf_id,
            "stocktake_id": stocktake_id,
            "photo_id": each.photo_id,
            "device": each.device,
            "found_by": work.actor_id,
            "found_at": each.found_at,
            "recorded_at": work.now,
        }
        for each in found
    ]
    await work.session.execute(insert(UnknownCode).on_conflict_do_nothing(), rows)
