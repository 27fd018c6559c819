"""authlib's decision about one request, on what was loaded for it: nothing here waits or reads.

Client credentials (RFC 6749, 4.4), introspection (RFC 7662) and revocation (RFC 7009). An unknown client, a wrong
secret and a bad assertion are told alike; so are a store that is not there and one that is another's.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin
from authlib.oauth2.rfc6749.errors import InvalidRequestError, InvalidScopeError
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7662 import IntrospectionEndpoint

from auth import oauth_assertion
from auth.clients import Credentials, KnownSecret
from auth.oauth_request import ClientRequest, TokenAnswer, show
from auth.tokens import VerifiedToken
from retail.access.permissions import Permission

GRANT = "client_credentials"
CLIENT_AUTH_METHODS = ("client_secret_basic", "client_secret_post", oauth_assertion.METHOD)
WRONG_STORES = frozenset[UUID]()
"""Stands for stores that were asked for and are not all the client's: an empty set opens nothing."""

MakeToken = Callable[..., str]
"""`AccessTokens.sign`, with the key that signs now."""


class InvalidTargetError(OAuth2Error):  # type: ignore[misc]  # authlib has no types
    """The stores that were asked for are not all the client's (the word is that of RFC 8707)."""

    error = "invalid_target"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was read for a decision: who asks, about which stores or which token, and what a token is made with."""

    credentials: Credentials | None
    now: datetime
    audiences: tuple[str, ...]
    make_token: MakeToken
    life: int
    store_ids: frozenset[UUID] | None = None
    token: VerifiedToken | None = None
    claims: Mapping[str, Any] | None = None


class Decision(AuthorizationServer):  # type: ignore[misc]  # authlib has no types
    """One decision; afterwards it says by what the client proved itself, and what is to be saved."""

    def __init__(self, loaded: Loaded) -> None:
        super().__init__()
        self._loaded = loaded
        self._client = _Client(loaded)
        keys = () if self._client.known is None else self._client.known.keys
        self._assertion = oauth_assertion.Assertion(loaded.audiences, keys, loaded.now)
        self.register_client_auth_method(oauth_assertion.METHOD, self._assertion)
        self.register_grant(_Grant)
        self.register_token_generator("default", self._make_token)
        self.register_endpoint(_Introspection)
        self.register_endpoint(_Revocation)
        self.loaded = loaded
        self.is_revocation = False

    @property
    def secret(self) -> KnownSecret | None:
        """Return the secret by which the client proved itself."""
        return self._client.proved_by

    @property
    def assertion(self) -> oauth_assertion.TakenAssertion | None:
        """Return the assertion by which the client proved itself."""
        return self._assertion.taken

    @property
    def has_proof(self) -> bool:
        """Say whether the client has proved itself."""
        return self.secret is not None or self.assertion is not None

    def query_client(self, client_id: str) -> "_Client":
        known = self._client.known
        return self._client if known is not None and known.client.client_id == client_id else _Client(None)

    def create_oauth2_request(self, request: ClientRequest) -> ClientRequest:
        return request

    def save_token(self, token: Mapping[str, Any], request: ClientRequest) -> None:
        """A signed token needs no row."""

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Nobody listens to authlib's signals here."""

    def handle_response(self, status: int, body: Mapping[str, Any], headers: list[tuple[str, str]]) -> TokenAnswer:
        return show(status, body, headers)

    def _make_token(self, *, client: "_Client", scope: str | None, **_: object) -> Mapping[str, Any]:
        if client.known is None:
            raise AssertionError("authlib accepted a client that is not known")
        allowed = {permission.value for permission in client.known.client.scopes}
        asked = set((scope or "").split()) or allowed
        if not asked or not asked <= allowed:
            raise InvalidScopeError
        stores = self._loaded.store_ids
        if stores == WRONG_STORES:
            raise InvalidTargetError("Not every store is one of this client's.")
        return {
            "token_type": "Bearer",
            "access_token": self._loaded.make_token(
                client.known.client.client_id, scopes=asked, proof=self._proof(), store_ids=stores
            ),
            "expires_in": self._loaded.life,
            "scope": " ".join(sorted(asked)),
        }

    def _proof(self) -> str:
        """Return by what the client proved itself: the id of a secret or of a key."""
        if self.secret is not None:
            return str(self.secret.id)
        if self.assertion is not None:
            return self.assertion.kid
        raise AssertionError("authlib accepted a client without a proof")


class _Client(ClientMixin):  # type: ignore[misc]  # authlib has no types
    """A client as authlib sees it; one that is not known, or revoked, has no right proof."""

    def __init__(self, loaded: Loaded | None) -> None:
        found = None if loaded is None else loaded.credentials
        self.known = None if found is None or found.is_revoked else found
        self.proved_by: KnownSecret | None = None
        self._now = None if loaded is None else loaded.now

    def check_client_secret(self, client_secret: str) -> bool:
        given = None if self.known is None else self.known.secret_given(client_secret)
        self.proved_by = given if given is not None and self._now is not None and given.is_good(self._now) else None
        return self.proved_by is not None

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        return method in CLIENT_AUTH_METHODS

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == GRANT


class _Grant(ClientCredentialsGrant):  # type: ignore[misc]  # authlib has no types
    TOKEN_ENDPOINT_AUTH_METHODS: ClassVar = list(CLIENT_AUTH_METHODS)


class _AboutAToken:
    """What introspection and revocation share: a hint never changes an answer (RFC 7009, 2.1)."""

    CLIENT_AUTH_METHODS: ClassVar = list(CLIENT_AUTH_METHODS)
    server: Decision

    def check_params(self, request: ClientRequest, client: _Client) -> None:  # noqa: ARG002 -- authlib's shape
        if not request.form.get("token"):
            raise InvalidRequestError("Missing token.")

    def query_token(self, token: str, hint: str | None) -> "_Token | None":  # noqa: ARG002 -- it is loaded already
        loaded = self.server.loaded
        return None if loaded.token is None else _Token(loaded.token, loaded.claims or {})


class _Introspection(_AboutAToken, IntrospectionEndpoint):  # type: ignore[misc]  # authlib has no types
    def check_permission(self, token: "_Token", client: _Client, request: ClientRequest) -> bool:  # noqa: ARG002
        """Let a client ask about its own tokens; one that may manage clients, about all."""
        if client.known is None:
            return False
        return token.check_client(client) or Permission.CLIENT_MANAGE in client.known.client.scopes

    def introspect_token(self, token: "_Token") -> Mapping[str, Any]:
        return token.claims


class _Revocation(_AboutAToken, RevocationEndpoint):  # type: ignore[misc]  # authlib has no types
    def revoke_token(self, token: "_Token", request: ClientRequest) -> None:  # noqa: ARG002 -- it is loaded already
        self.server.is_revocation = True


@dataclass(frozen=True, slots=True)
class _Token:
    """A token that is good now, as authlib asks about it."""

    verified: VerifiedToken
    claims: Mapping[str, Any]

    def check_client(self, client: _Client) -> bool:
        return client.known is not None and client.known.client.client_id == self.verified.client_id

    def is_expired(self) -> bool:
        return False

    def is_revoked(self) -> bool:
        return False
