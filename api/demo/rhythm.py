"""How the demo chain trades: busy hours, popular goods, and what lands in one basket.

History and simulator draw from the same rules, so a chart has no seam where one ends and the
other begins.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import accumulate
from zoneinfo import ZoneInfo

from api.demo.goods import Good, sold_in
from api.demo.places import CITIES, ZONE, City, Shop

PEAK_BASKETS_AN_HOUR = 42
"""Of an average shop."""

# One figure an hour from midnight, as a share of the busiest hour.
_BY_HOUR = (
    *(0.12, 0.08, 0.04, 0.03, 0.03, 0.05, 0.18, 0.48),
    *(0.72, 0.55, 0.50, 0.66, 0.95, 0.88, 0.72, 0.80),
    *(0.78, 0.82, 1.00, 0.96, 0.84, 0.66, 0.45, 0.24),
)
_LINES_IN_A_BASKET = (0.52, 0.27, 0.13, 0.05, 0.03)
_ONE_OF_A_LINE = 0.86


def hour_share(instant: datetime) -> float:
    """Return how busy the chain is at an instant, as a share of its busiest hour."""
    local = instant.astimezone(ZoneInfo(ZONE))
    now, following = _BY_HOUR[local.hour], _BY_HOUR[(local.hour + 1) % 24]
    return now + (following - now) * local.minute / 60


@dataclass(frozen=True, slots=True)
class Range:
    """What the shops of one region sell, ready to draw from."""

    goods: Sequence[Good]
    sums: Sequence[float]

    def share(self, good: Good) -> float:
        """Return which part of all lines sold here is of one good."""
        return good.weight / self.sums[-1]

    def basket(self, chance: random.Random) -> dict[Good, int]:
        """Draw what one customer takes: goods and how many of each."""
        lines = chance.choices(range(1, 6), _LINES_IN_A_BASKET)[0]
        drawn = dict.fromkeys(chance.choices(self.goods, cum_weights=self.sums, k=lines), 1)
        for good in drawn:
            if chance.random() > _ONE_OF_A_LINE:
                drawn[good] = chance.choice((2, 2, 2, 3, 4))
        return drawn


@cache
def range_of(region: str) -> Range:
    """Return the range of a region by its code."""
    goods = sold_in(region)
    return Range(goods, list(accumulate(good.weight for good in goods)))


def shops() -> Iterator[tuple[City, Shop]]:
    """Return every shop with its city."""
    for city in CITIES:
        for shop in city.shops:
            yield city, shop


def demand_a_day(city: City, shop: Shop) -> Mapping[Good, float]:
    """Return how many units of each good a shop sells on an average day."""
    lines_a_basket = sum(n * share for n, share in enumerate(_LINES_IN_A_BASKET, start=1))
    units_a_line = _ONE_OF_A_LINE + (1 - _ONE_OF_A_LINE) * 2.6
    units = PEAK_BASKETS_AN_HOUR * sum(_BY_HOUR) * shop.busy * lines_a_basket * units_a_line
    sold = range_of(city.code)
    return {good: units * sold.share(good) for good in sold.goods}
