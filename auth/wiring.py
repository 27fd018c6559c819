"""Auth: everything that proves who somebody is, put together for one process.

`api` makes one in its lifespan, keeps it as `app.state.auth`, and adds `auth.routes`.
"""

from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from starlette.requests import HTTPConnection

from auth.attempts import SignInAttempts
from auth.client_health import ClientHealth
from auth.clients import Clients, session_key
from auth.company.desk import CompanyDesk
from auth.company.settings import OidcSettings, WeComSettings
from auth.cookies import Cookies
from auth.identify import Identity, bearer_token
from auth.keys import KeyRing
from auth.known_devices import KnownDevices
from auth.limits import SECOND_FACTOR_ROLES
from auth.live_sessions import LiveSession
from auth.local_accounts import LocalAccounts
from auth.oauth import OAuthEndpoints
from auth.oauth_memory import OAuthMemory
from auth.origin import same_origin
from auth.people import People
from auth.second_factor import SecondFactors
from auth.sessions import StaffSessions
from auth.shared_devices import SharedDevices
from auth.steps import Steps
from auth.tokens import LIFE, AccessTokens
from retail.access.actor import ActorKind, Limits
from retail.access.models import ChannelClient, Person
from retail.access.permissions import ROLE_TABLE, Role
from retail.kernel.clock import Clock
from retail.kernel.privacy.masters import MasterKeys


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account of the demo chain that the sign-in page may show to everybody."""

    login: str
    password: str
    name: str
    role: str
    place: str = ""
    pin: str | None = None
    totp_secret: str | None = None


class Auth:
    """Who is asking, and for how long that holds. `public_url` is where browsers find us."""

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        clock: Clock,
        public_url: str,
        demo_accounts: Sequence[DemoAccount] = (),
        company: Sequence[OidcSettings | WeComSettings] = (),
        *,
        masters: MasterKeys,
        second_factor_roles: AbstractSet[Role] = SECOND_FACTOR_ROLES,
        token_life: timedelta = LIFE,
    ) -> None:
        self._database = sessions
        self.clock = clock
        self.public_url = public_url
        self.demo_accounts = tuple(demo_accounts)
        self.cookies = Cookies(public_url)
        self.attempts = SignInAttempts(sessions, clock, masters.derive("sign-in attempts"))
        self.sessions = StaffSessions(sessions, clock)
        self.known_devices = KnownDevices(sessions, clock)
        self.accounts = LocalAccounts(sessions, clock, self.sessions)
        self.second_factors = SecondFactors(sessions, clock, self.sessions, masters)
        self.shared_devices = SharedDevices(sessions, clock, self.sessions, masters, second_factor_roles)
        self.people = People(
            sessions, clock, self.sessions, self.second_factors, self.shared_devices, second_factor_roles
        )
        self.steps = Steps(
            sessions,
            clock,
            self.cookies,
            self.sessions,
            (self.known_devices, self.shared_devices),
            required_of=second_factor_roles,
        )
        self.company = CompanyDesk(sessions, clock, public_url, company, masters=masters)
        self.clients = Clients(sessions, clock)
        keys = KeyRing(sessions, clock, masters)
        self.tokens = AccessTokens(public_url, keys, clock, token_life)
        self.client_health = ClientHealth(sessions, clock)
        memory = OAuthMemory(sessions, clock)
        self.oauth = OAuthEndpoints(self.clients, self.client_health, memory, keys, self.tokens, clock)

    async def identify(self, connection: HTTPConnection, bearer: str | None = None) -> Identity | None:
        """Return who asks: by `bearer` ("Bearer ..."), else the Authorization field, else the cookie."""
        authorization = bearer if bearer is not None else connection.headers.get("authorization")
        if authorization is not None:
            return await self._identify_channel(authorization)
        live = await self.live_session(connection)
        if live is None:
            return None
        limits = None
        if live.store_id is not None:
            limits = Limits(ROLE_TABLE[Role.CLERK], frozenset({live.store_id}))
        return Identity(ActorKind.PERSON, live.person_id, live.token_hash.hex(), live.ends_at, limits)

    async def live_session(self, connection: HTTPConnection) -> LiveSession | None:
        """Return the session of the cookie if it is good now."""
        token = self.cookies.session.read(connection)
        return None if token is None else await self.sessions.find(token)

    async def ended(self, identities: Collection[Identity]) -> set[Identity]:
        """Return which of many identities no longer hold: for sockets, which outlive their request.

        Asks the database three times at most, however many there are; nothing is remembered.
        """
        people = {each: bytes.fromhex(each.session_key) for each in identities if each.kind is ActorKind.PERSON}
        live_sessions = await self.sessions.live(set(people.values()))
        ended_channels = await self.clients.ended(identities)
        return ended_channels | {each for each, key in people.items() if key not in live_sessions}

    async def name_of(self, identity: Identity) -> str | None:
        """Return what to call an identity."""
        owner = Person if identity.kind is ActorKind.PERSON else ChannelClient
        async with self._database() as session:
            return await session.scalar(select(owner.name).where(owner.id == identity.id))

    def same_origin(self, connection: HTTPConnection) -> bool:
        """Say whether a request may act in the name of its cookie; see `auth.origin`."""
        return same_origin(connection, self.public_url)

    async def _identify_channel(self, authorization: str) -> Identity | None:
        token = bearer_token(authorization)
        verified = None if token is None else await self.tokens.verify(token)
        client = None if verified is None else await self.clients.holder(verified)
        if verified is None and token is not None:
            await self._note_ended(token)
        if verified is None or client is None:
            return None
        await self.client_health.used_token(client.channel_id)
        limits = Limits(verified.scopes & client.scopes, verified.store_ids)
        return Identity(ActorKind.CHANNEL, client.channel_id, session_key(verified), verified.ends_at, limits)

    async def _note_ended(self, token: str) -> None:
        """Note that a client asks on with a token that is over: one that never renews it would fail in silence."""
        ended = await self.tokens.ended(token)
        client = None if ended is None else await self.clients.find(ended.client_id)
        if client is not None:
            await self.client_health.used_ended_token(client.channel_id)
