"""The OAuth endpoints as URLs: they take forms from programs, never a cookie."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from auth.answers import answering, read_body, show, wrong_content_type
from auth.attempts import address_of
from auth.oauth import OAuthEndpoints
from auth.oauth_request import TokenAnswer

BODY_LIMIT = 8 * 1024
_FORM = "application/x-www-form-urlencoded"

Ask = Callable[[str | None, bytes, str], Awaitable[TokenAnswer]]


async def token(request: Request) -> Response:
    """Give a channel an access token for its credentials (RFC 6749, 4.4)."""
    return await _answer(request, _endpoints(request).token)


async def introspect(request: Request) -> Response:
    """Say whether a token is good (RFC 7662)."""
    return await _answer(request, _endpoints(request).introspect)


async def revoke(request: Request) -> Response:
    """Take a token back (RFC 7009)."""
    return await _answer(request, _endpoints(request).revoke)


async def metadata(request: Request) -> Response:
    """Describe the authorization server (RFC 8414)."""
    return show(200, _endpoints(request).metadata())


async def jwks(request: Request) -> Response:
    """Show the public keys that verify our tokens (RFC 7517)."""
    return show(200, await _endpoints(request).jwks())


oauth_routes = [
    Route("/auth/token", answering(token), methods=["POST"]),
    Route("/auth/introspect", answering(introspect), methods=["POST"]),
    Route("/auth/revoke", answering(revoke), methods=["POST"]),
    Route("/.well-known/oauth-authorization-server", answering(metadata), methods=["GET"]),
    Route("/.well-known/jwks.json", answering(jwks), methods=["GET"]),
]


async def _answer(request: Request, ask: Ask) -> Response:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _FORM:
        raise wrong_content_type(_FORM)
    form = await read_body(request, BODY_LIMIT)
    answer = await ask(request.headers.get("authorization"), form, address_of(request))
    return show(answer.status, answer.body, answer.headers)


def _endpoints(request: Request) -> OAuthEndpoints:
    endpoints: OAuthEndpoints = request.app.state.auth.oauth
    return endpoints
