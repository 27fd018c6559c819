"""Returns, lots and found sales as they are told."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import strawberry

from retail.kernel.content import as_uuid
from retail.returns.models import QuarantineLot
from retail.returns.queries import Figures, ReturnRow, ReturnsToday, hours_waiting
from retail.returns.rules import RULES, Rule, Shelf, questions
from retail.returns.sales import FoundSale as DomainSale
from retail.stores.directory import StoreEntry
from schema.catalogue.types import Sku
from schema.kernel.enums import Condition, Disposition, Handling, Question, ReturnReason, SaleAge
from schema.kernel.paging import PageInfo
from schema.kernel.scalars import Fen
from schema.photos.types import Photo

_RULES = {rule.name: rule for rule in RULES}


@strawberry.type(description="Some of one SKU in a sale that was found; counted in base units, over all stores.")
class FoundSaleLine:
    line_id: UUID = strawberry.field(description="Name it in recordReturn.")
    sku: Sku = strawberry.field(description="What was sold.")
    sold: int = strawberry.field(description="How many were bought.")
    returned: int = strawberry.field(description="How many have come back, to any store.")
    left: int = strawberry.field(description="How many can still come back.")
    paid: Fen | None = strawberry.field(description="What was paid for all of them, in fen; null if unknown.")


@strawberry.type(description="A sale of any store of the chain, as a return needs it.")
class FoundSale:
    sale_id: UUID = strawberry.field(description="The sale.")
    store_name: str = strawberry.field(description="Where it was, in Chinese.")
    store_name_en: str = strawberry.field(description="The same in English.")
    sold_here: bool = strawberry.field(description="Whether it was in the store that was asked from.")
    sold_at: datetime = strawberry.field(description="When.")
    lines: list[FoundSaleLine] = strawberry.field(description="What was sold.")

    @classmethod
    def of(cls, sale: DomainSale, store: StoreEntry, skus: Mapping[UUID, Sku], *, here: bool) -> "FoundSale":
        """Return a found sale as it is told."""
        return cls(
            sale_id=sale.document_id,
            store_name=store.name,
            store_name_en=store.name_en,
            sold_here=here,
            sold_at=sale.sold_at,
            lines=[
                FoundSaleLine(
                    line_id=line.line_id,
                    sku=skus[line.sku_id],
                    sold=line.sold,
                    returned=line.returned,
                    left=line.left,
                    paid=None if line.paid_fen is None else Fen(line.paid_fen),
                )
                for line in sale.lines
            ],
        )


@strawberry.type(description="What stands, or stood, in quarantine: never on sale until somebody has looked at it.")
class Lot:
    put_at: datetime = strawberry.field(description="Since when.")
    hours: float = strawberry.field(description="For how many hours until it was decided, or until now.")
    closed_at: datetime | None = strawberry.field(description="When it was decided, if it was.")
    passed_units: int | None = strawberry.field(description="How many went on sale again.")
    failed_to: Disposition | None = strawberry.field(description="Where the rest went.")
    note: str | None = strawberry.field(description="What was written about it.")
    questions: list[Question] = strawberry.field(description="What must be so before it passes.")

    @classmethod
    def of(cls, lot: QuarantineLot, condition: Condition, handling: Handling, now: datetime) -> "Lot":
        """Return a lot as it is told."""
        return cls(
            put_at=lot.put_at,
            hours=hours_waiting(lot, now),
            closed_at=lot.closed_at,
            passed_units=lot.passed_units,
            failed_to=None if lot.failed_to is None else Disposition(lot.failed_to),
            note=lot.note,
            questions=list(questions(handling, condition)),
        )


@strawberry.type(description="Some of one SKU that a customer brought back.")
class GoodsReturn:
    id: UUID = strawberry.field(description="The return; the document of its movements.")
    sku: Sku = strawberry.field(description="What came back.")
    units: int = strawberry.field(description="How many, in base units.")
    reason: ReturnReason = strawberry.field(description="Why.")
    condition: Condition = strawberry.field(description="In what state.")
    disposition: Disposition = strawberry.field(description="Where it went.")
    advised: Disposition = strawberry.field(description="Where the rule would have it.")
    rule: str = strawberry.field(description="The rule's name.")
    why: str = strawberry.field(description="The rule's reason, in Chinese.")
    why_en: str = strawberry.field(description="The same in English.")
    override_reason: str | None = strawberry.field(description="Why it went elsewhere than the rule says.")
    note: str | None = strawberry.field(description="What was written about it.")
    sold_at: datetime | None = strawberry.field(description="When it was sold; null when taken without a proof.")
    refund: Fen | None = strawberry.field(description="What the customer got back, in fen; null if unknown.")
    occurred_at: datetime = strawberry.field(description="When it came back.")
    recorded_at: datetime = strawberry.field(description="When the server heard of it.")
    by: str = strawberry.field(description="Who took it.")
    cancelled_at: datetime | None = strawberry.field(description="When it was taken back as a mistake.")
    lot: Lot | None = strawberry.field(description="Its time in quarantine, if it went there.")
    photos: list[Photo] = strawberry.field(description="The pictures of it.")

    @classmethod
    def of(cls, told: ReturnRow, sku: Sku, handling: Handling, photos: list[Photo], now: datetime) -> "GoodsReturn":
        """Return a return as it is told."""
        row, condition = told.row, Condition(told.row.condition)
        rule = _RULES.get(row.rule, RULES[-1])
        return cls(
            id=as_uuid(row.id),
            sku=sku,
            units=row.units,
            reason=ReturnReason(row.reason),
            condition=condition,
            disposition=Disposition(row.disposition),
            advised=Disposition(row.advised),
            rule=row.rule,
            why=rule.why,
            why_en=rule.why_en,
            override_reason=row.override_reason,
            note=row.note,
            sold_at=row.sold_at,
            refund=None if row.refund_fen is None else Fen(row.refund_fen),
            occurred_at=row.occurred_at,
            recorded_at=row.recorded_at,
            by=told.by,
            cancelled_at=row.cancelled_at,
            lot=None if told.lot is None else Lot.of(told.lot, condition, handling, now),
            photos=photos,
        )


@strawberry.type(description="A return on a page.")
class GoodsReturnEdge:
    cursor: str = strawberry.field(description="Its place.")
    node: GoodsReturn = strawberry.field(description="The return.")


@strawberry.type(description="A page of a store's returns, the newest first.")
class GoodsReturnConnection:
    edges: list[GoodsReturnEdge] = strawberry.field(description="The returns of this page.")
    page_info: PageInfo = strawberry.field(description="Where the page ends.")


@strawberry.type(description="How a store's day stands with returns.")
class ReturnsOfDay:
    taken: int = strawberry.field(description="How many came back in this business day.")
    waiting: int = strawberry.field(description="How many lots wait to be looked at.")
    waiting_since: datetime | None = strawberry.field(description="Since when the oldest of them waits.")

    @classmethod
    def of(cls, told: ReturnsToday) -> "ReturnsOfDay":
        """Return it as it is told."""
        return cls(taken=told.taken, waiting=told.waiting, waiting_since=told.waiting_since)


@strawberry.type(description="One row of the table that decides where goods go; the first that fits decides.")
class ReturnRule:
    name: str = strawberry.field(description="Its name.")
    reasons: list[ReturnReason] | None = strawberry.field(description="The reasons that it is about; null: any.")
    conditions: list[Condition] | None = strawberry.field(description="The conditions; null: any.")
    handlings: list[Handling] | None = strawberry.field(description="What the goods need; null: anything.")
    ages: list[SaleAge] | None = strawberry.field(description="How long ago it was sold; null: whenever.")
    disposition: Disposition = strawberry.field(description="Where the goods go.")
    firm: bool = strawberry.field(description="Whether nobody may put them on sale all the same.")
    why: str = strawberry.field(description="Why, in Chinese.")
    why_en: str = strawberry.field(description="The same in English.")

    @classmethod
    def of(cls, rule: Rule) -> "ReturnRule":
        """Return a rule as it is told."""
        return cls(
            name=rule.name,
            reasons=_sorted(rule.reasons),
            conditions=_sorted(rule.conditions),
            handlings=_sorted(rule.handlings),
            ages=_sorted(rule.ages),
            disposition=rule.disposition,
            firm=rule.firm,
            why=rule.why,
            why_en=rule.why_en,
        )


T = TypeVar("T", ReturnReason, Condition, Handling, SaleAge)


def _sorted(ones: Iterable[T] | None) -> list[T] | None:
    return None if ones is None else sorted(ones)


@strawberry.type(description="What the goods of a category need; those below it need the same.")
class CategoryNeed:
    category_id: UUID = strawberry.field(description="The category.")
    handling: Handling = strawberry.field(description="What its goods need.")
    own: bool = strawberry.field(description="Whether the category itself says so; else one above it does.")


@strawberry.type(description="All that decides about a return, for phones that have no network.")
class ReturnPolicy:
    rules: list[ReturnRule] = strawberry.field(description="The table, in its order.")
    handlings: list[CategoryNeed] = strawberry.field(description="Each category that needs more than ambient goods do.")
    young_days: int = strawberry.field(description="So long after its sale a thing is young.")
    units_without_proof: int = strawberry.field(description="So many pieces a clerk takes back without a receipt.")
    fen_without_proof: Fen = strawberry.field(description="Worth so much at most, in fen.")
    times_without_proof: int = strawberry.field(description="So often a day.")


@strawberry.type(description="A shelf of the region that needs what came back more than this one.")
class NeedyShelf:
    store_name: str = strawberry.field(description="Which, in Chinese.")
    store_name_en: str = strawberry.field(description="The same in English.")
    lacks: int = strawberry.field(description="How many it lacks to its safety stock.")
    distance_m: int | None = strawberry.field(description="How far away, in metres.")

    @classmethod
    def of(cls, shelf: Shelf | None) -> "NeedyShelf | None":
        """Return a shelf as it is told."""
        if shelf is None:
            return None
        metres = None if shelf.distance_m is None else round(shelf.distance_m)
        return cls(store_name=shelf.name, store_name_en=shelf.name_en, lacks=shelf.lacks, distance_m=metres)


@strawberry.type(description="How many returns went one way.")
class DispositionCount:
    disposition: Disposition = strawberry.field(description="The way.")
    returns: int = strawberry.field(description="How many.")


@strawberry.type(description="How many returns had a reason, and how long it took until they were on sale again.")
class ReasonCount:
    reason: ReturnReason = strawberry.field(description="The reason.")
    returns: int = strawberry.field(description="How many.")
    lots_resold: int = strawberry.field(description="How many of their lots passed and went on sale again.")
    median_hours: float | None = strawberry.field(description="Half of those were on sale again within so many hours.")


@strawberry.type(description="What came back in a time, and how long it took until it was on sale again.")
class ReturnFigures:
    returns: int = strawberry.field(description="How many returns.")
    units: int = strawberry.field(description="How many pieces.")
    refund: Fen = strawberry.field(description="What customers got back, in fen.")
    without_proof: int = strawberry.field(description="How many had no receipt.")
    overridden: int = strawberry.field(description="How many went elsewhere than the rule says.")
    by_disposition: list[DispositionCount] = strawberry.field(description="Where they went.")
    by_reason: list[ReasonCount] = strawberry.field(description="Why they came.")
    lots_resold: int = strawberry.field(description="How many lots passed and went on sale again.")
    median_hours: float | None = strawberry.field(description="Half of those were on sale again within so many hours.")
    p90_hours: float | None = strawberry.field(description="Nine of ten within so many.")
    waiting: int = strawberry.field(description="How many lots wait still.")
    waiting_since: datetime | None = strawberry.field(description="Since when the oldest of them waits.")

    @classmethod
    def of(cls, told: Figures) -> "ReturnFigures":
        """Return figures as they are told."""
        return cls(
            returns=told.returns,
            units=told.units,
            refund=Fen(told.refund_fen),
            without_proof=told.without_proof,
            overridden=told.overridden,
            by_disposition=[DispositionCount(disposition=k, returns=n) for k, n in told.by_disposition.items()],
            by_reason=[
                ReasonCount(reason=k, returns=of.returns, lots_resold=of.lots_resold, median_hours=of.median_hours)
                for k, of in told.by_reason.items()
            ],
            lots_resold=told.lots_resold,
            median_hours=told.median_hours,
            p90_hours=told.p90_hours,
            waiting=told.waiting,
            waiting_since=told.waiting_since,
        )
