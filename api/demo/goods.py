"""What the demo chain sells: categories, about 200 SKUs, their codes and how popular they are.

Every name is made up. Barcodes are valid but nobody's: drinks made in the shop carry numbers of
the in-store range (prefix 20), packed goods numbers that begin with 6990000. A case carries the
GTIN-14 of its item (packaging level 1), as GS1 has it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from api.demo.goods_drinks import BOTTLED, COFFEE, FRUIT_TEA, MILK_TEA
from api.demo.goods_rows import Row, Shelf
from api.demo.goods_shop import DAIRY_BAKERY, HOUSEHOLD, INSTANT, LOCAL, SNACKS
from retail.catalogue.codes import check_digit
from retail.catalogue.models import Locality
from retail.returns.models import Handling

TOP_CATEGORIES: Sequence[tuple[str, str, str, Sequence[Shelf]]] = (
    ("milk-tea", "奶茶", "Milk tea", MILK_TEA),
    ("fruit-tea", "果茶", "Fruit tea", FRUIT_TEA),
    ("coffee", "咖啡", "Coffee", COFFEE),
    ("bottled", "瓶装饮料", "Bottled drinks", BOTTLED),
    ("snacks", "零食", "Snacks", SNACKS),
    ("instant", "方便食品", "Ready food", INSTANT),
    ("dairy-bakery", "乳品烘焙", "Dairy and bakery", DAIRY_BAKERY),
    ("household", "日用杂货", "Household", HOUSEHOLD),
)
_MADE_HERE = {"milk-tea", "fruit-tea", "coffee"}
_COST_SHARE = {
    "milk-tea": 0.31,
    "fruit-tea": 0.36,
    "coffee": 0.29,
    "bottled": 0.66,
    "snacks": 0.68,
    "instant": 0.71,
    "dairy-bakery": 0.74,
    "household": 0.62,
}
"""What ingredients or the wholesaler take of a price; a few hundredths more or less from SKU to SKU."""
HANDLINGS: Mapping[str, Handling] = {
    **dict.fromkeys(("milk-tea", "fruit-tea", "coffee"), Handling.MADE_HERE),
    "dairy-bakery": Handling.CHILLED,
    "household": Handling.NON_FOOD,
}
"""What each shelf's goods need so that they can be sold again; the others keep at any temperature."""
_FLATNESS = 0.75
"""The exponent of Zipf's law within a shelf."""


@dataclass(frozen=True, slots=True)
class Good:
    """An SKU of the demo chain; `weight` is how often it is bought, on any scale."""

    code: str
    name: str
    name_en: str
    category_code: str
    price_fen: int
    cost_fen: int
    unit: str
    gtin: str
    case_gtin: str | None
    case_units: int
    locality: Locality
    region: str | None
    weight: float
    made_here: bool


def categories() -> Iterator[tuple[str, str, str, str | None]]:
    """Return code, name, English name and parent of every category, parents first."""
    for code, name, name_en, shelves in TOP_CATEGORIES:
        yield code, name, name_en, None
        for shelf in shelves:
            yield f"{code}/{shelf.code}", shelf.name, shelf.name_en, code


@cache
def goods() -> tuple[Good, ...]:
    """Return every SKU; their order, codes and barcodes never change."""
    rows: list[tuple[str, Shelf, Row, int, str | None]] = [
        (top, shelf, row, rank, None)
        for top, _, _, shelves in TOP_CATEGORIES
        for shelf in shelves
        for rank, row in enumerate(shelf.rows, start=1)
    ]
    rows += [
        (top, shelf, row, rank, region)
        for region, top, shelf_code, found in LOCAL
        for shelf in _shelves(top)
        if shelf.code == shelf_code
        for rank, row in enumerate(found, start=3)
    ]
    return tuple(_good(number, *each) for number, each in enumerate(rows, start=1))


def sold_in(region: str) -> list[Good]:
    """Return what the shops of a region sell."""
    return [good for good in goods() if good.region in (None, region)]


def _shelves(top: str) -> Sequence[Shelf]:
    return next(shelves for code, _, _, shelves in TOP_CATEGORIES if code == top)


def _good(number: int, top: str, shelf: Shelf, row: Row, rank: int, region: str | None) -> Good:
    made_here = top in _MADE_HERE
    body = f"{'2000000' if made_here else '6990000'}{number:05d}"
    case_body = f"1{body}"
    return Good(
        code=f"QY{number:04d}",
        name=row.name,
        name_en=row.name_en,
        category_code=f"{top}/{shelf.code}",
        price_fen=row.fen,
        cost_fen=round(row.fen * (_COST_SHARE[top] + (number * 7 % 11 - 5) / 100)),
        unit=row.unit or shelf.unit,
        gtin=body + check_digit(body),
        case_gtin=case_body + check_digit(case_body) if row.case_units else None,
        case_units=row.case_units,
        locality=Locality.LOCAL if region else Locality.CORE,
        region=region,
        weight=shelf.weight / rank**_FLATNESS,
        made_here=made_here,
    )
