"""Follows the ledger and settles counts for which facts came late.

A movement concerns a count if it says that it happened before it and is not the count's own. The cursor is a
transaction id, as in `retail.insights.projection`: only what is below the oldest transaction still running is read.
It moves after what was found has been settled, each store in a transaction of its own: a kill in between, or another
process that found the same, settles again, and settling what is settled posts nothing. So no sale waits for more than
one store's settling, and nothing is lost or done twice.

A store that cannot be settled holds up no other: where it fell behind is kept under a name of its own, the cursor moves
on without it, and it is tried again, less and less often, from there up to the cursor, until it has caught up.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import text

from retail.access.work import Office, Work
from retail.kernel.content import as_uuid
from retail.stocktakes.anchors import settle

log = structlog.get_logger(__name__)

STEP = 20_000
"""About how many movements are looked at in one step."""
_NAME = "counts"
_MARK = 7_106_215_330
"""Held while the cursor moves or a store catches up with it, so that neither looks past the other."""
PATIENCE = timedelta(seconds=2)
LONGEST_PATIENCE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class _Step:
    """What to settle; `cursor` is what it stood at, `start` where the movements were read from."""

    cursor: int
    start: int
    until: int
    since: dict[UUID, dict[UUID, datetime]]


@dataclass(slots=True)
class CountFollower:
    """What one process remembers between steps: how often a store that fell behind was tried, and when it is again."""

    office: Office
    step: int = STEP
    tries: dict[UUID, tuple[int, datetime]] = field(default_factory=dict)

    async def follow(self) -> int:
        """Settle what the next movements came too late for; return how many corrections were posted."""
        settled = 0
        async with self.office.work(None) as work:
            behind = await stores_behind(work)
            found = await _next_step(work, self.step)
        if found is not None:
            fell: set[UUID] = set()
            for store_id, since in sorted(found.since.items()):
                if store_id in behind:
                    fell.add(store_id)
                    continue
                try:
                    settled += await self._settle(store_id, since)
                except Exception as failed:  # noqa: BLE001 -- the other stores are not held up by one
                    self._failed(store_id, failed)
                    fell.add(store_id)
            async with self.office.work(None) as work:
                await _move(work, found, fell)
        for store_id, start in sorted(behind.items()):
            settled += await self._catch_up(store_id, start)
        return settled

    async def _catch_up(self, store_id: UUID, start: int) -> int:
        """Try a store again that fell behind, if its time has come."""
        _, not_before = self.tries.get(store_id, (0, None))
        if not_before is not None and self.office.clock() < not_before:
            return 0
        try:
            async with self.office.work(None) as work:
                until = await _cursor(work)
                since = await _concerned(work, start, until, store_id)
            settled = await self._settle(store_id, since.get(store_id, {}))
            async with self.office.work(None) as work:
                await _caught_up(work, store_id, start, until)
        except Exception as failed:  # noqa: BLE001 -- same
            self._failed(store_id, failed)
            return 0
        self.tries.pop(store_id, None)
        log.info("counts of a store have caught up", store=str(store_id), corrections=settled)
        return settled

    async def _settle(self, store_id: UUID, since: dict[UUID, datetime]) -> int:
        async with self.office.work(None) as work:
            return await settle(work, store_id, since)

    def _failed(self, store_id: UUID, failed: Exception) -> None:
        tries = self.tries.get(store_id, (0, None))[0] + 1
        wait = min(PATIENCE * 2 ** min(tries - 1, 20), LONGEST_PATIENCE)
        self.tries[store_id] = (tries, self.office.clock() + wait)
        log.error(
            "counts of a store could not be settled",
            store=str(store_id),
            tries=tries,
            again_in_seconds=round(wait.total_seconds()),
            reason=repr(failed),
        )


async def follow_counts(office: Office, *, step: int = STEP) -> int:
    """Settle what the next movements came too late for, once; return how many corrections were posted."""
    return await CountFollower(office, step).follow()


async def stores_behind(work: Work) -> dict[UUID, int]:
    """Return the stores whose counts could not be settled, with the transaction id up to which they are."""
    rows = await work.session.execute(_BEHIND, {"like": f"{_NAME} %"})
    return {UUID(row.name.removeprefix(f"{_NAME} ")): int(row.xid) for row in rows}


async def _move(work: Work, found: _Step, fell: set[UUID]) -> None:
    """Move the cursor past a step, and keep where the stores stand that are left behind."""
    await work.session.execute(_ONE_AT_A_TIME, {"key": _MARK})
    for store_id in sorted(fell):
        await work.session.execute(_FALL_BEHIND, {"name": _name_of(store_id), "start": str(found.start)})
    await work.session.execute(_MOVE, {"name": _NAME, "start": str(found.cursor), "until": str(found.until)})


async def _caught_up(work: Work, store_id: UUID, start: int, until: int) -> None:
    """Forget that a store was behind if the cursor is still where it was met; else let it go on from there."""
    await work.session.execute(_ONE_AT_A_TIME, {"key": _MARK})
    at = {"name": _name_of(store_id), "start": str(start)}
    if await _cursor(work) == until:
        await work.session.execute(_FORGET, at)
    else:
        await work.session.execute(_MOVE, {**at, "until": str(until)})


def _name_of(store_id: UUID) -> str:
    return f"{_NAME} {store_id.hex}"


async def _cursor(work: Work) -> int:
    return int((await work.session.execute(_CURSOR, {"name": _NAME})).one().xid or 0)


async def _next_step(work: Work, step: int) -> _Step | None:
    """Return what the next movements concern; None if there are none."""
    row = (await work.session.execute(_CURSOR, {"name": _NAME})).one()
    # A restored database may count its transactions from the beginning again; then everything is looked at anew.
    start = int(row.xid or 0) if int(row.xid or 0) <= int(row.ahead) else 0
    span = {"start": str(start), "until": row.horizon, "enough": step + 1}
    ahead = (await work.session.execute(_AHEAD, span)).one()
    if ahead.movements == 0:
        return None
    until = int(row.horizon)
    if ahead.movements > step:
        until = int(ahead.last) if ahead.last > ahead.first else int(ahead.last) + 1
    return _Step(int(row.xid or 0), start, until, await _concerned(work, start, until))


async def _concerned(
    work: Work, start: int, until: int, store_id: UUID | None = None
) -> dict[UUID, dict[UUID, datetime]]:
    """Return the SKUs by store of which something between two transactions says that it is older than a count."""
    since: dict[UUID, dict[UUID, datetime]] = {}
    span = {"start": str(start), "until": str(until), "store": store_id}
    for store, sku, at in await work.session.execute(_CONCERNED, span):
        since.setdefault(as_uuid(store), {})[as_uuid(sku)] = at
    return since


_CURSOR = text(
    """
    select (select xid::text from projection where name = :name) as xid,
        pg_snapshot_xmin(pg_current_snapshot())::text as horizon, pg_snapshot_xmax(pg_current_snapshot())::text as ahead
    """
)
_AHEAD = text(
    """
    select count(*) as movements, min(xid::text::bigint) as first, max(xid::text::bigint) as last
    from (
        select xid from movement
        where xid >= cast(cast(:start as text) as xid8) and xid < cast(cast(:until as text) as xid8)
        order by xid limit :enough
    ) projection_step
    """
)
_CONCERNED = text(
    """
    select m.store_id, m.sku_id, min(m.occurred_at)
    from movement m
    where m.xid >= cast(cast(:start as text) as xid8) and m.xid < cast(cast(:until as text) as xid8)
        and m.quantity <> 0 and (cast(:store as uuid) is null or m.store_id = :store)
        and exists (
            select from count_anchor a
            where a.store_id = m.store_id and a.sku_id = m.sku_id and a.counted_to >= m.occurred_at and not a.void
                and a.document_id <> m.document_id)
    group by 1, 2
    """
)
_MOVE = text(
    "insert into projection (name, xid) values (:name, cast(cast(:until as text) as xid8))"
    " on conflict (name) do update set xid = excluded.xid"
    " where projection.xid = cast(cast(:start as text) as xid8)"
)
_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(:key)")
_BEHIND = text("select name, xid::text as xid from projection where name like :like")
_FALL_BEHIND = text(
    "insert into projection (name, xid) values (:name, cast(cast(:start as text) as xid8))"
    " on conflict (name) do update set xid = least(projection.xid, excluded.xid)"
)
_FORGET = text("delete from projection where name = :name and xid = cast(cast(:start as text) as xid8)")
