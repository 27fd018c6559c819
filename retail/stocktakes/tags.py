"""Counting by tags: what an RFID reader has read, each tagged piece once.

A tag is known by its 96 bits. In one session it counts once, however often it is read and in however many requests,
so a reader may send all that it hears. What counts becomes lines of the stocktake, one an item, at the time of its
last read; a GTIN that nobody knows waits to be named like any other code. Without a stocktake only the reads are kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from retail.access.permissions import Permission
from retail.access.work import Work
from retail.catalogue.lookup import Item, Name
from retail.inventory.intake import LINES_AT_MOST, TEXT_AT_MOST, text_problems
from retail.kernel.base import new_id
from retail.kernel.clock import seen_by
from retail.kernel.content import as_uuid
from retail.kernel.refusal import InvalidInput, NotFound, Problem
from retail.shelves.epc import MalformedEpc, Tag, read_sgtin
from retail.shelves.models import Shelf
from retail.shelves.unknown import FoundCode, put_aside
from retail.stocktakes.recording import NewCount, record_counts
from retail.stocktakes.starting import lock_stocktake

READS_AT_MOST = 20_000
NO_SESSION = UUID(int=0)
EPC_SHOWN = 64
MALFORMED_NAMED = 20
"""So many are named, so that the answer of a reader that hears only rubbish stays small; all are counted."""


@dataclass(frozen=True, slots=True)
class TagRead:
    """A tag as a reader heard it: its EPC in hexadecimal, and when."""

    epc: str
    read_at: datetime


@dataclass(frozen=True, slots=True)
class Malformed:
    """A read that is no tag of goods: its place in the request, the beginning of its text, and why."""

    index: int
    epc: str
    code: str


@dataclass(frozen=True, slots=True)
class Reads:
    """What a request holds: for each tag when it was read last, and what is none: how many, and the first of them."""

    tags: Mapping[bytes, tuple[Tag, datetime]]
    repeated: int
    malformed: int
    named: list[Malformed]

    @property
    def gtins(self) -> set[str]:
        """Return what the tags are of, as GTIN-14."""
        return {tag.gtin for tag, _ in self.tags.values()}


@dataclass(frozen=True, slots=True)
class TagsOfItem:
    """How many tagged pieces of one item were new; `sku_id` is None where nobody knows the GTIN."""

    gtin: str
    sku_id: UUID | None
    tags: int
    units: int | None
    last_read_at: datetime


@dataclass(frozen=True, slots=True)
class TagsRecorded:
    """The answer of `record_tag_reads`; the counts are of tags, and `items` of those that were new.

    `malformed` names the first reads that are no tags; answers that were kept before name all, and have no number.
    """

    stocktake_id: UUID | None
    counted: int
    repeated: int
    unknown: int
    malformed: list[Malformed]
    items: list[TagsOfItem]
    malformed_in_all: int | None = None


def understand(reads: Sequence[TagRead]) -> Reads:
    """Return the tags of a request, each once with its last read."""
    tags: dict[bytes, tuple[Tag, datetime]] = {}
    malformed, named = 0, []
    for n, read in enumerate(reads):
        try:
            tag = read_sgtin(read.epc)
        except MalformedEpc as wrong:
            malformed += 1
            if malformed <= MALFORMED_NAMED:
                named.append(Malformed(n, _shown(read.epc), wrong.code))
            continue
        known = tags.get(tag.epc)
        if known is None or known[1] < read.read_at:
            tags[tag.epc] = (tag, read.read_at)
    return Reads(tags, len(reads) - malformed - len(tags), malformed, named)


def _shown(epc: str) -> str:
    """Return the beginning of what is no EPC, as an answer can be kept: PostgreSQL keeps no null byte."""
    return epc[:EPC_SHOWN].replace("\0", "\N{REPLACEMENT CHARACTER}")


async def record_tag_reads(
    work: Work,
    *,
    store_id: UUID,
    stocktake_id: UUID | None,
    shelf_id: UUID | None,
    reader_id: str,
    reads: Reads,
    items: Mapping[Name, Item],
) -> TagsRecorded:
    """Take reads in; `items` is what the catalogue says of their GTINs."""
    work.require(Permission.TAG_RECORD, store_id)
    _refuse_wrong(reads, reader_id)
    if stocktake_id is not None:
        stocktake = await lock_stocktake(work, stocktake_id, Permission.TAG_RECORD)
        if as_uuid(stocktake.store_id) != store_id:
            raise NotFound("stocktakeId", "stocktake", "盘点")
    if shelf_id is not None and await work.session.get(Shelf, (store_id, shelf_id)) is None:
        raise NotFound("shelfId", "shelf in this store", "货架")
    new = await _remember(work, store_id, stocktake_id or NO_SESSION, reader_id, reads, items)
    found = _by_item(new, items)
    if stocktake_id is not None:
        await _count(work, stocktake_id, shelf_id, reader_id, _said(new, reads), found, items)
    else:
        unknown = [
            FoundCode(new_id(), each.gtin, each.tags, each.last_read_at, shelf_id, reader_id)
            for each in found
            if each.sku_id is None
        ]
        await put_aside(work, store_id=store_id, found=unknown)
    return TagsRecorded(
        stocktake_id=stocktake_id,
        counted=sum(each.tags for each in found if each.sku_id is not None),
        repeated=reads.repeated + len(reads.tags) - len(new),
        unknown=sum(each.tags for each in found if each.sku_id is None),
        malformed=reads.named,
        items=found,
        malformed_in_all=reads.malformed,
    )


def _refuse_wrong(reads: Reads, reader_id: str) -> None:
    problems = text_problems("readerId", reader_id, TEXT_AT_MOST)
    if not reader_id.strip():
        problems.append(Problem("readerId", "TEXT", "Name the reader.", "请填写读写器编号。"))
    many = len(reads.tags) + reads.repeated + reads.malformed
    if not 1 <= many <= READS_AT_MOST:
        words = (f"1 to {READS_AT_MOST:,} reads.", f"须为 1 到 {READS_AT_MOST:,} 条。")
        problems.append(Problem("reads", "READS", *words))
    if problems:
        raise InvalidInput(problems)


async def _remember(
    work: Work, store_id: UUID, session_id: UUID, reader_id: str, reads: Reads, items: Mapping[Name, Item]
) -> list[tuple[Tag, datetime]]:
    """Keep the reads of a session; return the tags that are new in it, with the time that is believed."""
    if not reads.tags:
        return []
    # In one order, so that two readers of one session cannot wait for each other.
    kept = {epc: (tag, seen_by(at, work.now)[0]) for epc, (tag, at) in sorted(reads.tags.items())}
    known = [items.get(tag.gtin) for tag, _ in kept.values()]
    rows = await work.session.execute(
        _REMEMBER,
        {
            "store": store_id,
            "session": session_id,
            "reader": reader_id,
            "epcs": list(kept),
            "skus": [None if item is None else item.sku_id for item in known],
            "times": [at for _, at in kept.values()],
        },
    )
    return [kept[bytes(row.epc)] for row in rows if row.is_new]


def _by_item(new: Sequence[tuple[Tag, datetime]], items: Mapping[Name, Item]) -> list[TagsOfItem]:
    found: dict[str, tuple[int, datetime]] = {}
    for tag, at in new:
        many, last = found.get(tag.gtin, (0, at))
        found[tag.gtin] = (many + 1, max(last, at))
    return [
        TagsOfItem(
            gtin,
            None if gtin not in items else items[gtin].sku_id,
            many,
            None if gtin not in items else many * items[gtin].pack_units,
            last,
        )
        for gtin, (many, last) in sorted(found.items())
    ]


def _said(new: Sequence[tuple[Tag, datetime]], reads: Reads) -> dict[str, datetime]:
    """Return when the last new tag of each item was read by the reader's own clock, so that its error is kept."""
    found: dict[str, datetime] = {}
    for tag, _ in new:
        said = reads.tags[tag.epc][1]
        found[tag.gtin] = max(found.get(tag.gtin, said), said)
    return found


