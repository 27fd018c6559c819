"""The token endpoint: OAuth 2.0 client credentials (RFC 6749, 4.4), decided by authlib.

authlib's server classes are synchronous. So whatever they need is loaded first, they decide on
objects in memory, and nothing they do waits. An unknown client and a wrong secret are told alike.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import parse_qsl

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin, OAuth2Request
from authlib.oauth2.rfc6749.errors import InvalidRequestError, InvalidScopeError
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc6749.util import extract_basic_authorization
from joserfc.jwk import OKPKey

from auth.clients import Clients, KnownClient
from auth.keys import KeyRing
from auth.tokens import LIFE, AccessTokens

# At DEBUG authlib writes the whole token into the log.
logging.getLogger("authlib").setLevel(logging.INFO)

GRANT = "client_credentials"
CLIENT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")

_MOST_FIELDS = 20
_CHALLENGE = ("WWW-Authenticate", 'Basic realm="trueshelf", charset="UTF-8"')


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """What the token endpoint says (RFC 6749, 5.1 and 5.2)."""

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str]


class TokenEndpoint:
    def __init__(self, clients: Clients, keys: KeyRing, tokens: AccessTokens) -> None:
        self._clients = clients
        self._keys = keys
        self._tokens = tokens
        self.url = f"{tokens.issuer}/auth/token"

    async def answer(self, authorization: str | None, form: bytes) -> TokenAnswer:
        """Answer a request for a token, given its Authorization field and its form body."""
        try:
            request = _TokenRequest(self.url, authorization, form)
        except OAuth2Error as error:
            return _show(*error())
        client = await self._clients.find(request.named_client)
        server = _Server(client, self._tokens, await self._keys.signing())
        answer: TokenAnswer = server.create_token_response(request)
        return answer

    def metadata(self) -> Mapping[str, Any]:
        """Describe this server (RFC 8414)."""
        return {
            "issuer": self._tokens.issuer,
            "token_endpoint": self.url,
            "token_endpoint_auth_methods_supported": list(CLIENT_AUTH_METHODS),
            "grant_types_supported": [GRANT],
            "response_types_supported": [],
        }


class _TokenRequest(OAuth2Request):  # type: ignore[misc]  # authlib has no types
    """A request whose parameters are already parsed, each at most once, with one set of credentials."""

    def __init__(self, url: str, authorization: str | None, form: bytes) -> None:
        basic = _basic_credentials(authorization)
        super().__init__("POST", url, headers={"Authorization": authorization} if basic else {})
        fields = _parse(form)
        self.payload = BasicOAuth2Payload(fields)
        if basic and "client_secret" in fields:
            raise InvalidRequestError("Send the client secret in one place only.")
        self.named_client: str = basic or fields.get("client_id", "")

    @property
    def args(self) -> Mapping[str, str]:
        """The token endpoint takes nothing from the query."""
        return {}

    @property
    def form(self) -> Mapping[str, str]:
        fields: Mapping[str, str] = self.payload.data
        return fields


class _Client(ClientMixin):  # type: ignore[misc]  # authlib has no types
    """A client as authlib sees it; one that is not known has no right secret."""

    def __init__(self, known: KnownClient | None) -> None:
        self.known = known

    def check_client_secret(self, client_secret: str) -> bool:
        return self.known is not None and self.known.has_secret(client_secret)

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        return method in CLIENT_AUTH_METHODS

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == GRANT


class _Grant(ClientCredentialsGrant):  # type: ignore[misc]  # authlib has no types
    TOKEN_ENDPOINT_AUTH_METHODS: ClassVar = list(CLIENT_AUTH_METHODS)


class _Server(AuthorizationServer):  # type: ignore[misc]  # authlib has no types
    """authlib's decision about one request, on what was loaded for it."""

    def __init__(self, client: KnownClient | None, tokens: AccessTokens, key: OKPKey) -> None:
        super().__init__()
        self._client = _Client(client)
        self._tokens = tokens
        self._key = key
        self.register_grant(_Grant)
        self.register_token_generator("default", self._make_token)

    def query_client(self, client_id: str) -> _Client:
        known = self._client.known
        return self._client if known is not None and known.client_id == client_id else _Client(None)

    def create_oauth2_request(self, request: _TokenRequest) -> _TokenRequest:
        return request

    def save_token(self, token: Mapping[str, Any], request: _TokenRequest) -> None:
        """A signed token needs no row."""

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Nobody listens to authlib's signals here."""

    def handle_response(self, status: int, body: Mapping[str, Any], headers: list[tuple[str, str]]) -> TokenAnswer:
        return _show(status, body, headers)

    def _make_token(self, *, client: _Client, scope: str | None, **_: object) -> Mapping[str, Any]:
        if scope:
            raise InvalidScopeError
        if client.known is None:
            raise AssertionError("authlib accepted a client that is not known")
        return {
            "token_type": "Bearer",
            "access_token": self._tokens.sign(client.known.client_id, self._key),
            "expires_in": int(LIFE.total_seconds()),
        }


def _show(status: int, body: Mapping[str, Any], headers: list[tuple[str, str]]) -> TokenAnswer:
    shown = dict(headers)
    if "WWW-Authenticate" in shown:
        shown.update([_CHALLENGE])  # authlib's lacks the realm that RFC 7617 requires
    return TokenAnswer(status, body, shown)


def _basic_credentials(authorization: str | None) -> str | None:
    """Return the client id in an Authorization field that authlib can read, else None."""
    try:
        client_id, secret = extract_basic_authorization({"Authorization": authorization})
    except ValueError:  # not text, or nothing after the scheme
        return None
    return client_id if client_id and secret else None


def _parse(form: bytes) -> dict[str, str]:
    """Parse a form; a parameter given twice is an error (RFC 6749, 3.2)."""
    try:
        pairs = parse_qsl(form.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError as error:
        raise InvalidRequestError("The body is not a form.") from error
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise InvalidRequestError("A parameter is given twice.")
    if not fields.get("grant_type"):
        raise InvalidRequestError("Missing grant_type.")
    return fields
