"""The figures of counting as they are told: of one stocktake, of stores, and from when on a count is checked."""

from uuid import UUID

import strawberry

from retail.stocktakes import figures as domain
from retail.stocktakes.policy import CountPolicy as DomainPolicy
from schema.catalogue.types import Sku
from schema.kernel.scalars import Fen


@strawberry.type(description="A share with what it is made of.")
class Ratio:
    numerator: float = strawberry.field(description="So many")
    denominator: float = strawberry.field(description="of so many.")
    value: float | None = strawberry.field(description="The share; null of nothing.")

    @classmethod
    def of(cls, ratio: domain.Ratio) -> "Ratio":
        """Return a share as it is told."""
        return cls(numerator=ratio.numerator, denominator=ratio.denominator, value=ratio.value)


@strawberry.type(description="An SKU of which less was there than in the book, or in a surplus more.")
class Shrinkage:
    sku: Sku = strawberry.field(description="The SKU.")
    units: int = strawberry.field(description="Base units that are missing, or too many.")
    value: Fen = strawberry.field(description="What they are worth, in fen.")

    @classmethod
    def of(cls, found: domain.Shrunk, sku: Sku) -> "Shrinkage":
        """Return what one SKU is off by as it is told."""
        return cls(sku=sku, units=found.units, value=Fen(found.fen))


@strawberry.type(description="What a stocktake found, or would if it were confirmed now.")
class StocktakeResult:
    lines_right: Ratio = strawberry.field(description="SKUs whose book was right, of those that are posted.")
    units_right: float | None = strawberry.field(description="1 less the differences as a share of the book's units.")
    difference_units: int = strawberry.field(description="What the book changes by, in base units.")
    difference_value: Fen = strawberry.field(description="The same in fen: at cost if you read costs, else at price.")
    at_cost: bool = strawberry.field(description="Whether values are at cost.")
    minutes_per_hundred: Ratio = strawberry.field(
        description="Minutes of counting (without gaps above 5 minutes) times 100, of the items counted."
    )
    shrinkage: list[Shrinkage] = strawberry.field(description="The ten that lost most.")
    surplus: list[Shrinkage] = strawberry.field(description="The ten of which most was found beyond the book.")


@strawberry.type(description="How a store counted in a time, of the stocktakes that were confirmed in it.")
class CountFigures:
    store_id: UUID = strawberry.field(description="The store.")
    stocktakes: int = strawberry.field(description="How many were confirmed.")
    discrepancy: Ratio = strawberry.field(description="Units by which counts changed the book, of the book's units.")
    count_error: Ratio = strawberry.field(
        description=(
            "First figures that are wrong, of all first figures (what one person counted of an SKU at one place). An "
            "estimate: the share of wrong ones among figures that were checked because they looked wrong, and among "
            "those that two persons happened to count, each weighted by how many figures are of its kind. Where "
            "countControl is of 0, a lower bound: only what was found. Counts from before this was kept (revision "
            "0017) are not in it: a store that has no others has a value of null, which means unknown and not none."
        )
    )
    count_control: Ratio = strawberry.field(
        description="Figures that did not look wrong and that two persons happened to count: the wrong ones, of all."
    )
    minutes_per_person: Ratio = strawberry.field(
        description="Minutes of counting (without gaps above 5 minutes), of the times that somebody took part in one."
    )
    minutes_per_hundred: Ratio = strawberry.field(
        description="Those minutes times 100, of the items counted: an SKU at a place."
    )

    @classmethod
    def of(cls, figures: domain.CountFigures) -> "CountFigures":
        """Return a store's figures as they are told."""
        return cls(
            store_id=figures.store_id,
            stocktakes=figures.stocktakes,
            discrepancy=Ratio.of(figures.discrepancy),
            count_error=Ratio.of(figures.count_error),
            count_control=Ratio.of(figures.count_control),
            minutes_per_person=Ratio.of(figures.minutes_per_person),
            minutes_per_hundred=Ratio.of(figures.minutes_per_hundred),
        )


@strawberry.type(description="From when on a count is checked; for stocktakes that begin from now on.")
class CountPolicy:
    recount_value: Fen = strawberry.field(description="A recount from this difference on, in fen at the list price.")
    recount_percent: int = strawberry.field(description="A recount from so many per cent of the book on.")
    recount_units: int = strawberry.field(description="No recount for fewer base units, unless by value.")
    confirm_value: Fen = strawberry.field(description="A second person from this difference on, in fen.")
    confirm_percent: int = strawberry.field(description="A second person from so many per cent on.")
    confirm_units: int = strawberry.field(description="No second person for fewer base units, unless by value.")
    odd_jump: int = strawberry.field(description="A recount when one of count and book is so many times the other.")

    @classmethod
    def of(cls, policy: DomainPolicy) -> "CountPolicy":
        """Return the thresholds as they are told."""
        return cls(
            recount_value=Fen(policy.recount_fen),
            recount_percent=policy.recount_percent,
            recount_units=policy.recount_units,
            confirm_value=Fen(policy.confirm_fen),
            confirm_percent=policy.confirm_percent,
            confirm_units=policy.confirm_units,
            odd_jump=policy.odd_jump,
        )
