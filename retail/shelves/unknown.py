"""Codes that the catalogue does not have: kept with where and when they were found, until somebody says what they are.

Nothing that was found is lost: a code keeps its quantity, and once it is known it can still be counted for the
moment at which it was found.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from retail.access.actor import Actor
from retail.access.permissions import ROLE_TABLE, Permission
from retail.access.work import Work
from retail.catalogue.codes import is_gtin, plain_gtin
from retail.catalogue.commands import PACK_UNITS_AT_MOST, add_code
from retail.catalogue.in_store import Measure, Pattern, read, units_of
from retail.catalogue.models import Sku
from retail.catalogue.patterns import in_store_patterns
from retail.catalogue.prices import price_at
from retail.inventory.intake import QUANTITY_AT_MOST
from retail.kernel.content import as_uuid
from retail.kernel.refusal import InvalidInput, NotFound, NotPermitted, Problem
from retail.shelves.models import UnknownCode, Verdict

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


@dataclass(frozen=True, slots=True)
class Named:
    """A find that is known now: how many base units of which SKU its line in a stocktake means."""

    store_id: UUID
    stocktake_id: UUID
    line_id: UUID
    sku_id: UUID
    units: int


async def put_aside(
    work: Work, *, store_id: UUID, found: Sequence[FoundCode], stocktake_id: UUID | None = None
) -> None:
    """Keep codes that nobody knows, each once by its id; the caller has asked for the right to record."""
    if not found:
        return
    patterns = await in_store_patterns(work.session)
    rows = [
        {
            "store_id": store_id,
            "id": each.id,
            "code": each.code,
            "key": key_of(each.code, patterns),
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


def key_of(code: str, patterns: Sequence[Pattern]) -> str:
    """Return what all codes of one item have in common."""
    weighed = read(code, patterns)
    if weighed is not None:
        return weighed.base
    return plain_gtin(code) if is_gtin(code) else code


def resolves_for_chain(actor: Actor) -> bool:
    """Say whether an actor may say what codes mean: the catalogue is the whole chain's, so by a chain-wide role."""
    where = actor.stores(Permission.CODE_RESOLVE)
    return any(
        held.chain_wide and Permission.CODE_RESOLVE in ROLE_TABLE[held.role] and held.store_ids <= where and where
        for held in actor.held
    )


def require_resolving(actor: Actor) -> None:
    """Refuse whoever may not say what codes mean."""
    if not resolves_for_chain(actor):
        raise NotPermitted(Permission.CODE_RESOLVE)


async def name_code(work: Work, *, key: str, sku_id: UUID, pack_units: int) -> tuple[int, list[Named]]:
    """Say which SKU a code is; return how many finds are settled, and those that a stocktake has to count.

    A GTIN goes into the catalogue. Any other text was a misreading: its finds are counted, and it is not learnt.
    Works in the system's session, for every store.
    """
    waiting = await _waiting(work, key)
    if await work.session.get(Sku, sku_id) is None:
        raise NotFound("skuId", "SKU", "商品")
    if not 1 <= pack_units <= PACK_UNITS_AT_MOST:
        raise _wrong_pack(PACK_UNITS_AT_MOST)
    learnt = is_gtin(key) and await add_code(work, gtin=key, sku_id=sku_id, pack_units=pack_units)
    await _settle(work, waiting, Verdict.ITEM, sku_id, learnt=learnt)
    patterns = await in_store_patterns(work.session)
    named = []
    for row in waiting:
        units = await _units(work, row, patterns, sku_id, pack_units)
        if units is not None and units * row.quantity > QUANTITY_AT_MOST:
            # As for a line whose code is known when it comes; more than the books can hold would stop the count.
            raise _wrong_pack(max(1, QUANTITY_AT_MOST // row.quantity))
        if row.stocktake_id is not None and units is not None:
            named.append(
                Named(as_uuid(row.store_id), as_uuid(row.stocktake_id), as_uuid(row.id), sku_id, units * row.quantity)
            )
    return len(waiting), named


def _wrong_pack(most: int) -> InvalidInput:
    return InvalidInput([Problem("packUnits", "OUT_OF_RANGE", f"1 to {most:,}.", f"须在 1 到 {most:,} 之间。")])


async def disown_code(work: Work, *, key: str) -> int:
    """Say that a code is none of the chain's goods; return how many finds are settled by that."""
    waiting = await _waiting(work, key)
    await _settle(work, waiting, Verdict.NOT_OURS, None)
    return len(waiting)


async def _waiting(work: Work, key: str) -> list[UnknownCode]:
    rows = await work.session.scalars(
        select(UnknownCode)
        .where(UnknownCode.key == key, UnknownCode.resolved_at.is_(None))
        .order_by(UnknownCode.store_id, UnknownCode.id)
        .with_for_update()
    )
    waiting = list(rows)
    if not waiting:
        raise NotFound("code", "code that waits", "待确认条码")
    return waiting


async def _settle(
    work: Work, waiting: Sequence[UnknownCode], verdict: Verdict, sku_id: UUID | None, *, learnt: bool = False
) -> None:
    for row in waiting:
        row.resolved_at, row.resolved_by = work.now, work.actor_id
        row.verdict, row.sku_id, row.learnt = verdict, sku_id, learnt
    await work.session.flush()


async def _units(
    work: Work, row: UnknownCode, patterns: Sequence[Pattern], sku_id: UUID, pack_units: int
) -> int | None:
    """Return the base units of one of what was found; None for a price on it while the SKU has none."""
    weighed = read(row.code, patterns)
    if weighed is None:
        return pack_units
    unit_fen = None
    if weighed.measure is Measure.FEN:
        unit_fen = await price_at(work.session, sku_id, as_uuid(row.store_id), row.found_at)
    return units_of(weighed, pack_units=pack_units, unit_fen=unit_fen)
