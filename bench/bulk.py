"""`recordMovements`, a thousand events a call, against COPY of the same rows into an identically indexed table."""

import asyncio
import io
import time
from collections.abc import Iterator, Sequence

import asyncpg
import uvloop

from bench.figures import Figure, middle
from bench.house import Chain, House, Server
from bench.plan import Bar, Plan
from bench.program import Program

CONNECTIONS = (2, 4)
EVENTS = 1000
AIM = 20_000
_EXPECTED_PER_SECOND = 30_000
_ROWS = "select * from movement where version > 1 and content_hash is not null order by xid desc limit $1"
_FRESH_TABLE = """
drop schema if exists copies cascade; create schema copies; create table copies.copied (like movement including all)
"""


def measure(house: House, plan: Plan, bar: Bar) -> Iterator[Figure]:
    """Yield events per second over two and four connections."""
    calls = max(round(plan.seconds * _EXPECTED_PER_SECOND / EVENTS), 8)
    ours: dict[int, list[float]] = {connections: [] for connections in CONNECTIONS}
    other: dict[int, list[float]] = {connections: [] for connections in CONNECTIONS}
    bar.begin("recordMovements", 1 + 2 * plan.rounds * len(CONNECTIONS))
    with (
        house.chain("bulk", stores=plan.stores, skus=plan.skus) as chain,
        Server(chain) as server,
        Program("bench.load") as program,
    ):
        with bar.step("warming up"):
            program.ask(server.order(kind="batches", clients=2, events=EVENTS, calls=8, seconds=60))
        for _ in range(plan.rounds):
            for connections in CONNECTIONS:
                with bar.step(f"{connections} connections"):
                    order = server.order(kind="batches", clients=connections, events=EVENTS, calls=calls, seconds=60)
                    ours[connections].append(program.ask(order)["per_second"] * EVENTS)
                    house.settle(chain)
                with bar.step(f"COPY, {connections} connections"):
                    other[connections].append(uvloop.run(_copy(chain, connections, calls)))
        house.check(chain)
    for connections in CONNECTIONS:
        events = middle(ours[connections])
        yield Figure(
            f"recordMovements, {EVENTS:,} a call, {connections} connections",
            events,
            "events/s",
            middle(other[connections]),
            f"COPY, {EVENTS:,} rows a commit",
            aim=f"≥ {AIM:,}/s",
            met=events >= AIM,
            rounds=tuple(ours[connections]),
        )


async def _copy(chain: Chain, connections: int, calls: int) -> float:
    """Copy the rows that were written last, a thousand a transaction, and return rows per second."""
    lanes: Sequence[asyncpg.Connection] = [await asyncpg.connect(chain.url) for _ in range(connections)]
    try:
        await lanes[0].execute(_FRESH_TABLE)
        text = io.BytesIO()
        await lanes[0].copy_from_query(_ROWS, calls * EVENTS, output=text)
        rows = text.getvalue().splitlines(keepends=True)
        parts = iter([b"".join(rows[start : start + EVENTS]) for start in range(0, len(rows), EVENTS)])

        async def work(lane: asyncpg.Connection) -> None:
            for part in parts:
                await lane.copy_to_table("copied", schema_name="copies", source=io.BytesIO(part))

        began = time.perf_counter()
        await asyncio.gather(*(work(lane) for lane in lanes))
        return len(rows) / (time.perf_counter() - began)
    finally:
        for lane in lanes:
            await lane.close()
