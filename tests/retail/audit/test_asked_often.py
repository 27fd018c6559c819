"""What is asked for at every beat, or by many: it must not read everything that was ever sealed."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from api import witness
from api.witness import FolderWitness, files_of
from retail.audit.queries import prove
from retail.kernel.content import as_uuid
from tests.support.sealed_books import SealedBooks, sealed_books

TEBIBYTE = 1 << 40
"""More than anybody reads into memory; a file of so many zeros takes no room."""


@pytest.fixture
async def books(database_url: str, tmp_path: Path) -> AsyncIterator[SealedBooks]:
    async with sealed_books(database_url, tmp_path / "witness") as opened:
        yield opened


async def test_a_folder_is_asked_for_its_last_seal_and_not_for_all_of_the_day(books: SealedBooks) -> None:
    (file,) = files_of(books.folder)
    last = file.read_bytes().splitlines()[-1]
    os.truncate(file, TEBIBYTE)
    with file.open("ab") as more:
        more.write(b"\n" + last + b"\n" + last[:20])

    assert await FolderWitness(books.folder).kept() == 2


async def test_lines_longer_than_a_block_are_read_whole(books: SealedBooks, monkeypatch: pytest.MonkeyPatch) -> None:
    (file,) = files_of(books.folder)
    monkeypatch.setattr(witness, "_BLOCK", 7)

    assert await FolderWitness(books.folder).kept() == 2
    file.write_bytes(file.read_bytes().splitlines(keepends=True)[0] + b"torn")
    assert await FolderWitness(books.folder).kept() == 1
    file.write_bytes(b"torn")
    assert await FolderWitness(books.folder).kept() == 0


async def test_for_what_is_not_sealed_yet_no_seal_is_looked_through(books: SealedBooks) -> None:
    (store,) = [as_uuid(row["id"]) for row in await books.rows("select id from store order by code limit 1")]
    async with books.office.system() as session:
        sealed = await prove(session, store, 5)
    # From here on whoever reads a seal of this store fails.
    await books.rows("update log_seal set body = '[\"' || $1 || '\",'", str(store))

    async with books.office.system() as session:
        proof = await prove(session, store, 6)

    assert sealed is not None
    assert (sealed.seal and sealed.seal.number) == 2
    assert proof is not None
    assert proof.seal is None
