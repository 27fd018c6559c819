"""`recordSale` through GraphQL over HTTP, against pgbench writing the same sale in one round trip."""

from collections.abc import Iterator

from bench.figures import Figure, middle
from bench.house import House, Server
from bench.plan import Bar, Plan
from bench.program import Program

CLIENTS = (1, 16, 64)
HOT_SKUS = 5
AIM = 0.25
_WARM_SECONDS = 2.0
_Rounds = dict[str, list[float]]


def measure(house: House, plan: Plan, bar: Bar) -> Iterator[Figure]:
    """Yield the figures at 1, 16 and 64 clients, and at 16 on five hot rows."""
    cases = [(str(clients), clients, plan.stores, plan.skus) for clients in CLIENTS]
    cases.append(("hot", 16, 1, HOT_SKUS))
    bar.begin("recordSale", 1 + 2 * plan.rounds * len(cases))
    ours: _Rounds = {name: [] for name, *_ in cases}
    other: _Rounds = {name: [] for name, *_ in cases}
    late: _Rounds = {name: [] for name, *_ in cases}
    with (
        house.chain("sales", stores=plan.stores, skus=plan.skus) as chain,
        Server(chain) as server,
        Program("bench.load") as program,
    ):
        with bar.step("warming up"):
            house.run_file(chain.url, "yardstick.sql")
            _sell(program, server, 16, _WARM_SECONDS, plan.stores, plan.skus)
        for _ in range(plan.rounds):
            for name, clients, stores, skus in cases:
                with bar.step(f"{clients} clients"):
                    sold = _sell(program, server, clients, plan.seconds, stores, skus)
                    ours[name].append(sold["per_second"])
                    late[name].append(sold["p99_ms"])
                    house.settle(chain)
                with bar.step(f"pgbench, {clients} clients"):
                    seconds = plan.seconds
                    other[name].append(house.pgbench(chain, clients=clients, seconds=seconds, stores=stores, skus=skus))
        house.check(chain)
    for name, clients, stores, _ in cases:
        figure = middle(ours[name]), middle(other[name])
        aimed = name == "16"
        yield Figure(
            f"recordSale, {clients} client{'s' if clients > 1 else ''}" + (", 5 hot rows" if stores == 1 else ""),
            figure[0],
            "sales/s",
            figure[1],
            "pgbench, one round trip",
            aim=f"≥ {AIM} of pgbench" if aimed else "",
            met=figure[0] >= AIM * figure[1] if aimed else None,
            note=f"p99 {middle(late[name]):.0f} ms",
            rounds=tuple(ours[name]),
        )


def _sell(program: Program, server: Server, clients: int, seconds: float, stores: int, skus: int) -> dict[str, float]:
    order = server.order(kind="sales", clients=clients, seconds=seconds)
    return program.ask({**order, "stores": stores, "skus": skus})
