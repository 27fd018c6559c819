"""Who may write into the log, and that nobody may change it: asked of the database itself, in the program's roles."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import asyncpg
import orjson
import pytest
import rfc8785

from api.database import as_login, open_engine, sessions_of
from retail.access.scope import APP_ROLE, SYSTEM_ROLE
from retail.access.work import Office
from retail.audit.log import WHOLE_CHAIN, append
from retail.kernel.clock import utc_now
from tests.support.chain import found_chain

ROLES = (APP_ROLE, SYSTEM_ROLE)


@dataclass
class Records:
    """An office of the log, with a clerk of the first store and an auditor of the whole chain."""

    url: str
    office: Office
    stores: list[UUID]
    clerk: UUID
    auditor: UUID

    async def acting(self, actor_id: UUID, statement: str, *values: object) -> list[asyncpg.Record]:
        """One statement as the program runs it for somebody."""
        return await run(self.url, APP_ROLE, statement, *values, actor_id=actor_id)


async def run(
    url: str, role: str, statement: str, *values: object, actor_id: UUID | None = None
) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(as_login(url), server_settings={"role": role})
    try:
        async with connection.transaction():
            if actor_id is not None:
                await connection.execute("select set_config('trueshelf.actor', $1, true)", str(actor_id))
            return list(await connection.fetch(statement, *values))
    finally:
        await connection.close()


@pytest.fixture
async def records(database_url: str) -> AsyncIterator[Records]:
    await found_chain(database_url, plots=2)
    owner = await asyncpg.connect(database_url)
    stores = [row["id"] for row in await owner.fetch("select id from store order by code")]
    people = []
    for store_ids in (stores[:1], None):
        people.append(person := uuid4())
        await owner.execute("insert into person (id, name) values ($1, '李娜')", person)
        await owner.execute(
            "insert into assignment (id, person_id, role, store_ids, valid_from)"
            " values (gen_random_uuid(), $1, 'clerk', $2, now() - interval '1 day')",
            *(person, store_ids),
        )
    await owner.close()
    engine = open_engine(as_login(database_url), 4)
    office = Office(sessions_of(engine), lambda _events: None)
    yield Records(database_url, office, [UUID(int=s.int) for s in stores], *people)
    await engine.dispose()


async def test_acts_are_chained_one_to_the_other(records: Records) -> None:
    who = uuid4()
    async with records.office.work(None) as work:
        first = await append(work.session, act="person.left", actor_id=None, details={"person": who, "shops": {who}})
        second = await append(work.session, act="signed_in", actor_id=who, details={"名": "ü", "n": 1.0})

    rows = await run(records.url, SYSTEM_ROLE, "select * from operation_log order by seq")
    assert [first, second] == [row["seq"] for row in rows] == [1, 2]
    assert {row["store_id"] for row in rows} == {WHOLE_CHAIN}
    assert orjson.loads(rows[0]["body"])["details"] == {"person": str(who), "shops": [str(who)]}
    before = bytes(32)
    for row in rows:
        assert row["body"].encode() == rfc8785.dumps(orjson.loads(row["body"]))
        link = WHOLE_CHAIN.bytes + row["seq"].to_bytes(8, "big") + hashlib.sha256(row["body"].encode()).digest()
        before = hashlib.sha256(before + link).digest()
        assert row["hash"] == before


async def test_an_act_that_is_undone_leaves_no_entry_and_no_gap(records: Records) -> None:
    async def fail() -> None:
        async with records.office.work(None) as work:
            await append(work.session, act="signed_in", actor_id=None, details={})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with records.office.work(None) as work:
        assert await append(work.session, act="signed_in", actor_id=None, details={}) == 1


CHANGES = (
    "insert into operation_log (store_id, seq, body, hash) values (gen_random_uuid(), 1, '{}', '')",
    "update operation_log set body = '{}'",
    "delete from operation_log",
    "truncate operation_log",
    "update log_head set seq = 9",
    "insert into log_head (store_id) values (gen_random_uuid())",
    "delete from log_seal",
    "update log_seal set body = ''",
    "insert into movement select * from movement",
    "update movement set quantity = 1",
    "delete from movement",
    "update stock_level set on_hand = 1",
    "delete from stock_level",
    "set role trueshelf_ledger",
)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("change", CHANGES)
async def test_the_program_can_change_nothing_beside_the_ledger_s_functions(
    records: Records, role: str, change: str
) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await run(records.url, role, change)


@pytest.mark.parametrize("table", ["operation_log", "log_seal", "movement"])
@pytest.mark.parametrize("change", ["delete from {}", "truncate {}", "update {} set {}"])
async def test_the_owner_cannot_change_it_by_mistake(database_url: str, table: str, change: str) -> None:
    column = {"operation_log": "body = ''", "log_seal": "body = ''", "movement": "quantity = 1"}[table]
    owner = await asyncpg.connect(database_url)

    with pytest.raises(asyncpg.RaiseError, match="written once"):
        await owner.execute(change.format(table, column))

    await owner.close()


async def test_whoever_acts_for_somebody_logs_in_that_name_and_stores_only(records: Records) -> None:
    log = "select log_append($1, $2)"
    mine, other = (rfc8785.dumps({"act": "x", "actor": str(who)}).decode() for who in (records.clerk, records.auditor))
    nobody = '{"act":"x","actor":null}'
    here, elsewhere = records.stores

    await records.acting(records.clerk, log, here, mine)
    await records.acting(records.clerk, log, WHOLE_CHAIN, mine)
    for store, body in ((here, other), (here, nobody), (elsewhere, mine)):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await records.acting(records.clerk, log, store, body)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await run(records.url, APP_ROLE, log, here, nobody)


async def test_the_log_is_behind_the_wall_and_the_whole_chain_s_is_for_the_whole_chain(records: Records) -> None:
    async with records.office.work(None) as work:
        for store in (*records.stores, None):
            await append(work.session, act="signed_in", actor_id=None, store_id=store, details={})
    read = "select store_id from operation_log order by 1"

    seen = [row["store_id"] for row in await records.acting(records.clerk, read)]
    all_seen = [row["store_id"] for row in await records.acting(records.auditor, read)]

    assert seen == records.stores[:1]
    assert len(all_seen) == 3
    assert await run(records.url, APP_ROLE, read) == []


async def test_the_books_of_a_store_are_locked_by_whoever_sees_it(records: Records) -> None:
    lock = "select lock_books($1)"

    await records.acting(records.clerk, lock, records.stores[:1])
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await records.acting(records.clerk, lock, records.stores)


async def test_sees_agrees_with_the_wall(records: Records) -> None:
    agree = (
        "select bool_and(sees(p.id, array[s.id]) = (s.id = any (stores_seen_by(p.id)))) and count(*) = 4"
        " from person p, store s"
    )

    assert (await run(records.url, SYSTEM_ROLE, agree))[0][0]

    owner = await asyncpg.connect(records.url)
    await owner.execute("update person set left_at = $1", utc_now())
    await owner.close()
    assert (await run(records.url, SYSTEM_ROLE, agree))[0][0]
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await records.acting(records.auditor, "select lock_books($1)", records.stores)


async def test_details_are_json_values(records: Records) -> None:
    with pytest.raises(rfc8785.CanonicalizationError):
        async with records.office.work(None) as work:
            await append(work.session, act="signed_in", actor_id=None, details={"key": object()})
