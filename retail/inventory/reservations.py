"""Reservations: promises of stock, refused when it is not available, given back when they end."""

from collections import Counter as Tally
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select

from retail.access.actor import ActorKind
from retail.access.models import ChannelClient
from retail.access.permissions import Permission
from retail.access.work import Work
from retail.inventory import ledger
from retail.inventory.intake import Counted, Origin, entry, problem
from retail.inventory.ledger import Entry
from retail.inventory.models import (
    Account,
    MovementKind,
    Reservation,
    ReservationLine,
    ReservationStatus,
    Source,
    StockLevel,
)
from retail.kernel.base import new_id
from retail.kernel.content import as_uuid
from retail.kernel.refusal import InvalidInput, NotFound, Refusal

SHORTEST, LONGEST = 1, 7 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Shortage:
    """One item of which less is available than was wanted."""

    path: str
    sku_id: UUID
    wanted: int
    available: int


class InsufficientStock(Refusal):
    """There is not enough to promise."""

    code = "INSUFFICIENT_STOCK"

    def __init__(self, shortages: Sequence[Shortage]) -> None:
        worst = shortages[0]
        super().__init__(
            f"Only {max(worst.available, 0)} available, {worst.wanted} wanted.",
            f"只剩 {max(worst.available, 0)} 件，还差 {worst.wanted - max(worst.available, 0)} 件。",
        )
        self.shortages = shortages


class ReservationClosed(Refusal):
    """The reservation has ended already."""

    code = "RESERVATION_CLOSED"

    def __init__(self, status: str) -> None:
        super().__init__(f"The reservation is {status} already.", "这笔预留已经结束。")
        self.status = status


@dataclass(frozen=True, slots=True)
class Reserved:
    """The answer of `reserve_stock`."""

    reservation_id: UUID
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Released:
    """The answer of `release_reservation`."""

    reservation_id: UUID


def shortages(wanted: Sequence[Counted], levels: Mapping[UUID, StockLevel]) -> list[Shortage]:
    """Return the lines that cannot be promised from what is on hand and not promised yet."""
    total = Tally[UUID]()
    for line in wanted:
        total[line.sku_id] += line.units
    short = []
    for n, line in enumerate(wanted):
        level = levels[line.sku_id]
        available = level.on_hand - level.reserved
        if total[line.sku_id] > available:
            short.append(Shortage(f"lines[{n}]", line.sku_id, total[line.sku_id], available))
    return short


async def reserve_stock(
    work: Work, *, store_id: UUID, lines: Sequence[Counted], source: Source, expires_in_seconds: int
) -> Reserved:
    """Promise stock until it is sold, released or the time is up; all lines or none."""
    work.require(Permission.STOCK_RESERVE, store_id)
    if not SHORTEST <= expires_in_seconds <= LONGEST:
        text = (f"{SHORTEST} to {LONGEST} seconds.", f"须在 {SHORTEST} 到 {LONGEST} 秒之间。")
        raise InvalidInput([problem("expiresInSeconds", "OUT_OF_RANGE", *text)])

    held = await ledger.lock_levels(work, ((store_id, line.sku_id) for line in lines))
    short = shortages(lines, {sku: level for (_, sku), level in held.items()})
    if short:
        raise InsufficientStock(short)

    actor_id = work.actor_id
    if actor_id is None:
        raise NotFound("storeId", "store", "门店")
    reservation = Reservation(
        store_id=store_id,
        id=new_id(),
        actor_id=actor_id,
        source=source,
        created_at=work.now,
        expires_at=work.now + timedelta(seconds=expires_in_seconds),
    )
    total = Tally[UUID]()
    for line in lines:
        total[line.sku_id] += line.units
    work.session.add(reservation)
    work.session.add_all(
        ReservationLine(store_id=store_id, reservation_id=reservation.id, sku_id=sku, quantity=units)
        for sku, units in total.items()
    )
    await ledger.post(work, _promise(work, reservation, total, 1, MovementKind.RESERVE, reservation.id))
    return Reserved(reservation_id=reservation.id, expires_at=reservation.expires_at)


