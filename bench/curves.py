"""What a sale costs as the chain and its history grow: it should not.

Every point has its own database and server; their rounds alternate. The ledger of a point is filled set by set through
SQL, with levels that are its sums, and both checks of the ledger must hold before and after.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field

from bench.figures import Figure, middle
from bench.house import Chain, House, Server
from bench.plan import Bar, Plan
from bench.program import Program

CLIENTS = 16
SKUS = 100
SECONDS = 1.5
FLAT = 0.8


@dataclass(slots=True)
class Point:
    """One point of a curve and what its rounds gave."""

    name: str
    chain: Chain
    server: Server
    sales: list[float] = field(default_factory=list)
    median_ms: list[float] = field(default_factory=list)


def by_stores(house: House, plan: Plan, bar: Bar) -> Iterator[Figure]:
    """Yield sales per second in chains of more and more stores."""
    bar.begin("curve over stores", len(plan.chains) * (2 + _rounds(plan)))
    with ExitStack() as open_points:
        points = []
        for stores in plan.chains:
            chain = house.chain(f"stores{stores}", stores=stores, skus=SKUS, step=bar.step)
            points.append(_open(open_points, f"{stores:,} stores", chain))
        yield from _curve(house, plan, bar, points)


def by_movements(house: House, plan: Plan, bar: Bar) -> Iterator[Figure]:
    """Yield sales per second over ledgers of more and more movements."""
    bar.begin("curve over movements", sum(plan.turns) + len(plan.turns) * (1 + _rounds(plan)))
    with ExitStack() as open_points:
        points = []
        for turns in plan.turns:
            chain = house.chain(f"moved{turns}", stores=plan.stores, skus=SKUS, turns=turns, step=bar.step)
            points.append(_open(open_points, f"{turns * plan.stores * SKUS:,} movements", chain))
        yield from _curve(house, plan, bar, points)


def _open(stack: ExitStack, name: str, filling: AbstractContextManager[Chain]) -> Point:
    chain = stack.enter_context(filling)
    return Point(name, chain, stack.enter_context(Server(chain)))


def _curve(house: House, plan: Plan, bar: Bar, points: Sequence[Point]) -> Iterator[Figure]:
    with Program("bench.load") as program:
        for point in points:
            with bar.step(f"warming {point.name} up"):
                program.ask(point.server.order(kind="sales", clients=CLIENTS, seconds=2))
        for _ in range(_rounds(plan)):
            for point in points:
                with bar.step(point.name):
                    told = program.ask(point.server.order(kind="sales", clients=CLIENTS, seconds=SECONDS))
                    house.settle(point.chain)
                point.sales.append(told["per_second"])
                point.median_ms.append(told["p50_ms"])
    for point in points:
        house.check(point.chain)
        yield _figure(point, None if point is points[0] else points[0])


def _rounds(plan: Plan) -> int:
    """Return the number of rounds: many and short, because the machine's mood changes within a minute."""
    return plan.rounds * 3


def _figure(point: Point, first: Point | None) -> Figure:
    """Compare each round of a point with the round of the first point just before it."""
    sales, note = middle(point.sales), f"p50 {middle(point.median_ms):.1f} ms"
    name, rounds = f"recordSale, {CLIENTS} clients, {point.name}", tuple(point.sales)
    if first is None:
        return Figure(name, sales, "sales/s", note=note, rounds=rounds)
    ratio = middle([ours / other for ours, other in zip(point.sales, first.sales, strict=True)])
    return Figure(
        name,
        sales,
        "sales/s",
        middle(first.sales),
        first.name,
        aim=f"flat: ≥ {FLAT}",
        met=ratio >= FLAT,
        note=note,
        rounds=rounds,
        paired_ratio=ratio,
    )
