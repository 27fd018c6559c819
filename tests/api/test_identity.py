"""Ways of signing in, at the real program: what a session of each kind may do, and in whose name it acts."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pyotp
import pytest
from sqlalchemy import delete

from auth.accounts import create_local_account
from auth.models import LocalAccount
from auth.pins import set_pins
from retail.access.permissions import ROLE_TABLE, Permission, Role
from retail.kernel.clock import utc_now
from tests.support.asking import Asker
from tests.support.chain import Chain, Shop, Staff
from tests.support.environment import MASTERS

PASSWORD = "jasmine-green-tea"
PIN = "246810"
ME = "{ me { name permissions stores { id } } }"


class Browser:
    """A browser at the real program, with cookies of its own."""

    def __init__(self, chain: Chain, http: httpx.AsyncClient) -> None:
        self.chain = chain
        self.http = http

    async def post(self, path: str, **body: object) -> dict[str, Any]:
        answer = await self.http.post(f"/auth/{path}", json=body)
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json()
        return said

    def asker(self) -> Asker:
        token = self.http.cookies["trueshelf_session"]
        return Asker(self.chain.http, self.chain.server, {"cookie": f"trueshelf_session={token}", "x-trueshelf": "1"})

    def staff(self, shop: Shop) -> Staff:
        asker = self.asker()
        return Staff(asker.http, asker.server, asker.headers, shop=shop, chain=self.chain)


@pytest.fixture
async def browser(chain: Chain) -> AsyncIterator[Browser]:
    async with httpx.AsyncClient(base_url=chain.server, headers={"x-trueshelf": "1"}) as http:
        yield Browser(chain, http)


async def give_password(chain: Chain, person_id: UUID) -> str:
    login = f"li.na.{person_id.hex[-10:]}"
    async with chain.sessions.begin() as session:
        await session.execute(delete(LocalAccount).where(LocalAccount.person_id == person_id))
        await create_local_account(session, person_id, login, PASSWORD)
    return login


async def test_headquarters_enrols_and_then_sees_the_chain(chain: Chain, browser: Browser) -> None:
    boss = await chain.hire(Role.HQ_OPERATIONS)
    login = await give_password(chain, boss.id)

    assert (await browser.post("sign-in", login=login, password=PASSWORD))["status"] == "enrol_second_factor"
    assert (await browser.http.post("/graphql", json={"query": ME})).status_code == 401
    offer = await browser.post("totp/enrol")
    confirmed = await browser.post("totp/confirm", code=pyotp.TOTP(offer["secret"]).now())

    assert confirmed["status"] == "signed_in"
    assert "client:manage" in (await browser.asker().ask(ME)).data["me"]["permissions"]


async def test_a_pin_sells_in_its_own_shop_in_its_own_persons_name(chain: Chain, browser: Browser) -> None:
    riverside, harbour = await chain.open_stores("Riverside", "Harbour")
    manager = await chain.hire(Role.STORE_MANAGER, store_ids=[riverside.id, harbour.id])
    login = await give_password(chain, manager.id)
    async with chain.sessions.begin() as session:
        await set_pins(session, MASTERS, {manager.id: PIN}, utc_now())
    await browser.post("sign-in", login=login, password=PASSWORD)
    assert len((await browser.asker().ask(ME)).data["me"]["stores"]) == 2
    await browser.post("shared-device", storeId=str(riverside.id), name="Till 1")

    await browser.post("pin/switch", personId=str(manager.id), pin=PIN)

    me = (await browser.asker().ask(ME)).data["me"]
    assert [store["id"] for store in me["stores"]] == [str(riverside.id)]
    assert set(me["permissions"]) == set(ROLE_TABLE[Role.CLERK])
    assert Permission.DEVICE_SHARE not in me["permissions"]
    assert (await browser.staff(riverside).receive(tea=3)).kind == "ReceiveGoodsSuccess"
    assert (await browser.staff(harbour).receive(tea=3)).kind == "NotFound"
    assert {row["actor_id"] for row in await chain.movements(riverside)} == {manager.id}
