"""The door: what every request passes before anything of ours looks at it, and every answer on its way out.

It knows whose request it is (behind our own proxies), gives it an id that the log, the answer and a masked error
share, refuses what no client of ours sends (another host, an unknown method, a huge address), holds bodies to a size
and a time, slows whoever knocks too often, and puts on every answer what browsers must know. An exception that nobody
expected ends here: the client is told the id and nothing else. `/graphql` reads its own bodies, as bounded as these.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count
from secrets import token_hex
from urllib.parse import urlsplit

import orjson
import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.door_address import Network, Proxies, household, read_networks
from api.door_headers import Headers, complete, headers_for
from api.door_rates import Buckets, Rate, RateLimited, Rates
from api.log import REQUEST
from api.settings import Settings

log = structlog.get_logger("trueshelf.door")

METHODS = frozenset({"GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS"})
LONGEST_ADDRESS = 8 * 1024
MOST_HEADERS = 100
BODY_SECONDS = 30.0
HOSTLESS = frozenset({"/healthz", "/readyz"})
"""Asked by watchdogs, which know us by our number only."""
FOR_PROGRAMS = frozenset({"/auth/token", "/auth/introspect", "/auth/revoke"})

_MARK, _NUMBERS = token_hex(6), count(1)
_CLOSE = (b"connection", b"close")


@dataclass(frozen=True, slots=True)
class Rules:
    """What the door holds to; `hosts` are the names that we answer to, none for any."""

    public_url: str
    rates: Rates
    hosts: frozenset[str] = frozenset()
    proxies: tuple[Network, ...] = ()
    max_body: int = 2 * 1024 * 1024
    body_seconds: float = BODY_SECONDS


class TurnedAway(Exception):
    """The request goes no further."""

    def __init__(self, status: int, code: str, message: str, message_zh: str, *headers: tuple[bytes, bytes]) -> None:
        super().__init__(code)
        self.status = status
        self.told = {"code": code, "message": message, "messageZh": message_zh}
        self.headers = headers


class _Answer:
    """Passes on what is said, completed; `bare` answers say none of the defaults themselves."""

    __slots__ = ("_bare", "_defaults", "_send", "begun", "id")

    def __init__(self, send: Send, defaults: Headers, id: str, *, bare: bool) -> None:
        self._send = send
        self._defaults = defaults
        self._bare = bare
        self.id = id
        self.begun = False

    # Returns what is to be awaited instead of awaiting it: every answer of every till passes here.
    def __call__(self, message: Message) -> Awaitable[None]:
        if message["type"] == "http.response.start":
            self.begun = True
            own = (b"x-request-id", self.id.encode())
            if self._bare:
                message["headers"] = [*message["headers"], *self._defaults, own]
            else:
                complete(message, self._defaults, own)
        return self._send(message)


class Door:
    """The outermost part of the application."""

    def __init__(self, app: ASGIApp, rules: Rules) -> None:
        self._app = app
        self._rules = rules
        self._proxies = Proxies(rules.proxies)
        self._defaults = headers_for(rules.public_url)
        self._sign_ins = Buckets(rules.rates.sign_in)
        self._tokens = Buckets(rules.rates.token)
        self._strangers = Buckets(rules.rates.anonymous)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if self._rules.proxies:
            self._proxies.settle(scope)
        id = f"{_MARK}-{next(_NUMBERS):x}"
        REQUEST.set(id)
        if scope["type"] == "websocket":
            await self._admit_socket(scope, receive, send)
            return
        is_graphql = scope["path"] == "/graphql"
        answer = _Answer(send, self._defaults, id, bare=is_graphql)
        try:
            self._look(scope)
            if is_graphql:
                await self._app(scope, receive, answer)
            else:
                self._count(scope)
                await self._app(scope, self._bounded(scope, receive), answer)
        except TurnedAway as away:
            await self._turn_away(scope, answer, away)
        except RateLimited as limited:
            await self._turn_away(scope, answer, _too_often(limited))
        except Exception:
            log.exception("request failed", path=scope["path"], method=scope["method"])
            await self._turn_away(scope, answer, _internal())

    async def _admit_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            self._look(scope)
        except TurnedAway:
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        await self._app(scope, receive, send)

    def _look(self, scope: Scope) -> None:
        """Refuse what no client of ours sends."""
        if scope.get("method", "GET") not in METHODS:
            raise TurnedAway(
                405, "METHOD_NOT_ALLOWED", "There is no such method here.", "不支持此请求方法。", (b"allow", _ALLOW)
            )
        if len(scope["raw_path"]) + len(scope["query_string"]) > LONGEST_ADDRESS:
            raise TurnedAway(414, "ADDRESS_TOO_LONG", "The address is too long.", "请求地址过长。")
        headers = scope["headers"]
        if len(headers) > MOST_HEADERS:
            raise TurnedAway(431, "TOO_MANY_HEADERS", "There are too many headers.", "请求头过多。", _CLOSE)
        if self._rules.hosts and scope["path"] not in HOSTLESS:
            asked = [value.decode("latin-1").lower() for name, value in headers if name == b"host"]
            if len(asked) != 1 or asked[0] not in self._rules.hosts:
                raise TurnedAway(
                    421, "UNKNOWN_HOST", "This is not the host that you ask for.", "请求的主机名不属于本服务。"
                )

    def _count(self, scope: Scope) -> None:
        """Take a request out of its address's bucket."""
        self._proxies.miss(scope)
        client = household(scope["client"][0]) if scope.get("client") else ""
        path = scope["path"]
        if scope["method"] != "POST" or not path.startswith("/auth/"):
            self._strangers.require(client, 1)
        elif path in FOR_PROGRAMS:
            self._tokens.require(client, 1)
        else:
            self._sign_ins.require(client, 1)

    def _bounded(self, scope: Scope, receive: Receive) -> Receive:
        limit = self._rules.max_body
        for name, value in scope["headers"]:
            if name == b"content-length" and (not value.isdigit() or int(value) > limit):
                raise _too_large(limit)
        return _Body(receive, limit, self._rules.body_seconds)

    async def _turn_away(self, scope: Scope, answer: _Answer, away: TurnedAway) -> None:
        if answer.begun:
            return
        told: dict[str, object] = {**away.told, "requestId": answer.id}
        if scope["path"] == "/graphql":
            message = told.pop("message")
            told = {"errors": [{"message": message, "extensions": told}]}
        body = orjson.dumps(told)
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
            *away.headers,
        ]
        await answer({"type": "http.response.start", "status": away.status, "headers": headers})
        await answer({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


@dataclass(slots=True)
class _Body:
    """A body that is neither longer nor slower than allowed."""

    receive: Callable[[], Awaitable[Message]]
    limit: int
    seconds: float
    came: int = 0
    whole: bool = False
    until: float = field(init=False)

    def __post_init__(self) -> None:
        self.until = asyncio.get_running_loop().time() + self.seconds

    async def __call__(self) -> Message:
        if self.whole:
            return await self.receive()
        try:
            async with asyncio.timeout_at(self.until):
                message = await self.receive()
        except TimeoutError:
            raise TurnedAway(
                408, "BODY_TIMEOUT", "The body did not arrive in time.", "请求内容未能及时送达。", _CLOSE
            ) from None
        self.came += len(message.get("body", b""))
        self.whole = not message.get("more_body", False)
        if self.came > self.limit:
            raise _too_large(self.limit)
        return message


_ALLOW = ", ".join(sorted(METHODS)).encode()


def hosts_of(public_url: str | None, port: int) -> frozenset[str]:
    """Return the names that we answer to: the public one, and this machine's own to itself; none set, any."""
    if public_url is None:
        return frozenset()
    public = urlsplit(public_url)
    named = {public.netloc.lower().rpartition("@")[2]}
    if public.port == {"http": 80, "https": 443}[public.scheme]:
        named.add((public.hostname or "").lower())
    return frozenset(named | {f"{name}:{port}" for name in ("localhost", "127.0.0.1", "[::1]")})


def _too_large(limit: int) -> TurnedAway:
    return TurnedAway(
        413, "BODY_TOO_LARGE", f"The body has more than {limit} bytes.", f"请求内容超过 {limit} 字节。", _CLOSE
    )


def _too_often(limited: RateLimited) -> TurnedAway:
    retry = (b"retry-after", str(limited.seconds).encode())
    return TurnedAway(429, limited.code, limited.message, limited.message_zh, retry)


def _internal() -> TurnedAway:
    return TurnedAway(500, "INTERNAL", "Internal error", "服务器内部错误")


def rules_of(settings: Settings) -> Rules:
    """Return the door's rules by the settings; a bucket holds a burst that takes a while to come back."""
    strangers, person, channel = (
        settings.anonymous_per_second,
        settings.person_cost_per_second,
        settings.channel_cost_per_second,
    )
    return Rules(
        settings.site,
        Rates(
            sign_in=Rate(settings.sign_ins_per_minute, settings.sign_ins_per_minute / 60),
            token=Rate(settings.tokens_per_minute, settings.tokens_per_minute / 60),
            anonymous=Rate(strangers * 30, strangers),
            person=Rate(person * 20, person),
            channel=Rate(channel * 20, channel),
        ),
        hosts=hosts_of(settings.public_url, settings.port),
        proxies=read_networks(settings.trusted_proxies),
        max_body=settings.max_body_bytes,
    )
