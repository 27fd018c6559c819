"""What the operation log costs the hot path: two servers and databases side by side, one without the log."""

from collections.abc import Iterator
from pathlib import Path

import psutil

import migrations
from bench.figures import Figure, middle
from bench.house import Chain, House, Server
from bench.plan import Bar, Plan
from bench.program import Program

CLIENTS = (1, 16, 64)
AIM = 0.85
STORES = 30
SLICES = 4
"""Into so many parts each round is cut, by turns with and without: a busy machine then slows both alike."""
_BACKENDS = "select pid from pg_stat_activity where datname = current_database() and application_name = 'trueshelf';"
_SQL = Path(migrations.__file__).parent / "sql"
_WARM_SECONDS = 2.0


class ServerWithoutLog(Server):
    """Our server, sparing what the log costs."""

    command = ("-m", "bench.without_log", "serve")


def measure(house: House, plan: Plan, bar: Bar) -> Iterator[Figure]:
    """Yield how fast `recordSale` is with the log, against the same without."""
    rates: dict[tuple[int, bool], list[float]] = {(n, logged): [] for n in CLIENTS for logged in (True, False)}
    costs: dict[tuple[int, bool], list[float]] = {each: [] for each in rates}
    bar.begin("the operation log", 1 + 2 * SLICES * plan.rounds * len(CLIENTS))
    with (
        house.chain("logged", stores=STORES, skus=plan.skus) as logged,
        house.chain("unlogged", stores=STORES, skus=plan.skus) as unlogged,
        Program("bench.load") as program,
    ):
        house.psql(unlogged.url, without_log())
        with Server(logged) as ours, ServerWithoutLog(unlogged) as other:
            servers: dict[bool, tuple[Server, Chain]] = {True: (ours, logged), False: (other, unlogged)}
            with bar.step("warming up"):
                for server, _ in servers.values():
                    program.ask(server.order(kind="sales", clients=16, seconds=_WARM_SECONDS))
            for turn in range(plan.rounds * SLICES):
                for clients in CLIENTS:
                    for with_log in (True, False) if turn % 2 else (False, True):
                        server, chain = servers[with_log]
                        with bar.step(f"{clients} clients" + ("" if with_log else ", without")):
                            order = server.order(kind="sales", clients=clients, seconds=plan.seconds / SLICES)
                            before = _worked(house, server)
                            sold = program.ask(order)
                            costs[clients, with_log].append((_worked(house, server) - before) / sold["answers"] * 1e6)
                            rates[clients, with_log].append(sold["per_second"])
                            house.settle(chain)
            for chain in (logged, unlogged):
                house.check(chain)
    for clients in CLIENTS:
        with_it, without = rates[clients, True], rates[clients, False]
        paired = middle([a / b for a, b in zip(with_it, without, strict=True)])
        yield Figure(
            f"with the operation log: recordSale, {clients} client{'s' if clients > 1 else ''}",
            middle(with_it),
            "sales/s",
            middle(without),
            "without the log",
            aim=f"≥ {AIM} of it" if clients > 1 else "",
            met=paired >= AIM if clients > 1 else None,
            note=f"{middle(costs[clients, True]):.0f} us of CPU a sale, without {middle(costs[clients, False]):.0f}",
            rounds=tuple(with_it),
            paired_ratio=paired,
        )


def _worked(house: House, server: Server) -> float:
    """Return the seconds of CPU that a server and its connections in PostgreSQL have used so far."""
    pids = [server.pid, *(int(pid) for pid in house.psql(server.chain.url, _BACKENDS).split())]
    used = [psutil.Process(pid).cpu_times() for pid in pids]
    return sum(times.user + times.system for times in used)


def without_log() -> str:
    """Return the ledger's writer as it was before the log, asking as the new one does who sees what."""
    before = (_SQL / "ledger_post_v1.sql").read_text(encoding="utf-8")
    now = (_SQL / "ledger_post_v2.sql").read_text(encoding="utf-8")
    wall = now[now.index("    if exists (") : now.index("    end if;") + len("    end if;\n\n")]
    for old, new in (
        ("create function", "create or replace function"),
        ("l_document uuid[],\n", "l_document uuid[], l_digest bytea[], l_act int[], a_store uuid[], a_body text[],\n"),
        ("language plpgsql\n", "language plpgsql security definer set search_path = public, pg_temp\n"),
        ("begin\n", f"begin\n{wall}"),
    ):
        assert old in before, "the ledger's first writer has changed"
        before = before.replace(old, new, 1)
    return before
