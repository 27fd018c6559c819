"""A chain whose staff sign in through providers: our site in this process, the providers in their own."""

import html
import re
import socket
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import httpx
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from starlette.applications import Starlette

from api.demo.children import child
from api.demo.identity_provider import CLIENT_ID, SECRET_VARIABLE
from auth.company.settings import OidcSettings, WeComSettings
from auth.models import LocalAccount
from auth.url_map import routes
from auth.wiring import Auth
from retail.access.models import Assignment, Person
from retail.access.permissions import Role
from tests.auth.company.crooked import AGENT_ID, CORP_ID
from tests.auth.door import TurnableClock
from tests.support.environment import MASTERS

SITE = "http://127.0.0.1:8000"
SECRET = "a-secret-of-two-programs"


class Provider:
    """A running provider, by its address."""

    def __init__(self, url: str, way: str) -> None:
        self.url = url
        self.way = way

    async def wishes(self, **wish: Any) -> None:
        async with httpx.AsyncClient(timeout=60) as client:
            assert (await client.post(f"{self.url}/wish", json=wish)).status_code == 200

    async def asked(self, what: str) -> int:
        async with httpx.AsyncClient(timeout=60) as client:
            return int((await client.get(f"{self.url}/asked")).json().get(what, 0))

    async def logout_token(self, **told: Any) -> str:
        async with httpx.AsyncClient(timeout=60) as client:
            return (await client.post(f"{self.url}/logout-token", json=told)).text

    def oidc(self, **changed: Any) -> OidcSettings:
        return OidcSettings.model_validate(self.entry(**changed))

    def entry(self, **changed: Any) -> dict[str, Any]:
        """What the setting says of this provider."""
        return {
            "id": self.way,
            "kind": "oidc",
            "name": "公司账号",
            "issuer": self.url,
            "client_id": CLIENT_ID,
            "client_secret": SECRET,
            "link_claim": "employee_number",
            **changed,
        }

    def wecom(self, **changed: Any) -> WeComSettings:
        said = {
            "id": "wecom",
            "kind": "wecom",
            "name": "企业微信",
            "corp_id": CORP_ID,
            "agent_id": AGENT_ID,
            "secret": SECRET,
            "link_claim": "userid",
            **dict.fromkeys(("app_url", "scan_url", "api_url"), self.url),
            **changed,
        }
        return WeComSettings.model_validate(said)


@contextmanager
def running_provider(way: str, site: str = SITE) -> Iterator[Provider]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        words = ("--fd", str(listening.fileno()), "--site", site, "--way", way)
        env = {SECRET_VARIABLE: SECRET}
        with child("tests.auth.company.crooked", *words, env=env, keep=(listening.fileno(),)):
            yield Provider(f"http://127.0.0.1:{listening.getsockname()[1]}", way)


class Town:
    """One server process of ours with its providers. Two towns on one database are two processes."""

    def __init__(
        self,
        database: async_sessionmaker[AsyncSession],
        *providers: OidcSettings | WeComSettings,
        clock: TurnableClock | None = None,
        site: str = SITE,
    ) -> None:
        self.database = database
        self.clock = clock or TurnableClock()
        self.auth = Auth(database, self.clock, site, company=providers, masters=MASTERS)
        self._site = site
        self._app = Starlette(routes=routes)
        self._app.state.auth = self.auth
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    async def hire(self, login: str = "li.na", role: Role | None = None, *, with_account: bool = True) -> UUID:
        """Hire somebody of this login; whoever had it before gives it up."""
        person_id = uuid4()
        async with self.database.begin() as session:
            session.add(Person(id=person_id, name="李娜"))
            await session.flush()
            if with_account:
                session.add(LocalAccount(person_id=person_id, login=login, password_hash="none"))
            if role is not None:
                session.add(Assignment(person_id=person_id, role=role, valid_from=self.clock()))
        return person_id

    async def visitor(self) -> "Visitor":
        transport = httpx.ASGITransport(self._app)
        ours = await self._open.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url=self._site, headers={"X-Trueshelf": "1"})
        )
        theirs = await self._open.enter_async_context(httpx.AsyncClient(timeout=60))
        return Visitor(ours, theirs)


class Visitor:
    """Somebody's browser, which knows our site and the providers'."""

    def __init__(self, ours: httpx.AsyncClient, theirs: httpx.AsyncClient) -> None:
        self.ours = ours
        self.theirs = theirs

    async def start(self, way: str, **headers: str) -> str:
        """Tap the button; return where it leads."""
        answer = await self.ours.get(f"/auth/company/{way}/start", headers=headers)
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    async def choose(self, page_url: str, person: str = "li.na") -> str:
        """Say who one is on the provider's page; return where that leads back to."""
        page = await self.theirs.get(page_url)
        assert page.status_code == 200, page.text
        action = _first(r'action="([^"]*)"', page.text)
        hidden = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page.text)
        form = {name: html.unescape(value) for name, value in hidden}
        base = f"{urlsplit(page_url).scheme}://{urlsplit(page_url).netloc}"
        answer = await self.theirs.post(f"{base}{action}", data={**form, "person": person})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def come_back(self, callback_url: str) -> str:
        """Follow the provider's redirect; return where ours leads."""
        parts = urlsplit(callback_url)
        answer = await self.ours.get(f"{parts.path}?{parts.query}")
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    async def sign_in(self, way: str = "north", person: str = "li.na") -> str:
        """Go the whole way; return where one stands at its end."""
        return await self.come_back(await self.choose(await self.start(way), person))

    async def is_known(self) -> bool:
        return (await self.ours.get("/auth/me")).status_code == 200


def query_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def _first(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, text
    return html.unescape(found[1])
