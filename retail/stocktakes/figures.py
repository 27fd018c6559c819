"""The figures of counting, worked out from what happened; each with what it is a share of.

- *discrepancy*: units by which counts changed the book (each SKU's net, what was settled later included) of the
  units that the book held of what was counted.
- *count error*: first figures that are wrong, of all first figures, estimated by `retail.stocktakes.checks` from the
  suspect ones, which were looked at again, and from the *control*: others that a second person happened to count too.
- *minutes*: the time between the lines of one person in one stocktake, without gaps above 5 minutes; of the times
  that somebody took part in one, and of the items counted (an SKU at a place).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from retail.access.permissions import Permission
from retail.access.work import Reading
from retail.catalogue.costs import costs
from retail.kernel.content import as_uuid
from retail.kernel.refusal import InvalidInput, NotPermitted, Problem
from retail.stocktakes.checks import CHECKS, Checks
from retail.stocktakes.models import CountState, Stocktake
from retail.stocktakes.queries import ItemRow

IDLE = timedelta(minutes=5)
LONGEST = timedelta(days=366)
WORST = 10


@dataclass(frozen=True, slots=True)
class Ratio:
    """A share with what it is made of."""

    numerator: float
    denominator: float

    @property
    def value(self) -> float | None:
        """Return the share; None of nothing."""
        return self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True, slots=True)
class CountFigures:
    """A store's counting in a time; `count_control` is how many of the control were wrong, of how many."""

    store_id: UUID
    stocktakes: int
    discrepancy: Ratio
    count_error: Ratio
    count_control: Ratio
    minutes_per_person: Ratio
    minutes_per_hundred: Ratio


@dataclass(frozen=True, slots=True)
class Shrunk:
    """An SKU of which less was there than in the book, or more: base units and fen, both positive."""

    sku_id: UUID
    units: int
    fen: int


@dataclass(frozen=True, slots=True)
class Result:
    """What a stocktake found. Money is at cost where the reader may know it, else at the list price.

    `lines_right`: SKUs whose book was right; `units_right`: 1 less the differences as a share of the book.
    """

    lines_right: Ratio
    units_right: float | None
    difference_units: int
    difference_fen: int
    at_cost: bool
    minutes_per_hundred: Ratio
    shrinkage: list[Shrunk]
    surplus: list[Shrunk]


async def count_figures(
    reading: Reading, *, store_ids: Sequence[UUID] | None, since: datetime, until: datetime
) -> list[CountFigures]:
    """Return the figures of stores whose stocktakes were confirmed from one instant until before another."""
    visible = reading.actor.stores(Permission.WORK_READ)
    if not visible:
        raise NotPermitted(Permission.WORK_READ)
    if not timedelta(0) < until - since <= LONGEST:
        words = ("After `from`, and at most a year later.", "须晚于开始时间，且不超过一年。")
        raise InvalidInput([Problem("to", "OUT_OF_RANGE", *words)])
    wanted = visible if store_ids is None else visible & frozenset(store_ids)
    bound = {"stores": sorted(wanted), "since": since, "until": until}
    rows = (await reading.session.execute(_FIGURES, {**bound, "idle": IDLE})).all()
    return [
        CountFigures(
            store_id=as_uuid(row.store_id),
            stocktakes=row.stocktakes,
            discrepancy=Ratio(row.moved, row.held),
            count_error=Ratio(Checks(*row.checks).wrong, row.checks[0]),
            count_control=Ratio(row.checks[-1], row.checks[-2]),
            minutes_per_person=Ratio(row.minutes, row.people),
            minutes_per_hundred=Ratio(row.minutes * 100, row.items),
        )
        for row in rows
    ]


