"""The database refuses what the application allowed by mistake, and only that."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest

from api.database import as_login, open_engine, sessions_of
from retail.access.actor import Actor, ActorKind
from retail.access.permissions import Permission, Role
from retail.access.scope import APP_ROLE, SYSTEM_ROLE
from retail.access.work import Office
from retail.catalogue.lookup import Lookup
from retail.inventory.batching import Counter
from retail.inventory.desk import Desk
from retail.inventory.intake import Counted, NewLine, Origin, names_of, read_lines
from retail.inventory.models import Source
from retail.inventory.receipts import receive_goods
from retail.inventory.reservations import reserve_stock
from retail.inventory.sales import NewSale, SaleRecorded, record_sale
from retail.kernel.clock import utc_now
from retail.kernel.privacy.vault import Vault
from retail.kernel.refusal import NotPermitted
from retail.people.office import PeopleOffice
from retail.people.rules import ViewingPolicy
from retail.stores.directory import Directory
from tests.support.chain import Chain, Shop
from tests.support.environment import MASTERS


@dataclass
class Till:
    """A desk in the program's role, asked by actors whom the application believes everything."""

    desk: Desk
    tea: UUID

    async def sell(self, actor: Actor, shop: Shop) -> SaleRecorded:
        sale = NewSale(shop.id, self.origin, (NewLine(self.tea, None, 1),))
        return await record_sale(self.desk, actor, request_id=uuid4(), sale=sale)

    async def receive(self, actor: Actor, shop: Shop) -> None:
        lines = await self.counted()
        async with self.desk.office.work(actor) as work:
            await receive_goods(work, store_id=shop.id, origin=self.origin, lines=lines, note=None)

    async def reserve(self, actor: Actor, shop: Shop) -> None:
        lines = await self.counted()
        async with self.desk.office.work(actor) as work:
            await reserve_stock(work, store_id=shop.id, lines=lines, source=Source.PHONE, expires_in_seconds=60)

    async def counted(self) -> list[Counted]:
        asked = (NewLine(self.tea, None, 1),)
        return list(read_lines(asked, await self.desk.lookup.find(names_of(asked)), []))

    @property
    def origin(self) -> Origin:
        return Origin(utc_now(), None, None, None, Source.TILL)


@pytest.fixture
async def till(chain: Chain) -> AsyncIterator[Till]:
    acting, seeing = (open_engine(as_login(chain.database_url), 4, role) for role in (APP_ROLE, SYSTEM_ROLE))
    sessions = sessions_of(seeing)
    office = Office(sessions, lambda _events: None, acting=sessions_of(acting))
    counter = Counter(acting, lambda _events: None)
    people = PeopleOffice(office, Vault(MASTERS), ViewingPolicy(), ())
    await counter.open()
    yield Till(Desk(office, counter, Lookup(sessions), Directory(sessions), people), (await chain.goods("tea")).id)
    await counter.close()
    await acting.dispose()
    await seeing.dispose()


def believed(person_id: UUID, *shops: Shop) -> Actor:
    """An actor of whom the application thinks that everything is allowed in some shops."""
    everywhere = frozenset(shop.id for shop in shops)
    return Actor(person_id, ActorKind.PERSON, "李娜", grants=dict.fromkeys(Permission, everywhere))


async def test_a_sale_in_a_store_that_its_actor_does_not_see_is_refused(chain: Chain, till: Till) -> None:
    riverside, harbour = await chain.open_stores("Riverside", "Harbour")
    clerk = believed((await chain.clerk_at(riverside)).id, riverside, harbour)

    await till.sell(clerk, riverside)
    with pytest.raises(NotPermitted):
        await till.sell(clerk, harbour)

    assert await chain.on_hand(riverside) == {"tea": -1}
    assert await chain.on_hand(harbour) == {}


async def test_a_receipt_in_a_store_that_its_actor_does_not_see_is_refused(chain: Chain, till: Till) -> None:
    riverside, harbour = await chain.open_stores("Riverside", "Harbour")
    clerk = believed((await chain.clerk_at(riverside)).id, riverside, harbour)

    await till.receive(clerk, riverside)
    with pytest.raises(NotPermitted):
        await till.receive(clerk, harbour)

    assert await chain.on_hand(harbour) == {}


async def test_a_promise_in_a_store_that_its_actor_does_not_see_is_refused(chain: Chain, till: Till) -> None:
    riverside, harbour = await chain.open_stores("Riverside", "Harbour")
    clerk = believed((await chain.clerk_at(riverside)).id, riverside, harbour)
    await till.receive(clerk, riverside)

    await till.reserve(clerk, riverside)
    with pytest.raises(NotPermitted):
        await till.reserve(clerk, harbour)


async def test_only_the_guilty_sale_of_a_batch_is_refused(chain: Chain, till: Till) -> None:
    riverside, harbour = await chain.open_stores("Riverside", "Harbour")
    honest, wrong = [believed((await chain.clerk_at(s)).id, riverside, harbour) for s in (riverside, harbour)]

    told = await asyncio.gather(
        *(till.sell(wrong if n == 5 else honest, riverside) for n in range(12)), return_exceptions=True
    )

    assert [n for n, each in enumerate(told) if isinstance(each, NotPermitted)] == [5]
    assert await chain.on_hand(riverside) == {"tea": -11}


async def test_whose_role_has_just_ended_is_refused_by_the_database(chain: Chain, till: Till) -> None:
    riverside = await chain.open_store("Riverside")
    person = await chain.hire(Role.CLERK, store_ids=[riverside.id])
    clerk = believed(person.id, riverside)
    await till.sell(clerk, riverside)

    await chain.rows("update assignment set valid_until = now() where person_id = $1", person.id)

    with pytest.raises(NotPermitted):
        await till.sell(clerk, riverside)
