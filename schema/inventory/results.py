"""What the stock mutations answer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from retail.inventory.bulk import Outcome
from retail.inventory.intake import PostedLine as DomainLine
from schema.kernel.enums import OutcomeStatus
from schema.kernel.errors import (
    InsufficientStock,
    InvalidInput,
    NotFound,
    NotPermitted,
    Problem,
    RequestIdConflict,
    ReservationClosed,
    StockMoved,
)
from schema.kernel.scalars import Fen


@strawberry.type(description="One line that was written.")
class PostedLine:
    sku_id: UUID = strawberry.field(description="The SKU.")
    quantity: int = strawberry.field(description="Signed change of what is on hand, in base units.")
    on_hand: int = strawberry.field(description="What the book says afterwards.")
    below_zero: bool = strawberry.field(description="Whether the book fell below zero: the shelf should be counted.")
    amount: Fen | None = strawberry.field(description="What the line cost, in fen; null if no price was known.")

    @classmethod
    def of(cls, line: DomainLine) -> "PostedLine":
        """Return a line as it is told."""
        return cls(
            sku_id=line.sku_id,
            quantity=line.quantity,
            on_hand=line.on_hand,
            below_zero=line.on_hand < 0,
            amount=None if line.amount is None else Fen(line.amount),
        )


@strawberry.type(description="The sale is in the books.")
class RecordSaleSuccess:
    sale_id: UUID = strawberry.field(description="The sale.")
    recorded_at: datetime = strawberry.field(description="When it reached the server.")
    total: Fen | None = strawberry.field(description="What it cost, in fen; null if a price was unknown.")
    lines: list[PostedLine] = strawberry.field(description="What was written, in the order of the input.")
    clock_error_seconds: int | None = strawberry.field(
        description="How far the device's clock was off (ahead: positive), if it could not be right."
    )


@strawberry.type(description="What became of one event.")
class MovementOutcome:
    event_id: UUID = strawberry.field(description="The event.")
    status: OutcomeStatus = strawberry.field(description="Recorded, repeated or refused.")
    on_hand: int | None = strawberry.field(description="What was on hand afterwards; null if refused.")
    problems: list[Problem] = strawberry.field(description="Why it was refused.")

    @classmethod
    def of(cls, outcome: Outcome) -> "MovementOutcome":
        """Return an outcome as it is told."""
        return cls(
            event_id=outcome.event_id,
            status=outcome.status,
            on_hand=outcome.on_hand,
            problems=[Problem.of(problem) for problem in outcome.problems],
        )


@strawberry.type(description="The good events are in the books, the bad ones named.")
class RecordMovementsSuccess:
    recorded: int = strawberry.field(description="How many were written now.")
    repeated: int = strawberry.field(description="How many had been written before.")
    refused: int = strawberry.field(description="How many were refused.")
    outcomes: list[MovementOutcome] = strawberry.field(description="Each event's outcome, in the order of the input.")

    @classmethod
    def of(cls, outcomes: Sequence[Outcome]) -> "RecordMovementsSuccess":
        """Return the outcomes of a batch as they are told."""
        tally = dict.fromkeys(OutcomeStatus, 0)
        for outcome in outcomes:
            tally[outcome.status] += 1
        return cls(
            recorded=tally[OutcomeStatus.RECORDED],
            repeated=tally[OutcomeStatus.REPEATED],
            refused=tally[OutcomeStatus.REFUSED],
            outcomes=[MovementOutcome.of(outcome) for outcome in outcomes],
        )


@strawberry.type(description="The goods are in stock.")
class ReceiveGoodsSuccess:
    receipt_id: UUID = strawberry.field(description="The receipt.")
    recorded_at: datetime = strawberry.field(description="When it reached the server.")
    lines: list[PostedLine] = strawberry.field(description="What was written, in the order of the input.")


@strawberry.type(description="The book is set right.")
class AdjustStockSuccess:
    adjustment_id: UUID = strawberry.field(description="The adjustment.")
    recorded_at: datetime = strawberry.field(description="When it reached the server.")
    line: PostedLine = strawberry.field(description="What was written; quantity 0 if the book was right already.")


@strawberry.type(description="The stock is promised.")
class ReserveStockSuccess:
    reservation_id: UUID = strawberry.field(description="The reservation.")
    expires_at: datetime = strawberry.field(description="When it ends by itself.")


@strawberry.type(description="The stock is free again.")
class ReleaseReservationSuccess:
    reservation_id: UUID = strawberry.field(description="The reservation.")


RecordSaleResult = Annotated[
    RecordSaleSuccess | InvalidInput | NotFound | NotPermitted | RequestIdConflict | ReservationClosed,
    strawberry.union("RecordSaleResult", description="The sale, or why it was not recorded."),
]
RecordMovementsResult = Annotated[
    RecordMovementsSuccess | InvalidInput | NotPermitted | RequestIdConflict,
    strawberry.union("RecordMovementsResult", description="The outcomes, or why the whole batch was refused."),
]
ReceiveGoodsResult = Annotated[
    ReceiveGoodsSuccess | InvalidInput | NotFound | NotPermitted | RequestIdConflict,
    strawberry.union("ReceiveGoodsResult", description="The receipt, or why not."),
]
AdjustStockResult = Annotated[
    AdjustStockSuccess | InvalidInput | NotFound | NotPermitted | RequestIdConflict | StockMoved,
    strawberry.union("AdjustStockResult", description="The adjustment, or why not."),
]
ReserveStockResult = Annotated[
    ReserveStockSuccess | InvalidInput | NotFound | NotPermitted | RequestIdConflict | InsufficientStock,
    strawberry.union("ReserveStockResult", description="The reservation, or why not."),
]
ReleaseReservationResult = Annotated[
    ReleaseReservationSuccess | InvalidInput | NotFound | NotPermitted | RequestIdConflict | ReservationClosed,
    strawberry.union("ReleaseReservationResult", description="The released reservation, or why not."),
]
