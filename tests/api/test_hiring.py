"""People are hired from a file; a bad row changes nothing, is named by its line, and its number is not repeated."""

from pathlib import Path

import pytest
from sqlalchemy import text

from api import admin
from api.admin import BadFile
from api.hiring import import_people, phone_and_vault
from api.settings import read_settings
from retail.access.work import Work
from retail.kernel.privacy.vault import Vault
from retail.people.queries import person_of_phone
from tests.support.environment import MASTERS
from tests.support.postgres import TestingPostgres, trueshelf

HEAD = "name,role,login,stores,regions,phone\n"
STORES = "code,name,region\nBJ1,望京店,bj\nBJ2,国贸店,bj\n"
VAULT = Vault(MASTERS)


def _file(folder: Path, rows: str) -> Path:
    path = folder / "people.csv"
    path.write_text(rows, encoding="utf-8")
    return path


def _hire(url: str, folder: Path, rows: str) -> list[tuple[str, str]]:
    admin.run(url, lambda work: admin.import_stores(work, _file(folder, STORES)))
    return admin.run(url, lambda work: import_people(work, VAULT, _file(folder, HEAD + rows)))


def _ask(url: str, query: str) -> list[tuple[object, ...]]:
    async def ask(work: Work) -> list[tuple[object, ...]]:
        return [tuple(row) for row in await work.session.execute(text(query))]

    return admin.run(url, ask)


def test_people_are_hired_from_a_file(database_url: str, tmp_path: Path) -> None:
    rows = (
        "王芳,clerk,wangfang,BJ1 BJ2,,13800000001\n李娜,regional_manager,,,bj,\n许明德,hq_compliance,,,,+14155550100\n"
    )

    hired = _hire(database_url, tmp_path, rows)

    assert [(login, len(password) >= 8) for login, password in hired] == [("wangfang", True)]
    assert _ask(
        database_url,
        "select p.name, a.role, cardinality(a.store_ids), cardinality(a.region_ids), v.person_id is not null"
        " from person p join assignment a on a.person_id = p.id left join personal_value v on v.person_id = p.id"
        " order by a.role",
    ) == [
        ("王芳", "clerk", 2, None, True),
        ("许明德", "hq_compliance", None, None, True),
        ("李娜", "regional_manager", None, 1, False),
    ]
    assert admin.run(database_url, lambda work: person_of_phone(work.session, VAULT, "+14155550100")) is not None


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("王芳,clerk,,BJ1,,12800005678", "people.csv:3: phone is no phone number"),
        ("王芳,boss,,BJ1,,", "people.csv:3: role 'boss' is no role"),
        ("王芳,channel,,BJ1,,", "people.csv:3: role 'channel' is no role"),
        (",clerk,,BJ1,,", "people.csv:3: name is empty"),
        ("王芳,clerk,,XX,,", "no store with code XX"),
        ("王芳,clerk,wang,BJ1,,\n张三,clerk,Wang,BJ1,,", "the login Wang is taken"),
    ],
)
def test_a_bad_row_changes_nothing(database_url: str, tmp_path: Path, row: str, complaint: str) -> None:
    with pytest.raises(BadFile, match=complaint) as said:
        _hire(database_url, tmp_path, f"李娜,clerk,,BJ1,,13800000001\n{row}\n")

    assert "12800005678" not in str(said.value)
    assert _ask(database_url, "select count(*) from person") == [(0,)]


def test_a_bad_number_of_a_command_is_not_repeated() -> None:
    with pytest.raises(BadFile, match="--phone: no phone number") as said:
        phone_and_vault(read_settings(), "12800005678")

    assert "12800005678" not in str(said.value)


def test_the_demo_chain_has_invented_numbers(postgres: TestingPostgres) -> None:
    template = postgres.template("demo", lambda url: trueshelf("seed", database_url=url), of=postgres.migrated())
    with postgres.database(template) as url:
        people, phones = _ask(url, "select (select count(*) from person), (select count(*) from personal_value)")[0]
        first = admin.run(url, lambda work: person_of_phone(work.session, VAULT, "+8613800000001"))

    assert (people, first is not None) == (phones, True)
