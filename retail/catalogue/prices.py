"""Setting prices: the only place that writes one after the goods were imported.

A price is put beside those that were: the latest to begin counts, a store's own before the chain's.
So history stays as it was, and a price for later begins by itself. Only one that has not begun yet
can still be replaced.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from retail.access.actor import Actor
from retail.access.permissions import ROLE_TABLE, Permission
from retail.access.work import Reading, Work
from retail.audit import log
from retail.catalogue.models import Price, Sku
from retail.kernel.base import new_id
from retail.kernel.clock import LATEST_AHEAD
from retail.kernel.content import as_uuid
from retail.kernel.events import CatalogueChanged
from retail.kernel.refusal import InvalidInput, NotFound, NotPermitted, Problem, Refusal

FEN_AT_MOST = 10**11
AHEAD_AT_MOST = timedelta(days=366)


class PriceMoved(Refusal):
    """The price is not what the screen showed when another was chosen."""

    code = "PRICE_MOVED"

    def __init__(self, expected: int, actual: int | None) -> None:
        told, told_zh = (f"{actual} fen", f"{actual} 分") if actual is not None else ("not set", "未定")
        super().__init__(
            f"The price is {told} there, not {expected} fen: look again.",
            f"价格现在是{told_zh}，不是 {expected} 分，请再看一眼。",
        )
        self.expected = expected
        self.actual = actual


@dataclass(frozen=True, slots=True)
class NewPrice:
    """What one base unit shall cost, in fen, in a store or (None) the chain, from when (None: now).

    `expected_fen` is the price that is in force there at that time, if the asker has looked.
    """

    sku_id: UUID
    store_id: UUID | None
    fen: int
    valid_from: datetime | None
    expected_fen: int | None


@dataclass(frozen=True, slots=True)
class PriceRow:
    """A price as it stands in the list."""

    price_id: UUID
    sku_id: UUID
    store_id: UUID | None
    fen: int
    valid_from: datetime
    valid_until: datetime | None


async def set_price(work: Work, new: NewPrice) -> PriceRow:
    """Set a price in a store, or the chain's, from now or later."""
    _require_setting(work, new.store_id)
    began = monotonic()
    if problems := _problems(new, work.now):
        raise InvalidInput(problems)
    if await work.session.get(Sku, new.sku_id) is None:
        raise NotFound("skuId", "SKU", "商品")
    # Two who set the price of one SKU come one after the other, and the later one begins later.
    await work.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(new.sku_id), 0))))
    now = work.now + timedelta(seconds=monotonic() - began)
    starts = max(new.valid_from or now, now)

    before = await price_at(work.session, new.sku_id, new.store_id, starts)
    if new.expected_fen is not None and new.expected_fen != before:
        raise PriceMoved(new.expected_fen, before)
    row = await work.session.scalar(select(Price).where(_listed(new.sku_id, new.store_id), Price.valid_from == starts))
    if row is None:
        row = Price(id=new_id(), sku_id=new.sku_id, store_id=new.store_id, fen=new.fen, valid_from=starts)
        work.session.add(row)
    row.fen = new.fen
    await work.session.flush()
    work.announce(CatalogueChanged())
    details = {"sku": new.sku_id, "fen": new.fen, "before": before, "from": starts.isoformat()}
    await log.append(work.session, act="price.set", actor_id=work.actor_id, store_id=new.store_id, details=details)
    return _row(row)


async def price_at(session: AsyncSession, sku_id: UUID, store_id: UUID | None, at: datetime) -> int | None:
    """Return the price in force at an instant in fen: the store's own before the chain's; None if there is none."""
    return await session.scalar(
        select(Price.fen)
        .where(
            or_(_listed(sku_id, store_id), _listed(sku_id, None)),
            Price.valid_from <= at,
            or_(Price.valid_until.is_(None), Price.valid_until > at),
        )
        .order_by(Price.store_id.is_(None), Price.valid_from.desc(), Price.id.desc())
        .limit(1)
    )


async def price_history(
    reading: Reading, *, sku_id: UUID, store_id: UUID | None, first: int, after: tuple[datetime, UUID] | None
) -> list[PriceRow]:
    """Return one more than a page of the prices that counted in a store (or the chain's), newest first.

    What will cost something else tomorrow is for those who may read costs.
    """
    if store_id is not None and not reading.actor.may(Permission.STORE_READ, store_id):
        raise NotFound("storeId", "store", "门店")
    wanted: Select[Price] = select(Price).where(or_(_listed(sku_id, store_id), _listed(sku_id, None)))
    if not _plans_ahead(reading.actor, store_id):
        wanted = wanted.where(Price.valid_from <= reading.now)
    if after is not None:
        wanted = wanted.where(tuple_(Price.valid_from, Price.id) < tuple_(*after))
    rows = await reading.session.scalars(wanted.order_by(Price.valid_from.desc(), Price.id.desc()).limit(first + 1))
    return [_row(row) for row in rows]


def sets_chain_prices(actor: Actor) -> bool:
    """Say whether an actor may set prices for the whole chain: by a chain-wide role that may, not narrowed."""
    where = actor.stores(Permission.PRICE_SET)
    return any(
        held.chain_wide and Permission.PRICE_SET in ROLE_TABLE[held.role] and held.store_ids <= where and where
        for held in actor.held
    )


def _require_setting(work: Work, store_id: UUID | None) -> None:
    if store_id is not None:
        work.require(Permission.PRICE_SET, store_id)
    elif work.actor is not None and not sets_chain_prices(work.actor):
        raise NotPermitted(Permission.PRICE_SET)


def _plans_ahead(actor: Actor, store_id: UUID | None) -> bool:
    where = actor.stores(Permission.COST_READ)
    return bool(where) if store_id is None else store_id in where


def _listed(sku_id: UUID, store_id: UUID | None) -> ColumnElement[bool]:
    here = Price.store_id.is_(None) if store_id is None else Price.store_id == store_id
    return (Price.sku_id == sku_id) & here


def _problems(new: NewPrice, now: datetime) -> list[Problem]:
    found = []
    for path, fen in (("fen", new.fen), ("expectedFen", new.expected_fen)):
        if fen is not None and not 0 <= fen <= FEN_AT_MOST:
            words = (f"0 to {FEN_AT_MOST:,} fen.", f"金额须在 0 到 {FEN_AT_MOST:,} 分之间。")
            found.append(Problem(path, "AMOUNT_OUT_OF_RANGE", *words))
    if new.valid_from is not None and not now - LATEST_AHEAD <= new.valid_from <= now + AHEAD_AT_MOST:
        words = ("Now, or at most a year ahead.", "须从现在起，最多提前一年。")
        found.append(Problem("validFrom", "OUT_OF_RANGE", *words))
    return found


def _row(row: Any) -> PriceRow:
    store_id = None if row.store_id is None else as_uuid(row.store_id)
    return PriceRow(as_uuid(row.id), as_uuid(row.sku_id), store_id, row.fen, row.valid_from, row.valid_until)