async def _count(  # noqa: PLR0917 -- one place asks for it
    work: Work,
    stocktake_id: UUID,
    shelf_id: UUID | None,
    reader_id: str,
    said: Mapping[str, datetime],
    found: Sequence[TagsOfItem],
    items: Mapping[Name, Item],
) -> None:
    lines = [
        NewCount(new_id(), None, each.gtin, each.tags, said[each.gtin], shelf_id=shelf_id, device=reader_id)
        for each in found
    ]
    for start in range(0, len(lines), LINES_AT_MOST):
        done = await record_counts(
            work,
            stocktake_id=stocktake_id,
            lines=lines[start : start + LINES_AT_MOST],
            items=items,
            permission=Permission.TAG_RECORD,
        )
        # A tag that was remembered must have counted: what cannot be taken rolls all of it back.
        problems = [wrong for outcome in done.outcomes for wrong in outcome.problems]
        if problems:
            raise InvalidInput(problems)


_REMEMBER = text(
    """
    insert into tag_read (store_id, session_id, epc, sku_id, reader_id, first_read_at, last_read_at)
    select :store, :session, epc, sku_id, :reader, read_at, read_at
    from unnest(cast(:epcs as bytea[]), cast(:skus as uuid[]), cast(:times as timestamptz[])) r(epc, sku_id, read_at)
    on conflict (store_id, session_id, epc)
        do update set last_read_at = greatest(tag_read.last_read_at, excluded.last_read_at)
    returning epc, xmax = 0 as is_new
    """
)
