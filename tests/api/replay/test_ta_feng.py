import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.replay import ta_feng
from api.replay.source import Line

HEAD = "TRANSACTION_DT,CUSTOMER_ID,AGE_GROUP,PIN_CODE,PRODUCT_SUBCLASS,PRODUCT_ID,AMOUNT,ASSET,SALES_PRICE"
ROWS = """
"11/2/2000","0001","45-49","115","110411","4710199010372","2","24","30"
"11/1/2000","0001","45-49","115","110411","4710199010372","1","12","15"
"11/1/2000","0002","35-39","221","100407","20556433","3","142","166"
"11/1/2000","0001","45-49","115","100407","20556433","1","40","55"
"""


@pytest.fixture(autouse=True)
def small_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ta_feng.csv.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("all.csv", "\ufeff" + HEAD + ROWS)
    monkeypatch.setattr(ta_feng, "_path", lambda: path)


def test_a_basket_is_what_a_customer_bought_on_a_day_in_the_order_of_the_days() -> None:
    source = ta_feng.read(None)

    assert source.trade.keys == ["20001101-0001-115", "20001101-0002-221", "20001102-0001-115"]
    assert [line.quantity for line in source.basket(0)] == [1, 1]
    assert list(source.basket(2)) == [Line("4710199010372", 2, 3000)]


def test_a_day_is_spread_over_the_opening_hours_of_taipei() -> None:
    opens = datetime(2000, 11, 1, 2, 0, tzinfo=UTC)

    times = [datetime.fromtimestamp(at, UTC) for at in ta_feng.read(None).trade.at]

    assert times == [opens, opens + timedelta(hours=6), opens + timedelta(days=1)]


def test_products_are_sent_by_the_barcode_that_they_carry() -> None:
    source = ta_feng.read(None)

    assert [sku.gtins for sku in source.skus] == [[("20556433", 1)], [("4710199010372", 1)]]
    assert list(source.names) == ["20556433", "4710199010372"]
    assert [sku.price_fen for sku in source.skus] == [round(22100 / 4), 1500]


def test_only_the_busiest_areas_are_read_when_fewer_are_wanted() -> None:
    source = ta_feng.read(1)

    assert [store.code for store in source.stores] == ["TF-115"]
    assert source.trade.lines == 3


def test_times_move_by_whole_weeks_to_just_before_now() -> None:
    source = ta_feng.read(None)
    now = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)

    shift = source.shift(now)

    assert shift % timedelta(weeks=1) == timedelta(0)
    last = datetime.fromtimestamp(source.trade.at[-1], UTC) + shift
    assert timedelta(0) < now - last < timedelta(weeks=1, hours=2)
