"""A small source made up for the stories, with everything that is odd about the real ones.

Run as a program it replays itself, so that a story can kill it:
`corner_market.py URL DATABASE STATE REPORT MODE SPEED`.
"""

import random
import sys
from array import array
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from api.replay import command
from api.replay.source import NewStore, Source, Trade
from retail.catalogue.codes import check_digit
from retail.catalogue.commands import NewSku

STORES, PRODUCTS = 3, 25
MIDNIGHT = int(datetime(2017, 3, 6, tzinfo=UTC).timestamp())
SECONDS_APART = 30


def corner_market(baskets: int = 400) -> Source:
    """Return the source; the same every time."""
    chance = random.Random("corner market")
    trade = Trade([], *(array("q") for _ in range(6)))
    keys = [f"{7000 + n}" for n in range(baskets)]
    trade.keys = keys
    for n in range(baskets):
        trade.at.append(MIDNIGHT + n * SECONDS_APART)
        trade.store.append(chance.randrange(STORES))
        trade.starts.append(trade.lines)
        for product in chance.sample(range(PRODUCTS), chance.randint(1, 6)):
            trade.product.append(product)
            # One basket in fifty holds nothing but lines of no units; other such lines stand among good ones.
            trade.quantity.append(0 if n % 50 == 49 or chance.random() < 0.03 else chance.choice((1, 1, 2, 3)))
            trade.hundredths.append(-1 if chance.random() < 0.02 else chance.randint(99, 1999))
    trade.starts.append(trade.lines)
    gtins = [_gtin(n) for n in range(PRODUCTS)]
    return Source(
        name="corner-market",
        title="The corner market",
        zone="America/New_York",
        stores=[NewStore(f"CM-{n}", f"Corner {n}") for n in range(STORES)],
        categories=[("CM/FOOD", "Food", "Food", None), ("CM/FOOD/TEA", "Tea", "Tea", "CM/FOOD")],
        skus=[
            NewSku(f"CM-{n}", f"Tea {n}", f"Tea {n}", "CM/FOOD/TEA", 500, gtins=[(gtins[n], 1)])
            for n in range(PRODUCTS)
        ],
        # Half are sent by GTIN, half by SKU code.
        names=[gtins[n] if n % 2 else f"CM-{n}" for n in range(PRODUCTS)],
        trade=trade,
    )


def _gtin(n: int) -> str:
    body = f"6990009{n:05d}"
    return body + check_digit(body)


def main() -> int:
    """Replay the market from the command line."""
    url, database, state, report, mode, speed = sys.argv[1:]
    command.SOURCES = {"corner-market": lambda _: corner_market()}
    wish = command.Wish(
        url, Path(state), mode=mode, speed=float(speed) if speed != "max" else None, report=Path(report)
    )
    return command.run("corner-market", wish, database or None)


if __name__ == "__main__":
    sys.exit(main())
