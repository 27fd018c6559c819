"""What the ledger says of a replay, read with plain SQL, beside what the source says of itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from api.database import connect
from api.replay.importer import safety_stock
from api.replay.source import Source

_SOLD = """
select s.code as store, k.code as sku, -sum(m.quantity) as units, coalesce(sum(m.amount_fen), 0) as money
from movement m join store s on s.id = m.store_id join sku k on k.id = m.sku_id
where m.kind = 'sale' and m.actor_id = $1 group by 1, 2
"""
_LEFT = """
select s.code as store, k.code as sku, l.on_hand, l.safety_stock
from stock_level l join store s on s.id = l.store_id join sku k on k.id = l.sku_id
where s.code = any($1)
"""
_WAYS = """
select count(*) filter (where content_hash is null) as sales, count(*) filter (where content_hash is not null) as events
from movement where kind = 'sale' and actor_id = $1
"""
_SHOWN = 10


class ReplayMixed(Exception):
    """The source is in these books already, sent the other way: its ids are others, so it would be sold twice."""


@dataclass(slots=True)
class Comparison:
    """Source against ledger, by store and SKU; `left_wrong` is None unless the replay is whole."""

    pairs: int = 0
    source_units: int = 0
    ledger_units: int = 0
    source_money: int = 0
    ledger_money: int = 0
    differences: int = 0
    left_wrong: int | None = None
    shown: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Say whether both say the same."""
        return self.differences == 0 and not self.left_wrong

    def differ(self, words: str) -> None:
        """Count a difference, and keep its words if there are few."""
        self.differences += 1
        if len(self.shown) < _SHOWN:
            self.shown.append(words)


async def compare(database_url: str, source: Source, channel_id: UUID, baskets: int) -> Comparison:
    """Compare units and money sold by store and SKU, for the first so many baskets of the source."""
    connection = await connect(database_url)
    try:
        sold = {(row["store"], row["sku"]): row for row in await connection.fetch(_SOLD, channel_id)}
        left = await connection.fetch(_LEFT, [store.code for store in source.stores])
    finally:
        await connection.close()
    expected = source.sold(baskets)
    found = Comparison(pairs=len(expected))
    for pair in expected.keys() | sold.keys():
        units, money = expected.get(pair, (0, 0))
        row = sold.get(pair)
        told = (int(row["units"]), int(row["money"])) if row else (0, 0)
        found.source_units += units
        found.source_money += money
        found.ledger_units += told[0]
        found.ledger_money += told[1]
        if (units, money) != told:
            found.differ(f"{pair[0]} {pair[1]}: source {units:,} units {money:,}, ledger {told[0]:,} units {told[1]:,}")
    if baskets == source.trade.baskets:
        found.left_wrong = _wrongly_left({(row["store"], row["sku"]): row["on_hand"] for row in left}, expected)
    return found


async def guard_way(database_url: str, channel_id: UUID, mode: str) -> None:
    """Raise `ReplayMixed` if this source was sent into these books the other way before."""
    connection = await connect(database_url)
    try:
        row = await connection.fetchrow(_WAYS, channel_id)
    finally:
        await connection.close()
    other, count = ("movements", row["events"]) if mode == "sales" else ("sales", row["sales"])
    if count:
        raise ReplayMixed(
            f"These books already hold {count:,} sales of this source, sent with --mode {other}; "
            f"sent with --mode {mode} they would be sold twice. Use --mode {other}, or another database."
        )


def _wrongly_left(left: Mapping[tuple[str, str], int], expected: Mapping[tuple[str, str], tuple[int, int]]) -> int:
    """Count the levels that do not hold exactly their safety stock after a whole replay."""
    return sum(left.get(pair) != safety_stock(units) for pair, (units, _) in expected.items())
