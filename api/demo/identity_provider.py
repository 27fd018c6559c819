"""A small OpenID provider, so that the demo shows company sign-in and the tests have somebody to talk to.

It does what Trueshelf relies on and is strict about it: registered addresses only, PKCE, codes that
work once, back-channel logout. It believes whoever taps a name: never put it before real people.
"""

import argparse
import asyncio
import os
import secrets
import socket
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import httpx
import uvicorn
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from starlette.applications import Starlette
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from api.demo.children import orphaned
from api.demo.identity_page import choosing_page, problem_page
from api.demo.identity_wecom import WeComStandIn
from api.demo.staff import accounts
from auth.wiring import DemoAccount

CLIENT_ID = "trueshelf"
CORP_ID = "wwdemo0000000000"
AGENT_ID = "1000002"
SECRET_VARIABLE = "TRUESHELF_DEMO_COMPANY_SECRET"  # noqa: S105 -- the name of a variable
_CODE_SECONDS = 60
_TOKEN_SECONDS = 300
_COOKIE = "demo_company"
_CARRIED = ("client_id", "redirect_uri", "state", "nonce", "scope", "code_challenge")


@dataclass(frozen=True, slots=True)
class Granted:
    """What a code stands for."""

    person: str
    sid: str
    asked: Mapping[str, str]
    until: float


