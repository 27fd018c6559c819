"""Counts that the book keeps to, whatever arrives late.

A posted count is an anchor: the movements with `occurred_at` until its instant must add up to what was counted (or
lie as near as goods that moved meanwhile allow). A sale or receipt that happened before the count and arrives after
it was in the count already, so its units are posted back, with the count's own document and reason. What is posted
is always what is missing at that moment, found and written while the store's books are held: asked twice, or by two
processes at once, the second finds nothing to do. Later counts are settled after earlier ones, so one pass is enough.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text, update

from retail.access.work import Work
from retail.inventory import ledger
from retail.inventory.intake import Origin, entry
from retail.inventory.models import Account, AdjustmentReason, MovementKind, Source
from retail.kernel.content import as_uuid
from retail.stocktakes.book import Book, Moved, books
from retail.stocktakes.models import CountAnchor
from retail.stocktakes.verdict import difference


@dataclass(frozen=True, slots=True)
class Anchor:
    """A count of one SKU in base units, made between two instants; it speaks of the later one."""

    sku_id: UUID
    document_id: UUID
    first: datetime
    last: datetime
    counted: int
    reason: AdjustmentReason


@dataclass(frozen=True, slots=True)
class Correction:
    """What has to be posted at an anchor's instant, in signed base units."""

    anchor: Anchor
    units: int


def corrections(anchors: Sequence[Anchor], book: Book) -> list[Correction]:
    """Return what is missing for one SKU's book to keep to its counts. Pure."""
    found = []
    for anchor in sorted(anchors, key=lambda each: each.last):
        units = difference(anchor.counted, anchor.first, anchor.last, book).certain
        if units:
            found.append(Correction(anchor, units))
            book = Book(book.on_hand + units, [*book.moved, Moved(units, anchor.last, goods=False)])
    return found


async def drop_anchors(work: Work, store_id: UUID, anchors: Sequence[Anchor], *, replaced: Sequence[UUID] = ()) -> None:
    """Let the book keep to counts from now on; older ones of the same instant, or of `replaced`, hold no more."""
    if not anchors:
        return
    await work.session.execute(
        _REPLACED,
        {
            "store": store_id,
            "skus": [anchor.sku_id for anchor in anchors],
            "instants": [anchor.last for anchor in anchors],
            "documents": list(replaced),
        },
    )
    await work.session.execute(
        _DROP,
        {
            "store": store_id,
            "skus": [anchor.sku_id for anchor in anchors],
            "documents": [anchor.document_id for anchor in anchors],
            "firsts": [anchor.first for anchor in anchors],
            "lasts": [anchor.last for anchor in anchors],
            "units": [anchor.counted for anchor in anchors],
            "reasons": [anchor.reason.value for anchor in anchors],
        },
    )


async def counted_again(work: Work, store_id: UUID, anchors: Sequence[Anchor]) -> dict[UUID, datetime]:
    """Return the SKUs for which another count speaks of a later instant, with the instant of these."""
    rows = await work.session.execute(
        _LATER,
        {
            "store": store_id,
            "skus": [anchor.sku_id for anchor in anchors],
            "lasts": [anchor.last for anchor in anchors],
        },
    )
    return {as_uuid(row.sku_id): row.instant for row in rows}


async def settle(work: Work, store_id: UUID, since: Mapping[UUID, datetime]) -> int:
    """Post what keeps a store's book to its counts after an instant for each SKU; return how many corrections.

    Takes the store's books and holds them until the commit.
    """
    if not since:
        return 0
    await lock_book(work, store_id, since)
    anchors = await _anchors(work, store_id, since)
    if not anchors:
        return 0
    known = await books(
        work.session, store_id, {sku_id: min(each.first for each in some) for sku_id, some in anchors.items()}
    )
    found = [each for sku_id, some in sorted(anchors.items()) for each in corrections(some, known[sku_id])]
    await post(work, store_id, found)
    for each in found:
        await work.session.execute(
            update(CountAnchor)
            .where(
                CountAnchor.store_id == store_id,
                CountAnchor.sku_id == each.anchor.sku_id,
                CountAnchor.document_id == each.anchor.document_id,
            )
            .values(settled=CountAnchor.settled + each.units, settled_at=work.now)
        )
    return len(found)


async def lock_book(work: Work, store_id: UUID, sku_ids: Iterable[UUID]) -> None:
    """Hold a store's books until the commit; they are one lock, whichever SKU is asked for."""
    for sku_id in sorted(sku_ids)[:1]:
        await ledger.lock_levels(work, [(store_id, sku_id)])


async def post(work: Work, store_id: UUID, found: Sequence[Correction]) -> None:
    """Write corrections into the ledger, each at its count's instant: differences, never figures."""
    if not found:
        return
    await ledger.post(
        work,
        [
            entry(
                Origin(each.anchor.last, None, None, None, Source.OTHER),
                work.now,
                store_id=store_id,
                sku_id=each.anchor.sku_id,
                kind=MovementKind.ADJUSTMENT,
                quantity=each.units,
                counter=Account.FOUND if each.units > 0 else Account.SHRINKAGE,
                document_id=each.anchor.document_id,
                actor_id=work.actor_id,
                reason=each.anchor.reason,
            )
            for each in found
        ],
    )


async def _anchors(work: Work, store_id: UUID, since: Mapping[UUID, datetime]) -> dict[UUID, list[Anchor]]:
    rows = await work.session.execute(
        select(
            CountAnchor.sku_id,
            CountAnchor.document_id,
            CountAnchor.counted_from,
            CountAnchor.counted_to,
            CountAnchor.counted,
            CountAnchor.reason,
        ).where(CountAnchor.store_id == store_id, CountAnchor.sku_id.in_(list(since)), CountAnchor.void.is_(False))
    )
    found: dict[UUID, list[Anchor]] = {}
    for sku, document, first, last, counted, reason in rows:
        sku_id = as_uuid(sku)
        if last >= since[sku_id]:
            anchor = Anchor(sku_id, as_uuid(document), first, last, counted, AdjustmentReason(reason))
            found.setdefault(sku_id, []).append(anchor)
    return found


_REPLACED = text(
    """
    update count_anchor a set void = true
    from unnest(cast(:skus as uuid[]), cast(:instants as timestamptz[])) n(sku_id, instant)
    where a.store_id = :store and a.sku_id = n.sku_id and not a.void
        and (a.counted_to = n.instant or a.document_id = any(cast(:documents as uuid[])))
    """
)
_DROP = text(
    """
    insert into count_anchor (store_id, sku_id, document_id, counted_from, counted_to, counted, reason)
    select :store, * from unnest(cast(:skus as uuid[]), cast(:documents as uuid[]), cast(:firsts as timestamptz[]),
        cast(:lasts as timestamptz[]), cast(:units as int[]), cast(:reasons as text[]))
    """
)
_LATER = text(
    """
    select n.sku_id, n.instant from unnest(cast(:skus as uuid[]), cast(:lasts as timestamptz[])) n(sku_id, instant)
    where exists (
        select from count_anchor a
        where a.store_id = :store and a.sku_id = n.sku_id and a.counted_to > n.instant and not a.void)
    """
)
