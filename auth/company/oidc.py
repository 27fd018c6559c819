"""OpenID Connect: authorization code with PKCE, by authlib's client for Starlette.

The issuer, the audience, the nonce and an asymmetric algorithm are pinned by our settings, never by
what a provider says of itself. A provider that is away or talks nonsense is a problem for the page,
never an error of ours.
"""

import warnings
from collections.abc import Mapping
from typing import Any

import httpx
from authlib.deprecate import AuthlibDeprecationWarning
from joserfc.errors import JoseError
from starlette.requests import Request

from auth.company.discovery import Discovery
from auth.company.fetching import SECONDS, BoundedTransport
from auth.company.port import CompanySignInFailed, Problem, Proof
from auth.company.settings import OidcSettings
from retail.kernel.clock import Clock

with warnings.catch_warnings(action="ignore", category=AuthlibDeprecationWarning):
    # authlib prefers httpx2, which nothing else of ours uses; it works with httpx until its next major version.
    from authlib.integrations.starlette_client import OAuthError, StarletteIntegration, StarletteOAuth2App

LEEWAY_SECONDS = 30
LONGEST_ID = 255

_STRONG_AMR = frozenset({"mfa", "otp", "hwk", "sc", "fpt", "face", "iris"})
"""Methods of RFC 8176 that a password alone is not."""
_LONGEST_PARAMETER = 4096


class _App(StarletteOAuth2App):  # type: ignore[misc]  # authlib ships no types
    """authlib's client, with our description of the provider instead of its own fetching."""

    discovery: Discovery

    async def load_server_metadata(self) -> dict[str, Any]:
        return await self.discovery.metadata()

    async def fetch_jwk_set(self, force: bool = False) -> Mapping[str, Any]:
        return await self.discovery.keys(again=force)


class OidcProvider:
    """One OpenID provider."""

    kind = "oidc"

    def __init__(self, settings: OidcSettings, clock: Clock) -> None:
        self.settings = settings
        self.id = settings.id
        self.name = settings.name
        self.name_en = settings.name_en or settings.name
        self.link_claim: str | None = settings.link_claim
        self.secret = settings.client_secret.get_secret_value()
        self._clock = clock
        transport = BoundedTransport()
        self.discovery = Discovery(settings, transport)
        self._app = _App(
            StarletteIntegration(settings.id),
            name=settings.id,
            client_id=settings.client_id,
            client_secret=self.secret,
            client_kwargs={
                "scope": settings.scopes,
                "code_challenge_method": "S256",
                "token_endpoint_auth_method": settings.token_endpoint_auth_method,
                "transport": transport,
                "timeout": SECONDS,
            },
        )
        self._app.discovery = self.discovery

    async def start(self, request: Request, redirect_uri: str, kept: dict[str, Any]) -> str:
        """Return the provider's page, with state, nonce and PKCE challenge (RFC 7636)."""
        request.scope["session"] = kept
        wishes = {"prompt": self.settings.prompt, "max_age": self.settings.max_age}
        asked = {name: value for name, value in wishes.items() if value is not None}
        redirect = await self._app.authorize_redirect(request, redirect_uri, **asked)
        address: str = redirect.headers["location"]
        return address

    async def finish(self, request: Request, kept: dict[str, Any]) -> Proof:
        """Exchange the code and check the id token (OpenID Connect Core 1.0, 3.1.3.7)."""
        _require_short(request)
        request.scope["session"] = kept
        await self._require_sender(request)
        try:
            token = await self._app.authorize_access_token(
                request, claims_options=self._claims(), leeway=LEEWAY_SECONDS
            )
        except OAuthError as refused:
            raise _refusal(refused) from None
        except JoseError as forged:
            raise CompanySignInFailed(Problem.NOT_TRUSTED, f"id token: {forged}") from None
        except httpx.HTTPError as away:
            raise CompanySignInFailed(Problem.PROVIDER_DOWN, type(away).__name__) from None
        except (ValueError, TypeError, KeyError, AttributeError, RuntimeError) as nonsense:
            raise CompanySignInFailed(Problem.NOT_TRUSTED, f"answer: {type(nonsense).__name__}") from None
        claims = token.get("userinfo")
        if claims is None:
            raise CompanySignInFailed(Problem.NOT_TRUSTED, "no id token")
        return self._proof(claims)

    async def sign_out_url(self, back_to: str) -> str | None:
        """Return the provider's end of session (RP-Initiated Logout 1.0); no token travels in it."""
        metadata = await self.discovery.metadata()
        if "end_session_endpoint" not in metadata:
            return None
        made = await self._app.create_logout_url(post_logout_redirect_uri=back_to, client_id=self.settings.client_id)
        address: str = made["url"]
        return address

    async def _require_sender(self, request: Request) -> None:
        """Refuse an answer that names another issuer, or none where this one always does (RFC 9207)."""
        sender = request.query_params.get("iss")
        metadata = await self.discovery.metadata()
        if sender != self.settings.issuer and (sender is not None or metadata["names_itself"]):
            raise CompanySignInFailed(Problem.START_AGAIN, "the answer is another issuer's")

    def _claims(self) -> dict[str, Any]:
        return {
            "iss": {"essential": True, "value": self.settings.issuer},
            "aud": {"essential": True, "value": self.settings.client_id},
            "sub": {"essential": True},
            "nonce": {"essential": True},
        }

    def _proof(self, claims: Mapping[str, Any]) -> Proof:
        subject, sid = claims["sub"], claims.get("sid")
        if len(subject) > LONGEST_ID or not subject.isprintable():
            raise CompanySignInFailed(Problem.NOT_TRUSTED, "its name for the person is none")
        self._require_recent(claims.get("auth_time"))
        named = isinstance(sid, str) and 0 < len(sid) <= LONGEST_ID and sid.isprintable()
        return Proof(subject, claims, sid if named else None, self._is_strong(claims))

    def _require_recent(self, proved_at: Any) -> None:
        """Refuse a proof older than was asked for: a provider that ignores `max_age` must not pass."""
        if self.settings.max_age is None:
            return
        now = self._clock().timestamp()
        known = isinstance(proved_at, int | float) and not isinstance(proved_at, bool)
        if not known or now - proved_at > self.settings.max_age + LEEWAY_SECONDS:
            raise CompanySignInFailed(Problem.START_AGAIN, "the proof is older than max_age")

    def _is_strong(self, claims: Mapping[str, Any]) -> bool:
        methods = claims.get("amr") or []
        strong = any(isinstance(each, str) and each in _STRONG_AMR for each in methods)
        return strong or claims.get("acr") in self.settings.strong_acr


def _require_short(request: Request) -> None:
    for name in ("code", "state", "iss"):
        values = request.query_params.getlist(name)
        if len(values) > 1 or any(len(value) > _LONGEST_PARAMETER for value in values):
            raise CompanySignInFailed(Problem.START_AGAIN, f"{name} is given twice or too long")


def _refusal(refused: OAuthError) -> CompanySignInFailed:
    """Return what a provider's or authlib's refusal means for the person."""
    code = refused.error if isinstance(refused.error, str) and refused.error.isidentifier() else "unreadable"
    problem = {
        "access_denied": Problem.CANCELLED,
        "temporarily_unavailable": Problem.PROVIDER_DOWN,
        "server_error": Problem.PROVIDER_DOWN,
        "invalid_client": Problem.NOT_TRUSTED,
        "unauthorized_client": Problem.NOT_TRUSTED,
    }.get(code, Problem.START_AGAIN)
    return CompanySignInFailed(problem, f"the provider answered {code[:64]}")
