"""Books that are older than the operation log: they are taken over as they stand, and cannot be edited after."""

import asyncio
from collections.abc import Iterator
from uuid import UUID, uuid4

import asyncpg
import pytest
from alembic import command

from api.log_check import verify_log
from migrations import alembic_config
from retail.audit.findings import Wrong
from tests.support.chain import found_chain
from tests.support.postgres import TestingPostgres

NASTY = '"quoted" \\ / \t\n\r\b\f \u0001\u001f\u007f\u2028 é 茶 🍵'
ROWS = (
    # kind, quantity, note, device, occurred, latitude, longitude, amount, reason, hash
    ("opening", 10, None, None, "2026-01-02T03:04:05Z", None, None, None, None, None),
    ("sale", -1, NASTY, 'till "3"', "2026-01-02T03:04:05.000001+08:00", 31.25, -0.0, 1500, None, b"\x01\xff"),
    ("adjustment", 2, "", "", "1999-12-31T23:59:59.9Z", 1e-05, 179.99999999999997, 2**53 - 1, "found", None),
)


def migrate(url: str, to: str) -> None:
    """Migrate; in a thread if a loop is running, because the migration runs one of its own."""
    config = alembic_config(url.replace("postgresql:", "postgresql+asyncpg:"))
    (command.downgrade if to == "0002" else command.upgrade)(config, to)


@pytest.fixture
def older_url(postgres: TestingPostgres) -> Iterator[str]:
    with postgres.database(postgres.migrated()) as url:
        migrate(url, "0002")
        yield url


async def stock(url: str) -> list[UUID]:
    """Write movements as they were before the log, in two stores, and return the stores."""
    await found_chain(url, plots=2)
    owner = await asyncpg.connect(url)
    stores = [row["id"] for row in await owner.fetch("select id from store order by code")]
    for store in stores:
        sku, balance = uuid4(), 0
        for version, row in enumerate(ROWS, 1):
            kind, quantity, note, device, occurred, latitude, longitude, amount, reason, hashed = row
            balance += quantity
            await owner.execute(
                "insert into movement (store_id, sku_id, version, movement_id, kind, quantity, reserved,"
                " counter_account, balance, note, device, occurred_at, recorded_at, latitude, longitude, amount_fen,"
                " reason, content_hash, source, document_id, actor_id, clock_error_seconds)"
                " values ($1, $2, $3, gen_random_uuid(), $4, $5, 0, 'found', $6, $7, $8, ($9::text)::timestamptz,"
                " now(), $10, $11, $12, $13, $14, 'till', gen_random_uuid(), null, $15)",
                *(store, sku, version, kind, quantity, balance, note, device, occurred, latitude, longitude),
                *(amount, reason, hashed, -5 if version == 2 else None),
            )
    await owner.close()
    return stores


async def test_what_is_older_is_vouched_for_whatever_is_written_in_it(older_url: str) -> None:
    stores = await stock(older_url)

    await asyncio.to_thread(migrate, older_url, "head")
    verified = await verify_log(older_url, {}, None)

    assert verified.findings.shown == []
    assert (verified.entries, verified.movements, verified.chains) == (len(stores), 2 * len(ROWS), len(stores))


CHANGES = {
    "edited": "update movement set amount_fen = 1 where kind = 'sale' and store_id = $1",
    "deleted": "delete from movement where version = 3 and store_id = $1",
    "added": "insert into movement select (m).* from (select jsonb_populate_record(m, jsonb_build_object("
    " 'version', 4, 'movement_id', gen_random_uuid())) m from movement m where store_id = $1 and version = 3) x",
}


@pytest.mark.parametrize("change", CHANGES)
async def test_what_is_older_cannot_be_changed_unseen(older_url: str, change: str) -> None:
    store = (await stock(older_url))[0]
    await asyncio.to_thread(migrate, older_url, "head")
    owner = await asyncpg.connect(older_url)
    await owner.execute("set session_replication_role = replica")
    await owner.execute(CHANGES[change], store)
    await owner.close()

    verified = await verify_log(older_url, {}, None)

    found = {(f.wrong, f.store_id, f.seq, f.act) for f in verified.findings.shown}
    assert (Wrong.MOVEMENT, UUID(int=store.int), 1, "ledger.adopted") in found
