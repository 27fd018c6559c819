"""Sealing, and telling witnesses: a folder, and a server that is away for a while."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from api.log_check import read_witness
from api.sealing import Sealing
from api.witness import FolderWitness, UrlWitness, files_of
from retail.audit.findings import Findings
from retail.audit.seals import Seal, seal_log
from retail.audit.signing import SealKeys, is_signed, key_name
from retail.audit.witness import Record, WitnessIsAhead, deliver
from retail.kernel.clock import utc_now
from tests.support.sealed_books import SEED, SealedBooks, sealed_books


@pytest.fixture
async def books(database_url: str, tmp_path: Path) -> AsyncIterator[SealedBooks]:
    async with sealed_books(database_url, tmp_path / "witness") as opened:
        yield opened


async def seals(books: SealedBooks) -> list[Seal]:
    rows = await books.rows("select body, signature from log_seal order by number")
    return [Seal.read(row["body"], row["signature"]) for row in rows]


async def test_a_seal_is_signed_and_names_the_chains_that_moved(books: SealedBooks) -> None:
    first, second = await seals(books)
    (key,) = books.keys.public_keys.values()

    assert is_signed(key, second.body.encode(), second.signature)
    assert not is_signed(key, second.body.replace("chains", "chainz").encode(), second.signature)
    assert (first.number, second.number, second.previous) == (1, 2, first.hash())
    assert len(first.changed) == first.chains == 4
    assert len(second.changed) == 3


async def test_nothing_new_is_sealed_once_an_hour_only(books: SealedBooks) -> None:
    await books.seal()
    count = len(await seals(books))
    now = utc_now()

    async def seal_at(later: timedelta) -> Seal | None:
        async with books.office.system.begin() as session:
            return await seal_log(session, books.keys, now + later)

    assert await seal_at(timedelta(minutes=59)) is None
    hourly = await seal_at(timedelta(minutes=61))

    assert hourly is not None
    assert (hourly.number, list(hourly.changed)) == (count + 1, [])


async def test_one_process_seals_at_a_time(books: SealedBooks) -> None:
    async with books.office.system.begin() as one, books.office.system.begin() as other:
        sealed = await seal_log(one, books.keys, utc_now())
        async with asyncio.timeout(10):
            late = await seal_log(other, books.keys, utc_now())

    assert sealed is not None
    assert late is None


async def test_another_master_key_goes_on_and_both_are_known(books: SealedBooks) -> None:
    fresh = SealKeys([b"a newer seed of 32 bytes, tested", SEED])
    books.keys = fresh
    await books.seal()

    verified = await books.verify()

    assert verified.findings.shown == []
    assert [seal.key for seal in await seals(books)] == [
        *([key_name(SealKeys([SEED]).public_keys.popitem()[1])] * 2),
        next(iter(fresh.public_keys)),
    ]


async def test_a_folder_gets_every_seal_once_and_again_what_a_crash_has_torn(books: SealedBooks) -> None:
    (file,) = files_of(books.folder)
    torn = file.read_bytes()[:-20]
    file.write_bytes(torn)

    await books.seal()
    verified = await books.verify()

    assert verified.findings.shown == []
    found = Findings()
    testimony = read_witness(books.folder, books.keys.public_keys, found)
    assert (sorted(testimony.hashes), found.count) == ([1, 2, 3], 0)


async def test_a_witness_that_lacks_a_seal_says_so(books: SealedBooks) -> None:
    (file,) = files_of(books.folder)
    file.write_bytes(file.read_bytes().splitlines(keepends=True)[1])

    verified = await books.verify()

    assert verified.findings.shown[0].words == "seal 2 follows 0: some are missing or twice"


class Notary:
    """A small server that keeps what it is sent, unless it is out of order."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []
        self.answers = 204
        notary = self

        class Desk(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                allowed = self.headers["authorization"] == "Bearer of news"
                if notary.answers == 204 and allowed:
                    notary.kept += body.splitlines()
                self.send_response(notary.answers if allowed else 401)
                self.send_header("location", "/elsewhere")
                self.end_headers()

            def log_message(self, *_words: object) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Desk)
        self.witness = UrlWitness(f"http://127.0.0.1:{self.server.server_port}/seals?name=ours", "of news")


@pytest.fixture
async def notary() -> AsyncIterator[Notary]:
    opened = Notary()
    thread = Thread(target=opened.server.serve_forever, args=(0.05,))
    thread.start()
    yield opened
    await asyncio.to_thread(opened.server.shutdown)
    opened.server.server_close()
    thread.join()


@pytest.mark.parametrize("answer", [500, 302, 401])
async def test_a_server_that_was_away_gets_everything_later_and_nothing_twice(
    books: SealedBooks, notary: Notary, answer: int
) -> None:
    sealing = Sealing(books.office.system, books.keys, [notary.witness, FolderWitness(books.folder)])
    notary.answers = answer
    await sealing.beat()
    missed = len(notary.kept)

    notary.answers = 204
    await books.sell(0, 1)
    await sealing.beat()
    await sealing.beat()

    assert missed == 0
    assert [json.loads(Record.read(line).seal.body)["number"] for line in notary.kept] == [1, 2, 3, 4]
    assert (await books.verify()).findings.shown == []
    assert await deliver(books.office.system, notary.witness, {}) == 0


async def test_the_witness_of_another_chain_is_not_mistaken_for_ours(books: SealedBooks) -> None:
    """It would be given nothing for as long as it has more seals, and nobody would notice."""
    before = [file.read_bytes() for file in files_of(books.folder)]
    await books.rows("delete from log_seal")

    with pytest.raises(WitnessIsAhead, match="it has seals up to 2, the database only up to 0"):
        await deliver(books.office.system, FolderWitness(books.folder), books.keys.public_keys)

    assert [file.read_bytes() for file in files_of(books.folder)] == before
