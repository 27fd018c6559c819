"""What a store should count today, as it is told."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import strawberry

from retail.stocktakes.cycle import Proposal, minutes_for
from retail.stocktakes.proposing import CountProposals as Proposed
from schema.catalogue.types import Sku
from schema.kernel.enums import CountGrade, CountReason


@strawberry.type(description="Goods that a store should count today.")
class CountProposal:
    sku: Sku = strawberry.field(description="The SKU.")
    grade: CountGrade = strawberry.field(description="How much of the store's value it moves.")
    reason: CountReason = strawberry.field(description="The most urgent reason.")
    why: str = strawberry.field(description="The reason in words, in English.")
    why_zh: str = strawberry.field(description="The same in Chinese.")
    last_counted_at: datetime | None = strawberry.field(description="When it was counted last; null for never.")

    @classmethod
    def of(cls, row: Proposal, sku: Sku, asked_at: datetime) -> "CountProposal":
        """Return a proposal as it is told."""
        return cls(
            sku=sku,
            grade=row.grade,
            reason=row.why,
            why=row.words,
            why_zh=row.words_zh,
            last_counted_at=None if row.counted is None else asked_at - row.counted,
        )


@strawberry.type(description="A partial count for today: start a stocktake of these SKUs to accept it.")
class CountProposals:
    items: list[CountProposal] = strawberry.field(description="The goods, most urgent first.")
    minutes: int = strawberry.field(description="About how long it takes one person, 15 at most.")
    seconds_an_item: float | None = strawberry.field(
        description=(
            "The pace of the store's counts: the median of 60 days, drawn to 20 seconds while few were seen; "
            "null without any."
        )
    )

    @classmethod
    def of(cls, found: Proposed, skus: Mapping[UUID, Sku]) -> "CountProposals":
        """Return proposals as they are told."""
        items = [CountProposal.of(row, skus[row.sku_id], found.asked_at) for row in found.items if row.sku_id in skus]
        return cls(
            items=items,
            minutes=minutes_for(len(items), found.pace),
            seconds_an_item=None if found.pace is None else found.pace.total_seconds(),
        )
