"""The real program and the real provider, with nothing between them but the network."""

import json
import time
from uuid import uuid4

import asyncpg
import httpx

from tests.auth.company.town import Provider, Visitor, running_provider
from tests.support.server import ServerProcess
from tests.support.socket_client import admitted

WITHIN = 5.0


async def hire(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    person_id = uuid4()
    await connection.execute("insert into person (id, name) values ($1, '李娜')", person_id)
    await connection.execute(
        "insert into assignment (id, person_id, role, valid_from) values ($1, $2, 'hq_operations', now())",
        uuid4(),
        person_id,
    )
    await connection.execute(
        "insert into external_identity values ('north', 'demo|li.na', $1, now(), 'command')", person_id
    )
    await connection.close()


async def test_a_sign_out_at_the_provider_ends_everything_within_five_seconds(database_url: str) -> None:
    server = ServerProcess(database_url)
    with running_provider("north", server.url) as north:
        server._settings["TRUESHELF_COMPANY_SIGN_IN"] = json.dumps([north.entry()])
        with server:
            await hire(database_url)
            await _sign_in_and_out(server, north)


async def _sign_in_and_out(server: ServerProcess, north: Provider) -> None:
    async with (
        httpx.AsyncClient(base_url=server.url, headers={"X-Trueshelf": "1"}) as ours,
        httpx.AsyncClient(timeout=60) as theirs,
    ):
        visitor = Visitor(ours, theirs)
        assert await visitor.sign_in() == "/"
        assert await visitor.is_known()
        headers = {"Cookie": f"trueshelf_session={ours.cookies['trueshelf_session']}", "Origin": server.url}
        wire = f"{server.url.replace('http', 'ws', 1)}/graphql"

        async with admitted(wire, additional_headers=headers) as socket:
            began = time.monotonic()
            left = await theirs.get(f"{north.url}/end-session")
            assert left.headers["location"] == f"{server.url}/sign-in"
            code = await socket.closed()

        assert (code, time.monotonic() - began < WITHIN) == (4403, True)
        assert not await visitor.is_known()
    assert "a-secret-of-two-programs" not in server.log
