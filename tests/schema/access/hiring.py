"""What stories about roles share: people without one, who gave what, and a chain that is short of people."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from retail.access.permissions import Role
from tests.support.asking import Asker, Told
from tests.support.chain import Chain

R = Role
NOBODY = uuid4()
SUCCESS, ABOVE, NO = "GrantRoleSuccess", "RoleAboveYours", "NotPermitted"


def soon(**ahead: float) -> str:
    return (datetime.now(UTC) + timedelta(**ahead)).isoformat()


async def newcomer(chain: Chain) -> UUID:
    """Somebody who has been hired and plays no role yet."""
    person = await chain.hire(R.CLERK, store_ids=[])
    await chain.rows("delete from assignment where person_id = $1", person.id)
    return person.id


async def give(by: Asker, person: UUID, role: Role, **where: Any) -> Told:
    return await by.do("grantRole", personId=person, role=role.name, **where)


@asynccontextmanager
async def only(chain: Chain, role: Role) -> AsyncIterator[None]:
    """As if nobody else of the chain held this role for good, until the block ends."""
    rows = await chain.rows(
        "update assignment set valid_until = '2999-01-01' where role = $1 and valid_until is null returning id", role
    )
    try:
        yield
    finally:
        await chain.rows("update assignment set valid_until = null where id = any($1)", [row["id"] for row in rows])


async def held_by(chain: Chain, person: UUID) -> list[Any]:
    return list(await chain.rows("select * from assignment where person_id = $1 order by valid_from", person))


async def acts(chain: Chain, person: UUID) -> list[tuple[str, str]]:
    rows = await chain.rows(
        "select body::json ->> 'act' as act, body::json ->> 'actor' as actor from operation_log"
        " where body::json -> 'details' ->> 'person' = $1 and body::json ->> 'act' <> 'signed_in' order by 1",
        str(person),
    )
    return [(row["act"], row["actor"]) for row in rows]
