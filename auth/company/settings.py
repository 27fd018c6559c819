"""What the settings say of each provider: a list, one entry each, checked before anything starts."""

import ipaddress
import json
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    TypeAdapter,
    ValidationError,
    model_validator,
)

ASYMMETRIC = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519")
"""What an id token may be signed with: never a shared secret, never nothing."""


def is_safe_address(url: str) -> bool:
    """Say whether secrets may travel to an address: https, or http that stays on this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        parts.port  # noqa: B018 -- a port that is none raises here
    except ValueError:
        return False
    if parts.username is not None or parts.password is not None or not host:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _site(url: str) -> str:
    parts = urlsplit(url)
    if not is_safe_address(url) or parts.query or parts.fragment:
        raise ValueError("must be https://... without a query (http only on this machine)")
    return url


Site = Annotated[str, AfterValidator(_site)]
Secret = Annotated[SecretStr, Field(min_length=8, max_length=512)]


class _ProviderSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,30}$", description="Names it in addresses and links.")]
    name: Annotated[str, Field(min_length=1, max_length=40, description="What the button says, in Chinese.")]
    name_en: Annotated[str | None, Field(min_length=1, max_length=40, description="The same in English.")] = None

    @model_validator(mode="after")
    def _is_not_local(self) -> Self:
        if self.id == "local":
            raise ValueError("the id 'local' is the login with a password")
        return self


class OidcSettings(_ProviderSettings):
    """A provider that speaks OpenID Connect."""

    kind: Literal["oidc"]
    issuer: Annotated[Site, Field(description="Its issuer, as its discovery document names it.")]
    client_id: Annotated[str, Field(min_length=1, max_length=200)]
    client_secret: Secret
    token_endpoint_auth_method: Literal["client_secret_basic", "client_secret_post"] = "client_secret_basic"  # noqa: S105 -- a method's name
    link_claim: Annotated[
        Literal["phone_number", "email", "employee_number"] | None,
        Field(description="The claim that names one of our people the first time; none: only written links."),
    ] = None
    scope: Annotated[
        str | None, Field(pattern=r"^[\x21\x23-\x5b\x5d-\x7e ]+$", description="Asked for besides openid.")
    ] = None
    algorithms: Annotated[tuple[str, ...], Field(min_length=1, description="What an id token may be signed with.")] = (
        ASYMMETRIC
    )
    prompt: Literal["login", "select_account", "consent"] | None = None
    max_age: Annotated[
        int | None, Field(ge=0, le=31_536_000, description="Seconds since the person last proved who they are there.")
    ] = None
    strong_acr: Annotated[
        tuple[str, ...], Field(description="Values of `acr` that stand for a second factor besides those of `amr`.")
    ] = ("phr", "phrh")

    @model_validator(mode="after")
    def _is_asymmetric(self) -> Self:
        wrong = set(self.algorithms) - set(ASYMMETRIC)
        if wrong:
            raise ValueError(f"algorithms: {', '.join(sorted(wrong))} is none of {', '.join(ASYMMETRIC)}")
        return self

    @property
    def scopes(self) -> str:
        """Return every scope to ask for: what the claim that links is delivered with, unless said otherwise."""
        carried = {"phone_number": "phone", "email": "email", "employee_number": "profile", None: ""}
        more = self.scope if self.scope is not None else carried[self.link_claim]
        return " ".join(dict.fromkeys(["openid", *more.split()]))


class WeComSettings(_ProviderSettings):
    """A WeCom (企业微信) company and the application of ours in it."""

    kind: Literal["wecom"]
    corp_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    agent_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,32}$")]
    secret: Secret
    link_claim: Annotated[
        Literal["userid"] | None, Field(description="userid: the WeCom userid is the login here; none: written links.")
    ] = None
    app_url: Site = "https://open.weixin.qq.com"
    scan_url: Site = "https://login.work.weixin.qq.com"
    api_url: Site = "https://qyapi.weixin.qq.com"


ProviderSettings = Annotated[OidcSettings | WeComSettings, Field(discriminator="kind")]


_LIST: TypeAdapter[list[ProviderSettings]] = TypeAdapter(list[ProviderSettings])


def read_providers(text: str) -> tuple[OidcSettings | WeComSettings, ...]:
    """Read a JSON list of providers; raise ValueError that names each wrong part, and shows no secret."""
    try:
        listed = json.loads(text)
    except ValueError as wrong:
        raise ValueError(f"is no JSON ({wrong})") from None
    if not isinstance(listed, list):
        raise ValueError("must be a JSON list, such as [{...}]")  # noqa: TRY004 -- pydantic names ValueErrors
    try:
        providers = _LIST.validate_python(listed)
    except ValidationError as wrong:
        raise ValueError("\n".join(_line(each["loc"], each["msg"]) for each in wrong.errors())) from None
    ids = [each.id for each in providers]
    twice = sorted({id for id in ids if ids.count(id) > 1})
    if twice:
        raise ValueError(f"two providers have the id {twice[0]!r}")
    return tuple(providers)


def _line(place: tuple[int | str, ...], message: str) -> str:
    """Return where a mistake is, counted from 0, and what is wrong there."""
    index, *inside = place
    named = "".join(f".{each}" for each in inside if each not in {"oidc", "wecom"})
    return f"[{index}]{named}: {message.removeprefix('Value error, ')}"
