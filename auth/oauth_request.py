"""A request to one of the OAuth endpoints, read as strictly as RFC 6749 asks, and what is said to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from authlib.oauth2.rfc6749 import OAuth2Request
from authlib.oauth2.rfc6749.errors import InvalidRequestError
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc6749.util import extract_basic_authorization

from auth.oauth_assertion import subject_of

_MOST_FIELDS = 20
_CHALLENGE = ("WWW-Authenticate", 'Basic realm="trueshelf", charset="UTF-8"')


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """What an endpoint says (RFC 6749, 5.1 and 5.2)."""

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)


class ClientRequest(OAuth2Request):  # type: ignore[misc]  # authlib has no types
    """A request whose parameters are already parsed, each at most once, with one proof of one client."""

    def __init__(self, url: str, authorization: str | None, form: bytes, *, required: str) -> None:
        basic = _basic_credentials(authorization)
        super().__init__("POST", url, headers={"Authorization": authorization} if basic else {})
        fields = _parse(form)
        if not fields.get(required):
            raise InvalidRequestError(f"Missing {required}.")
        self.payload = BasicOAuth2Payload(fields)
        if (basic is not None) + ("client_secret" in fields) + ("client_assertion" in fields) > 1:
            raise InvalidRequestError("Send one proof of the client, in one place only.")
        self.named_client: str = basic or subject_of(fields.get("client_assertion", "")) or fields.get("client_id", "")
        self.secret: str | None = _secret_of(authorization) if basic else fields.get("client_secret")

    @property
    def args(self) -> Mapping[str, str]:
        """The endpoints take nothing from the query."""
        return {}

    @property
    def form(self) -> Mapping[str, str]:
        fields: Mapping[str, str] = self.payload.data
        return fields


def show(status: int, body: Mapping[str, Any], headers: list[tuple[str, str]]) -> TokenAnswer:
    """Return what authlib said, with the realm that RFC 7617 requires."""
    shown = dict(headers)
    if "WWW-Authenticate" in shown:
        shown.update([_CHALLENGE])
    return TokenAnswer(status, body, shown)


def busy(seconds: int) -> TokenAnswer:
    """Return that it was too much; RFC 6749 has no word of its own for this."""
    body = {"error": "temporarily_unavailable", "error_description": f"Too many requests: ask again in {seconds} s."}
    return TokenAnswer(429, body, {"Retry-After": str(seconds)})


def _basic_credentials(authorization: str | None) -> str | None:
    """Return the client id in an Authorization field that authlib can read, else None."""
    client_id, secret = _basic(authorization)
    return client_id if client_id and secret else None


def _secret_of(authorization: str | None) -> str | None:
    return _basic(authorization)[1]


def _basic(authorization: str | None) -> tuple[str | None, str | None]:
    try:
        client_id, secret = extract_basic_authorization({"Authorization": authorization})
    except ValueError:  # not text, or nothing after the scheme
        return None, None
    return client_id, secret


def _parse(form: bytes) -> dict[str, str]:
    """Parse a form; a parameter given twice is an error (RFC 6749, 3.2)."""
    try:
        pairs = parse_qsl(form.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError as error:
        raise InvalidRequestError("The body is not a form.") from error
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise InvalidRequestError("A parameter is given twice.")
    return fields
