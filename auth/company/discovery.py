"""A provider's own description and keys: fetched with bounds, checked, believed for a while.

Only the fields named here are taken over: authlib hands everything it is given to its HTTP client,
where a foreign document could otherwise switch off the checking of certificates.
"""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from auth.company.fetching import BoundedTransport
from auth.company.port import CompanySignInFailed, Problem
from auth.company.settings import OidcSettings, is_safe_address

BELIEVED_SECONDS = 600.0
KEYS_AGAIN_AFTER = 10.0
"""An unknown key is asked for at most this often, whoever makes them up."""
DOWN_FOR = 2.0
"""A provider that did not answer is left alone for so long, so that a flood is not passed on."""

_ADDRESSES = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_OPTIONAL = ("end_session_endpoint",)


class Discovery:
    """What one provider says of itself."""

    def __init__(self, settings: OidcSettings, transport: BoundedTransport) -> None:
        self._settings = settings
        self._transport = transport
        self._fetching = asyncio.Lock()
        self._down_until = 0.0
        self._metadata: dict[str, Any] | None = None
        self._metadata_at = 0.0
        self._keys: Mapping[str, Any] | None = None
        self._keys_at = 0.0

    async def metadata(self) -> dict[str, Any]:
        """Return the checked fields of the discovery document (OpenID Connect Discovery 1.0, 4)."""
        async with self._fetching:
            if self._metadata is None or time.monotonic() - self._metadata_at > BELIEVED_SECONDS:
                address = f"{self._settings.issuer.rstrip('/')}/.well-known/openid-configuration"
                self._metadata = self._checked(await self._fetch(address))
                self._metadata_at = time.monotonic()
            return self._metadata

    async def keys(self, *, again: bool = False) -> Mapping[str, Any]:
        """Return the provider's key set; `again` because a key is missing in it, which is heard now and then."""
        metadata = await self.metadata()
        async with self._fetching:
            age = time.monotonic() - self._keys_at
            if self._keys is None or age > (KEYS_AGAIN_AFTER if again else BELIEVED_SECONDS):
                keys = await self._fetch(metadata["jwks_uri"])
                _require_keys(keys)
                self._keys = keys
                self._keys_at = time.monotonic()
            return self._keys

    async def _fetch(self, address: str) -> dict[str, Any]:
        if time.monotonic() < self._down_until:
            raise CompanySignInFailed(Problem.PROVIDER_DOWN, "it did not answer a moment ago")
        try:
            async with httpx.AsyncClient(transport=self._transport) as client:
                answer = await client.get(address)
                answer.raise_for_status()
                document = answer.json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError) as failed:
            self._down_until = time.monotonic() + DOWN_FOR
            raise CompanySignInFailed(Problem.PROVIDER_DOWN, type(failed).__name__) from None
        if not isinstance(document, dict):
            raise CompanySignInFailed(Problem.PROVIDER_DOWN, "its document is no JSON object")
        return document

    def _checked(self, document: Mapping[str, Any]) -> dict[str, Any]:
        if document.get("issuer") != self._settings.issuer:
            raise CompanySignInFailed(Problem.NOT_TRUSTED, "its document names another issuer")
        kept: dict[str, Any] = {"issuer": self._settings.issuer}
        for name in (*_ADDRESSES, *_OPTIONAL):
            address = document.get(name)
            if address is None and name in _OPTIONAL:
                continue
            if not isinstance(address, str) or not is_safe_address(address):
                raise CompanySignInFailed(Problem.NOT_TRUSTED, f"{name} is no https address")
            kept[name] = address
        offered = document.get("id_token_signing_alg_values_supported")
        allowed = [each for each in self._settings.algorithms if not isinstance(offered, list) or each in offered]
        if not allowed:
            raise CompanySignInFailed(Problem.NOT_TRUSTED, "it signs with nothing that we accept")
        kept["id_token_signing_alg_values_supported"] = allowed
        kept["names_itself"] = document.get("authorization_response_iss_parameter_supported") is True
        return kept


def _require_keys(document: Any) -> None:
    """Raise unless a document is a set of public keys with which something can be verified."""
    try:
        if any(key.get("kty") == "oct" for key in document["keys"]):
            raise CompanySignInFailed(Problem.NOT_TRUSTED, "its key set shows a secret")
        KeySet.import_key_set(document)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as wrong:
        raise CompanySignInFailed(Problem.NOT_TRUSTED, f"its key set: {type(wrong).__name__}") from None
