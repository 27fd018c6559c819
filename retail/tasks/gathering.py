"""Compliant acts that other areas have recorded: days opened on time, and counts that nobody had to repeat.

Those areas lie below and know nothing of rewards, so a job reads their books; what has been counted before counts no
second time. A process reads the last days once, and from then on what was closed since it read, and the openings that
have not counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import and_, exists, func, select
from sqlalchemy.dialects.postgresql import insert

from retail.access.models import Person
from retail.access.work import Office, Work
from retail.kernel.content import as_uuid
from retail.stocktakes.models import CountState, Stocktake, StocktakeItem, StocktakeLine, StocktakeStatus
from retail.stores.directory import Directory, StoreEntry
from retail.stores.models import BusinessDay
from retail.tasks.acts import ComplianceAct
from retail.tasks.models import ComplianceEntry
from retail.tasks.rules import opening

LOOK_BACK = timedelta(days=8)
COMMITTED_WITHIN = timedelta(hours=1)
"""Who confirms a stocktake says when before it is committed: so much is read again."""
_ROWS_AT_ONCE = 1000


@dataclass(slots=True)
class Gathering:
    """How far one process has read the stocktakes; None at its beginning."""

    office: Office
    directory: Directory
    _read: datetime | None = None

    async def gather(self) -> int:
        """Count what is compliant in what is new; return how many acts are."""
        stores = await self.directory.stores()
        async with self.office.work(None) as work:
            since = None if self._read is None else self._read - COMMITTED_WITHIN
            counted = await gather_acts(work, stores, closed_since=since)
        self._read = work.now
        return counted


async def gather_acts(work: Work, stores: Mapping[UUID, StoreEntry], *, closed_since: datetime | None = None) -> int:
    """Count what is compliant in the last days' openings and stocktakes; return how many acts are new."""
    since = work.now - LOOK_BACK if closed_since is None else max(closed_since, work.now - LOOK_BACK)
    rows = await _openings(work, stores) + await _counts(work, stores, since)
    people = {row["person_id"] for row in rows}
    known = set(await work.session.scalars(select(Person.id).where(Person.id.in_(people)))) if people else set()
    mine = [row for row in rows if row["person_id"] in known]
    counted = 0
    for start in range(0, len(mine), _ROWS_AT_ONCE):
        statement = insert(ComplianceEntry).values(mine[start : start + _ROWS_AT_ONCE]).on_conflict_do_nothing()
        counted += len((await work.session.execute(statement.returning(ComplianceEntry.subject_id))).all())
    return counted


async def _openings(work: Work, stores: Mapping[UUID, StoreEntry]) -> list[dict[str, Any]]:
    since = (work.now - LOOK_BACK).date()
    counted = exists().where(
        ComplianceEntry.store_id == BusinessDay.store_id,
        ComplianceEntry.day == BusinessDay.day,
        ComplianceEntry.act == ComplianceAct.DAY_OPENED_ON_TIME,
    )
    opened = await work.session.scalars(select(BusinessDay).where(BusinessDay.day >= since, ~counted))
    found = []
    for row in opened:
        store = stores.get(as_uuid(row.store_id))
        if store is not None and row.opened_at <= opening(store, row.day):
            found.append(
                {
                    "store_id": store.id,
                    "act": ComplianceAct.DAY_OPENED_ON_TIME,
                    "subject_id": uuid5(store.id, f"opened {row.day}"),
                    "person_id": as_uuid(row.opened_by),
                    "day": row.day,
                    "occurred_at": row.opened_at,
                    "recorded_at": work.now,
                }
            )
    return found


async def _counts(work: Work, stores: Mapping[UUID, StoreEntry], since: datetime) -> list[dict[str, Any]]:
    """Return whoever counted in a confirmed stocktake, if nothing that they counted had to be counted again."""
    item = and_(
        StocktakeItem.store_id == StocktakeLine.store_id,
        StocktakeItem.stocktake_id == StocktakeLine.stocktake_id,
        StocktakeItem.sku_id == StocktakeLine.sku_id,
    )
    counted = await work.session.execute(
        select(Stocktake.store_id, Stocktake.id, StocktakeLine.person_id, func.max(StocktakeLine.counted_at))
        .join(StocktakeLine, StocktakeLine.stocktake_id == Stocktake.id)
        .join(StocktakeItem, item)
        .where(
            Stocktake.status == StocktakeStatus.CONFIRMED,
            Stocktake.closed_at >= since,
            StocktakeItem.state == CountState.POSTED,
            StocktakeLine.person_id.is_not(None),
        )
        .group_by(Stocktake.store_id, Stocktake.id, StocktakeLine.person_id)
        .having(func.max(StocktakeItem.round) == 0)
    )
    return [
        {
            "store_id": store.id,
            "act": ComplianceAct.COUNTED_WITHOUT_RECOUNT,
            "subject_id": uuid5(as_uuid(stocktake_id), str(person_id)),
            "person_id": as_uuid(person_id),
            "day": store.day_at(at),
            "occurred_at": at,
            "recorded_at": work.now,
        }
        for store_id, stocktake_id, person_id, at in counted
        if (store := stores.get(as_uuid(store_id))) is not None
    ]
