"""The attacks of somebody who may do everything to the database: each is found, and its place named."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest

from retail.audit.chain import entry_hash
from retail.audit.findings import Wrong
from retail.audit.seals import Seal
from retail.audit.signing import SealKeys
from retail.kernel.content import as_uuid
from tests.support.sealed_books import SealedBooks, sealed_books

RESEAL = "update log_seal set body = $1, signature = $2 where number = 2"


@pytest.fixture
async def books(database_url: str, tmp_path: Path) -> AsyncIterator[SealedBooks]:
    async with sealed_books(database_url, tmp_path / "witness") as opened:
        yield opened


async def store_of(books: SealedBooks) -> UUID:
    return as_uuid((await books.rows("select id from store order by code limit 1"))[0][0])


async def test_a_log_that_nobody_touched_is_clean(books: SealedBooks) -> None:
    verified = await books.verify()

    assert verified.findings.shown == []
    assert (verified.chains, verified.seals, verified.witnessed) == (4, 2, 2)
    assert verified.entries == (await books.rows("select count(*) from operation_log"))[0][0]
    assert verified.movements == (await books.rows("select count(*) from movement"))[0][0]
    assert verified.unsealed == 1


ATTACKS = {
    "an edited entry": (
        ["update operation_log set body = replace(body, 'sale', 'gift') where {here} and seq = 3"],
        (Wrong.EDITED, 3, "stock.gift"),
    ),
    "a deleted entry": (["delete from operation_log where {here} and seq = 3"], (Wrong.MISSING, 4, "stock.sale")),
    "an inserted entry": (
        [
            "update operation_log set seq = seq + 100 where {here} and seq > 3",
            "update operation_log set seq = seq - 99 where {here} and seq > 100",
            "insert into operation_log select store_id, 4, body, hash from operation_log where {here} and seq = 3",
            "update log_head set seq = seq + 1 where {here}",
        ],
        (Wrong.EDITED, 4, "stock.sale"),
    ),
    "two entries in the other order": (
        [
            "update operation_log set seq = 99 where {here} and seq = 3",
            "update operation_log set seq = 3 where {here} and seq = 4",
            "update operation_log set seq = 4 where {here} and seq = 99",
        ],
        (Wrong.EDITED, 3, "stock.sale"),
    ),
    "a tail that was cut off, with its movements and the head": (
        [
            "delete from operation_log where {here} and seq > 3",
            "delete from movement where {here} and log_seq > 3",
            """update log_head set seq = 3, hash = (select hash from operation_log where {here} and seq = 3)
            where {here}""",
        ],
        (Wrong.CUT, 3, None),
    ),
    "an unsealed tail that was cut off": (
        ["delete from operation_log where {here} and seq = 6"],
        (Wrong.CUT, 5, None),
    ),
    "an entry beside the head": (
        ["insert into operation_log select store_id, 7, '{\"act\":\"x\"}', ''::bytea from log_head where {here}"],
        (Wrong.EDITED, 7, "x"),
    ),
    "an edited movement": (
        ["update movement set amount_fen = 1 where {here} and log_seq = 4"],
        (Wrong.MOVEMENT, 4, "stock.sale"),
    ),
    "a movement moved to another actor": (
        ["update movement set actor_id = gen_random_uuid() where {here} and log_seq = 3 and quantity = -1"],
        (Wrong.MOVEMENT, 3, "stock.sale"),
    ),
    "a deleted movement": (
        ["delete from movement where {here} and log_seq = 4"],
        (Wrong.MOVEMENT, 4, "stock.sale"),
    ),
    "an added movement": (
        [
            """insert into movement select (m).* from (
                select jsonb_populate_record(m, jsonb_build_object(
                    'movement_id', gen_random_uuid(), 'version', 99, 'log_seq', 2)) as m
                from movement m where {here} and log_seq = 4) x"""
        ],
        (Wrong.MOVEMENT, 2, "stock.sale"),
    ),
    "a balance that does not follow": (
        ["update movement set balance = balance + 1 where {here} and log_seq = 4"],
        (Wrong.MOVEMENT, 4, None),
    ),
}


@pytest.mark.parametrize("attack", ATTACKS)
async def test_what_a_superuser_did_is_found_and_its_place_named(books: SealedBooks, attack: str) -> None:
    statements, place = ATTACKS[attack]

    await books.attack(*statements)
    verified = await books.verify()

    found = [(f.wrong, f.seq, f.act) for f in verified.findings.shown if f.store_id == await store_of(books)]
    assert place in found
    assert not verified.is_clean


async def rehash(books: SealedBooks, first: int, edit: tuple[str, str]) -> None:
    """Edit an entry as somebody who knows the algorithm: every hash from there on is made again, and the head."""
    store = await store_of(books)
    rows = await books.rows("select seq, body, hash from operation_log where store_id = $1 order by seq", store)
    before = rows[first - 2]["hash"]
    for row in rows[first - 1 :]:
        body = row["body"].replace(*edit) if row["seq"] == first else row["body"]
        before = entry_hash(before, store, row["seq"], body)
        rewrite = "update operation_log set body = $3, hash = $4 where store_id = $1 and seq = $2"
        await books.rows(rewrite, store, row["seq"], body, before)
    await books.rows("update log_head set hash = $2 where store_id = $1", store, before)


@pytest.mark.parametrize("witness", [True, False])
async def test_a_chain_rewritten_by_whoever_knows_how_is_found_by_its_seal(books: SealedBooks, witness: bool) -> None:
    await rehash(books, 4, ("stock.sale", "stock.gift"))

    verified = await books.verify(witness=witness)

    (found,) = verified.findings.shown
    assert (found.wrong, found.store_id, found.seq) == (Wrong.REWRITTEN, await store_of(books), 5)
    assert "from 3 on" in found.words
    assert "seal 2" in found.words


async def test_seals_that_are_cut_off_with_their_chain_are_missed_by_the_witness(books: SealedBooks) -> None:
    cut = [
        "delete from operation_log where {here} and seq > 2",
        "delete from movement where {here} and log_seq > 2",
        "update log_head set seq = 2, hash = (select hash from operation_log where {here} and seq = 2) where {here}",
        "delete from log_seal where number = 2",
        "update log_sealed_head s set seq = h.seq, hash = h.hash from log_head h where h.store_id = s.store_id",
    ]
    await books.attack(*cut)

    with_witness, without = await books.verify(), await books.verify(witness=False)

    found = [(f.wrong, f.seq) for f in with_witness.findings.shown]
    assert (Wrong.CUT, 2) in found
    assert (Wrong.SEAL, None) in found
    assert [f.wrong for f in without.findings.shown if f.store_id == await store_of(books)] == []


async def test_a_forged_seal_is_found(books: SealedBooks) -> None:
    thief = SealKeys([b"another seed of 32 bytes, stolen"])
    (row,) = await books.rows("select body, signature from log_seal where number = 2")
    body = row["body"].replace('"chains":4', '"chains":5')
    await books.rows(RESEAL, body, thief.sign(body.encode()))

    verified = await books.verify(witness=False)

    assert any(f.wrong is Wrong.SEAL and "seal 2 is forged" in f.words for f in verified.findings.shown)


async def test_a_seal_of_an_unknown_key_is_found(books: SealedBooks) -> None:
    thief = SealKeys([b"another seed of 32 bytes, stolen"])

    verified = await books.verify(keys=thief, witness=False)

    assert verified.findings.count >= 2
    assert all("which is not known" in f.words for f in verified.findings.shown)


async def test_a_deleted_seal_is_found(books: SealedBooks) -> None:
    await books.attack("delete from log_seal where number = 1")

    verified = await books.verify(witness=False)

    assert "seal 2 follows 0: some are missing or twice" in [f.words for f in verified.findings.shown]


async def test_a_seal_that_is_not_the_witness_s_is_found(books: SealedBooks) -> None:
    (row,) = await books.rows("select body, signature from log_seal where number = 2")
    seal = Seal.read(row["body"], row["signature"])
    body = seal.body.replace(f'"at":"{seal.at:%Y}', '"at":"1999')
    await books.rows(RESEAL, body, books.keys.sign(body.encode()))

    verified = await books.verify()

    assert "seal 2 is not the one that the witness has" in [f.words for f in verified.findings.shown]