class IdentityProvider:
    """One provider with one client: Trueshelf at `site`, known there as the provider `way`."""

    def __init__(
        self, issuer: str, site: str, secret: str, people: Sequence[DemoAccount], *, way: str = "company"
    ) -> None:
        self.issuer = issuer
        self.secret = secret
        self.people = {each.login: each for each in people}
        self.callback = f"{site}/auth/company/{way}/callback"
        self.heard_at = f"{site}/auth/company/{way}/back-channel-logout"
        self.home = f"{site}/sign-in"
        self.codes: dict[str, Granted] = {}
        self.sessions: dict[str, str] = {}
        self.keys = [new_key()]
        self.routes = [
            Route("/.well-known/openid-configuration", self.describe, methods=["GET"]),
            Route("/jwks", self.jwks, methods=["GET"]),
            Route("/authorize", self.authorize, methods=["GET"]),
            Route("/chosen", self.chosen, methods=["POST"]),
            Route("/token", self.token, methods=["POST"]),
            Route("/end-session", self.end_session, methods=["GET"]),
        ]

    async def describe(self, _request: Request) -> Response:
        """Describe the provider (OpenID Connect Discovery 1.0)."""
        return JSONResponse(self.metadata())

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "end_session_endpoint": f"{self.issuer}/end-session",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
            "backchannel_logout_supported": True,
            "backchannel_logout_session_supported": True,
        }

    async def jwks(self, _request: Request) -> Response:
        """Show the public keys, the newest first."""
        return JSONResponse(KeySet(list(self.keys)).as_dict(private=False))

    async def authorize(self, request: Request) -> Response:
        """Ask who it is; refuse whatever the client has not registered."""
        asked = request.query_params
        if (asked.get("client_id"), asked.get("redirect_uri")) != (CLIENT_ID, self.callback):
            return problem_page("参数错误", "This application is not registered.")
        right = asked.get("response_type") == "code" and asked.get("code_challenge_method") == "S256"
        if not right or "openid" not in asked.get("scope", "").split():
            return self._back(asked, error="invalid_request")
        carried = {name: asked[name] for name in _CARRIED if name in asked}
        return choosing_page("公司账号登录", "Company sign-in", self.people.values(), "/chosen", carried)

    async def chosen(self, request: Request) -> Response:
        """Send the browser back with a code for the person that was tapped."""
        async with request.form() as form:
            asked = {name: str(form.get(name, "")) for name in _CARRIED}
            person = str(form.get("person", ""))
        if person not in self.people or asked["redirect_uri"] != self.callback:
            return problem_page("没有这个人", "There is nobody of this name.")
        code, sid = secrets.token_urlsafe(24), secrets.token_urlsafe(12)
        self.codes[code] = Granted(person, sid, asked, time.monotonic() + _CODE_SECONDS)
        self.sessions[sid] = person
        response = self._back(asked, code=code)
        response.set_cookie(_COOKIE, sid, httponly=True, samesite="lax")
        return response

    def _back(self, asked: Mapping[str, str] | QueryParams, **answer: str) -> Response:
        said = {**answer, "state": asked.get("state", ""), "iss": self.issuer}
        return RedirectResponse(f"{self.callback}?{urlencode(said)}", 303)

    async def token(self, request: Request) -> Response:
        """Exchange a code, once, by the client that it was made for and the browser's PKCE verifier."""
        async with request.form() as form:
            given = {name: str(value) for name, value in form.items()}
        if not self._is_client(request):
            return JSONResponse({"error": "invalid_client"}, 401)
        granted = self.codes.pop(given.get("code", ""), None)
        proved = urlsafe_b64encode(sha256(given.get("code_verifier", "").encode()).digest()).decode().rstrip("=")
        if (
            granted is None
            or time.monotonic() >= granted.until
            or proved != granted.asked["code_challenge"]
            or given.get("redirect_uri") != granted.asked["redirect_uri"]
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        access = secrets.token_urlsafe(24)
        said = {"access_token": access, "token_type": "Bearer", "expires_in": _TOKEN_SECONDS}
        return JSONResponse(
            {**said, "id_token": self.sign(self.claims(granted))}, headers={"Cache-Control": "no-store"}
        )

    def _is_client(self, request: Request) -> bool:
        basic = httpx.BasicAuth(CLIENT_ID, self.secret)
        expected = next(basic.auth_flow(httpx.Request("POST", self.issuer))).headers["authorization"]
        return secrets.compare_digest(expected, request.headers.get("authorization", ""))

    def claims(self, granted: Granted) -> dict[str, Any]:
        """Return what an id token says of the person."""
        now = int(time.time())
        return {
            "iss": self.issuer,
            "sub": f"demo|{granted.person}",
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + _TOKEN_SECONDS,
            "auth_time": now,
            "nonce": granted.asked["nonce"],
            "sid": granted.sid,
            "amr": ["pwd", "otp"],
            "name": self.people[granted.person].name,
            "employee_number": granted.person,
        }

    def sign(self, claims: dict[str, Any], typ: str = "JWT") -> str:
        """Sign with the newest key."""
        key = self.keys[0]
        return jwt.encode({"alg": "RS256", "typ": typ, "kid": key.kid}, claims, key, algorithms=["RS256"])

    async def end_session(self, request: Request) -> Response:
        """End this browser's session here, tell Trueshelf, and lead back (RP-Initiated Logout 1.0)."""
        sid = request.cookies.get(_COOKIE, "")
        person = self.sessions.pop(sid, None)
        if person is not None:
            await self.tell(self.logout_claims(person, sid))
        response = RedirectResponse(self.home, 303)
        response.delete_cookie(_COOKIE)
        return response

    def logout_claims(self, person: str | None, sid: str | None) -> dict[str, Any]:
        """Return what a logout token says (Back-Channel Logout 1.0, 2.4)."""
        now = int(time.time())
        names = {"sub": None if person is None else f"demo|{person}", "sid": sid}
        return {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 120,
            "jti": secrets.token_urlsafe(16),
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
            **{name: value for name, value in names.items() if value is not None},
        }

    async def tell(self, claims: dict[str, Any]) -> int:
        """Send a logout token, and return Trueshelf's answer (0: there was none)."""
        with suppress(httpx.HTTPError):
            async with httpx.AsyncClient(timeout=5) as client:
                answer = await client.post(self.heard_at, data={"logout_token": self.sign(claims, "logout+jwt")})
                return answer.status_code
        return 0


def new_key() -> RSAKey:
    """Make a key pair (joserfc's own name for it: the thumbprint)."""
    return RSAKey.generate_key(2048, auto_kid=True)


async def serve(app: Starlette, listening: socket.socket, parent: int) -> None:
    """Serve until told to stop, or until the parent has ended."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off"))

    async def end_with_parent() -> None:
        await orphaned(parent)
        server.should_exit = True

    watching = asyncio.create_task(end_with_parent())
    await server.serve(sockets=[listening])
    watching.cancel()


def main() -> None:
    """Run the demo's provider: `python -m api.demo.identity_provider --fd N --site http://127.0.0.1:8000`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fd", type=int, required=True, help="a listening socket that was inherited")
    parser.add_argument("--site", required=True, help="where Trueshelf is")
    parser.add_argument("--parent", type=int, default=os.getppid(), help="end with this process")
    asked = parser.parse_args()
    listening = socket.socket(fileno=asked.fd)
    secret = os.environ[SECRET_VARIABLE]
    issuer = f"http://127.0.0.1:{listening.getsockname()[1]}"
    provider = IdentityProvider(issuer, asked.site, secret, accounts())
    back = f"{asked.site}/auth/company/wecom/callback"
    wecom = WeComStandIn(CORP_ID, AGENT_ID, secret, back, provider.people)
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(Starlette(routes=[*provider.routes, *wecom.routes]), listening, asked.parent))


if __name__ == "__main__":
    main()
