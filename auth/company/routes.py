"""The road through the company's provider: away to it, back from it, and its word of a sign-out.

Whatever goes wrong on the way ends on our own sign-in page with a code that has words there. Every
redirect leads to a provider of the settings or to a page of ours, and nothing in a request names one.
"""

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from auth.answers import AuthRefusal, answering, not_found, read_body, show, wrong_content_type
from auth.company.logout import reference_of, way_of
from auth.company.oidc import OidcProvider
from auth.company.port import CompanySignInFailed, Problem, Provider
from auth.models import StaffSession
from auth.opaque import hash_token
from auth.steps import Status

if TYPE_CHECKING:  # what is put together there is made of what is here
    from auth.wiring import Auth

LOGOUT_LIMIT = 16 * 1024
_FORM = "application/x-www-form-urlencoded"
_OURS = re.compile(r"/(?:[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*)?")
_LONGEST_PATH = 200

log = structlog.get_logger(__name__)


async def ways(request: Request) -> Response:
    """Say how one can sign in here."""
    return show(200, {"ways": [{"id": "local"}, *_auth(request).company.ways()]})


async def start(request: Request) -> Response:
    """Send a browser to a provider; `next` may name the page of ours that it wanted."""
    auth, provider = _auth(request), _provider(request)
    kept: dict[str, object] = {}
    try:
        address = await provider.start(request, auth.company.callback(provider), kept)
    except CompanySignInFailed as failed:
        return _back_to_sign_in(provider, failed)
    wanted = request.query_params.get("next", "/")
    present = auth.cookies.session.read(request)
    replaces = None if present is None else hash_token(present).hex()
    response = _redirect(address)
    # A browser that comes back from elsewhere leaves our strict cookies at home, so what it had is noted now.
    kept_now = {"kept": kept, "next": _page(wanted), "replaces": replaces}
    auth.company.cookie.write(response, provider.id, provider.secret, kept_now)
    return response


async def callback(request: Request) -> Response:
    """Receive a browser from a provider and sign its person in, or ask for what is missing still."""
    auth, provider = _auth(request), _provider(request)
    try:
        response = await _enter(auth, provider, request)
    except CompanySignInFailed as failed:
        response = _back_to_sign_in(provider, failed)
    auth.company.cookie.clear(response)
    return response


async def _enter(auth: "Auth", provider: Provider, request: Request) -> Response:
    opened = auth.company.cookie.read(request, provider.id, provider.secret)
    if opened is None:
        raise CompanySignInFailed(Problem.START_AGAIN, "this browser has begun nothing, or long ago")
    person_id, proof = await auth.company.person_of(provider, request, opened["kept"])
    entered = await auth.steps.enter(
        request, person_id, way_of(provider.id), is_strong=proof.second_factor, reference=reference_of(proof)
    )
    if entered is None:
        raise CompanySignInFailed(Problem.NO_ACCOUNT, "the person has left")
    if opened["replaces"] is not None:
        await auth.sessions.revoke_where(StaffSession.token_hash == bytes.fromhex(opened["replaces"]))
    is_in = entered.status is Status.SIGNED_IN
    response = _redirect(opened["next"] if is_in else f"/sign-in?step={entered.status}")
    entered.write(response)
    return response


async def back_channel_logout(request: Request) -> Response:
    """End the sessions that a provider says are over; only its signature counts."""
    auth, provider = _auth(request), _provider(request)
    if not isinstance(provider, OidcProvider):
        raise not_found()
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _FORM:
        raise wrong_content_type(_FORM)
    body = await read_body(request, LOGOUT_LIMIT)
    try:
        fields = parse_qsl(body.decode("ascii"), max_num_fields=10)
    except ValueError:
        fields = []
    tokens = [value for name, value in fields if name == "logout_token"]
    if len(tokens) != 1:
        raise _bad_logout()
    try:
        ended = await auth.company.back_channel.hear(provider, tokens[0])
    except CompanySignInFailed as failed:
        log.warning("a logout was not obeyed", provider=provider.id, reason=failed.reason)
        raise _bad_logout() from None
    auth.sessions.forget(ended)
    log.info("a provider has ended sessions", provider=provider.id, ended=len(ended))
    return show(200)


routes = [
    Route("/auth/ways", answering(ways), methods=["GET"]),
    Route("/auth/company/{provider}/start", answering(start), methods=["GET"]),
    Route("/auth/company/{provider}/callback", answering(callback), methods=["GET"]),
    Route("/auth/company/{provider}/back-channel-logout", answering(back_channel_logout), methods=["POST"]),
]


def _auth(request: Request) -> "Auth":
    auth: Auth = request.app.state.auth
    return auth


def _provider(request: Request) -> Provider:
    provider = _auth(request).company.providers.get(request.path_params["provider"])
    if provider is None:
        raise not_found()
    return provider


def _page(wanted: str) -> str:
    """Return a page of ours, by its path alone: nothing that a browser could read as another site."""
    return wanted if len(wanted) <= _LONGEST_PATH and _OURS.fullmatch(wanted) else "/"


def _back_to_sign_in(provider: Provider, failed: CompanySignInFailed) -> Response:
    log.warning("a company sign-in has failed", provider=provider.id, problem=failed.problem, reason=failed.reason)
    return _redirect(f"/sign-in?problem={failed.problem}")


def _redirect(address: str) -> Response:
    # The code in the address that the browser comes from is nobody else's business.
    return RedirectResponse(address, 302, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})


def _bad_logout() -> AuthRefusal:
    refusal = AuthRefusal(400, "INVALID_LOGOUT_TOKEN", "The logout token is not good.", "登出令牌无效。")
    refusal.body["error"] = "invalid_request"
    return refusal
