"""Sales: facts that a shop or a channel reports. They are never refused for lack of stock."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import orjson

from retail.access.actor import Actor
from retail.access.permissions import Permission
from retail.access.work import Work, require, restored
from retail.inventory import ledger
from retail.inventory.desk import Desk
from retail.inventory.intake import (
    Counted,
    NewLine,
    Origin,
    PostedLine,
    entry,
    names_of,
    origin_problems,
    read_lines,
)
from retail.inventory.ledger import Entry, Request
from retail.inventory.models import Account, MovementKind, ReservationStatus
from retail.inventory.reservations import ReservationClosed, close_reservation
from retail.kernel.base import new_id
from retail.kernel.clock import believable
from retail.kernel.content import content_hash
from retail.kernel.privacy.masters import MasterKeys
from retail.kernel.refusal import InvalidInput, Problem, Refusal, RequestIdConflict

RECEIPT_AT_MOST = 40
MEMBER_AT_MOST = 64


@dataclass(frozen=True, slots=True)
class NewSale:
    """A basket that was sold in a store; with a reservation, what it held becomes free for it."""

    store_id: UUID
    origin: Origin
    lines: tuple[NewLine, ...]
    reservation_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """By what the customer can show the sale again: the till's receipt number, and who is a member.

    `members` is the member's code as a keyed hash, under each key of the ring, the one that writes first.
    """

    receipt: str | None
    members: tuple[str, ...] = ()

    @classmethod
    def read(cls, masters: MasterKeys, receipt: str | None, member: str | None) -> "Proof | None":
        """Return what was given, or refuse what is no receipt number or member code; None if nothing was."""
        wrong = [*_number_problems("receipt", receipt, RECEIPT_AT_MOST)]
        wrong += _number_problems("member", member, MEMBER_AT_MOST)
        if wrong:
            raise InvalidInput(wrong)
        if receipt is None and member is None:
            return None
        return cls(receipt, hashed_member(masters, member) if member else ())


def hashed_member(masters: MasterKeys, member: str) -> tuple[str, ...]:
    """Return a member's code as what is kept of it, under each key of the ring."""
    return tuple(each.hex() for each in masters.blinds("member", member))


def _number_problems(path: str, number: str | None, most: int) -> list[Problem]:
    if number is None or (0 < len(number) <= most and number.isprintable() and number == number.strip()):
        return []
    words = (f"1 to {most} visible characters.", f"1 到 {most} 个可见字符。")
    return [Problem(path, "NUMBER", *words)]


@dataclass(frozen=True, slots=True)
class SaleRecorded:
    """The answer of `record_sale`; `total` is in fen, None if a price was unknown.

    `receipt` and `member` (a keyed hash) stand in it so that the sale is found by them when goods come back.
    """

    sale_id: UUID
    recorded_at: datetime
    clock_error_seconds: int | None
    total: int | None
    lines: list[PostedLine]
    receipt: str | None = None
    member: str | None = None


async def record_sale(
    desk: Desk, actor: Actor, *, request_id: UUID, sale: NewSale, proof: Proof | None = None
) -> SaleRecorded:
    """Take a sale into the books: a fact, kept even if the book goes below zero by it.

    One that is in the books already gets its first answer, whatever has changed since.
    """
    try:
        return await _record(desk, actor, request_id, sale, proof)
    except Refusal:
        for content in _contents(sale, proof):
            first = await desk.office.first_answer(actor, request_id, "recordSale", content)
            if first is not None:
                return _again(first)
        raise


def _contents(sale: NewSale, proof: Proof | None) -> list[object]:
    """Return what the request says, under each key that may have hashed the member when it first came.

    Without a proof it is the sale alone, as it was before sales had proofs.
    """
    if proof is None:
        return [sale]
    return [(sale, proof.receipt, member) for member in proof.members or (None,)]


