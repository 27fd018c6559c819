import hashlib
from collections import Counter

from api.demo import staff
from api.demo.goods import categories, goods, sold_in
from api.demo.people import name_of
from api.demo.places import CITIES
from api.demo.rhythm import shops
from api.ledger_check import check_ledger
from retail.access.permissions import Role
from retail.catalogue.codes import is_gtin, plain_gtin
from retail.catalogue.models import Locality
from tests.support.postgres import TestingPostgres, trueshelf


def test_every_barcode_is_valid_and_nobody_elses() -> None:
    codes = [good.gtin for good in goods()] + [good.case_gtin for good in goods() if good.case_gtin]

    assert all(map(is_gtin, codes))
    assert len({plain_gtin(code) for code in codes}) == len(codes)
    assert {good.gtin[:7] for good in goods()} == {"2000000", "6990000"}
    assert all(good.gtin.startswith("20") == good.made_here for good in goods())
    assert {good.case_units for good in goods() if good.case_gtin} == {6, 12, 24}


def test_the_range_is_that_of_a_tea_and_convenience_chain() -> None:
    rows = list(categories())
    tops = [code for code, _, _, parent in rows if parent is None]

    assert len(tops) == 8
    assert {parent for *_, parent in rows if parent} == set(tops)
    assert 180 <= len(goods()) <= 220
    assert len({good.name for good in goods()}) == len(goods())
    assert {good.category_code for good in goods()} == {code for code, *_, parent in rows if parent}
    for city in CITIES:
        local = [good for good in sold_in(city.code) if good.locality is Locality.LOCAL]
        assert local
        assert {good.region for good in local} == {city.code}


def test_goods_cost_less_than_they_are_sold_for() -> None:
    rates = [1 - good.cost_fen / good.price_fen for good in goods()]

    assert min(rates) > 0.15
    assert max(rates) < 0.8


def test_every_shop_has_clerks_and_a_manager_and_every_region_and_headquarters_its_people() -> None:
    everybody = list(staff.employees())
    by_shop = {city.code_of(shop): Counter[Role]() for city, shop in shops()}
    for employee in everybody:
        if employee.shop:
            by_shop[employee.shop][employee.role] += 1

    assert len(by_shop) == 24
    assert all(roles == {Role.CLERK: 2, Role.STORE_MANAGER: 1} for roles in by_shop.values())
    assert {each.region for each in everybody if each.role is Role.REGIONAL_MANAGER} == {city.code for city in CITIES}
    assert {each.role for each in everybody} | {Role.CHANNEL} == set(Role)
    assert len({each.login for each in everybody}) == len({each.name for each in everybody}) == len(everybody)
    assert len({name_of(n) for n in range(72)}) == 72


def test_the_accounts_on_the_sign_in_page_are_of_every_role_and_share_one_password() -> None:
    shown = staff.accounts()

    assert {account.role for account in shown} == {role.name for role in Role if role is not Role.CHANNEL}
    assert {account.password for account in shown} == {staff.PASSWORD}
    assert shown[0].login == "wangjing"
    assert shown[0].place == "望京店"


def test_headquarters_has_a_second_factor_and_clerks_have_a_pin_that_everybody_may_know() -> None:
    shown = staff.accounts()

    assert {each.role for each in shown if each.totp_secret} == {"HQ_OPERATIONS", "HQ_COMPLIANCE", "BUYER"}
    assert {(each.role, each.pin) for each in shown if each.pin} == {("CLERK", "246810")}
    assert len({each.totp_secret for each in shown if each.totp_secret}) == 4
    assert staff.totp_secret_of("hq") == staff.totp_secret_of("hq")


async def test_the_books_of_the_seeded_chain_are_right(postgres: TestingPostgres, demo_database_url: str) -> None:
    def ask(question: str) -> int:
        return int(postgres.psql(question, demo_database_url))

    checked = await check_ledger(demo_database_url)

    assert checked.is_clean, checked.lines()
    assert checked.stores == 24 + 3
    assert ask("select count(*) from stock_level where on_hand < safety_stock") > 20, "some are below safety"
    assert ask("select count(*) from stock_level where on_hand < 0") == 0
    assert ask("select count(distinct document_id) from movement where kind = 'sale'") > 500
    assert ask("select count(*) from movement where clock_error_seconds is not null") == 0
    assert ask("select count(*) from sku_cost") == ask("select count(*) from sku")
    assert ask("select count(*) from sku where locality = 'local'") == sum(good.region is not None for good in goods())


def test_seeding_twice_changes_nothing(postgres: TestingPostgres, demo_database_url: str) -> None:
    before = _everything(postgres, demo_database_url)

    trueshelf("seed", database_url=demo_database_url)

    assert _everything(postgres, demo_database_url) == before


def _everything(postgres: TestingPostgres, url: str) -> dict[str, str]:
    """What stands in every table, as a hash."""
    tables = postgres.psql("select tablename from pg_tables where schemaname = 'public' order by 1", url).split()
    return {
        table: hashlib.sha256(postgres.psql(f"select t::text from {table} t order by 1", url).encode()).hexdigest()  # noqa: S608 -- its own names
        for table in tables
    }
