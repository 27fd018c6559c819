"""A real chain is set up from files and a few commands; a bad file changes nothing and says why."""

from pathlib import Path

import pytest
from sqlalchemy import select, text

from api import admin
from api.admin import BadFile
from api.admin_channels import add_channel
from auth.models import LocalAccount
from auth.second_factor import give_second_factors
from auth.totp import new_secret
from retail.access.channel_kinds import ChannelKind
from retail.access.permissions import Role
from retail.access.work import Work
from tests.support.environment import MASTERS

STORES = (
    "code,name,region,region_name,zone,latitude,longitude,opens_at\n"
    "BJ1,望京店,bj,北京,Asia/Shanghai,39.99,116.47,07:00\n"
)
GOODS = "code,name,category,price_yuan,gtin,case_gtin,case_units\nT1,乌龙茶,茶饮,6.50,6901234567892,16901234567899,12\n"


def _file(folder: Path, content: str) -> Path:
    path = folder / "file.csv"
    path.write_text(content, encoding="utf-8")
    return path


def _ask(url: str, query: str) -> list[tuple[object, ...]]:
    async def ask(work: Work) -> list[tuple[object, ...]]:
        return [tuple(row) for row in await work.session.execute(text(query))]

    return admin.run(url, ask)


def test_a_chain_is_set_up_from_two_files_and_two_commands(database_url: str, tmp_path: Path) -> None:
    stores = admin.run(database_url, lambda work: admin.import_stores(work, _file(tmp_path, STORES)))
    goods = admin.run(database_url, lambda work: admin.import_goods(work, _file(tmp_path, GOODS)))
    password = admin.run(
        database_url,
        lambda work: admin.add_person(work, name="王芳", login="wangfang", role=Role.CLERK, stores=["BJ1"], regions=[]),
    )
    client_id, secret = admin.run(
        database_url,
        lambda work: add_channel(work, name="收银", kind=ChannelKind.TILL, stores=[], regions=["bj"]),
    )

    assert (stores, goods) == (1, 1)
    assert len(password) >= 8
    assert client_id != secret
    assert _ask(database_url, "select s.name, r.name from store s join region r on r.id = s.region_id") == [
        ("望京店", "北京")
    ]
    assert _ask(database_url, "select fen from price") == [(650,)]
    assert _ask(database_url, "select gtin, pack_units from sku_code order by 2") == [
        ("6901234567892", 1),
        ("16901234567899", 12),
    ]
    assert _ask(database_url, "select role, cardinality(store_ids), cardinality(region_ids) from assignment") == [
        ("clerk", 1, None),
        ("channel", None, 1),
    ]


def test_importing_stores_again_changes_them(database_url: str, tmp_path: Path) -> None:
    admin.run(database_url, lambda work: admin.import_stores(work, _file(tmp_path, STORES)))

    renamed = STORES.replace("望京店", "望京一店")
    admin.run(database_url, lambda work: admin.import_stores(work, _file(tmp_path, renamed)))

    assert _ask(database_url, "select code, name from store") == [("BJ1", "望京一店")]


def test_a_cost_is_taken_from_the_file_and_a_new_one_counts_from_then_on(database_url: str, tmp_path: Path) -> None:
    def import_at(cost: str) -> None:
        goods = GOODS.replace("case_units\n", "case_units,cost_yuan\n").replace(",12\n", f",12,{cost}\n")
        file = _file(tmp_path, goods)
        admin.run(database_url, lambda work: admin.import_goods(work, file))

    for cost in ("2.10", "2.10", "2.35"):
        import_at(cost)

    assert _ask(database_url, "select fen from sku_cost order by valid_from") == [(210,), (235,)]
    assert _ask(database_url, "select fen from price") == [(650,)]


def test_a_bad_store_file_names_every_bad_cell_and_changes_nothing(database_url: str, tmp_path: Path) -> None:
    bad = STORES + "BJ2,,bj,北京,Asia/Nowhere,99,x,25:00\n"

    with pytest.raises(BadFile) as said:
        admin.run(database_url, lambda work: admin.import_stores(work, _file(tmp_path, bad)))

    assert [line.split(" ")[0:2] for line in str(said.value).splitlines()] == [
        ["file.csv:3:", column] for column in ("name", "zone", "latitude", "longitude", "opens_at")
    ]
    assert _ask(database_url, "select count(*) from store") == [(0,)]


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        (("6901234567892", "6901234567893"), "gtin '6901234567893' is no GTIN"),
        (("6.50", "6.505"), "price_yuan '6.505' is no price"),
        ((",12", ","), "case_units must say"),
        (("category", "kind"), "no column category"),
    ],
)
def test_bad_goods_are_named(database_url: str, tmp_path: Path, changed: tuple[str, str], complaint: str) -> None:
    with pytest.raises(BadFile, match=complaint):
        admin.run(database_url, lambda work: admin.import_goods(work, _file(tmp_path, GOODS.replace(*changed))))

    assert _ask(database_url, "select count(*) from sku") == [(0,)]


def test_a_person_is_not_hired_into_a_store_that_is_not_there(database_url: str) -> None:
    with pytest.raises(BadFile, match="no store with code XX"):
        admin.run(
            database_url,
            lambda work: admin.add_person(work, name="王芳", login="w", role=Role.CLERK, stores=["XX"], regions=[]),
        )

    assert _ask(database_url, "select count(*) from person") == [(0,)]


def test_a_login_belongs_to_one_person(database_url: str) -> None:
    def hire(name: str) -> str:
        return admin.run(
            database_url,
            lambda work: admin.add_person(work, name=name, login="hq", role=Role.HQ_OPERATIONS, stores=[], regions=[]),
        )

    hire("林婉清")

    with pytest.raises(BadFile, match="the login hq is taken"):
        hire("何志远")


def test_a_first_password_must_be_changed_and_a_lost_second_factor_is_reset(database_url: str) -> None:
    admin.run(
        database_url,
        lambda work: admin.add_person(
            work, name="林婉清", login="lost.phone", role=Role.HQ_OPERATIONS, stores=[], regions=[]
        ),
    )
    must_change = "select must_change from local_account where login = 'lost.phone'"
    assert _ask(database_url, must_change) == [(True,)]

    async def enrol(work: Work) -> None:
        person = await work.session.scalar(select(LocalAccount.person_id).where(LocalAccount.login == "lost.phone"))
        assert person is not None
        await give_second_factors(work.session, MASTERS, {person: new_secret()}, work.now)

    admin.run(database_url, enrol)
    admin.run(database_url, lambda work: admin.reset_second_factor(work, "Lost.Phone"))

    left = "select f.* from second_factor f join local_account a using (person_id) where a.login = 'lost.phone'"
    assert _ask(database_url, left) == []
    logged = "select body::json ->> 'act' from operation_log order by store_id, seq desc limit 1"
    assert _ask(database_url, logged) == [("second_factor.reset",)]
    with pytest.raises(BadFile, match=r"nobody has the login no\.such"):
        admin.run(database_url, lambda work: admin.reset_second_factor(work, "no.such"))
