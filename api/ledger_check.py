"""The four checks of the ledger, made with plain SQL on PostgreSQL and nothing of our own between.

1. Conservation: what the stores hold is what the counter-accounts gave, in sum.
2. Balance: for each store and SKU the movements add up to the level, their versions run 1, 2, 3 ...
   without a gap, every balance follows from the one before, and what is promised is what the open
   reservations hold.
3. Log: every movement has an entry of the operation log that vouches for it, and each entry as many as it
   says. What they say is for `verify-log` to check.
4. Quarantine: for each store and SKU the open lots hold what the quarantine account does.

Beside them it names the stores whose counts could not be settled (`retail.stocktakes.following`): until they are, the
books there need not keep to what was counted.

Each alone misses something. All is read from one snapshot, store by store, so it may run beside
live trade and on millions of movements.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson

from api.database import connect

SHOWN_AT_MOST = 20

Progress = Callable[[int, int], None]
"""Told how many stores are done, and how many there are."""

_STORES = "select store_id from stock_level union select store_id from movement order by 1"
_ON_HAND = "select coalesce(sum(on_hand), 0) from stock_level"

_PAIRS = """
with ordered as (
    select sku_id, version, quantity, reserved, balance, kind, counter_account,
        sum(quantity) over w as running, row_number() over w as place
    from movement where store_id = $1
    window w as (partition by sku_id order by version)
), pair as (
    select sku_id, sum(quantity) as quantity, sum(reserved) as reserved,
        count(*) as movements, count(*) filter (where version <> place) as gaps,
        count(*) filter (where balance <> running) as wrong_balances,
        (array_agg(balance order by version desc))[1] as last_balance,
        coalesce(sum(-quantity) filter (where kind in ('sale', 'customer_return')), 0) as sold
    from ordered group by sku_id
), held as (
    select l.sku_id, sum(l.quantity) as units
    from reservation r join reservation_line l on l.store_id = r.store_id and l.reservation_id = r.id
    where r.store_id = $1 and r.status = 'open' group by l.sku_id
)
select coalesce(p.sku_id, s.sku_id) as sku_id,
    coalesce(p.quantity, 0) as quantity, coalesce(s.on_hand, 0) as on_hand,
    coalesce(p.reserved, 0) as reserved, coalesce(s.reserved, 0) as level_reserved,
    coalesce(h.units, 0) as held, coalesce(p.movements, 0) as movements,
    coalesce(s.version, 0) as version, coalesce(p.gaps, 0) as gaps,
    coalesce(p.wrong_balances, 0) as wrong_balances, coalesce(p.last_balance, 0) as last_balance,
    coalesce(p.sold, 0) as sold, coalesce(s.sold_units, 0) as sold_units
from pair p
full join (select * from stock_level where store_id = $1) s on s.sku_id = p.sku_id
left join held h on h.sku_id = coalesce(p.sku_id, s.sku_id)
"""
_WRONG = """
where quantity <> on_hand or reserved <> level_reserved or held <> level_reserved
    or movements <> version or gaps > 0 or wrong_balances > 0 or last_balance <> on_hand or sold <> sold_units
"""
_CHECK = f"""
with pairs as ({_PAIRS}), wrong as (select * from pairs {_WRONG} order by sku_id limit {SHOWN_AT_MOST})
select (select count(*) from pairs) as pairs,
    (select coalesce(sum(movements), 0) from pairs) as movements,
    (select count(*) from pairs {_WRONG}) as differences,
    (select json_agg(wrong) from wrong) as shown
