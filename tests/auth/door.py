"""An app with nothing but auth: people, channels and browsers for the stories, and a clock to turn."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Self
from uuid import UUID, uuid4

import httpx
import orjson
from pwdlib import PasswordHash
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from starlette.applications import Starlette

from auth.models import LocalAccount
from auth.tokens import LIFE
from auth.url_map import routes
from auth.wiring import Auth, DemoAccount
from retail.access.channel_kinds import ChannelKind
from retail.access.models import Assignment, Person
from retail.access.permissions import Role
from retail.access.work import Work
from retail.channels import commands as channels
from retail.channels.reach import Reach
from retail.kernel.privacy.masters import MasterKeys
from retail.stores.models import Region, Store
from tests.support.environment import MASTERS

PASSWORD = "jasmine-green-tea"


class TurnableClock:
    """Stands still until it is turned."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def turn(self, by: timedelta) -> None:
        self.now += by


@dataclass(frozen=True)
class Employee:
    person_id: UUID
    login: str
    name: str = "李娜"


@dataclass(frozen=True)
class Channel:
    channel_id: UUID
    client_id: str
    secret: str


class Door:
    """One server process. Two doors on one database and one clock are two processes."""

    def __init__(
        self,
        database: async_sessionmaker[AsyncSession],
        *,
        public_url: str = "http://127.0.0.1:8000",
        demo_accounts: tuple[DemoAccount, ...] = (),
        clock: TurnableClock | None = None,
        masters: str | None = None,
        token_life: timedelta = LIFE,
    ) -> None:
        self.database = database
        self.clock = clock or TurnableClock()
        self.public_url = public_url
        ring = MASTERS if masters is None else MasterKeys.parse(masters)
        self.auth = Auth(database, self.clock, public_url, demo_accounts, masters=ring, token_life=token_life)
        self._app = Starlette(routes=routes)
        self._app.state.auth = self.auth
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    async def browser(self, address: str = "10.1.1.1") -> httpx.AsyncClient:
        """Open a browser (or a program) at an address, with its own cookies."""
        transport = httpx.ASGITransport(self._app, client=(address, 50_000))
        return await self._open.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url=self.public_url, headers={"X-Trueshelf": "1"})
        )

    async def hire(
        self, role: Role | None = None, store: Store | None = None, *, must_change: bool = False
    ) -> Employee:
        """Give somebody an account, and perhaps a role in a store or (none named) the whole chain."""
        employee = Employee(uuid4(), f"li.na.{uuid4().hex[:8]}")
        async with self.database.begin() as session:
            session.add(Person(id=employee.person_id, name=employee.name))
            await session.flush()
            account = LocalAccount(person_id=employee.person_id, login=employee.login, must_change=must_change)
            account.password_hash = _hash_of_the_password()
            session.add(account)
        if role is not None:
            await self.assign(employee, role, store)
        return employee

    async def assign(self, employee: Employee, role: Role, store: Store | None = None) -> UUID:
        assignment = Assignment(
            id=uuid4(),
            person_id=employee.person_id,
            role=role,
            store_ids=None if store is None else [store.id],
            valid_from=self.clock() - timedelta(days=1),
        )
        async with self.database.begin() as session:
            session.add(assignment)
        return assignment.id

    async def open_store(self, name: str = "西湖店") -> Store:
        region = Region(id=uuid4(), code=f"region-{uuid4().hex[:8]}", name="华东", name_en="East")
        store = Store(
            id=uuid4(), code=uuid4().hex[:8], name=name, name_en="West Lake", region_id=region.id, zone="Asia/Shanghai"
        )
        async with self.database.begin() as session:
            session.add(region)
            await session.flush()
            session.add(store)
        return store

    async def acts(self, employee: Employee) -> list[str]:
        """What the operation log says was done by or to somebody, in order."""
        named = text("select body from operation_log where body like :id order by store_id, seq")
        async with self.database() as session:
            rows = await session.scalars(named, {"id": f"%{employee.person_id}%"})
        return [orjson.loads(row)["act"] for row in rows]

    async def register_channel(self, kind: ChannelKind = ChannelKind.PLATFORM, *scopes: str) -> Channel:
        new = channels.NewClient("Douyin", kind, scopes=scopes or None)
        async with self.system() as work:
            client = await channels.register_client(work, Reach(), new)
            _, secret = await channels.add_secret(work, client)
        return Channel(client.id, client.client_id, secret)

    async def revoke(self, channel: Channel) -> None:
        async with self.system() as work:
            await channels.revoke_client(work, Reach(), channel_id=channel.channel_id)

    @asynccontextmanager
    async def system(self) -> AsyncIterator[Work]:
        """Work as headquarters' command line does, at the time of the clock."""
        async with self.database.begin() as session:
            yield Work(session, None, self.clock())

    async def signed_in(self, employee: Employee, address: str = "10.1.1.1") -> httpx.AsyncClient:
        """Open a browser in which an employee has signed in."""
        browser = await self.browser(address)
        answer = await sign_in(browser, employee.login)
        assert answer.status_code == 200, answer.text
        return browser

    async def token_of(self, channel: Channel) -> str:
        answer = await ask_token(await self.browser(), channel)
        assert answer.status_code == 200, answer.text
        token: str = answer.json()["access_token"]
        return token


@cache
def _hash_of_the_password() -> str:
    """The same for everybody, so that hiring costs no time."""
    return PasswordHash.recommended().hash(PASSWORD)


async def sign_in(browser: httpx.AsyncClient, login: str, password: str = PASSWORD) -> httpx.Response:
    return await browser.post("/auth/sign-in", json={"login": login, "password": password})


async def ask_token(program: httpx.AsyncClient, channel: Channel, **more: str) -> httpx.Response:
    form = {"grant_type": "client_credentials", **more}
    return await program.post("/auth/token", data=form, auth=(channel.client_id, channel.secret))


async def is_known(browser: httpx.AsyncClient, token: str | None = None) -> bool:
    """Say whether the server knows who asks: by the browser's cookie, or by a token."""
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return (await browser.get("/auth/me", headers=headers)).status_code == 200