async def _record(desk: Desk, actor: Actor, request_id: UUID, sale: NewSale, proof: Proof | None) -> SaleRecorded:
    require(actor, Permission.SALE_RECORD, sale.store_id)
    now = desk.office.clock()
    sold_at, _ = believable(sale.origin.occurred_at, now)
    items = await desk.lookup.find(names_of(sale.lines), store_id=sale.store_id, at=sold_at)
    counted = read_lines(sale.lines, items, origin_problems(sale.origin))
    sale_id = new_id()
    entries = sale_entries(actor, sale, counted, sale_id, now)

    if sale.reservation_id is not None:
        return await desk.office.once(
            actor,
            request_id=request_id,
            operation="recordSale",
            content=_contents(sale, proof)[0],
            answer=SaleRecorded,
            run=lambda work: _sell_reserved(work, sale, proof, sale_id, entries),
        )

    first = _answer(sale, proof, sale_id, now, entries, [0] * len(entries))
    text = orjson.dumps(first).decode()
    request = Request(request_id, actor.id, "recordSale", content_hash(_contents(sale, proof)[0]), text)
    done = await desk.counter.post(request, entries)
    if not done.request_known[0]:
        return _with_balances(first, done.balances)
    if not done.request_same[0]:
        raise RequestIdConflict
    return _again(done.answers[0])


def sale_entries(actor: Actor, sale: NewSale, counted: Sequence[Counted], sale_id: UUID, now: datetime) -> list[Entry]:
    """Return the ledger's entries of a sale, one a line."""
    return [
        entry(
            sale.origin,
            now,
            store_id=sale.store_id,
            sku_id=line.sku_id,
            kind=MovementKind.SALE,
            quantity=-line.units,
            counter=Account.CUSTOMER,
            document_id=sale_id,
            actor_id=actor.id,
            amount=amount(actor, sale, asked, line, now),
        )
        for asked, line in zip(sale.lines, counted, strict=True)
    ]


def amount(actor: Actor, sale: NewSale, asked: NewLine, line: Counted, now: datetime) -> int | None:
    """Return what a line cost in fen: the price it was sold at, else the price list's.

    A sale has happened and is not refused for its price. But whose role sets no prices is believed
    only in one that was listed at some time; for any other the list's is booked, or what a scale has printed
    on a package by the list.
    """
    pack = line.item.pack_units
    paid = asked.unit_price
    if paid is not None and not actor.may(Permission.SALE_PRICE, sale.store_id):
        known = paid % pack == 0 and line.item.was_listed(sale.store_id, paid // pack, now)
        paid = paid if known else None
    if paid is not None:
        return paid * asked.quantity
    if line.item.labelled_fen is not None:
        return line.item.labelled_fen * asked.quantity
    occurred_at, _ = believable(sale.origin.occurred_at, now)
    listed = line.item.price(sale.store_id, occurred_at)
    return None if listed is None else listed * line.units


async def _sell_reserved(
    work: Work, sale: NewSale, proof: Proof | None, sale_id: UUID, entries: Sequence[Entry]
) -> SaleRecorded:
    assert sale.reservation_id is not None  # noqa: S101 -- for the type checker; the caller looked
    try:
        freed = await close_reservation(
            work, sale.reservation_id, ReservationStatus.FULFILLED, document_id=sale_id, store_id=sale.store_id
        )
    except ReservationClosed as closed:
        if closed.status == ReservationStatus.FULFILLED:
            raise
        freed = []  # the promise has ended, but the goods are gone: a fact
    done = await ledger.post(work, [*entries, *freed])
    return _answer(sale, proof, sale_id, work.now, entries, done.balances[: len(entries)])


def _answer(
    sale: NewSale,
    proof: Proof | None,
    sale_id: UUID,
    now: datetime,
    entries: Sequence[Entry],
    balances: Sequence[int],
) -> SaleRecorded:
    amounts = [e.amount_fen for e in entries]
    return SaleRecorded(
        sale_id=sale_id,
        recorded_at=now,
        clock_error_seconds=believable(sale.origin.occurred_at, now)[1],
        total=None if None in amounts else sum(a for a in amounts if a is not None),
        lines=[
            PostedLine(e.sku_id, e.quantity, balance, e.amount_fen)
            for e, balance in zip(entries, balances, strict=True)
        ],
        receipt=proof.receipt if proof else None,
        member=proof.members[0] if proof and proof.members else None,
    )


def _again(stored: dict[str, object]) -> SaleRecorded:
    """Return the first answer; the function that wrote the sale added the balances to it."""
    balances = stored.pop("balances", None)
    first = restored(SaleRecorded, stored)
    return _with_balances(first, balances) if isinstance(balances, list) else first


def _with_balances(first: SaleRecorded, balances: Sequence[int]) -> SaleRecorded:
    lines = [PostedLine(x.sku_id, x.quantity, b, x.amount) for x, b in zip(first.lines, balances, strict=True)]
    return replace(first, lines=lines)
