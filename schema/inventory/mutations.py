"""Changing stock: each resolver calls one command and shows the result.

What the catalogue says is looked up before the transaction (which holds a connection of its own), but whatever can be
refused is refused only after the request has claimed its id: one that was carried out before gets its first answer,
whatever has changed since.
"""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

import strawberry

from retail.access.permissions import Permission
from retail.access.work import Work
from retail.catalogue.lookup import Item, Name
from retail.inventory import adjustments, bulk, receipts, reservations, sales
from retail.inventory.intake import (
    NOTE_AT_MOST,
    NewLine,
    names_of,
    naming_problem,
    origin_problems,
    read_lines,
    text_problems,
    unknown_item,
)
from retail.inventory.intake import Origin as DomainOrigin
from retail.kernel.refusal import InvalidInput as InvalidInputRefusal
from retail.kernel.refusal import Problem
from retail.returns.undoing import undo_sales
from retail.stocktakes import alone
from schema.inventory.inputs import (
    AdjustStockInput,
    ReceiveGoodsInput,
    RecordMovementsInput,
    RecordSaleInput,
    ReleaseReservationInput,
    ReserveStockInput,
)
from schema.inventory.results import (
    AdjustStockResult,
    AdjustStockSuccess,
    PostedLine,
    ReceiveGoodsResult,
    ReceiveGoodsSuccess,
    RecordMovementsResult,
    RecordMovementsSuccess,
    RecordSaleResult,
    RecordSaleSuccess,
    ReleaseReservationResult,
    ReleaseReservationSuccess,
    ReserveStockResult,
    ReserveStockSuccess,
)
from schema.kernel.context import Info
from schema.kernel.scalars import Fen