async def release_reservation(work: Work, *, reservation_id: UUID) -> Released:
    """Give a reservation's stock back before its time."""
    freed = await close_reservation(work, reservation_id, ReservationStatus.RELEASED, document_id=reservation_id)
    await ledger.post(work, freed)
    return Released(reservation_id=reservation_id)


async def close_reservation(
    work: Work,
    reservation_id: UUID,
    status: ReservationStatus,
    *,
    document_id: UUID,
    store_id: UUID | None = None,
) -> list[Entry]:
    """End an open reservation and return the entries that free what it held."""
    statement = select(Reservation).where(Reservation.id == reservation_id).with_for_update()
    if store_id is not None:
        statement = statement.where(Reservation.store_id == store_id)
    reservation = await work.session.scalar(statement)
    if reservation is None or not _sees(work, reservation):
        raise NotFound("reservationId", "reservation", "预留单")
    work.require(Permission.STOCK_RESERVE, as_uuid(reservation.store_id), "reservationId")
    if reservation.status != ReservationStatus.OPEN:
        raise ReservationClosed(reservation.status)

    reservation.status = status
    reservation.closed_at = work.now
    lines = await work.session.scalars(
        select(ReservationLine).where(
            ReservationLine.store_id == reservation.store_id, ReservationLine.reservation_id == reservation_id
        )
    )
    total = Tally({as_uuid(line.sku_id): line.quantity for line in lines})
    await work.session.flush()
    return _promise(work, reservation, total, -1, MovementKind.RELEASE, document_id)


def _sees(work: Work, reservation: Reservation) -> bool:
    """Say whether the actor may know of a reservation: in its stores, and of a channel only its own."""
    if work.actor is None:
        return True
    mine = work.actor.kind != ActorKind.CHANNEL or as_uuid(reservation.actor_id) == work.actor.id
    return mine and work.actor.may(Permission.STORE_READ, as_uuid(reservation.store_id))


async def expire_reservations(work: Work, at_most: int = 100) -> int:
    """Give back what expired reservations hold, and those of revoked channels; return how many ended."""
    over = Reservation.expires_at <= work.now
    if revoked := await _just_revoked(work):
        # Nobody is left who could keep these promises, and whoever found a leaked key may have made them.
        over = or_(over, Reservation.actor_id.in_(revoked))
    due = await work.session.scalars(
        select(Reservation.id)
        .where(Reservation.status == ReservationStatus.OPEN, over)
        .order_by(Reservation.expires_at)
        .limit(at_most)
        .with_for_update(skip_locked=True)
    )
    freed: list[Entry] = []
    ended = 0
    for reservation_id in due.all():
        freed += await close_reservation(
            work, as_uuid(reservation_id), ReservationStatus.EXPIRED, document_id=as_uuid(reservation_id)
        )
        ended += 1
    if freed:
        await ledger.post(work, freed)
    return ended


async def _just_revoked(work: Work) -> Sequence[UUID]:
    """Return the channels that may have left a promise behind: none lasts longer than `LONGEST`."""
    since = work.now - timedelta(seconds=LONGEST)
    revoked = await work.session.scalars(select(ChannelClient.id).where(ChannelClient.revoked_at > since))
    return revoked.all()


def _promise(
    work: Work, reservation: Reservation, total: Mapping[UUID, int], sign: int, kind: MovementKind, document_id: UUID
) -> list[Entry]:
    origin = Origin(work.now, None, None, None, Source(reservation.source))
    return [
        entry(
            origin,
            work.now,
            store_id=as_uuid(reservation.store_id),
            sku_id=sku_id,
            kind=kind,
            quantity=0,
            counter=Account.NONE,
            document_id=document_id,
            actor_id=work.actor_id,
            reserved=sign * units,
        )
        for sku_id, units in sorted(total.items())
    ]
