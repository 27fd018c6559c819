"""Stock lists: rows a second through GraphQL, against asyncpg fetching the same rows."""

import asyncio
import time
from collections.abc import Iterator

import asyncpg
import uvloop

from bench.figures import Figure, middle
from bench.house import Chain, House, Server
from bench.plan import Bar, Plan
from bench.program import Program

PAGE = 100
CLIENTS = 4
_DEFICIT = "greatest(l.safety_stock - l.on_hand + l.reserved, 0)"
_PAGE_ROWS = f"""
select l.store_id, l.sku_id, l.on_hand, l.reserved, l.safety_stock, s.code, s.name, k.code, k.name
from stock_level l join store s on s.id = l.store_id join sku k on k.id = l.sku_id
where (-{_DEFICIT}, l.store_id, l.sku_id) > ($1, $2::uuid, $3::uuid)
order by -{_DEFICIT}, l.store_id, l.sku_id limit {PAGE}
"""  # noqa: S608 -- our own text
_GRID_ROWS = "select store_id, sku_id, on_hand, reserved, incoming, safety_stock, sold_units, version from stock_level"
_FIRST = (-1_000_000, "00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000000")


def measure(house: House, plan: Plan, bar: Bar) -> Iterator[Figure]:
    """Yield rows per second in pages of a hundred, and as one grid."""
    pages: dict[str, list[float]] = {"ours": [], "other": []}
    grids: dict[str, list[float]] = {"ours": [], "other": []}
    bar.begin("stock lists", 4 * plan.rounds)
    chained = house.chain("lists", stores=plan.stores, skus=plan.skus)
    with chained as chain, Server(chain) as server, Program("bench.load") as program:
        for _ in range(plan.rounds):
            with bar.step("pages"):
                told = program.ask(server.order(kind="pages", clients=CLIENTS, seconds=plan.seconds))
                pages["ours"].append(told["per_second"] * PAGE)
            with bar.step("pages, asyncpg"):
                pages["other"].append(uvloop.run(_pages(chain, plan.seconds)))
            with bar.step("grid"):
                told = program.ask(server.order(kind="grids", clients=1, seconds=plan.seconds))
                grids["ours"].append(told["per_second"] * chain.levels)
            with bar.step("grid, asyncpg"):
                grids["other"].append(uvloop.run(_grids(chain, plan.seconds)))
    yield _figure(f"stock(first: {PAGE}), {CLIENTS} clients", pages)
    yield _figure(f"stockGrid of {plan.stores * plan.skus:,} levels", grids)


def _figure(name: str, rows: dict[str, list[float]]) -> Figure:
    ours, other = middle(rows["ours"]), middle(rows["other"])
    return Figure(name, ours, "rows/s", other, "asyncpg, same rows", rounds=tuple(rows["ours"]))


async def _pages(chain: Chain, seconds: float) -> float:
    """Walk through the pages over as many connections and return rows per second."""
    lanes = [await asyncpg.connect(chain.url) for _ in range(CLIENTS)]
    began = time.perf_counter()

    async def walk(lane: asyncpg.Connection) -> int:
        statement, after, rows = await lane.prepare(_PAGE_ROWS), _FIRST, 0
        while time.perf_counter() < began + seconds:
            page = await statement.fetch(*after)
            rows += len(page)
            last = page[-1] if len(page) == PAGE else None
            after = _FIRST if last is None else (-max(last[4] - last[2] + last[3], 0), last[0], last[1])
        return rows

    total = sum(await asyncio.gather(*map(walk, lanes)))
    took = time.perf_counter() - began
    for lane in lanes:
        await lane.close()
    return total / took


async def _grids(chain: Chain, seconds: float) -> float:
    lane = await asyncpg.connect(chain.url)
    began = time.perf_counter()
    total = 0
    while True:
        total += len(await lane.fetch(_GRID_ROWS))
        if time.perf_counter() > began + seconds:
            break
    took = time.perf_counter() - began
    await lane.close()
    return total / took
