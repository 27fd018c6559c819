"""Finding what was sold, so that it can come back: by receipt, by the sale's own id, by member, or by the thing itself.

A sale is found in any store of the chain, so this reads as the system; what is told of another store's is what a
return needs and no more. The ids of a sale and of its lines are UUIDv7 made one after another: the time inside a
sale's id says where in the index of movements its lines stand, so nothing more is written for this on the hot path.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from retail.access.work import Office
from retail.audit.log import append
from retail.inventory.sales import RECEIPT_AT_MOST
from retail.kernel.base import new_id
from retail.kernel.content import as_uuid
from retail.people.errors import TooManyReveals
from retail.people.models import AlarmKind, SecurityAlarm
from retail.returns.models import MemberLookup

FOUND_AT_MOST = 20
_LOOKED_THROUGH = 400
_BEFORE_MS, _AFTER_MS = 50, 2000
MEMBERS_AN_HOUR = 20
"""So many different members an hour are usual for one person at a counter; more raises an alarm."""
LOOKUPS_AN_HOUR = 60
HOUR = timedelta(hours=1)
_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True, slots=True)
class SoldLine:
    """What was sold of one SKU, in base units; `returned` counts every store. `paid_fen`: None if unknown."""

    line_id: UUID
    sku_id: UUID
    sold: int
    returned: int
    paid_fen: int | None

    @property
    def left(self) -> int:
        """Return how many can still come back."""
        return max(self.sold - self.returned, 0)


@dataclass(frozen=True, slots=True)
class FoundSale:
    """A sale as a return needs it."""

    document_id: UUID
    store_id: UUID
    sold_at: datetime
    lines: tuple[SoldLine, ...]


def is_reference(text: str) -> bool:
    """Say whether a text could stand on a receipt."""
    return 0 < len(text) <= RECEIPT_AT_MOST and text.isprintable()


async def find_by_reference(session: AsyncSession, reference: str) -> list[FoundSale]:
    """Return the sales that a receipt shows: its number, or the id of the sale or of the request that made it."""
    numbered = await _documents(session, _BY_RECEIPT, {"receipt": reference})
    if numbered or not _ID.fullmatch(reference):
        return await _of_documents(session, numbered)
    id = UUID(reference)
    documents = await _documents(session, _BY_REQUEST, {"id": id}) or [id]
    return await _of_documents(session, documents) or await _of_lines(session, [id])


async def find_by_member(session: AsyncSession, members: Sequence[str]) -> list[FoundSale]:
    """Return the latest sales of a member, given as hashed under each key of the ring."""
    return await _of_documents(session, await _documents(session, _BY_MEMBER, {"members": list(members)}))


async def find_by_sku(
    session: AsyncSession, *, store_id: UUID, sku_id: UUID, span: tuple[datetime, datetime]
) -> list[FoundSale]:
    """Return the latest sales of a thing in one store; of each, that line only."""
    bound = {"store": store_id, "sku": sku_id, "since": span[0], "until": span[1], "most": _LOOKED_THROUGH}
    lines: dict[UUID, UUID] = {}
    for line, document in await session.execute(_BY_SKU, bound):
        lines.setdefault(as_uuid(document), as_uuid(line))
    return await _of_lines(session, list(lines.values())[:FOUND_AT_MOST])


async def note_member_lookup(office: Office, actor_id: UUID, members: Sequence[str]) -> None:
    """Count a look-up by member; raise an alarm when it is unusually many, refuse what no counter needs."""
    async with office.work(None) as work:
        mine = (MemberLookup.actor_id == actor_id, MemberLookup.looked_at > work.now - HOUR)
        counted = func.count(), func.count(MemberLookup.member.distinct()), func.min(MemberLookup.looked_at)
        looked, before, first = (await work.session.execute(select(*counted).where(*mine))).one()
        if looked >= LOOKUPS_AN_HOUR:
            raise TooManyReveals(LOOKUPS_AN_HOUR, first + HOUR)
        work.session.add(MemberLookup(id=new_id(), actor_id=actor_id, member=members[0], looked_at=work.now))
        await work.session.flush()
        people = await work.session.scalar(select(func.count(MemberLookup.member.distinct())).where(*mine)) or 0
        if people > MEMBERS_AN_HOUR >= before:
            alarm = SecurityAlarm(
                id=new_id(),
                kind=AlarmKind.MANY_PEOPLE,
                about_id=actor_id,
                people=people,
                usual=MEMBERS_AN_HOUR,
                raised_at=work.now,
            )
            work.session.add(alarm)
            await work.session.flush()
            details = {"alarm": alarm.id, "kind": AlarmKind.MANY_PEOPLE, "about": actor_id}
            await append(work.session, act="security_alarm.raised", actor_id=None, details=details)


async def _documents(session: AsyncSession, question: Any, bound: dict[str, object]) -> list[UUID]:
    rows = await session.scalars(question, {**bound, "most": FOUND_AT_MOST})
    return [UUID(row) for row in rows]


async def _of_documents(session: AsyncSession, documents: Collection[UUID]) -> list[FoundSale]:
    if not documents:
        return []
    bound = {
        "documents": list(documents),
        "lows": [_at(each, -_BEFORE_MS) for each in documents],
        "highs": [_at(each, _AFTER_MS) for each in documents],
    }
    lines = [as_uuid(row) for row in await session.scalars(_FIRST_LINES, bound)]
    return await _of_lines(session, lines)


async def _of_lines(session: AsyncSession, lines: Collection[UUID]) -> list[FoundSale]:
    if not lines:
        return []
    rows = (await session.execute(_LINES, {"lines": list(lines)})).all()
    return sorted(_sales(rows), key=lambda sale: (sale.sold_at, sale.document_id), reverse=True)


def _sales(rows: Iterable[Any]) -> list[FoundSale]:
    by_sale: dict[tuple[UUID, UUID], list[Any]] = {}
    for row in rows:
        by_sale.setdefault((as_uuid(row.document_id), as_uuid(row.store_id)), []).append(row)
    return [
        FoundSale(
            document_id=document,
            store_id=store,
            sold_at=min(row.sold_at for row in of_sale),
            lines=tuple(
                SoldLine(as_uuid(row.line_id), as_uuid(row.sku_id), row.sold, row.returned, row.paid) for row in of_sale
            ),
        )
        for (document, store), of_sale in by_sale.items()
    ]


def _at(id: UUID, milliseconds: int) -> UUID:
    """Return the smallest id of a moment so long after the one that a UUIDv7 was made in."""
    moment = (id.int >> 80) + milliseconds
    return UUID(int=max(0, min(moment, 2**48 - 1)) << 80)


_BY_RECEIPT = text(
    """
    select answer ->> 'sale_id' from applied_request
    where operation = 'recordSale' and answer ->> 'receipt' is not null and answer ->> 'receipt' = :receipt
    order by recorded_at desc limit :most
    """
)
_BY_MEMBER = text(
    """
    select answer ->> 'sale_id' from applied_request
    where operation = 'recordSale' and answer ->> 'member' is not null
        and answer ->> 'member' = any (cast(:members as text[]))
    order by recorded_at desc limit :most
    """
)
_BY_REQUEST = text(
    """
    select answer ->> 'sale_id' from applied_request
    where request_id = :id and operation = 'recordSale' and answer is not null limit :most
    """
)
_BY_SKU = text(
    """
    select movement_id, document_id from movement
    where store_id = :store and sku_id = :sku and kind = 'sale' and occurred_at >= :since and occurred_at < :until
    order by version desc limit :most
    """
)
_FIRST_LINES = text(
    """
    select distinct on (m.document_id, m.store_id, m.sku_id) m.movement_id
    from unnest(cast(:documents as uuid[]), cast(:lows as uuid[]), cast(:highs as uuid[])) asked(document, low, high)
    cross join lateral (
        select * from movement
        where movement_id >= asked.low and movement_id < asked.high
            and document_id = asked.document and kind = 'sale' offset 0
    ) m
    order by m.document_id, m.store_id, m.sku_id, m.version
    """
)
_LINES = text(
    """
    select asked.line as line_id, l.store_id, l.sku_id, l.document_id, l.sold_at, l.sold, l.paid,
        l.undone + coalesce(t.units, 0) as returned
    from unnest(cast(:lines as uuid[])) asked(line)
    cross join lateral sale_line(asked.line) l
    left join sale_tally t
        on t.store_id = l.store_id and t.document_id = l.document_id and t.sku_id = l.sku_id
    where l.document_id is not null
    """
)