@strawberry.type
class InventoryMutation:
    @strawberry.mutation(description="Take a sale into the books. A fact: never refused for lack of stock.")
    async def record_sale(
        self, info: Info, input: Annotated[RecordSaleInput, strawberry.argument(description="The sale.")]
    ) -> RecordSaleResult:
        sale = sales.NewSale(
            input.store_id,
            input.origin.domain(),
            tuple(line.domain() for line in input.lines),
            input.reservation_id,
        )
        desk = info.context.desk
        proof = sales.Proof.read(desk.people.vault.masters, input.receipt, input.member)
        done = await sales.record_sale(desk, info.context.actor, request_id=input.request_id, sale=sale, proof=proof)
        return RecordSaleSuccess(
            sale_id=done.sale_id,
            recorded_at=done.recorded_at,
            total=None if done.total is None else Fen(done.total),
            lines=[PostedLine.of(line) for line in done.lines],
            clock_error_seconds=done.clock_error_seconds,
        )

    @strawberry.mutation(description="Take up to 1,000 events into the books, each exactly once by its eventId.")
    async def record_movements(
        self, info: Info, input: Annotated[RecordMovementsInput, strawberry.argument(description="The events.")]
    ) -> RecordMovementsResult:
        outcomes = await bulk.record_movements(
            info.context.desk, info.context.actor, request_id=input.request_id, batch=input.domain(), undo=undo_sales
        )
        return RecordMovementsSuccess.of(outcomes)

    @strawberry.mutation(description="Take delivered goods into stock.")
    async def receive_goods(
        self, info: Info, input: Annotated[ReceiveGoodsInput, strawberry.argument(description="The delivery.")]
    ) -> ReceiveGoodsResult:
        desk, origin = info.context.desk, input.origin.domain()
        lines = [NewLine(line.sku_id, line.code, line.quantity) for line in input.lines]
        items = await desk.lookup.find(names_of(lines), store_id=input.store_id)

        async def receive(work: Work) -> receipts.GoodsReceived:
            work.require(Permission.STOCK_RECEIVE, input.store_id)
            counted = read_lines(lines, items, _fact_problems(origin, input.note))
            return await receipts.receive_goods(
                work, store_id=input.store_id, origin=origin, lines=counted, note=input.note
            )

        done = await desk.office.once(
            info.context.actor,
            request_id=input.request_id,
            operation="receiveGoods",
            content=(input.store_id, origin, lines, input.note),
            answer=receipts.GoodsReceived,
            run=receive,
        )
        return ReceiveGoodsSuccess(
            receipt_id=done.receipt_id,
            recorded_at=done.recorded_at,
            lines=[PostedLine.of(line) for line in done.lines],
        )

    @strawberry.mutation(description="Set the book of one item right, with a reason.")
    async def adjust_stock(
        self, info: Info, input: Annotated[AdjustStockInput, strawberry.argument(description="The adjustment.")]
    ) -> AdjustStockResult:
        desk, origin = info.context.desk, input.origin.domain()
        change = adjustments.Change(input.delta, input.set_to, input.expected)
        line = NewLine(input.sku_id, input.code, 1)
        items = await desk.lookup.find(names_of([line]), store_id=input.store_id)

        async def adjust(work: Work) -> adjustments.StockAdjusted:
            work.require(Permission.STOCK_ADJUST, input.store_id)
            problems = _fact_problems(origin, input.note) + adjustments.change_problems(change)
            return await alone.adjust_stock(
                work,
                store_id=input.store_id,
                sku_id=_named(line, items, problems),
                origin=origin,
                change=change,
                reason=input.reason,
                note=input.note,
            )

        done = await desk.office.once(
            info.context.actor,
            request_id=input.request_id,
            operation="adjustStock",
            content=(input.store_id, origin, line, change, input.reason, input.note),
            answer=adjustments.StockAdjusted,
            run=adjust,
        )
        return AdjustStockSuccess(
            adjustment_id=done.adjustment_id, recorded_at=done.recorded_at, line=PostedLine.of(done.line)
        )

    @strawberry.mutation(description="Promise stock to an order. A promise: refused when it is not available.")
    async def reserve_stock(
        self, info: Info, input: Annotated[ReserveStockInput, strawberry.argument(description="What to promise.")]
    ) -> ReserveStockResult:
        desk = info.context.desk
        lines = [NewLine(line.sku_id, line.code, line.quantity) for line in input.lines]
        items = await desk.lookup.find(names_of(lines), store_id=input.store_id)

        async def reserve(work: Work) -> reservations.Reserved:
            work.require(Permission.STOCK_RESERVE, input.store_id)
            return await reservations.reserve_stock(
                work,
                store_id=input.store_id,
                lines=read_lines(lines, items),
                source=input.source,
                expires_in_seconds=input.expires_in_seconds,
            )

        done = await desk.office.once(
            info.context.actor,
            request_id=input.request_id,
            operation="reserveStock",
            content=(input.store_id, input.source, lines, input.expires_in_seconds),
            answer=reservations.Reserved,
            run=reserve,
        )
        return ReserveStockSuccess(reservation_id=done.reservation_id, expires_at=done.expires_at)

    @strawberry.mutation(description="Give a reservation's stock back before its time.")
    async def release_reservation(
        self, info: Info, input: Annotated[ReleaseReservationInput, strawberry.argument(description="Which one.")]
    ) -> ReleaseReservationResult:
        done = await info.context.desk.office.once(
            info.context.actor,
            request_id=input.request_id,
            operation="releaseReservation",
            content=input.reservation_id,
            answer=reservations.Released,
            run=lambda work: reservations.release_reservation(work, reservation_id=input.reservation_id),
        )
        return ReleaseReservationSuccess(reservation_id=done.reservation_id)


def _named(line: NewLine, items: Mapping[Name, Item], problems: list[Problem]) -> UUID:
    """Return the SKU that a line names, or refuse with all that is wrong."""
    name = line.name
    item = None if name is None else items.get(name)
    if name is None:
        problems.append(naming_problem("skuId"))
    elif item is None:
        problems.append(unknown_item("skuId" if line.sku_id else "code", name))
    if problems or item is None:
        raise InvalidInputRefusal(problems)
    return item.sku_id


def _fact_problems(origin: DomainOrigin, note: str | None) -> list[Problem]:
    return origin_problems(origin) + text_problems("note", note, NOTE_AT_MOST)
