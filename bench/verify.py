"""How long `verify-log` takes for a million entries, each with a movement, sealed as they came, with a witness."""

import asyncio
import random
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from api.database import connect, system_office
from api.log_check import LogVerified, verify_log
from api.sealing import Sealing
from api.witness import FolderWitness
from bench.figures import Figure
from bench.house import Chain, House
from bench.plan import FULL, Bar, Plan
from retail.audit.signing import SealKeys
from retail.inventory.ledger import POST, Entry, columns
from retail.kernel.base import new_id
from retail.kernel.clock import utc_now

STORES, SKUS = 30, 200
ENTRIES, ENTRIES_QUICK = 1_000_000, 50_000
AT_ONCE = 500
SEALS = 100
AIM_SECONDS = 60.0
_KEYS = SealKeys([bytes(32)])


def measure(house: House, plan: Plan, bar: Bar) -> Iterator[Figure]:
    """Yield the seconds that one verification takes."""
    entries = ENTRIES if plan == FULL else ENTRIES_QUICK
    bar.begin("verify-log", 2)
    with house.chain("verified", stores=STORES, skus=SKUS, turns=0) as chain:
        folder = house.home / "witness"
        with bar.step(f"writing {entries:,} entries"):
            asyncio.run(_write(chain, folder, entries))
        with bar.step("verifying"):
            began, worked = time.perf_counter(), time.process_time()
            verified = asyncio.run(verify_log(chain.url, _KEYS.public_keys, folder))
            seconds, worked = time.perf_counter() - began, time.process_time() - worked
    _expect(verified, entries)
    yield Figure(
        f"verify-log, {entries:,} entries",
        seconds,
        "s",
        aim=f"≤ {AIM_SECONDS:.0f} s for a million",
        met=seconds <= AIM_SECONDS * entries / ENTRIES,
        note=f"{worked:.1f} s of CPU, with as many movements and {verified.seals} seals",
    )


async def _write(chain: Chain, folder: Path, entries: int) -> None:
    """Write sales of one line each through the ledger, and seal them as they come."""
    chance = random.Random(0)
    connection = await connect(chain.url)
    statement = await connection.prepare(POST)
    now = utc_now()
    stores = [UUID(int=row[0].int) for row in await connection.fetch("select id from store")]
    skus = [UUID(int=row[0].int) for row in await connection.fetch("select id from sku")]
    async with system_office(chain.url) as office:
        sealing = Sealing(office.system, _KEYS, [FolderWitness(folder)], lambda: now)
        for batch in range(entries // AT_ONCE):
            now += timedelta(seconds=1)
            lines = [_sale(chance.choice(stores), chance.choice(skus), now) for _ in range(AT_ONCE)]
            await statement.fetchrow(*columns([], lines))
            if batch % max(1, entries // AT_ONCE // SEALS) == 0:
                await sealing.beat()
    await connection.close()


def _sale(store_id: UUID, sku_id: UUID, now: datetime) -> Entry:
    return Entry(
        *(0, new_id(), None, store_id, sku_id, "sale", -1, 0, "customer", 500, None, None),
        *(now, now, None, None, "till-1", None, None, "till", new_id()),
    )


def _expect(verified: LogVerified, entries: int) -> None:
    assert verified.is_clean, "\n".join(verified.lines())
    assert (verified.entries, verified.movements) == (entries, entries), "the log has other entries than were written"
