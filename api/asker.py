"""Who is asking: from a request or socket to the context of its operations.

An actor is remembered for two seconds, so a change of role, a departure or a revoked key counts
within five seconds everywhere; open sockets are looked at as often, and closed. What the bus tells
of a change makes that sooner; it is not needed for it. Whoever was let in once is told why no more.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import HTTPConnection

from api.admission import NotAdmitted
from api.door_rates import Identify
from auth.brief_memory import BriefMemory
from auth.endings import Ending, ending_of
from auth.identify import Identity
from auth.wiring import Auth
from retail.access.actor import Actor, ActorKind
from retail.access.scope import load_actor
from retail.inventory.desk import Desk
from retail.push.endpoints import PushRules
from schema.kernel.context import Context
from schema.kernel.live import StockFeed

WRITTEN_BY = "x-trueshelf-person"
ANOTHERS = ("ANOTHER_PERSON", "Somebody else is signed in now.", "现在登录的是另一个人。")
REMEMBERED_FOR = timedelta(seconds=2)
REMEMBERED_AT_MOST = 10_000
BEARER_REMEMBERED_FOR = timedelta(seconds=1)
"""On top of the three seconds that auth may remember: within the five that are promised."""


ACCESS_CHANGED = "ACCESS_CHANGED"
"""Why a socket is closed whose actor may do more or less than when it was opened: it may open another."""

GONE = {
    Ending.SIGNED_OUT: ("This device has been signed out.", "此设备已退出登录。"),
    Ending.SESSION_OVER: ("Your session is over: sign in again.", "登录已过期，请重新登录。"),
    Ending.ACCESS_ENDED: ("You have no role here now.", "您目前没有任何岗位。"),
}


@dataclass(slots=True)
class AskerContext(Context):
    """A context that remembers by what right it is here."""

    identity: Identity = field(kw_only=True)


class Askers:
    """Makes contexts, and says which of them have lost their right."""

    def __init__(
        self,
        auth: Auth,
        desk: Desk,
        feed: StockFeed,
        push: PushRules | None = None,
        identify: Identify | None = None,
        offline_hours: int = 24,
    ) -> None:
        self._auth = auth
        self._desk = desk
        self._feed = feed
        self._push = push or PushRules()
        self._offline_hours = offline_hours
        self._identify = identify or auth.identify
        self._actors: dict[Identity, tuple[Actor, datetime]] = {}
        self._bearers: BriefMemory[str, Identity] = BriefMemory(BEARER_REMEMBERED_FOR)
        self._loading: dict[Identity, asyncio.Task[Actor | None]] = {}

    async def context(self, connection: HTTPConnection, payload: dict[str, object] | None) -> AskerContext | None:
        """Return the context of a request, or of a socket with the payload of its connection_init."""
        header = connection.headers.get("authorization")
        by_cookie = header is None
        bearer = payload.get("authorization") if payload else None
        if isinstance(bearer, str):
            by_cookie = False
        if header is not None and payload is None:
            identity = await self._bearer(header, connection)
        else:
            identity = await self._identify(connection, bearer if isinstance(bearer, str) else None)
        if by_cookie and not self._auth.same_origin(connection):
            return None
        if identity is None:
            await self._say_why(connection if by_cookie else None)
            return None
        if by_cookie and _is_anothers(connection, identity):
            raise NotAdmitted(*ANOTHERS)
        actor = await self._actor(identity)
        if actor is None or _is_out(actor, identity):
            raise _gone(Ending.ACCESS_ENDED)
        return AskerContext(
            actor,
            self._desk,
            self._feed,
            identity=identity,
            session_key=identity.session_key,
            push=self._push,
            offline_hours=self._offline_hours,
        )

    def forget(self) -> None:
        """Look everybody up again: somebody's access has changed."""
        self._actors.clear()
        self._bearers.forget(lambda _header, _identity: True)

    async def _say_why(self, connection: HTTPConnection | None) -> None:
        """Raise `NotAdmitted` for a cookie that was good once."""
        token = None if connection is None else self._auth.cookies.session.read(connection)
        office = self._desk.office
        ending = None if token is None else await ending_of(office.system, token, office.clock())
        if ending is not None:
            raise _gone(ending)

    async def revoked(self, contexts: Sequence[Any]) -> Collection[tuple[Any, str]]:
        """Return the contexts whose session has ended, or whose actor may do something else now, and which it is."""
        mine: list[AskerContext] = list(contexts)
        ended = await self._auth.ended({context.identity for context in mine})
        gone = []
        for context in mine:
            now = await self._actor(context.identity)
            if now is None or _is_out(now, context.identity):
                gone.append((context, Ending.ACCESS_ENDED.value))
            elif context.identity in ended:
                gone.append((context, Ending.SESSION_OVER.value))
            elif now is not context.actor and now.grants != context.actor.grants:
                gone.append((context, ACCESS_CHANGED))
        return gone

    async def _bearer(self, header: str, connection: HTTPConnection) -> Identity | None:
        """Return whom a bearer header names: a till sends the same one with every sale."""
        now = self._desk.office.clock()
        known = self._bearers.recall(header, now)
        if known is not None and known.ends_at > now:
            return known
        identity = await self._identify(connection, None)
        if identity is not None:
            self._bearers.remember(header, identity, asked_at=now)
        return identity

    async def _actor(self, identity: Identity) -> Actor | None:
        held, now = self._actors.get(identity), self._desk.office.clock()
        if held is not None and held[1] <= now < held[1] + REMEMBERED_FOR:  # a clock that is set back makes none last
            return held[0]
        # However many ask at once, it is looked up once.
        loading = self._loading.get(identity)
        if loading is None:
            loading = self._loading[identity] = asyncio.create_task(self._load(identity))
            loading.add_done_callback(lambda _: self._loading.pop(identity))
        return await asyncio.shield(loading)

    async def _load(self, identity: Identity) -> Actor | None:
        now = self._desk.office.clock()
        region_of = await self._desk.directory.region_of()
        async with self._desk.office.system() as session:
            actor = await load_actor(
                session,
                kind=identity.kind,
                actor_id=identity.id,
                region_of=region_of,
                now=now,
                limits=identity.limits,
            )
        held = self._actors.pop(identity, None)
        if len(self._actors) >= REMEMBERED_AT_MOST:
            self._actors.clear()
        if actor is None:
            return None
        if held is not None and held[0] == actor:
            actor = held[0]  # the same object, so that a thousand sockets see at a glance that nothing has changed
        self._actors[identity] = (actor, now)
        return actor


def _gone(ending: Ending) -> NotAdmitted:
    return NotAdmitted(ending.value, *GONE[ending])


def _is_out(actor: Actor, identity: Identity) -> bool:
    """Say whether somebody plays no role now: none at all, or none in the shop whose device proves them."""
    shop = identity.limits.store_ids if identity.limits and identity.kind is ActorKind.PERSON else None
    return not any(shop is None or held.store_ids & shop for held in actor.held)


def _is_anothers(connection: HTTPConnection, identity: Identity) -> bool:
    """Say whether a request was written by another person than the cookie's.

    A phone sends what was done in the cellar when it is back: by then the next colleague may have signed in.
    """
    written_by = connection.headers.get(WRITTEN_BY)
    return written_by is not None and written_by.lower() != str(identity.id)
