"""The demo's simulator: trades through the public API over HTTP, as tills and platforms would.

It is polite: a bounded number of requests at once, and customers who find the server busy leave.
It ends when it is told to, and never by itself: a server that is away is waited for.
"""

import argparse
import asyncio
import os
import random
import signal
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import structlog

from api.demo.children import orphaned
from api.demo.deeds import Deeds, Traded
from api.demo.market import Market, Place
from api.demo.rhythm import hour_share
from api.demo.staff import CLIENTS, DemoClient
from api.replay.channel import Channel, ChannelRefused

log = structlog.get_logger(__name__)

SALES_A_SECOND = 3.0
"""In the busiest hour at pace 1."""
_QUIETEST = 0.6
"""However late it is, somebody looks at the demo: no hour is quieter than this share."""
_AT_ONCE = 16
_HELD_AT_MOST = 400
_ORDERED = 0.25
_LORRY_SECONDS, _RETURN_SECONDS, _REFRESH_SECONDS = 45.0, 20.0, 30.0
_MEMBER_SHOP, _MEMBER_SECONDS = "wangjing", 600.0
"""Where the member whom the README names buys, first of all and then every few minutes."""


async def simulate(
    base_url: str, clients: Sequence[DemoClient], *, pace: float = 1.0, stop: asyncio.Event | None = None
) -> Traded:
    """Trade until `stop` is set; `pace` multiplies how much happens. Returns what was done."""
    stop = stop or asyncio.Event()
    by_id = {client.client_id.removeprefix("demo-"): client for client in clients}
    opened = {name: Channel(base_url, client.client_id, client.secret, connections=4) for name, client in by_id.items()}
    market = Market(opened["erp"])
    deeds = Deeds(
        market,
        opened["till"],
        {"MEITUAN": opened["meituan"], "DOUYIN": opened["douyin"]},
        opened["erp"],
        hurry=max(pace, 1.0),
    )
    trade = asyncio.create_task(_trade(deeds, pace))
    ended = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({trade, ended}, return_when=asyncio.FIRST_COMPLETED)
        if trade.done():
            trade.result()
    finally:
        for task in (trade, ended):
            task.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await task
        for channel in opened.values():
            channel.close()
    return deeds.traded


async def _trade(deeds: Deeds, pace: float) -> None:
    await deeds.market.learn()
    regular = next(place for place in deeds.market.places if place.shop.slug == _MEMBER_SHOP)
    await _tolerant(lambda: deeds.buy_as_member(regular))
    async with asyncio.TaskGroup() as group:
        group.create_task(_customers(deeds, pace, group))
        group.create_task(_every(_LORRY_SECONDS / pace, lambda: _lorry(deeds)))
        group.create_task(_every(_RETURN_SECONDS / pace, lambda: deeds.bring_back(_anywhere(deeds))))
        group.create_task(_every(_MEMBER_SECONDS / pace, lambda: deeds.buy_as_member(regular)))
        group.create_task(_every(_REFRESH_SECONDS, deeds.market.refresh))


async def _customers(deeds: Deeds, pace: float, group: asyncio.TaskGroup) -> None:
    """Send customers in at random instants, more of them in busy hours and to busy shops."""
    busy = asyncio.Semaphore(_AT_ONCE)
    held = asyncio.Semaphore(_HELD_AT_MOST)
    while True:
        share = max(hour_share(datetime.now(UTC)), _QUIETEST)
        await asyncio.sleep(deeds.chance.expovariate(SALES_A_SECOND * share * pace))
        place = deeds.chance.choices(deeds.market.places, [each.shop.busy for each in deeds.market.places])[0]
        if deeds.chance.random() < _ORDERED:
            if not held.locked():
                group.create_task(_one(held, deeds.order, place))
        elif not busy.locked():
            group.create_task(_one(busy, deeds.buy, place))


async def _one(places: asyncio.Semaphore, deed: Callable[[Place], Awaitable[None]], place: Place) -> None:
    async with places:
        await _tolerant(lambda: deed(place))


async def _lorry(deeds: Deeds) -> None:
    """Drive to one of the three shops that miss the most."""
    places = sorted(deeds.market.places, key=lambda place: -len(deeds.market.short(place)))
    await deeds.deliver(deeds.chance.choice(places[:3]))


def _anywhere(deeds: Deeds) -> Place:
    return deeds.chance.choice(deeds.market.places)


async def _every(seconds: float, deed: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(seconds * random.uniform(0.7, 1.3))  # noqa: S311 -- a demo's rhythm
        await _tolerant(deed)


async def _tolerant(deed: Callable[[], Awaitable[None]]) -> None:
    """Do it; what the server would not hear of is logged, and trade goes on."""
    try:
        await deed()
    except ChannelRefused as refused:
        log.warning("the simulator was refused", reason=str(refused))
        await asyncio.sleep(1)


def main() -> None:
    """Trade from the command line: `python -m api.demo.simulator --url http://127.0.0.1:8000`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default=os.environ.get("TRUESHELF_PUBLIC_URL", "http://127.0.0.1:8000"))
    parser.add_argument("--pace", type=float, default=1.0, help="multiplies how much happens")
    parser.add_argument("--client-id", help="trade as this one client instead of the demo's four")
    parser.add_argument("--client-secret", default=os.environ.get("TRUESHELF_CLIENT_SECRET", ""))
    parser.add_argument("--parent", type=int, default=os.getppid(), help="end with this process")
    asked = parser.parse_args()
    clients = CLIENTS
    if asked.client_id:
        clients = [replace(each, client_id=asked.client_id, secret=asked.client_secret) for each in CLIENTS]
    with suppress(KeyboardInterrupt):
        traded = asyncio.run(_until_told(asked.url, clients, asked.pace, asked.parent))
        log.info("the simulator has stopped", traded=traded)


async def _until_told(url: str, clients: Sequence[DemoClient], pace: float, parent: int) -> Traded:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    watching = asyncio.create_task(_stop_when_orphaned(stop, parent))
    try:
        return await simulate(url, clients, pace=pace, stop=stop)
    finally:
        watching.cancel()


async def _stop_when_orphaned(stop: asyncio.Event, parent: int) -> None:
    await orphaned(parent)
    stop.set()


if __name__ == "__main__":
    main()
