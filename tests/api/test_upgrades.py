"""Books that are there already go through every migration, and back, with an owner who is no superuser."""

import asyncio
from collections.abc import Iterator
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest
from alembic import command
from alembic.config import Config

from api.database import as_login
from api.log_check import verify_log
from api.serving import migrate, require_shape
from migrations import alembic_config
from tests.support.postgres import TestingPostgres

OPENED = """
    insert into movement (store_id, sku_id, movement_id, version, kind, quantity, reserved, counter_account,
        balance, occurred_at, recorded_at, source, document_id)
    select gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 1, 'opening', 1, 0, 'opening', 1, now(), now(),
        'erp', gen_random_uuid() from generate_series(1, 3)
    """


@pytest.fixture
def hosted() -> Iterator[tuple[TestingPostgres, str]]:
    """A database at the first revision with three opening counts, and its owner's URL."""
    with TestingPostgres() as server, server.database() as url:
        server.psql("create role landlord login createrole")
        server.psql(f"alter database {urlsplit(url).path[1:]} owner to landlord")
        server.psql("alter schema public owner to landlord", url)
        landlord = as_login(url, "landlord")
        command.upgrade(_config(landlord), "0001")
        server.psql(OPENED, landlord)
        yield server, landlord


def test_older_books_are_taken_over_by_an_owner_whom_the_walls_hold_too(hosted: tuple[TestingPostgres, str]) -> None:
    _, landlord = hosted
    tenant = as_login(landlord, "tenant")

    migrate(landlord, tenant)

    require_shape(tenant)
    verified = asyncio.run(verify_log(tenant, {}, None))
    assert (verified.findings.shown, verified.entries, verified.movements) == ([], 3, 3)


def test_after_the_whole_way_back_the_older_program_can_post(hosted: tuple[TestingPostgres, str]) -> None:
    server, landlord = hosted
    migrate(landlord, as_login(landlord, "tenant"))

    command.downgrade(_config(landlord), "0001")

    asyncio.run(_post(landlord))
    assert server.psql("select count(*) from applied_request", landlord) == "1"


TASKS = """
    set session_replication_role = replica;
    insert into task (store_id, id, kind, day, title, title_en, needs, must, made_at)
    select gen_random_uuid(), gen_random_uuid(), kind, '2026-11-20', kind, kind, '[]', false, now()
    from unnest(array['count', 'restock', 'assigned', 'sent']) as kind
    """


def test_after_the_way_back_the_older_program_can_read_what_the_newer_one_asked(
    hosted: tuple[TestingPostgres, str],
) -> None:
    server, landlord = hosted
    everything = server.url(urlsplit(landlord).path[1:])
    command.upgrade(_config(landlord), "0017")
    server.psql(TASKS, everything)

    command.downgrade(_config(landlord), "0016")

    kinds = "select string_agg(title || ' ' || kind, ', ' order by title) from task"
    assert server.psql(kinds, everything) == "assigned sent, restock sent, sent sent"


async def _post(url: str) -> None:
    """Post a request without lines, as the program of the first revision does: as the owner, by 26 columns."""
    connection = await asyncpg.connect(url)
    try:
        request: list[list[object]] = [[uuid4()], [None], ["recordSale"], [b"hash"], ["{}"]]
        arguments = [*request, *([] for _ in range(21))]
        places = ", ".join(f"${n + 1}" for n in range(len(arguments)))
        await connection.fetchrow(f"select * from ledger_post({places})", *arguments)  # noqa: S608 -- only places
    finally:
        await connection.close()


def _config(url: str) -> Config:
    return alembic_config(url.replace("postgresql:", "postgresql+asyncpg:"))
