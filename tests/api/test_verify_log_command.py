"""`trueshelf verify-log` as an auditor calls it: what it prints, and how it ends."""

import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from api.database import as_login
from api.sealing import seal_keys
from tests.support.environment import MASTER_KEYS, MASTERS, clean_environment
from tests.support.postgres import ROOT
from tests.support.sealed_books import SealedBooks, sealed_books


@pytest.fixture
async def books(database_url: str, tmp_path: Path) -> AsyncIterator[SealedBooks]:
    async with sealed_books(database_url, tmp_path / "witness", seal_keys(MASTERS)) as opened:
        yield opened


def verify_log(url: str, home: Path, *words: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    given = {"TRUESHELF_MASTER_KEYS": MASTER_KEYS, "TRUESHELF_HOME": str(home), **settings}
    env = clean_environment(TRUESHELF_DATABASE_URL=as_login(url), **given)
    command = [sys.executable, "-m", "api", "verify-log", *words]
    return subprocess.run(command, cwd=ROOT, env=env, check=False, capture_output=True, text=True)


async def test_a_clean_log_is_told_with_what_is_not_sealed_yet(books: SealedBooks, tmp_path: Path) -> None:
    done = verify_log(books.url, tmp_path)

    assert done.returncode == 0, done.stderr
    assert "2 records of the witness" in done.stdout
    assert "1 newer entries are not sealed yet" in done.stdout
    assert "✓ operation log: 0 findings" in done.stdout


async def test_an_attack_ends_it_with_1_and_the_place(books: SealedBooks, tmp_path: Path) -> None:
    await books.attack("update movement set amount_fen = 1 where {here} and log_seq = 4")

    done = verify_log(books.url, tmp_path)

    assert done.returncode == 1
    assert "entry 4, stock.sale: a movement that it vouches for has been edited" in done.stdout


async def test_an_auditor_needs_the_public_key_only(books: SealedBooks, tmp_path: Path) -> None:
    (key,) = verify_log(books.url, tmp_path, "--show-key").stdout.split()

    known = verify_log(books.url, tmp_path, "--public-key", key, TRUESHELF_MASTER_KEYS="")
    unknown = verify_log(books.url, tmp_path, "--public-key", "00" * 32, TRUESHELF_MASTER_KEYS="")

    assert known.returncode == 0, known.stderr
    assert unknown.returncode == 1
    assert "which is not known" in unknown.stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--public-key", "abc"), "64 hexadecimal digits"),
        (("--witness", "/nowhere/at/all"), "there is no such folder"),
    ],
)
async def test_what_cannot_be_used_names_itself(
    books: SealedBooks, tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    done = verify_log(books.url, tmp_path, *words)

    assert done.returncode == 2
    assert told in done.stderr


async def test_without_a_witness_it_says_so(books: SealedBooks, tmp_path: Path) -> None:
    done = verify_log(books.url, tmp_path / "elsewhere")

    assert done.returncode == 0, done.stderr
    assert "no witness was read" in done.stdout