async def result_of(reading: Reading, stocktake: Stocktake, rows: Sequence[ItemRow]) -> Result:
    """Return what a stocktake found, of what is posted or would be."""
    held = [row for row in rows if row.state in {CountState.POSTED, CountState.READY}]
    nets = {row.sku_id: (row.difference or 0) + row.settled for row in held}
    known: dict[UUID, int] = {}
    at_cost = reading.actor.may(Permission.COST_READ, as_uuid(stocktake.store_id))
    if at_cost:
        known = await costs(reading, list(nets))
    worth = {row.sku_id: known.get(row.sku_id, row.price_fen or 0) for row in held}
    book = sum(max(row.book or 0, 0) for row in held)
    off = sum(abs(net) for net in nets.values())
    off_by = [(net, Shrunk(sku_id, abs(net), abs(net) * worth[sku_id])) for sku_id, net in nets.items()]
    return Result(
        lines_right=Ratio(sum(net == 0 for net in nets.values()), len(nets)),
        units_right=1 - off / book if book else None,
        difference_units=sum(nets.values()),
        difference_fen=sum(net * worth[sku_id] for sku_id, net in nets.items()),
        at_cost=at_cost,
        minutes_per_hundred=await _minutes(reading.session, stocktake),
        shrinkage=_worst(each for net, each in off_by if net < 0),
        surplus=_worst(each for net, each in off_by if net > 0),
    )


def _worst(found: Iterable[Shrunk]) -> list[Shrunk]:
    return sorted(found, key=lambda each: (-each.fen, -each.units, each.sku_id))[:WORST]


async def _minutes(session: AsyncSession, stocktake: Stocktake) -> Ratio:
    row = (await session.execute(_MINUTES, {"stocktake": stocktake.id, "idle": IDLE})).one()
    return Ratio(row.minutes * 100, row.items)


_GAPS = """
    select store_id, stocktake_id, person_id, counted_at - lag(counted_at) over (
        partition by store_id, stocktake_id, person_id order by counted_at) as gap
    from stocktake_line"""

_MINUTES = text(f"""
select
    coalesce((select extract(epoch from sum(gap))::float8 / 60 from ({_GAPS} where stocktake_id = :stocktake) g
        where gap <= :idle), 0) as minutes,
    (select count(distinct (sku_id, shelf_id)) from stocktake_line where stocktake_id = :stocktake) as items
""")  # noqa: S608 -- made of this module's own texts

_FIGURES = text(f"""
with done as (
    select store_id, id from stocktake
    where store_id = any(:stores) and status = 'confirmed' and closed_at >= :since and closed_at < :until
), found as (
    select i.store_id, sum(abs(i.posted + coalesce(a.settled, 0))) filter (where i.posted is not null) as moved,
        sum(greatest(i.book, 0)) filter (where i.posted is not null) as held,
        array[{", ".join(f"coalesce(sum(i.{name}), 0)::int" for name in CHECKS)}] as checks
    from done d join stocktake_item i on i.store_id = d.store_id and i.stocktake_id = d.id
    left join count_anchor a on a.store_id = i.store_id and a.sku_id = i.sku_id and a.document_id = i.stocktake_id
    group by 1
), lines as (
    select l.* from done d join stocktake_line l on l.store_id = d.store_id and l.stocktake_id = d.id
), work as (
    select store_id, count(distinct (stocktake_id, person_id)) as people,
        count(distinct (stocktake_id, sku_id, shelf_id)) as items
    from lines group by 1
), minutes as (
    select store_id, extract(epoch from sum(gap))::float8 / 60 as minutes
    from ({_GAPS.replace("stocktake_line", "lines")}) g where gap <= :idle group by 1
)
select d.store_id, d.stocktakes, coalesce(f.moved, 0)::float8 as moved, coalesce(f.held, 0)::float8 as held,
    coalesce(f.checks, array_fill(0, array[{len(CHECKS)}])) as checks,
    coalesce(m.minutes, 0) as minutes, coalesce(w.people, 0)::float8 as people, coalesce(w.items, 0)::float8 as items
from (select store_id, count(*) as stocktakes from done group by 1) d
left join found f using (store_id) left join work w using (store_id) left join minutes m using (store_id)
order by d.store_id
""")  # noqa: S608 -- same
