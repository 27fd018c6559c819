"""Whoever is erased is forgotten wherever something says who they were."""

from datetime import UTC, datetime
from uuid import uuid4

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from api.forgetting import FORGOTTEN, forget_person

KEPT = {
    "assignment": "what somebody did and was allowed, under their id",
    "clock_entry": "working time, which the law has kept, under an id",
    "compliance_entry": "what counted for rewards, under an id",
    "hand_over": "what a shift gave to the next, under an id",
    "hand_over_confirmation": "who took it on, by id",
    "help_answer": "who answered, by id",
    "help_call": "who asked, by id",
    "task_claim": "who does a task, by id",
    "task_record": "what was done in a shop, under an id",
    "personal_value": "deleted with the key, by the people area itself",
    "personal_view": "who looked at whose data, kept as evidence",
    "person_erasure": "that the person was erased",
    "shared_device": "who shared a shop's device, by id",
}


async def test_every_table_that_names_a_person_is_forgotten_or_kept_for_a_reason(database_url: str) -> None:
    books = await asyncpg.connect(database_url)
    naming = await books.fetch(
        "select conrelid::regclass::text as name from pg_constraint"
        " where contype = 'f' and confrelid = 'person'::regclass"
    )
    await books.close()

    assert {row["name"] for row in naming} == {model.__tablename__ for model in FORGOTTEN} | set(KEPT)


async def test_accounts_and_sessions_of_one_person_go_and_nobody_elses(database_url: str) -> None:
    engine = create_async_engine(database_url.replace("postgresql:", "postgresql+asyncpg:"))
    gone, stays, now = uuid4(), uuid4(), datetime.now(UTC)
    async with AsyncSession(engine) as session:
        for number, person in enumerate((gone, stays)):
            given = {"id": person, "login": f"li.na.{number}", "hash": bytes([number]) * 32, "now": now}
            await session.execute(text("insert into person (id, name) values (:id, '李娜')"), given)
            await session.execute(
                text("insert into local_account (person_id, login, password_hash) values (:id, :login, '-')"), given
            )
            await session.execute(
                text("insert into known_device (device_hash, person_id, last_used_at) values (:hash, :id, :now)"),
                given,
            )
        await forget_person(session, gone)
        left = await session.execute(
            text("select person_id from local_account union all select person_id from known_device")
        )

        assert [row.person_id for row in left] == [stays, stays]
    await engine.dispose()
