"""WeCom (企业微信): its own dialect of OAuth, behind the same port.

Inside the WeCom app the person is known already; on a desktop she scans a code with the app. Either
way a code comes back that WeCom exchanges, once and within five minutes, for the userid. Its dialect
knows neither PKCE nor a nonce: what binds the code to this browser is the state, and the exchange
goes from our server to WeCom's with the application's secret.
"""

import asyncio
import hmac
import re
import secrets
import time
from typing import Any
from urllib.parse import urlencode

import httpx
from starlette.requests import Request

from auth.company.fetching import BoundedTransport
from auth.company.port import CompanySignInFailed, Problem, Proof
from auth.company.settings import WeComSettings

_TOKEN_IS_OVER = frozenset({40014, 41001, 42001, 42007, 42009})
_CODE_IS_BAD = frozenset({40029, 40163, 41008, 42003})
_BUSY = frozenset({-1, 45009, 45011, 45033})
_RENEWED_BEFORE = 300.0
"""Seconds before its end at which the company's token is replaced."""
_SHORTEST_LIFE = 30.0
_CODE = re.compile(r"[\x21-\x7e]{1,512}")
_USERID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.@-]{0,63}")


class WeComProvider:
    """One WeCom application."""

    kind = "wecom"

    def __init__(self, settings: WeComSettings) -> None:
        self.settings = settings
        self.id = settings.id
        self.name = settings.name
        self.name_en = settings.name_en or settings.name
        self.link_claim: str | None = settings.link_claim
        self.secret = settings.secret.get_secret_value()
        self._transport = BoundedTransport()
        self._renewing = asyncio.Lock()
        self._token = ""
        self._token_until = 0.0

    async def start(self, request: Request, redirect_uri: str, kept: dict[str, Any]) -> str:
        """Return WeCom's page: the silent one inside its app, the code to scan elsewhere."""
        kept["state"] = state = secrets.token_hex(32)
        asked = {"appid": self.settings.corp_id, "redirect_uri": redirect_uri, "state": state}
        if "wxwork" in request.headers.get("user-agent", "").lower():
            inside = {**asked, "response_type": "code", "scope": "snsapi_base", "agentid": self.settings.agent_id}
            return f"{self.settings.app_url}/connect/oauth2/authorize?{urlencode(inside)}#wechat_redirect"
        scanned = {"login_type": "CorpApp", **asked, "agentid": self.settings.agent_id}
        return f"{self.settings.scan_url}/wwlogin/sso/login?{urlencode(scanned)}"

    async def finish(self, request: Request, kept: dict[str, Any]) -> Proof:
        """Return whose code came back."""
        state, code = (request.query_params.getlist(name) for name in ("state", "code"))
        expected = kept.get("state")
        if not isinstance(expected, str) or len(state) != 1 or not _same(expected, state[0]):
            raise CompanySignInFailed(Problem.START_AGAIN, "the state is another")
        if not code:
            raise CompanySignInFailed(Problem.CANCELLED, "no code came back")
        if len(code) != 1 or _CODE.fullmatch(code[0]) is None:
            raise CompanySignInFailed(Problem.START_AGAIN, "the code is none")
        answer = await self._ask_with_token("/cgi-bin/auth/getuserinfo", code=code[0])
        userid = answer.get("userid")
        if not isinstance(userid, str) or _USERID.fullmatch(userid) is None:
            raise CompanySignInFailed(Problem.NO_ACCOUNT, "no member of the company")
        return Proof(userid.lower(), {"userid": userid})

    async def sign_out_url(self, back_to: str) -> str | None:  # noqa: ARG002 -- WeCom has no session of its own to end
        """Return None: leaving WeCom is done in its app."""
        return None

    async def _ask_with_token(self, path: str, **asked: str) -> dict[str, Any]:
        """Ask with the company's token, renewed once if WeCom no longer takes it."""
        token = await self._company_token()
        answer = await self._get(path, access_token=token, **asked)
        if answer["errcode"] in _TOKEN_IS_OVER:
            answer = await self._get(path, access_token=await self._company_token(instead_of=token), **asked)
        _require_ok(answer)
        return answer

    async def _company_token(self, instead_of: str | None = None) -> str:
        async with self._renewing:
            if self._token in {"", instead_of} or time.monotonic() >= self._token_until:
                answer = await self._get("/cgi-bin/gettoken", corpid=self.settings.corp_id, corpsecret=self.secret)
                _require_ok(answer)
                token, life = answer.get("access_token"), answer.get("expires_in")
                if not isinstance(token, str) or not token or not isinstance(life, int):
                    raise CompanySignInFailed(Problem.NOT_TRUSTED, "gettoken: no token")
                self._token = token
                self._token_until = time.monotonic() + max(life - _RENEWED_BEFORE, min(life, _SHORTEST_LIFE))
            return self._token

    async def _get(self, path: str, **asked: str) -> dict[str, Any]:
        """Ask WeCom; the answer carries an `errcode`. Its address holds secrets, so no error shows it."""
        try:
            async with httpx.AsyncClient(transport=self._transport) as client:
                response = await client.get(f"{self.settings.api_url}{path}", params=asked)
                response.raise_for_status()
                answer = response.json()
        except (httpx.HTTPError, ValueError, RecursionError) as away:
            raise CompanySignInFailed(Problem.PROVIDER_DOWN, type(away).__name__) from None
        if not isinstance(answer, dict) or not isinstance(answer.get("errcode"), int):
            raise CompanySignInFailed(Problem.PROVIDER_DOWN, "an answer without errcode")
        return answer


def _require_ok(answer: dict[str, Any]) -> None:
    errcode = answer["errcode"]
    if errcode == 0:
        return
    if errcode in _CODE_IS_BAD:
        problem = Problem.START_AGAIN
    elif errcode in _BUSY:
        problem = Problem.PROVIDER_DOWN
    else:
        problem = Problem.NOT_TRUSTED
    raise CompanySignInFailed(problem, f"errcode {errcode}")


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
