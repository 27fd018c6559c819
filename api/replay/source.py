"""What a replay needs of a source: its stores, its goods, and its trade in time order.

Trade is kept in columns, so that a million and a half lines take some fifty megabytes.
"""

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from uuid import UUID, uuid5

from retail.catalogue.commands import NewSku

SPACE = UUID("6f1d1c0e-5a53-5d0c-9c3e-7f0f5d4c2b11")
"""The name space (RFC 9562, version 5) of every id that a replay makes."""

_WEEK = timedelta(weeks=1)
_MARGIN = timedelta(hours=1)


class SourceMissing(Exception):
    """The package with the sample data is not installed, or is not what it was; the message says what helps."""


@dataclass(frozen=True, slots=True)
class NewStore:
    """A store to import."""

    code: str
    name: str
    opens_at: time = time(6, 0)
    closes_at: time = time(23, 59)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a basket; money in hundredths of the source's currency, None if it names none."""

    code: str
    quantity: int
    hundredths: int | None


@dataclass(slots=True)
class Trade:
    """Baskets in time order: basket n holds the lines `starts[n]` to `starts[n + 1]`.

    `store` and `product` are places in the source's lists; a price of -1 is missing. Money is in
    hundredths, times are seconds since 1970 in UTC.
    """

    keys: Sequence[str]
    at: "array[int]"
    store: "array[int]"
    starts: "array[int]"
    product: "array[int]"
    quantity: "array[int]"
    hundredths: "array[int]"

    @property
    def baskets(self) -> int:
        """Return how many baskets there are."""
        return len(self.keys)

    @property
    def lines(self) -> int:
        """Return how many lines there are."""
        return len(self.product)


@dataclass(slots=True)
class Source:
    """A source, read. `names` are the codes that its products are sent by (an SKU code or a GTIN)."""

    name: str
    title: str
    zone: str
    stores: Sequence[NewStore]
    categories: Sequence[tuple[str, str, str, str | None]]
    skus: Sequence[NewSku]
    names: Sequence[str]
    trade: Trade
    notes: Sequence[str] = field(default_factory=tuple)

    def id_of(self, *words: object) -> UUID:
        """Return the id of something of this source: the same in every run."""
        return uuid5(SPACE, ":".join([self.name, *map(str, words)]))

    def basket(self, number: int) -> Iterator[Line]:
        """Return the lines of a basket."""
        trade = self.trade
        for n in range(trade.starts[number], trade.starts[number + 1]):
            yield self.line(n)

    def line(self, number: int) -> Line:
        """Return a line by its place in the whole trade."""
        trade = self.trade
        hundredths = trade.hundredths[number]
        code = self.names[trade.product[number]]
        return Line(code, trade.quantity[number], None if hundredths < 0 else hundredths)

    def sold(self, baskets: int) -> Mapping[tuple[str, str], tuple[int, int]]:
        """Return units and hundredths by store and SKU code of the first so many baskets' countable lines."""
        trade = self.trade
        units: Counter[tuple[int, int]] = Counter()
        money: Counter[tuple[int, int]] = Counter()
        for number in range(baskets):
            store = trade.store[number]
            for n in range(trade.starts[number], trade.starts[number + 1]):
                if trade.quantity[n] > 0:
                    units[store, trade.product[n]] += trade.quantity[n]
                    money[store, trade.product[n]] += max(trade.hundredths[n], 0)
        return {
            (self.stores[store].code, self.skus[product].code): (total, money[store, product])
            for (store, product), total in units.items()
        }

    def begins(self) -> datetime:
        """Return the midnight (UTC) before the first basket."""
        first = datetime.fromtimestamp(self.trade.at[0], UTC)
        return first.replace(hour=0, minute=0, second=0)

    def shift(self, now: datetime) -> timedelta:
        """Return by how many whole weeks to move the source's times, so that its last one has just passed.

        A device time of years ago is rightly not believed by the server, and whole weeks keep
        weekdays and hours.
        """
        last = datetime.fromtimestamp(self.trade.at[-1], UTC)
        return (now - _MARGIN - last) // _WEEK * _WEEK
