"""From a sale to every screen: how many deliveries a second, and how long until all have seen it.

Sales fall due at random moments at a given rate. A sale is seen by a subscriber with the first frame that shows its
level at what was on hand after it, or less. The time counts from when the sale was due (coordinated omission).
"""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import psutil

from bench.figures import Figure, middle, percentile
from bench.house import House, Server
from bench.plan import Bar, Plan
from bench.program import Answer, Program
from bench.requests import STOCK_GRID

SUBSCRIBERS, RATE, AIM_MS = 100, 200, 300
MANY, MANY_RATE, AIM_MB = 1000, 500, 250
CONNECTIONS = 32
WARM_SECONDS = 2.0
SETTLE_SECONDS = 3.0
SALES_LOOKED_AT = 1000


@dataclass(frozen=True, slots=True)
class Seen:
    """What one round came to; `frames` and `changes` are deliveries a second, to all subscribers together."""

    frames: float
    changes: float
    frame_bytes: int
    took_ms: list[float]
    rss_mb: float

    @property
    def p99_ms(self) -> float:
        return percentile(self.took_ms, 0.99)


def measure(house: House, plan: Plan, bar: Bar) -> Iterator[Figure]:
    """Yield the time from sale to screen with 100 subscribers, and the fan-out to 1,000."""
    bar.begin("screens", plan.rounds * 3)
    few: list[Seen] = []
    many: list[Seen] = []
    plain: list[float] = []
    with house.chain("screens", stores=plan.stores, skus=plan.skus) as chain, Server(chain) as server:
        for _ in range(plan.rounds):
            with bar.step(f"{SUBSCRIBERS} subscribers, {RATE} sales/s"):
                few.append(_watch(server, SUBSCRIBERS, RATE, plan.seconds * 2))
            with bar.step(f"{MANY:,} subscribers, {MANY_RATE} sales/s"):
                many.append(_watch(server, MANY, MANY_RATE, plan.seconds * 2))
            with bar.step(f"{MANY:,} plain sockets"):
                plain.append(_plain(MANY, many[-1].frame_bytes, plan.seconds))
        house.check(chain)
    p99 = middle([seen.p99_ms for seen in few])
    yield Figure(
        f"sale to screen, p99 ({RATE} sales/s, {SUBSCRIBERS} subscribers)",
        p99,
        "ms",
        aim=f"< {AIM_MS} ms",
        met=p99 < AIM_MS,
        note=f"p50 {middle([percentile(seen.took_ms, 0.5) for seen in few]):.0f} ms",
        rounds=tuple(seen.p99_ms for seen in few),
    )
    yield Figure(
        f"fan-out, {MANY:,} subscribers ({MANY_RATE} sales/s)",
        middle([seen.frames for seen in many]),
        "frames/s",
        middle(plain),
        "plain sockets, same frames",
        note=f"{middle([seen.changes for seen in many]):,.0f} changes/s, "
        f"p99 {middle([seen.p99_ms for seen in many]):.0f} ms",
        rounds=tuple(seen.frames for seen in many),
    )
    rss = max(seen.rss_mb for seen in many)
    yield Figure(f"server memory with {MANY:,} subscribers", rss, "MB RSS", aim=f"< {AIM_MB} MB", met=rss < AIM_MB)


def _watch(server: Server, subscribers: int, rate: float, seconds: float) -> Seen:
    """Sell for some seconds while subscribers watch."""
    cursor = server.ask(STOCK_GRID)["stockGrid"]["cursor"]
    watching = WARM_SECONDS + seconds + SETTLE_SECONDS
    with Program("bench.watchers") as watchers, Program("bench.load") as load:
        watchers.send(server.order(subscribers=subscribers, seconds=watching, after=cursor))
        watchers.receive()
        order = server.order(kind="sales", clients=CONNECTIONS, rate=rate)
        load.ask({**order, "seconds": WARM_SECONDS / 2})
        sold = load.ask({**order, "seconds": seconds})
        rss = psutil.Process(server.pid).memory_info().rss / 1e6
        came = watchers.receive()
    assert came["lost"] == 0, f"{came['lost']} subscribers lost their connection"
    return _seen(sold["told"], came, rss)


def _seen(told: list[tuple[float, int, int, int]], came: Answer, rss: float) -> Seen:
    began, ended = min(sale[0] for sale in told), max(sale[0] for sale in told)
    within = [[n for at, n in each if began <= at <= ended] for each in came["came"]]
    frames = sum(map(len, within)) / (ended - began)
    changes = sum(len(came["frames"][n]) for each in within for n in each) / (ended - began)
    sizes = [came["sizes"][n] for each in within for n in each]
    return Seen(frames, changes, round(sum(sizes) / max(len(sizes), 1)), sorted(_times(told, came)), rss)


def _times(told: list[tuple[float, int, int, int]], came: Answer) -> Iterator[float]:
    """Yield for each sale (a sample of them) and subscriber how many milliseconds it took to be seen."""
    showing: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for n, frame in enumerate(came["frames"]):
        for store, sku, on_hand in frame:
            showing[_number(store), _number(sku)].append((n, on_hand))
    arrivals = [dict(zip((n for _, n in each), (at for at, _ in each), strict=True)) for each in came["came"]]
    for due, store, sku, on_hand in random.sample(told, min(len(told), SALES_LOOKED_AT)):
        shown_by = [n for n, shown in showing[store, sku] if shown <= on_hand]
        for arrived in arrivals:
            at = min((arrived[n] for n in shown_by if n in arrived), default=None)
            assert at is not None, "a subscriber never saw a sale"
            yield (at - due) * 1000


def _number(id: str) -> int:
    return int(id[-12:], 16)


def _plain(subscribers: int, size: int, seconds: float) -> float:
    """Return how many frames of that size a process that does nothing else sends in a second."""
    with Program("bench.plain") as sender, Program("bench.plain") as reader:
        order = {"subscribers": subscribers, "size": size, "seconds": seconds}
        sender.send({"part": "sender", **order})
        port = sender.receive()["port"]
        return float(reader.ask({"part": "reader", "port": port, **order})["per_second"])
