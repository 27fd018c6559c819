"""The endpoints of auth: sign in, sign out, who am I, and tokens for channels.

Whatever acts by cookie must be JSON and come from our own pages. Every body is bounded.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from auth.answers import (
    answering,
    bad_field,
    foreign_origin,
    not_found,
    not_signed_in,
    read_body,
    read_object,
    show,
    wrong_content_type,
    wrong_credentials,
)
from auth.attempts import address_of
from auth.origin import is_json
from auth.passwords import LOGIN_LENGTH, PASSWORD_LENGTHS, fold_login
from auth.steps import LOCAL
from auth.wiring import Auth

BODY_LIMIT = 8 * 1024


async def sign_in(request: Request) -> Response:
    """Give a person with the right password a fresh session, and end the one that it replaces."""
    auth = _auth(request)
    _require_own_page(auth, request)
    body = read_object(await read_body(request, BODY_LIMIT))
    login = _text(body, "login", LOGIN_LENGTH)
    password = _text(body, "password", PASSWORD_LENGTHS.stop - 1)
    tried = fold_login(login), address_of(request)
    with auth.attempts.attempt(*tried, auth.clock()):
        person = await auth.person_with(login, password)
    if person is None:
        raise wrong_credentials()
    auth.attempts.succeeded(*tried)
    entered = await auth.steps.enter(request, person.id, LOCAL)
    if entered is None:
        raise wrong_credentials()
    response = show(200, {"status": entered.status, "name": entered.person.name})
    entered.write(response)
    return response


async def sign_out(request: Request) -> Response:
    """End the session of the cookie, if there is one; `next` is where the company's own session ends."""
    auth = _auth(request)
    _require_own_page(auth, request)
    token = auth.cookies.session.read(request)
    live = await auth.live_session(request)
    if token is not None:
        await auth.sessions.revoke(token)
    response = show(200, {"next": None if live is None else await auth.company.sign_out_url(live.way)})
    auth.cookies.session.clear(response)
    return response


async def me(request: Request) -> Response:
    """Say what the one who asks is called."""
    auth = _auth(request)
    identity = await auth.identify(request)
    name = None if identity is None else await auth.name_of(identity)
    if name is None:
        raise not_signed_in()
    return show(200, {"name": name})


async def demo_accounts(request: Request) -> Response:
    """Show the demo chain's accounts; a real chain has none to show."""
    accounts = _auth(request).demo_accounts
    if not accounts:
        raise not_found()
    return show(200, {"accounts": accounts})


routes = [
    Route("/auth/sign-in", answering(sign_in), methods=["POST"]),
    Route("/auth/sign-out", answering(sign_out), methods=["POST"]),
    Route("/auth/me", answering(me), methods=["GET"]),
    Route("/auth/demo-accounts", answering(demo_accounts), methods=["GET"]),
]


def _auth(request: Request) -> Auth:
    auth: Auth = request.app.state.auth
    return auth


def _require_own_page(auth: Auth, request: Request) -> None:
    if not is_json(request):
        raise wrong_content_type("application/json")
    if not auth.same_origin(request):
        raise foreign_origin()


def _text(body: Any, field: str, longest: int) -> str:
    value = body.get(field)
    if not isinstance(value, str) or not value:
        raise bad_field(field, "This is required, as text.", "此项必填，且须为文本。")
    if len(value) > longest:
        raise bad_field(field, f"This has more than {longest} characters.", f"此项超过 {longest} 个字符。")
    return value
