"""The catalogue as tills see it is remembered, and never longer than it is true."""

from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from retail.access.actor import Actor, ActorKind, Held
from retail.access.permissions import Role
from retail.access.scope import grants_of
from retail.access.work import Reading
from retail.catalogue.costs import costs
from retail.catalogue.lookup import Item, Lookup, Name
from tests.support.chain import Chain


class ChangedMeanwhile(Lookup):
    """A catalogue in which a price changes while it is being read for the first time."""

    reads = 0

    async def _read(self, names: set[Name]) -> dict[Name, Item]:
        self.reads += 1
        if self.reads == 1:
            self.forget()
        return {name: Item(uuid4(), 1, ()) for name in names}


async def test_what_was_read_before_a_change_is_not_remembered_after_it() -> None:
    lookup = ChangedMeanwhile(async_sessionmaker(create_async_engine("postgresql+asyncpg://nobody@localhost/none")))

    first = await lookup.find(["tea"])
    second = await lookup.find(["tea"])
    third = await lookup.find(["tea"])

    assert first["tea"] != second["tea"] == third["tea"]
    assert lookup.reads == 2


async def test_our_own_rule_hides_costs_from_a_clerk_without_the_databases(chain: Chain) -> None:
    """In a session that sees everything, as if the second wall had fallen."""
    riverside, plum = await chain.open_store("Riverside"), await chain.goods("a plum with a cost")
    await chain.rows("insert into sku_cost (sku_id, valid_from, fen) values ($1, '2020-01-01', 900)", plum.id)
    seen = {}
    async with chain.sessions() as session:
        for role in (Role.CLERK, Role.CHANNEL, Role.STORE_MANAGER):
            stores = frozenset({riverside.id})
            held = Held(
                role, chain_wide=False, store_ids=stores, region_ids=frozenset(), valid_from=NOW, valid_until=None
            )
            actor = Actor(uuid4(), ActorKind.PERSON, "李娜", (held,), grants_of([held]))
            seen[role] = await costs(Reading(session, actor, NOW), [plum.id])

    assert seen == {Role.CLERK: {}, Role.CHANNEL: {}, Role.STORE_MANAGER: {plum.id: 900}}


NOW = datetime.now(UTC)
