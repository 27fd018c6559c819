"""The demo's provider with a mind of its own: a story wishes for a lie, and it tells that lie until told otherwise.

`POST /wish` takes what is to be different; `POST /logout-token` makes a logout token to the wish.
"""

import argparse
import asyncio
import hmac
import json
import os
import socket
import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from api.demo.identity_provider import SECRET_VARIABLE, Granted, IdentityProvider, new_key, serve
from api.demo.identity_wecom import WeComStandIn
from auth.wiring import DemoAccount

PEOPLE = tuple(DemoAccount(login, "", name, "CLERK", "滨江") for login, name in (("li.na", "李娜"), ("wang", "王芳")))
CORP_ID, AGENT_ID = "ww0000000000000000", "1000007"


class CrookedProvider(IdentityProvider):
    """Tells whatever `wish` says in place of the truth."""

    def __init__(self, issuer: str, site: str, secret: str, way: str) -> None:
        super().__init__(issuer, site, secret, PEOPLE, way=way)
        self.wish: dict[str, Any] = {}
        self.asked: dict[str, int] = {}
        self.routes = [
            *self.routes,
            Route("/wish", self.set_wish, methods=["POST"]),
            Route("/logout-token", self.logout_token, methods=["POST"]),
            Route("/asked", self.how_often, methods=["GET"]),
        ]

    async def set_wish(self, request: Request) -> Response:
        self.wish = await request.json()
        if self.wish.get("rotate"):
            self.keys = [new_key()]
        return PlainTextResponse("done")

    async def how_often(self, _request: Request) -> Response:
        return JSONResponse(self.asked)

    async def logout_token(self, request: Request) -> Response:
        told = await request.json()
        claims = self._bent(self.logout_claims(told.get("person"), told.get("sid")), told.get("claims", {}))
        return PlainTextResponse(self.sign(claims, told.get("typ", "logout+jwt")))

    async def describe(self, request: Request) -> Response:
        self._count("discovery")
        if "discovery" in self.wish:
            return await self._odd(self.wish["discovery"])
        return await super().describe(request)

    def metadata(self) -> dict[str, Any]:
        return self._bent(super().metadata(), self.wish.get("metadata", {}))

    async def jwks(self, request: Request) -> Response:
        self._count("jwks")
        return JSONResponse(self.wish["jwks"]) if "jwks" in self.wish else await super().jwks(request)

    async def token(self, request: Request) -> Response:
        self._count("token")
        if "token" in self.wish:
            return await self._odd(self.wish["token"])
        return await super().token(request)

    def claims(self, granted: Granted) -> dict[str, Any]:
        return self._bent(super().claims(granted), self.wish.get("claims", {}))

    def sign(self, claims: dict[str, Any], typ: str = "JWT") -> str:
        how = self.wish.get("sign", "honestly")
        if how == "none":
            return f"{_part({'alg': 'none', 'typ': typ})}.{_part(claims)}."
        if how == "hs256":
            # The classic: the public key, which everybody has, used as the secret of an HMAC.
            public = self.keys[0].public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            signed = f"{_part({'alg': 'HS256', 'typ': typ, 'kid': self.keys[0].kid})}.{_part(claims)}"
            return f"{signed}.{_coded(hmac.digest(public, signed.encode(), 'sha256'))}"
        if how == "client secret":
            header = {"alg": "HS256", "typ": typ, "kid": self.keys[0].kid}
            return jwt.encode(header, claims, OctKey.import_key(self.secret), algorithms=["HS256"])
        if how == "strange key":
            header = {"alg": "RS256", "typ": typ, "kid": self.keys[0].kid}
            return jwt.encode(header, claims, RSAKey.generate_key(2048), algorithms=["RS256"])
        if how == "unknown key":
            key = new_key()
            return jwt.encode({"alg": "RS256", "typ": typ, "kid": key.kid}, claims, key, algorithms=["RS256"])
        return super().sign(claims, typ)

    def _count(self, what: str) -> None:
        self.asked[what] = self.asked.get(what, 0) + 1

    @staticmethod
    def _bent(truth: dict[str, Any], wish: dict[str, Any]) -> dict[str, Any]:
        """Return the truth with some of it replaced, moved in time (`+seconds`) or (null) left out."""
        said = dict(truth)
        for name, value in wish.items():
            if isinstance(value, str) and value.startswith(("now+", "now-")):
                said[name] = int(time.time()) + int(value[3:])
            else:
                said[name] = value
        return {name: value for name, value in said.items() if value is not None}

    @staticmethod
    async def _odd(how: dict[str, Any]) -> Response:
        await asyncio.sleep(how.get("after", 0))
        headers = {"content-type": "application/json", **how.get("headers", {})}
        if "drip" in how:
            return StreamingResponse(_drip(how["drip"]), headers=headers)
        return Response("x" * how["size"] if "size" in how else how.get("body", ""), how.get("status", 200), headers)


class CrookedWeCom(WeComStandIn):
    """Forgets its tokens when a story wishes it, and answers with the errcode that it wishes."""

    def __init__(self, secret: str, site: str, provider: CrookedProvider) -> None:
        super().__init__(CORP_ID, AGENT_ID, secret, f"{site}/auth/company/wecom/callback", provider.people)
        self._provider = provider

    async def gettoken(self, request: Request) -> Response:
        self._provider._count("gettoken")
        return self._wished("gettoken") or await super().gettoken(request)

    async def getuserinfo(self, request: Request) -> Response:
        if self._provider.wish.pop("forget tokens", False):
            self.tokens.clear()
        return self._wished("getuserinfo") or await super().getuserinfo(request)

    def _wished(self, what: str) -> Response | None:
        wish = self._provider.wish.get(what)
        return None if wish is None else JSONResponse(wish)


async def _drip(seconds: float) -> AsyncIterator[bytes]:
    """Say a byte now and then: nobody who waits for the next one waits for long."""
    for _ in range(int(seconds * 5)):
        yield b" "
        await asyncio.sleep(0.2)


def _part(value: dict[str, Any]) -> str:
    return _coded(json.dumps(value).encode())


def _coded(value: bytes) -> str:
    return urlsafe_b64encode(value).decode().rstrip("=")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--fd", type=int)
    parser.add_argument("--site")
    parser.add_argument("--way")
    parser.add_argument("--parent", type=int)
    asked = parser.parse_args()
    listening = socket.socket(fileno=asked.fd)
    issuer = f"http://127.0.0.1:{listening.getsockname()[1]}"
    secret = os.environ[SECRET_VARIABLE]
    provider = CrookedProvider(issuer, asked.site, secret, asked.way)
    wecom = CrookedWeCom(secret, asked.site, provider)
    asyncio.run(serve(Starlette(routes=[*provider.routes, *wecom.routes]), listening, asked.parent))


if __name__ == "__main__":
    main()
