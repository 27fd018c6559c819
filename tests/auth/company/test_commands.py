"""`trueshelf link-person` and `unlink-person`, as somebody at the keyboard meets them."""

import json
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from tests.auth.company.test_settings import OIDC, WECOM
from tests.support.environment import clean_environment

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
async def person(module_database_url: str) -> str:
    """A person's id."""
    person_id = uuid4()
    connection = await asyncpg.connect(module_database_url)
    await connection.execute("insert into person (id, name) values ($1, '李娜')", person_id)
    await connection.close()
    return str(person_id)


def trueshelf(database_url: str, *words: str) -> tuple[int, str]:
    setting = json.dumps([OIDC, WECOM])
    env = clean_environment(TRUESHELF_DATABASE_URL=database_url, TRUESHELF_COMPANY_SIGN_IN=setting)
    command = [sys.executable, "-m", "api", *words]
    done = subprocess.run(command, cwd=ROOT, env=env, check=False, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def test_a_person_is_linked_and_unlinked(module_database_url: str, person: str) -> None:
    link = ("link-person", person, "--provider", "wecom", "--subject", "Li.Na")

    assert trueshelf(module_database_url, *link) == (0, f"{person} is li.na at wecom\n")

    unlink = ("unlink-person", person, "--provider", "wecom")
    assert trueshelf(module_database_url, *unlink) == (0, f"{person} is nobody at wecom any more\n")
    assert trueshelf(module_database_url, *unlink) == (0, f"{person} was nobody at wecom\n")


@pytest.mark.parametrize(
    ("who", "provider", "words"),
    [
        ("nobody.at.all", "company", "nobody has the login or id 'nobody.at.all'"),
        ("nobody.at.all", "kompany", "TRUESHELF_COMPANY_SIGN_IN has no provider 'kompany'"),
    ],
)
def test_what_cannot_be_linked_is_said(module_database_url: str, who: str, provider: str, words: str) -> None:
    code, said = trueshelf(module_database_url, "link-person", who, "--provider", provider, "--subject", "4711")

    assert code == 2
    assert words in said
    assert "Traceback" not in said