"""  # noqa: S608 -- our own words only
_UNVOUCHED = """
with entry as (
    select case when body like '{"act":"ledger.adopted"%' then 0 else seq end as seq,
        coalesce(body::jsonb -> 'wrote' ->> 'lines', body::jsonb ->> 'lines')::bigint as told
    from operation_log where store_id = $1 and body like '%"lines":%'
), written as (
    select coalesce(log_seq, 0) as seq, count(*) as lines from movement where store_id = $1 group by 1
)
select count(*) from entry full join written using (seq) where told is distinct from lines
"""
_LOTS_APART = """
with account as (
    select sku_id, -sum(quantity) as units from movement
    where store_id = $1 and counter_account = 'quarantine' group by 1
), lots as (
    select sku_id, sum(units) as units from quarantine_lot where store_id = $1 and closed_at is null group by 1
)
select sku_id::text, coalesce(a.units, 0) as account, coalesce(l.units, 0) as lots
from account a full join lots l using (sku_id)
where coalesce(a.units, 0) <> coalesce(l.units, 0) order by 1
"""
_BEHIND = "select substr(name, 8)::uuid as store_id from projection where name like 'counts %' order by 1"
_ACCOUNTS = "select counter_account, sum(quantity) as quantity from movement where store_id = $1 group by 1"


@dataclass(frozen=True, slots=True)
class Difference:
    """A store and SKU whose books do not agree, and in what."""

    store_id: UUID
    sku_id: str
    reasons: tuple[str, ...]


@dataclass(slots=True)
class LedgerChecked:
    """What was read and what was found; `accounts` holds what each counter-account has taken in."""

    stores: int = 0
    pairs: int = 0
    movements: int = 0
    on_hand: int = 0
    accounts: Mapping[str, int] = field(default_factory=dict)
    differences: int = 0
    unvouched: int = 0
    lots_apart: int = 0
    shown: list[Difference] = field(default_factory=list)
    unsettled: list[UUID] = field(default_factory=list)

    @property
    def imbalance(self) -> int:
        """Return the sum over all accounts, the stores' included: zero if goods are conserved."""
        return self.on_hand + sum(self.accounts.values())

    @property
    def is_clean(self) -> bool:
        """Say whether all four checks hold, and no store waits for its counts to be settled."""
        wrong = self.differences + self.unvouched + self.lots_apart + len(self.unsettled)
        return self.imbalance == 0 and wrong == 0

    def lines(self) -> list[str]:
        """Return the result in words, one line each."""
        accounts = ", ".join(f"{name} {units:+,}" for name, units in sorted(self.accounts.items()))
        held = f"stores {self.on_hand:+,}, {accounts or 'no account'}"
        found = [
            f"{self.movements:,} movements of {self.pairs:,} SKUs in {self.stores:,} stores",
            f"{_mark(good=self.imbalance == 0)} conservation: {held}; sum {self.imbalance:+,}",
            f"{_mark(good=self.differences == 0)} balance: {self.differences:,} differences",
            f"{_mark(good=self.unvouched == 0)} log: {self.unvouched:,} entries speak of other movements",
            f"{_mark(good=self.lots_apart == 0)} quarantine: {self.lots_apart:,} lots and accounts do not agree",
        ]
        found += [f"✗ counts: those of store {store_id} could not be settled" for store_id in self.unsettled]
        found += [f"    store {d.store_id} SKU {d.sku_id}: {'; '.join(d.reasons)}" for d in self.shown]
        if self.differences + self.lots_apart > len(self.shown):
            found.append(f"    and {self.differences + self.lots_apart - len(self.shown):,} more")
        return found


async def check_ledger(database_url: str, progress: Progress = lambda _done, _total: None) -> LedgerChecked:
    """Make the checks on a database (postgresql://...); changes nothing."""
    connection = await connect(database_url)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            return await _check(connection, progress)
    finally:
        await connection.close()


async def _check(connection: Any, progress: Progress) -> LedgerChecked:
    stores = [row["store_id"] for row in await connection.fetch(_STORES)]
    checked = LedgerChecked(stores=len(stores), on_hand=await connection.fetchval(_ON_HAND))
    checked.unsettled = [row["store_id"] for row in await connection.fetch(_BEHIND)]
    accounts: Counter[str] = Counter()
    for done, store_id in enumerate(stores):
        progress(done, len(stores))
        for row in await connection.fetch(_ACCOUNTS, store_id):
            accounts[row["counter_account"]] -= row["quantity"]
        await _check_store(connection, store_id, checked)
    progress(len(stores), len(stores))
    checked.accounts = {name: units for name, units in accounts.items() if name != "none" or units}
    return checked


async def _check_store(connection: Any, store_id: UUID, checked: LedgerChecked) -> None:
    row = await connection.fetchrow(_CHECK, store_id)
    checked.pairs += row["pairs"]
    checked.movements += int(row["movements"])
    checked.differences += row["differences"]
    checked.unvouched += await connection.fetchval(_UNVOUCHED, store_id)
    for wrong in orjson.loads(row["shown"] or "[]"):
        if len(checked.shown) < SHOWN_AT_MOST:
            checked.shown.append(Difference(store_id, wrong["sku_id"], reasons(wrong)))
    for apart in await connection.fetch(_LOTS_APART, store_id):
        checked.lots_apart += 1
        if len(checked.shown) < SHOWN_AT_MOST:
            words = f"lots in quarantine hold {apart['lots']}, their account {apart['account']}"
            checked.shown.append(Difference(store_id, apart["sku_id"], (words,)))


def reasons(pair: Mapping[str, Any]) -> tuple[str, ...]:
    """Return in words what does not agree about a store and SKU."""
    found = []
    if pair["quantity"] != pair["on_hand"]:
        found.append(f"movements add up to {pair['quantity']}, on hand is {pair['on_hand']}")
    if pair["reserved"] != pair["level_reserved"]:
        found.append(f"promises add up to {pair['reserved']}, reserved is {pair['level_reserved']}")
    if pair["held"] != pair["level_reserved"]:
        found.append(f"open reservations hold {pair['held']}, reserved is {pair['level_reserved']}")
    if pair["movements"] != pair["version"] or pair["gaps"]:
        found.append(f"versions are not 1 to {pair['version']} ({pair['movements']} movements)")
    if pair["wrong_balances"]:
        found.append(f"{pair['wrong_balances']} balances do not follow from those before")
    if pair["last_balance"] != pair["on_hand"]:
        found.append(f"the last balance is {pair['last_balance']}, on hand is {pair['on_hand']}")
    if pair["sold"] != pair["sold_units"]:
        found.append(f"sales add up to {pair['sold']}, sold is {pair['sold_units']}")
    return tuple(found)


def _mark(*, good: bool) -> str:
    return "✓" if good else "✗"
