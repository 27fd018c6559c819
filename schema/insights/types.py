"""Heat and summaries as they are told."""

from datetime import datetime
from uuid import UUID

import strawberry

from retail.insights import queries, summaries
from schema.kernel.compiled_output import SharedItem
from schema.kernel.scalars import Fen
from schema.stores.types import Store


@strawberry.input(description="Which cells; every field that is given narrows.")
class HeatFilter:
    store_ids: list[UUID] | None = strawberry.field(default=None, description="Only these stores.")
    region_ids: list[UUID] | None = strawberry.field(default=None, description="Only stores of these regions.")
    category_ids: list[UUID] | None = strawberry.field(default=None, description="Only these top-level categories.")


def where_of(asked: HeatFilter | None) -> queries.Where:
    """Return a filter in the words of the business; none means everything visible."""
    if asked is None:
        return queries.Where()
    return queries.Where(_set(asked.store_ids), _set(asked.region_ids), _set(asked.category_ids))


def _set(ids: list[UUID] | None) -> frozenset[UUID] | None:
    return None if ids is None else frozenset(ids)


@strawberry.type(description="One store and top-level category: its SKUs are those that the store carries.")
class HeatCell:
    store_id: UUID = strawberry.field(description="The store.")
    category_id: UUID = strawberry.field(description="The top-level category.")
    sku_count: int = strawberry.field(description="How many SKUs the store carries.")
    available_count: int = strawberry.field(description="How many of them can be sold now (something is available).")
    out_count: int = strawberry.field(description="How many of them have nothing available.")
    below_safety_count: int = strawberry.field(
        description="How many of them have less available than their safety stock."
    )
    negative_count: int = strawberry.field(description="How many of them are below zero in the book: count them.")
    shortage_units: int = strawberry.field(description="Base units missing to the safety stocks.")
    sold_units: int = strawberry.field(description="Base units sold since the beginning, net of returns.")
    sold_units_last_hour: int = strawberry.field(
        description="Base units sold, net of returns, in these five minutes and the 55 before."
    )
    sales_today_fen: Fen = strawberry.field(
        description="Sales in fen, net of returns, since the store's business day began in its own zone."
    )

    @classmethod
    def of(cls, cell: queries.HeatCell) -> "HeatCell":
        """Return a cell as it is told."""
        return cls(
            store_id=cell.store_id,
            category_id=cell.category_id,
            sku_count=cell.sku_count,
            available_count=cell.available_count,
            out_count=cell.out_count,
            below_safety_count=cell.below_safety_count,
            negative_count=cell.negative_count,
            shortage_units=cell.shortage_units,
            sold_units=cell.sold_units,
            sold_units_last_hour=cell.sold_units_last_hour,
            sales_today_fen=Fen(cell.sales_today_fen),
        )


@strawberry.type(description="How warm stores and categories are; all values are absolute.")
class Heat(SharedItem):
    as_of: datetime = strawberry.field(description="When it was so.")
    cells: list[HeatCell] = strawberry.field(description="The cells, by store and category.")


@strawberry.type(description="What was sold in one hour of a business day.")
class HourlySales:
    hour: datetime = strawberry.field(description="When the hour begins.")
    units: int = strawberry.field(description="Base units, net of returns.")
    amount: Fen = strawberry.field(description="Money in fen, net of returns.")
    baskets: int = strawberry.field(description="How many sales.")

    @classmethod
    def of(cls, hour: summaries.HourlySales) -> "HourlySales":
        """Return an hour as it is told."""
        return cls(hour=hour.hour, units=hour.units, amount=Fen(hour.amount), baskets=hour.baskets)


@strawberry.type(description="One store today: since its business day began in its own zone.")
class StoreSummary:
    store: Store = strawberry.field(description="The store.")
    as_of: datetime = strawberry.field(description="When it was so.")
    sales_today_fen: Fen = strawberry.field(description="Sales in fen today, net of returns.")
    units_today: int = strawberry.field(description="Base units sold today, net of returns.")
    baskets_today: int = strawberry.field(description="How many sales today.")
    sales_last_hour_fen: Fen = strawberry.field(
        description="Sales in fen, net of returns, in these five minutes and the 55 before."
    )
    sku_count: int = strawberry.field(description="How many SKUs the store carries.")
    out_count: int = strawberry.field(description="How many of them have nothing available.")
    below_safety_count: int = strawberry.field(
        description="How many of them have less available than their safety stock."
    )
    negative_count: int = strawberry.field(description="How many of them are below zero in the book.")
    hourly: list[HourlySales] = strawberry.field(description="Today's hours that have begun, in order.")

    @classmethod
    def of(cls, row: summaries.StoreSummary, store: Store) -> "StoreSummary":
        """Return a store's summary as it is told."""
        return cls(
            store=store,
            as_of=row.as_of,
            sales_today_fen=Fen(row.today.amount),
            units_today=row.today.units,
            baskets_today=row.today.baskets,
            sales_last_hour_fen=Fen(row.sales_last_hour_fen),
            sku_count=row.shelves.sku_count,
            out_count=row.shelves.out_count,
            below_safety_count=row.shelves.below_safety_count,
            negative_count=row.shelves.negative_count,
            hourly=[HourlySales.of(hour) for hour in row.hourly],
        )


@strawberry.type(description="All stores that the asker may see, each in its own business day.")
class ChainSummary:
    as_of: datetime = strawberry.field(description="When it was so.")
    store_count: int = strawberry.field(description="How many stores.")
    open_store_count: int = strawberry.field(description="How many of them have opened their current business day.")
    sales_today_fen: Fen = strawberry.field(description="Sales in fen today, net of returns.")
    units_today: int = strawberry.field(description="Base units sold today, net of returns.")
    baskets_today: int = strawberry.field(description="How many sales today.")
    out_count: int = strawberry.field(description="In how many places of store and SKU nothing is available.")
    below_safety_count: int = strawberry.field(
        description="In how many places of store and SKU less is available than the safety stock."
    )
    negative_count: int = strawberry.field(description="In how many places of store and SKU the book is below zero.")
    hourly: list[HourlySales] = strawberry.field(
        description="The hours since the earliest of the business days began, in order."
    )

    @classmethod
    def of(cls, row: summaries.ChainSummary) -> "ChainSummary":
        """Return the chain's summary as it is told."""
        return cls(
            as_of=row.as_of,
            store_count=row.store_count,
            open_store_count=row.open_store_count,
            sales_today_fen=Fen(row.today.amount),
            units_today=row.today.units,
            baskets_today=row.today.baskets,
            out_count=row.shelves.out_count,
            below_safety_count=row.shelves.below_safety_count,
            negative_count=row.shelves.negative_count,
            hourly=[HourlySales.of(hour) for hour in row.hourly],
        )
