"""What the second wall costs: the same server and rows with row-level security and without, by turns."""

from collections.abc import Iterator
from contextlib import contextmanager

from bench.figures import Figure, middle
from bench.house import Chain, House, Server
from bench.plan import Bar, Plan
from bench.program import Program

STORES = 30
_CASES = {"sales": ("recordSale, 16 clients", 16, "sales/s"), "pages": ("a page of 100 of 30 stores", 4, "pages/s")}
_CASES["grids"] = ("a grid of 30 stores", 1, "grids/s")
_WALLED = "select relname from pg_class where relrowsecurity order by 1;"
_SEEN = "select pg_get_functiondef('stores_seen_by'::regproc);"
_SEEN_BY_ALL = """
do $$ declare everything uuid[] := array(select id from store); begin
    execute format('create or replace function stores_seen_by(actor uuid) returns uuid[] language sql immutable
        return %L::uuid[]', everything);
end $$;"""


def measure(house: House, plan: Plan, bar: Bar) -> Iterator[Figure]:
    """Yield how fast sales and reads of 30 stores are behind the wall, against the same without it."""
    rates: dict[tuple[str, bool], list[float]] = {(kind, up): [] for kind in _CASES for up in (True, False)}
    bar.begin("the second wall", 2 * plan.rounds * len(_CASES))
    chained = house.chain("walls", stores=STORES, skus=plan.skus)
    with chained as chain, Server(chain) as server, Program("bench.load") as program:
        program.ask(server.order(kind="sales", clients=16, seconds=plan.seconds))
        for _ in range(plan.rounds):
            for up in (True, False):
                with _down(house, chain, really=not up):
                    for kind, (name, clients, _) in _CASES.items():
                        with bar.step(name if up else f"{name}, without"):
                            order = server.order(kind=kind, clients=clients, seconds=plan.seconds)
                            rates[kind, up].append(program.ask(order)["per_second"])
                            house.settle(chain)
    for kind, (name, _, unit) in _CASES.items():
        with_it, without = rates[kind, True], rates[kind, False]
        paired = middle([a / b for a, b in zip(with_it, without, strict=True)])
        yield Figure(
            f"behind the wall: {name}",
            middle(with_it),
            unit,
            middle(without),
            "without row-level security",
            rounds=tuple(with_it),
            paired_ratio=paired,
        )


@contextmanager
def _down(house: House, chain: Chain, *, really: bool) -> Iterator[None]:
    """Take the second wall down for a while: no policy, and no look at anybody's assignments."""
    if not really:
        yield
        return
    tables = house.psql(chain.url, _WALLED).split()
    seen = house.psql(chain.url, _SEEN)
    house.psql(chain.url, "".join(f"alter table {table} disable row level security;" for table in tables))
    house.psql(chain.url, _SEEN_BY_ALL)
    try:
        yield
    finally:
        house.psql(chain.url, seen + ";")
        house.psql(chain.url, "".join(f"alter table {table} enable row level security;" for table in tables))
