"""The OAuth endpoints of channels: tokens, introspection, revocation, and the description of them all.

authlib's server classes are synchronous. So whatever they need is loaded first, they decide on objects in memory
(`oauth_decision`), and what they decided is saved here: that an assertion was taken, that a token was given back,
how the client fares.
"""

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749.errors import InvalidClientError, InvalidRequestError
from joserfc.jwk import OKPKey

from auth.client_health import ClientHealth
from auth.clients import LONGEST_ID, Clients, Credentials
from auth.keys import ALGORITHM, KeyRing
from auth.oauth_assertion import ALGORITHMS
from auth.oauth_decision import CLIENT_AUTH_METHODS, GRANT, WRONG_STORES, Decision, Loaded
from auth.oauth_memory import OAuthMemory
from auth.oauth_rates import FAILURES, SUCCESSES, Buckets
from auth.oauth_request import ClientRequest, TokenAnswer, busy, show
from auth.tokens import STORES_AT_MOST, AccessTokens, VerifiedToken
from retail.access.channel_kinds import KINDS
from retail.kernel.clock import Clock

# At DEBUG authlib writes the whole token into the log.
logging.getLogger("authlib").setLevel(logging.INFO)

_OK, _UNAUTHORIZED = 200, 401


class OAuthEndpoints:
    def __init__(
        self,
        clients: Clients,
        health: ClientHealth,
        memory: OAuthMemory,
        keys: KeyRing,
        tokens: AccessTokens,
        clock: Clock,
    ) -> None:
        self._clients = clients
        self._health = health
        self._memory = memory
        self._keys = keys
        self._tokens = tokens
        self._clock = clock
        self._successes, self._failures = Buckets(SUCCESSES), Buckets(FAILURES)
        self.url = f"{tokens.issuer}/auth/token"

    async def token(self, authorization: str | None, form: bytes, address: str) -> TokenAnswer:
        """Answer a request for a token, given its Authorization field, its form body and where it comes from."""
        return await self._answer("token", authorization, form, address, required="grant_type")

    async def introspect(self, authorization: str | None, form: bytes, address: str) -> TokenAnswer:
        """Say whether a token is good, and what it says, to whom that concerns (RFC 7662)."""
        return await self._answer("introspection", authorization, form, address, required="token")

    async def revoke(self, authorization: str | None, form: bytes, address: str) -> TokenAnswer:
        """Take a token back from the client that gives it back (RFC 7009): at once here, elsewhere within 3 s."""
        return await self._answer("revocation", authorization, form, address, required="token")

    def metadata(self) -> Mapping[str, Any]:
        """Describe this server (RFC 8414)."""
        told: dict[str, Any] = {
            "issuer": self._tokens.issuer,
            "jwks_uri": f"{self._tokens.issuer}/.well-known/jwks.json",
            "scopes_supported": sorted({scope for rule in KINDS.values() for scope in rule.may_have}),
            "response_types_supported": [],
            "grant_types_supported": [GRANT],
        }
        for endpoint, path in (("token", "token"), ("introspection", "introspect"), ("revocation", "revoke")):
            told[f"{endpoint}_endpoint"] = f"{self._tokens.issuer}/auth/{path}"
            told[f"{endpoint}_endpoint_auth_methods_supported"] = list(CLIENT_AUTH_METHODS)
            told[f"{endpoint}_endpoint_auth_signing_alg_values_supported"] = list(ALGORITHMS)
        return told

    async def jwks(self) -> Mapping[str, Any]:
        """Return the public keys that verify our tokens (RFC 7517)."""
        await self._keys.signing()
        keys = await self._keys.verifying()
        return {"keys": [{**key.as_dict(private=False), "use": "sig", "alg": ALGORITHM} for key in keys]}

    async def _answer(
        self, endpoint: str, authorization: str | None, form: bytes, address: str, *, required: str
    ) -> TokenAnswer:
        try:
            request = ClientRequest(self.url, authorization, form, required=required)
            credentials = await self._clients.credentials(request.named_client)
            loaded = await self._load(endpoint, request, credentials)
        except OAuth2Error as error:
            return show(*error())
        decision = Decision(loaded)
        if endpoint == "token":
            answer: TokenAnswer = decision.create_token_response(request)
        else:
            answer = decision.create_endpoint_response(endpoint, request)
        return await self._save(endpoint, request, decision, answer, address)

    async def _load(self, endpoint: str, request: ClientRequest, credentials: Credentials | None) -> Loaded:
        key: OKPKey = await self._keys.signing()
        token = claims = stores = None
        if endpoint != "token":
            token, claims = await self._good_token(request.form["token"]) or (None, None)
        elif "stores" in request.form:
            codes = _store_codes(request.form["stores"])  # read whoever asks: who is no client learns nothing by it
            if credentials is not None:
                stores = await self._memory.stores(credentials.client.channel_id, codes) or WRONG_STORES
        return Loaded(
            credentials,
            self._clock(),
            audiences=(self.url, self._tokens.issuer),
            make_token=partial(self._tokens.sign, key=key),
            life=int(self._tokens.life.total_seconds()),
            store_ids=stores,
            token=token,
            claims=claims,
        )

    async def _save(
        self, endpoint: str, request: ClientRequest, decision: Decision, answer: TokenAnswer, address: str
    ) -> TokenAnswer:
        """Write down what was decided; an assertion that was taken before proves nothing."""
        credentials, taken = decision.loaded.credentials, decision.assertion
        key = (request.named_client[:LONGEST_ID], address)
        if answer.status == _UNAUTHORIZED:
            return await self._refuse(credentials, _why(request, credentials, decision), key, answer)
        if credentials is None or not decision.has_proof:
            return answer
        channel_id = credentials.client.channel_id
        if taken is not None and not await self._memory.take(channel_id, taken):
            return await self._refuse(credentials, "used_assertion", key, show(*InvalidClientError(status_code=401)()))
        if wait := self._successes.take(key, self._clock()):
            return busy(wait)
        if answer.status != _OK:
            await self._health.refused(channel_id, str(answer.body["error"]))
        elif endpoint == "token":
            secret_id = None if decision.secret is None else decision.secret.id
            await self._health.got_token(channel_id, secret_id=secret_id, kid=None if taken is None else taken.kid)
        elif decision.is_revocation and decision.loaded.token is not None:
            await self._memory.give_back(channel_id, decision.loaded.token)
            self._clients.forget(credentials.client.client_id)
        return answer

    async def _refuse(
        self, credentials: Credentials | None, why: str, key: tuple[str, str], answer: TokenAnswer
    ) -> TokenAnswer:
        if wait := self._failures.take(key, self._clock()):
            return busy(wait)
        if credentials is None:
            await self._health.refused_stranger()
        else:
            await self._health.refused(credentials.client.channel_id, why)
        return answer

    async def _good_token(self, text: str) -> tuple[VerifiedToken, Mapping[str, Any]] | None:
        """Return a token that opens something now, with what is told of it."""
        token = await self._tokens.verify(text)
        client = None if token is None else await self._clients.holder(token)
        if token is None or client is None:
            return None
        told: dict[str, Any] = {
            "active": True,
            "iss": self._tokens.issuer,
            "aud": self._tokens.audience,
            "sub": token.client_id,
            "client_id": token.client_id,
            "token_type": "Bearer",
            "scope": " ".join(sorted(token.scopes & client.scopes)),
            "iat": token.issued_at,
            "exp": int(token.ends_at.timestamp()),
            "jti": token.jti,
        }
        if token.store_ids is not None:
            told["store_ids"] = sorted(map(str, token.store_ids))
        return token, told


def _store_codes(text: str) -> list[str]:
    codes = text.split()
    if not 1 <= len(codes) <= STORES_AT_MOST:
        raise InvalidRequestError(f"Name 1 to {STORES_AT_MOST} stores by their codes, or leave the parameter out.")
    return codes


def _why(request: ClientRequest, credentials: Credentials | None, decision: Decision) -> str:
    """Return why a client could not prove itself, for those who look after it; the client is not told."""
    if credentials is not None and credentials.is_revoked:
        return "client_revoked"
    if "client_assertion" in request.form:
        return "bad_assertion"
    if request.secret is None:
        return "no_proof"
    known = None if credentials is None else credentials.secret_given(request.secret)
    return "wrong_secret" if known is None or known.is_good(decision.loaded.now) else "ended_secret"
