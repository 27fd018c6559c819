"""Somebody who tries the demo can count a shelf or a zone at once, and a shelf's count is about its own goods only."""

from api.demo.goods import categories, sold_in
from api.demo.shelves import ZONES
from api.demo.staff import SHOWN_SHOPS
from tests.support.postgres import TestingPostgres

_OF_SHOWN = "from shelf join store on store.id = shelf.store_id"


def test_every_kind_of_goods_has_its_zone() -> None:
    placed = [top for _, tops in ZONES.values() for top in tops]

    assert sorted(placed) == sorted(code for code, _, _, parent in categories() if parent is None)


def test_the_shops_that_are_shown_have_shelves_and_each_thing_stands_on_one(
    postgres: TestingPostgres, demo_database_url: str
) -> None:
    def ask(question: str) -> list[str]:
        return postgres.psql(question, demo_database_url).split()

    kinds = sum(parent is not None for *_, parent in categories())
    shown = {f"{city}-{slug.upper()}": city for slug, city in zip(SHOWN_SHOPS, ("BJ", "SH", "CD"), strict=True)}

    assert set(ask(f"select distinct store.code {_OF_SHOWN}")) == set(shown)
    for code, city in shown.items():
        of = f"{_OF_SHOWN} left join shelf_sku on shelf_id = shelf.id left join sku on sku.id = sku_id"
        of += f" left join product on product.id = product_id where store.code = '{code}'"
        goods = str(len(sold_in(city)))

        assert ask(f"select distinct shelf.zone {of} order by 1") == sorted(ZONES)
        assert ask(f"select count(distinct shelf.code) {of}") == [str(kinds)]
        assert ask(f"select count(sku_id) {of}") == ask(f"select count(distinct sku_id) {of}") == [goods]
        assert ask(f"select shelf.code {of} group by 1 having count(distinct category_id) <> 1") == []
