"""WeCom's side of a sign-in as its documents describe it, for the demo and the tests."""

import secrets
import time
from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from api.demo.identity_page import choosing_page, problem_page
from auth.wiring import DemoAccount

_CODE_SECONDS = 300
_TOKEN_SECONDS = 7200


class WeComStandIn:
    """One company with one application; `callback` is the only place that codes are sent to."""

    def __init__(
        self, corp_id: str, agent_id: str, secret: str, callback: str, people: Mapping[str, DemoAccount]
    ) -> None:
        self._corp_id = corp_id
        self._agent_id = agent_id
        self._secret = secret
        self._callback = callback
        self._people = people
        self._codes: dict[str, tuple[str, float]] = {}
        self.tokens: set[str] = set()
        self.routes = [
            Route("/connect/oauth2/authorize", self.choose, methods=["GET"]),
            Route("/wwlogin/sso/login", self.choose, methods=["GET"]),
            Route("/wecom/chosen", self.chosen, methods=["POST"]),
            Route("/cgi-bin/gettoken", self.gettoken, methods=["GET"]),
            Route("/cgi-bin/auth/getuserinfo", self.getuserinfo, methods=["GET"]),
        ]

    async def choose(self, request: Request) -> Response:
        """Show who may be signed in as: in the app nobody would be asked, on a desktop a code is scanned."""
        asked = request.query_params
        known = (asked.get("appid"), asked.get("agentid"), asked.get("redirect_uri"))
        if known != (self._corp_id, self._agent_id, self._callback):
            return problem_page("参数错误", "This application is not registered.")
        carried = {"state": asked.get("state", "")}
        return choosing_page("企业微信", "WeCom", self._people.values(), "/wecom/chosen", carried)

    async def chosen(self, request: Request) -> Response:
        """Send the browser back with a code for the person."""
        async with request.form() as form:
            person, state = str(form.get("person", "")), str(form.get("state", ""))
        if person not in self._people:
            return problem_page("没有这个人", "There is nobody of this name.")
        code = secrets.token_urlsafe(24)
        self._codes[code] = person, time.monotonic() + _CODE_SECONDS
        return RedirectResponse(f"{self._callback}?{urlencode({'code': code, 'state': state})}", 303)

    async def gettoken(self, request: Request) -> Response:
        """Give the application its token."""
        if request.query_params.get("corpid") != self._corp_id:
            return _answer(40013, "invalid corpid")
        if request.query_params.get("corpsecret") != self._secret:
            return _answer(40001, "invalid credential")
        token = secrets.token_urlsafe(32)
        self.tokens.add(token)
        return _answer(0, "ok", access_token=token, expires_in=_TOKEN_SECONDS)

    async def getuserinfo(self, request: Request) -> Response:
        """Exchange a code, once, for the userid."""
        if request.query_params.get("access_token") not in self.tokens:
            return _answer(40014, "invalid access_token")
        person, until = self._codes.pop(request.query_params.get("code", ""), ("", 0.0))
        if time.monotonic() >= until:
            return _answer(40029, "invalid code")
        return _answer(0, "ok", userid=person, user_ticket=secrets.token_hex(16))


def _answer(errcode: int, errmsg: str, **more: object) -> Response:
    return JSONResponse({"errcode": errcode, "errmsg": errmsg, **more})
