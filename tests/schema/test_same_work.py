"""Nobody can time what is foreign apart from what is missing: the server does the same work for both.

A clock would tell little on a busy machine, so the work itself is compared: the statements that
reach PostgreSQL, one by one. The application runs in this process, to be listened to.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from sqlalchemy import event
from starlette.applications import Starlette

from api.app import create_app
from api.database import as_login
from api.settings import read_settings
from tests.schema.matrix.world import FOREIGN, MISSING, World
from tests.schema.test_matrix import Answer, aims, neutral, prepared
from tests.support.asking import Told
from tests.support.chain import Chain, Staff, found_chain
from tests.support.environment import MASTER_KEYS
from tests.support.postgres import TestingPostgres


class Listener:
    """Writes down the statements of one moment."""

    def __init__(self, app: Starlette) -> None:
        self._engines = [app.state.application.engine.sync_engine, app.state.application.system_engine.sync_engine]

    @contextmanager
    def listening(self) -> Iterator[list[str]]:
        heard: list[str] = []

        def hear(*words: object) -> None:
            if not any(periodic in str(words[2]) for periodic in PERIODIC):
                heard.append(str(words[2]))

        for engine in self._engines:
            event.listen(engine, "before_cursor_execute", hear)
        try:
            yield heard
        finally:
            for engine in self._engines:
                event.remove(engine, "before_cursor_execute", hear)


PERIODIC = (
    "projection",
    "as movements",
    "pg_try_advisory",
    "enable_nestloop",
    "count_anchor",
    "expires_at <=",
    "pg_snapshot",
    "log_seal",
    "push_",
    "security_alarm",
)
"""What jobs and remembered answers ask at their own times, whoever calls."""


@pytest.fixture(scope="module")
async def house(postgres: TestingPostgres) -> AsyncIterator[tuple[World, Listener]]:
    with postgres.database(postgres.migrated()) as url:
        await found_chain(url, plots=9)
        app = create_app(read_settings(database_url=as_login(url), master_keys=MASTER_KEYS))
        base = "http://127.0.0.1:8000"
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=base, timeout=30) as http,
            Chain(url, base, http) as chain,
        ):
            yield await World.open(chain), Listener(app)


async def heard_out(
    listener: Listener, asker: Staff, document: str, variables: Mapping[str, Any]
) -> tuple[Told, list[str]]:
    """Ask as soon as there is room at the door: what is turned away there does no work at all."""
    while True:
        with listener.listening() as heard:
            answer = await asker.ask(document, **variables)
        if "'RATE_LIMITED'" not in str(answer.body.get("errors")):
            return answer, heard
        await asyncio.sleep(0.1)


@pytest.mark.parametrize("role", ["clerk", "manager"])
@pytest.mark.parametrize(("name", "place"), aims())
async def test_what_is_foreign_costs_the_same_work_as_what_is_missing(
    house: tuple[World, Listener], name: str, place: str, role: str
) -> None:
    world, listener = house
    asker = world.staff[role]
    work: dict[str, set[tuple[str, ...]]] = {FOREIGN: set(), MISSING: set()}
    told: dict[str, str] = {}
    for where in (FOREIGN, MISSING) * 4:
        document, variables = await prepared(world, asker, name, (place, where))
        answer, heard = await heard_out(listener, asker, document, variables)
        work[where].add(tuple(heard))
        told[where] = neutral(Answer(answer, variables, left_a_trace=False))

    assert told[FOREIGN] == told[MISSING]
    # What a process remembers for seconds is asked for now and then: one like pair of moments is enough.
    assert work[FOREIGN] & work[MISSING], work
