import pytest

from api.database import system_office
from api.ledger_check import LedgerChecked, check_ledger
from api.replay.importer import import_source
from tests.api.replay.corner_market import PRODUCTS, STORES, corner_market
from tests.support.postgres import TestingPostgres


@pytest.fixture
async def market_url(database_url: str) -> str:
    """Books with the opening stock of three small stores."""
    async with system_office(database_url) as office:
        await import_source(office, corner_market(), None, lambda *_: None)
    return database_url


async def test_right_books_pass_and_the_progress_is_told(market_url: str) -> None:
    told: list[tuple[int, int]] = []

    checked = await check_ledger(market_url, lambda done, total: told.append((done, total)))

    assert checked.is_clean
    assert (checked.stores, checked.pairs) == (STORES, STORES * PRODUCTS)
    assert checked.movements == checked.pairs
    assert checked.on_hand == -checked.accounts["opening"] > 0
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]


async def test_empty_books_pass(database_url: str) -> None:
    checked = await check_ledger(database_url)

    assert checked.is_clean
    assert checked.movements == 0


ONE = "(store_id, sku_id) = (select store_id, sku_id from stock_level order by 1, 2 limit 1)"
A_SALE = """
insert into movement (store_id, sku_id, version, movement_id, kind, quantity, reserved, counter_account, balance,
    occurred_at, recorded_at, source, document_id)
select store_id, sku_id, version + {step}, gen_random_uuid(), 'sale', -1, 0, 'customer', on_hand - 1,
    now(), now(), 'till', gen_random_uuid()
from stock_level where {one}
"""
A_RESERVATION = """
with r as (
    insert into reservation (store_id, id, actor_id, source, status, created_at, expires_at)
    select store_id, gen_random_uuid(), gen_random_uuid(), 'till', 'open', now(), now() from stock_level where {one}
    returning store_id, id
)
insert into reservation_line (store_id, reservation_id, sku_id, quantity)
select r.store_id, r.id, s.sku_id, 3 from r, stock_level s order by s.store_id, s.sku_id limit 1
"""
PLANTED = {
    "a level that nobody moved": ("update stock_level set on_hand = on_hand + 1 where {one}", "on hand is"),
    "a promise from nowhere": ("update stock_level set reserved = 2 where {one}", "reserved is 2"),
    "a reservation that the books do not know": (A_RESERVATION, "open reservations hold 3"),
    "a movement beside the level": (A_SALE.replace("{step}", "1"), "movements add up to"),
    "a gap in the versions": (A_SALE.replace("{step}", "2"), "versions are not 1 to"),
    "a balance that does not follow": ("update movement set balance = balance + 5 where {one}", "do not follow"),
    "a movement that was edited": ("update movement set quantity = quantity - 7 where {one}", "movements add up to"),
    "a movement that was deleted": ("delete from movement where {one}", "movements add up to 0"),
    "sales that were never made": ("update stock_level set sold_units = 9 where {one}", "sold is 9"),
}


@pytest.mark.parametrize("what", PLANTED)
async def test_a_planted_error_is_found_and_named(postgres: TestingPostgres, market_url: str, what: str) -> None:
    statement, words = PLANTED[what]

    postgres.psql("set session_replication_role = replica; " + statement.replace("{one}", ONE), market_url)
    checked = await check_ledger(market_url)

    assert not checked.is_clean
    assert checked.differences == 1
    assert words in "\n".join(checked.lines())


@pytest.mark.parametrize("entry", ["null", "log_seq + 1"])
async def test_a_movement_that_no_entry_of_the_log_speaks_of_is_found(
    postgres: TestingPostgres, market_url: str, entry: str
) -> None:
    moved = "update movement set log_seq = {entry} where {one}".replace("{entry}", entry).replace("{one}", ONE)

    postgres.psql("set session_replication_role = replica; " + moved, market_url)
    checked = await check_ledger(market_url)

    assert (checked.differences, checked.imbalance, checked.unvouched) == (0, 0, 2)
    assert not checked.is_clean


async def test_goods_from_nowhere_break_conservation_even_where_each_level_agrees(
    postgres: TestingPostgres, market_url: str
) -> None:
    postgres.psql("update stock_level set on_hand = on_hand + 4 where {one}".replace("{one}", ONE), market_url)

    checked = await check_ledger(market_url)

    assert checked.imbalance == 4
    assert "✗ conservation" in "\n".join(checked.lines())


async def test_many_errors_are_counted_and_a_few_are_shown(postgres: TestingPostgres, market_url: str) -> None:
    postgres.psql("update stock_level set on_hand = on_hand + 1", market_url)

    checked: LedgerChecked = await check_ledger(market_url)

    assert checked.differences == STORES * PRODUCTS
    assert len(checked.shown) == 20
    assert checked.lines()[-1].strip() == f"and {STORES * PRODUCTS - 20} more"
